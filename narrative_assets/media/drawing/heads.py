"""The head of a person: skull, ear, hair and hats, beard, glasses. The face itself lives in ``faces``."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import Point, curve, oval_points
from narrative_assets.media.drawing.faces import Expression, Face, draw_features
from narrative_assets.media.drawing.looks import Design
from narrative_assets.media.drawing.palette import RGB, darker, lighter, mix

_JAWS: tuple[tuple[Point, ...], ...] = (
    ((0.98, -0.30), (0.96, 0.20), (0.74, 0.66), (0.36, 0.95)),
    ((0.96, -0.30), (0.98, 0.24), (0.88, 0.70), (0.44, 0.97)),
    ((1.00, -0.25), (0.98, 0.30), (0.66, 0.72), (0.26, 0.97)),
)


def skull(design: Design) -> list[Point]:
    """The outline of the head in face coordinates."""
    side = [(0.52, -0.90), (0.86, -0.66), *_JAWS[design.jaw]]
    w = design.head_wide
    right = [(x * w, y) for x, y in side]
    return curve([(0.0, -1.0), *right, (0.0, 1.0), *[(-x, y) for x, y in right[::-1]]], 5, closed=True)


def hair_behind(face: Face, design: Design) -> None:
    """What hangs behind the shoulders: long hair, a bun's knot, the back of a hood."""
    w, tone = design.head_wide, darker(design.hair_colour, 0.22)
    if design.hair == "long":
        face.part(
            curve(
                [
                    (-0.98 * w, -0.55),
                    (-1.22 * w, 0.3),
                    (-1.36 * w, 1.25),
                    (-0.9 * w, 1.62),
                    (0.3, 1.5),
                    (1.16 * w, 1.38),
                    (1.2 * w, 0.4),
                    (0.98 * w, -0.5),
                    (0.0, -1.0),
                ],
                5,
                closed=True,
            ),
            tone,
        )
    elif design.hair == "bun":
        face.part(oval_points(-0.62, -0.98, 0.42, 0.40), tone)
    elif design.hair == "hood":
        face.part(
            curve(
                [
                    (-0.2, -1.32),
                    (0.72, -1.02),
                    (1.12, -0.2),
                    (1.04, 0.8),
                    (0.7, 1.34),
                    (-0.9, 1.34),
                    (-1.22, 0.7),
                    (-1.2, -0.3),
                    (-0.86, -1.0),
                ],
                5,
                closed=True,
            ),
            darker(design.colour, 0.4),
        )
    elif design.hair == "curly":
        for x, y, r in ((-0.86, 0.12, 0.36), (-0.98, -0.3, 0.4), (0.9, -0.1, 0.3), (0.92, -0.45, 0.34)):
            face.oval(x * w, y, r, r, tone)


def draw_head(face: Face, design: Design, look: Expression) -> None:
    """Skull and ear, face, beard, hair, glasses."""
    skin = design.skin
    warm = darker(mix(skin, (200, 70, 60), 0.2), 0.20)
    face.part(oval_points(-design.head_wide * 0.97, 0.16, 0.17, 0.23), skin, 0.006)
    face.oval(-design.head_wide * 0.97, 0.17, 0.08, 0.13, warm)
    face.part(skull(design), skin, 0.015, shade=warm)
    brow = design.hair_colour if design.hair != "none" else darker(skin, 0.55)
    if design.old:
        _age_lines(face, warm)
    if design.freckles:
        for dx, dy in ((-0.28, 0.30), (-0.38, 0.36), (-0.20, 0.38), (0.42, 0.30), (0.52, 0.36), (0.36, 0.38)):
            face.oval(face.turn + dx - 0.06, dy, 0.022, 0.022, mix(skin, warm, 0.8))
    if design.beard == 2:
        _full_beard(face, design)
    draw_features(face, look, skin, darker(brow, 0.25), design.womanly)
    if design.beard == 1:
        x = face.turn * 1.15
        face.part(
            curve(
                [
                    (x, 0.44),
                    (x + 0.26, 0.50),
                    (x + 0.36, 0.60),
                    (x + 0.1, 0.55),
                    (x, 0.53),
                    (x - 0.1, 0.55),
                    (x - 0.36, 0.60),
                    (x - 0.26, 0.50),
                ],
                4,
                closed=True,
            ),
            design.hair_colour,
            0.004,
        )
    _HAIR[design.hair](face, design)
    if design.glasses:
        _spectacles(face)


