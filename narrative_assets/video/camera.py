"""The camera over a shot's layers: each follows the move by its own depth, so that depth shows.

The path comes from ``motion``, what of it is drawn from ``holds``, the layers from ``picture``. A view is resampled
once and kept while it holds; luma and chroma are apart, for chroma holds longer. All arithmetic on pixels is in
integers, or in sums that single precision holds exactly.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from narrative_assets.video.holds import Holds, regrouped, slide_holds, zoom_holds
from narrative_assets.video.layers import CLEAR, Canvas, Layer, Turn, Veil, blend, flattened, in_step
from narrative_assets.video.motion import (
    ZOOM_POOL,
    Extent,
    Plane,
    Planes,
    Shares,
    View,
    Window,
    best_windows,
    extent,
    moves,
    shown,
    slid,
    slides_across,
    zooms,
)
from schemas.shots import Movement

# A window may reach beyond the box it is about; what it finds there is clear.
_MARGIN = 64
_WEIGHT_STEPS = 4_096
_NO_TIE = 2.0**-14
"""Sums of pixels under such weights are exact in single precision; this much more, and none lies between two values."""
Rectangle = tuple[int, int, int, int]
"""Left, top, width and height."""
Shown = tuple[Rectangle, tuple[Plane, ...]]
"""What of some planes is in the frame, and where: the planes, for a veil followed by what they let through."""


def camera(movement: Movement, picture: Planes, width: int, height: int, frames: int) -> View:
    """Return what ``movement`` shows of one flat picture, which has its extent."""
    return film(movement, (Layer(1.0, extent(movement, width, height), picture),), width, height, frames)


def film(movement: Movement, layers: Sequence[Layer], width: int, height: int, frames: int) -> View:
    """Return what ``movement`` shows of ``layers``, farthest first, of which the first is opaque.

    Each has the extent of the move at its depth; without a move they are one picture.
    """
    if not moves(movement):
        return _resting(layers, [turn for layer in layers for turn in layer.turns])
    follow, views = (_zooming, _zoom_views) if zooms(movement) else (_sliding, _slide_views)
    layers = in_step(layers, views(movement, layers, width, height, frames).view_of)
    turns = [turn for layer in layers for turn in layer.turns]
    luma, chroma = follow(movement, layers, width, height, frames)

    def draw(frame: int, out: Planes) -> None:
        luma.draw(frame, (out.y,))
        chroma.draw(frame, (out.u, out.v))

    view_of = luma.holds.view_of

    def repeats(frame: int) -> bool:
        return frame > 0 and view_of[frame] == view_of[frame - 1] and not any(turn.changes(frame) for turn in turns)

    return View(draw, repeats)


def _resting(layers: Sequence[Layer], turns: Sequence[Turn]) -> View:
    """One picture, with what comes and goes on it."""
    picture = flattened(layers)
    width, height = picture.y.shape[1], picture.y.shape[0]

    def show(frame: int, out: Planes) -> None:
        for target, plane in zip(out.each(), picture.each(), strict=True):
            np.copyto(target, plane)
        for turn in turns:
            if turn.shown[frame]:
                Canvas(width, height, out).lay(turn.veil)

    return View(show, lambda frame: frame > 0 and not any(turn.changes(frame) for turn in turns))


class _Mover:
    """Some planes of a ground or a veil that move: ``see`` resamples one of their views, which is kept while it holds.

    Threads that draw at the same time each keep their own.
    """

    def __init__(self, holds: Holds, see: Callable[[int], Shown], *, veiled: bool, shown: bytes = b"") -> None:
        self.holds, self._see, self._veiled, self._kept = holds, see, veiled, threading.local()
        self._shown = shown

    def view(self, frame: int) -> int:
        """Which of its views ``frame`` shows; -1 where it is not there."""
        return self.holds.view_of[frame] if not self._shown or self._shown[frame] else -1

    def draw(self, frame: int, targets: Sequence[Plane]) -> None:
        view = self.view(frame)
        if view < 0:
            return
        if getattr(self._kept, "view", -1) != view:
            self._kept.view, self._kept.shown = view, self._see(view)
        (left, top, wide, tall), planes = self._kept.shown
        if not wide or not tall:
            return
        for target, plane in zip(targets, planes, strict=False):
            part = target[top : top + tall, left : left + wide]
            if self._veiled:
                blend(part, plane, planes[-1])
            else:
                np.copyto(part, plane)


class _Stack:
    """The same planes of all layers, farthest first. ``holds`` are those of whatever moves most.

    What moves less is drawn once for many frames, with all that lies before it and rests as well.
    """

    def __init__(self, holds: Holds, movers: Sequence[_Mover]) -> None:
        self.holds = holds
        rests = next((n for n, mover in enumerate(movers) if mover.holds is holds), len(movers))
        self._resting, self._moving = movers[:rests], movers[rests:]
        self._kept = threading.local()

    def draw(self, frame: int, targets: Sequence[Plane]) -> None:
        if self._resting:
            views = [mover.view(frame) for mover in self._resting]
            if getattr(self._kept, "views", None) != views:
                self._kept.behind = [np.empty(target.shape, np.uint8) for target in targets]
                for mover in self._resting:
                    mover.draw(frame, self._kept.behind)
                self._kept.views = views
            for target, plane in zip(targets, self._kept.behind, strict=True):
                np.copyto(target, plane)
        for mover in self._moving:
            mover.draw(frame, targets)


def _reach(movement: Movement, width: int, height: int) -> float:
    """Pixels that a zoom moves the picture, root mean square: they lie evenly over the frame, across and down."""
    return movement.amount / 1000 * math.sqrt((width * width + height * height) / 24)


def _zoom_views(movement: Movement, layers: Sequence[Layer], width: int, height: int, frames: int) -> Holds:
    return zoom_holds(frames, _reach(movement, width, height) * max(layer.depth for layer in layers))


def _zooming(
    movement: Movement, layers: Sequence[Layer], width: int, height: int, frames: int
) -> tuple[_Stack, _Stack]:
    reach, deepest = _reach(movement, width, height), max(layer.depth for layer in layers)
    holds = _zoom_views(movement, layers, width, height, frames)
    stacks = []
    # A pixel of chroma is two of luma wide, so it is half as many that go by, and a view of it holds for longer.
    for by, fastest in ((1, holds), (2, regrouped(holds, reach * deepest / 2))):
        movers = []
        for layer in layers:
            own = fastest if layer.depth == deepest else regrouped(holds, reach * layer.depth / by)
            own = fastest if own == fastest else own
            ratio = layer.size.unit / shown(movement, layer.depth, np.array(own.at))
            for each, frames_shown in _pictures(layer):
                see = _zoomed(layer.size, _source(each, by, _MARGIN), ratio, width // by, height // by, by)
                movers.append(_Mover(own, see, veiled=isinstance(each, Veil), shown=frames_shown))
        stacks.append(_Stack(fastest, movers))
    return stacks[0], stacks[1]


def _pictures(layer: Layer) -> list[tuple[Planes | Veil, bytes]]:
    """What a layer is made of, with the frames in which each is there; empty means all."""
    return [*((each, b"") for each in layer.pictures()), *((turn.veil, turn.shown) for turn in layer.turns)]


def _zoomed(size: Extent, source: _Source, ratio: Shares, width: int, height: int, by: int) -> Callable[[int], Shown]:
    """The zoomed views of some planes; ``ratio`` is their pixels per frame pixel in each view.

    ``width`` and ``height`` are the frame's, in pixels of these planes; ``by`` luma pixels make one of them.
    """
    import cv2

    tall, wide = source.planes[0].shape
    xs, across = _axis(width, size.width / by, source.left, wide, source.margin, ratio, ZOOM_POOL // by)
    ys, down = _axis(height, size.height / by, source.top, tall, source.margin, ratio, ZOOM_POOL // by)

    def see(view: int) -> Shown:
        (x, columns), (y, rows) = xs[view], ys[view]
        a, b = across[view], down[view]
        seen: list[Plane] = []
        for plane in source.planes if rows and columns else ():
            part = plane[b.start : b.start + b.span, a.start : a.start + a.span]
            grown = np.asarray(cv2.resize(part, (a.grown, b.grown), interpolation=cv2.INTER_LINEAR), np.uint8)
            seen.append(grown[b.cut : b.cut + rows, a.cut : a.cut + columns])
        return (x, y, columns, rows), tuple(seen)

    return see


def _axis(
    length: int, whole: float, first: int, long: int, margin: int, ratio: Shares, pool: int
) -> tuple[list[tuple[int, int]], list[Window]]:
    """One axis of a zoomed box: for each view where it begins in the frame, how long it is, and its window.

    The frame is ``length`` pixels long and looks at the middle of ``whole`` pixels, of which the box holds ``long``
    from ``first`` on, a clear ``margin`` at both ends included.
    """
    start, end = (
        np.clip(rounded((edge - whole / 2) / ratio + length / 2), 0, length).astype(np.int64)
        for rounded, edge in ((np.floor, first + margin), (np.ceil, first + long - margin))
    )
    exact = whole / 2 + (start - length / 2) * ratio - first
    windows = best_windows(exact, ratio, np.maximum(end - start, 2), long, pool)
    return list(zip(start.tolist(), (end - start).clip(0).tolist(), strict=True)), windows


def _slide_steps(
    movement: Movement, layers: Sequence[Layer], width: int, height: int, frames: int
) -> tuple[Holds, int]:
    length = width if slides_across(movement) else height
    return slide_holds(frames, [movement.amount / 1000 * length * layer.depth for layer in layers])


def _slide_views(movement: Movement, layers: Sequence[Layer], width: int, height: int, frames: int) -> Holds:
    return _slide_steps(movement, layers, width, height, frames)[0]


def _sliding(
    movement: Movement, layers: Sequence[Layer], width: int, height: int, frames: int
) -> tuple[_Stack, _Stack]:
    across = slides_across(movement)
    length = width if across else height
    holds, phases = _slide_steps(movement, layers, width, height, frames)
    stacks = []
    for by in (1, 2):
        movers = []
        for layer in layers:
            middle = (layer.size.width - width if across else layer.size.height - height) // 2
            # As many phases to a pixel of chroma, which is two of luma wide: a view of it holds for longer.
            exact = (slid(movement, layer.depth, length, np.array(holds.at)) + middle) * phases / by
            steps = np.rint(exact).astype(np.int64).tolist()
            # Views in which a slow layer rests on the same phase are one view of it.
            own_of = np.cumsum(np.diff(steps, prepend=steps[:1]) != 0).tolist()
            firsts = [steps[own_of.index(number)] for number in range(own_of[-1] + 1)]
            own = Holds(tuple(own_of[view] for view in holds.view_of), tuple(float(step) for step in firsts))
            own = holds if len(firsts) == len(steps) else own
            for each, frames_shown in _pictures(layer):
                see = _slidden(_source(each, by, 2), across, firsts, phases, width // by, height // by)
                movers.append(_Mover(own, see, veiled=isinstance(each, Veil), shown=frames_shown))
        stacks.append(_Stack(holds, movers))
    return stacks[0], stacks[1]


def _slidden(
    source: _Source, across: bool, steps: Sequence[int], phases: int, width: int, height: int
) -> Callable[[int], Shown]:
    """The slid views of some planes; ``steps`` are phases of their pixels from the layer's edge. A view is a crop."""
    tall, wide = source.planes[0].shape
    kept: dict[tuple[int, int], Plane] = {}

    def see(view: int) -> Shown:
        start, phase = divmod(steps[view], phases)
        x, y = (source.left - start, source.top) if across else (source.left, source.top - start)
        x0, x1 = max(0, x), min(width, x + wide)
        y0, y1 = max(0, y), min(height, y + tall)
        seen: list[Plane] = []
        for index, plane in enumerate(source.planes if x1 > x0 and y1 > y0 else ()):
            if (index, phase) not in kept:
                kept[index, phase] = _shifted(plane, across, phase, phases)
            seen.append(kept[index, phase][y0 - y : y1 - y, x0 - x : x1 - x])
        return (x0, y0, max(0, x1 - x0), max(0, y1 - y0)), tuple(seen)

    return see


