"""What people wear: shirts, coats, dresses, overalls, cloaks, cut along the curve of the spine."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import Point, curve
from narrative_assets.media.drawing.cutout import Cutout
from narrative_assets.media.drawing.looks import Design
from narrative_assets.media.drawing.palette import darker, mix
from narrative_assets.media.drawing.poses import Skeleton


def _off(bones: Skeleton, y: float) -> float:
    """How far the spine lies from the middle at height ``y``: a curve from neck through chest to pelvis."""
    (cx, cy), (px, py) = bones.chest, bones.pelvis
    if y <= cy:
        return cx * max(0.0, (y - 0.235) / (cy - 0.235))
    t = min(1.15, (y - cy) / (py - cy))
    return cx + (px - cx) * t * t * (3 - 2 * t) if t <= 1 else px


def _sides(bones: Skeleton, widths: list[tuple[float, float]]) -> list[Point]:
    right = [(_off(bones, y) + w, y) for y, w in widths]
    left = [(_off(bones, y) - w, y) for y, w in widths]
    return curve([*right, *left[::-1]], 5, closed=True)


def _trunk(design: Design, bones: Skeleton) -> list[tuple[float, float]]:
    """Half-widths of the trunk from the neck to the hips."""
    g, drop, low = design.girth, bones.shrug, bones.pelvis[1]
    shoulder, waist, hip = (0.083, 0.056, 0.078) if design.womanly else (0.094, 0.071, 0.072)
    belly = waist * g * (1.12 if design.build == "broad" else 1.0)
    return [
        (0.247 + drop, 0.036 * g),
        (0.268 + drop, shoulder * g * 0.86),
        (0.298 + drop, shoulder * g),
        (0.37, shoulder * g * 0.93),
        (0.45, belly),
        (low - 0.01, hip * g),
        (low + 0.022, hip * g * 0.9),
    ]


def torso(cutout: Cutout, design: Design, bones: Skeleton) -> None:
    """The trunk in its garment."""
    {"coat": _coat, "dress": _dress, "overalls": _overalls, "cloak": _tunic}.get(design.garment, _shirt)(
        cutout, design, bones
    )


def _shirt(cutout: Cutout, design: Design, bones: Skeleton) -> None:
    cutout.part(_sides(bones, _trunk(design, bones)), design.colour, 0.016)
    x, y = bones.pelvis
    if design.garment == "shirt":
        hip = 0.072 * design.girth
        cutout.flat(
            [(x - hip, y - 0.012), (x + hip, y - 0.012), (x + hip * 0.98, y + 0.012), (x - hip * 0.98, y + 0.012)],
            darker(design.legs, 0.35),
        )
        cutout.flat(
            [(x - 0.004, y - 0.010), (x + 0.020, y - 0.010), (x + 0.020, y + 0.010), (x - 0.004, y + 0.010)],
            mix(design.accent, (240, 200, 110), 0.5),
        )
        _collar(cutout, design, bones)
        _buttons(cutout, design, bones, 4, y - 0.03)
    else:
        ring = _sides(bones, [(0.247 + bones.shrug, 0.034), (0.262 + bones.shrug, 0.046), (0.270 + bones.shrug, 0.030)])
        cutout.flat(ring, design.accent)


def _collar(cutout: Cutout, design: Design, bones: Skeleton) -> None:
    x, y = bones.chest[0] + 0.008, 0.243 + bones.shrug
    cutout.flat([(x - 0.028, y), (x + 0.024, y), (x, y + 0.045)], darker(design.skin, 0.12))
    for side in (-1, 1):
        cutout.part(
            [
                (x + side * 0.030, y - 0.006),
                (x + side * 0.052, y + 0.018),
                (x + side * 0.024, y + 0.052),
                (x, y + 0.040),
            ],
            design.accent,
            0.003,
            0.004,
        )


def _buttons(cutout: Cutout, design: Design, bones: Skeleton, count: int, low: float) -> None:
    for k in range(count):
        y = 0.318 + (low - 0.318) * k / max(1, count - 1)
        cutout.oval(_off(bones, y) + 0.010, y, 0.0052, 0.0052, darker(design.colour, 0.45))


def _skirt(design: Design, bones: Skeleton, hem: float, flare: float) -> list[Point]:
    """A skirt from the waist to ``hem``, swung toward the knees."""
    px, py = bones.pelvis
    swing = (bones.near_leg.middle[0] + bones.far_leg.middle[0]) / 2
    spread = abs(bones.far_leg.middle[0] - bones.near_leg.middle[0]) / 2
    hip, wide = 0.078 * design.girth, max(flare * design.girth, spread + 0.05)
    left, right = swing - wide, swing + wide
    return curve(
        [
            (px - hip * 0.86, py - 0.08),
            (px - hip * 1.04, py),
            (left, hem - 0.008),
            (swing, hem + 0.010),
            (right, hem - 0.008),
            (px + hip * 1.04, py),
            (px + hip * 0.86, py - 0.08),
        ],
        5,
    )


def _coat(cutout: Cutout, design: Design, bones: Skeleton) -> None:
    cutout.part(_skirt(design, bones, 0.735 if bones.pelvis[1] < 0.56 else 0.70, 0.108), design.colour, 0.018)
    cutout.part(_sides(bones, _trunk(design, bones)), design.colour, 0.016)
    x, y = bones.chest[0] + 0.008, 0.243 + bones.shrug
    cutout.flat([(x - 0.030, y), (x + 0.028, y), (x + 0.004, 0.375)], design.accent)
    cutout.flat([(x - 0.016, y), (x + 0.014, y), (x, y + 0.03)], darker(design.skin, 0.12))
    dark = darker(design.colour, 0.26)
    for side in (-1, 1):
        cutout.part(
            [
                (x + side * 0.034, y - 0.004),
                (x + side * 0.062, y + 0.042),
                (x + side * 0.044, y + 0.066),
                (x + side * 0.050, y + 0.076),
                (x + 0.003, 0.390),
            ],
            dark,
            0.003,
            0.004,
        )
    hem = 0.72 if bones.pelvis[1] < 0.56 else 0.69
    swing = (bones.near_leg.middle[0] + bones.far_leg.middle[0]) / 2
    cutout.line(
        [(_off(bones, 0.39) + 0.010, 0.39), (bones.pelvis[0] + 0.010, bones.pelvis[1]), (swing + 0.014, hem)],
        (0.0022, 0.0026, 0.003),
        dark,
    )
    for y in (0.42, 0.47, 0.52):
        cutout.oval(_off(bones, y) + 0.026, y, 0.006, 0.006, design.accent)
    for side in (-1, 1):
        at = bones.pelvis[0] + side * 0.056 * design.girth
        cutout.line([(at - 0.018, 0.545), (at + 0.018, 0.54)], (0.004, 0.004), dark)


def _dress(cutout: Cutout, design: Design, bones: Skeleton) -> None:
    cutout.part(_skirt(design, bones, 0.765 if bones.pelvis[1] < 0.56 else 0.71, 0.135), design.colour, 0.022)
    cutout.part(_sides(bones, _trunk(design, bones)[:-1]), design.colour, 0.016)
    x, y = bones.chest[0] + 0.006, 0.246 + bones.shrug
    cutout.part(
        curve(
            [
                (x - 0.058, y + 0.006),
                (x - 0.030, y + 0.046),
                (x, y + 0.030),
                (x + 0.030, y + 0.046),
                (x + 0.056, y + 0.006),
                (x, y - 0.004),
            ],
            4,
            closed=True,
        ),
        design.accent,
        0.004,
        0.004,
    )
    waist = 0.452
    w = _trunk(design, bones)[4][1] * 1.02
    cutout.flat(
        [
            (_off(bones, waist) - w, waist - 0.010),
            (_off(bones, waist) + w, waist - 0.010),
            (_off(bones, waist) + w * 1.04, waist + 0.012),
            (_off(bones, waist) - w * 1.04, waist + 0.012),
        ],
        design.accent,
    )


def _overalls(cutout: Cutout, design: Design, bones: Skeleton) -> None:
    trunk = _trunk(design, bones)
    cutout.part(_sides(bones, trunk), design.accent, 0.016)
    lower = [(y, w * 1.03) for y, w in trunk[4:]]
    cutout.part(_sides(bones, [(0.44, lower[0][1] * 0.98), *lower[1:]]), design.colour, 0.014)
    x, y = bones.chest[0] + 0.008, 0.335
    bib = 0.050 * design.girth
    cutout.part(
        [(x - bib, y), (x + bib, y), (_off(bones, 0.47) + bib * 1.25, 0.47), (_off(bones, 0.47) - bib * 1.25, 0.47)],
        design.colour,
        0.006,
    )
    for side in (-1, 1):
        cutout.line(
            [(x + side * bib * 0.8, y + 0.008), (x + side * bib * 1.15, 0.262 + bones.shrug)],
            (0.010, 0.009),
            darker(design.colour, 0.16),
        )
        cutout.oval(x + side * bib * 0.8, y + 0.012, 0.0065, 0.0065, (240, 204, 120))
    cutout.flat(
        [(x - 0.024, 0.372), (x + 0.026, 0.372), (x + 0.024, 0.408), (x + 0.001, 0.416), (x - 0.022, 0.408)],
        darker(design.colour, 0.18),
    )


def cloak_back(cutout: Cutout, design: Design, bones: Skeleton) -> None:
    """The fall of a cloak behind the body, down to the calves."""
    px, g = bones.pelvis[0], design.girth
    cutout.part(
        curve(
            [
                (-0.07 * g, 0.25),
                (-0.125 * g, 0.32),
                (px - 0.16 * g, 0.56),
                (px - 0.19 * g, 0.88),
                (px - 0.05, 0.905),
                (px + 0.07, 0.89),
                (px + 0.165 * g, 0.90),
                (px + 0.15 * g, 0.56),
                (0.118 * g, 0.32),
                (0.07 * g, 0.25),
            ],
            5,
        ),
        darker(design.colour, 0.28),
        0.02,
    )


def _tunic(cutout: Cutout, design: Design, bones: Skeleton) -> None:
    under = mix(design.legs, design.accent, 0.18)
    cutout.part(_skirt(design, bones, 0.70, 0.095), under, 0.016)
    cutout.part(_sides(bones, _trunk(design, bones)), under, 0.016)
    x, y = bones.pelvis
    cutout.flat(
        [(x - 0.076, y - 0.06), (x + 0.076, y - 0.06), (x + 0.078, y - 0.040), (x - 0.078, y - 0.040)],
        darker(design.accent, 0.3),
    )
    g, cx, top = design.girth, bones.chest[0], bones.shrug
    cutout.part(
        curve(
            [
                (cx - 0.045, 0.238 + top),
                (cx - 0.118 * g, 0.285 + top),
                (cx - 0.130 * g, 0.375),
                (cx - 0.05, 0.345),
                (cx + 0.008, 0.322),
                (cx + 0.06, 0.345),
                (cx + 0.126 * g, 0.372),
                (cx + 0.112 * g, 0.285 + top),
                (cx + 0.045, 0.238 + top),
            ],
            5,
        ),
        design.colour,
        0.014,
        0.008,
    )
    cutout.oval(cx + 0.008, 0.300 + top, 0.014, 0.014, mix(design.accent, (246, 206, 110), 0.4))
