"""The shell of a room: walls, floor, ceiling, windows with the sky of the hour, curtains, a plant."""

from __future__ import annotations

from dataclasses import dataclass

from narrative_assets.media.drawing.brush import Point, ridge
from narrative_assets.media.drawing.furniture import (
    WOOD,
)
from narrative_assets.media.drawing.palette import RGB, lit, mix
from narrative_assets.media.drawing.stage import Scene, cast

FOOT = 0.66
TOP = 0.07
BACK = 0.76
SCHEMES: tuple[tuple[RGB, RGB, RGB], ...] = (
    ((118, 156, 150), (236, 222, 192), (168, 118, 84)), ((214, 168, 116), (246, 230, 198), (136, 96, 80)),
    ((176, 116, 98), (238, 216, 182), (112, 86, 82)), ((150, 160, 122), (240, 228, 198), (158, 116, 86)),
    ((108, 124, 148), (230, 220, 202), (142, 108, 90)), ((222, 204, 170), (250, 240, 218), (150, 110, 86)),
)  # fmt: skip


@dataclass(frozen=True)
class Shell:
    """The colours of a room and the half-width of its back wall."""

    wall: RGB
    trim: RGB
    floor: RGB
    half: float


def shell(scene: Scene, scheme: tuple[RGB, RGB, RGB], boards: str = "boards") -> Shell:
    """Paint walls, ceiling and floor in one-point perspective; ``boards``, ``tiles`` or ``plain`` floor."""
    sheet, right = scene.sheet, scene.right
    wall, trim, floor = scheme
    half, big = right * BACK, right * 1.04
    sheet.graded(
        [(-half, TOP), (half, TOP), (half, FOOT), (-half, FOOT)], (scene.tone(wall, 0, 0.30), scene.tone(wall, 0, 0.0))
    )
    sheet.shape([(-big, -0.06), (big, -0.06), (half, TOP), (-half, TOP)], scene.tone(trim, 0, 0.62))
    for side in (-1, 1):
        shade = 0.82 if side == scene.light.side else 0.5
        sheet.graded(
            [(side * half, TOP), (side * big, -0.06), (side * big, FOOT + 0.16), (side * half, FOOT)],
            (scene.tone(wall, 0, shade + 0.16), scene.tone(wall, 0, shade)),
        )
        sheet.shape(
            [(side * half, FOOT - 0.028), (side * big, FOOT + 0.116), (side * big, FOOT + 0.16), (side * half, FOOT)],
            scene.tone(trim, 0, shade),
        )
    _floor(scene, floor, half, boards)
    _wallpaper(scene, wall, half)
    sheet.box(-half, FOOT - 0.028, half, FOOT, scene.tone(trim, 0, 0.3))
    sheet.box(-half, TOP, half, TOP + 0.018, scene.tone(trim, 0, 0.35))
    sheet.shadow([(-half, TOP), (half, TOP), (half, TOP + 0.09), (-half, TOP + 0.09)], 0.2, blur=3)
    sheet.shadow([(-big, FOOT - 0.01), (big, FOOT - 0.01), (big, FOOT + 0.06), (-big, FOOT + 0.06)], 0.22, blur=3)
    return Shell(wall, trim, floor, half)


def _wallpaper(scene: Scene, wall: RGB, half: float) -> None:
    """A quiet pattern on the back wall: stripes, drops or plain paint, by the place."""
    sheet, motif = scene.sheet, scene.dice.randrange(3)
    pale = scene.tone(mix(wall, (255, 246, 226), 0.5), 0, 0.05)
    if motif == 0:
        for k in range(22):
            x = -half + (k + 0.25) * half / 11
            sheet.box(x, TOP, x + half / 22, FOOT, pale, 34)
    elif motif == 1:
        for row in range(9):
            for k in range(16):
                x, y = -half + (k + 0.5 * (row % 2) + 0.25) * half / 8, TOP + 0.05 + row * 0.062
                sheet.shape([(x, y - 0.013), (x + 0.009, y), (x, y + 0.013), (x - 0.009, y)], pale, 58)


