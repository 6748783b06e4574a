"""Plates by the water: harbour and pier, shore, open sea from a deck, and the lighthouse on its rock."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import Point, curve
from narrative_assets.media.drawing.flora import stone, tuft
from narrative_assets.media.drawing.furniture import street_lamp
from narrative_assets.media.drawing.lighthouses import headland, tower
from narrative_assets.media.drawing.outskirts import house
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.stage import DISC_X, GROUND, HORIZON, Scene, hills, sky, strokes

PLANK: RGB = (176, 138, 108)


def sea(scene: Scene, bottom: float, horizon: float = HORIZON) -> None:
    """Water from the horizon to ``bottom`` with the disc's glitter path on it."""
    sheet, light, dice = scene.sheet, scene.light, scene.dice
    deep = scene.tone((44, 108, 128))
    sheet.graded(
        [(sheet.left, horizon), (sheet.right, horizon), (sheet.right, bottom), (sheet.left, bottom)],
        (mix(deep, light.sky[2], 0.5), deep, mix(deep, scene.tone((24, 70, 96)), 0.6)),
    )
    for _ in range(90):
        near = dice.random()
        y, x, size = (
            horizon + 0.006 + (bottom - horizon) * near**1.4,
            dice.uniform(sheet.left, sheet.right),
            0.012 + 0.07 * near,
        )
        colour = mix(deep, light.sky[2], 0.55) if dice.random() < 0.6 else scene.tone((20, 60, 86))
        sheet.stroke(
            [(x - size, y), (x, y - 0.003 * near), (x + size, y)], (0.0004, 0.0012 + 0.002 * near, 0.0004), colour, 150
        )
    glint, gx = mix(light.disc, light.sky[2], 0.3), light.side * sheet.right * DISC_X
    for _ in range(54):
        near = dice.random()
        y, spread = horizon + 0.004 + (bottom - horizon) * near, 0.03 + 0.1 * near
        x, size = gx + dice.uniform(-spread, spread), dice.uniform(0.008, 0.03) * (0.5 + near)
        sheet.stroke([(x - size, y), (x, y), (x + size, y)], (0.0005, 0.0024, 0.0005), glint, 190)
    sheet.glow(gx, horizon + 0.02, 0.34, 0.16, light.disc, 0.16)


def boat(scene: Scene, x: float, water: float, size: float, local: RGB, depth: float, sail: bool) -> None:
    """A small boat: hull with a bright wale, then a sail or a wheelhouse."""
    sheet = scene.sheet
    hull: list[Point] = [
        (x - size, water - size * 0.3),
        (x + size * 1.15, water - size * 0.38),
        (x + size * 0.8, water + size * 0.05),
        (x - size * 0.8, water + size * 0.05),
    ]
    sheet.line(
        [(x - size * 0.05, water - size * 0.3), (x - size * 0.05, water - size * 1.9)],
        size * 0.05,
        scene.tone((110, 80, 66), depth, 0.4),
    )
    if sail:
        sheet.shape(
            [(x, water - size * 1.85), (x, water - size * 0.5), (x + size * 0.95, water - size * 0.5)],
            scene.tone((250, 238, 212), depth, 0.1),
        )
        sheet.shape(
            [
                (x - size * 0.1, water - size * 1.6),
                (x - size * 0.1, water - size * 0.5),
                (x - size * 0.75, water - size * 0.5),
            ],
            scene.tone((214, 96, 76), depth, 0.3),
        )
    else:
        sheet.box(
            x - size * 0.55,
            water - size * 0.8,
            x + size * 0.1,
            water - size * 0.3,
            scene.tone((244, 232, 206), depth, 0.2),
        )
        sheet.box(
            x - size * 0.45,
            water - size * 0.7,
            x,
            water - size * 0.5,
            (255, 214, 132) if scene.light.lamps else scene.tone((70, 90, 106), depth),
        )
        scene.lamp(x - size * 0.2, water - size * 0.6, size * 1.6, strength=0.5)
    sheet.shape(hull, scene.tone(local, depth, 0.4))
    sheet.shape(
        [hull[0], hull[1], (x + size * 1.08, water - size * 0.26), (x - size * 0.96, water - size * 0.2)],
        scene.tone((250, 238, 212), depth, 0.2),
    )
    sheet.shape(
        [
            (x - size * 0.8, water + size * 0.05),
            (x + size * 0.8, water + size * 0.05),
            (x + size * 0.4, water + size * 0.22),
            (x - size * 0.5, water + size * 0.2),
        ],
        scene.tone((20, 56, 78), depth),
        130,
    )


