"""Plates of open country: park, forest, meadow, stream, mountain, desert, graveyard, other worlds."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import curve, ridge
from narrative_assets.media.drawing.flora import (
    LEAF,
    bush,
    flowers,
    foreground_leaves,
    pine,
    poplar,
    round_tree,
    stone,
    tuft,
)
from narrative_assets.media.drawing.furniture import bench, street_lamp
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.stage import HORIZON, Scene, ground, hills, sky, strokes

GRASS: RGB = (132, 162, 88)
EARTH: RGB = (190, 160, 122)


def path(scene: Scene, local: RGB, far_x: float, near_x: float, near_half: float, top: float = HORIZON + 0.01) -> None:
    """A way that winds from far off to the lower edge of the frame."""

    def edge(sign: int) -> list[tuple[float, float]]:
        return curve([
            (far_x + sign * 0.006, top), (far_x * 0.4 + 0.10 + sign * 0.03, top + 0.08),
            (near_x * 0.6 - 0.06 + sign * near_half * 0.5, top + 0.22), (near_x + sign * near_half, 1.02),
        ], 8)  # fmt: skip

    scene.sheet.graded(
        [*edge(-1), *edge(1)[::-1]], (scene.tone(local, 0.35), scene.tone(local), scene.tone(local, 0, 0.25))
    )


def park(scene: Scene) -> None:
    """Lawn and winding path, a far line of trees, a great tree at each side, bench and lamp."""
    dice, right = scene.dice, scene.right
    sky(scene)
    hills(scene, HORIZON, 0.11, LEAF[2], 0.62, 0.8)
    leaves = dice.sample(LEAF, 3)
    for k in range(11):
        x = -right + (k + dice.uniform(0, 0.6)) / 10.5 * 2 * right
        grow = poplar if dice.random() < 0.3 else round_tree
        grow(
            scene,
            x,
            HORIZON + 0.012,
            dice.uniform(0.1, 0.17) * (1.35 if abs(x) > right * 0.5 else 1),
            leaves[k % 3],
            0.46,
        )
    ground(scene, GRASS)
    strokes(scene, GRASS, HORIZON + 0.02, 46, 0.3)
    path(scene, (226, 204, 166), -0.22, 0.10, 0.27)
    side = dice.choice((-1, 1))
    round_tree(scene, side * right * 0.64, HORIZON + 0.075, 0.46, leaves[0], 0.14)
    round_tree(scene, -side * right * 0.9, HORIZON + 0.13, 0.66, leaves[1], 0.04)
    bush(scene, -side * right * 0.62, HORIZON + 0.09, 0.075, leaves[2], 0.14)
    bench(scene, side * right * 0.74, 0.79, 0.30)
    street_lamp(scene, -side * right * 0.5, 0.73, 0.42)
    for _ in range(7):
        flowers(
            scene,
            dice.choice((-1, 1)) * dice.uniform(0.62, 0.95) * right,
            dice.uniform(0.8, 0.94),
            0.035,
            dice.choice(((226, 108, 92), (244, 214, 160), (214, 148, 168))),
        )
    foreground_leaves(scene, LEAF[0])


def forest(scene: Scene) -> None:
    """Ranks of trunks that fade into light; a clearing in the middle, dark boles at the edges."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    sky(scene, HORIZON + 0.03, 0)
    sheet.glow(0, HORIZON - 0.2, 0.75, 0.5, mix(scene.light.direct, scene.light.haze, 0.5), 0.32)
    for depth, count, width in ((0.72, 20, 0.012), (0.48, 13, 0.02)):
        hills(scene, HORIZON + 0.02, 0.10 - depth * 0.05, LEAF[2], depth, 1.6)
        for k in range(count):
            x = -right + (k + dice.random() * 0.8) / count * 2 * right
            _trunk(scene, x, HORIZON + 0.03 + (0.7 - depth) * 0.1, width * dice.uniform(0.7, 1.3), depth)
    ground(scene, (118, 128, 78), HORIZON + 0.02, 0.5)
    strokes(scene, (150, 122, 80), HORIZON + 0.05, 60, 0.3)
    path(scene, EARTH, 0.16, -0.05, 0.2, HORIZON + 0.03)
    for k, share in enumerate((0.58, 0.74, 0.93)):
        for side in (-1, 1):
            x, foot = side * right * (share + dice.uniform(-0.05, 0.05)), 0.68 + k * 0.1
            _trunk(scene, x, foot, 0.024 + 0.016 * k, 0.24 - 0.1 * k)
            bush(scene, x + side * 0.06, foot + 0.01, 0.06 + 0.03 * k, LEAF[(k * 2 + side) % 5], 0.2 - 0.08 * k)
    _canopy(scene)
    if not scene.light.lamps:
        for k in (-1, 0, 1):
            sheet.beam(
                [(0.2 + k * 0.34, -0.1), (0.3 + k * 0.34, -0.1), (0.02 + k * 0.3, 0.86), (-0.14 + k * 0.3, 0.86)],
                scene.light.direct,
                0.13,
                2,
            )
    foreground_leaves(scene, LEAF[2])


