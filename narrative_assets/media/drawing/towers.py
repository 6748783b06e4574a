"""Inside towers and ships: the spiral stair, the lamp room with its lens, the bridge under the stars."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import Point, curve, oval_points
from narrative_assets.media.drawing.furniture import IRON, WOOD
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.rooms import FOOT, pane_grid
from narrative_assets.media.drawing.stage import HORIZON, Scene, stars


def stairs(scene: Scene) -> None:
    """Inside a round tower: curved stone, a stair that winds up both sides, a slit window and its shaft."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    rock: RGB = (208, 184, 148)
    for k in range(12):
        a, b = -right * 1.02 + k * right * 0.17, -right * 1.02 + (k + 1) * right * 0.17
        turn = abs((a + b) / 2) / right
        sheet.box(a, 0, b + 0.004, 1, scene.tone(rock, 0, 0.12 + 0.75 * turn * turn))
    for row in range(16):
        y = row * 0.062 - 0.03
        sag = 0.05 * (1 - y / 0.5)
        course = curve([(-right * 1.02, y + sag), (0.0, y), (right * 1.02, y + sag)], 8)
        sheet.line(course, 0.0024, scene.tone(rock, 0, 0.95), 110)
        for _ in range(7):
            x = dice.uniform(-right, right)
            yy = y + sag * (x / right) ** 2
            sheet.line([(x, yy), (x, yy + 0.06)], 0.0024, scene.tone(rock, 0, 0.95), 110)
    wx, wy = 0.13 * dice.choice((-1, 1)), 0.2
    slot = [*oval_points(wx, wy, 0.036, 0.045, 180, 360), (wx + 0.036, wy + 0.17), (wx - 0.036, wy + 0.17)]
    sheet.shape([(wx + (x - wx) * 1.7, wy + 0.06 + (y - wy - 0.06) * 1.22) for x, y in slot], scene.tone(rock, 0, 0.75))
    sheet.graded(slot, scene.light.sky)
    sheet.glow(wx, wy + 0.06, 0.3, 0.3, scene.light.sky[2], 0.16 if scene.light.lamps else 0.4)
    slant = -0.5 * (1 if wx > 0 else -1)
    sheet.beam(
        [(wx - 0.03, wy), (wx + 0.03, wy + 0.16), (wx + slant + 0.12, 0.95), (wx + slant - 0.12, 0.9)],
        mix(scene.light.direct, scene.light.sky[2], 0.4),
        0.12 if scene.light.lamps else 0.28,
        2,
    )
    sheet.graded(
        [(-right, 0.64), (right, 0.64), (right, 1.02), (-right, 1.02)],
        (scene.tone((150, 136, 124), 0, 0.25), scene.tone((150, 136, 124), 0, 0.7)),
    )
    sheet.shape(oval_points(0, 0.64, right * 1.05, 0.03, 180, 360), scene.tone((150, 136, 124), 0, 0.25))
    for k in range(-5, 6):
        sheet.line([(k * 0.16, 0.64), (k * 0.34, 1.02)], 0.0024, scene.tone(rock, 0, 1.0), 100)
    _flight(scene, dice.choice((-1, 1)), rock)
    for side in (-1, 1):
        x = side * right * 0.42
        sheet.box(x - 0.012, 0.33, x + 0.012, 0.38, scene.tone(IRON, 0, 0.4))
        sheet.oval(x, 0.315, 0.014, 0.02, (255, 226, 150) if scene.light.lamps else scene.tone((230, 214, 180)))
        scene.lamp(x, 0.31, 0.4, strength=0.6)


