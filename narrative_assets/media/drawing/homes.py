"""Rooms of a home and an office: kitchen, bedroom, office, living room, and any room."""

from __future__ import annotations

from narrative_assets.media.drawing.furniture import (
    IRON,
    WOOD,
    cupboard,
    lamp_on,
    pendant,
    picture,
    rug,
    shelf,
    table,
    wall_clock,
)
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.rooms import FOOT, SCHEMES, TOP, curtains, plant, shell, window
from narrative_assets.media.drawing.stage import Scene, cast


def _sides(scene: Scene) -> tuple[int, float]:
    """Which side the window of this room is on, and the x where its frame ends toward the middle."""
    side = scene.dice.choice((-1, 1))
    return side, side * scene.right * 0.18


def kitchen(scene: Scene) -> None:
    """Counter and stove along the wall, shelves of jars, pans on hooks, a table to the side."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    room = shell(scene, dice.choice((SCHEMES[0], SCHEMES[3], SCHEMES[5])), "tiles")
    view = "sea" if scene.traits.has("lighthouse", "keeper", "sea", "harbour", "pier", "ship") else "land"
    window(scene, -right * 0.16, right * 0.16, 0.17, 0.42, (2, 2), view)
    for k in range(14):
        x = -room.half + k * room.half / 7
        sheet.box(
            x + 0.004,
            FOOT - 0.215,
            x + room.half / 7 - 0.004,
            FOOT - 0.155,
            scene.tone(mix(room.trim, room.wall, 0.2 + 0.2 * (k % 2)), 0, 0.25),
        )
    cupboard(scene, -room.half, room.half * 0.98, FOOT - 0.145, FOOT - 0.004, mix(room.trim, (214, 150, 96), 0.35), 8)
    stove = room.half * 0.56
    sheet.box(stove - 0.12, FOOT - 0.16, stove + 0.12, FOOT - 0.002, scene.tone((74, 76, 88), 0.03, 0.3))
    sheet.box(stove - 0.09, FOOT - 0.1, stove + 0.09, FOOT - 0.026, scene.tone((44, 44, 54), 0.03, 0.2))
    sheet.shape(
        [(stove - 0.05, TOP + 0.02), (stove + 0.05, TOP + 0.02), (stove + 0.13, 0.27), (stove - 0.13, 0.27)],
        scene.tone((196, 118, 82), 0.04, 0.25),
    )
    sheet.box(stove - 0.13, 0.27, stove + 0.13, 0.287, scene.tone((236, 186, 120), 0.04))
    _pot(scene, stove - 0.045, FOOT - 0.16, 0.045, (188, 84, 70))
    _pot(scene, stove + 0.055, FOOT - 0.16, 0.034, (226, 204, 160))
    shelf(scene, -room.half * 0.94, -room.half * 0.36, 0.27, "jars")
    shelf(scene, -room.half * 0.94, -room.half * 0.36, 0.39, "jars")
    for k in range(4):
        x = -room.half * 0.9 + 0.085 * k
        sheet.line([(x, 0.401), (x, 0.43)], 0.003, scene.tone(IRON, 0.05, 0.4))
        sheet.oval(
            x,
            0.448 + 0.004 * k,
            0.02 + 0.003 * (k % 3),
            0.02 + 0.003 * (k % 3),
            scene.tone((186, 112, 78) if k % 2 else IRON, 0.05, 0.35),
        )
    side = dice.choice((-1, 1))
    table(scene, side * right * 0.78, 0.95, 0.5, 0.24)
    _pot(scene, side * right * 0.74, 0.692, 0.05, (94, 138, 132))
    pendant(scene, side * right * 0.66, 0.24, 0.062, (206, 92, 72))


def _pot(scene: Scene, x: float, foot: float, half: float, local: RGB) -> None:
    sheet = scene.sheet
    sheet.box(x - half, foot - half * 1.1, x + half, foot, scene.tone(local, 0, 0.35), round_by=half * 0.3)
    sheet.box(x - half * 0.8, foot - half, x - half * 0.5, foot - half * 0.2, scene.tone((255, 246, 230)), 60)
    sheet.box(
        x - half * 1.35,
        foot - half * 0.95,
        x + half * 1.35,
        foot - half * 0.78,
        scene.tone(local, 0, 0.8),
        round_by=half * 0.08,
    )
    sheet.box(
        x - half * 1.04,
        foot - half * 1.24,
        x + half * 1.04,
        foot - half * 1.06,
        scene.tone(local, 0, 0.1),
        round_by=half * 0.08,
    )
    sheet.oval(x, foot - half * 1.34, half * 0.16, half * 0.14, scene.tone(IRON, 0, 0.3))


def bedroom(scene: Scene) -> None:
    """A bed along one side, a lamp on a chest, wardrobe and window."""
    right, dice = scene.right, scene.dice
    room = shell(scene, dice.choice((SCHEMES[4], SCHEMES[2], SCHEMES[0])))
    side, inner = _sides(scene)
    x0, x1 = sorted((inner, side * right * 0.44))
    window(scene, x0, x1, 0.17, 0.46, (2, 2))
    curtains(scene, x0, x1, 0.17, 0.46, (212, 150, 104))
    picture(scene, -side * right * 0.3, 0.28, 0.2, 0.15)
    rug(scene, 0.0, 0.86, 0.44, 0.07, (190, 104, 84))
    _bed(scene, side, dice.choice(((86, 128, 128), (196, 104, 84), (216, 168, 92))))
    cupboard(
        scene,
        -side * room.half * 0.98 if side > 0 else room.half * 0.62,
        -room.half * 0.62 if side > 0 else room.half * 0.98,
        0.22,
        FOOT,
        (150, 104, 80),
        2,
        0.04,
    )
    chest = side * right * 0.53
    cupboard(scene, chest - 0.08, chest + 0.08, 0.55, FOOT, WOOD, 1, 0.05)
    lamp_on(scene, chest, 0.54, 0.13)
    plant(scene, -side * right * 0.92, 0.86, 0.30)


def _bed(scene: Scene, side: int, cover: RGB) -> None:
    """A bed with its head to the back wall, two pillows and a folded blanket, coming toward the eye."""
    sheet, right = scene.sheet, scene.right

    def at(across: float, along: float) -> tuple[float, float]:
        near, far = (0.66, 1.16), (0.60, 0.90)
        inner, outer = (far[i] + (near[i] - far[i]) * along for i in (0, 1))
        return (side * right * (inner + (outer - inner) * across), 0.62 + 0.22 * along)

    def quilt(low: float, high: float, inset: float = 0.0) -> list[tuple[float, float]]:
        return [at(inset, low), at(1 - inset, low), at(1 - inset, high), at(inset, high)]

    (hx0, _), (hx1, _) = at(-0.04, 0), at(1.04, 0)
    sheet.box(hx0, 0.46, hx1, 0.68, scene.tone(WOOD, 0, 0.45), round_by=0.03)
    sheet.box(hx0 + side * 0.015, 0.475, hx1 - side * 0.015, 0.66, scene.tone(WOOD, 0, 0.15), round_by=0.024)
    front = [at(0, 1), at(1, 1), (at(1, 1)[0], 0.96), (at(0, 1)[0], 0.96)]
    flank = [at(0, 0), at(0, 1), (at(0, 1)[0], 0.96), (at(0, 0)[0], 0.70)]
    cast(scene, at(0.4, 1)[0], 0.965, 0.3)
    sheet.shape(flank, scene.tone(cover, 0, 0.8))
    sheet.shape(front, scene.tone(cover, 0, 0.55))
    sheet.shape(quilt(0, 1), scene.tone(cover, 0, 0.05))
    sheet.shape(quilt(0.0, 0.34), scene.tone((250, 242, 226), 0, 0.05))
    sheet.shape(quilt(0.34, 0.46), scene.tone(mix(cover, (250, 242, 226), 0.5), 0, 0.1))
    for across in (0.06, 0.54):
        x, y = at(across + 0.2, 0.08)
        wide = abs(at(across + 0.4, 0.1)[0] - at(across, 0.1)[0]) / 2
        sheet.box(x - wide, y - 0.045, x + wide, y + 0.03, scene.tone((236, 222, 202), 0, 0.35), round_by=0.024)
        sheet.box(x - wide, y - 0.05, x + wide, y + 0.018, scene.tone((255, 250, 240)), round_by=0.024)


def office(scene: Scene) -> None:
    """Desks to the sides, cabinets, a board, a clock and blinds."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    room = shell(scene, dice.choice((SCHEMES[4], SCHEMES[3], SCHEMES[5])), "tiles")
    side, inner = _sides(scene)
    x0, x1 = sorted((inner, side * right * 0.62))
    window(scene, x0, x1, 0.16, 0.44, (4, 1), "town")
    for k in range(5):
        y = 0.165 + 0.021 * k
        sheet.box(x0, y, x1, y + 0.006, scene.tone((240, 226, 196), 0, 0.3))
    for k in range(3):
        x = -side * room.half * 0.94 + side * 0.14 * k
        a, b = sorted((x, x + side * 0.128))
        for drawer in range(4):
            y = 0.36 + 0.075 * drawer
            sheet.box(a, y, b, y + 0.069, scene.tone((128, 138, 128), 0.06, 0.2 + 0.08 * k))
            sheet.box((a + b) / 2 - 0.018, y + 0.02, (a + b) / 2 + 0.018, y + 0.03, scene.tone((226, 204, 150), 0.05))
    wall_clock(scene, -side * right * 0.16, 0.2, 0.046)
    picture(scene, -side * right * 0.44, 0.22, 0.26, 0.15)
    for s, foot in ((side, 0.97), (-side, 0.9)):
        x = s * right * 0.82
        table(scene, x, foot, 0.56, 0.21, (168, 116, 84))
        sheet.box(x - 0.1, foot - 0.36, x + 0.09, foot - 0.23, scene.tone((62, 66, 78), 0, 0.3), round_by=0.008)
        sheet.box(
            x - 0.088,
            foot - 0.349,
            x + 0.078,
            foot - 0.244,
            mix(scene.tone((110, 168, 168)), (170, 220, 214), 0.5),
            round_by=0.004,
        )
        sheet.box(x + 0.12, foot - 0.26, x + 0.2, foot - 0.228, scene.tone((238, 228, 206), 0, 0.2))
        lamp_on(scene, x - s * 0.2, foot - 0.228, 0.13, (96, 140, 120))


