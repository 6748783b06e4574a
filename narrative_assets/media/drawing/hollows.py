"""Enclosed and vaulted spaces: tunnel and pipe with what stands in it, cave, cellar, corridor."""

from __future__ import annotations

import math

from narrative_assets.media.drawing.brush import Point, curve, oval_points
from narrative_assets.media.drawing.flora import stone
from narrative_assets.media.drawing.furniture import IRON, WOOD, pendant
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.rooms import FOOT, shell
from narrative_assets.media.drawing.stage import Scene, cast, shown


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
        deep = 0.30 * k / rings
        band = mix(metal, (52, 58, 76), 0.42 if k % 2 else 0.0)
        sheet.oval(vx, vy, reach, reach * 0.74, scene.tone(mix(metal, (232, 226, 206), 0.22), 0, 0.85 - deep))
        sheet.oval(vx, vy + reach * 0.008, reach * 0.978, reach * 0.724, scene.tone(band, 0, 0.80 - deep * 1.6))
        _rivets(scene, vx, vy, reach * 0.989, reach * 0.732, metal)
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
        for side in (-1, 1):
            pendant(scene, side * min(0.5, scene.right * 0.6), 0.14, 0.045, (206, 160, 90))
        return
    sheet, right = scene.sheet, scene.right
    by = min(1.0, right / 0.75)
    for k, colour in enumerate(((250, 76, 58), (255, 184, 70), (104, 232, 150))):
        with sheet.moved((0, 0.93), (right * (0.62 + 0.13 * k) - (1 - by) * 0.08, 0.93), by):
            _floor_panel(scene, 0.885 + 0.018 * k, colour, lit_up=k == 2)
    sheet.glow(-right * 0.9, 0.4, 0.7, 0.7, (250, 70, 60), 0.22)
    sheet.glow(right * 0.9, 0.5, 0.7, 0.7, (90, 220, 150), 0.16)
    # An upright frame has its room above the heads.
    with sheet.moved((0, 0), (-shown(scene, 0.56, 0.13), 0.31 if right > 0.4 else 0.18), 1.0):
        _wall_clock(scene)


def _floor_panel(scene: Scene, y: float, colour: RGB, *, lit_up: bool) -> None:
    sheet = scene.sheet
    pad: RGB = colour if lit_up else mix(colour, (50, 44, 56), 0.62)
    sheet.shape([(-0.085, y), (0.062, y), (0.085, y + 0.045), (-0.075, y + 0.045)], scene.tone(IRON, 0, 0.5))
    sheet.shape([(-0.073, y + 0.006), (0.056, y + 0.006), (0.074, y + 0.037), (-0.064, y + 0.037)], pad)
    if lit_up:
        sheet.glow(0, y, 0.26, 0.17, colour, 0.55)


def _wall_clock(scene: Scene) -> None:
    """Red figures on a dark case, around (0, 0)."""
    sheet = scene.sheet
    sheet.box(-0.12, -0.06, 0.12, 0.06, scene.tone((44, 42, 52), 0, 0.3), round_by=0.012)
    for x, number in ((-0.075, 2), (0.02, 0), (0.075, 0)):
        _digit(scene, x, 0, 0.02, number)
    for y in (-0.018, 0.018):
        sheet.oval(-0.03, y, 0.006, 0.006, (255, 82, 62))
    sheet.glow(0, 0, 0.2, 0.15, (255, 70, 56), 0.45)


def _digit(scene: Scene, x: float, y: float, half: float, number: int) -> None:
    on = {0: "tlbrme"[:4] + "ce", 2: "trmlb"}[number] if number != 2 else "t1m2b"
    tall = half * 1.8
    bars: dict[str, tuple[Point, Point]] = {
        "t": ((x - half, y - tall), (x + half, y - tall)),
        "m": ((x - half, y), (x + half, y)),
        "b": ((x - half, y + tall), (x + half, y + tall)),
        "l": ((x - half, y - tall), (x - half, y)),
        "2": ((x - half, y), (x - half, y + tall)),
        "1": ((x + half, y - tall), (x + half, y)),
        "r": ((x + half, y), (x + half, y + tall)),
    }
    segments = on if number == 2 else "tbl21r"
    for name in segments:
        scene.sheet.line(list(bars[name]), 0.009, (255, 82, 62))


