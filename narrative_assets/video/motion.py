"""Camera moves over a finished picture: eased zooms, pans and tilts, frame by frame, in planar YUV 4:2:0.

Every frame is a function of the picture, the move and the frame's number alone. Drawing the picture lives
in ``picture``, encoding the frames in ``encode``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from schemas.shots import Movement

Plane = NDArray[np.uint8]
ZOOM_POOL = 48
"""A zoomed window may be resized up to this many pixels beyond the frame, to find a ratio that fits."""
ZOOM_FINENESS = 1.0618
"""Pixels of the picture per frame pixel at the tightest view: near 1 no ratio of whole windows comes close."""
PAN_PHASES = 8
"""Sub-pixel positions of a pan, per luma pixel; chroma has twice as many."""
_ZOOMS = {"push_in", "pull_out"}
_PANS = {"pan_left", "pan_right"}
_TILTS = {"tilt_up", "tilt_down"}
_CHUNK = 64


@dataclass(frozen=True)
class Planes:
    """A picture as 8-bit Y, U and V planes, U and V at half size each way (limited range)."""

    y: Plane
    u: Plane
    v: Plane

    def each(self) -> tuple[Plane, Plane, Plane]:
        return (self.y, self.u, self.v)


@dataclass(frozen=True)
class Extent:
    """Size of the picture a move needs: pixels, and how many of them make one pixel of the frame.

    The framed view lies in the middle; what lies around it is seen only while the camera moves.
    """

    width: int
    height: int
    unit: float


@dataclass(frozen=True)
class Window:
    """One axis of a zoomed frame: source pixels ``start`` to ``start + span`` resized to ``grown``, cut at ``cut``."""

    start: int
    span: int
    grown: int
    cut: int


Draw = Callable[[int, Planes], None]
"""Write frame number n (from 0) of a move into the given frame."""


@dataclass(frozen=True)
class View:
    """What the camera sees over a shot: how a frame is drawn, and which frames show exactly what the one before does.

    A frame that ``repeats`` need neither be drawn nor coded anew. Frame 0 never repeats.
    """

    draw: Draw
    repeats: Callable[[int], bool]


def ease(frame: int, frames: int) -> float:
    """Share of a move that is done at ``frame`` of ``frames``: 0 at the first, 1 at the last, eased at both ends."""
    if frames < 2:
        return 0.0
    t = frame / (frames - 1)
    return t * t * (3.0 - 2.0 * t)


def extent(movement: Movement, width: int, height: int) -> Extent:
    """How large a picture must be drawn for ``movement`` over a frame of ``width`` x ``height`` pixels."""
    grown = 1.0 + movement.amount / 1000
    if not moves(movement):
        return Extent(width, height, 1.0)
    if movement.kind in _ZOOMS:
        unit = grown * ZOOM_FINENESS
        margin = ZOOM_POOL + 4
        return Extent(_even((width + margin) * unit), _even((height + margin) * unit), unit)
    if movement.kind in _PANS:
        return Extent(_even(width * grown) + 4, height, 1.0)
    return Extent(width, _even(height * grown) + 4, 1.0)


def moves(movement: Movement) -> bool:
    """Whether the camera moves at all."""
    return movement.kind != "static" and movement.amount > 0


def camera(movement: Movement, picture: Planes, width: int, height: int, frames: int) -> View:
    """Return what ``movement`` shows of ``picture``, which has its extent."""
    if not moves(movement):
        return View(lambda _, out: _copy(picture, out), lambda frame: frame > 0)
    move = _zoom if movement.kind in _ZOOMS else _slide
    return View(move(movement, picture, width, height, frames), lambda _: False)


def _copy(source: Planes, out: Planes) -> None:
    for plane, target in zip(source.each(), out.each(), strict=True):
        np.copyto(target, plane)


def _zoom(movement: Movement, picture: Planes, width: int, height: int, frames: int) -> Draw:
    import cv2

    picture = Planes(_softened(picture.y), picture.u, picture.v)
    grown = 1.0 + movement.amount / 1000
    inward = movement.kind == "push_in"
    source_height, source_width = picture.y.shape
    plan = (inward, grown, frames)
    luma = (zoom_windows(width, source_width, ZOOM_POOL, *plan), zoom_windows(height, source_height, ZOOM_POOL, *plan))
    chroma = (
        zoom_windows(width // 2, source_width // 2, ZOOM_POOL // 2, *plan),
        zoom_windows(height // 2, source_height // 2, ZOOM_POOL // 2, *plan),
    )

    def draw(frame: int, out: Planes) -> None:
        for plane, target, (across, down) in zip(picture.each(), out.each(), (luma, chroma, chroma), strict=True):
            x, y = across[frame], down[frame]
            part = plane[y.start : y.start + y.span, x.start : x.start + x.span]
            grown_part = cv2.resize(part, (x.grown, y.grown), interpolation=cv2.INTER_LINEAR)
            rows, columns = target.shape
            np.copyto(target, grown_part[y.cut : y.cut + rows, x.cut : x.cut + columns])

    return draw


def _softened(plane: Plane) -> Plane:
    """Weigh every pixel with its neighbours, 1-6-1 each way: less grain crawls, and a sixth fewer bytes are coded."""
    wide = np.pad(plane, 1, "edge").astype(np.uint16)
    across = wide[:, :-2] + 6 * wide[:, 1:-1] + wide[:, 2:]
    both: Plane = ((across[:-2] + 6 * across[1:-1] + across[2:] + 32) >> 6).astype(np.uint8)
    return both


@lru_cache(maxsize=64)
def zoom_windows(size: int, source: int, pool: int, inward: bool, grown: float, frames: int) -> tuple[Window, ...]:
    """Return one axis of a zoom, frame by frame, as windows of whole pixels.

    ``size`` is the frame's and ``source`` the picture's extent in pixels; ``grown`` is how many times larger
    the end of the zoom shows things. For every frame the window is taken whose resampling positions differ
    least (root mean square over the axis) from the exact ones: about 0.02 pixels, where rounding to whole
    source pixels gives 0.3 and more.
    """
    cuts, sizes = _pool(size, pool)
    windows: list[Window] = []
    for first in range(0, frames, _CHUNK):
        done = np.array([ease(frame, frames) for frame in range(first, min(first + _CHUNK, frames))])
        shown = 1.0 + (grown - 1.0) * (done if inward else 1.0 - done)
        windows.extend(_best_windows(grown * ZOOM_FINENESS / shown, size, source, cuts, sizes))
    return tuple(windows)


def _pool(size: int, pool: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """All pairs of a cut and a grown size that leave ``size`` pixels."""
    pairs = [(cut, size + extra) for extra in range(pool + 1) for cut in range(extra + 1)]
    cuts, sizes = zip(*pairs, strict=True)
    return np.array(cuts, dtype=np.float64), np.array(sizes, dtype=np.float64)


def _best_windows(
    ratio: NDArray[np.float64], size: int, source: int, cuts: NDArray[np.float64], sizes: NDArray[np.float64]
) -> list[Window]:
    """Pick the window with the least error for each frame; ``ratio`` is source pixels per frame pixel."""
    exact = ratio[:, None]
    left = source / 2 - size / 2 * exact
    spans = np.rint(sizes * exact)
    step = spans / sizes
    starts = np.rint(left - cuts * step)
    at_left = starts + cuts * step - left
    at_right = at_left + size * (step - exact)
    error = at_left * at_left + at_left * at_right + at_right * at_right
    error[(starts < 0) | (starts + spans > source)] = np.inf
    best = np.argmin(error, axis=1)
    rows = np.arange(len(ratio))
    return [
        Window(int(start), int(span), int(sizes[choice]), int(cuts[choice]))
        for start, span, choice in zip(starts[rows, best], spans[rows, best], best, strict=True)
    ]


def _slide(movement: Movement, picture: Planes, width: int, height: int, frames: int) -> Draw:
    """Pan or tilt: the picture at every sub-pixel phase, made when first needed; a frame is then a copy."""
    axis = 1 if movement.kind in _PANS else 0
    travel = (width, height)[1 - axis] * movement.amount / 1000
    forward = movement.kind in {"pan_right", "tilt_down"}
    phases: dict[tuple[int, int], Plane] = {}

    def draw(frame: int, out: Planes) -> None:
        done = ease(frame, frames)
        steps = round(travel * (done if forward else 1.0 - done) * PAN_PHASES)
        for index, (plane, target) in enumerate(zip(picture.each(), out.each(), strict=True)):
            fine = PAN_PHASES if index == 0 else 2 * PAN_PHASES
            start, phase = divmod(steps, fine)
            if (index, phase) not in phases:
                phases[index, phase] = _shifted(plane, axis, phase, fine)
            rows, columns = target.shape
            y, x = (0, start) if axis == 1 else (start, 0)
            np.copyto(target, phases[index, phase][y : y + rows, x : x + columns])

    return draw


def _shifted(plane: Plane, axis: int, phase: int, fine: int) -> Plane:
    """Return ``plane`` moved by ``phase / fine`` pixels along ``axis``, in integers."""
    if phase == 0:
        return plane
    wide = plane.astype(np.uint16)
    after = np.concatenate((wide[:, 1:], wide[:, -1:]), axis=1) if axis else np.concatenate((wide[1:], wide[-1:]))
    return ((wide * (fine - phase) + after * phase + fine // 2) // fine).astype(np.uint8)


def _even(size: float) -> int:
    return 2 * int(-(-size // 2))
