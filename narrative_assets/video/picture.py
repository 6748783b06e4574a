"""Composes what a shot is filmed from: place, people with their shadows, and what stands before them, in layers.

Geometry comes from ``framing``, stored pictures from ``plates``, colours from ``colour``; ``layers`` moves the
result. All pixel arithmetic is in integers, so that the same inputs give the same bytes everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from narrative_assets.video.camera import film
from narrative_assets.video.colour import Grade, Matrix, dimmed, grade_of, plain, to_planes, to_veil
from narrative_assets.video.framing import (
    LENSES,
    Backdrop,
    Body,
    Placed,
    backdrop,
    is_over_shoulder,
    over_shoulder,
    place,
)
from narrative_assets.video.layers import Canvas, Layer, Veil, fewest_pixels
from narrative_assets.video.motion import Extent, Planes, View, extent, moves
from narrative_assets.video.plates import Paint, Plate, PlateBook, ShotPlates
from schemas.shots import Shot, ShotScene

PEOPLE = 1.0
FOREGROUND = 1.4
PLACE = 0.5
PLACE_WITH_GROUND = 0.75
"""A place in one piece that people are seen to stand on: much slower than their feet it would slip away below them."""
_SHOULDER = 22
_BEHIND = {"els": 250, "ls": 240, "mls": 226}
_BEHIND_CLOSE = 214
_COARSE = 2.4
_SHADOW = (14, 12, 20)
_SHADOW_DARKNESS = 120


@dataclass(frozen=True)
class Sheet:
    """A picture being composed. ``unit`` is pixels per frame height; the frame lies in the middle."""

    width: int
    height: int
    unit: float
    aspect: float

    @classmethod
    def of(cls, extent: Extent, width: int, height: int) -> Sheet:
        """The sheet for a frame of ``width`` x ``height`` under a move that needs ``extent``."""
        return cls(extent.width, extent.height, extent.unit * height, width / height)

    def x(self, frame_x: float) -> float:
        """Pixel column of a place in the frame."""
        return self.width / 2 + (frame_x - self.aspect / 2) * self.unit

    def y(self, frame_y: float) -> float:
        """Pixel row of a place in the frame."""
        return self.height / 2 + (frame_y - 0.5) * self.unit


Room = tuple[float, float]
"""How much of a place a move shows at most, across and down, in frame heights."""


@dataclass(frozen=True)
class _Part:
    """Something at one depth of a shot. ``ground`` paints all of a sheet, ``veils`` only some of it."""

    depth: float
    ground: Callable[[Sheet], Planes] | None = None
    veils: Callable[[Sheet], Sequence[Veil]] | None = None


def view_of(shot: Shot, plates: ShotPlates, book: PlateBook, scene: ShotScene | None, width: int, height: int) -> View:
    """What the camera sees of ``shot``, frame by frame. Raises MediaError that names an undecodable picture."""
    layers = compose(shot, plates, book, scene, width, height)
    return film(shot.movement, layers, width, height, shot.duration_frames)


def ingredients(shot: Shot, plates: ShotPlates, book: PlateBook, scene: ShotScene | None) -> dict[str, Any]:
    """All that decides a shot's picture and the camera's move over it, for the key of its clip."""
    return {
        "frames": shot.duration_frames,
        "framing": shot.framing.model_dump(mode="json"),
        "movement": shot.movement.model_dump(mode="json"),
        "figures": [[figure.character_id, figure.slot, figure.facing] for figure in shot.figures],
        "plates": plates.hashes(),
        "motion": book.motion if moves(shot.movement) else "flat",
        "grade": grade_of(shot.environment, scene).key(),
    }


def compose(
    shot: Shot, plates: ShotPlates, book: PlateBook, scene: ShotScene | None, width: int, height: int
) -> tuple[Layer, ...]:
    """Draw ``shot`` in layers, farthest first, as many as the profile's motion tells apart.

    Raises MediaError that names an undecodable picture.
    """
    grade = grade_of(shot.environment, scene)
    parts = _parts(shot, plates, book, grade, width, height)
    groups: list[tuple[float, Sequence[_Part]]]
    if not moves(shot.movement) or book.motion == "flat":
        groups = [(1.0, parts)]
    elif book.motion == "two_planes":
        groups = _two_planes(parts)
    else:
        groups = [(depth, [part for part in parts if part.depth == depth]) for depth in _depths(parts)]
    # Without people the move is told of the nearest part of the place.
    main = 1.0 if shot.figures else max((depth for depth, _ in groups if depth <= PEOPLE), default=1.0)
    return tuple(_layer(shot, depth / main, group, width, height) for depth, group in groups)


def _depths(parts: Sequence[_Part]) -> list[float]:
    return sorted({part.depth for part in parts})


def _two_planes(parts: Sequence[_Part]) -> list[tuple[float, Sequence[_Part]]]:
    behind = [part for part in parts if part.depth < PEOPLE or part is parts[0]]
    before = [part for part in parts if part not in behind]
    groups: list[tuple[float, Sequence[_Part]]] = [(max(part.depth for part in behind), behind)]
    return [*groups, (min(part.depth for part in before), before)] if before else groups


def _layer(shot: Shot, depth: float, parts: Sequence[_Part], width: int, height: int) -> Layer:
    size = extent(shot.movement, width, height, depth)
    sheet = Sheet.of(size, width, height)
    ground = parts[0].ground(sheet) if parts[0].ground else None
    veils = [veil for part in parts if part.veils for veil in part.veils(sheet)]
    if ground is None:
        return Layer(depth, size, None, fewest_pixels(veils, size.width, size.height))
    canvas = Canvas(size.width, size.height, ground)
    for veil in veils:
        canvas.lay(veil)
    return Layer(depth, size, ground)


def _parts(shot: Shot, plates: ShotPlates, book: PlateBook, grade: Grade, width: int, height: int) -> list[_Part]:
    """All that a shot shows, farthest first."""
    close = plates.insert
    if close is not None:
        return [_Part(1.0, lambda sheet: to_planes(_insert(book.paint(close, opaque=True), sheet), grade.place))]
    background = plates.background
    if background is None:
        return [_Part(1.0, lambda sheet: to_planes(np.zeros((sheet.height, sheet.width, 3), np.uint8), plain()))]
    most = extent(shot.movement, width, height)
    room = (most.width / most.unit / height, most.height / most.unit / height)
    parts = _place(shot, background, plates.layers, book, grade.place, room)
    behind = [part for part in parts if part.depth <= PEOPLE]
    before = [part for part in parts if part.depth > PEOPLE]
    if not shot.figures:
        return parts
    bodies = [book.body(plate) for plate in plates.figures]
    cast = [book.paint(plate) for plate in plates.figures]
    placed = place(shot, bodies, width / height)
    people = _Part(PEOPLE, veils=lambda sheet: _people(shot, sheet, placed, bodies, cast, grade))
    if is_over_shoulder(shot):
        before = [_Part(FOREGROUND, veils=lambda sheet: _shoulder(shot, sheet, bodies, cast, grade.people))]
    elif not LENSES[shot.framing.size].whole:
        # What is close to the camera in a wide shot is beside or behind it in a close one.
        before = []
    return [*behind, people, *before]


def _place(
    shot: Shot, background: Plate, layers: Sequence[Plate], book: PlateBook, matrix: Matrix, room: Room
) -> list[_Part]:
    """The place: its layers, or its one plate, behind the people; then what stands before them."""
    if shot.figures:
        matrix = dimmed(matrix, _BEHIND.get(shot.framing.size, _BEHIND_CLOSE))
    seen = backdrop(shot)
    layered = book.motion == "layered" and moves(shot.movement)
    whole = PLACE_WITH_GROUND if LENSES[shot.framing.size].whole else PLACE
    parts: list[_Part] = []
    for layer in layers:
        depth = (layer.depth or 0) / 1000
        if depth > PEOPLE or (layered and parts):
            parts.append(_veiled(layer, depth, seen, room, book, matrix))
        elif layered:
            parts.append(_grounded(layer, depth, seen, room, book, matrix))
    if not parts or parts[0].ground is None:
        parts.insert(0, _grounded(background, whole if shot.figures else PEOPLE, seen, room, book, matrix))
    return parts


def _grounded(plate: Plate, depth: float, seen: Backdrop, room: Room, book: PlateBook, matrix: Matrix) -> _Part:
    return _Part(depth, lambda sheet: to_planes(_behind(book.paint(plate, opaque=True), sheet, seen, room), matrix))


def _veiled(plate: Plate, depth: float, seen: Backdrop, room: Room, book: PlateBook, matrix: Matrix) -> _Part:
    def veils(sheet: Sheet) -> list[Veil]:
        return [_veil(_behind(book.paint(plate), sheet, seen, room), 0, 0, matrix)]

    return _Part(depth, veils=veils)


def _veil(paint: Paint, left: int, top: int, matrix: Matrix) -> Veil:
    """A translucent picture with its corner at (left, top), grown to even edges."""
    right, bottom = left + paint.shape[1], top + paint.shape[0]
    around = (left % 2, right % 2, top % 2, bottom % 2)
    if any(around):
        paint = np.pad(paint, ((around[2], around[3]), (around[0], around[1]), (0, 0)))
    return Veil(left - around[0], top - around[2], *to_veil(paint, matrix))


def _behind(plate: Paint, sheet: Sheet, seen: Backdrop, room: Room) -> Paint:
    """The place, as sharp as the shot size leaves it."""
    import cv2

    soft = seen.blur * sheet.unit
    if not soft:
        return crop(plate, sheet, seen, room)
    # What is this soft loses nothing at half the size, and blurs in a quarter of the time.
    by = 4 if soft > 2 * _COARSE else 2 if soft > _COARSE else 1
    small = replace(sheet, width=-(-sheet.width // by), height=-(-sheet.height // by), unit=sheet.unit / by)
    picture = cv2.GaussianBlur(crop(plate, small, seen, room), (0, 0), soft / by)
    if by > 1:
        picture = cv2.resize(picture, (sheet.width, sheet.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(picture, np.uint8)


def crop(plate: Paint, sheet: Sheet, seen: Backdrop, room: Room | None = None) -> Paint:
    """Fill the sheet from the part of ``plate`` that is seen, never stretched.

    All layers of a place are cropped alike, by the ``room`` that the move needs at most. What lies beyond an
    opaque plate repeats its edge, beyond a translucent one it is clear.
    """
    height, width = plate.shape[:2]
    across, down = sheet.width / sheet.unit, sheet.height / sheet.unit
    most_across, most_down = room or (across, down)
    # At depth 1 the whole plate fills the frame, or as much more as the camera's move needs.
    tall = min(height, width / sheet.aspect) / seen.depth
    tall = min(tall, height / most_down, width / most_across)
    half_x, half_y = across * tall / 2, down * tall / 2
    middle_x = _between(seen.x * width, most_across * tall / 2, width)
    middle_y = _between(seen.y * height, most_down * tall / 2, height)
    edges = (middle_x - half_x, middle_y - half_y, middle_x + half_x, middle_y + half_y)
    x0, y0, x1, y1 = (math.floor(edge + 0.5) for edge in edges)
    return _scaled(_within(plate, x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)), sheet.width, sheet.height)


def _between(middle: float, half: float, length: float) -> float:
    return max(min(middle, length - half), half)


def _within(plate: Paint, x0: int, y0: int, x1: int, y1: int) -> Paint:
    """A part of ``plate`` that may reach beyond it."""
    height, width = plate.shape[:2]
    inside = plate[max(0, y0) : min(height, y1), max(0, x0) : min(width, x1)]
    around = ((max(0, -y0), max(0, y1 - height)), (max(0, -x0), max(0, x1 - width)), (0, 0))
    if not any(side for pair in around for side in pair):
        return inside
    return np.pad(inside, around, "constant" if plate.shape[2] == 4 else "edge")


def _scaled(paint: Paint, width: int, height: int) -> Paint:
    """Scale to whole pixels; far smaller pictures are averaged down first, so that nothing glitters."""
    import cv2

    while paint.shape[0] >= 2 * height and paint.shape[1] >= 2 * width:
        rows, columns = paint.shape[0] // 2, paint.shape[1] // 2
        smaller = cv2.resize(paint[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA)
        paint = np.asarray(smaller, np.uint8)
    return np.asarray(cv2.resize(paint, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _insert(plate: Paint, sheet: Sheet) -> Paint:
    return crop(plate, sheet, Backdrop(1.0, 0.5, 0.5, 0.0))


def _people(
    shot: Shot, sheet: Sheet, placed: Sequence[Placed], bodies: Sequence[Body], cast: Sequence[Paint], grade: Grade
) -> list[Veil]:
    """Everybody who is seen, back to front, on the shadows of all of them."""
    veils = [_cast_shadow(sheet, each, bodies[each.index]) for each in placed]
    for each in placed:
        part = _part(sheet, each, bodies[each.index], cast[each.index])
        away = shot.figures[each.index].facing == "away"
        veils.append(_veil(*part, grade.away if away else grade.people) if part else None)
    return [veil for veil in veils if veil is not None]


def _rectangle(sheet: Sheet, each: Placed, body: Body) -> tuple[float, float, float, float]:
    """Left, top, width and height in pixels of a placed figure's whole picture."""
    tall = each.scale * sheet.unit
    wide = body.width * tall
    head = (body.width - body.head_x if each.mirrored else body.head_x) * tall
    return sheet.x(each.x) - head, sheet.y(each.ground) - tall, wide, tall