def harbour(scene: Scene) -> None:
    """A pier of planks that runs out to sea, boats at its sides, posts and a lamp."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    sky(scene)
    side = dice.choice((-1, 1))
    headland(scene, side, right * 0.75, 0.13, 0.52)
    if scene.traits.has("lighthouse", "lamp", "beacon", "keeper", "light"):
        tower(scene, side * right * 0.72, HORIZON - 0.1, 0.27, 0.36)
    sea(scene, 1.01)
    boat(scene, -side * right * 0.36, HORIZON + 0.035, 0.034, (80, 110, 118), 0.4, True)
    boat(
        scene,
        side * right * 0.62,
        HORIZON + 0.13,
        0.11,
        dice.choice(((72, 118, 124), (198, 88, 70), (214, 160, 78))),
        0.1,
        False,
    )
    sheet.layer(GROUND)
    _planks(scene)
    for k in range(4):
        d = 0.16 + 0.84 * (k / 3) ** 1.6
        for s in (-1, 1):
            _pile(
                scene,
                s * (0.07 + 0.78 * d),
                HORIZON + 0.05 + 0.33 * d,
                0.02 + 0.19 * d,
                0.008 + 0.022 * d,
                0.3 * (1 - d),
            )
    street_lamp(scene, -side * 0.44, 0.78, 0.44)
    x = -side * right * 0.8
    for dx, dy, w in ((0.0, 0.93, 0.17), (0.05, 0.845, 0.13)):
        sheet.box(x + dx - w / 2, dy - 0.085, x + dx + w / 2, dy, scene.tone((196, 142, 92), 0, 0.4))
        sheet.box(
            x + dx - w / 2 + 0.008, dy - 0.077, x + dx + w / 2 - 0.008, dy - 0.008, scene.tone((196, 142, 92), 0, 0.1)
        )
        sheet.line(
            [(x + dx - w / 2, dy - 0.008), (x + dx + w / 2, dy - 0.08)], 0.009, scene.tone((196, 142, 92), 0, 0.55)
        )


def _planks(scene: Scene) -> None:
    sheet, dice = scene.sheet, scene.dice
    top, half = HORIZON + 0.05, 0.085

    def width(y: float) -> float:
        return half + (y - top) / (1 - top) * 0.86

    y = top
    while y < 1.0:
        deep = 0.008 + (y - top) * 0.085
        local = mix(PLANK, dice.choice(((140, 104, 86), (206, 170, 134))), dice.random() * 0.35)
        b = min(1.02, y + deep * 0.9)
        depth = 0.3 * max(0.0, 1 - (y - top) * 4)
        sheet.shape(
            [(-width(y), y), (width(y), y), (width(b), b), (-width(b), b)],
            scene.tone(local, depth, 0.1 + 0.3 * dice.random()),
        )
        sheet.shape(
            [(-width(b), b), (width(b), b), (width(b), b + deep * 0.12), (-width(b), b + deep * 0.12)],
            scene.tone((60, 46, 52), depth, 0.6),
        )
        y += deep


def _pile(scene: Scene, x: float, foot: float, tall: float, half: float, depth: float) -> None:
    sheet, side = scene.sheet, scene.light.side
    sheet.box(x - half, foot - tall, x + half, foot + half * 2, scene.tone((120, 88, 74), depth, 0.8))
    lit_x = x + half * 0.2 if side > 0 else x - half
    sheet.box(lit_x, foot - tall, lit_x + half * 0.8, foot + half * 2, scene.tone((150, 112, 90), depth, 0.2))
    sheet.oval(x, foot - tall, half, half * 0.4, scene.tone((214, 184, 148), depth, 0.1))
    sheet.box(
        x - half * 1.15,
        foot - tall * 0.62,
        x + half * 1.15,
        foot - tall * 0.62 + half * 0.7,
        scene.tone((226, 204, 160), depth, 0.3),
        round_by=half * 0.3,
    )


def shore(scene: Scene) -> None:
    """Sand, a curl of surf, the sea, a headland to one side and rocks."""
    dice, right, sheet = scene.dice, scene.right, scene.sheet
    sky(scene)
    side = dice.choice((-1, 1))
    headland(scene, side, right * 0.8, 0.19, 0.42)
    if scene.traits.has("lighthouse", "lamp", "beacon", "keeper"):
        tower(scene, side * right * 0.7, HORIZON - 0.15, 0.3, 0.3)
    sea(scene, 0.76)
    boat(scene, -side * right * 0.4, HORIZON + 0.025, 0.026, (90, 96, 110), 0.45, True)
    sheet.layer(GROUND)
    sand: RGB = (236, 208, 160)
    for lift, colour in (
        (0.0, scene.tone((252, 250, 240), 0.05)),
        (0.016, scene.tone(mix(sand, (150, 130, 120), 0.4))),
        (0.046, scene.tone(sand, 0, 0.1)),
    ):
        edge = curve(
            [
                (-right - 0.1, 0.70 + lift),
                (-right * 0.5, 0.735 + lift),
                (0.0, 0.70 + lift),
                (right * 0.45, 0.725 + lift),
                (right + 0.1, 0.685 + lift),
            ],
            8,
        )
        sheet.graded(
            [*edge, (right + 0.1, 1.02), (-right - 0.1, 1.02)], (colour, mix(colour, scene.tone(sand, 0, 0.5), 0.5))
        )
    strokes(scene, sand, 0.78, 46, 0.05)
    for share, foot, wide in ((0.94, 0.72, 0.17), (0.74, 0.70, 0.07), (1.0, 0.86, 0.13)):
        stone(scene, side * right * share, foot, wide, (110, 106, 116))
    for k in range(7):
        tuft(scene, -side * right * (0.62 + 0.06 * k), 0.83 + 0.03 * k, 0.06 + 0.012 * k, (166, 162, 98), 0.4)
    for _ in range(9):
        x, y = dice.uniform(-right, right), dice.uniform(0.82, 0.97)
        sheet.oval(x, y, 0.007, 0.004, scene.tone((250, 232, 214), 0, 0.2))


def open_sea(scene: Scene) -> None:
    """The deck of a boat: planks, rail and rigging, nothing but water beyond."""
    right, sheet = scene.right, scene.sheet
    sky(scene, clouds=6)
    sea(scene, 0.8)
    sheet.layer(GROUND)
    sheet.graded(
        [(-right * 1.02, 0.80), (right * 1.02, 0.80), (right * 1.02, 1.01), (-right * 1.02, 1.01)],
        (scene.tone(PLANK, 0.08), scene.tone(PLANK, 0, 0.4)),
    )
    for k in range(-8, 9):
        sheet.line([(k * 0.1, 0.80), (k * 0.2, 1.01)], 0.003, scene.tone((96, 72, 66), 0, 0.6), 170)
    white = scene.tone((248, 240, 222), 0.02, 0.15)
    for k in range(-5, 6):
        x = k * right / 4.6
        sheet.box(x - 0.006, 0.665, x + 0.006, 0.81, white)
    sheet.box(-right, 0.655, right, 0.673, scene.tone((168, 110, 78), 0.02, 0.1))
    sheet.box(-right, 0.735, right, 0.741, white)
    sheet.box(-right, 0.80, right, 0.816, scene.tone((190, 82, 70), 0.02, 0.3))
    x = -right * 0.74
    sheet.stroke([(x, 0.98), (x, 0.5), (x, -0.02)], (0.024, 0.02, 0.016), scene.tone((142, 98, 76), 0, 0.5))
    sheet.line([(x, 0.02), (right * 0.9, 0.67)], 0.003, scene.tone((230, 214, 180), 0, 0.3))
    sheet.shape([(x + 0.03, 0.02), (x + 0.03, 0.52), (-right * 0.1, 0.52)], scene.tone((248, 234, 206), 0.02, 0.15))
    sheet.shape([(x + 0.03, 0.3), (x + 0.03, 0.52), (-right * 0.1, 0.52)], scene.tone((248, 234, 206), 0.02, 0.6), 110)
    sheet.oval(right * 0.84, 0.73, 0.06, 0.06, scene.tone((224, 92, 74), 0, 0.1))
    sheet.oval(right * 0.84, 0.73, 0.034, 0.034, mix(scene.tone((44, 108, 128)), scene.light.sky[2], 0.3))
    scene.lamp(x, 0.3, 0.4)


def lighthouse(scene: Scene) -> None:
    """The tower on its rock above the sea, a way with steps, the keeper's house."""
    right, sheet = scene.right, scene.sheet
    sky(scene)
    sea(scene, 0.8)
    side = scene.dice.choice((-1, 1))
    headland(scene, -side, right * 0.5, 0.08, 0.5)
    sheet.layer(GROUND)
    mound = curve(
        [
            (side * (right + 0.1), 0.5),
            (side * right * 0.6, 0.55),
            (side * right * 0.3, 0.64),
            (-side * right * 0.3, 0.72),
            (-side * (right + 0.1), 0.77),
        ],
        8,
    )
    sheet.graded(
        [*mound, (-side * (right + 0.1), 1.02), (side * (right + 0.1), 1.02)],
        (scene.tone((138, 152, 100), 0.1), scene.tone((138, 152, 100), 0, 0.2), scene.tone((110, 116, 92), 0, 0.5)),
    )
    strokes(scene, (156, 164, 108), 0.78, 50, 0.1)
    tower(scene, side * right * 0.7, 0.62, 0.62, 0.04)
    house(scene, side * right * 0.34, 0.655, 0.2, (240, 226, 200), 0.14)
    way = [
        curve(
            [
                (side * right * (0.62 + s * 0.012), 0.63),
                (side * right * (0.4 + s * 0.05), 0.72),
                (side * right * (0.2 + s * 0.12), 0.84),
                (-side * 0.02 + side * s * 0.24, 1.02),
            ],
            8,
        )
        for s in (-1, 1)
    ]
    sheet.graded([*way[0], *way[1][::-1]], (scene.tone((214, 196, 162), 0.1), scene.tone((214, 196, 162), 0, 0.3)))
    for share, foot, wide in ((-0.8, 0.82, 0.14), (-0.62, 0.78, 0.06), (0.9, 0.9, 0.11)):
        stone(scene, side * right * share, foot, wide, (112, 110, 116))
    for k in range(8):
        tuft(scene, side * right * (-0.95 + 0.06 * k), 0.98, 0.07, (146, 154, 96), 0.6)
    hills(scene, 1.05, 0.03, (110, 116, 92), 0.0, 1.4, 0.02)