def _flight(scene: Scene, side: int, rock: RGB) -> None:
    """Stone steps that climb along the wall toward the edge of the frame, as one block with lit treads."""
    sheet, right, count = scene.sheet, scene.right, 10
    start, rise, go = 0.40, 0.052, 0.068
    profile: list[Point] = []
    for k in range(count):
        x, y = side * right * (start + go * k), 0.705 - rise * k
        profile += [(x, y + rise), (x, y)]
    edge = side * right * (start + go * count)
    block = [*profile, (edge, profile[-1][1]), (edge, 1.02), (side * right * 0.78, 1.02), (side * right * start, 0.757)]
    stone_side = mix(rock, (112, 92, 96), 0.62)
    sheet.shape(block, scene.tone(stone_side, 0, 0.72))
    for k in range(count):
        x, y = side * right * (start + go * k), 0.705 - rise * k
        far = side * right * (start + go * (k + 1) + 0.012)
        sheet.shape(
            [(x - side * 0.012, y), (far, y), (far, y + 0.015), (x - side * 0.012, y + 0.015)], scene.tone(rock, 0, 0.0)
        )
        sheet.shape(
            [(x, y + 0.015), (x + side * 0.022, y + 0.015), (x + side * 0.022, y + rise), (x, y + rise)],
            scene.tone(rock, 0, 0.45),
        )
        if k % 2 == 0:
            sheet.line([(x + side * 0.05, y), (x + side * 0.05, y - 0.155)], 0.006, scene.tone(IRON, 0, 0.5))
    slope = rise / (right * go)
    rail = [(side * right * start, 0.565), (edge, 0.565 - slope * right * go * count)]
    sheet.line(rail, 0.012, scene.tone((150, 104, 78), 0, 0.3))


def lamp_room(scene: Scene) -> None:
    """The top of a lighthouse: panes all round over sea and sky, the great lens to one side."""
    right, sheet = scene.right, scene.sheet
    light = scene.light
    zenith, middle, low = light.sky
    sheet.graded([(-right, 0), (right, 0), (right, 0.5), (-right, 0.5)], (zenith, middle, low))
    if light.stars:
        stars(scene, 0.5)
    disc_x = light.side * right * 0.3
    disc_y = 0.5 - light.sun * 0.7 - 0.02
    sheet.oval(disc_x, disc_y, 0.04, 0.04, light.disc)
    sheet.glow(disc_x, disc_y, 0.34, 0.34, light.disc, 0.3)
    sheet.graded(
        [(-right, 0.5), (right, 0.5), (right, 0.64), (-right, 0.64)],
        (mix(scene.tone((50, 110, 130)), low, 0.5), scene.tone((40, 92, 116))),
    )
    sheet.box(-right, 0.64, right, 0.82, scene.tone((120, 100, 88), 0, 0.8))
    sheet.box(disc_x - 0.07, 0.508, disc_x + 0.07, 0.513, light.disc, 170)
    sheet.box(disc_x - 0.04, 0.53, disc_x + 0.04, 0.535, light.disc, 120)
    iron = scene.tone((58, 74, 78), 0, 0.35)
    spans: tuple[tuple[float, float, float, float], ...] = (
        (-1.02, -0.6, -0.04, 0.09),
        (-0.6, -0.2, 0.09, 0.12),
        (-0.2, 0.2, 0.12, 0.12),
        (0.2, 0.6, 0.12, 0.09),
        (0.6, 1.02, 0.09, -0.04),
    )
    for a, b, ta, tb in spans:
        pane_grid(
            scene, ((a * right, ta), (b * right, tb), (b * right, 0.74 - tb), (a * right, 0.74 - ta)), 2, 3, iron, 0.007
        )
        sheet.shape(
            [(a * right, -0.1), (b * right, -0.1), (b * right, tb), (a * right, ta)],
            scene.tone((176, 84, 70), 0, 0.55 + 0.3 * abs(a + b) / 2),
        )
        sheet.shape(
            [
                (a * right, 0.745 - ta),
                (b * right, 0.745 - tb),
                (b * right, 0.615 - tb * 0.2),
                (a * right, 0.615 - ta * 0.2),
            ],
            scene.tone((214, 200, 170), 0, 0.3 + 0.5 * abs(a + b) / 2),
        )
        sheet.line([(a * right, ta), (b * right, tb)], 0.016, iron)
        sheet.line(
            [(a * right, 0.62 - ta * 0.2), (b * right, 0.62 - tb * 0.2)], 0.018, scene.tone((196, 148, 90), 0, 0.2)
        )
    sheet.graded(
        [
            (-right * 1.02, 0.80),
            (-right * 0.6, 0.68),
            (-right * 0.2, 0.645),
            (right * 0.2, 0.645),
            (right * 0.6, 0.68),
            (right * 1.02, 0.80),
            (right * 1.02, 1.02),
            (-right * 1.02, 1.02),
        ],
        (scene.tone((150, 110, 88), 0, 0.2), scene.tone((150, 110, 88), 0, 0.55)),
    )
    for k in range(-7, 8):
        sheet.line([(k * 0.1, 0.65), (k * 0.24, 1.02)], 0.0024, scene.tone((96, 70, 64), 0, 0.8), 130)
    for a in (-0.6, -0.2, 0.2, 0.6):
        edge = 0.745 - (0.09 if abs(a) > 0.4 else 0.12)
        sheet.box(a * right - 0.011, 0.06, a * right + 0.011, edge + 0.02, iron)
    _lens(scene, scene.dice.choice((-1, 1)) * right * 0.7)


