"""A striped lighthouse tower with its beams, and the headland it stands on: used by every plate on the coast."""

from __future__ import annotations

from narrative_assets.media.drawing.furniture import IRON
from narrative_assets.media.drawing.palette import RGB
from narrative_assets.media.drawing.stage import HORIZON, Scene


def tower(scene: Scene, x: float, foot: float, tall: float, depth: float = 0.0) -> None:
    """A striped lighthouse; its lantern throws beams once lamps burn."""
    sheet, side = scene.sheet, scene.light.side
    low, high = tall * 0.135, tall * 0.085

    def half(up: float) -> float:
        return low + (high - low) * up

    for k in range(5):
        a, b = k / 5 * 0.8, (k + 1) / 5 * 0.8
        local: RGB = (206, 84, 70) if k % 2 else (246, 236, 214)
        y0, y1 = foot - tall * a, foot - tall * b
        sheet.shape(
            [(x - half(a), y0), (x + half(a), y0), (x + half(b), y1), (x - half(b), y1)], scene.tone(local, depth, 0.08)
        )
        sheet.shape(
            [
                (x - side * half(a), y0),
                (x - side * half(a) * 0.1, y0),
                (x - side * half(b) * 0.1, y1),
                (x - side * half(b), y1),
            ],
            scene.tone(local, depth, 0.75),
        )
    for up in (0.14, 0.44):
        sheet.box(
            x - tall * 0.016,
            foot - tall * (up + 0.07),
            x + tall * 0.016,
            foot - tall * up,
            (255, 214, 132) if scene.light.lamps else scene.tone((60, 70, 90), depth),
        )
    _lantern(scene, x, foot, tall, depth)


def _lantern(scene: Scene, x: float, foot: float, tall: float, depth: float) -> None:
    sheet, y = scene.sheet, foot - tall * 0.8
    iron = scene.tone(IRON, depth, 0.4)
    sheet.box(x - tall * 0.125, y - tall * 0.016, x + tall * 0.125, y, iron)
    glass = (255, 240, 190) if scene.light.lamps else scene.tone((178, 206, 206), depth, 0.1)
    sheet.box(x - tall * 0.062, y - tall * 0.12, x + tall * 0.062, y - tall * 0.016, glass)
    for dx in (-0.062, -0.02, 0.02, 0.062):
        sheet.line([(x + dx * tall, y - tall * 0.12), (x + dx * tall, y)], tall * 0.009, iron)
    for dx in (-0.12, -0.08, 0.08, 0.12):
        sheet.line([(x + dx * tall, y - tall * 0.06), (x + dx * tall, y)], tall * 0.006, iron)
    sheet.line([(x - tall * 0.125, y - tall * 0.06), (x + tall * 0.125, y - tall * 0.06)], tall * 0.006, iron)
    sheet.shape(
        [(x - tall * 0.085, y - tall * 0.115), (x, y - tall * 0.2), (x + tall * 0.085, y - tall * 0.115)],
        scene.tone((178, 74, 66), depth, 0.3),
    )
    if scene.light.lamps:
        ly = y - tall * 0.07
        for reach, slope in ((-1, -0.1), (1, 0.06)):
            sheet.beam(
                [
                    (x, ly - 0.008),
                    (x + reach * 2.2, ly + slope - 0.17),
                    (x + reach * 2.2, ly + slope + 0.13),
                    (x, ly + 0.008),
                ],
                (255, 232, 176),
                0.34,
            )
        sheet.glow(x, ly, tall * 0.6, tall * 0.6, (255, 226, 160), 0.8)


def headland(scene: Scene, side: int, reach: float, tall: float, depth: float, local: RGB = (96, 104, 108)) -> None:
    """A cliff that comes in from one side and falls to the sea."""
    right = scene.right
    edge = [
        (side * (right + 0.02), HORIZON - tall),
        (side * (right - reach * 0.45), HORIZON - tall * 0.92),
        (side * (right - reach * 0.7), HORIZON - tall * 0.5),
        (side * (right - reach * 0.86), HORIZON - tall * 0.36),
        (side * (right - reach), HORIZON + 0.01),
        (side * (right + 0.02), HORIZON + 0.01),
    ]
    scene.sheet.shape(edge, scene.tone(local, depth, 0.65))
    face = [
        edge[1],
        edge[2],
        edge[3],
        edge[4],
        (side * (right - reach * 0.75), HORIZON + 0.01),
        (side * (right - reach * 0.5), HORIZON - tall * 0.45),
    ]
    scene.sheet.shape(face, scene.tone(local, depth, 0.2))
    scene.sheet.shape(
        [
            edge[0],
            edge[1],
            (side * (right - reach * 0.42), HORIZON - tall * 0.82),
            (side * (right + 0.02), HORIZON - tall * 0.86),
        ],
        scene.tone((112, 140, 92), depth, 0.2),
    )
