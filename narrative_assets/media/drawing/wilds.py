"""Plates of wild country: mountain, desert, graveyard, other worlds, and any place outdoors."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import Point, oval_points
from narrative_assets.media.drawing.flora import LEAF, bush, foreground_leaves, pine, poplar, round_tree, stone
from narrative_assets.media.drawing.outdoors import EARTH, GRASS, path
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.stage import HORIZON, Scene, cast, ground, hills, sky, strokes


def mountain(scene: Scene) -> None:
    """Peaks behind peaks, snow on the lit faces, a trail and pines."""
    dice, right = scene.dice, scene.right
    sky(scene)
    high = scene.traits.has("peak", "summit", "saddle", "snow", "top")
    for depth, lift, count in ((0.66, 0.40, 3), (0.44, 0.27, 4)):
        for k in range(count):
            x = -right + (k + dice.uniform(0.2, 0.8)) / count * 2 * right
            _peak(scene, x, HORIZON + 0.03, lift * dice.uniform(0.72, 1.1) + 0.06 * (abs(x) > right * 0.4), depth)
    hills(scene, HORIZON + 0.03, 0.07, (104, 120, 118) if high else LEAF[2], 0.34, 1.5)
    soil: RGB = (206, 206, 206) if scene.traits.has("snow") else ((158, 148, 136) if high else (150, 150, 96))
    ground(scene, soil, HORIZON + 0.02)
    strokes(scene, mix(soil, (96, 84, 84), 0.3), HORIZON + 0.04, 60, 0.3)
    path(scene, mix(EARTH, soil, 0.35), 0.26, -0.06, 0.2, HORIZON + 0.03)
    for side in (-1, 1):
        for k in range(1 if high else 4):
            pine(
                scene,
                side * right * (0.58 + 0.13 * k + dice.uniform(-0.03, 0.03)),
                0.64 + 0.035 * k,
                0.2 + 0.1 * k,
                LEAF[2],
                0.3 - 0.08 * k,
            )
        for _ in range(4 if high else 2):
            stone(
                scene,
                side * right * dice.uniform(0.5, 1.0),
                dice.uniform(0.72, 0.96),
                dice.uniform(0.03, 0.1),
                (132, 122, 122),
            )


def _peak(scene: Scene, x: float, foot: float, tall: float, depth: float) -> None:
    sheet, side, dice = scene.sheet, scene.light.side, scene.dice
    rock: RGB = (98, 104, 130)
    half, top = tall * dice.uniform(0.85, 1.15), foot - tall
    bend = dice.uniform(-0.08, 0.08) * tall
    sheet.shape(
        [
            (x - half, foot),
            (x - half * 0.4, foot - tall * 0.55),
            (x, top),
            (x + half * 0.46, foot - tall * 0.5),
            (x + half, foot),
        ],
        scene.tone(rock, depth, 0.75),
    )
    sheet.shape(
        [
            (x + side * half, foot),
            (x + side * half * 0.43, foot - tall * 0.52),
            (x, top),
            (x + bend, foot - tall * 0.55),
            (x - side * half * 0.12, foot),
        ],
        scene.tone(rock, depth, 0.1),
    )
    snow = tall * 0.3
    zig = [
        (x, top),
        (x + side * snow * 0.62, top + snow * 0.98),
        (x + side * snow * 0.3, top + snow * 0.74),
        (x + bend * 0.4, top + snow * 1.12),
        (x - side * snow * 0.22, top + snow * 0.72),
        (x - side * snow * 0.58, top + snow * 0.86),
    ]
    sheet.shape(zig, scene.tone((246, 244, 240), depth * 0.6, 0.1))


def desert(scene: Scene) -> None:
    """Mesas on the horizon, long dunes with one lit and one shaded slope, a cactus to each side."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    sky(scene, clouds=2)
    for k in range(4):
        x, half, tall = (
            -right + (k + dice.random() * 0.7) / 3.6 * 2 * right,
            dice.uniform(0.08, 0.2),
            dice.uniform(0.06, 0.17),
        )
        sheet.shape(
            [
                (x - half * 1.25, HORIZON),
                (x - half, HORIZON - tall),
                (x + half * 0.9, HORIZON - tall),
                (x + half * 1.2, HORIZON),
            ],
            scene.tone((190, 104, 84), 0.5, 0.6),
        )
        sheet.shape(
            [
                (x + half * 0.1, HORIZON),
                (x + half * 0.3, HORIZON - tall),
                (x + half * 0.9, HORIZON - tall),
                (x + half * 1.2, HORIZON),
            ],
            scene.tone((190, 104, 84), 0.5, 0.1),
        )
    sand: RGB = (230, 180, 122)
    ground(scene, sand)
    for k in range(4):
        top = HORIZON + 0.03 + 0.1 * k
        hills(scene, top + 0.05, 0.06, mix(sand, (190, 110, 80), 0.16 * (k % 2)), 0.3 - 0.08 * k, 0.45, 1 - top)
    strokes(scene, (200, 142, 96), 0.66, 50, 0.2)
    for side, foot, tall in ((-1, 0.82, 0.34), (1, 0.72, 0.2)):
        _cactus(scene, side * right * 0.76, foot, tall)
    stone(scene, right * 0.6, 0.86, 0.06, (180, 110, 88))


