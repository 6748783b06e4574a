"""Plates at the edge of town: suburb, road, roof, station."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import oval_points
from narrative_assets.media.drawing.flora import LEAF, bush, poplar, round_tree
from narrative_assets.media.drawing.furniture import IRON, bench, street_lamp, wall_clock
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.stage import HORIZON, Scene, ground, hills, sky, strokes
from narrative_assets.media.drawing.towns import GLASS_LIT, WALLS, signal, skyline


def house(scene: Scene, x: float, foot: float, wide: float, local: RGB, depth: float) -> None:
    """A pitched house: gable, lit flank, door, two windows, chimney."""
    sheet, side = scene.sheet, scene.light.side
    half, wall, roof = wide / 2, wide * 0.42, wide * 0.36
    top = foot - wall
    slate = scene.dice.choice(((132, 82, 78), (78, 92, 108), (112, 88, 84)))
    sheet.box(
        x + half * 0.42, top - roof * 1.02, x + half * 0.62, top - roof * 0.2, scene.tone((168, 96, 80), depth, 0.5)
    )
    sheet.box(x - half, top, x + half, foot, scene.tone(local, depth, 0.12))
    sheet.shape(
        [(x - half, top), (x - half * 0.3, top - roof), (x + half * 0.44, top + 0.012)], scene.tone(local, depth, 0.12)
    )
    sheet.shape(
        [
            (x - half * 1.1, top + 0.01),
            (x - half * 0.3, top - roof),
            (x - half * 0.3, top - roof * 0.84),
            (x - half * 0.98, top + 0.02),
        ],
        scene.tone(slate, depth, 0.6),
    )
    sheet.shape(
        [
            (x - half * 0.3, top - roof),
            (x + half * 0.86, top - roof),
            (x + half * 1.14, top + 0.012),
            (x + half * 0.42, top + 0.012),
        ],
        scene.tone(slate, depth, 0.1 if side > 0 else 0.55),
    )
    lamps = scene.light.lamps
    glass = GLASS_LIT if lamps else mix(scene.tone((84, 104, 122), depth, 0.2), scene.light.sky[1], 0.25)
    for wx, wy, w, h in ((-0.3, 0.62, 0.16, 0.2), (0.62, 0.55, 0.24, 0.28)):
        cx, cy = x + wx * half, foot - wy * wall
        sheet.box(
            cx - w * half - 0.006,
            cy - h * wall - 0.006,
            cx + w * half + 0.006,
            cy + h * wall + 0.006,
            scene.tone((248, 238, 218), depth, 0.1),
        )
        sheet.box(cx - w * half, cy - h * wall, cx + w * half, cy + h * wall, glass)
        sheet.line([(cx, cy - h * wall), (cx, cy + h * wall)], 0.004, scene.tone((248, 238, 218), depth, 0.1))
        scene.lamp(cx, cy, wide * 0.3, strength=0.4)
    sheet.box(x + half * 0.04, foot - wall * 0.66, x + half * 0.24, foot, scene.tone((176, 84, 70), depth, 0.3))
    sheet.box(x - half, foot - 0.008, x + half, foot, scene.tone(local, depth, 0.9))


def suburb(scene: Scene) -> None:
    """Houses behind lawns and a kerb; signals and a crosswalk where traffic is named."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    crossing = scene.traits.has("traffic", "intersection", "crossing", "crosswalk", "junction")
    sky(scene)
    hills(scene, HORIZON, 0.09, LEAF[2], 0.62, 0.9)
    for k in range(9):
        round_tree(
            scene,
            -right + (k + dice.random() * 0.7) / 8.5 * 2 * right,
            HORIZON + 0.03,
            dice.uniform(0.14, 0.22),
            dice.choice(LEAF),
            0.44,
        )
    ground(scene, (140, 168, 96))
    walls = dice.sample(WALLS, 5)
    for k, (share, wide) in enumerate(((-0.28, 0.17), (0.05, 0.15), (0.36, 0.18))):
        house(scene, share * right, HORIZON + 0.05, wide, walls[k], 0.36)
    house(scene, -right * 0.74, HORIZON + 0.12, 0.44, walls[3], 0.12)
    house(scene, right * 0.8, HORIZON + 0.12, 0.46, walls[4], 0.12)
    for side in (-1, 1):
        bush(scene, side * right * 0.5, HORIZON + 0.13, 0.06, LEAF[0], 0.12)
        for k in range(6):
            x = side * right * (0.56 + 0.08 * k)
            sheet.shape(
                [(x - 0.012, 0.75), (x - 0.012, 0.70), (x, 0.69), (x + 0.012, 0.70), (x + 0.012, 0.75)],
                scene.tone((250, 242, 224), 0.05, 0.15),
            )
        sheet.box(side * right * 0.53, 0.712, side * right * 1.02, 0.72, scene.tone((250, 242, 224), 0.05, 0.35))
    _cross_street(scene, crossing)
    round_tree(scene, -right * 0.99, 0.79, 0.62, LEAF[1], 0.03)
    street_lamp(scene, right * 0.52, 0.775, 0.4)
    if crossing:
        signal(scene, right * 0.9, 0.93, 0.84, -1)
        signal(scene, -right * 0.5, 0.76, 0.4, 1)


