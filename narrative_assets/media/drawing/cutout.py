"""The transparent sheet a figure is cut on: flat parts with one shaded edge and a soft drop onto what lies below.

Coordinates are in canvas heights: x around 0, y from 0 (top) to 1 (the ground). ``Cutout.place`` scales about the feet.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from narrative_assets.media.drawing.brush import Point, oval_points, ribbon
from narrative_assets.media.drawing.palette import RGB, darker

ASPECT = 0.6
OVER = 2


class Cutout:
    """A figure in the making. ``finish`` gives the picture."""

    def __init__(self, height: int) -> None:
        self.height, self.width = height, max(1, round(height * ASPECT))
        self.image = Image.new("RGBA", (self.width * OVER, self.height * OVER), (0, 0, 0, 0))
        self._pen = ImageDraw.Draw(self.image)
        self._scale, self._wide, self._shift = 1.0, 1.0, 0.0

    def place(self, scale: float, wide: float = 1.0, shift: float = 0.0) -> None:
        """Draw what follows ``scale`` times as large about the feet, ``wide`` times that in x, moved by ``shift``."""
        self._scale, self._wide, self._shift = scale, scale * wide, shift

    def _at(self, points: Sequence[Point]) -> list[Point]:
        unit, middle, k = self.height * OVER, self.width * OVER / 2, self._scale
        w, dx = self._wide, self._shift
        return [(round(middle + (x * w + dx) * unit), round((1 - (1 - y) * k) * unit)) for x, y in points]

    def flat(self, points: Sequence[Point], colour: RGB) -> None:
        """Fill a polygon."""
        self._pen.polygon(self._at(points), fill=(*colour, 255))

    def line(self, points: Sequence[Point], widths: Sequence[float], colour: RGB) -> None:
        """Draw a tapered stroke."""
        self.flat(ribbon(points, widths), colour)

    def oval(self, cx: float, cy: float, rx: float, ry: float, colour: RGB) -> None:
        """Fill an oval."""
        self.flat(oval_points(cx, cy, rx, ry), colour)

    def part(
        self, points: Sequence[Point], colour: RGB, edge: float = 0.012, drop: float = 0.0, shade: RGB | None = None
    ) -> None:
        """Lay a paper part: flat colour, its right and lower ``edge`` in ``shade``, a shadow on the parts below."""
        spots = self._at(points)
        limit_x, limit_y = self.image.size
        pad = round((edge + drop) * self.height * OVER * self._scale) + 2
        x0, x1 = max(0, int(min(p[0] for p in spots)) - pad), min(limit_x, int(max(p[0] for p in spots)) + pad)
        y0, y1 = max(0, int(min(p[1] for p in spots)) - pad), min(limit_y, int(max(p[1] for p in spots)) + pad)
        if x1 <= x0 or y1 <= y0:
            return
        mask = Image.new("L", (x1 - x0, y1 - y0), 0)
        ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in spots], fill=255)
        if drop > 0:
            self._drop(mask, (x0, y0), drop)
        self.image.paste((*colour, 255), (x0, y0), mask)
        if edge > 0:
            step = max(1, round(edge * self.height * OVER * self._scale))
            turned = ImageChops.subtract(mask, _shifted(mask, -step, -step // 3))
            self.image.paste((*(shade or darker(colour, 0.24)), 255), (x0, y0), turned)

    def _drop(self, mask: Image.Image, corner: tuple[int, int], drop: float) -> None:
        step = max(1, round(drop * self.height * OVER * self._scale))
        region = self.image.crop((*corner, corner[0] + mask.width, corner[1] + mask.height)).getchannel("A")
        cast = ImageChops.multiply(_shifted(mask, step // 2, step), region)
        self.image.paste((20, 16, 40, 255), corner, cast.point([level * 77 >> 8 for level in range(256)]))

    def limb(
        self, points: Sequence[Point], widths: Sequence[float], colour: RGB, edge: float = 0.01, drop: float = 0.0
    ) -> None:
        """Lay a tapered limb through its joints."""
        self.part(ribbon(points, widths), colour, edge, drop)

    def finish(self, seed: int, ground: float = 0.0) -> Image.Image:
        """The picture: averaged down, darker to the feet, grained; ``ground`` is half the contact shadow's width."""
        picture = self.image.reduce(OVER)
        box = picture.getbbox()
        if box is not None:
            picture.paste(self._weighted(picture.crop(box), box[1], seed), box[:2])
        return _grounded(picture, ground) if ground > 0 else picture

    def _weighted(self, figure: Image.Image, top: int, seed: int) -> Image.Image:
        pixels = np.array(figure, dtype=np.uint16)
        high, wide = pixels.shape[:2]
        weight = (1020 - 170 * (np.arange(high) + top) // self.height).astype(np.uint16)[:, None, None]
        noise = np.frombuffer(random.Random(seed).randbytes(128 * 128), dtype=np.uint8).reshape(128, 128)
        grain = np.tile(noise // 46, (-(-high // 128), -(-wide // 128)))[:high, :wide, None]
        colour = (pixels[..., :3] >> 2) * (weight >> 2) >> 6
        pixels[..., :3] = np.clip(colour + grain, 3, 258) - 3
        return Image.fromarray(pixels.astype(np.uint8), "RGBA")


def _shifted(mask: Image.Image, dx: int, dy: int) -> Image.Image:
    moved = Image.new("L", mask.size, 0)
    moved.paste(mask, (dx, dy))
    return moved


def _grounded(figure: Image.Image, half: float) -> Image.Image:
    """Put a soft contact shadow under the feet."""
    wide, high = figure.size
    shadow = Image.new("L", figure.size, 0)
    pen = ImageDraw.Draw(shadow)
    for k in range(6):
        rx, ry = half * high * (1 - 0.11 * k), 0.016 * high * (1 - 0.11 * k)
        cy = high - 0.017 * high
        pen.ellipse((wide / 2 - rx, cy - ry, wide / 2 + rx, cy + ry), fill=18 + 17 * k)
    under = Image.new("RGBA", figure.size, (22, 18, 38, 0))
    under.putalpha(shadow)
    under.alpha_composite(figure)
    return under


def between(first: Point, second: Point, share: float) -> Point:
    """The point ``share`` of the way from ``first`` to ``second``."""
    return (first[0] + (second[0] - first[0]) * share, first[1] + (second[1] - first[1]) * share)
