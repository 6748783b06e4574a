"""Plates of the city: street and intersection, the skyline, signals."""

from __future__ import annotations

from collections.abc import Callable

from narrative_assets.media.drawing.furniture import IRON, street_lamp
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.stage import HORIZON, Scene, ground, sky

WALLS: tuple[RGB, ...] = (
    (206, 128, 96), (222, 186, 134), (126, 146, 150), (186, 98, 84), (232, 214, 178), (148, 122, 132), (112, 128, 120),
)  # fmt: skip
GLASS_LIT: RGB = (255, 214, 132)


def skyline(scene: Scene, depth: float, tall: float, base: float = HORIZON + 0.005) -> None:
    """A far row of blocks with a few lit windows."""
    sheet, dice = scene.sheet, scene.dice
    x = sheet.left
    while x < sheet.right:
        wide, high = dice.uniform(0.05, 0.12), tall * dice.uniform(0.35, 1.0)
        local = mix(dice.choice(WALLS), (110, 120, 146), 0.6)
        sheet.box(x, base - high, x + wide, base, scene.tone(local, depth, 0.6))
        lit_side = x + wide * 0.72 if scene.light.side > 0 else x
        sheet.box(lit_side, base - high, lit_side + wide * 0.28, base, scene.tone(local, depth, 0.1))
        crown = dice.random()
        if crown < 0.3:
            sheet.box(x + wide * 0.3, base - high - 0.02, x + wide * 0.62, base - high, scene.tone(local, depth, 0.7))
        elif crown < 0.45:
            sheet.line(
                [(x + wide * 0.5, base - high), (x + wide * 0.5, base - high - 0.06)],
                0.003,
                scene.tone(local, depth, 0.8),
            )
        marks = [(x + wide * dice.uniform(0.1, 0.85), base - high * dice.uniform(0.2, 0.92)) for _ in range(7)]
        for px, py in marks:
            if scene.light.lamps:
                sheet.box(px, py, px + 0.006, py + 0.009, mix(GLASS_LIT, scene.light.haze, depth * 0.4))
        x += wide * dice.uniform(0.9, 1.15)


def _facade(scene: Scene, near: float, far: float, tall: float, local: RGB, shade: float, depth: float) -> None:
    """A house front along a street that runs to the middle; ``tall`` is its height over its distance."""
    sheet, dice = scene.sheet, scene.dice

    def at(x: float, up: float) -> tuple[float, float]:
        foot = HORIZON + abs(x) * 0.22
        return (x, foot - (abs(x) * (tall + 0.22)) * up)

    sheet.graded(
        [at(near, 1), at(far, 1), at(far, 0), at(near, 0)],
        (scene.tone(local, depth, shade), scene.tone(local, depth + 0.06, shade + 0.12)),
    )
    sheet.shape(
        [at(near, 1.035), at(far, 1.035), at(far, 1), at(near, 1)],
        scene.tone(mix(local, (250, 240, 220), 0.4), depth, shade),
    )
    columns, rows = max(2, round(abs(near - far) / abs(near) * 9)), max(3, round(tall * 4.4))
    for c in range(columns):
        a = near * (far / near) ** ((c + 0.24) / columns)
        b = near * (far / near) ** ((c + 0.74) / columns)
        for r in range(1, rows):
            low, high = (r + 0.18) / rows, (r + 0.74) / rows
            glow, warmth = dice.random() < 0.42, dice.random() * 0.4
            pane = (
                mix(GLASS_LIT, (214, 120, 76), warmth)
                if glow and scene.light.lamps
                else scene.tone((70, 84, 104), depth, 0.2)
            )
            if not scene.light.lamps and glow:
                pane = mix(pane, scene.light.sky[1], 0.35)
            sheet.shape([at(a, high), at(b, high), at(b, low), at(a, low)], pane)
            sheet.shape(
                [at(a, low), at(b, low), at(b, low - 0.03 / rows * 2), at(a, low - 0.03 / rows * 2)],
                scene.tone(mix(local, (250, 240, 220), 0.5), depth, shade),
            )
    _shop_front(scene, at, near, far, rows, local, depth)


def _shop_front(
    scene: Scene,
    at: Callable[[float, float], tuple[float, float]],
    near: float,
    far: float,
    rows: int,
    local: RGB,
    depth: float,
) -> None:
    sheet, dice = scene.sheet, scene.dice
    up = 0.86 / rows
    a, b = near * (far / near) ** 0.08, near * (far / near) ** 0.92
    glass = mix(GLASS_LIT, (230, 150, 90), 0.2) if scene.light.lamps else scene.tone((58, 72, 86), depth, 0.2)
    sheet.shape([at(a, up * 0.8), at(b, up * 0.8), at(b, 0.02), at(a, 0.02)], glass)
    sheet.shape([at(a, up * 0.16), at(b, up * 0.16), at(b, 0), at(a, 0)], scene.tone(local, depth, 0.9))
    awning = dice.choice(((196, 84, 70), (74, 124, 118), (224, 168, 84), (108, 88, 112)))
    sheet.shape(
        [at(a, up * 1.12), at(b, up * 1.12), at(b * 0.96, up * 0.78), at(a * 0.94, up * 0.74)],
        scene.tone(awning, depth, 0.2),
    )
    if scene.light.lamps:
        x, y = at((a + b) / 2, up * 0.4)
        sheet.glow(x, y, abs(a - b) * 1.2, 0.16, (255, 178, 100), 0.4)


