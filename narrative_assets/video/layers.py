"""Layers of a picture and the camera over them: each follows the move by its depth, so that depth shows.

A layer is opaque (a ground) or holds veils: boxes of premultiplied planes beside what they let through. The path
itself comes from ``motion``, the pictures from ``picture``. All arithmetic is in integers of 8 and 16 bits.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from narrative_assets.video.motion import (
    ZOOM_POOL,
    Extent,
    Holds,
    Plane,
    Planes,
    View,
    Window,
    best_windows,
    extent,
    moves,
    regrouped,
    shown,
    slid,
    slide_holds,
    slides_across,
    zoom_holds,
    zooms,
)
from schemas.shots import Movement

_BLOCK = 16
# A window may reach beyond the box it is about; what it finds there is clear.
_MARGIN = 64
_CLEAR = 255


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
class Layer:
    """A part of the picture at one ``depth``: 1 moves with the people, less lies behind them, more before them."""

    depth: float
    size: Extent
    ground: Planes | None = None
    veils: tuple[Veil, ...] = ()

    def pictures(self) -> tuple[Planes | Veil, ...]:
        """The ground, if any, and the veils over it."""
        return (self.ground, *self.veils) if self.ground else self.veils


Rectangle = tuple[int, int, int, int]
"""Left, top, width and height in the frame, all even."""
Shown = tuple[Rectangle, tuple[Plane, ...]]
"""What of a picture is in the frame, and where: its planes, for a veil then luma and chroma of what it lets through."""


class Canvas:
    """A layer being composed: opaque from the start, or clear until something is laid on it."""

    def __init__(self, width: int, height: int, ground: Planes | None = None) -> None:
        half = (height // 2, width // 2)
        self.width, self.height = width, height
        self.planes = ground or Planes(*(np.zeros(size, np.uint8) for size in ((height, width), half, half)))
        sizes = () if ground else ((height, width), half)
        self._clear = tuple(np.full(size, _CLEAR, np.uint8) for size in sizes)

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
        clear, half = self._clear
        return tuple(
            Veil(
                x,
                y,
                Planes(
                    self.planes.y[y : y + tall, x : x + wide],
                    *(
                        plane[y // 2 : (y + tall) // 2, x // 2 : (x + wide) // 2]
                        for plane in (self.planes.u, self.planes.v)
                    ),
                ),
                clear[y : y + tall, x : x + wide],
                half[y // 2 : (y + tall) // 2, x // 2 : (x + wide) // 2],
            )
            for x, y, wide, tall in _boxes(clear)
        )


def blend(target: Plane, plane: Plane, clear: Plane) -> None:
    """Lay a premultiplied plane over ``target``, in place."""
    import cv2

    dampen(target, clear)
    cv2.add(target, plane, dst=target)


def dampen(target: Plane, clear: Plane) -> None:
    """Multiply ``target`` by ``clear`` / 255, in place."""
    import cv2

    cv2.multiply(target, clear, dst=target, scale=1 / _CLEAR)


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


def camera(movement: Movement, picture: Planes, width: int, height: int, frames: int) -> View:
    """Return what ``movement`` shows of one flat picture, which has its extent."""
    return film(movement, (Layer(1.0, extent(movement, width, height), picture),), width, height, frames)


def film(movement: Movement, layers: Sequence[Layer], width: int, height: int, frames: int) -> View:
    """Return what ``movement`` shows of ``layers``, farthest first, of which the first is opaque.

    Each has the extent of the move at its depth; without a move they are one picture.
    """
    if not moves(movement):
        picture = flattened(layers)
        return View(lambda _, out: _copy(picture.each(), out), lambda frame: frame > 0)
    follow = _zooming if zooms(movement) else _sliding
    holds, movers = follow(movement, layers, width, height, frames)
    # What moves least is drawn once for many frames, with all that lies before it and rests as well.
    rests = next((n for n, mover in enumerate(movers) if mover.holds is holds), len(movers))
    kept = _Kept()

    def draw(frame: int, out: Planes) -> None:
        if rests:
            views = [mover.holds.view_of[frame] for mover in movers[:rests]]
            if kept.behind is None or kept.views != views:
                kept.behind = kept.behind or _like(out)
                for mover in movers[:rests]:
                    mover.draw(frame, kept.behind)
                kept.views = views
            _copy(kept.behind.each(), out)
        for mover in movers[rests:]:
            mover.draw(frame, out)

    return View(draw, lambda frame: frame > 0 and holds.view_of[frame] == holds.view_of[frame - 1])


class _Kept(threading.local):
    """The resting part of a picture as it was drawn last, for each thread that draws."""

    behind: Planes | None = None
    views: Sequence[int] = ()


class _Seen(threading.local):
    """The view that was resampled last, for each thread that draws."""

    view = -1
    shown: Shown


class _Mover:
    """A ground or a veil that moves: ``see`` resamples one of its views, which is kept while it holds."""

    def __init__(self, holds: Holds, see: Callable[[int], Shown], *, veiled: bool) -> None:
        self.holds, self._see, self._veiled, self._seen = holds, see, veiled, _Seen()

    def draw(self, frame: int, out: Planes) -> None:
        view = self.holds.view_of[frame]
        if self._seen.view != view:
            self._seen.view, self._seen.shown = view, self._see(view)
        (left, top, wide, tall), planes = self._seen.shown
        if not wide or not tall:
            return
        for index, target in enumerate(out.each()):
            by = 1 if index == 0 else 2
            part = target[top // by : (top + tall) // by, left // by : (left + wide) // by]
            if self._veiled:
                blend(part, planes[index], planes[3 if index == 0 else 4])
            else:
                np.copyto(part, planes[index])


def _zooming(
    movement: Movement, layers: Sequence[Layer], width: int, height: int, frames: int
) -> tuple[Holds, list[_Mover]]:
    # Pixels lie evenly over the frame, so across and down together they move by this, root mean square.
    reach = movement.amount / 1000 * math.sqrt((width * width + height * height) / 24)
    deepest = max(layer.depth for layer in layers)
    holds = zoom_holds(frames, reach * deepest)
    movers: list[_Mover] = []
    for layer in layers:
        own = holds if layer.depth == deepest else regrouped(holds, reach * layer.depth)
        own = holds if len(own.at) == len(holds.at) else own
        ratio = layer.size.unit / shown(movement, layer.depth, np.array(own.at))
        movers += [
            _Mover(own, _zoomed(layer.size, each, ratio, width, height), veiled=isinstance(each, Veil))
            for each in layer.pictures()
        ]
    return holds, movers


def _zoomed(
    size: Extent, picture: Planes | Veil, ratio: np.ndarray[tuple[int], np.dtype[np.float64]], width: int, height: int
) -> Callable[[int], Shown]:
    """The zoomed views of a ground or a veil; ``ratio`` is pixels of the layer per frame pixel in each view."""
    import cv2

    planes, (left, top) = _source(picture)
    tall, wide = planes[0].shape
    axes: list[tuple[list[tuple[int, int]], list[Window], list[Window]]] = []
    for length, whole, first, long in ((width, size.width, left, wide), (height, size.height, top, tall)):
        inner = _MARGIN if isinstance(picture, Veil) else 0
        edges = [(edge - whole / 2) / ratio + length / 2 for edge in (first + inner, first + long - inner)]
        start = np.clip(np.floor(edges[0] / 2) * 2, 0, length).astype(np.int64)
        end = np.clip(np.ceil(edges[1] / 2) * 2, 0, length).astype(np.int64)
        sizes = np.maximum(end - start, 2)
        exact = whole / 2 + (start - length / 2) * ratio - first
        axes.append((
            list(zip(start.tolist(), (end - start).clip(0).tolist(), strict=True)),
            best_windows(exact, ratio, sizes, long, ZOOM_POOL),
            best_windows(exact / 2, ratio, sizes // 2, long // 2, ZOOM_POOL // 2),
        ))  # fmt: skip
    (spans_x, *across), (spans_y, *down) = axes

    def see(view: int) -> Shown:
        (x, wide), (y, tall) = spans_x[view], spans_y[view]
        seen: list[Plane] = []
        for plane in planes if wide and tall else ():
            half = plane.shape != planes[0].shape
            a, b = across[half][view], down[half][view]
            part = plane[b.start : b.start + b.span, a.start : a.start + a.span]
            grown = np.asarray(cv2.resize(part, (a.grown, b.grown), interpolation=cv2.INTER_LINEAR), np.uint8)
            by = 2 if half else 1
            seen.append(grown[b.cut : b.cut + tall // by, a.cut : a.cut + wide // by])
        return (x, y, wide, tall), tuple(seen)

    return see


def _sliding(
    movement: Movement, layers: Sequence[Layer], width: int, height: int, frames: int
) -> tuple[Holds, list[_Mover]]:
    length = width if slides_across(movement) else height
    holds, phases = slide_holds(frames, [movement.amount / 1000 * length * layer.depth for layer in layers])
    movers: list[_Mover] = []
    for layer in layers:
        middle = (layer.size.width - width if slides_across(movement) else layer.size.height - height) // 2
        exact = (slid(movement, layer.depth, length, np.array(holds.at)) + middle) * phases
        steps = np.rint(exact).astype(np.int64).tolist()
        # Views in which a slow layer rests on the same phase are one view of it.
        own_of = np.cumsum(np.diff(steps, prepend=steps[:1]) != 0).tolist()
        firsts = [steps[own_of.index(number)] for number in range(own_of[-1] + 1)]
        own = Holds(tuple(own_of[view] for view in holds.view_of), tuple(float(step) for step in firsts))
        own = holds if len(firsts) == len(steps) else own
        movers += [
            _Mover(
                own,
                _slidden(each, slides_across(movement), firsts, phases, width, height),
                veiled=isinstance(each, Veil),
            )
            for each in layer.pictures()
        ]
    return holds, movers


def _slidden(
    picture: Planes | Veil, across: bool, steps: Sequence[int], phases: int, width: int, height: int
) -> Callable[[int], Shown]:
    """The slid views of a ground or a veil; ``steps`` are phases from the layer's edge. A view is a crop."""
    planes, (left, top) = _source(picture, 4)
    tall, wide = planes[0].shape
    kept: dict[tuple[int, int], Plane] = {}

    def see(view: int) -> Shown:
        # The frame rectangle holds the picture whatever the phase: its own pixels, and one before them.
        start = steps[view] // phases
        x, y = (left - start, top) if across else (left, top - start)
        x0, x1 = max(0, 2 * (-(-x // 2))), min(width, 2 * ((x + wide - 2) // 2))
        y0, y1 = max(0, 2 * (-(-y // 2))), min(height, 2 * ((y + tall - 2) // 2))
        if isinstance(picture, Planes):
            x0, x1, y0, y1 = 0, width, 0, height
        seen: list[Plane] = []
        for index, plane in enumerate(planes if x1 > x0 and y1 > y0 else ()):
            by = 2 if plane.shape != planes[0].shape else 1
            whole, phase = divmod(steps[view], by * phases)
            if (index, phase) not in kept:
                kept[index, phase] = _shifted(plane, across, phase, by * phases)
            column = x0 // by + (whole if across else 0) - left // by
            row = y0 // by + (0 if across else whole) - top // by
            seen.append(kept[index, phase][row : row + (y1 - y0) // by, column : column + (x1 - x0) // by])
        return (x0, y0, max(0, x1 - x0), max(0, y1 - y0)), tuple(seen)

    return see


def _source(picture: Planes | Veil, margin: int = _MARGIN) -> tuple[tuple[Plane, ...], tuple[int, int]]:
    """The softened planes of a ground, or of a veil with a clear margin; and where they begin in their layer."""
    if isinstance(picture, Planes):
        return tuple(_softened(plane) for plane in picture.each()[:1]) + picture.each()[1:], (0, 0)
    planes = [(plane, 0) for plane in picture.planes.each()]
    planes += [(clear, _CLEAR) for clear in (picture.clear, picture.clear_half)]
    wide = picture.clear.shape[1]
    padded = [np.pad(each, margin if each.shape[1] == wide else margin // 2, constant_values=v) for each, v in planes]
    padded = [_softened(each) if number in (0, 3) else each for number, each in enumerate(padded)]
    return tuple(padded), (picture.left - margin, picture.top - margin)


def _softened(plane: Plane) -> Plane:
    """Weigh every pixel with its neighbours, about 1-6-1: less grain crawls, and a sixth fewer bytes are coded."""
    import cv2

    soft: Plane = np.asarray(cv2.GaussianBlur(plane, (3, 3), 0.528, borderType=cv2.BORDER_REPLICATE), np.uint8)
    return soft


def _shifted(plane: Plane, across: bool, phase: int, fine: int) -> Plane:
    """Return ``plane`` moved by ``phase / fine`` pixels left or up, in integers."""
    if phase == 0:
        return plane
    wide = plane.astype(np.uint16)
    after = np.concatenate((wide[:, 1:], wide[:, -1:]), axis=1) if across else np.concatenate((wide[1:], wide[-1:]))
    wide *= fine - phase
    after *= phase
    wide += after
    wide += fine // 2
    wide //= fine
    return wide.astype(np.uint8)


def _boxes(clear: Plane) -> list[Rectangle]:
    """Boxes around all that is not clear, cut where whole columns are; edges on even pixels."""
    tall, wide = clear.shape
    covered = clear != _CLEAR
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


def _like(frame: Planes) -> Planes:
    return Planes(*(np.empty(plane.shape, np.uint8) for plane in frame.each()))


def _copy(planes: tuple[Plane, ...], out: Planes) -> None:
    for plane, target in zip(planes, out.each(), strict=True):
        np.copyto(target, plane)