def _part(sheet: Sheet, each: Placed, body: Body, figure: Paint) -> tuple[Paint, int, int] | None:
    """Scale what the sheet shows of a figure; returns it with its left upper corner, or None when off the sheet."""
    import cv2

    left, top, wide, tall = _rectangle(sheet, each, body)
    x0, y0 = max(0, math.floor(left + 0.5)), max(0, math.floor(top + 0.5))
    x1, y1 = min(sheet.width, math.floor(left + wide + 0.5)), min(sheet.height, math.floor(top + tall + 0.5))
    if x1 <= x0 or y1 <= y0:
        return None
    if each.mirrored:
        figure = np.asarray(cv2.flip(figure, 1), np.uint8)
    height, width = figure.shape[:2]
    columns = [math.floor((x - left) * width / wide + 0.5) for x in (x0, x1)]
    rows = [math.floor((y - top) * height / tall + 0.5) for y in (y0, y1)]
    first, last = max(0, min(columns[0], width - 1)), min(width, max(columns[1], columns[0] + 1))
    upper, lower = max(0, min(rows[0], height - 1)), min(height, max(rows[1], rows[0] + 1))
    return _scaled(figure[upper:lower, first:last], x1 - x0, y1 - y0), x0, y0


def _cast_shadow(sheet: Sheet, each: Placed, body: Body) -> Veil | None:
    """A soft contact shadow where the feet stand, if the ground is in the picture."""
    import cv2

    y = sheet.y(each.ground)
    if y > sheet.height * 1.02:
        return None
    left, _, wide, tall = _rectangle(sheet, each, body)
    first = body.width - body.right if each.mirrored else body.left
    middle = left + (first + (body.right - body.left) / 2) / body.width * wide
    across = max(4.0, (body.right - body.left) * tall * 0.46)
    down = max(2.0, across * 0.16)
    soft = max(1.0, down * 0.55)
    pad = int(3 * soft) + 2
    size = (int(2 * across) + 2 * pad, int(2 * down) + 2 * pad)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse((pad, pad, size[0] - pad, size[1] - pad), fill=_SHADOW_DARKNESS)
    alpha = cv2.GaussianBlur(np.asarray(mask, np.uint8), (0, 0), soft).astype(np.uint16)
    bands = [(alpha * band // 255).astype(np.uint8) for band in (*_SHADOW, 255)]
    corner = (math.floor(middle - size[0] / 2 + 0.5), math.floor(y - size[1] * 0.55 + 0.5))
    return _veil(np.dstack(bands), *corner, plain())


def _shoulder(shot: Shot, sheet: Sheet, bodies: Sequence[Body], cast: Sequence[Paint], matrix: Matrix) -> list[Veil]:
    """The listener's dark, unsharp head and shoulder at the edge of the frame."""
    index = next((n for n, each in enumerate(shot.figures) if each.character_id == shot.framing.over_shoulder_of), None)
    if index is None:
        return []
    # All of it is so soft that a quarter of the size holds it.
    small = Sheet(-(-sheet.width // 4), -(-sheet.height // 4), sheet.unit / 4, sheet.aspect)
    part = _part(small, over_shoulder(shot, bodies[index], index, sheet.aspect), bodies[index], cast[index])
    if part is None:
        return []
    figure, left, top = part
    soft = 0.011 * small.unit
    pad = int(3 * soft) + 2
    # The body goes on below the frame: its outline softens at the sides only.
    below = pad if top + figure.shape[0] >= small.height else 0
    figure = np.pad(figure, ((0, below), (0, 0), (0, 0)), "edge")
    figure = np.pad(figure, ((pad, pad - below), (pad, pad), (0, 0)))
    return [_silhouette(figure, 4 * (left - pad), 4 * (top - pad), soft, matrix)]


def _silhouette(figure: Paint, left: int, top: int, soft: float, matrix: Matrix) -> Veil:
    """A figure four times as large, out of focus: hair and clothes leave their colour, but no face is seen."""
    import cv2

    tone, outline = (cv2.GaussianBlur(figure, (0, 0), by * soft).astype(np.uint16) for by in (3.5, 1.0))
    colour = tone[..., :3] * 70 // np.maximum(tone[..., 3:], 1)
    alpha = outline[..., 3:]
    paint = np.dstack([np.clip(colour, _SHOULDER, 255) * alpha // 255, alpha]).astype(np.uint8)
    size = (4 * paint.shape[1], 4 * paint.shape[0])
    return _veil(np.asarray(cv2.resize(paint, size, interpolation=cv2.INTER_LINEAR), np.uint8), left, top, matrix)
