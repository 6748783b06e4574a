"""Things made by people that dress a place: benches, lamps, tables, shelves, windows, beds."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import oval_points
from narrative_assets.media.drawing.palette import LAMP, RGB, mix
from narrative_assets.media.drawing.stage import Scene, cast

WOOD: RGB = (172, 118, 82)
IRON: RGB = (62, 62, 74)


def bench(scene: Scene, x: float, foot: float, wide: float, local: RGB = (190, 112, 74)) -> None:
    """A slatted park bench seen from the front."""
    sheet, half = scene.sheet, wide / 2
    cast(scene, x, foot, half)
    for leg in (-0.82, 0.82):
        sheet.box(x + leg * half - 0.007, foot - 0.13, x + leg * half + 0.007, foot, scene.tone(IRON, 0.05, 0.4))
    for y in (0.135, 0.105):
        sheet.box(x - half, foot - y - 0.009, x + half, foot - y + 0.009, scene.tone(local, 0.04, 0.1), round_by=0.004)
    sheet.box(x - half * 1.04, foot - 0.068, x + half * 1.04, foot - 0.05, scene.tone(local, 0.04, 0.0), round_by=0.005)
    sheet.box(x - half * 1.04, foot - 0.05, x + half * 1.04, foot - 0.04, scene.tone(local, 0.04, 0.8))


def street_lamp(scene: Scene, x: float, foot: float, tall: float) -> None:
    """A park lamp: post, collar and globe."""
    sheet, top = scene.sheet, foot - tall
    post = scene.tone(IRON, 0.12, 0.4)
    cast(scene, x, foot, 0.03)
    sheet.stroke([(x, foot), (x, foot - tall * 0.15), (x, top)], (0.011, 0.006, 0.004), post)
    sheet.box(x - 0.016, foot - 0.012, x + 0.016, foot, post, round_by=0.004)
    glass = mix(LAMP, (255, 255, 240), 0.5) if scene.light.lamps else scene.tone((240, 234, 216), 0.1)
    sheet.oval(x, top - 0.024, 0.025, 0.027, glass)
    sheet.shape(oval_points(x, top - 0.04, 0.022, 0.02, 180, 360), post)
    sheet.box(x - 0.014, top - 0.002, x + 0.014, top + 0.006, post)
    scene.lamp(x, top - 0.02, 0.27, strength=0.8)
    if scene.light.lamps:
        sheet.glow(x, foot + 0.02, 0.3, 0.07, (255, 196, 120), 0.35)


def table(scene: Scene, x: float, foot: float, wide: float, tall: float, local: RGB = WOOD) -> None:
    """A table with tapered legs and a bright top edge."""
    sheet, half, top = scene.sheet, wide / 2, foot - tall
    cast(scene, x, foot, half)
    for leg in (-0.84, 0.84):
        sheet.shape(
            [
                (x + leg * half - 0.012, top),
                (x + leg * half + 0.012, top),
                (x + leg * half * 1.06 + 0.005, foot),
                (x + leg * half * 1.06 - 0.005, foot),
            ],
            scene.tone(local, 0, 0.8),
        )
    sheet.shape(
        [
            (x - half * 0.94, top - 0.018),
            (x + half * 0.94, top - 0.018),
            (x + half * 1.03, top),
            (x - half * 1.03, top),
        ],
        scene.tone(local, 0, 0.0),
    )
    sheet.box(x - half * 1.03, top, x + half * 1.03, top + 0.016, scene.tone(local, 0, 0.55))


def cupboard(
    scene: Scene, x0: float, x1: float, top: float, foot: float, local: RGB, doors: int = 2, depth: float = 0.1
) -> None:
    """A low or tall cabinet with doors and knobs."""
    sheet = scene.sheet
    sheet.box(x0, top, x1, foot, scene.tone(local, depth, 0.45))
    step = (x1 - x0) / max(1, doors)
    for k in range(doors):
        a, b = x0 + k * step, x0 + (k + 1) * step
        sheet.box(a + 0.008, top + 0.012, b - 0.008, foot - 0.012, scene.tone(local, depth, 0.2))
        knob = b - 0.022 if k % 2 == 0 else a + 0.022
        sheet.oval(knob, (top + foot) / 2, 0.005, 0.005, scene.tone((236, 204, 130), depth))
    sheet.box(x0 - 0.008, top - 0.014, x1 + 0.008, top, scene.tone(mix(local, (250, 240, 220), 0.35), depth))


def shelf(scene: Scene, x0: float, x1: float, y: float, load: str = "jars", depth: float = 0.12) -> None:
    """A wall shelf with jars, books, bottles or boxes on it."""
    sheet, dice = scene.sheet, scene.dice
    x = x0 + 0.012
    colours: tuple[RGB, ...] = (
        (198, 92, 72),
        (226, 176, 88),
        (86, 128, 128),
        (232, 218, 190),
        (114, 92, 112),
        (140, 150, 92),
    )
    while x < x1 - 0.03:
        wide, tall = _goods_size(scene, load)
        wide = min(wide, x1 - 0.01 - x)
        local = dice.choice(colours)
        sheet.box(
            x,
            y - tall,
            x + wide,
            y,
            scene.tone(local, depth, 0.3),
            round_by=0.0 if load in ("books", "boxes") else 0.006,
        )
        if load == "bottles":
            sheet.box(
                x + wide * 0.34, y - tall - 0.028, x + wide * 0.66, y - tall + 0.004, scene.tone(local, depth, 0.5)
            )
        if load == "jars":
            sheet.box(
                x + wide * 0.1,
                y - tall - 0.007,
                x + wide * 0.9,
                y - tall + 0.003,
                scene.tone((236, 226, 202), depth, 0.3),
            )
        sheet.box(
            x + wide * 0.12, y - tall * 0.9, x + wide * 0.3, y - tall * 0.12, scene.tone((255, 250, 240), depth), 70
        )
        x += wide + (0.002 if load == "books" else dice.uniform(0.006, 0.02))
        if load == "books" and dice.random() < 0.12:
            x += 0.03
    sheet.box(x0, y, x1, y + 0.011, scene.tone(WOOD, depth, 0.25))
    sheet.box(x0, y + 0.011, x1, y + 0.019, scene.tone(WOOD, depth, 1.0), 150)


def _goods_size(scene: Scene, load: str) -> tuple[float, float]:
    dice = scene.dice
    if load == "books":
        return dice.uniform(0.011, 0.024), dice.uniform(0.06, 0.088)
    if load == "bottles":
        return dice.uniform(0.02, 0.028), dice.uniform(0.05, 0.07)
    if load == "boxes":
        return dice.uniform(0.04, 0.09), dice.uniform(0.04, 0.075)
    return dice.uniform(0.026, 0.042), dice.uniform(0.03, 0.055)


def pendant(scene: Scene, x: float, y: float, size: float, local: RGB, from_y: float = 0.0) -> None:
    """A hanging lamp with a cone of light at night."""
    sheet = scene.sheet
    sheet.line([(x, from_y), (x, y - size * 0.5)], 0.003, scene.tone(IRON, 0.1, 0.5))
    if scene.light.lamps:
        sheet.oval(x, y + size * 0.1, size * 0.36, size * 0.3, (255, 240, 200))
        sheet.beam(
            [(x - size, y + size * 0.1), (x + size, y + size * 0.1), (x + size * 4.4, 1.0), (x - size * 4.4, 1.0)],
            (255, 198, 120),
            0.17,
            3,
        )
        sheet.glow(x, y + size * 0.1, size * 4.0, size * 3.6, (255, 192, 112), 0.7)
    sheet.shape(
        [
            (x - size * 0.2, y - size * 0.5),
            (x + size * 0.2, y - size * 0.5),
            (x + size, y + size * 0.14),
            (x - size, y + size * 0.14),
        ],
        scene.tone(local, 0, 0.25),
    )
    sheet.shape(
        [
            (x - size * 0.2, y - size * 0.5),
            (x - size * 0.02, y - size * 0.5),
            (x - size * 0.3, y + size * 0.14),
            (x - size, y + size * 0.14),
        ],
        scene.tone(local, 0, 0.7),
    )


def picture(scene: Scene, x: float, y: float, wide: float, tall: float, depth: float = 0.1) -> None:
    """A framed abstract landscape."""
    sheet, dice = scene.sheet, scene.dice
    sheet.shadow(
        [
            (x - wide / 2, y - tall / 2),
            (x + wide / 2 + 0.012, y - tall / 2),
            (x + wide / 2 + 0.012, y + tall / 2 + 0.016),
            (x - wide / 2, y + tall / 2 + 0.016),
        ],
        0.35,
    )
    sheet.box(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2, scene.tone((92, 66, 58), depth, 0.3))
    sheet.box(
        x - wide / 2 + 0.01,
        y - tall / 2 + 0.01,
        x + wide / 2 - 0.01,
        y + tall / 2 - 0.01,
        scene.tone((238, 226, 198), depth),
    )
    sky_c, land = dice.choice(
        (((120, 170, 180), (196, 128, 88)), ((232, 186, 120), (96, 116, 120)), ((190, 120, 110), (70, 84, 110)))
    )
    sheet.box(
        x - wide / 2 + 0.02,
        y - tall / 2 + 0.02,
        x + wide / 2 - 0.02,
        y + tall / 2 - 0.02,
        scene.tone(sky_c, depth, 0.1),
    )
    sheet.oval(
        x + wide * 0.15,
        y - tall * 0.1,
        min(wide, tall) * 0.12,
        min(wide, tall) * 0.12,
        scene.tone((250, 232, 190), depth),
    )
    sheet.box(
        x - wide / 2 + 0.02, y + tall * 0.12, x + wide / 2 - 0.02, y + tall / 2 - 0.02, scene.tone(land, depth, 0.1)
    )


def wall_clock(scene: Scene, x: float, y: float, radius: float) -> None:
    """A plain round clock."""
    sheet = scene.sheet
    sheet.oval(x + 0.006, y + 0.009, radius, radius, scene.tone((60, 50, 60), 0.1, 0.8), 120)
    sheet.oval(x, y, radius, radius, scene.tone((70, 60, 66), 0.05, 0.2))
    sheet.oval(x, y, radius * 0.84, radius * 0.84, scene.tone((246, 238, 218), 0.05))
    for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0)):
        sheet.oval(x + dx * radius * 0.68, y + dy * radius * 0.68, radius * 0.06, radius * 0.06, scene.tone(IRON))
    sheet.line([(x, y), (x + radius * 0.36, y - radius * 0.3)], radius * 0.12, scene.tone(IRON))
    sheet.line([(x, y), (x - radius * 0.08, y - radius * 0.62)], radius * 0.08, scene.tone(IRON))


def rug(scene: Scene, x: float, y: float, rx: float, ry: float, local: RGB) -> None:
    """An oval rug with two bands."""
    for share, colour in (
        (1.0, local),
        (0.84, mix(local, (250, 236, 206), 0.6)),
        (0.76, local),
        (0.4, mix(local, (250, 236, 206), 0.35)),
    ):
        scene.sheet.oval(x, y, rx * share, ry * share, scene.tone(colour, 0, 0.2))


def lamp_on(scene: Scene, x: float, foot: float, tall: float, local: RGB = (236, 206, 150)) -> None:
    """A table or floor lamp with a drum shade."""
    sheet, top = scene.sheet, foot - tall
    sheet.stroke([(x, foot), (x, top + 0.03)], (0.005, 0.004), scene.tone(IRON, 0.05, 0.3))
    sheet.oval(x, foot, 0.024, 0.007, scene.tone(IRON, 0.05, 0.3))
    shade = mix(local, (255, 236, 190), 0.7) if scene.light.lamps else scene.tone(local, 0.05, 0.1)
    sheet.shape(
        [(x - 0.026, top - 0.03), (x + 0.026, top - 0.03), (x + 0.043, top + 0.035), (x - 0.043, top + 0.035)], shade
    )
    scene.lamp(x, top + 0.01, 0.36, strength=0.72)
