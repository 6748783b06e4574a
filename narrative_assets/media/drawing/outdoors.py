"""Plates of tended country: park, forest, meadow, stream."""

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