def _age_lines(face: Face, line: RGB) -> None:
    for side in (-1, 1):
        x = face.turn + side * 0.31
        face.line([(x - 0.12, 0.30), (x, 0.335), (x + 0.12, 0.30)], [0.006, 0.016, 0.006], line)
        face.line([(face.turn + side * 0.33, 0.44), (face.turn + side * 0.42, 0.60)], [0.010, 0.016], line)


def _full_beard(face: Face, design: Design) -> None:
    w, x = design.head_wide, face.turn * 1.15
    outline = [
        (-0.96 * w, 0.05),
        (-0.98 * w, 0.5),
        (-0.72 * w, 0.95),
        (-0.1, 1.18),
        (0.55 * w, 1.02),
        (0.92 * w, 0.55),
        (0.97 * w, 0.05),
        (0.78 * w, 0.28),
        (x + 0.40, 0.46),
        (x, 0.40),
        (x - 0.40, 0.46),
        (-0.74 * w, 0.30),
    ]
    face.part(curve(outline, 4, closed=True), design.hair_colour, 0.012)
    face.oval(x, 0.63, 0.25, 0.12, darker(design.hair_colour, 0.4))


def _spectacles(face: Face) -> None:
    frame: RGB = (44, 38, 50)
    for side in (-1, 1):
        ring = oval_points(face.turn + side * 0.31, 0.05, 0.25, 0.25)
        face.line(ring[::3], [0.020] * len(ring[::3]), frame)
    face.line([(face.turn - 0.07, 0.02), (face.turn + 0.07, 0.02)], [0.02, 0.02], frame)
    face.line([(face.turn - 0.55, 0.02), (-0.84, 0.0)], [0.018, 0.018], frame)


def _cap(design: Design, fringe: list[Point]) -> list[Point]:
    w = design.head_wide
    crown = [
        (-1.00 * w, 0.12),
        (-1.06 * w, -0.42),
        (-0.78 * w, -0.98),
        (-0.05, -1.16),
        (0.64 * w, -1.02),
        (1.02 * w, -0.52),
        (0.99 * w, -0.12),
    ]
    return [*curve(crown, 5), *curve([(x * w, y) for x, y in fringe], 5)]


def _short(face: Face, design: Design) -> None:
    part = (design.seed >> 3) % 3
    fringes: tuple[list[Point], ...] = (
        [(0.90, -0.14), (0.82, -0.44), (0.50, -0.56), (-0.10, -0.46), (-0.62, -0.56), (-0.78, -0.20), (-0.86, 0.14)],
        [(0.90, -0.14), (0.84, -0.38), (0.62, -0.66), (0.1, -0.72), (-0.45, -0.52), (-0.74, -0.34), (-0.86, 0.14)],
        [(0.90, -0.14), (0.80, -0.50), (0.30, -0.38), (0.05, -0.52), (-0.25, -0.40), (-0.66, -0.42), (-0.86, 0.14)],
    )
    face.part(_cap(design, fringes[part]), design.hair_colour, 0.010, 0.006)
    sheen = lighter(design.hair_colour, 0.16)
    face.line([(-0.62, -0.78), (-0.2, -0.98), (0.25, -0.96)], [0.012, 0.034, 0.010], sheen)


def _long(face: Face, design: Design) -> None:
    w = design.head_wide
    if (design.seed >> 4) % 2:
        fringe: list[Point] = [
            (0.95, 0.35),
            (0.86, -0.10),
            (0.55, -0.44),
            (0.18, -0.74),
            (-0.30, -0.50),
            (-0.72, -0.16),
            (-0.86, 0.55),
        ]
    else:
        fringe = [
            (0.95, 0.40),
            (0.84, -0.30),
            (0.45, -0.34),
            (0.0, -0.36),
            (-0.45, -0.34),
            (-0.80, -0.26),
            (-0.84, 0.55),
        ]
    crown = curve(
        [
            (-1.12 * w, 0.95),
            (-1.14 * w, 0.1),
            (-1.04 * w, -0.58),
            (-0.6 * w, -1.08),
            (0.05, -1.18),
            (0.7 * w, -1.02),
            (1.06 * w, -0.5),
            (1.08 * w, 0.1),
            (1.12 * w, 0.75),
        ],
        5,
    )
    face.part([*crown, *curve([(x * w, y) for x, y in fringe], 5)], design.hair_colour, 0.010, 0.006)
    face.line([(-0.70, -0.70), (-0.25, -0.98), (0.28, -0.98)], [0.012, 0.036, 0.010], lighter(design.hair_colour, 0.18))


