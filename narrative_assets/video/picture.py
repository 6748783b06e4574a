"""Composes what a shot is filmed from: place, people with their shadows, and what stands before them, in layers.

Geometry comes from ``framing``, stored pictures from ``plates``, colours from ``colour``; ``layers`` moves the
result. All pixel arithmetic is in integers, so that the same inputs give the same bytes everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from narrative_assets.video.camera import film
from narrative_assets.video.colour import Grade, Matrix, dimmed, grade_of, plain, to_planes
from narrative_assets.video.framing import (
    LENSES,
    Backdrop,
    backdrop,
    is_over_shoulder,
    place,
)
from narrative_assets.video.layers import Canvas, Layer, Turn, Veil, fewest_pixels
from narrative_assets.video.motion import Planes, View, extent, moves
from narrative_assets.video.people import Company, people, shoulder, speaking
from narrative_assets.video.plates import Mouths, Paint, Plate, PlateBook, ShotPlates
from narrative_assets.video.sheet import Room, Sheet, scaled, veil_of
from schemas.shots import Figure, Shot, ShotScene

PEOPLE = 1.0
FOREGROUND = 1.4
PLACE = 0.5
PLACE_WITH_GROUND = 0.75
"""A place in one piece that people are seen to stand on: much slower than their feet it would slip away below them."""
_BEHIND = {"els": 250, "ls": 240, "mls": 226}
_BEHIND_CLOSE = 214
_COARSE = 2.4


@dataclass(frozen=True)
class _Part:
    """Something at one depth of a shot. ``ground`` paints all of a sheet, ``veils`` only some of it, and ``turns``
    what of it comes and goes.
    """

    depth: float
    ground: Callable[[Sheet], Planes] | None = None
    veils: Callable[[Sheet], Sequence[Veil]] | None = None
    turns: Callable[[Sheet], Sequence[Turn]] | None = None


Speech = Mapping[str, bytes]
"""By character, which of ``SPOKEN_MOUTHS`` they show in each frame of a shot, as ``people.Company`` takes it."""


def view_of(
    shot: Shot,
    plates: ShotPlates,
    book: PlateBook,
    scene: ShotScene | None,
    width: int,
    height: int,
    speech: Speech | None = None,
) -> View:
    """What the camera sees of ``shot``, frame by frame. Raises MediaError that names an undecodable picture."""
    layers = compose(shot, plates, book, scene, width, height, speech)
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
    shot: Shot,
    plates: ShotPlates,
    book: PlateBook,
    scene: ShotScene | None,
    width: int,
    height: int,
    speech: Speech | None = None,
) -> tuple[Layer, ...]:
    """Draw ``shot`` in layers, farthest first, as many as the profile's motion tells apart.

    Raises MediaError that names an undecodable picture.
    """
    grade = grade_of(shot.environment, scene)
    parts = _parts(shot, plates, book, grade, width, height, speech or {})
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
    turns = tuple(turn for part in parts if part.turns for turn in part.turns(sheet))
    if ground is None:
        return Layer(depth, size, None, fewest_pixels(veils, size.width, size.height), turns)
    canvas = Canvas(size.width, size.height, ground)
    for veil in veils:
        canvas.lay(veil)
    return Layer(depth, size, ground, turns=turns)


def _parts(
    shot: Shot, plates: ShotPlates, book: PlateBook, grade: Grade, width: int, height: int, speech: Speech
) -> list[_Part]:
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
    bodies = tuple(book.body(plate) for plate in plates.figures)
    company = Company(
        shot=shot,
        placed=place(shot, bodies, width / height),
        bodies=bodies,
        paints=tuple(book.paint(plate) for plate in plates.figures),
        mouths=tuple(_strip(own, figure.character_id in speech, book) for own, figure in _faces(shot, plates)),
        shapes=tuple(speech.get(figure.character_id, b"") for figure in shot.figures),
        grade=grade,
    )
    seen = _Part(PEOPLE, veils=lambda sheet: people(company, sheet), turns=lambda sheet: speaking(company, sheet))
    if is_over_shoulder(shot):
        before = [_Part(FOREGROUND, veils=lambda sheet: shoulder(company, sheet))]
    elif not LENSES[shot.framing.size].whole:
        # What is close to the camera in a wide shot is beside or behind it in a close one.
        before = []
    return [*behind, seen, *before]


def _faces(shot: Shot, plates: ShotPlates) -> Iterator[tuple[Mouths | None, Figure]]:
    return zip(plates.mouths or (None,) * len(shot.figures), shot.figures, strict=True)


def _strip(mouths: Mouths | None, speaks: bool, book: PlateBook) -> tuple[Paint, int, int] | None:
    return (book.paint(mouths.plate), mouths.left, mouths.top) if mouths is not None and speaks else None


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
        return [veil_of(_behind(book.paint(plate), sheet, seen, room), 0, 0, matrix)]

    return _Part(depth, veils=veils)


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
    return scaled(_within(plate, x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)), sheet.width, sheet.height)


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


def _insert(plate: Paint, sheet: Sheet) -> Paint:
    return crop(plate, sheet, Backdrop(1.0, 0.5, 0.5, 0.0))
