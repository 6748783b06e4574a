"""Enclosed and vaulted spaces: tunnel and pipe, cave, cellar, corridor, tower stairs, lamp room, ship's bridge."""

from __future__ import annotations

import math

from narrative_assets.media.drawing.brush import Point, curve, oval_points
from narrative_assets.media.drawing.flora import stone
from narrative_assets.media.drawing.furniture import IRON, WOOD, pendant
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.rooms import FOOT, pane_grid, shell
from narrative_assets.media.drawing.stage import HORIZON, Scene, stars


def tunnel(scene: Scene) -> None:
    """A great pipe: rings that close on a far light, a flat floor, cables, signal colours where they are named."""
    right, sheet = scene.right, scene.sheet
    metal: RGB = (
        (110, 124, 132)
        if not scene.traits.has("brick", "sewer", "stone") or scene.traits.has("traffic")
        else (140, 108, 98)
    )
    vx, vy = 0.0, 0.47
    sheet.box(-right, 0, right, 1, scene.tone(metal, 0, 1.0))
    rings = 9
    for k in range(rings):
        reach = 1.32 * 0.735**k
        near = 1 - k / rings
        shade = 0.95 - 0.55 * (1 - near) if k % 2 else 0.75 - 0.55 * (1 - near)
        sheet.oval(vx, vy, reach, reach * 0.74, scene.tone(metal, 0, max(0.05, shade)))
        sheet.oval(
            vx,
            vy + reach * 0.008,
            reach * 0.972,
            reach * 0.72,
            scene.tone(mix(metal, (60, 66, 84), 0.25), 0, max(0.0, shade - 0.12)),
        )
        _rivets(scene, vx, vy, reach * 0.985, reach * 0.73, metal)
    end: RGB = (168, 240, 190) if scene.traits.has("traffic", "green") else (255, 232, 180)
    sheet.oval(vx, vy, 0.082, 0.061, end)
    sheet.glow(vx, vy, 0.6, 0.46, end, 0.5)
    deck: RGB = (136, 130, 128)
    sheet.graded(
        [(-0.075, vy + 0.034), (0.075, vy + 0.034), (right * 0.98, 1.02), (-right * 0.98, 1.02)],
        (mix(end, scene.tone(deck), 0.4), scene.tone(deck, 0, 0.3), scene.tone(deck, 0, 0.6)),
    )
    for k in range(8):
        y = vy + 0.05 + 0.5 * (k / 8) ** 1.7
        half = 0.075 + (y - vy - 0.034) / (0.986 - vy) * (right * 0.98 - 0.075)
        sheet.line([(-half, y), (half, y)], 0.0025, scene.tone(deck, 0, 1.0), 150)
    for side in (-1, 1):
        sheet.shape(
            [
                (side * 0.075, vy + 0.034),
                (side * 0.082, vy + 0.03),
                (side * right * 1.06, 0.99),
                (side * right * 0.96, 1.02),
            ],
            scene.tone((206, 164, 84), 0, 0.4),
        )
        for lift, local in ((0.12, (178, 84, 70)), (0.17, IRON)):
            cable = curve(
                [
                    (side * right * 1.02, vy - lift * 2.2),
                    (side * right * 0.55, vy - lift * 1.05),
                    (side * 0.09, vy - lift * 0.14),
                ],
                8,
            )
            sheet.stroke(
                cable, [0.016 * (1 - 0.85 * i / len(cable)) for i in range(len(cable))], scene.tone(local, 0, 0.4)
            )
    _signal_glow(scene)
    if scene.traits.has("dog", "doggy", "chihuahua", "puppy", "kennel"):
        _dog_beds(scene)


def _rivets(scene: Scene, cx: float, cy: float, rx: float, ry: float, metal: RGB) -> None:
    for k in range(14):
        angle = math.pi * (1.04 + 0.92 * k / 13)
        x, y = cx + rx * math.cos(angle), cy + ry * math.sin(angle)
        scene.sheet.oval(x, y, rx * 0.009, rx * 0.009, scene.tone(mix(metal, (240, 230, 210), 0.4), 0, 0.4))


