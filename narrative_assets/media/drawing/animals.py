"""Four-footed animals, seen from the side and facing right, heads large enough to act."""

from __future__ import annotations

from dataclasses import dataclass

from narrative_assets.media.drawing.brush import Point, curve, oval_points
from narrative_assets.media.drawing.cutout import Cutout
from narrative_assets.media.drawing.faces import (
    MOUTH,
    PUPIL,
    TONGUE,
    WHITE,
    Expression,
    Face,
    brow_stroke,
    eye,
    seen,
)
from narrative_assets.media.drawing.looks import Design
from narrative_assets.media.drawing.palette import RGB, darker, lighter, mix
from schemas.assets import FigureVariant
from schemas.shots import Pose

SIZES = {"chihuahua": 0.86, "cat": 0.9, "dog": 1.0, "beast": 1.7}


@dataclass(frozen=True)
class Beast:
    """Joints of a quadruped; its paws run front near, front far, hind near, hind far."""

    chest: Point
    rump: Point
    head: Point
    tail: Point
    paws: tuple[Point, Point, Point, Point]
    tilt: float = 0.0
    folded: bool = False


_PAWS: tuple[Point, Point, Point, Point] = ((0.060, 0.985), (0.095, 0.980), (-0.115, 0.985), (-0.080, 0.980))
_SIT_PAWS: tuple[Point, Point, Point, Point] = ((0.062, 0.985), (0.092, 0.980), (-0.020, 0.985), (0.010, 0.985))

POSES: dict[Pose, Beast] = {
    "stand": Beast((0.055, 0.835), (-0.105, 0.840), (0.105, 0.700), (-0.205, 0.715), _PAWS),
    "walk": Beast(
        (0.060, 0.832),
        (-0.100, 0.842),
        (0.115, 0.702),
        (-0.205, 0.720),
        ((0.120, 0.975), (0.035, 0.985), (-0.165, 0.975), (-0.050, 0.985)),
        3,
    ),
    "run": Beast(
        (0.070, 0.815),
        (-0.095, 0.840),
        (0.135, 0.700),
        (-0.230, 0.775),
        ((0.185, 0.915), (0.150, 0.945), (-0.200, 0.955), (-0.150, 0.985)),
        5,
    ),
    "sit": Beast((0.050, 0.815), (-0.060, 0.920), (0.082, 0.680), (-0.165, 0.930), _SIT_PAWS, folded=True),
    "point": Beast(
        (0.060, 0.830),
        (-0.105, 0.845),
        (0.130, 0.705),
        (-0.225, 0.775),
        ((0.130, 0.915), (0.085, 0.985), (-0.125, 0.985), (-0.085, 0.980)),
        4,
    ),
    "raise_hand": Beast(
        (0.045, 0.810),
        (-0.060, 0.920),
        (0.060, 0.675),
        (-0.165, 0.900),
        ((0.165, 0.790), (0.085, 0.982), (-0.020, 0.985), (0.010, 0.985)),
        -4,
        True,
    ),
    "slump": Beast(
        (0.060, 0.925),
        (-0.100, 0.930),
        (0.130, 0.842),
        (-0.205, 0.965),
        ((0.175, 0.978), (0.160, 0.972), (-0.060, 0.985), (-0.030, 0.985)),
        12,
        True,
    ),
    "recoil": Beast(
        (0.030, 0.855),
        (-0.105, 0.860),
        (0.040, 0.712),
        (-0.170, 0.945),
        ((0.105, 0.985), (0.130, 0.978), (-0.135, 0.985), (-0.105, 0.980)),
        -12,
    ),
    "embrace": Beast(
        (0.045, 0.745),
        (-0.050, 0.865),
        (0.085, 0.615),
        (-0.150, 0.800),
        ((0.165, 0.735), (0.160, 0.775), (-0.060, 0.985), (-0.020, 0.985)),
        -6,
    ),
    "hold_prop": Beast((0.055, 0.835), (-0.105, 0.840), (0.105, 0.696), (-0.205, 0.690), _PAWS, -5),
}


