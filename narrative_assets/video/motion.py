"""The camera's path: eased moves, and the windows of whole pixels that follow it closely.

Everything is a function of the move, the size and the count of frames. Which frames may hold is found in ``holds``;
moving pictures along the path lives in ``camera``, drawing them in ``picture``, encoding the frames in ``encode``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.shots import Movement

Plane = NDArray[np.uint8]
Shares = NDArray[np.float64]
ZOOM_POOL = 48
"""A zoomed window may be resized up to this many pixels beyond the frame, to find a ratio that fits."""
ZOOM_FINENESS = 1.0618
"""Pixels of the picture per frame pixel at the tightest view: near 1 no ratio of whole windows comes close."""
_ZOOMS = {"push_in", "pull_out"}
_PANS = {"pan_left", "pan_right"}
_FORWARD = {"push_in", "pan_right", "tilt_down"}
_BEST = 6


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


def moves(movement: Movement) -> bool:
    """Whether the camera moves at all."""
    return movement.kind != "static" and movement.amount > 0


def zooms(movement: Movement) -> bool:
    """Whether the move scales the picture instead of sliding over it."""
    return movement.kind in _ZOOMS


def slides_across(movement: Movement) -> bool:
    """Whether the move goes left or right."""
    return movement.kind in _PANS


def extent(movement: Movement, width: int, height: int, depth: float = 1.0) -> Extent:
    """How large a picture must be for ``movement`` over a frame of ``width`` x ``height`` pixels.

    ``depth`` is how far the picture follows the camera: 1 for what the shot is about, less for what lies behind.
    """
    share = movement.amount / 1000 * depth
    if not moves(movement):
        return Extent(width, height, 1.0)
    if zooms(movement):
        unit = (1.0 + share) * ZOOM_FINENESS
        margin = ZOOM_POOL + 4
        return Extent(_even((width + margin) * unit), _even((height + margin) * unit), unit)
    if slides_across(movement):
        return Extent(_even(width * (1.0 + share)) + 4, height, 1.0)
    return Extent(width, _even(height * (1.0 + share)) + 4, 1.0)


def shown(movement: Movement, depth: float, done: Shares) -> Shares:
    """How many times larger than at its widest a zoom shows a picture at ``depth``, by the share that is done."""
    return 1.0 + movement.amount / 1000 * depth * _toward(movement, done)


def slid(movement: Movement, depth: float, length: int, done: Shares) -> Shares:
    """Pixels from the middle that a slide over ``length`` pixels has moved the view on a picture at ``depth``."""
    return movement.amount / 1000 * depth * length * (_toward(movement, done) - 0.5)


def _toward(movement: Movement, done: Shares) -> Shares:
    return done if movement.kind in _FORWARD else 1.0 - done


def best_windows(left: Shares, ratio: Shares, sizes: NDArray[np.int64], source: int, pool: int) -> list[Window]:
    """One axis of a zoom, view by view, as windows of whole pixels.

    For each view ``left`` is where the exact view begins in the picture, in its pixels, ``ratio`` the picture's
    pixels per frame pixel and ``sizes`` how many frame pixels are wanted; the picture is ``source`` pixels long.
    Of all windows inside it the one is taken whose resampling positions differ least, root mean square over the
    axis: about 0.02 pixels, where rounding to whole source pixels gives 0.3 and more.
    """
    windows: list[Window] = []
    for first in range(0, len(ratio), 64):
        some = slice(first, first + 64)
        windows.extend(_best_windows(left[some, None], ratio[some, None], sizes[some, None], source, pool))
    return windows


def _best_windows(left: Shares, ratio: Shares, sizes: NDArray[np.int64], source: int, pool: int) -> list[Window]:
    rows = np.arange(len(ratio))[:, None]
    extras = np.broadcast_to(np.arange(pool + 1), (len(ratio), pool + 1))
    slack = np.abs(np.rint((sizes + extras) * ratio) / (sizes + extras) - ratio)
    extras = np.sort(np.argsort(slack, axis=1, kind="stable")[:, :_BEST], axis=1)
    extras = np.repeat(extras, pool + 1, axis=1)
    cuts = np.broadcast_to(np.tile(np.arange(pool + 1), _BEST), extras.shape)
    grown = sizes + extras
    spans = np.rint(grown * ratio)
    step = spans / grown
    starts = np.rint(left - cuts * step)
    at_left = starts + cuts * step - left
    at_right = at_left + sizes * (step - ratio)
    error = at_left * at_left + at_left * at_right + at_right * at_right
    error[(cuts > extras) | (starts < 0) | (starts + spans > source)] = np.inf
    best = (rows, np.argmin(error, axis=1)[:, None])
    picked = (starts[best], spans[best], grown[best], cuts[best])
    return [Window(*(int(part[row, 0]) for part in picked)) for row in range(len(ratio))]


def _even(size: float) -> int:
    return 2 * int(-(-size // 2))