def plant(scene: Scene, x: float, foot: float, tall: float) -> None:
    """A potted plant with broad leaves."""
    sheet, dice = scene.sheet, scene.dice
    cast(scene, x, foot, tall * 0.2)
    for k in range(9):
        lean = (k - 4) / 4
        tip = (x + lean * tall * 0.42, foot - tall * (1.0 - 0.38 * abs(lean)) * dice.uniform(0.9, 1.05))
        middle = (x + lean * tall * 0.16, foot - tall * 0.62)
        leaf = scene.tone((72, 122, 92) if k % 2 else (96, 142, 92), 0, 0.15 + 0.5 * (k % 3 == 0))
        sheet.stroke([(x, foot - tall * 0.3), middle, tip], (tall * 0.012, tall * 0.055, tall * 0.004), leaf)
    pot = scene.tone((196, 106, 78), 0, 0.2)
    sheet.shape(
        [
            (x - tall * 0.15, foot - tall * 0.3),
            (x + tall * 0.15, foot - tall * 0.3),
            (x + tall * 0.11, foot),
            (x - tall * 0.11, foot),
        ],
        pot,
    )
    sheet.box(
        x - tall * 0.17, foot - tall * 0.34, x + tall * 0.17, foot - tall * 0.27, scene.tone((216, 130, 96), 0, 0.1)
    )


def _floor(scene: Scene, floor: RGB, half: float, boards: str) -> None:
    sheet, right = scene.sheet, scene.right
    sheet.graded(
        [(-half, FOOT), (half, FOOT), (right * 1.5, 1.02), (-right * 1.5, 1.02)],
        (scene.tone(floor, 0, 0.3), scene.tone(floor, 0, 0.0), scene.tone(floor, 0, 0.5)),
    )
    for side in (-1, 1):
        sheet.shape(
            [
                (side * half, FOOT),
                (side * right * 1.04, FOOT + 0.16),
                (side * right * 1.04, 1.02),
                (side * right * 0.9, 1.02),
            ],
            scene.tone(floor, 0, 0.5),
        )
    if boards == "plain":
        return
    seam = scene.tone(floor, 0, 1.0)
    for k in range(-9, 10):
        sheet.line([(k * half / 8, FOOT), (k * half / 8 * 1.95, 1.02)], 0.0022, seam, 120)
    rows = (0.694, 0.738, 0.798, 0.882, 0.985) if boards == "tiles" else ()
    for y in rows:
        sheet.line([(-right * 1.04, y), (right * 1.04, y)], 0.0022, seam, 120)
    if boards == "boards":
        for k in range(-8, 8):
            y = scene.dice.uniform(FOOT + 0.02, 0.97)
            grow = half / 8 * (1 + (y - FOOT) / (1.02 - FOOT) * 0.95)
            sheet.line([(k * grow, y), ((k + 1) * grow, y)], 0.002, seam, 120)


def window(
    scene: Scene, x0: float, x1: float, top: float, foot: float, panes: tuple[int, int] = (2, 2), view: str = "land"
) -> None:
    """A window on the back wall: the sky of the hour, land or sea or town below it, and its light on the floor."""
    sheet, light = scene.sheet, scene.light
    sheet.box(x0 - 0.02, top - 0.02, x1 + 0.02, foot + 0.02, scene.tone((250, 240, 220), 0, 0.25))
    sheet.box(x0 - 0.034, foot + 0.012, x1 + 0.034, foot + 0.03, scene.tone((250, 240, 220), 0, 0.05))
    sheet.graded([(x0, top), (x1, top), (x1, foot), (x0, foot)], light.sky)
    _view(scene, x0, x1, top, foot, view)
    frame = scene.tone((244, 232, 208), 0, 0.45)
    for k in range(1, panes[0]):
        x = x0 + (x1 - x0) * k / panes[0]
        sheet.box(x - 0.0045, top, x + 0.0045, foot, frame)
    for k in range(1, panes[1]):
        y = top + (foot - top) * k / panes[1]
        sheet.box(x0, y - 0.0045, x1, y + 0.0045, frame)
    middle, wide = (x0 + x1) / 2, (x1 - x0) / 2
    slant = -0.34 * light.side if light.sun < 0.3 else -0.12 * light.side
    strength = 0.10 if light.lamps else 0.26
    shine = mix(light.direct, light.sky[2], 0.4)
    for a in range(panes[0]):
        p, q = x0 + (x1 - x0) * a / panes[0] + 0.01, x0 + (x1 - x0) * (a + 1) / panes[0] - 0.01
        sheet.beam(
            [
                (p + slant * 0.8, 0.76),
                (q + slant * 0.8, 0.76),
                (q * 1.1 + slant * 1.25 + 0.06, 0.93),
                (p * 1.1 + slant * 1.25 - 0.02, 0.93),
            ],
            shine,
            strength,
        )
    sheet.beam(
        [(x0, top), (x1, foot), (x1 + slant * 1.2 + 0.06, 0.93), (x0 + slant * 1.2, 0.93)], shine, strength * 0.28, 3
    )
    sheet.glow(middle, (top + foot) / 2, wide * 2.4, (foot - top) * 1.2, shine, 0.10 if light.lamps else 0.22)