def _lens(scene: Scene, x: float) -> None:
    sheet, on = scene.sheet, scene.light.lamps
    brass = scene.tone((206, 156, 84), 0, 0.2)
    sheet.shape(
        [(x - 0.07, 0.72), (x + 0.07, 0.72), (x + 0.1, 0.93), (x - 0.1, 0.93)], scene.tone((86, 108, 106), 0, 0.5)
    )
    sheet.box(x - 0.13, 0.695, x + 0.13, 0.725, brass, round_by=0.008)
    glass: RGB = (255, 244, 206) if on else scene.tone((196, 226, 220), 0, 0.1)
    deep: RGB = (255, 206, 120) if on else scene.tone((110, 158, 160), 0, 0.3)
    body = curve(
        [(x - 0.075, 0.69), (x - 0.13, 0.5), (x - 0.075, 0.31), (x + 0.075, 0.31), (x + 0.13, 0.5), (x + 0.075, 0.69)],
        5,
    )
    sheet.shape(body, deep)
    for k in range(11):
        y = 0.325 + 0.035 * k
        half = 0.122 - 0.045 * ((y - 0.5) / 0.19) ** 2
        sheet.shape(
            [(x - half, y), (x + half, y), (x + half * 0.94, y + 0.02), (x - half * 0.94, y + 0.02)],
            mix(glass, deep, 0.15 + 0.35 * (k % 2)),
        )
    for share, colour in ((0.052, deep), (0.036, glass), (0.018, (255, 255, 240) if on else deep)):
        sheet.oval(x, 0.5, share, share, colour)
    sheet.box(x - 0.1, 0.285, x + 0.1, 0.315, brass, round_by=0.008)
    sheet.shape([(x - 0.06, 0.285), (x + 0.06, 0.285), (x, 0.22)], brass)
    if on:
        sheet.glow(x, 0.5, 0.5, 0.5, (255, 216, 140), 0.75)
        for side in (-1, 1):
            sheet.beam([(x, 0.48), (x + side * 2.6, 0.3), (x + side * 2.6, 0.62), (x, 0.52)], (255, 232, 176), 0.2)