def _cross_street(scene: Scene, crossing: bool) -> None:
    sheet, right, road = scene.sheet, scene.right, (96, 96, 108)
    sheet.box(-right, 0.765, right, 0.79, scene.tone((224, 214, 194), 0.06))
    sheet.box(-right, 0.79, right, 0.797, scene.tone((224, 214, 194), 0.06, 0.9))
    sheet.graded(
        [(-right, 0.797), (right, 0.797), (right, 1), (-right, 1)],
        (scene.tone(road, 0.1), scene.tone(road, 0, 0.2), scene.tone(road, 0, 0.5)),
    )
    if crossing:
        sheet.shape(
            [(-0.13, HORIZON + 0.05), (0.03, HORIZON + 0.05), (0.3, 0.80), (-0.46, 0.80)], scene.tone(road, 0.16)
        )
        paint = scene.tone((244, 236, 214), 0.03, 0.15)
        for k in range(-3, 4):
            x = k * 0.125 - 0.07
            sheet.shape(
                [(x - 0.03, 0.82), (x + 0.036, 0.82), (x * 1.16 + 0.045, 0.955), (x * 1.16 - 0.04, 0.955)], paint, 225
            )
    for k in range(-3, 4):
        if not crossing or abs(k) > 1:
            sheet.box(k * 0.3 - 0.08, 0.885, k * 0.3 + 0.08, 0.893, scene.tone((238, 186, 82), 0.02, 0.1))


def road(scene: Scene) -> None:
    """An empty road to the horizon between fields and poles."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    sky(scene, clouds=5)
    hills(scene, HORIZON, 0.14, (110, 126, 140), 0.64, 0.7)
    hills(scene, HORIZON + 0.005, 0.05, LEAF[2], 0.42, 1.3)
    ground(scene, (180, 166, 104))
    strokes(scene, (196, 178, 110), HORIZON + 0.03, 70, 0.3)
    side = dice.choice((-1, 1))
    sheet.graded(
        [(-0.012, HORIZON), (0.012, HORIZON), (right * 0.5, 1.02), (-right * 0.5, 1.02)],
        (scene.tone((104, 102, 112), 0.4), scene.tone((104, 102, 112)), scene.tone((104, 102, 112), 0, 0.4)),
    )
    for k in range(7):
        y0, y1 = HORIZON + 0.015 + 0.43 * (k / 7) ** 1.8, HORIZON + 0.015 + 0.43 * ((k + 0.5) / 7) ** 1.8
        sheet.shape(
            [
                (-(y0 - HORIZON) * 0.022, y0),
                ((y0 - HORIZON) * 0.022, y0),
                ((y1 - HORIZON) * 0.022, y1),
                (-(y1 - HORIZON) * 0.022, y1),
            ],
            scene.tone((244, 214, 140), 0.05),
        )
    for k in range(6):
        share = 0.06 * 1.78**k
        x, foot, tall = side * share * right * 0.9, HORIZON + 0.2 * share, 0.06 + 0.5 * share
        pole = scene.tone((92, 72, 66), max(0.0, 0.4 - share), 0.6)
        sheet.box(x - 0.004 - 0.006 * share, foot - tall, x + 0.004 + 0.006 * share, foot + 0.05 * share, pole)
        sheet.box(
            x - 0.06 * share - 0.01,
            foot - tall * 0.93,
            x + 0.06 * share + 0.01,
            foot - tall * 0.93 + 0.003 + 0.008 * share,
            pole,
        )
    round_tree(scene, -side * right * 0.8, 0.74, 0.46, LEAF[3], 0.08)
    bush(scene, side * right * 0.66, 0.82, 0.08, LEAF[1])


def roof(scene: Scene) -> None:
    """A flat roof over the city: parapet, water tank, vents, wires."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    sky(scene, HORIZON + 0.06, 4)
    skyline(scene, 0.6, 0.34, HORIZON + 0.08)
    skyline(scene, 0.4, 0.22, HORIZON + 0.09)
    tiles: RGB = (164, 138, 126)
    ground(scene, tiles, HORIZON + 0.08, 0.12)
    for k in range(-9, 10):
        sheet.line([(k * 0.1, HORIZON + 0.12), (k * 0.26, 1.02)], 0.002, scene.tone(tiles, 0, 0.8), 120)
    sheet.box(-right, HORIZON + 0.035, right, HORIZON + 0.12, scene.tone((184, 120, 98), 0.08, 0.4))
    sheet.box(-right, HORIZON + 0.02, right, HORIZON + 0.04, scene.tone((226, 206, 176), 0.06))
    side = dice.choice((-1, 1))
    x = side * right * 0.74
    for leg in (-0.09, 0.0, 0.09):
        sheet.line([(x + leg, 0.42), (x + leg * 1.25, 0.78)], 0.011, scene.tone(IRON, 0.04, 0.4))
    sheet.box(x - 0.13, 0.2, x + 0.13, 0.43, scene.tone((158, 104, 74), 0.04, 0.7))
    sheet.box(
        x - 0.13 if scene.light.side < 0 else x,
        0.2,
        x if scene.light.side < 0 else x + 0.13,
        0.43,
        scene.tone((158, 104, 74), 0.04, 0.15),
    )
    for y in (0.24, 0.31, 0.39):
        sheet.box(x - 0.133, y, x + 0.133, y + 0.008, scene.tone(IRON, 0.04, 0.4))
    sheet.shape([(x - 0.15, 0.205), (x, 0.11), (x + 0.15, 0.205)], scene.tone((120, 84, 76), 0.04, 0.5))
    sheet.box(-side * right * 0.98, 0.5, -side * right * 0.62, 0.83, scene.tone((176, 158, 142), 0.03, 0.5))
    sheet.box(-side * right * 0.88, 0.56, -side * right * 0.74, 0.83, scene.tone((92, 116, 120), 0.03, 0.3))
    sheet.box(-side * right * 1.0, 0.482, -side * right * 0.6, 0.502, scene.tone((226, 206, 176), 0.03))
    scene.lamp(-side * right * 0.81, 0.53, 0.3)
    sheet.line([(-side * right * 0.7, 0.48), (-side * right * 0.7, 0.22)], 0.005, scene.tone(IRON, 0.04, 0.5))
    for k in range(3):
        sheet.line(
            [(-side * right * 0.7 - 0.05, 0.24 + 0.04 * k), (-side * right * 0.7 + 0.05, 0.24 + 0.04 * k)],
            0.004,
            scene.tone(IRON, 0.04, 0.5),
        )


