"""The scene a plate shows: its sheet, light, chance and words, and the sky that every exterior and window shares."""

from __future__ import annotations

import random
from dataclasses import dataclass

from narrative_assets.media.drawing.brush import Point, Sheet, oval_points, ridge
from narrative_assets.media.drawing.palette import RGB, Light, faded, lit, mix
from narrative_assets.media.drawing.places import PlaceTraits

HORIZON = 0.58
SKY, FAR, GROUND, ROOM, NEAR = 50, 250, 900, 850, 1_400
"""How far each layer of a place follows the camera, in permille of the actors.

Ground and rooms lie close to the actors: whoever stands on them must not slide.
"""
DISC_X = 0.37
SHOWN = 0.7
"""Share of a plate's half-width that a medium shot of somebody in the middle shows."""


@dataclass
class Scene:
    """What a painter works with. ``dice`` depends on the place alone, so every hour shows the same place."""

    sheet: Sheet
    light: Light
    dice: random.Random
    traits: PlaceTraits

    @property
    def left(self) -> float:
        return self.sheet.left

    @property
    def right(self) -> float:
        return self.sheet.right

    def tone(self, local: RGB, depth: float = 0.0, shade: float = 0.0) -> RGB:
        """A thing's own colour as it looks here: ``depth`` 0 near to 1 far, ``shade`` 0 lit to 1 turned away."""
        seen = lit(faded(local, self.light.grey), mix(self.light.direct, self.light.ambient, shade))
        return mix(seen, self.light.haze, depth)

    def lamp(self, cx: float, cy: float, reach: float, colour: RGB = (255, 190, 108), strength: float = 0.6) -> None:
        """A lamp's glow, where lamps burn at this hour."""
        if self.light.lamps:
            self.sheet.glow(cx, cy, reach, reach, colour, strength)


def shown(scene: Scene, share: float, half: float) -> float:
    """How far from the middle something ``half`` a width wide stands: at ``share`` of the way to the edge, or nearer
    so that a medium shot still shows it whole, however narrow the frame.
    """
    return max(0.0, min(share * scene.right, SHOWN * scene.right - half))


def sky(scene: Scene, horizon: float = HORIZON, clouds: int = 4) -> None:
    """Paint the sky down to ``horizon``: gradient, stars, disc and paper clouds. What follows is far off."""
    sheet, light = scene.sheet, scene.light
    sheet.layer(SKY)
    zenith, middle, low = light.sky
    sheet.graded(
        [(sheet.left, 0), (sheet.right, 0), (sheet.right, horizon + 0.01), (sheet.left, horizon + 0.01)],
        (zenith, mix(zenith, middle, 0.55), middle, mix(middle, low, 0.6), low),
    )
    if light.stars:
        stars(scene, horizon)
    disc(scene, horizon)
    for _ in range(clouds):
        _cloud(scene, horizon)
    sheet.layer(FAR)


def stars(scene: Scene, horizon: float) -> None:
    """Scatter stars, fewer toward the horizon. Their chance is their own: by day nothing else may move."""
    sheet, dice = scene.sheet, random.Random(len(scene.traits.words))
    for _ in range(110):
        x, y = dice.uniform(sheet.left, sheet.right), dice.random() ** 1.6 * horizon * 0.8
        size = dice.choice((0.0008, 0.0011, 0.0011, 0.0019))
        sheet.oval(x, y, size, size, (236, 238, 232), dice.randint(80, 230) - round(120 * y / horizon))


def disc(scene: Scene, horizon: float) -> None:
    """The sun or the moon with its glare; a moon has a darker sea or two."""
    sheet, light = scene.sheet, scene.light
    x, y = light.side * sheet.right * DISC_X, horizon - light.sun * (horizon / HORIZON)
    radius = 0.062 if light.sun < 0.1 else 0.043
    sheet.oval(x, y, radius * 1.9, radius * 1.9, light.disc, 26)
    sheet.oval(x, y, radius * 1.42, radius * 1.42, light.disc, 44)
    sheet.oval(x, y, radius, radius, light.disc)
    sheet.glow(x, y, light.glow, light.glow * 0.8, lit(light.disc, light.sky[2]), 0.34)
    if light.stars:
        for dx, dy, r in ((-0.3, -0.2, 0.28), (0.25, 0.3, 0.2), (0.35, -0.35, 0.13)):
            sheet.oval(x + dx * radius, y + dy * radius, r * radius, r * radius, mix(light.disc, light.sky[1], 0.18))