def _signal_glow(scene: Scene) -> None:
    if not scene.traits.has("traffic", "signal"):
        for x in (-0.5, 0.5):
            pendant(scene, x, 0.14, 0.045, (206, 160, 90))
        return
    sheet, right = scene.sheet, scene.right
    for k, colour in enumerate(((250, 76, 58), (255, 184, 70), (104, 232, 150))):
        x, lit_up = right * (0.62 + 0.13 * k), k == 2
        y = 0.885 + 0.018 * k
        pad: RGB = colour if lit_up else mix(colour, (50, 44, 56), 0.62)
        sheet.shape(
            [(x - 0.085, y), (x + 0.062, y), (x + 0.085, y + 0.045), (x - 0.075, y + 0.045)], scene.tone(IRON, 0, 0.5)
        )
        sheet.shape(
            [(x - 0.073, y + 0.006), (x + 0.056, y + 0.006), (x + 0.074, y + 0.037), (x - 0.064, y + 0.037)], pad
        )
        if lit_up:
            sheet.glow(x, y, 0.26, 0.17, colour, 0.55)
    sheet.glow(-right * 0.9, 0.4, 0.7, 0.7, (250, 70, 60), 0.22)
    sheet.glow(right * 0.9, 0.5, 0.7, 0.7, (90, 220, 150), 0.16)
    x, y = -right * 0.56, 0.31
    sheet.box(x - 0.12, y - 0.06, x + 0.12, y + 0.06, scene.tone((44, 42, 52), 0, 0.3), round_by=0.012)
    for n, dx in enumerate((-0.075, 0.02, 0.075)):
        _digit(scene, x + dx, y, 0.02, (2, 0, 0)[n])
    for dy in (-0.018, 0.018):
        sheet.oval(x - 0.03, y + dy, 0.006, 0.006, (255, 82, 62))
    sheet.glow(x, y, 0.2, 0.15, (255, 70, 56), 0.45)


def _digit(scene: Scene, x: float, y: float, half: float, number: int) -> None:
    on = {0: "tlbrme"[:4] + "ce", 2: "trmlb"}[number] if number != 2 else "t1m2b"
    tall = half * 1.8
    bars: dict[str, tuple[Point, Point]] = {
        "t": ((x - half, y - tall), (x + half, y - tall)), "m": ((x - half, y), (x + half, y)), "b": ((x - half, y + tall), (x + half, y + tall)),
        "l": ((x - half, y - tall), (x - half, y)), "2": ((x - half, y), (x - half, y + tall)),
        "1": ((x + half, y - tall), (x + half, y)), "r": ((x + half, y), (x + half, y + tall)),
    }  # fmt: skip
    segments = on if number == 2 else "tbl21r"
    for name in segments:
        scene.sheet.line(list(bars[name]), 0.009, (255, 82, 62))


def _dog_beds(scene: Scene) -> None:
    sheet, right = scene.sheet, scene.right
    for share, y, wide, local in (
        (-0.86, 0.9, 0.17, (196, 92, 76)),
        (-0.56, 0.775, 0.1, (88, 132, 132)),
        (0.44, 0.76, 0.09, (226, 176, 92)),
        (-0.38, 0.69, 0.06, (150, 110, 130)),
    ):
        x = share * right
        sheet.oval(x, y + wide * 0.12, wide * 1.04, wide * 0.36, scene.tone((40, 34, 48), 0, 0.8), 120)
        sheet.oval(x, y, wide, wide * 0.36, scene.tone(local, 0, 0.65))
        sheet.oval(x, y - wide * 0.08, wide * 0.98, wide * 0.32, scene.tone(local, 0, 0.2))
        sheet.oval(x, y - wide * 0.06, wide * 0.7, wide * 0.2, scene.tone(local, 0, 0.85))
        sheet.oval(x, y - wide * 0.03, wide * 0.64, wide * 0.16, scene.tone((244, 226, 192), 0, 0.35))
    for x, y in ((-right * 0.66, 0.955), (right * 0.52, 0.845)):
        sheet.shape(
            [(x - 0.045, y - 0.03), (x + 0.045, y - 0.03), (x + 0.06, y), (x - 0.06, y)],
            scene.tone((204, 84, 70), 0, 0.25),
        )
        sheet.oval(x, y - 0.03, 0.045, 0.012, scene.tone((122, 82, 66), 0, 0.3))