def station(scene: Scene) -> None:
    """A platform under a canopy, rails to the vanishing point, a clock and a bench."""
    right, sheet = scene.right, scene.sheet
    sky(scene, clouds=3)
    skyline(scene, 0.6, 0.16)
    for k in range(7):
        poplar(scene, -right * 0.2 - 0.11 * k, HORIZON + 0.01, 0.1 + 0.012 * k, LEAF[k % 5], 0.45)
    ground(scene, (136, 124, 118))
    strokes(scene, (110, 100, 100), HORIZON + 0.02, 60, 0.3)
    vx = -0.18
    for spread in (-0.62, -0.3):
        sheet.shape(
            [(vx, HORIZON), (vx + 0.003, HORIZON), (vx + spread * 2 + 0.05, 1.02), (vx + spread * 2 + 0.02, 1.02)],
            scene.tone((214, 206, 200), 0.1),
        )
    for k in range(9):
        y = HORIZON + 0.02 + 0.42 * (k / 9) ** 1.8
        d = (y - HORIZON) / 0.44
        sheet.shape(
            [
                (vx - 1.34 * d, y),
                (vx - 0.46 * d, y),
                (vx - 0.47 * d, y + 0.016 * d + 0.003),
                (vx - 1.38 * d, y + 0.016 * d + 0.003),
            ],
            scene.tone((92, 74, 70), 0.1, 0.5),
        )
    sheet.graded(
        [(vx + 0.004, HORIZON), (right, HORIZON + 0.05), (right, 1.02), (vx - 0.2, 1.02)],
        (scene.tone((206, 192, 172), 0.3), scene.tone((206, 192, 172), 0, 0.15)),
    )
    sheet.shape(
        [(vx + 0.004, HORIZON), (vx + 0.01, HORIZON), (vx - 0.11, 1.02), (vx - 0.2, 1.02)],
        scene.tone((238, 190, 90), 0.05),
    )
    sheet.shape(
        [(vx + 0.03, HORIZON - 0.1), (right, 0.0), (right, 0.2), (vx + 0.03, HORIZON - 0.07)],
        scene.tone((110, 78, 74), 0.08, 0.8),
    )
    sheet.shape(
        [(vx + 0.03, HORIZON - 0.075), (right, 0.17), (right, 0.2), (vx + 0.03, HORIZON - 0.068)],
        scene.tone((226, 196, 150), 0.08),
    )
    for k, x in enumerate((0.14, 0.36, 0.74)):
        foot, top = HORIZON + 0.02 + (x + 0.18) * 0.17, HORIZON - 0.07 - (x + 0.15) * 0.33
        sheet.box(
            x - 0.004 - 0.005 * k, top, x + 0.004 + 0.005 * k, foot, scene.tone((70, 104, 104), 0.16 - 0.05 * k, 0.4)
        )
        scene.lamp(x, top + 0.05, 0.22)
    bench(scene, right * 0.72, 0.84, 0.3, (86, 124, 116))
    wall_clock(scene, 0.36, 0.34, 0.042)
    for k in range(2):
        sheet.shape(
            oval_points(-right * (0.8 - 0.1 * k), HORIZON + 0.01, 0.1, 0.06, 180, 360), scene.tone(LEAF[2], 0.3, 0.5)
        )
