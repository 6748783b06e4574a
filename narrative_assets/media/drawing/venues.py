"""Rooms where people work, trade and gather: shop, bar, laboratory, school, hall, church, library, workshop, stage, carriage."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import Point, oval_points
from narrative_assets.media.drawing.furniture import (
    IRON,
    WOOD,
    bench,
    cupboard,
    lamp_on,
    pendant,
    picture,
    shelf,
    table,
    wall_clock,
)
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.rooms import FOOT, SCHEMES, TOP, curtains, shell, window
from narrative_assets.media.drawing.stage import Scene


def shop(scene: Scene) -> None:
    """Shelves of goods to both sides, a counter, bunting and a bright front."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    room = shell(scene, dice.choice((SCHEMES[0], SCHEMES[1], SCHEMES[5])), "tiles")
    window(scene, -right * 0.2, right * 0.2, 0.18, 0.5, (3, 2), "town")
    for side in (-1, 1):
        a, b = sorted((side * room.half * 0.98, side * room.half * 0.42))
        sheet.box(a, 0.17, b, FOOT, scene.tone((132, 92, 76), 0.04, 0.6))
        for k, y in enumerate((0.275, 0.385, 0.495, 0.605)):
            shelf(scene, a + 0.01, b - 0.01, y, ("boxes", "jars", "bottles", "boxes")[(k + side) % 4])
    for k in range(13):
        x = -room.half + (k + 0.5) * room.half / 6.5
        sag = 0.02 * (1 - (x / room.half) ** 2)
        sheet.shape(
            [(x - 0.035, 0.11 + sag), (x + 0.035, 0.11 + sag), (x, 0.155 + sag)],
            scene.tone(((200, 88, 72), (240, 206, 130), (92, 136, 132))[k % 3], 0.03, 0.2),
        )
    side = dice.choice((-1, 1))
    a, b = sorted((side * right * 0.5, side * right * 1.06))
    cupboard(scene, a, b, 0.72, 1.02, (176, 116, 82), 3, 0.0)
    sheet.box(
        side * right * 0.8 - 0.07,
        0.63,
        side * right * 0.8 + 0.07,
        0.706,
        scene.tone((92, 96, 104), 0, 0.3),
        round_by=0.012,
    )
    sheet.shape(
        [
            (side * right * 0.8 - 0.06, 0.63),
            (side * right * 0.8 + 0.06, 0.63),
            (side * right * 0.8 + 0.04, 0.585),
            (side * right * 0.8 - 0.04, 0.585),
        ],
        scene.tone((220, 200, 160), 0, 0.15),
    )
    pendant(scene, -side * right * 0.5, 0.2, 0.055, (92, 136, 128))
    pendant(scene, side * right * 0.6, 0.26, 0.07, (92, 136, 128))


