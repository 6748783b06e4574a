"""Figures that are no people and no animals: clouds that emote by their weather, robots, friendly creatures."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import Point, curve, oval_points
from narrative_assets.media.drawing.cutout import Cutout
from narrative_assets.media.drawing.faces import Expression, Face, draw_features, seen
from narrative_assets.media.drawing.looks import Design
from narrative_assets.media.drawing.palette import RGB, darker, lighter, mix
from narrative_assets.media.drawing.people import HEAD_HALF, HEAD_MIDDLE, arm, body, held_card, scale_of
from narrative_assets.media.drawing.poses import POSES, Skeleton
from schemas.assets import FigureVariant
from schemas.shots import Pose
from schemas.story import EmotionName

_STORM: dict[EmotionName, tuple[RGB, float]] = {
    "anger": ((70, 64, 92), 0.62),
    "fear": ((150, 160, 190), 0.30),
    "sadness": ((104, 124, 158), 0.45),
    "unease": ((140, 148, 172), 0.30),
    "disgust": ((140, 158, 120), 0.35),
    "joy": ((255, 222, 150), 0.35),
    "amusement": ((255, 228, 176), 0.25),
    "tenderness": ((248, 190, 180), 0.35),
    "determination": ((120, 132, 164), 0.30),
}
_DRIFT: dict[Pose, tuple[float, float, float, float]] = {
    "walk": (0.02, 0.0, 1.03, 0.96),
    "run": (0.03, 0.0, 1.08, 0.88),
    "sit": (0.0, 0.07, 1.05, 0.92),
    "slump": (0.0, 0.10, 1.07, 0.80),
    "recoil": (-0.03, -0.03, 0.94, 1.10),
    "raise_hand": (0.0, -0.02, 0.96, 1.10),
    "embrace": (0.0, 0.0, 1.08, 1.0),
}

Puff = tuple[float, float, float]
_REACH: dict[Pose, tuple[Puff, ...]] = {
    "point": ((0.205, 0.02, 0.050), (0.238, 0.006, 0.034), (0.262, -0.004, 0.020)),
    "hold_prop": ((0.205, 0.02, 0.050), (0.240, 0.010, 0.034)),
    "raise_hand": ((0.205, -0.03, 0.046), (0.232, -0.080, 0.036), (0.244, -0.122, 0.024)),
    "embrace": ((0.215, 0.0, 0.048), (0.240, -0.045, 0.032), (-0.205, 0.0, 0.048), (-0.232, -0.045, 0.032)),
}


def draw_cloud(cutout: Cutout, design: Design, variant: FigureVariant, chosen: bool) -> None:
    """A cloud afloat in the upper half. With no face, its weather tells what it feels."""
    look = seen(variant)
    dx, dy, wide, tall = _DRIFT.get(variant.pose, (0.0, 0.0, 1.0, 1.0))
    base: RGB = mix((248, 248, 250), design.colour, 0.30) if chosen else (246, 247, 250)
    storm, share = _STORM.get(variant.expression, (base, 0.0))
    tone = mix(base, storm, share)
    cx, cy = dx, 0.285 + dy
    puffs: tuple[Puff, ...] = (
        (-0.170, 0.045, 0.078),
        (0.178, 0.050, 0.072),
        (-0.092, -0.040, 0.098),
        (0.100, -0.030, 0.092),
        (0.0, -0.085, 0.112),
        (-0.05, 0.055, 0.10),
        (0.075, 0.06, 0.092),
    )
    puffs += _REACH.get(variant.pose, ())
    for layer, lift, shrink in (
        (mix(darker(tone, 0.30), (110, 130, 190), 0.3), 0.016, 1.0),
        (mix(darker(tone, 0.12), (150, 170, 214), 0.22), 0.004, 0.985),
        (tone, -0.012, 0.90),
        (lighter(tone, 0.6), -0.034, 0.66),
    ):
        for x, y, r in puffs:
            cutout.flat(
                oval_points(
                    cx + x * wide * (0.97 if shrink > 0.95 else 0.93),
                    cy + y * tall + lift,
                    r * wide * shrink,
                    r * tall * shrink,
                ),
                layer,
            )
    _weather(cutout, variant.expression, (cx, cy))
    if not design.faceless:
        face = Face(cutout, (cx + 0.008, cy - 0.005), 0.112, 0.0, 0.06)
        draw_features(face, look, lighter(tone, 0.25), darker(tone, 0.55), nose=False, spread=0.34)
    if variant.pose == "run":
        for k in range(3):
            y = cy - 0.06 + 0.06 * k
            cutout.line([(-0.285, y), (-0.20 + 0.02 * k, y)], (0.002, 0.006), lighter(tone, 0.4))


def _weather(cutout: Cutout, feeling: EmotionName, at: Point) -> None:
    x, y = at
    if feeling == "sadness":
        for k in range(7):
            px, py = x - 0.15 + 0.05 * k, y + 0.165 + 0.03 * (k % 3)
            cutout.flat(
                curve(
                    [(px, py - 0.022), (px + 0.010, py + 0.004), (px, py + 0.014), (px - 0.010, py + 0.004)],
                    3,
                    closed=True,
                ),
                (120, 172, 206),
            )
    elif feeling in ("anger", "determination"):
        for px, size in ((x - 0.10, 1.0), (x + 0.09, 0.8)) if feeling == "anger" else ((x + 0.02, 0.8),):
            bolt = [
                (0.0, 0.0),
                (0.034, 0.0),
                (0.016, 0.042),
                (0.040, 0.042),
                (-0.018, 0.118),
                (-0.002, 0.060),
                (-0.024, 0.060),
            ]
            cutout.flat([(px + a * size, y + 0.14 + b * size) for a, b in bolt], (252, 206, 84))
    elif feeling in ("joy", "awe", "surprise"):
        for px, py, r in (
            (x - 0.22, y - 0.10, 0.026),
            (x + 0.20, y - 0.13, 0.020),
            (x + 0.245, y - 0.05, 0.013),
            (x - 0.15, y - 0.17, 0.013),
        ):
            star = [
                (px + r * a, py + r * b)
                for a, b in ((0, -1), (0.2, -0.2), (1, 0), (0.2, 0.2), (0, 1), (-0.2, 0.2), (-1, 0), (-0.2, -0.2))
            ]
            cutout.flat(star, (250, 208, 110) if feeling == "joy" else (150, 200, 236))


def draw_robot(cutout: Cutout, design: Design, variant: FigureVariant) -> None:
    """A machine on the same joints as people: plates, ball joints, a faceplate with lights."""
    bones, look = POSES[variant.pose], seen(variant)
    cutout.place(scale_of(design))
    body(cutout, design, bones, variant.pose == "sit")
    _plates(cutout, design, bones)
    size = HEAD_HALF
    face = Face(cutout, (bones.head[0], HEAD_MIDDLE + bones.head[1]), size, bones.tilt)
    metal = mix(design.colour, (206, 210, 210), 0.35)
    face.line([(0.0, -0.8), (0.0, -1.22)], [0.05, 0.035], darker(metal, 0.3))
    face.oval(0.0, -1.24, 0.10, 0.10, mix(design.accent, (255, 120, 84), 0.4))
    for side in (-1, 1):
        face.part(oval_points(side * 0.86, 0.05, 0.16, 0.26), darker(metal, 0.25), 0.006)
    face.part(
        curve(
            [
                (-0.76, -0.86),
                (0.76, -0.86),
                (0.88, -0.72),
                (0.88, 0.76),
                (0.70, 0.96),
                (-0.70, 0.96),
                (-0.88, 0.76),
                (-0.88, -0.72),
            ],
            3,
            closed=True,
        ),
        metal,
        0.014,
    )
    plate: RGB = (240, 232, 212)
    face.part(
        curve(
            [
                (-0.56, -0.56),
                (0.66, -0.56),
                (0.74, -0.46),
                (0.74, 0.72),
                (0.64, 0.82),
                (-0.54, 0.82),
                (-0.64, 0.72),
                (-0.64, -0.46),
            ],
            3,
            closed=True,
        ),
        plate,
        0.004,
    )
    if not design.faceless:
        draw_features(face, look, plate, darker(metal, 0.45), nose=False)
    arm(cutout, design, bones, near=True)
    if variant.pose == "hold_prop":
        arm(cutout, design, bones, near=False)
        held_card(cutout, bones)
    cutout.place(1.0)


def _plates(cutout: Cutout, design: Design, bones: Skeleton) -> None:
    x = bones.chest[0] + 0.008
    cutout.part(
        [(x - 0.052, 0.312), (x + 0.052, 0.312), (x + 0.044, 0.394), (x - 0.044, 0.394)],
        lighter(design.colour, 0.3),
        0.005,
        0.004,
    )
    for k, colour in enumerate(((232, 96, 76), (246, 200, 96), (112, 196, 160))):
        cutout.oval(x - 0.026 + 0.026 * k, 0.336, 0.008, 0.008, colour)
    cutout.flat(
        [(x - 0.034, 0.362), (x + 0.034, 0.362), (x + 0.032, 0.372), (x - 0.032, 0.372)], darker(design.colour, 0.35)
    )
    for limb in (bones.near_leg, bones.far_leg):
        cutout.part(oval_points(*limb.middle, 0.030, 0.030), lighter(design.colour, 0.28), 0.006)


def draw_creature(cutout: Cutout, design: Design, variant: FigureVariant) -> None:
    """A being of no known kind: furred, horned, soft of belly, with the joints and face of a person."""
    bones, look = POSES[variant.pose], seen(variant)
    cutout.place(scale_of(design))
    fur, pale = design.colour, lighter(design.colour, 0.45)
    tail = [(bones.pelvis[0] - 0.03, bones.pelvis[1]), (bones.pelvis[0] - 0.14, 0.66), (bones.pelvis[0] - 0.19, 0.60)]
    cutout.limb(tail, (0.034, 0.022, 0.010), darker(fur, 0.2), 0.006)
    body(cutout, design, bones, variant.pose == "sit")
    x = (bones.chest[0] + bones.pelvis[0]) / 2
    cutout.flat(oval_points(x + 0.010, 0.425, 0.050 * design.girth, 0.098), pale)
    face = Face(cutout, (bones.head[0], HEAD_MIDDLE + bones.head[1]), HEAD_HALF, bones.tilt)
    for side in (1, -1):
        face.part(
            curve(
                [
                    (side * 0.34, -0.84),
                    (side * 0.52, -1.30),
                    (side * 0.86, -1.52),
                    (side * 0.80, -1.1),
                    (side * 0.68, -0.66),
                ],
                4,
                closed=True,
            ),
            (240, 224, 188),
            0.006,
        )
        face.part(
            curve(
                [
                    (side * 0.78, -0.36),
                    (side * 1.40, -0.52),
                    (side * 1.52, -0.2),
                    (side * 1.12, 0.12),
                    (side * 0.84, 0.16),
                ],
                4,
                closed=True,
            ),
            darker(fur, 0.12),
            0.008,
        )
    face.part(
        curve(
            [
                (0.0, -1.0),
                (0.66, -0.84),
                (0.98, -0.2),
                (1.02, 0.4),
                (0.70, 0.86),
                (0.0, 1.0),
                (-0.70, 0.86),
                (-1.02, 0.4),
                (-0.98, -0.2),
                (-0.66, -0.84),
            ],
            5,
            closed=True,
        ),
        fur,
        0.014,
    )
    face.flat(oval_points(face.turn, 0.52, 0.58, 0.40), pale)
    if not design.faceless:
        quiet = Expression(**{**look.__dict__, "eye": look.eye * 1.2})
        draw_features(face, quiet, pale if look.blush else fur, darker(fur, 0.5), nose=False, spread=0.34)
        face.oval(face.turn + 0.06, 0.30, 0.11, 0.075, darker(fur, 0.6))
    arm(cutout, design, bones, near=True)
    if variant.pose == "hold_prop":
        arm(cutout, design, bones, near=False)
        held_card(cutout, bones)
    cutout.place(1.0)