@dataclass(frozen=True)
class _Source:
    """Luma or both chroma planes of a picture, for a veil then what they let through; and where they begin."""

    planes: tuple[Plane, ...]
    left: int
    top: int
    margin: int


def _source(picture: Planes | Veil, by: int, margin: int) -> _Source:
    """The planes of which ``by`` luma pixels make one; a veil gets a clear margin of so many of its own pixels."""
    planes = picture if isinstance(picture, Planes) else picture.planes
    own: tuple[Plane, ...] = planes.each()[:1] if by == 1 else planes.each()[1:]
    if isinstance(picture, Veil):
        clear = picture.clear if by == 1 else picture.clear_half
        own = (*(np.pad(plane, margin) for plane in own), np.pad(clear, margin, constant_values=CLEAR))
    own = tuple(_softened(plane) for plane in own) if by == 1 else own
    if isinstance(picture, Planes):
        return _Source(own, 0, 0, 0)
    return _Source(own, picture.left // by - margin, picture.top // by - margin, margin)


def _softened(plane: Plane) -> Plane:
    """Weigh every pixel with its neighbours, about 1-6-1: less grain crawls, and a sixth fewer bytes are coded."""
    import cv2

    soft: Plane = np.asarray(cv2.GaussianBlur(plane, (3, 3), 0.528, borderType=cv2.BORDER_REPLICATE), np.uint8)
    return soft


def _shifted(plane: Plane, across: bool, phase: int, fine: int) -> Plane:
    """Return ``plane`` moved by ``phase / fine`` pixels left or up; its last pixels have nothing after them."""
    import cv2

    if phase == 0:
        return plane
    out = plane.copy()
    if across:
        here, after, target = plane[:, :-1], plane[:, 1:], out[:, :-1]
    else:
        here, after, target = plane[:-1], plane[1:], out[:-1]
    share = round(phase * _WEIGHT_STEPS / fine) / _WEIGHT_STEPS
    cv2.addWeighted(here, 1 - share, after, share, _NO_TIE, dst=target)
    return out