def bar(scene: Scene) -> None:
    """A long counter along one side, bottles on a lit wall, stools, lamps over the bar."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    room = shell(scene, dice.choice((SCHEMES[2], SCHEMES[4], SCHEMES[1])))
    side = dice.choice((-1, 1))
    a, b = sorted((-side * right * 0.06, side * room.half * 0.96))
    sheet.box(a, 0.17, b, 0.5, scene.tone((86, 62, 62), 0.03, 0.5))
    sheet.glow((a + b) / 2, 0.32, abs(b - a) * 0.7, 0.3, (255, 186, 110), 0.28)
    for y in (0.265, 0.365, 0.465):
        shelf(scene, a + 0.01, b - 0.01, y, "bottles")
    cupboard(scene, a, b, 0.52, FOOT + 0.03, (148, 92, 70), 6, 0.02)
    x0, x1 = sorted((-side * right * 0.24, -side * right * 0.56))
    window(scene, x0, x1, 0.19, 0.46, (2, 2), "town")
    for k in range(3):
        x = side * right * (0.22 + 0.2 * k)
        sheet.line([(x, 0.62), (x, 0.75)], 0.009, scene.tone(IRON, 0, 0.3))
        sheet.oval(x, 0.75, 0.035, 0.008, scene.tone(IRON, 0, 0.4))
        sheet.box(x - 0.042, 0.598, x + 0.042, 0.62, scene.tone((196, 84, 70), 0, 0.15), round_by=0.01)
        pendant(scene, x + side * 0.05, 0.17, 0.045, (226, 168, 84))
    table(scene, -side * right * 0.82, 0.94, 0.4, 0.22)
    lamp_on(scene, -side * right * 0.8, 0.702, 0.09, (226, 120, 84))
    picture(scene, -side * right * 0.66, 0.3, 0.1, 0.14)


def laboratory(scene: Scene) -> None:
    """White benches, glassware, a wall of dials and a tall tube of light."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    room = shell(scene, ((176, 200, 194), (236, 236, 224), (142, 156, 156)), "tiles")
    side = dice.choice((-1, 1))
    x0, x1 = sorted((side * right * 0.1, side * right * 0.44))
    window(scene, x0, x1, 0.16, 0.4, (3, 1), "town")
    a, b = sorted((-side * room.half * 0.96, -side * room.half * 0.3))
    sheet.box(a, 0.15, b, 0.5, scene.tone((84, 104, 112), 0.04, 0.35), round_by=0.012)
    for k in range(10):
        x, y = a + (b - a) * (k % 5 + 0.5) / 5, 0.235 + 0.15 * (k // 5)
        sheet.oval(x, y, 0.038, 0.038, scene.tone((230, 230, 214), 0.03, 0.1))
        sheet.line([(x, y), (x + dice.uniform(-0.024, 0.024), y - 0.024)], 0.005, scene.tone((200, 84, 70)))
        sheet.oval(x, y + 0.058, 0.007, 0.007, dice.choice(((236, 96, 72), (250, 204, 104), (110, 206, 168))))
    cupboard(scene, -room.half, room.half, 0.545, FOOT, (224, 224, 212), 9, 0.04)
    for side_x in (-side, side):
        x = side_x * right * 0.8
        table(scene, x, 0.95, 0.6, 0.26, (206, 210, 202))
        for k in range(4):
            _flask(
                scene,
                x - 0.2 + 0.12 * k,
                0.672,
                dice.uniform(0.03, 0.045),
                dice.choice(((226, 112, 82), (96, 178, 168), (240, 196, 96), (150, 110, 160))),
            )
    tube = side * right * 0.62
    sheet.box(tube - 0.055, 0.14, tube + 0.055, FOOT, scene.tone((70, 92, 100), 0.02, 0.3), round_by=0.02)
    sheet.box(tube - 0.04, 0.2, tube + 0.04, FOOT - 0.08, (150, 226, 206), round_by=0.03)
    for k in range(6):
        sheet.oval(tube + dice.uniform(-0.022, 0.022), 0.24 + 0.055 * k, 0.008, 0.008, (226, 255, 240), 190)
    sheet.glow(tube, 0.4, 0.3, 0.42, (110, 226, 196), 0.5 if scene.light.lamps else 0.25)


def _flask(scene: Scene, x: float, foot: float, size: float, liquid: RGB) -> None:
    sheet = scene.sheet
    glass = scene.tone((222, 236, 234), 0, 0.1)
    sheet.shape(
        [
            (x - size * 0.24, foot - size * 2.4),
            (x + size * 0.24, foot - size * 2.4),
            (x + size * 0.24, foot - size * 1.4),
            (x + size, foot),
            (x - size, foot),
            (x - size * 0.24, foot - size * 1.4),
        ],
        glass,
        150,
    )
    sheet.shape(
        [
            (x - size * 0.5, foot - size * 0.9),
            (x + size * 0.5, foot - size * 0.9),
            (x + size * 0.9, foot - size * 0.06),
            (x - size * 0.9, foot - size * 0.06),
        ],
        scene.tone(liquid, 0, 0.05),
    )
    sheet.box(x - size * 0.34, foot - size * 2.5, x + size * 0.34, foot - size * 2.34, glass)


def school(scene: Scene) -> None:
    """A blackboard, rows of desks at the sides, tall windows, a globe."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    shell(scene, dice.choice((SCHEMES[1], SCHEMES[3], SCHEMES[5])))
    side = dice.choice((-1, 1))
    x = -side * right * 0.18
    sheet.box(x - 0.4, 0.2, x + 0.4, 0.48, scene.tone(WOOD, 0, 0.4))
    sheet.box(x - 0.385, 0.215, x + 0.385, 0.465, scene.tone((58, 92, 84), 0, 0.25))
    for k in range(4):
        sheet.line(
            [(x - 0.34, 0.26 + 0.045 * k), (x - 0.34 + dice.uniform(0.2, 0.5), 0.26 + 0.045 * k)],
            0.004,
            scene.tone((230, 232, 220)),
            120,
        )
    sheet.box(x - 0.4, 0.478, x + 0.4, 0.49, scene.tone(WOOD, 0, 0.1))
    x0, x1 = sorted((side * right * 0.38, side * right * 0.66))
    window(scene, x0, x1, 0.14, 0.5, (2, 3))
    wall_clock(scene, x, 0.135, 0.036)
    for s in (-1, 1):
        for share, foot, wide in ((0.62, 0.78, 0.22), (0.86, 0.95, 0.36)):
            table(scene, s * right * share, foot, wide, wide * 0.5, (202, 146, 92))
    gx = side * right * 0.84
    sheet.oval(gx, 0.7, 0.058, 0.058, scene.tone((88, 146, 160), 0, 0.3))
    sheet.shape(oval_points(gx - 0.01, 0.69, 0.034, 0.026), scene.tone((188, 176, 104), 0, 0.2))
    sheet.line([(gx, 0.755), (gx, 0.77)], 0.01, scene.tone(WOOD, 0, 0.5))


def hall(scene: Scene) -> None:
    """A great hall: arches with tall windows, a clock, lamps on chains, benches."""
    right, sheet = scene.right, scene.sheet
    room = shell(scene, ((206, 178, 142), (240, 224, 194), (160, 138, 122)), "tiles")
    for k in range(5):
        x = (k - 2) * room.half * 0.4
        arch = oval_points(x, 0.26, 0.085, 0.1, 180, 360)
        outline: list[Point] = [*arch, (x + 0.085, 0.54), (x - 0.085, 0.54)]
        sheet.graded(outline, scene.light.sky)
        sheet.glow(x, 0.38, 0.17, 0.26, scene.light.sky[2], 0.1 if scene.light.lamps else 0.26)
        for dx in (-0.04, 0.0, 0.04):
            sheet.line([(x + dx, 0.17), (x + dx, 0.54)], 0.004, scene.tone((110, 88, 78), 0, 0.4))
        for y in (0.27, 0.36, 0.45):
            sheet.line([(x - 0.085, y), (x + 0.085, y)], 0.004, scene.tone((110, 88, 78), 0, 0.4))
        if not scene.light.lamps:
            slant = -0.2 * scene.light.side
            sheet.beam(
                [(x - 0.07, 0.2), (x + 0.07, 0.2), (x + 0.14 + slant * 2, 0.95), (x - 0.05 + slant * 2, 0.95)],
                scene.light.direct,
                0.11,
                2,
            )
    for k in range(6):
        x = (k - 2.5) * room.half * 0.4
        sheet.box(x - 0.022, TOP, x + 0.022, FOOT, scene.tone((222, 196, 160), 0, 0.3))
        sheet.box(x - 0.03, 0.2, x + 0.03, 0.222, scene.tone((240, 224, 194), 0, 0.1))
        sheet.box(x - 0.032, FOOT - 0.04, x + 0.032, FOOT, scene.tone((196, 168, 136), 0, 0.5))
    wall_clock(scene, 0.0, 0.13, 0.056)
    for side in (-1, 1):
        bench(scene, side * right * 0.72, 0.84, 0.34, (140, 92, 72))
        pendant(scene, side * right * 0.5, 0.22, 0.06, (206, 168, 96))


def church(scene: Scene) -> None:
    """Columns, lancet windows of coloured glass, pews and candles."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    room = shell(scene, ((168, 158, 156), (210, 200, 190), (138, 124, 118)), "tiles")
    glass: tuple[RGB, ...] = ((196, 84, 70), (230, 178, 84), (84, 130, 150), (112, 150, 110), (140, 96, 140))
    for k in range(3):
        x = (k - 1) * room.half * 0.46
        tall = 0.4 if k == 1 else 0.3
        tip = 0.13 if k == 1 else 0.2
        sheet.shape(
            [
                (x - 0.07, tip + 0.12),
                (x - 0.04, tip + 0.04),
                (x, tip),
                (x + 0.04, tip + 0.04),
                (x + 0.07, tip + 0.12),
                (x + 0.07, tip + tall),
                (x - 0.07, tip + tall),
            ],
            scene.tone((70, 64, 78), 0, 0.5),
        )
        for row in range(6):
            for col in range(3):
                a, b = x - 0.058 + 0.04 * col, tip + 0.1 + (tall - 0.12) / 6 * row
                colour = dice.choice(glass)
                dim = 0.62 if scene.light.stars else 0.1
                sheet.box(
                    a,
                    b,
                    a + 0.035,
                    b + (tall - 0.12) / 6 - 0.005,
                    mix(mix(colour, scene.light.sky[2], 0.25), (24, 26, 52), dim),
                )
        sheet.glow(
            x, 0.36, 0.2, 0.34, mix(scene.light.sky[2], (230, 150, 110), 0.4), 0.08 if scene.light.stars else 0.26
        )
    for side in (-1, 1):
        for share, half in ((0.52, 0.03), (0.72, 0.045), (0.95, 0.075)):
            x, foot = side * right * share, FOOT + (share - 0.5) * 0.42
            sheet.graded(
                [(x - half, -0.02), (x + half, -0.02), (x + half, foot), (x - half, foot)],
                (scene.tone((196, 184, 174), 0, 0.3), scene.tone((196, 184, 174), 0, 0.75)),
                across=True,
            )
            sheet.box(x - half * 1.3, foot - 0.03, x + half * 1.3, foot, scene.tone((210, 198, 186), 0, 0.4))
        for k in range(3):
            x, y = side * right * (0.58 + 0.14 * k), 0.76 + 0.09 * k
            sheet.box(
                x - 0.13 - 0.03 * k, y - 0.09, x + 0.13 + 0.03 * k, y, scene.tone((122, 82, 70), 0, 0.3 + 0.1 * k)
            )
            sheet.box(x - 0.14 - 0.03 * k, y - 0.1, x + 0.14 + 0.03 * k, y - 0.085, scene.tone((168, 116, 88), 0, 0.1))
    for k in (-1, 1):
        sheet.line([(k * 0.3, 0.52), (k * 0.3, FOOT + 0.02)], 0.006, scene.tone((214, 176, 96), 0, 0.3))
        sheet.box(k * 0.3 - 0.009, 0.475, k * 0.3 + 0.009, 0.52, scene.tone((250, 240, 220)))
        sheet.oval(k * 0.3, 0.464, 0.006, 0.011, (255, 226, 150))
        sheet.glow(k * 0.3, 0.464, 0.14, 0.14, (255, 190, 100), 0.5)


def library(scene: Scene) -> None:
    """Book walls to the ceiling, a ladder, a reading table with green lamps."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    room = shell(scene, ((128, 84, 70), (196, 150, 108), (134, 92, 76)))
    window(scene, -right * 0.13, right * 0.13, 0.14, 0.5, (2, 3))
    for side in (-1, 1):
        a, b = sorted((side * room.half, side * right * 0.2))
        sheet.box(a, 0.1, b, FOOT, scene.tone((104, 68, 60), 0.02, 0.6))
        for k in range(5):
            shelf(scene, a + 0.012, (a + b) / 2 - 0.006, 0.205 + 0.105 * k, "books", 0.08)
            shelf(scene, (a + b) / 2 + 0.006, b - 0.012, 0.205 + 0.105 * k, "books", 0.08)
    side = dice.choice((-1, 1))
    for dx in (0.0, 0.07):
        sheet.line(
            [(side * right * 0.52 + dx, 0.12), (side * right * 0.6 + dx, 0.74)],
            0.008,
            scene.tone((206, 150, 98), 0, 0.2),
        )
    for k in range(8):
        t = k / 8
        x = side * right * (0.525 + 0.08 * t)
        sheet.line([(x, 0.16 + 0.58 * t), (x + 0.07, 0.16 + 0.58 * t)], 0.006, scene.tone((206, 150, 98), 0, 0.3))
    for s in (-1, 1):
        table(scene, s * right * 0.84, 0.96, 0.56, 0.24)
        lamp_on(scene, s * right * 0.82, 0.7, 0.12, (92, 150, 116))
        for k in range(3):
            sheet.box(
                s * right * 0.82 + 0.1,
                0.69 - 0.018 * k,
                s * right * 0.82 + 0.19 - 0.01 * k,
                0.704 - 0.018 * k,
                scene.tone(((196, 90, 72), (92, 128, 128), (230, 186, 108))[k], 0, 0.2),
            )


def workshop(scene: Scene) -> None:
    """A bench under a board of tools, shelves of tins, a hanging lamp, wheels and pipes."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    room = shell(scene, ((140, 138, 130), (198, 186, 166), (128, 120, 116)), "plain")
    side = dice.choice((-1, 1))
    a, b = sorted((-side * room.half * 0.94, -side * right * 0.1))
    sheet.box(a, 0.17, b, 0.46, scene.tone((206, 166, 112), 0.03, 0.3))
    for k in range(9):
        x, length, local = (
            a + (b - a) * (k + 0.5) / 9,
            dice.uniform(0.08, 0.18),
            dice.choice(((196, 84, 70), IRON, (92, 126, 128))),
        )
        sheet.stroke([(x, 0.2), (x, 0.2 + length)], (0.006, 0.005), scene.tone(WOOD if k % 2 else IRON, 0, 0.4))
        sheet.box(
            x - 0.02 - 0.008 * (k % 2),
            0.2 + length,
            x + 0.02,
            0.225 + length,
            scene.tone(local, 0, 0.3),
            round_by=0.006,
        )
    cupboard(scene, a, b, 0.52, FOOT + 0.02, (150, 102, 76), 4, 0.03)
    x0, x1 = sorted((side * right * 0.12, side * right * 0.42))
    window(scene, x0, x1, 0.17, 0.42, (4, 3))
    c, d = sorted((side * right * 0.5, side * room.half * 0.97))
    for y in (0.3, 0.42, 0.54):
        shelf(scene, c, d, y, "jars")
    x = side * right * 0.82
    table(scene, x, 0.95, 0.54, 0.27, (142, 96, 74))
    for dx, size in ((-0.12, 0.06), (0.03, 0.09)):
        sheet.oval(x + dx, 0.66 - size * 0.6, size, size, scene.tone((176, 136, 92), 0, 0.5))
        sheet.oval(x + dx, 0.66 - size * 0.6, size * 0.7, size * 0.7, scene.tone((84, 82, 90), 0, 0.3))
        sheet.oval(x + dx, 0.66 - size * 0.6, size * 0.22, size * 0.22, scene.tone((226, 186, 110)))
    pendant(scene, x - side * 0.2, 0.22, 0.07, (78, 118, 112))
    sheet.oval(-side * right * 0.88, 0.86, 0.14, 0.14, scene.tone((62, 60, 70), 0, 0.4))
    sheet.oval(-side * right * 0.88, 0.86, 0.075, 0.075, scene.tone((180, 172, 160), 0, 0.3))


def theatre(scene: Scene) -> None:
    """A stage: red drapes and valance, boards, spotlights, footlights."""
    right, sheet = scene.right, scene.sheet
    red: RGB = (182, 62, 60)
    shell(scene, ((92, 54, 70), (124, 74, 78), (182, 126, 88)))
    for side in (-1, 1):
        for k in range(6):
            x, w = side * right * (1.02 - 0.085 * k), right * 0.06
            foot = 0.84 - 0.022 * k
            sheet.graded(
                [(x - w, 0), (x + w, 0), (x + w * 0.9, foot), (x - w * 0.9, foot)],
                (scene.tone(red, 0, 0.95), scene.tone(red, 0, 0.1 + 0.1 * k), scene.tone(red, 0, 0.9)),
                across=True,
            )
    for k in range(9):
        x = -right + (k + 0.5) * right / 4.5
        sheet.shape(oval_points(x, 0.1, right / 8, 0.085, 0, 180), scene.tone(red, 0, 0.35))
        sheet.shape(
            oval_points(x, 0.1, right / 8 * 0.98, 0.07, 0, 180), scene.tone(mix(red, (228, 110, 84), 0.35), 0, 0.3)
        )
    sheet.box(-right, 0, right, 0.1, scene.tone(red, 0, 0.5))
    sheet.box(-right, 0.086, right, 0.1, scene.tone((236, 190, 104), 0, 0.2))
    for x in (-0.42, 0.42):
        sheet.beam(
            [(x * 1.6 - 0.02, -0.02), (x * 1.6 + 0.02, -0.02), (x * 0.2 + 0.3, 0.95), (x * 0.2 - 0.3, 0.95)],
            (255, 236, 190),
            0.22,
        )
    sheet.glow(0, 0.88, 0.6, 0.14, (255, 230, 180), 0.4)
    for k in range(9):
        x = -right + (k + 0.5) * right / 4.5
        sheet.shape(oval_points(x, 0.985, 0.028, 0.026, 180, 360), scene.tone((236, 196, 116)))
        sheet.glow(x, 0.97, 0.08, 0.08, (255, 206, 130), 0.4)


def carriage(scene: Scene) -> None:
    """Inside a train or bus: a row of windows with the land outside, seats to the sides, rails and lamps."""
    right, sheet = scene.right, scene.sheet
    shell(scene, ((196, 172, 132), (236, 222, 192), (124, 102, 98)), "plain")
    for k in range(3):
        x = (k - 1) * right * 0.48
        window(
            scene,
            x - right * 0.19,
            x + right * 0.19,
            0.17,
            0.43,
            (1, 1),
            "town" if scene.traits.has("city", "tram", "bus", "taxi") else "land",
        )
        curtains(scene, x - right * 0.185, x + right * 0.185, 0.17, 0.34, (150, 84, 76))
    sheet.box(-right * 0.76, 0.118, right * 0.76, 0.128, scene.tone((206, 176, 110), 0, 0.2))
    seat: RGB = (84, 118, 116)
    for side in (-1, 1):
        for share, foot, size in ((0.54, 0.78, 0.17), (0.84, 0.95, 0.27)):
            x = side * right * share
            sheet.box(
                x - size * 0.62,
                foot - size * 1.5,
                x + size * 0.62,
                foot - size * 0.2,
                scene.tone(seat, 0, 0.55),
                round_by=size * 0.16,
            )
            sheet.box(
                x - size * 0.52,
                foot - size * 1.4,
                x + size * 0.52,
                foot - size * 0.6,
                scene.tone(seat, 0, 0.15),
                round_by=size * 0.12,
            )
            sheet.box(
                x - size * 0.68,
                foot - size * 0.56,
                x + size * 0.68,
                foot - size * 0.26,
                scene.tone(seat, 0, 0.05),
                round_by=size * 0.1,
            )
            sheet.box(x - size * 0.6, foot - size * 0.28, x + size * 0.6, foot, scene.tone((70, 58, 62), 0, 0.5))
            sheet.box(
                x - size * 0.34,
                foot - size * 1.46,
                x + size * 0.34,
                foot - size * 1.16,
                scene.tone((248, 238, 216), 0, 0.15),
                round_by=size * 0.05,
            )
    for x in (-0.4, 0.4):
        pendant(scene, x, 0.1, 0.035, (236, 206, 140))