def living(scene: Scene) -> None:
    """A sofa, a floor lamp, books, pictures and a rug."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    room = shell(scene, dice.choice((SCHEMES[1], SCHEMES[0], SCHEMES[3], SCHEMES[2])))
    side, inner = _sides(scene)
    x0, x1 = sorted((inner, side * right * 0.5))
    window(scene, x0, x1, 0.16, 0.48, (2, 3))
    curtains(scene, x0, x1, 0.16, 0.48, dice.choice(((196, 96, 78), (92, 128, 124), (224, 182, 112))))
    for y in (0.24, 0.35, 0.46):
        a, b = sorted((-side * room.half * 0.94, -side * room.half * 0.46))
        shelf(scene, a, b, y, "books")
    rug(scene, 0.0, 0.87, 0.56, 0.085, dice.choice(((190, 96, 80), (82, 118, 122))))
    x, seat = side * right * 0.78, dice.choice(((202, 120, 84), (84, 126, 122), (150, 98, 110)))
    sheet.shadow([(x - 0.36, 0.92), (x + 0.36, 0.92), (x + 0.36, 0.96), (x - 0.36, 0.96)], 0.5)
    sheet.box(x - 0.3, 0.6, x + 0.3, 0.9, scene.tone(seat, 0, 0.45), round_by=0.035)
    sheet.box(x - 0.27, 0.745, x + 0.27, 0.83, scene.tone(seat, 0, 0.05), round_by=0.022)
    for s in (-1, 1):
        sheet.box(
            x + s * 0.27,
            0.69,
            x + s * 0.37,
            0.91,
            scene.tone(seat, 0, 0.25 if s == scene.light.side else 0.6),
            round_by=0.03,
        )
        sheet.box(x + s * 0.3 - 0.012, 0.905, x + s * 0.3 + 0.012, 0.945, scene.tone(WOOD, 0, 0.8))
    sheet.shape(
        [(x - side * 0.2, 0.66), (x - side * 0.08, 0.64), (x - side * 0.05, 0.75), (x - side * 0.18, 0.765)],
        scene.tone((240, 206, 130), 0, 0.15),
    )
    lamp_on(scene, -side * right * 0.84, 0.9, 0.44)
    plant(scene, -side * right * 0.62, 0.74, 0.24)
    picture(scene, side * right * 0.64, 0.3, 0.14, 0.18)


def interior(scene: Scene) -> None:
    """Any room: window, panelling, a cabinet and a chair's worth of furniture, arranged by its own seed."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    room = shell(scene, dice.choice(SCHEMES))
    for k in range(11):
        x = -room.half + k * room.half / 5
        sheet.line([(x, FOOT - 0.16), (x, FOOT - 0.03)], 0.003, scene.tone(room.wall, 0, 0.8), 150)
    sheet.box(-room.half, FOOT - 0.172, room.half, FOOT - 0.158, scene.tone(room.trim, 0, 0.35))
    side, inner = _sides(scene)
    x0, x1 = sorted((inner, side * right * 0.46))
    window(scene, x0, x1, 0.16, 0.44, dice.choice(((2, 2), (3, 2), (1, 2))), dice.choice(("land", "town")))
    if dice.random() < 0.6:
        curtains(scene, x0, x1, 0.16, 0.44, dice.choice(((196, 96, 78), (92, 128, 124), (224, 182, 112))))
    a, b = sorted((-side * room.half * 0.94, -side * room.half * 0.54))
    cupboard(scene, a, b, dice.choice((0.3, 0.46)), FOOT, dice.choice((WOOD, (118, 138, 130), (150, 100, 84))), 2, 0.05)
    picture(scene, -side * right * 0.22, 0.28, dice.uniform(0.14, 0.22), dice.uniform(0.13, 0.2))
    table(scene, side * right * 0.8, 0.94, 0.44, 0.23)
    lamp_on(scene, side * right * 0.84, 0.69, 0.16)
    plant(scene, -side * right * 0.88, 0.88, 0.36)
    pendant(scene, -side * right * 0.52, 0.2, 0.055, (214, 150, 84))