def _view(scene: Scene, x0: float, x1: float, top: float, foot: float, view: str) -> None:
    sheet, light = scene.sheet, scene.light
    base = top + (foot - top) * 0.74
    if light.sun >= 0.2 or light.stars:
        sheet.oval(x0 + (x1 - x0) * 0.7, top + (foot - top) * 0.26, 0.017, 0.017, light.disc)
    for _ in range(12):
        spot = (scene.dice.uniform(x0 + 0.01, x1 - 0.01), scene.dice.uniform(top + 0.01, base - 0.02))
        if light.stars:
            sheet.oval(*spot, 0.0014, 0.0014, (240, 240, 230), 190)
    far: RGB = lit((120, 148, 132), mix(light.direct, light.ambient, 0.5))
    if view == "sea":
        sheet.graded(
            [(x0, base), (x1, base), (x1, foot), (x0, foot)],
            (mix(lit((60, 120, 138), light.ambient), light.haze, 0.4), lit((44, 104, 126), light.ambient)),
        )
        sheet.box(x0 + (x1 - x0) * 0.6, base + 0.006, x0 + (x1 - x0) * 0.78, base + 0.01, light.disc, 170)
        return
    if view == "town":
        x = x0
        while x < x1 - 0.006:
            wide, tall = scene.dice.uniform(0.02, 0.05), scene.dice.uniform(0.05, 0.6) * (foot - top) * 0.6
            sheet.box(
                x,
                foot - tall - 0.03,
                min(x + wide, x1),
                foot,
                mix(lit((116, 112, 136), light.ambient), light.haze, 0.42),
            )
            if light.lamps:
                sheet.box(
                    x + wide * 0.3,
                    foot - tall * 0.7,
                    min(x1, x + wide * 0.3 + 0.006),
                    foot - tall * 0.7 + 0.01,
                    (255, 214, 132),
                )
            x += wide
        return
    line = [(px, max(top, py)) for px, py in ridge(scene.dice, x0, x1, base + 0.03, 0.07, 4.0)]
    sheet.shape([*line, (x1, foot), (x0, foot)], mix(far, light.haze, 0.5))
    sheet.shape(
        [(x0, foot - (foot - top) * 0.13), (x1, foot - (foot - top) * 0.17), (x1, foot), (x0, foot)],
        mix(far, light.haze, 0.15),
    )


def curtains(scene: Scene, x0: float, x1: float, top: float, foot: float, local: RGB) -> None:
    """Two drapes at the sides of a window, with folds."""
    sheet = scene.sheet
    sheet.line([(x0 - 0.07, top - 0.03), (x1 + 0.07, top - 0.03)], 0.006, scene.tone(WOOD, 0, 0.6))
    for side, edge in ((-1, x0), (1, x1)):
        sheet.shape(
            [
                (edge - side * 0.02, top - 0.028),
                (edge + side * 0.065, top - 0.028),
                (edge + side * 0.075, foot + 0.06),
                (edge + side * 0.006, foot + 0.06),
                (edge + side * 0.012, top + 0.1),
            ],
            scene.tone(local, 0, 0.2),
        )
        for k in (0.025, 0.048):
            sheet.line(
                [(edge + side * k, top - 0.02), (edge + side * (k + 0.008), foot + 0.055)],
                0.004,
                scene.tone(local, 0, 0.7),
            )


def pane_grid(
    scene: Scene, corners: tuple[Point, Point, Point, Point], columns: int, rows: int, colour: RGB, width: float
) -> None:
    """Bars of a window in perspective; corners run top left, top right, bottom right, bottom left."""
    a, b, c, d = corners

    def between(p: Point, q: Point, t: float) -> Point:
        return (p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t)

    for k in range(columns + 1):
        scene.sheet.line([between(a, b, k / columns), between(d, c, k / columns)], width, colour)
    for k in range(rows + 1):
        scene.sheet.line([between(a, d, k / rows), between(b, c, k / rows)], width, colour)
