"""Layers of a picture at their depths, and laying one over the other.

A layer is opaque (a ground) or holds veils: boxes of premultiplied planes beside what they let through. How the
camera moves them is in ``camera``, what is drawn on them in ``picture``. All arithmetic is in integers of 8 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from narrative_assets.video.motion import Extent, Plane, Planes

_BLOCK = 16
CLEAR = 255
"""What a pixel that is not there lets through."""


@dataclass(frozen=True)
class Veil:
    """A translucent box at an even place of its layer: planes times alpha, and what shows through (255 for all)."""

    left: int
    top: int
    planes: Planes
    clear: Plane
    clear_half: Plane

    def pairs(self) -> tuple[tuple[Plane, Plane], ...]:
        """Y, U and V, each beside what it lets through."""
        y, u, v = self.planes.each()
        return ((y, self.clear), (u, self.clear_half), (v, self.clear_half))


@dataclass(frozen=True)
class Turn:
    """A veil that is there in some frames only: ``shown`` says in which, one byte a frame, 1 or 0."""

    veil: Veil
    shown: bytes

    def changes(self, frame: int) -> bool:
        """Whether it comes or goes at ``frame``."""
        return self.shown[frame] != self.shown[frame - 1]


@dataclass(frozen=True)
class Layer:
    """A part of the picture at one ``depth``: 1 moves with the people, less lies behind them, more before them.

    ``turns`` lie over its veils.
    """

    depth: float
    size: Extent
    ground: Planes | None = None
    veils: tuple[Veil, ...] = ()
    turns: tuple[Turn, ...] = ()

    def pictures(self) -> tuple[Planes | Veil, ...]:
        """The ground, if any, and the veils over it."""
        return (self.ground, *self.veils) if self.ground else self.veils


class Canvas:
    """A layer being composed: opaque from the start, or clear until something is laid on it."""

    def __init__(self, width: int, height: int, ground: Planes | None = None) -> None:
        half = (height // 2, width // 2)
        self.width, self.height = width, height
        self.planes = ground or Planes(*(np.zeros(size, np.uint8) for size in ((height, width), half, half)))
        sizes = () if ground else ((height, width), half)
        self._clear = tuple(np.full(size, CLEAR, np.uint8) for size in sizes)

    def lay(self, veil: Veil) -> None:
        """Lay a veil over what is there, as far as it is on the canvas."""
        tall, wide = veil.clear.shape
        x0, x1 = max(0, veil.left), min(self.width, veil.left + wide)
        y0, y1 = max(0, veil.top), min(self.height, veil.top + tall)
        if x0 >= x1 or y0 >= y1:
            return
        luma = (slice(y0, y1), slice(x0, x1))
        inner = (slice(y0 - veil.top, y1 - veil.top), slice(x0 - veil.left, x1 - veil.left))
        for index, (target, (plane, clear)) in enumerate(zip(self.planes.each(), veil.pairs(), strict=True)):
            here, there = (luma, inner) if index == 0 else (_halved(luma), _halved(inner))
            blend(target[here], plane[there], clear[there])
        for clear, let, halve in zip(self._clear, (veil.clear, veil.clear_half), (False, True), strict=False):
            here, there = (_halved(luma), _halved(inner)) if halve else (luma, inner)
            dampen(clear[here], let[there])

    def veils(self) -> tuple[Veil, ...]:
        """The boxes of a clear canvas that hold anything, side by side."""
        whole = Veil(0, 0, self.planes, *self._clear)
        return tuple(_box(whole, *box) for box in _boxes(whole.clear))


def fewest_pixels(veils: Sequence[Veil], width: int, height: int) -> tuple[Veil, ...]:
    """``veils`` on a layer of ``width`` x ``height``: flattened, or as they are where that moves fewer pixels."""
    canvas = Canvas(width, height)
    for veil in veils:
        canvas.lay(veil)
    apart = [part for part in (_clipped(veil, width, height) for veil in veils) if part is not None]
    return min(canvas.veils(), tuple(apart), key=lambda boxes: sum(box.clear.size for box in boxes))


def blend(target: Plane, plane: Plane, clear: Plane) -> None:
    """Lay a premultiplied plane over ``target``, in place."""
    import cv2

    dampen(target, clear)
    cv2.add(target, plane, dst=target)


def dampen(target: Plane, clear: Plane) -> None:
    """Multiply ``target`` by ``clear`` / 255, in place."""
    import cv2

    cv2.multiply(target, clear, dst=target, scale=1 / CLEAR)


def in_step(layers: Sequence[Layer], view_of: Sequence[int]) -> tuple[Layer, ...]:
    """``layers`` whose turns come and go one frame sooner or later where the camera moves on in that frame.

    ``view_of`` says which view of the camera every frame shows. Turns keep their order, and none is lost.
    """
    frames = range(1, len(view_of))
    moving = {frame for frame in frames if view_of[frame] != view_of[frame - 1]}
    changes = [frame for frame in frames if any(turn.changes(frame) for layer in layers for turn in layer.turns)]
    taken, source = set(changes), list(range(len(view_of)))
    for frame in changes:
        sooner, later = frame - 1, frame + 1
        if frame in moving:
            continue
        if sooner in moving and sooner not in taken:
            taken.add(sooner)
            source[sooner] = frame
        elif later in moving and later not in taken:
            taken.add(later)
            source[frame] = sooner
    return tuple(
        replace(layer, turns=tuple(Turn(turn.veil, bytes(turn.shown[n] for n in source)) for turn in layer.turns))
        for layer in layers
    )


def flattened(layers: Sequence[Layer]) -> Planes:
    """All layers as one picture. They are of one size and the first is opaque."""
    first = layers[0]
    if first.ground is None:
        raise ValueError("the farthest layer of a picture is opaque")
    canvas = Canvas(first.size.width, first.size.height, first.ground)
    for layer in layers:
        for veil in layer.veils:
            canvas.lay(veil)
    return canvas.planes


def _clipped(veil: Veil, width: int, height: int) -> Veil | None:
    tall, wide = veil.clear.shape
    x0, x1 = max(0, -veil.left), min(wide, width - veil.left)
    y0, y1 = max(0, -veil.top), min(tall, height - veil.top)
    return _box(veil, x0, y0, x1 - x0, y1 - y0) if x0 < x1 and y0 < y1 else None


def _box(veil: Veil, left: int, top: int, wide: int, tall: int) -> Veil:
    """A part of a veil; all its edges are even."""
    whole = (slice(top, top + tall), slice(left, left + wide))
    half = _halved(whole)
    planes = Planes(veil.planes.y[whole], veil.planes.u[half], veil.planes.v[half])
    return Veil(veil.left + left, veil.top + top, planes, veil.clear[whole], veil.clear_half[half])


def _boxes(clear: Plane) -> list[tuple[int, int, int, int]]:
    """Left, top, width and height of boxes around all that is not clear, cut where whole columns are; all even."""
    tall, wide = clear.shape
    covered = clear != CLEAR
    columns = np.flatnonzero(covered.any(axis=0))
    if not columns.size:
        return []
    boxes = []
    for run in np.split(columns, np.flatnonzero(np.diff(columns) > _BLOCK) + 1):
        left, right = int(run[0]) // 2 * 2, min(wide, int(run[-1]) // 2 * 2 + 2)
        rows = np.flatnonzero(covered[:, left:right].any(axis=1))
        top, bottom = int(rows[0]) // 2 * 2, min(tall, int(rows[-1]) // 2 * 2 + 2)
        boxes.append((left, top, right - left, bottom - top))
    return boxes


def _halved(place: tuple[slice, slice]) -> tuple[slice, slice]:
    rows, columns = place
    return slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)