def _cactus(scene: Scene, x: float, foot: float, tall: float) -> None:
    green, w = scene.tone((88, 128, 92), 0.04, 0.5), tall * 0.085
    sheet = scene.sheet
    sheet.stroke([(x, foot), (x, foot - tall * 0.5), (x, foot - tall)], (w, w, w * 0.9), green)
    for side, low, high in ((-1, 0.35, 0.68), (1, 0.45, 0.8)):
        sheet.stroke(
            [
                (x, foot - tall * low),
                (x + side * tall * 0.2, foot - tall * low - 0.01),
                (x + side * tall * 0.24, foot - tall * high),
            ],
            (w * 0.6, w * 0.66, w * 0.6),
            green,
        )
    sheet.line(
        [(x + scene.light.side * w * 0.4, foot - tall * 0.05), (x + scene.light.side * w * 0.4, foot - tall * 0.95)],
        w * 0.3,
        scene.tone((130, 166, 110)),
        160,
    )


def graveyard(scene: Scene) -> None:
    """Leaning stones on a mound, a bare tree, an iron fence."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    sky(scene)
    hills(scene, HORIZON, 0.1, (90, 108, 112), 0.6, 0.8)
    ground(scene, (120, 132, 92))
    strokes(scene, GRASS, HORIZON + 0.03, 50, 0.3)
    for k in range(26):
        x = -right + k / 25 * 2 * right
        sheet.box(x - 0.003, HORIZON - 0.05, x + 0.003, HORIZON + 0.02, scene.tone((60, 58, 70), 0.35, 0.6))
    sheet.line([(-right, HORIZON - 0.035), (right, HORIZON - 0.035)], 0.005, scene.tone((60, 58, 70), 0.35, 0.6))
    for share, foot, tall in (
        (-0.55, 0.67, 0.1),
        (0.46, 0.66, 0.09),
        (-0.8, 0.8, 0.2),
        (0.84, 0.84, 0.22),
        (0.62, 0.72, 0.13),
    ):
        x, half, lean = share * right, tall * 0.36, dice.uniform(-0.02, 0.02)
        cast(scene, x, foot, half * 1.1)
        for shift, shade in ((0.0, 0.8), (0.014 * scene.light.side, 0.15)):
            arch = oval_points(x + lean + shift, foot - tall, half - abs(shift), half, 180, 360)
            sheet.shape(
                [*arch, (x + shift + half, foot), (x + shift - half, foot)], scene.tone((160, 158, 160), 0.08, shade)
            )
        sheet.line(
            [(x + lean, foot - tall * 1.2), (x + lean, foot - tall * 0.75)],
            half * 0.12,
            scene.tone((110, 108, 116), 0.08, 0.6),
        )
        sheet.line(
            [(x + lean - half * 0.4, foot - tall * 1.06), (x + lean + half * 0.4, foot - tall * 1.06)],
            half * 0.12,
            scene.tone((110, 108, 116), 0.08, 0.6),
        )
        bush(scene, x + half, foot + half * 0.9, half * 0.6, LEAF[0], 0.1)
    path(scene, EARTH, 0.1, 0.0, 0.18)
    _bare_tree(scene, -right * 0.92, 0.82)


def _bare_tree(scene: Scene, x: float, foot: float) -> None:
    """A leafless tree: a bent trunk and boughs that fork toward the middle of the frame."""
    sheet, bark = scene.sheet, scene.tone((78, 60, 66), 0.03, 0.6)
    cast(scene, x, foot, 0.1)
    sheet.stroke(
        [(x - 0.02, foot + 0.01), (x + 0.01, 0.55), (x - 0.01, 0.32), (x + 0.04, 0.08)], (0.05, 0.03, 0.02, 0.003), bark
    )
    boughs: tuple[tuple[Point, Point, Point], ...] = (
        ((x, 0.46), (x + 0.13, 0.36), (x + 0.2, 0.2)), ((x - 0.005, 0.36), (x + 0.1, 0.25), (x + 0.13, 0.12)),
        ((x + 0.11, 0.37), (x + 0.2, 0.34), (x + 0.29, 0.27)), ((x, 0.42), (x - 0.1, 0.3), (x - 0.13, 0.14)),
        ((x + 0.16, 0.29), (x + 0.21, 0.27), (x + 0.26, 0.19)),
    )  # fmt: skip
    for root, bend, tip in boughs:
        sheet.stroke([root, bend, tip], (0.016, 0.010, 0.001), bark)


def space(scene: Scene) -> None:
    """A cratered plain under a black sky and a ringed world."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    from narrative_assets.media.drawing.stage import stars

    top, low = mix(scene.light.sky[0], (8, 8, 30), 0.8), mix(scene.light.sky[1], (40, 28, 84), 0.7)
    sheet.graded([(-right, 0), (right, 0), (right, 0.62), (-right, 0.62)], (top, low))
    stars(scene, HORIZON)
    px, py, r = dice.choice((-1, 1)) * right * 0.5, 0.22, 0.12
    sheet.oval(px, py, r, r, scene.tone((214, 128, 104), 0, 0.6))
    sheet.oval(px + 0.02 * scene.light.side, py - 0.012, r * 0.83, r * 0.83, scene.tone((232, 164, 120)))
    sheet.shape(
        [
            (px - r * 1.7, py + 0.05),
            (px + r * 1.7, py - 0.05),
            (px + r * 1.68, py - 0.035),
            (px - r * 1.68, py + 0.065),
        ],
        scene.tone((246, 222, 170)),
        220,
    )
    soil: RGB = (150, 140, 162)
    hills(scene, HORIZON, 0.08, soil, 0.4, 1.2)
    ground(scene, soil)
    for _ in range(16):
        x, y = dice.uniform(-right, right), dice.uniform(0.63, 0.98)
        w = 0.02 + (y - 0.58) * dice.uniform(0.12, 0.34)
        sheet.oval(x, y, w, w * 0.26, scene.tone(soil, 0.05, 0.9))
        sheet.oval(x + 0.1 * w, y + w * 0.06, w * 0.86, w * 0.17, scene.tone(soil, 0.05, 0.5))
    stone(scene, -right * 0.8, 0.86, 0.11, (120, 110, 140))
    stone(scene, right * 0.86, 0.8, 0.08, (120, 110, 140))


