"""Rooms where people work and trade: shop, bar, laboratory, school, workshop."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import oval_points
from narrative_assets.media.drawing.furniture import (
    IRON,
    WOOD,
    cupboard,
    lamp_on,
    pendant,
    picture,
    shelf,
    table,
    wall_clock,
)
from narrative_assets.media.drawing.palette import RGB
from narrative_assets.media.drawing.rooms import FOOT, SCHEMES, shell, window
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