def size_of(design: Design) -> float:
    """How large a quadruped stands: 1 fills the lower two fifths of the canvas."""
    if design.kind == "beast":
        return 0.95 if design.build == "small_animal" else SIZES["beast"]
    return SIZES[design.kind] * (1.55 if design.build == "large_animal" else 1.0)


def spread_of(size: float) -> tuple[float, float]:
    """Large animals stand taller than they are long, so that they stay on the canvas: their width factor and shift."""
    return (1.0, 0.0) if size <= 1.15 else (1.2 / size, 0.012)


def draw_quadruped(cutout: Cutout, design: Design, variant: FigureVariant, fur: tuple[RGB, RGB]) -> None:
    """Draw a dog, chihuahua, cat or beast."""
    bones, look = POSES[variant.pose], seen(variant)
    size = size_of(design)
    wide, shift = spread_of(size)
    cutout.place(size, wide, shift)
    coat, pale = fur
    lean = design.kind in ("chihuahua", "cat")
    _tail(cutout, design, bones, look, coat)
    for k in (1, 3):
        _leg(cutout, bones, k, darker(coat, 0.22), lean)
    back, front = (0.052, 0.058) if lean else (0.060, 0.070)
    middle = ((bones.chest[0] + bones.rump[0]) / 2, (bones.chest[1] + bones.rump[1]) / 2 + (0.0 if lean else 0.006))
    cutout.limb([bones.rump, middle, bones.chest], (back, back * 0.94, front), coat, 0.016)
    _belly(cutout, bones, pale)
    if bones.folded:
        cutout.part(
            oval_points(bones.rump[0] + 0.012, min(0.935, bones.rump[1] + 0.012), 0.062, 0.055), coat, 0.010, 0.006
        )
    for k in (2, 0):
        _leg(cutout, bones, k, coat, lean)
    neck = [
        (bones.chest[0] + 0.008, bones.chest[1] - 0.01),
        ((bones.chest[0] + bones.head[0]) / 2, (bones.chest[1] + bones.head[1]) / 2),
        bones.head,
    ]
    cutout.limb(neck, (0.052, 0.044, 0.040), coat, 0.010)
    collar = [
        (neck[1][0] - 0.042, neck[1][1] + 0.004),
        (neck[1][0] + 0.002, neck[1][1] + 0.024),
        (neck[1][0] + 0.046, neck[1][1] + 0.012),
    ]
    if design.kind != "beast":
        cutout.limb(collar, (0.010, 0.011, 0.010), design.accent if design.accent != coat else (196, 84, 70), 0.003)
        cutout.oval(collar[1][0] + 0.006, collar[1][1] + 0.017, 0.011, 0.011, (244, 206, 110))
    _head(cutout, design, bones, look, fur, variant.pose == "hold_prop")
    cutout.place(1.0)


def _tail(cutout: Cutout, design: Design, bones: Beast, look: Expression, coat: RGB) -> None:
    root = (bones.rump[0] - 0.035, bones.rump[1] - 0.022)
    droop = 0.16 if look.smile < -0.4 and bones.tail[1] < 0.85 else 0.0
    tip = (bones.tail[0], bones.tail[1] + droop)
    bend = ((root[0] + tip[0]) / 2 - 0.03, (root[1] + tip[1]) / 2 + 0.012)
    if design.kind == "cat":
        cutout.limb(
            [root, (bend[0] - 0.02, bend[1]), (tip[0] - 0.01, tip[1] - 0.05), (tip[0] + 0.03, tip[1] - 0.075)],
            (0.019, 0.018, 0.017, 0.015),
            darker(coat, 0.12),
            0.005,
        )
    else:
        thick = 0.014 if design.kind == "chihuahua" else 0.021
        cutout.limb([root, bend, tip], (thick, thick, thick * 0.45), darker(coat, 0.12), 0.005)