def _bun(face: Face, design: Design) -> None:
    face.part(
        _cap(design, [(0.90, -0.10), (0.78, -0.46), (0.30, -0.72), (-0.30, -0.64), (-0.74, -0.36), (-0.84, 0.14)]),
        design.hair_colour,
        0.010,
        0.006,
    )
    face.line([(-0.60, -0.72), (-0.2, -0.94), (0.3, -0.92)], [0.010, 0.030, 0.010], lighter(design.hair_colour, 0.18))
    if design.womanly:
        face.oval(-design.head_wide * 0.98, 0.46, 0.06, 0.06, design.accent)


def _curly(face: Face, design: Design) -> None:
    w = design.head_wide
    face.flat(_cap(design, [(0.86, -0.30), (0.40, -0.62), (-0.30, -0.58), (-0.80, -0.20)]), design.hair_colour)
    knobs = (
        (-0.94, -0.08, 0.26),
        (-0.98, -0.46, 0.30),
        (-0.72, -0.84, 0.32),
        (-0.30, -1.04, 0.33),
        (0.18, -1.08, 0.33),
        (0.60, -0.94, 0.32),
        (0.90, -0.62, 0.29),
        (0.98, -0.26, 0.21),
        (-0.5, -0.56, 0.22),
        (-0.1, -0.64, 0.23),
        (0.32, -0.66, 0.23),
        (0.66, -0.52, 0.19),
    )
    for k, (x, y, r) in enumerate(knobs):
        face.part(
            oval_points(x * w, y, r, r), design.hair_colour if k % 2 else lighter(design.hair_colour, 0.07), 0.008
        )


def _bald(face: Face, design: Design) -> None:
    face.line([(-0.45, -0.74), (-0.15, -0.86), (0.1, -0.86)], [0.012, 0.036, 0.010], lighter(design.skin, 0.45))
    if design.old:
        for side in (-1, 1):
            face.part(oval_points(side * design.head_wide * 0.97, -0.12, 0.12, 0.24), design.hair_colour, 0.004)


def _hat(face: Face, design: Design) -> None:
    w, felt = (
        design.head_wide,
        design.colour if design.garment == "none" else darker(mix(design.colour, design.accent, 0.15), 0.18),
    )
    for side in (-1, 1):
        face.part(oval_points(side * w * 0.96, -0.14, 0.12, 0.28), design.hair_colour, 0.004)
    crown = curve(
        [
            (-0.88 * w, -0.50),
            (-0.92 * w, -0.96),
            (-0.62 * w, -1.38),
            (0.0, -1.40),
            (0.62 * w, -1.38),
            (0.94 * w, -0.96),
            (0.92 * w, -0.50),
        ],
        4,
    )
    face.part(crown, felt, 0.012)
    face.flat([(-0.90 * w, -0.52), (-0.92 * w, -0.76), (0.95 * w, -0.76), (0.93 * w, -0.52)], design.accent)
    if (design.seed >> 5) % 2:
        face.part(
            curve(
                [(-1.42 * w, -0.42), (-0.7, -0.60), (0.7, -0.60), (1.50 * w, -0.38), (0.6, -0.36), (-0.6, -0.36)],
                5,
                closed=True,
            ),
            felt,
            0.006,
            0.010,
        )
    else:
        face.part(
            curve(
                [
                    (-0.80 * w, -0.56),
                    (0.4, -0.62),
                    (1.46 * w, -0.40),
                    (1.30 * w, -0.30),
                    (0.2, -0.40),
                    (-0.80 * w, -0.44),
                ],
                5,
                closed=True,
            ),
            darker(felt, 0.2),
            0.006,
            0.010,
        )


def _hood(face: Face, design: Design) -> None:
    outer: list[Point] = [
        (-0.85, 1.20),
        (-1.14, 0.5),
        (-1.12, -0.35),
        (-0.78, -1.0),
        (-0.15, -1.28),
        (0.68, -0.98),
        (1.04, -0.3),
        (0.98, 0.5),
        (0.72, 1.18),
    ]
    inner: list[Point] = [
        (0.50, 1.0),
        (0.80, 0.45),
        (0.82, -0.25),
        (0.52, -0.70),
        (0.0, -0.82),
        (-0.52, -0.70),
        (-0.80, -0.25),
        (-0.80, 0.45),
        (-0.56, 1.0),
    ]
    face.part([*curve(outer, 5), *curve(inner, 5)], design.colour, 0.012, 0.008)


_HAIR = {"short": _short, "long": _long, "bun": _bun, "curly": _curly, "none": _bald, "hat": _hat, "hood": _hood}
