"""Which frames of a camera's move may hold: the fewest views that still follow it smoothly.

A view is drawn and coded once and shown for some frames, at the mean of their places on the path.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from narrative_assets.video.motion import Shares, ease

SMOOTHNESS = 0.047
"""Root mean square in pixels by which a picture may stray from the exact path, holds and resampling together."""
_RESAMPLING = 0.015
"""How much of that the windows of a zoom take."""
_SLIDING = 0.049
"""The same for a slide, whose views lie on the phases to the last digit: it needs no room for anything else."""
_ROUNDING = 1e-9
_PHASES = (7, 8, 10, 12, 16)

ViewOf = NDArray[np.intp]
"""Which view every frame shows, from 0 on."""


@dataclass(frozen=True)
class Holds:
    """Which view every frame shows: ``view_of`` frame n, and the share of the move ``at`` which each view is drawn."""

    view_of: tuple[int, ...]
    at: tuple[float, ...]


@lru_cache(maxsize=256)
def zoom_holds(frames: int, reach: float) -> Holds:
    """The fewest views that follow an eased zoom within ``SMOOTHNESS``.

    ``reach`` is how far the whole zoom moves the picture's pixels, root mean square. Views are the shorter the
    faster the camera goes, and each shows the mean of the frames that hold it.
    """
    path, room = _path(frames), math.sqrt(SMOOTHNESS**2 - _RESAMPLING**2)

    def follows(view_of: ViewOf) -> bool:
        return reach * _rms(_means(path, view_of)[view_of] - path) <= room

    return _as_holds(path, min(_by_speed(path, follows), _joined(path, reach, room), key=_count))


def slide_holds(frames: int, travels: Sequence[float]) -> tuple[Holds, int]:
    """The views of an eased slide, and how many sub-pixel phases a pixel has so that it stays smooth.

    ``travels`` are the pixels by which the pictures slide; the widest decides where views change, and all of them
    lie on the phases.
    """
    return _slide_holds(frames, tuple(travels))


@lru_cache(maxsize=256)
def _slide_holds(frames: int, travels: tuple[float, ...]) -> tuple[Holds, int]:
    path = _path(frames)
    found = [(view_of, phases) for phases in _PHASES for view_of in _slide_views(path, travels, phases)]
    near = [one for one in found if _strays(path, travels, *one) <= _SLIDING + _ROUNDING] or found[-1:]
    # Preparing a phase costs about what a frame does.
    view_of, phases = min(near, key=lambda one: _count(one[0]) + one[1])
    return _as_holds(path, view_of), phases


def _slide_views(path: Shares, travels: Sequence[float], phases: int) -> tuple[ViewOf, ViewOf]:
    """The views of a slide on ``phases``, found in two ways."""

    def follows(view_of: ViewOf) -> bool:
        return _strays(path, travels, view_of, phases) <= _SLIDING

    widest = max(travels)
    return _by_speed(path, follows, widest * phases), _joined(path, widest, _SLIDING, phases)


def _strays(path: Shares, travels: Sequence[float], view_of: ViewOf, phases: int) -> float:
    """How far the picture that strays most does so, root mean square in pixels."""
    at = _means(path, view_of)
    return max(_rms(np.rint(far * (at - 0.5) * phases)[view_of] / phases - far * (path - 0.5)) for far in travels)


def regrouped(holds: Holds, reach: float) -> Holds:
    """The views of a picture that moves less than the one ``holds`` was made for: runs of its views become one."""
    path = _path(len(holds.view_of))
    # A little more room than the views themselves have, or no run of two would ever fit beside them.
    views, room = np.array(holds.view_of), 1.05 * math.sqrt(SMOOTHNESS**2 - _RESAMPLING**2)
    best = views
    for run in range(2, len(holds.at) + 1):
        grouped = views // run
        if reach * _rms(_means(path, grouped)[grouped] - path) > room:
            break
        best = grouped
    return _as_holds(path, best)


def _path(frames: int) -> Shares:
    return np.array([ease(frame, frames) for frame in range(frames)])


def _by_speed(path: Shares, follows: Callable[[ViewOf], bool], steps: float = 0) -> ViewOf:
    """The fewest views that follow the path when each holds for the shorter the faster it goes: best for slow moves.

    Where the path has ``steps``, views that rest on the same one are one.
    """
    low, high = 1, len(path)
    while low < high:
        count = (low + high) // 2
        if follows(_shared_out(path, count, steps)):
            high = count
        else:
            low = count + 1
    return _shared_out(path, low, steps)


def _shared_out(path: Shares, count: int, steps: float) -> ViewOf:
    """Share the frames among ``count`` views so that their squared errors are least: by speed to the power 2/3."""
    frames = len(path)
    view_of = np.arange(frames)
    if count < frames:
        speed = np.abs(np.gradient(path)) if frames > 1 else np.ones(1)
        density = np.maximum(speed, speed.max() * 1e-6) ** (2 / 3)
        middle = np.cumsum(density) - density / 2
        slots = np.minimum((middle / density.sum() * count).astype(np.intp), count - 1)
        # Where the camera is fast a frame has more than one slot to itself.
        view_of = np.unique(slots, return_inverse=True)[1]
    if not steps:
        return view_of
    place = np.rint(steps * (_means(path, view_of) - 0.5))[view_of]
    return np.cumsum(np.diff(place, prepend=place[:1]) != 0)


def _joined(path: Shares, reach: float, room: float, phases: int = 0) -> ViewOf:
    """The views that are left when neighbours are joined, first those that then stray least: best for fast moves.

    Ward's method, on a line. The path is ``reach`` pixels long and may be missed by ``room``, root mean square; a
    pixel may have ``phases``.
    """
    places: list[float] = (reach * (path - 0.5)).tolist()
    sums = list(accumulate(places, initial=0.0))
    squares = list(accumulate((place * place for place in places), initial=0.0))

    def strayed(first: int, end: int) -> float:
        total, count = sums[end] - sums[first], end - first
        shown = round(total / count * phases) / phases if phases else total / count
        return squares[end] - squares[first] - 2 * shown * total + count * shown * shown

    frames = len(places)
    # Of every view, by its first frame: where it ends, where the one before it begins, how far it strays.
    ends, before = list(range(1, frames + 1)), list(range(-1, frames - 1))
    strays = [strayed(frame, frame + 1) for frame in range(frames)]
    total, most = sum(strays), room * room * frames
    pairs: list[tuple[float, int, int, int]] = []

    def pair(first: int, middle: int) -> None:
        end = ends[middle]
        heappush(pairs, (strayed(first, end) - strays[first] - strays[middle], first, middle, end))

    for frame in range(1, frames):
        pair(frame - 1, frame)
    while pairs:
        more, first, middle, end = heappop(pairs)
        if (ends[first], ends[middle]) != (middle, end):
            continue  # one of the two has been joined to another since
        if more > 0 and total + more > most:
            break
        total += more
        strays[first] += strays[middle] + more
        ends[first], ends[middle] = end, 0
        if end < frames:
            before[end] = first
            pair(first, end)
        if first > 0:
            pair(before[first], first)
    return np.cumsum([end > 0 for end in ends]) - 1


def _count(view_of: ViewOf) -> int:
    return int(view_of[-1]) + 1


def _means(path: Shares, view_of: ViewOf) -> Shares:
    means: Shares = np.bincount(view_of, path) / np.bincount(view_of)
    return means


def _rms(error: Shares) -> float:
    return float(np.sqrt(np.mean(np.square(error))))


def _as_holds(path: Shares, view_of: ViewOf) -> Holds:
    return Holds(tuple(view_of.tolist()), tuple(_means(path, view_of).tolist()))