def _trunk(scene: Scene, x: float, foot: float, half: float, depth: float) -> None:
    bark, side = (104, 78, 72), scene.light.side
    lean = scene.dice.uniform(-0.03, 0.03)
    scene.sheet.shape(
        [(x - half * 1.5, foot), (x - half + lean, -0.02), (x + half + lean, -0.02), (x + half * 1.5, foot)],
        scene.tone(bark, depth, 0.7),
    )
    inner = sorted((x + side * half * 0.15, x + side * half * 0.8))
    scene.sheet.shape(
        [(inner[0], foot), (inner[0] + lean, -0.02), (inner[1] + lean, -0.02), (inner[1], foot)],
        scene.tone(bark, depth, 0.1),
    )


def _canopy(scene: Scene) -> None:
    for depth, drop in ((0.3, 0.2), (0.05, 0.13)):
        line = ridge(scene.dice, scene.left - 0.02, scene.right + 0.02, drop, 0.1, 2.4)
        edge = [(x, y + abs(x) * 0.12 - 0.05) for x, y in line]
        scene.sheet.shape(
            [(scene.left - 0.02, -0.02), *edge, (scene.right + 0.02, -0.02)], scene.tone(LEAF[2], depth, 0.8)
        )


def meadow(scene: Scene) -> None:
    """Rolling fields in bands of colour, one tree, a fence, flowers near the eye."""
    dice, right = scene.dice, scene.right
    sky(scene, clouds=5)
    hills(scene, HORIZON, 0.17, (96, 134, 130), 0.66, 0.6)
    hills(scene, HORIZON + 0.01, 0.09, (150, 160, 92), 0.4, 1.0)
    side = dice.choice((-1, 1))
    for k in range(5):
        poplar(scene, side * right * (0.35 + 0.07 * k), HORIZON + 0.01, 0.12 + 0.02 * (k % 3), LEAF[k % 5], 0.42)
    ground(scene, (172, 170, 84))
    for top, local in ((0.63, (150, 164, 84)), (0.71, (190, 176, 92)), (0.82, (134, 156, 84))):
        hills(scene, top + 0.04, 0.05, local, (0.85 - top) * 0.5, 0.7, 1 - top)
    strokes(scene, (206, 190, 110), 0.66, 70, 0.2)
    round_tree(scene, -side * right * 0.78, 0.76, 0.58, dice.choice(LEAF), 0.06)
    for k in range(5):
        x = side * right * (1.02 - 0.13 * k)
        scene.sheet.box(
            x - 0.006, 0.70 - 0.008 * k, x + 0.006, 0.80 - 0.022 * k, scene.tone((150, 120, 96), 0.05 * k, 0.4)
        )
    scene.sheet.line(
        [(side * right * 1.02, 0.725), (side * right * 0.5, 0.69)], 0.007, scene.tone((168, 136, 106), 0.1, 0.2)
    )
    scene.sheet.line(
        [(side * right * 1.02, 0.765), (side * right * 0.5, 0.708)], 0.007, scene.tone((168, 136, 106), 0.1, 0.4)
    )
    for _ in range(12):
        x = dice.choice((-1, 1)) * dice.uniform(0.42, 1.0) * right
        flowers(scene, x, dice.uniform(0.86, 1.0), 0.05, dice.choice(((220, 96, 84), (246, 226, 180), (226, 166, 70))))
    for _ in range(14):
        tuft(scene, dice.uniform(-right, right), 1.02, dice.uniform(0.03, 0.07), LEAF[1], 0.8)