def _dog_beds(scene: Scene) -> None:
    right = scene.right
    beds: tuple[tuple[float, float, float, RGB], ...] = (
        (-0.36, 0.685, 0.055, (150, 110, 130)),
        (0.45, 0.735, 0.080, (226, 176, 92)),
        (-0.58, 0.780, 0.105, (88, 132, 132)),
        (-0.84, 0.915, 0.170, (196, 92, 76)),
    )
    by = min(1.0, right / 0.6)
    for share, y, wide, local in beds:
        _dog_bed(scene, share * right, y, wide * by, local)
    for x, y in ((-right * 0.58, 0.965), (right * 0.56, 0.835)):
        cast(scene, x, y, 0.06)
        scene.sheet.shape(
            [(x - 0.045, y - 0.034), (x + 0.045, y - 0.034), (x + 0.06, y), (x - 0.06, y)],
            scene.tone((204, 84, 70), 0, 0.25),
        )
        scene.sheet.oval(x, y - 0.034, 0.045, 0.013, scene.tone((122, 82, 66), 0, 0.3))


def _dog_bed(scene: Scene, x: float, y: float, wide: float, local: RGB) -> None:
    """A round basket: high back rim, cushion, low front rim with a bone on it."""
    sheet = scene.sheet
    cast(scene, x, y + wide * 0.2, wide * 1.05)
    back = [*oval_points(x, y, wide, wide * 0.52, 180, 360), *oval_points(x, y, wide, wide * 0.28, 0, 180)]
    sheet.shape(back, scene.tone(local, 0, 0.75))
    sheet.oval(x, y, wide * 0.82, wide * 0.25, scene.tone(local, 0, 1.0))
    sheet.oval(x, y + wide * 0.05, wide * 0.76, wide * 0.19, scene.tone((246, 228, 194), 0, 0.2))
    front = curve(
        [
            (x - wide, y - wide * 0.06),
            (x - wide * 0.62, y + wide * 0.10),
            (x, y + wide * 0.16),
            (x + wide * 0.62, y + wide * 0.10),
            (x + wide, y - wide * 0.06),
            (x + wide * 0.86, y + wide * 0.30),
            (x, y + wide * 0.42),
            (x - wide * 0.86, y + wide * 0.30),
        ],
        5,
        closed=True,
    )
    sheet.shape(front, scene.tone(local, 0, 0.2))
    bone = scene.tone((250, 240, 218), 0, 0.15)
    sheet.box(x - wide * 0.16, y + wide * 0.25, x + wide * 0.16, y + wide * 0.31, bone)
    for dx in (-0.18, 0.18):
        for dy in (0.235, 0.32):
            sheet.oval(x + dx * wide, y + dy * wide, wide * 0.05, wide * 0.045, bone)


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
            [*oval_points(x, 0.3, 0.2, 0.2, 180, 360), (x + 0.2, FOOT), (x - 0.2, FOOT)],
            scene.tone((66, 50, 58), 0, 0.55),
        )
        sheet.graded(
            [*oval_points(x, 0.33, 0.17, 0.17, 180, 360), (x + 0.17, FOOT), (x - 0.17, FOOT)],
            (scene.tone((70, 54, 62), 0, 0.7), scene.tone((124, 92, 80), 0, 0.35)),
        )
        if k != 1:
            _wine_rack(scene, x)
        ring = oval_points(x, 0.3, 0.2, 0.2, 180, 360)
        for i in range(0, len(ring) - 1, 2):
            sheet.line([ring[i], ring[i + 1]], 0.022, scene.tone((196, 156, 126), 0, 0.4))
    for side in (-1, 1):
        for share, foot, size in ((0.6, 0.76, 0.1), (0.86, 0.92, 0.16)):
            _barrel(scene, side * right * share, foot, size)
    pendant(scene, 0.34 * dice.choice((-1, 1)), 0.24, 0.05, (92, 118, 112))
    sheet.glow(0, 0.7, 0.8, 0.4, (255, 196, 124), 0.16)


def _wine_rack(scene: Scene, x: float) -> None:
    sheet = scene.sheet
    for row in range(4):
        y = 0.40 + 0.066 * row
        sheet.box(x - 0.15, y + 0.046, x + 0.15, y + 0.056, scene.tone(WOOD, 0, 0.45))
        for k in range(5):
            cx, local = x - 0.12 + 0.06 * k, scene.dice.choice(((74, 104, 84), (122, 62, 62), (88, 74, 92)))
            sheet.oval(cx, y + 0.022, 0.022, 0.022, scene.tone(local, 0, 0.35))
            sheet.oval(cx, y + 0.022, 0.009, 0.009, scene.tone((214, 176, 120), 0, 0.3))


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