def _cloud(scene: Scene, horizon: float) -> None:
    sheet, light, dice = scene.sheet, scene.light, scene.dice
    cx, cy = dice.uniform(sheet.left, sheet.right), dice.uniform(0.06, horizon * 0.62)
    width = dice.uniform(0.09, 0.2) * (0.6 + cy)
    puffs = [(dice.uniform(-0.75, 0.75), dice.uniform(0.22, 0.4)) for _ in range(5)]
    body = mix(lit((255, 250, 240), mix(light.direct, light.sky[2], 0.45)), light.sky[1], 0.5 if light.stars else 0.12)
    under = mix(body, light.sky[1], 0.5)
    for colour, lift in ((under, 0.0), (body, 0.012)):
        for dx, size in puffs:
            sheet.shape(oval_points(cx + dx * width, cy - lift, size * width, size * width * 0.62, 180, 360), colour)
        sheet.box(cx - width * 1.05, cy - lift - 0.006, cx + width * 1.05, cy - lift + 0.006, colour, round_by=0.006)


def hills(
    scene: Scene, base: float, height: float, local: RGB, depth: float, waves: float = 1.0, foot: float = 0.02
) -> list[Point]:
    """A rolling ridge that fades toward its foot; returns its skyline."""
    sheet = scene.sheet
    skyline = ridge(scene.dice, sheet.left - 0.02, sheet.right + 0.02, base, height, waves)
    top = scene.tone(local, depth)
    sheet.graded(
        [*skyline, (sheet.right + 0.02, base + foot), (sheet.left - 0.02, base + foot)],
        (top, mix(top, scene.light.haze, 0.35)),
    )
    return skyline


def ground(scene: Scene, local: RGB, horizon: float = HORIZON, far: float = 0.4) -> None:
    """The ground from the horizon to the lower edge: hazy far off, deep near the eye, lit in the middle."""
    sheet = scene.sheet
    sheet.layer(GROUND)
    sheet.graded(
        [(sheet.left, horizon), (sheet.right, horizon), (sheet.right, 1), (sheet.left, 1)],
        (scene.tone(local, far), scene.tone(local, far * 0.25), scene.tone(local, 0, 0.25), scene.tone(local, 0, 0.55)),
    )
    warm = lit(scene.light.direct, (120, 112, 96))
    sheet.glow(0.08 * scene.light.side, 0.82, sheet.right * 0.75, 0.2, warm, 0.2)


def strokes(scene: Scene, local: RGB, top: float, count: int, depth: float = 0.0) -> None:
    """Short level brush marks that give the ground its grain; longer and wider apart toward the eye."""
    sheet, dice = scene.sheet, scene.dice
    for _ in range(count):
        near = dice.random()
        y = top + (1 - top) * near**1.5
        x = dice.uniform(sheet.left, sheet.right)
        length = 0.02 + 0.09 * near
        colour = scene.tone(local, depth * (1 - near), dice.choice((0.0, 0.35, 0.8)))
        sheet.stroke(
            [(x - length, y), (x, y + 0.002), (x + length, y)], (0.0004, 0.0012 + 0.0022 * near, 0.0004), colour, 110
        )


def cast(scene: Scene, x: float, foot: float, half: float, alpha: int = 78) -> None:
    """The flat shadow of something that stands at ``x``: drawn away from the light, before the thing itself."""
    away = -scene.light.side * half * (0.35 if scene.light.sun < 0.3 else 0.1)
    scene.sheet.oval(x + away, foot, half * 1.1, 0.006 + half * 0.11, (24, 20, 46), alpha)