def street(scene: Scene) -> None:
    """A street that runs to the horizon between fronts, skyline beyond; signals where traffic is named."""
    dice, right = scene.dice, scene.right
    crossing = scene.traits.has("traffic", "intersection", "crossing", "crosswalk", "junction")
    sky(scene, clouds=3)
    skyline(scene, 0.62, 0.26)
    skyline(scene, 0.46, 0.12)
    ground(scene, (122, 118, 122), far=0.35)
    _roadway(scene, crossing)
    edges = (0.26, 0.36, 0.52, 0.74, 1.06)
    for side in (-1, 1):
        walls = dice.sample(WALLS, 4)
        shade = 0.72 if side == scene.light.side else 0.08
        for k in range(4):
            far, near = side * right * edges[k], side * right * edges[k + 1] * 0.985
            _facade(scene, near, far, dice.uniform(0.5, 0.95), walls[k], shade, 0.34 - 0.09 * k)
    for side in (-1, 1):
        street_lamp(scene, side * right * 0.46, 0.735, 0.36)
    if crossing:
        signal(scene, -right * 0.66, 0.87, 0.7, 1)
        signal(scene, right * 0.36, 0.70, 0.3, -1)


def _roadway(scene: Scene, crossing: bool) -> None:
    sheet, right = scene.sheet, scene.right
    walk, road = scene.tone((206, 196, 178), 0.04, 0.1), (92, 92, 104)
    for side in (-1, 1):
        sheet.shape(
            [
                (side * 0.12, HORIZON + 0.022),
                (side * right * 1.1, HORIZON + 0.24),
                (side * right * 1.1, 1.02),
                (side * right * 0.86, 1.02),
            ],
            walk,
        )
        sheet.shape(
            [
                (side * 0.112, HORIZON + 0.022),
                (side * 0.12, HORIZON + 0.022),
                (side * right * 0.86, 1.02),
                (side * right * 0.81, 1.02),
            ],
            scene.tone((232, 224, 206), 0.02),
        )
    sheet.graded(
        [(-0.11, HORIZON + 0.02), (0.11, HORIZON + 0.02), (right * 0.81, 1.02), (-right * 0.81, 1.02)],
        (scene.tone(road, 0.3), scene.tone(road, 0.06, 0.2), scene.tone(road, 0, 0.5)),
    )
    paint = scene.tone((240, 230, 206), 0.05, 0.2)
    for k in range(6):
        y0, y1 = HORIZON + 0.03 + 0.42 * (k / 6) ** 1.7, HORIZON + 0.03 + 0.42 * ((k + 0.5) / 6) ** 1.7
        sheet.shape(
            [
                (-(y0 - HORIZON) * 0.03, y0),
                ((y0 - HORIZON) * 0.03, y0),
                ((y1 - HORIZON) * 0.03, y1),
                (-(y1 - HORIZON) * 0.03, y1),
            ],
            mix(paint, (236, 186, 84), 0.55),
        )
    if crossing:
        sheet.shape(
            [(-right * 1.1, 0.672), (right * 1.1, 0.672), (right * 1.1, 0.758), (-right * 1.1, 0.758)],
            scene.tone(road, 0.14, 0.1),
        )
        for k in range(-7, 8):
            x = k * 0.115
            sheet.shape(
                [(x * 1.05 - 0.03, 0.80), (x * 1.05 + 0.03, 0.80), (x * 1.3 + 0.04, 0.90), (x * 1.3 - 0.04, 0.90)],
                paint,
                210,
            )


def signal(scene: Scene, x: float, foot: float, tall: float, reach: int) -> None:
    """A traffic signal on a mast whose arm reaches over the road, red on."""
    sheet, k = scene.sheet, tall
    post = scene.tone(IRON, 0.05, 0.4)
    sheet.stroke([(x, foot), (x, foot - k * 0.5), (x, foot - k)], (0.018 * k, 0.013 * k, 0.011 * k), post)
    sheet.box(x - 0.03 * k, foot - 0.03 * k, x + 0.03 * k, foot, post)
    sheet.stroke(
        [(x, foot - k * 0.96), (x + reach * 0.2 * k, foot - k * 0.985), (x + reach * 0.42 * k, foot - k * 0.97)],
        (0.012 * k, 0.01 * k, 0.008 * k),
        post,
    )
    for hx, hy in ((x + reach * 0.42 * k, foot - k * 0.9), (x + reach * 0.03 * k, foot - k * 0.62)):
        w, h = 0.042 * k, 0.105 * k
        sheet.box(hx - w, hy - h, hx + w, hy + h, scene.tone((214, 160, 66), 0.02, 0.2), round_by=0.016 * k)
        sheet.box(
            hx - w * 0.78,
            hy - h * 0.9,
            hx + w * 0.78,
            hy + h * 0.9,
            scene.tone((48, 46, 56), 0, 0.3),
            round_by=0.012 * k,
        )
        for n, colour in enumerate(((238, 74, 58), (108, 84, 44), (48, 92, 66))):
            cy = hy + (n - 1) * h * 0.58
            sheet.oval(hx, cy, w * 0.56, w * 0.56, colour if n == 0 else scene.tone(colour))
        sheet.glow(
            hx, hy - h * 0.58, 0.13 * k + 0.03, 0.13 * k + 0.03, (255, 70, 48), 0.7 if scene.light.lamps else 0.35
        )