def countryside(scene: Scene) -> None:
    """Any place outdoors: rolling land with trees to the sides, in an arrangement of its own."""
    dice, right = scene.dice, scene.right
    sky(scene)
    hills(
        scene,
        HORIZON,
        dice.uniform(0.1, 0.22),
        dice.choice(((96, 128, 140), (110, 132, 108), (138, 118, 120))),
        0.64,
        0.7,
    )
    hills(scene, HORIZON + 0.01, dice.uniform(0.05, 0.09), LEAF[2], 0.42, 1.2)
    local = dice.choice((GRASS, (172, 166, 100), (160, 150, 110)))
    ground(scene, local)
    strokes(scene, local, HORIZON + 0.03, 60, 0.3)
    path(scene, EARTH, dice.uniform(-0.3, 0.3), dice.uniform(-0.1, 0.1), 0.2)
    grow = dice.choice((round_tree, pine, poplar))
    for side in (-1, 1):
        for share, foot, tall in ((0.55, 0.64, 0.22), (0.72, 0.69, 0.34), (0.92, 0.76, 0.5)):
            grow(
                scene,
                side * right * (share + dice.uniform(-0.04, 0.04)),
                foot,
                tall * dice.uniform(0.75, 1.15),
                dice.choice(LEAF),
                0.4 - foot * 0.45 + 0.06,
            )
    stone(scene, dice.choice((-1, 1)) * right * 0.62, 0.84, 0.05)
    foreground_leaves(scene, LEAF[0])