def stream(scene: Scene) -> None:
    """Water that winds toward the eye between banks, stones and willows."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    sky(scene)
    hills(scene, HORIZON, 0.2, (94, 128, 138), 0.66, 0.7)
    hills(scene, HORIZON + 0.01, 0.09, LEAF[2], 0.4, 1.3)
    ground(scene, (140, 158, 88))
    strokes(scene, GRASS, HORIZON + 0.02, 40, 0.3)
    water = mix(scene.light.sky[0], scene.light.sky[2], 0.45)
    side = dice.choice((-1, 1))
    banks = [
        curve(
            [
                (side * (-0.10 + s * 0.01), 0.59),
                (side * 0.02 + s * 0.05, 0.64),
                (side * 0.42 + s * 0.13, 0.74),
                (side * 0.52 + s * 0.36, 1.03),
            ],
            8,
        )
        for s in (-1, 1)
    ]
    sheet.graded([*banks[0], *banks[1][::-1]], (scene.light.sky[2], water, scene.tone((70, 122, 138))))
    for _ in range(26):
        k = dice.randrange(8, len(banks[0]) - 2)
        a, b = banks[0][k], banks[1][k]
        x, y = a[0] + (b[0] - a[0]) * dice.uniform(0.2, 0.8), a[1]
        sheet.stroke([(x - 0.03, y), (x, y + 0.003), (x + 0.03, y)], (0.0004, 0.0022, 0.0004), scene.light.sky[2], 150)
    for k in range(9):
        bank = banks[k % 2]
        x, y = bank[min(len(bank) - 1, 7 + 2 * k)]
        stone(scene, x, y + 0.008, 0.012 + 0.006 * k * (0.6 + dice.random() * 0.5))
    round_tree(scene, -side * right * 0.82, 0.74, 0.56, LEAF[0], 0.06)
    pine(scene, side * right * 0.84, 0.68, 0.36, LEAF[2], 0.22)
    bush(scene, -side * right * 0.55, 0.70, 0.07, LEAF[1], 0.16)
    foreground_leaves(scene, LEAF[0])


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
        sheet.stroke([(x, foot), (x + lean, foot - tall)], (half, half * 0.96), scene.tone((150, 150, 152), 0.1, 0.75))
        sheet.stroke(
            [(x + 0.008 * scene.light.side, foot), (x + lean + 0.008 * scene.light.side, foot - tall)],
            (half * 0.86, half * 0.84),
            scene.tone((168, 166, 162), 0.08, 0.2),
        )
        bush(scene, x + half, foot + half * 0.9, half * 0.6, LEAF[0], 0.1)
    path(scene, EARTH, 0.1, 0.0, 0.18)
    for lean, lift in ((-0.12, 0.5), (0.1, 0.56), (0.02, 0.62), (-0.2, 0.36)):
        sheet.stroke(
            [(-right * 0.93, 0.8), (-right * 0.93 + lean * 0.3, 0.5), (-right * 0.93 + lean, 0.76 - lift)],
            (0.03, 0.018, 0.002),
            scene.tone((70, 56, 62), 0.03, 0.7),
        )


def space(scene: Scene) -> None:
    """A cratered plain under a black sky and a ringed world."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    from narrative_assets.media.drawing.stage import stars

    top, low = mix(scene.light.sky[0], (8, 8, 30), 0.8), mix(scene.light.sky[1], (40, 28, 84), 0.7)
    sheet.graded([(-right, 0), (right, 0), (right, 0.62), (-right, 0.62)], (top, low))
    stars(scene, HORIZON)
    px, py, r = -scene.light.side * right * 0.5, 0.22, 0.12
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