def _leg(cutout: Cutout, bones: Beast, index: int, coat: RGB, lean: bool) -> None:
    fore = index < 2
    root = bones.chest if fore else bones.rump
    root = (root[0] + (0.012 if fore else -0.018) + (0.022 if index % 2 else 0.0), root[1] + 0.018)
    paw = bones.paws[index]
    thick = 0.75 if lean else 1.0
    if not fore and bones.folded:
        cutout.limb(
            [(paw[0] - 0.07, paw[1] - 0.004), (paw[0] + 0.014, paw[1] - 0.002)],
            (0.017 * thick, 0.016 * thick),
            coat,
            0.004,
        )
        return
    bend = ((root[0] + paw[0]) / 2 + (0.010 if fore else -0.024), (root[1] + paw[1]) / 2 - 0.004)
    cutout.limb(
        [root, bend, (paw[0], paw[1] - 0.008)], (0.036 * thick, 0.022 * thick, 0.016 * thick), coat, 0.007, 0.004
    )
    cutout.part(
        curve(
            [
                (paw[0] - 0.018 * thick, paw[1] - 0.014),
                (paw[0] + 0.014, paw[1] - 0.018),
                (paw[0] + 0.030 * thick, paw[1] + 0.004),
                (paw[0] + 0.026 * thick, paw[1] + 0.013),
                (paw[0] - 0.018 * thick, paw[1] + 0.013),
            ],
            3,
            closed=True,
        ),
        lighter(coat, 0.2),
        0.003,
    )


def _belly(cutout: Cutout, bones: Beast, pale: RGB) -> None:
    (cx, cy), (rx, ry) = bones.chest, bones.rump
    cutout.flat(
        curve(
            [
                (cx + 0.048, cy - 0.035),
                (cx + 0.060, cy + 0.02),
                (cx + 0.02, cy + 0.058),
                ((cx + rx) / 2, (cy + ry) / 2 + 0.052),
                (cx - 0.01, cy + 0.03),
                (cx + 0.03, cy),
            ],
            4,
            closed=True,
        ),
        pale,
    )


def _head(cutout: Cutout, design: Design, bones: Beast, look: Expression, fur: tuple[RGB, RGB], holding: bool) -> None:
    coat, pale = fur
    face = Face(cutout, bones.head, 0.076 if design.kind != "beast" else 0.066, bones.tilt, 0.2)
    _ears(face, design, coat, look)
    cat, tiny = design.kind == "cat", design.kind == "chihuahua"
    wide = 1.04 if tiny or cat else 0.96
    face.part(
        curve(
            [
                (-0.1, -0.98),
                (0.62 * wide, -0.78),
                (0.98 * wide, -0.05),
                (0.78, 0.66),
                (0.1, 0.94),
                (-0.66, 0.72),
                (-0.98 * wide, 0.05),
                (-0.74 * wide, -0.70),
            ],
            5,
            closed=True,
        ),
        coat,
        0.013,
    )
    if tiny:
        face.flat(curve([(0.18, -0.92), (0.30, -0.3), (0.28, 0.3), (0.12, 0.3), (0.08, -0.3)], 4, closed=True), pale)
    _muzzle(face, look, pale, cat, tiny, holding)
    spread = 0.40 if cat or tiny else 0.35
    big = Expression(**{**look.__dict__, "eye": look.eye * (1.32 if tiny or cat else 1.12)})
    for side in (-1, 1):
        at = (0.22 + side * spread, -0.14)
        eye(face, big, at, side, coat, False)
        brow_stroke(face, look, (at[0], at[1] - 0.08), side, darker(coat, 0.55), 0.05)
    if cat:
        for side in (-1, 1):
            for k in range(3):
                face.line(
                    [(0.30 + side * 0.34, 0.36 + 0.07 * k), (0.30 + side * 0.98, 0.26 + 0.13 * k)],
                    [0.016, 0.008],
                    lighter(coat, 0.7),
                )
    if look.tear:
        face.flat([(-0.12, 0.10), (-0.05, 0.28), (-0.12, 0.36), (-0.19, 0.28)], (150, 206, 226))