def cave(scene: Scene) -> None:
    """Dark rock framing a bright mouth, fangs of stone above and below, a pool of light."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    rock: RGB = (112, 98, 108)
    sheet.graded(
        [(-right, 0), (right, 0), (right, 1), (-right, 1)], (scene.tone(rock, 0, 0.85), scene.tone(rock, 0, 0.4))
    )
    mx, my = dice.choice((-1, 1)) * 0.16, 0.44
    mouth = [
        (mx + px, my + py)
        for px, py in (
            (-0.2, 0.2),
            (-0.235, 0.02),
            (-0.14, -0.14),
            (0.0, -0.19),
            (0.15, -0.12),
            (0.22, 0.04),
            (0.2, 0.2),
        )
    ]
    sheet.shape([(x * 1.35 - mx * 0.35, y * 1.2 - my * 0.2) for x, y in curve(mouth, 5)], scene.tone(rock, 0, 0.25))
    sheet.graded(curve(mouth, 5), scene.light.sky)
    if scene.light.stars:
        sheet.oval(mx + 0.06, my - 0.08, 0.022, 0.022, scene.light.disc)
    sheet.shape(
        [(mx - 0.21, my + 0.2), (mx - 0.1, my + 0.13), (mx + 0.05, my + 0.16), (mx + 0.2, my + 0.2)],
        mix(scene.tone((96, 120, 104)), scene.light.haze, 0.5),
    )
    sheet.glow(mx, my, 0.7, 0.55, scene.light.sky[2], 0.34)
    sheet.graded(
        [(-right, 0.64), (right, 0.62), (right, 1.02), (-right, 1.02)],
        (scene.tone(rock, 0, 0.2), scene.tone(rock, 0, 0.7)),
    )
    sheet.beam([(mx - 0.2, 0.64), (mx + 0.2, 0.64), (mx + 0.42, 0.98), (mx - 0.5, 0.98)], scene.light.sky[2], 0.28, 2)
    for layer, shade in ((0, 0.6), (1, 1.0)):
        for k in range(13):
            x = -right * 1.05 + k * right * 0.175
            edge = abs(x) / right
            tall, half = (
                (0.05 + 0.26 * edge * edge) * dice.uniform(0.5, 1.2) + 0.05 * (1 - layer),
                dice.uniform(0.04, 0.09),
            )
            sheet.shape(
                [(x - half, -0.02), (x + half, -0.02), (x + dice.uniform(-0.02, 0.02), tall)],
                scene.tone(rock, 0, shade),
            )
    for side in (-1, 1):
        wall = curve(
            [
                (side * right * 1.05, 0.0),
                (side * right * 0.8, 0.2),
                (side * right * 0.86, 0.5),
                (side * right * 0.7, 0.72),
                (side * right * 1.05, 0.9),
            ],
            6,
        )
        sheet.shape([*wall, (side * right * 1.1, 1.02), (side * right * 1.1, -0.02)], scene.tone(rock, 0, 1.0))
        stone(scene, side * right * 0.72, 0.84, 0.08, rock)
        stone(scene, side * right * 0.92, 0.96, 0.15, rock)


def cellar(scene: Scene) -> None:
    """A brick vault with barrels and crates, a lamp, steps into the dark."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    brick: RGB = (150, 108, 92)
    room = shell(scene, (brick, (122, 96, 88), (124, 112, 106)), "tiles")
    for row in range(12):
        for col in range(15):
            if dice.random() < 0.32:
                x = -room.half + (col + 0.5 * (row % 2)) * room.half / 7.5
                y = 0.1 + row * 0.045
                sheet.box(
                    x,
                    y,
                    min(room.half, x + room.half / 7.5 - 0.006),
                    y + 0.038,
                    scene.tone(mix(brick, dice.choice(((196, 146, 116), (108, 76, 74))), 0.5), 0, 0.35),
                    150,
                )
    for k in range(3):
        x = (k - 1) * room.half * 0.66
        sheet.shape(
            oval_points(x, 0.3, 0.2, 0.2, 180, 360) + [(x + 0.2, FOOT), (x - 0.2, FOOT)],
            scene.tone((66, 50, 58), 0, 0.55),
        )
        ring = oval_points(x, 0.3, 0.2, 0.2, 180, 360)
        for i in range(0, len(ring) - 1, 2):
            sheet.line([ring[i], ring[i + 1]], 0.022, scene.tone((196, 156, 126), 0, 0.4))
    for side in (-1, 1):
        for share, foot, size in ((0.6, 0.76, 0.1), (0.86, 0.92, 0.16)):
            _barrel(scene, side * right * share, foot, size)
    pendant(scene, 0.34 * dice.choice((-1, 1)), 0.24, 0.05, (92, 118, 112))
    sheet.glow(0, 0.7, 0.8, 0.4, (255, 196, 124), 0.16)


