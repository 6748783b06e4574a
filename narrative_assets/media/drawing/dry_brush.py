"""Work of a fine brush on large sheets: strokes over every solid shape, and a thin line around it.

Small sheets go without: none of it would be seen there.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from narrative_assets.media.drawing.palette import RGB

FINE = 1_000
"""Pixels along its shorter side from which a sheet is worked finely."""
LEAST = 40
"""Painted pixels along its shorter side from which a shape gets strokes."""
INK: RGB = (34, 24, 48)
CHALK: RGB = (255, 244, 222)
LINE_ALPHA = 58
LIGHT, PALE = 480, 640
"""Red, green and blue together from which strokes grow fainter, and from which a shape stays clean: they would soil
suns, clouds and paper.
"""
_TILE = 1_024
_PATCHES = 16


@dataclass(frozen=True)
class Hand:
    """How strokes are set: how many to a tile, how long in painted pixels, how steep and how thick at most."""

    count: int
    long: tuple[int, int]
    slant: float
    strength: int


PENCIL = Hand(9_000, (10, 46), -32, 62)
"""Over flat shapes: walls, leaves, roofs."""
WASH = Hand(2_600, (90, 340), 0, 32)
"""Over graded ones: skies, grounds, floors."""


@cache
def strokes(hand: Hand, seed: int) -> Image.Image:
    """A tile of strokes that come in patches, L; it repeats without a seam."""
    dice = random.Random(seed)
    tile = Image.new("L", (_TILE, _TILE))
    pen = ImageDraw.Draw(tile)
    for _ in range(hand.count):
        x, y, long = dice.uniform(0, _TILE), dice.uniform(0, _TILE), dice.uniform(*hand.long)
        slant = math.radians(dice.gauss(hand.slant, 3 if hand is WASH else 10))
        dx, dy = long * math.cos(slant), long * math.sin(slant)
        level, width = dice.randint(hand.strength // 4, hand.strength), dice.choice((1, 2, 2, 3))
        for left in (-_TILE, 0, _TILE):
            for top in (-_TILE, 0, _TILE):
                pen.line((x + left, y + top, x + left + dx, y + top + dy), fill=level, width=width)
    return ImageChops.multiply(tile, _patches(dice))


def _patches(dice: random.Random) -> Image.Image:
    """Where strokes lie thick and where hardly any do, L."""
    coarse = np.frombuffer(dice.randbytes(_PATCHES * _PATCHES), np.uint8).reshape(_PATCHES, _PATCHES)
    around = np.pad(coarse, 1, "wrap")
    cell = _TILE // _PATCHES
    smooth = Image.fromarray(around).resize(((_PATCHES + 2) * cell,) * 2, Image.Resampling.BICUBIC)
    return smooth.crop((cell, cell, cell + _TILE, cell + _TILE))


def tiled(tile: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """The part of an endless run of ``tile`` that lies in ``box``."""
    x0, y0, x1, y1 = box
    part = Image.new("L", (x1 - x0, y1 - y0))
    for top in range(-(y0 % _TILE), y1 - y0, _TILE):
        for left in range(-(x0 % _TILE), x1 - x0, _TILE):
            part.paste(tile, (left, top))
    return part


def work(picture: Image.Image, spots: Sequence[tuple[float, float]], colour: tuple[int, ...], hand: Hand) -> bool:
    """Stroke over the polygon ``spots`` of ``picture``, just filled with ``colour``: dark strokes, then light ones.

    Returns whether it is large enough to be worked at all.
    """
    xs, ys = [x for x, _ in spots], [y for _, y in spots]
    x0, y0 = max(0, int(min(xs))), max(0, int(min(ys)))
    x1, y1 = min(picture.width, int(max(xs)) + 1), min(picture.height, int(max(ys)) + 1)
    if min(x1 - x0, y1 - y0) < LEAST:
        return False
    if sum(colour) < PALE or hand is WASH:
        mask = Image.new("L", (x1 - x0, y1 - y0))
        ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in spots], fill=255 if sum(colour) < LIGHT else 150)
        box = (x0, y0, x1, y1)
        for paint, seed in ((INK, 11), (CHALK, 23)):
            picture.paste(paint, box, ImageChops.multiply(mask, tiled(strokes(hand, seed), box)))
    return True