def _ears(face: Face, design: Design, coat: RGB, look: Expression) -> None:
    inner = mix(coat, (230, 150, 136), 0.55)
    down = 0.32 if look.smile < -0.4 else 0.0
    if design.kind in ("chihuahua", "cat"):
        tall = (1.86 if design.kind == "chihuahua" else 1.5) - down
        for side, shade in ((1, 0.16), (-1, 0.0)):
            x, out = side * 0.56, side * (1.14 if design.kind == "chihuahua" else 0.86)
            face.part(
                curve(
                    [
                        (x - side * 0.40, -0.80),
                        (out * 0.92, -tall + 0.12),
                        (out + side * down, -tall),
                        (x + side * 0.42, -0.30),
                    ],
                    4,
                    closed=True,
                ),
                darker(coat, shade),
                0.010,
            )
            face.flat(
                [(x - side * 0.20, -0.76), (out * 0.97 + side * down, -tall + 0.24), (x + side * 0.24, -0.46)], inner
            )
    elif design.kind == "dog":
        for side, shade in ((1, 0.30), (-1, 0.22)):
            face.part(
                curve(
                    [
                        (side * 0.46, -0.92),
                        (side * 0.98, -0.86),
                        (side * 1.34, -0.2 + down),
                        (side * 1.20, 0.52),
                        (side * 0.86, 0.40),
                        (side * 0.74, -0.3),
                    ],
                    5,
                    closed=True,
                ),
                darker(coat, shade),
                0.012,
            )
    else:
        for side in (1, -1):
            face.part(oval_points(side * 0.72, -0.84, 0.30, 0.34), darker(coat, 0.12), 0.010)
            face.oval(side * 0.72, -0.80, 0.16, 0.19, inner)


def _muzzle(face: Face, look: Expression, pale: RGB, cat: bool, tiny: bool, holding: bool) -> None:
    x, y, rx, ry = (0.30, 0.42, 0.46, 0.30) if cat else ((0.46, 0.40, 0.48, 0.33) if tiny else (0.56, 0.38, 0.56, 0.38))
    if look.gape > 0.1 or look.teeth == "clench":
        drop = 0.16 + look.gape * 0.42
        jaw = curve(
            [
                (x - rx * 0.72, y + 0.10),
                (x - rx * 0.5, y + ry * 0.6 + drop),
                (x + rx * 0.25, y + ry * 0.72 + drop),
                (x + rx * 0.8, y + 0.10),
            ],
            5,
        )
        face.flat(jaw, darker(pale, 0.12))
        face.flat([(x + (a - x) * 0.8, y + (b - y) * 0.84) for a, b in jaw], WHITE if look.teeth == "clench" else MOUTH)
        if look.teeth != "clench":
            face.part(
                curve(
                    [
                        (x - 0.12, y + ry * 0.6),
                        (x - 0.10, y + ry * 0.5 + drop * 0.95),
                        (x + 0.06, y + ry * 0.62 + drop * 1.08),
                        (x + 0.18, y + ry * 0.6),
                    ],
                    4,
                ),
                TONGUE,
                0.0,
            )
    face.part(oval_points(x, y, rx, ry), pale, 0.007)
    nx, ny = x + rx * (0.32 if cat else 0.58), y - ry * (0.42 if cat else 0.5)
    face.oval(
        nx, ny, 0.10 if cat else 0.165, 0.075 if cat else 0.125, mix(PUPIL, (200, 110, 110), 0.6) if cat else PUPIL
    )
    face.oval(nx - 0.05, ny - 0.04, 0.04, 0.025, (150, 140, 150))
    lift = look.smile * 0.12
    face.line([(nx, ny + 0.08), (nx - 0.04, y + ry * 0.35)], [0.014, 0.014], PUPIL)
    face.line(
        [
            (x - rx * 0.62, y + ry * 0.42 - lift),
            (x - rx * 0.2, y + ry * 0.62),
            (nx - 0.04, y + ry * 0.35),
            (x + rx * 0.62, y + ry * 0.52),
            (x + rx * 0.92, y + ry * 0.2 - lift * 0.6),
        ],
        [0.010, 0.024, 0.020, 0.024, 0.010],
        PUPIL,
    )
    if holding:
        face.part(
            curve(
                [(x - 0.3, y + 0.18), (x + rx * 1.5, y + 0.10), (x + rx * 1.55, y + 0.26), (x - 0.28, y + 0.34)],
                2,
                closed=True,
            ),
            (172, 118, 82),
            0.006,
            0.006,
        )
