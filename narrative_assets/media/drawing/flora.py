"""Trees, bushes, grass and stones as paper cuts: one crown, one lit side, a few confident marks."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import Point, curve, oval_points
from narrative_assets.media.drawing.palette import RGB
from narrative_assets.media.drawing.stage import NEAR, Scene, cast

LEAF: tuple[RGB, ...] = ((74, 124, 89), (108, 142, 74), (52, 104, 98), (146, 150, 66), (88, 132, 112))
BARK: RGB = (98, 70, 62)


def round_tree(scene: Scene, x: float, foot: float, tall: float, leaf: RGB, depth: float = 0.0) -> None:
    """A broad tree: trunk with two forks, an egg of a crown, its lit half and leaf marks."""
    sheet, dice = scene.sheet, scene.dice
    side = scene.light.side
    if depth < 0.3:
        cast(scene, x, foot, tall * 0.27)
    cy, rx, ry = foot - tall * 0.64, tall * dice.uniform(0.27, 0.35), tall * 0.37
    bark = scene.tone(BARK, depth, 0.35)
    wobble = [dice.uniform(0.9, 1.1) for _ in range(10)]
    crown = [
        (x + (px - x) * wobble[i], cy + (py - cy) * wobble[i])
        for i, (px, py) in enumerate(oval_points(x, cy, rx, ry, 0, 324)[::4][:10])
    ]
    sheet.shape(curve(crown, 6, closed=True), scene.tone(leaf, depth, 0.75))
    lit_part = [(x + side * rx * 0.16 + (px - x) * 0.8, cy - ry * 0.12 + (py - cy) * 0.82) for px, py in crown]
    sheet.shape(curve(lit_part, 6, closed=True), scene.tone(leaf, depth, 0.15))
    sheet.stroke(
        [(x, foot + 0.004), (x + tall * 0.008, foot - tall * 0.3), (x, cy - ry * 0.1)],
        (tall * 0.026, tall * 0.017, tall * 0.005),
        bark,
    )
    for reach, lift in ((-0.17, 0.02), (0.15, -0.06)):
        start = (x + tall * 0.005, foot - tall * 0.36 + lift * tall)
        sheet.stroke(
            [start, (x + reach * tall * 0.6, start[1] - tall * 0.1), (x + reach * tall, start[1] - tall * 0.16)],
            (tall * 0.011, tall * 0.007, tall * 0.002),
            bark,
        )
    _leaf_marks(scene, x, cy, rx, ry, leaf, depth)


def _leaf_marks(scene: Scene, x: float, cy: float, rx: float, ry: float, leaf: RGB, depth: float) -> None:
    dice = scene.dice
    for _ in range(16):
        dx, dy = dice.uniform(-0.62, 0.62), dice.uniform(-0.68, 0.55)
        px, py, size = x + dx * rx, cy + dy * ry, rx * 0.06
        bright = dx * scene.light.side - dy > 0.1
        scene.sheet.shape(
            oval_points(px, py, size, size * 0.55, 180, 360),
            scene.tone(leaf, depth * (1.2 if bright else 0.9), 0.0 if bright else 0.95), 150,
        )  # fmt: skip


def poplar(scene: Scene, x: float, foot: float, tall: float, leaf: RGB, depth: float = 0.0) -> None:
    """A flame-shaped tree, lit on one side."""
    if depth < 0.3:
        cast(scene, x, foot, tall * 0.1)
    sheet, side, wide = scene.sheet, scene.light.side, tall * 0.12
    flame: list[Point] = [
        (x, foot - tall),
        (x + wide, foot - tall * 0.45),
        (x + wide * 0.5, foot - tall * 0.1),
        (x - wide * 0.5, foot - tall * 0.1),
        (x - wide, foot - tall * 0.45),
    ]
    sheet.box(x - tall * 0.012, foot - tall * 0.14, x + tall * 0.012, foot, scene.tone(BARK, depth, 0.4))
    sheet.shape(curve(flame, 6, closed=True), scene.tone(leaf, depth, 0.75))
    half = [(x + side * wide * 0.18 + (px - x) * 0.62, py) for px, py in flame]
    sheet.shape(curve(half, 6, closed=True), scene.tone(leaf, depth, 0.2))


def pine(scene: Scene, x: float, foot: float, tall: float, leaf: RGB, depth: float = 0.0) -> None:
    """A conifer of stacked skirts, each with a lit flank."""
    sheet, side = scene.sheet, scene.light.side
    if depth < 0.33:
        cast(scene, x, foot, tall * 0.2)
    sheet.box(x - tall * 0.02, foot - tall * 0.16, x + tall * 0.02, foot, scene.tone(BARK, depth, 0.5))
    for k in range(4):
        top, bottom = foot - tall * (1 - 0.2 * k), foot - tall * (0.58 - 0.16 * k)
        half = tall * (0.1 + 0.055 * k)
        sag = tall * 0.035
        sheet.shape(
            [(x, top), (x + half, bottom + sag), (x, bottom - sag * 0.4), (x - half, bottom + sag)],
            scene.tone(leaf, depth, 0.85),
        )
        sheet.shape(
            [(x, top), (x + side * half, bottom + sag), (x + side * half * 0.2, bottom - sag * 0.3)],
            scene.tone(leaf, depth, 0.3),
        )


def bush(scene: Scene, x: float, foot: float, wide: float, leaf: RGB, depth: float = 0.0) -> None:
    """A low mound of three lobes."""
    sheet, side = scene.sheet, scene.light.side
    for shade, shrink, shift in ((0.85, 1.0, 0.0), (0.2, 0.72, 0.1)):
        for dx, size in ((-0.52, 0.5), (0.06, 0.68), (0.56, 0.46)):
            cx = x + (dx * shrink + shift * side) * wide
            sheet.shape(
                oval_points(cx, foot, size * wide * shrink, size * wide * 0.95 * shrink, 180, 360),
                scene.tone(leaf, depth, shade),
            )


def tuft(scene: Scene, x: float, foot: float, tall: float, leaf: RGB, shade: float = 0.5) -> None:
    """A fan of grass blades."""
    for lean in (-0.6, -0.25, 0.08, 0.42, 0.75):
        tip = (x + lean * tall, foot - tall * (1 - abs(lean) * 0.4))
        scene.sheet.shape(
            [(x + lean * tall * 0.2 - tall * 0.05, foot), tip, (x + lean * tall * 0.2 + tall * 0.05, foot)],
            scene.tone(leaf, 0, shade),
        )


def flowers(scene: Scene, x: float, foot: float, tall: float, petals: RGB) -> None:
    """A few stems with disc blossoms."""
    sheet, dice = scene.sheet, scene.dice
    for _ in range(4):
        px, py = x + dice.uniform(-0.6, 0.6) * tall, foot - tall * dice.uniform(0.55, 1.0)
        sheet.line([(x + (px - x) * 0.4, foot), (px, py)], tall * 0.035, scene.tone(LEAF[0], 0, 0.6))
        sheet.oval(px, py, tall * 0.13, tall * 0.12, scene.tone(petals, 0, 0.1))
        sheet.oval(px, py, tall * 0.05, tall * 0.05, scene.tone((240, 196, 92)))


def stone(scene: Scene, x: float, foot: float, wide: float, local: RGB = (126, 122, 122), depth: float = 0.0) -> None:
    """A faceted boulder."""
    sheet, side, tall = scene.sheet, scene.light.side, wide * 0.62
    cast(scene, x, foot, wide * 0.95, 60)
    ring = [(-1.0, 0.0), (-0.8, -0.62), (-0.2, -1.0), (0.45, -0.86), (0.92, -0.36), (1.0, 0.0)]
    sheet.shape([(x + px * wide, foot + py * tall) for px, py in ring], scene.tone(local, depth, 0.85))
    face = [(-0.8, -0.62), (-0.2, -1.0), (0.45, -0.86), (0.1, -0.4), (-0.5, -0.3)]
    sheet.shape(
        [(x - px * side * wide * -1 if side < 0 else x - px * wide, foot + py * tall) for px, py in face],
        scene.tone(local, depth, 0.1),
    )


def foreground_leaves(scene: Scene, leaf: RGB) -> None:
    """Dark sprays of leaves that lean in from the lower corners: the frame within the frame."""
    sheet, dice = scene.sheet, scene.dice
    sheet.layer(NEAR)
    for side in (-1, 1):
        for k in range(4):
            root = (sheet.right * side * (1.02 - 0.02 * k), 1.04)
            tall, lean = dice.uniform(0.15, 0.27), -side * dice.uniform(0.02, 0.17)
            dark = scene.tone(leaf, 0, 1.0 if k < 2 else 0.7)
            stem = curve([root, (root[0] + lean * 0.35, root[1] - tall * 0.55), (root[0] + lean, root[1] - tall)], 6)
            sheet.stroke(stem[::3], [0.004] * len(stem[::3]), dark)
            for i in range(2, len(stem), 2):
                (x, y), grow = stem[i], 0.052 * (1.15 - i / len(stem))
                for way in (-1, 1):
                    tip = (x + way * grow * 1.15 + lean * 0.12, y - grow * 0.75)
                    sheet.stroke(
                        [(x, y), ((x + tip[0]) / 2, (y + tip[1]) / 2 + 0.004 * way), tip],
                        (0.003, grow * 0.24, 0.001),
                        dark,
                    )