def _barrel(scene: Scene, x: float, foot: float, size: float) -> None:
    sheet = scene.sheet
    body = curve(
        [
            (x - size * 0.7, foot),
            (x - size * 0.9, foot - size),
            (x - size * 0.7, foot - size * 2),
            (x + size * 0.7, foot - size * 2),
            (x + size * 0.9, foot - size),
            (x + size * 0.7, foot),
        ],
        1,
    )
    sheet.graded(body, (scene.tone((176, 118, 80), 0, 0.15), scene.tone((176, 118, 80), 0, 0.9)), across=True)
    for y in (0.3, 1.0, 1.7):
        half = 0.9 if y == 1.0 else 0.79
        sheet.box(
            x - size * half,
            foot - size * y - size * 0.06,
            x + size * half,
            foot - size * y + size * 0.06,
            scene.tone(IRON, 0, 0.5),
        )
    sheet.oval(x, foot - size * 2, size * 0.7, size * 0.16, scene.tone((206, 150, 106), 0, 0.25))


def corridor(scene: Scene) -> None:
    """A passage in deep perspective: doors to both sides, lamps overhead, a far window."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    wall, trim, floor = dice.choice(
        (
            ((152, 164, 156), (232, 222, 196), (150, 120, 106)),
            ((196, 160, 122), (240, 222, 190), (126, 96, 90)),
            ((128, 140, 158), (224, 218, 204), (120, 112, 118)),
        )
    )
    vy, half, top, foot = 0.44, 0.17, 0.27, 0.585
    out = right * 1.04
    sheet.shape([(-out, -0.5), (out, -0.5), (half, top), (-half, top)], scene.tone(trim, 0, 0.55))
    sheet.graded(
        [(-half, foot), (half, foot), (out, 1.34), (-out, 1.34)],
        (scene.tone(floor, 0, 0.05), scene.tone(floor, 0, 0.6)),
    )
    for side in (-1, 1):
        sheet.graded(
            [(side * half, top), (side * out, -0.5), (side * out, 1.34), (side * half, foot)],
            (scene.tone(wall, 0, 0.1 if side != scene.light.side else 0.3), scene.tone(wall, 0, 0.85)),
            across=side > 0,
        )
        for near, far in ((0.98, 0.76), (0.62, 0.48), (0.4, 0.31)):
            _door(scene, side, near * right, far * right, vy, half, top, foot)
    sheet.box(-half, top, half, foot, scene.tone(wall, 0, 0.05))
    sheet.graded([(-0.07, top + 0.06), (0.07, top + 0.06), (0.07, foot - 0.08), (-0.07, foot - 0.08)], scene.light.sky)
    sheet.glow(0, 0.42, 0.34, 0.3, scene.light.sky[2], 0.14 if scene.light.lamps else 0.4)
    sheet.beam(
        [(-0.1, foot), (0.1, foot), (0.42, 1.0), (-0.42, 1.0)],
        mix(scene.light.direct, scene.light.sky[2], 0.3),
        0.1 if scene.light.lamps else 0.22,
        2,
    )
    for k, y in enumerate((0.235, 0.17, 0.05)):
        wide = 0.03 + 0.045 * k
        glass: RGB = (255, 240, 206) if scene.light.lamps else scene.tone((246, 240, 224), 0, 0.2)
        sheet.oval(0, y, wide, wide * 0.24, glass)
        scene.lamp(0, y + 0.02, 0.2 + 0.12 * k, strength=0.55)
        if scene.light.lamps:
            sheet.glow(0, 0.66 + 0.13 * k, 0.22 + 0.2 * k, 0.06, (255, 206, 140), 0.25)


def _door(scene: Scene, side: int, near: float, far: float, vy: float, half: float, top: float, foot: float) -> None:
    sheet = scene.sheet

    def at(x: float, up: float) -> Point:
        scale = x / half
        high, low = vy + (top - vy) * scale, vy + (foot - vy) * scale
        return (side * x, low + (high - low) * up)

    local: RGB = (168, 92, 76)
    sheet.shape(
        [at(near * 1.02, 0.78), at(far * 0.98, 0.78), at(far * 0.98, 0), at(near * 1.02, 0)],
        scene.tone((240, 228, 200), 0, 0.45),
    )
    sheet.shape([at(near, 0.76), at(far, 0.76), at(far, 0), at(near, 0)], scene.tone(local, 0, 0.5))
    for low, high in ((0.08, 0.36), (0.42, 0.7)):
        a, b = near - (near - far) * 0.18, far + (near - far) * 0.14
        sheet.shape([at(a, high), at(b, high), at(b, low), at(a, low)], scene.tone(local, 0, 0.75))
    x, y = at(far + (near - far) * 0.1, 0.39)
    sheet.oval(x, y, near * 0.008, near * 0.008, scene.tone((240, 204, 120)))


def stairs(scene: Scene) -> None:
    """Inside a round tower: curved stone, a stair that winds up both sides, a slit window and its shaft."""
    right, sheet, dice = scene.right, scene.sheet, scene.dice
    rock: RGB = (186, 172, 152)
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
    sheet, right = scene.sheet, scene.right
    for k in range(11):
        t = k / 11
        x0, x1 = side * right * (0.4 + 0.62 * t), side * right * (0.4 + 0.62 * (t + 1 / 11) + 0.02)
        y = 0.70 - 0.52 * t
        a, b = sorted((x0, x1))
        sheet.box(a, y, b, y + 0.34 + 0.1 * t, scene.tone(rock, 0, 0.62))
        sheet.box(a, y - 0.012, b, y + 0.004, scene.tone(rock, 0, 0.0))
    sheet.shape(
        [
            (side * right * 0.4, 0.714),
            (side * right * 1.06, 0.55),
            (side * right * 1.06, 1.0),
            (side * right * 0.72, 0.82),
        ],
        scene.tone(rock, 0, 0.85),
    )
    rail = [(side * right * 0.41, 0.53), (side * right * 1.04, 0.0)]
    sheet.line(rail, 0.01, scene.tone(IRON, 0, 0.5))
    for k in range(6):
        t = k / 5
        x = side * right * (0.42 + 0.6 * t)
        sheet.line([(x, 0.69 - 0.5 * t), (x, 0.525 - 0.5 * t)], 0.006, scene.tone(IRON, 0, 0.5))


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