def bridge(scene: Scene) -> None:
    """The bridge of a ship of the skies: a wide window on the stars, consoles to the sides, strips of light."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    hull: RGB = (116, 126, 148)
    sheet.graded(
        [(-right, 0), (right, 0), (right, 1), (-right, 1)], (scene.tone(hull, 0, 0.95), scene.tone(hull, 0, 0.4))
    )
    view: list[Point] = [
        (-right * 0.6, 0.14),
        (right * 0.6, 0.14),
        (right * 0.74, 0.34),
        (right * 0.62, 0.53),
        (-right * 0.62, 0.53),
        (-right * 0.74, 0.34),
    ]
    sheet.shape([(x * 1.05, 0.335 + (y - 0.335) * 1.13) for x, y in view], scene.tone((214, 204, 184), 0, 0.3))
    sheet.graded(view, ((14, 14, 44), (40, 30, 88), (92, 60, 120)))
    for _ in range(70):
        x, y, s = (
            dice.uniform(-right * 0.6, right * 0.6),
            dice.uniform(0.15, 0.52),
            dice.choice((0.0012, 0.0018, 0.0026)),
        )
        sheet.oval(x, y, s, s, (244, 240, 230), dice.randint(120, 250))
    px = dice.choice((-1, 1)) * right * 0.34
    sheet.oval(px, 0.33, 0.12, 0.12, (206, 116, 92))
    sheet.oval(px + 0.02, 0.315, 0.1, 0.1, (236, 164, 114))
    sheet.shape([(px - 0.2, 0.37), (px + 0.2, 0.29), (px + 0.2, 0.3), (px - 0.2, 0.385)], (250, 226, 176))
    for x in (-0.3, 0.0, 0.3):
        sheet.line([(x * right, 0.14), (x * right * 1.04, 0.53)], 0.008, scene.tone(hull, 0, 0.7))
    sheet.graded(
        [(-right * 0.66, HORIZON), (right * 0.66, HORIZON), (right * 1.4, 1.02), (-right * 1.4, 1.02)],
        (scene.tone((96, 100, 122), 0, 0.15), scene.tone((96, 100, 122), 0, 0.7)),
    )
    for k in range(-5, 6):
        sheet.line([(k * 0.12, HORIZON), (k * 0.28, 1.02)], 0.003, (120, 206, 206), 60)
    for side in (-1, 1):
        desk = [
            (side * right * 1.04, 0.6),
            (side * right * 0.6, 0.66),
            (side * right * 0.52, 0.74),
            (side * right * 0.6, 0.98),
            (side * right * 1.04, 1.02),
        ]
        sheet.shape(desk, scene.tone((78, 88, 108), 0, 0.5))
        sheet.shape([desk[0], desk[1], desk[2], (side * right * 1.04, 0.77)], scene.tone((132, 142, 156), 0, 0.1))
        for k in range(9):
            x, y = side * right * (0.64 + 0.045 * k), 0.685 + 0.008 * (k % 3)
            sheet.oval(
                x, y, 0.008, 0.006, dice.choice(((250, 112, 84), (255, 206, 106), (116, 226, 196), (240, 236, 220)))
            )
        sheet.box(
            side * right * 0.8 - 0.11,
            0.46,
            side * right * 0.8 + 0.11,
            0.6,
            scene.tone((44, 52, 66), 0, 0.3),
            round_by=0.014,
        )
        sheet.box(side * right * 0.8 - 0.095, 0.475, side * right * 0.8 + 0.095, 0.585, (92, 190, 186), round_by=0.008)
        wave = [(side * right * 0.8 - 0.085 + 0.017 * k, 0.53 + 0.03 * dice.uniform(-1, 1)) for k in range(11)]
        sheet.line(wave, 0.005, (226, 255, 240))
        sheet.glow(side * right * 0.8, 0.53, 0.3, 0.24, (90, 200, 196), 0.3)
        sheet.line(
            [(side * right * 0.7, 0.02), (side * right * 0.98, 0.4)],
            0.012,
            (255, 226, 170) if scene.light.lamps else scene.tone((240, 232, 210)),
        )
    sheet.glow(0, 0.34, right * 0.8, 0.4, (110, 90, 190), 0.16)
    sheet.box(-right * 0.62, FOOT - 0.1, right * 0.62, FOOT - 0.085, scene.tone(WOOD, 0, 0.3), 0)
