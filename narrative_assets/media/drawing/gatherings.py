"""Rooms where people gather: hall, church, library, theatre, carriage."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import Point, oval_points
from narrative_assets.media.drawing.furniture import bench, lamp_on, pendant, shelf, table, wall_clock
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.rooms import FOOT, TOP, curtains, shell, window
from narrative_assets.media.drawing.stage import Scene


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
    room = shell(scene, ((192, 172, 148), (226, 208, 180), (150, 126, 112)), "tiles")
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
