"""The transparent sheet a figure is cut on: flat parts with one shaded edge and a soft drop onto what lies below.

Coordinates are in canvas heights: x around 0, y from 0 (top) to 1 (the ground). ``Cutout.place`` scales about the feet.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from narrative_assets.media.drawing.brush import Point, oval_points, ribbon
from narrative_assets.media.drawing.palette import RGB, darker

ASPECT = 0.6
OVER = 2
Box = tuple[int, int, int, int]
"""Left, top, right and bottom, the last two outside."""


@dataclass(frozen=True)
class _Piece:
    """A polygon in pixels of the sheet. A flat one covers what is below; others have an edge and a drop, in pixels."""

    spots: tuple[tuple[int, int], ...]
    colour: RGB
    shade: RGB | None = None
    edge: int = 0
    drop: int = 0
    pad: int = 0

    @property
    def box(self) -> Box:
        """All that it may change."""
        across, down = [x for x, _ in self.spots], [y for _, y in self.spots]
        return min(across) - self.pad, min(down) - self.pad, max(across) + self.pad + 1, max(down) + self.pad + 1

    def lay(self, image: Image.Image, left: int = 0, top: int = 0) -> None:
        """Draw it on ``image``, which shows the sheet from ``left`` and ``top`` on."""
        spots = [(x - left, y - top) for x, y in self.spots]
        if self.shade is None:
            ImageDraw.Draw(image).polygon(spots, fill=(*self.colour, 255))
            return
        limit_x, limit_y = image.size
        across, down = [x for x, _ in spots], [y for _, y in spots]
        x0, x1 = max(0, min(across) - self.pad), min(limit_x, max(across) + self.pad)
        y0, y1 = max(0, min(down) - self.pad), min(limit_y, max(down) + self.pad)
        if x1 <= x0 or y1 <= y0:
            return
        mask = Image.new("L", (x1 - x0, y1 - y0), 0)
        ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in spots], fill=255)
        if self.drop:
            below = image.crop((x0, y0, x1, y1)).getchannel("A")
            cast = ImageChops.multiply(_shifted(mask, self.drop // 2, self.drop), below)
            image.paste((20, 16, 40, 255), (x0, y0), cast.point([level * 77 >> 8 for level in range(256)]))
        image.paste((*self.colour, 255), (x0, y0), mask)
        if self.edge:
            turned = ImageChops.subtract(mask, _shifted(mask, -self.edge, -self.edge // 3))
            image.paste((*self.shade, 255), (x0, y0), turned)


class Cutout:
    """A figure in the making: its pieces from back to front. ``finish`` gives the picture."""

    def __init__(self, height: int) -> None:
        self.height, self.width = height, max(1, round(height * ASPECT))
        self.pieces: list[_Piece] = []
        self._scale, self._wide, self._shift = 1.0, 1.0, 0.0

    def place(self, scale: float, wide: float = 1.0, shift: float = 0.0) -> None:
        """Draw what follows ``scale`` times as large about the feet, ``wide`` times that in x, moved by ``shift``."""
        self._scale, self._wide, self._shift = scale, scale * wide, shift

    def _at(self, points: Sequence[Point]) -> tuple[tuple[int, int], ...]:
        unit, middle, k = self.height * OVER, self.width * OVER / 2, self._scale
        w, dx = self._wide, self._shift
        return tuple((round(middle + (x * w + dx) * unit), round((1 - (1 - y) * k) * unit)) for x, y in points)

    def flat(self, points: Sequence[Point], colour: RGB) -> None:
        """Fill a polygon."""
        self.pieces.append(_Piece(self._at(points), colour))

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
        unit = self.height * OVER * self._scale
        self.pieces.append(
            _Piece(
                self._at(points),
                colour,
                shade or darker(colour, 0.24),
                max(1, round(edge * unit)) if edge > 0 else 0,
                max(1, round(drop * unit)) if drop > 0 else 0,
                round((edge + drop) * unit) + 2,
            )
        )

    def limb(
        self, points: Sequence[Point], widths: Sequence[float], colour: RGB, edge: float = 0.01, drop: float = 0.0
    ) -> None:
        """Lay a tapered limb through its joints."""
        self.part(ribbon(points, widths), colour, edge, drop)

    def finish(self, seed: int, ground: float = 0.0) -> Image.Image:
        """The picture: averaged down, darker to the feet, grained; ``ground`` is half the contact shadow's width."""
        whole = (0, 0, self.width, self.height)
        picture = self._averaged(whole)
        box = picture.getbbox()
        if box is not None:
            picture.paste(self._weighted(picture.crop(box), box, box, seed), box[:2])
        return self._grounded(picture, whole, ground)

    def part_of(self, window: Box, body: Box, seed: int, ground: float = 0.0) -> Image.Image:
        """What the finished picture shows in ``window``, where ``body`` is the box of all that is drawn."""
        picture = self._averaged(window)
        inner = max(window[0], body[0]), max(window[1], body[1]), min(window[2], body[2]), min(window[3], body[3])
        here = inner[0] - window[0], inner[1] - window[1], inner[2] - window[0], inner[3] - window[1]
        picture.paste(self._weighted(picture.crop(here), inner, body, seed), here[:2])
        return self._grounded(picture, window, ground)

    def body(self) -> Box:
        """The box of all that is drawn, in pixels of the picture."""
        return self._averaged((0, 0, self.width, self.height)).getbbox() or (0, 0, 0, 0)

    def _averaged(self, window: Box) -> Image.Image:
        """What is drawn in ``window``, in pixels of the picture."""
        # Edges and drops come from beside a pixel.
        reach = max((piece.pad for piece in self.pieces), default=0) // OVER + 1
        left, top = max(0, window[0] - reach), max(0, window[1] - reach)
        right, bottom = min(self.width, window[2] + reach), min(self.height, window[3] + reach)
        sheet = Image.new("RGBA", ((right - left) * OVER, (bottom - top) * OVER), (0, 0, 0, 0))
        for piece in self.pieces:
            x0, y0, x1, y1 = piece.box
            if x0 < right * OVER and left * OVER < x1 and y0 < bottom * OVER and top * OVER < y1:
                piece.lay(sheet, left * OVER, top * OVER)
        return sheet.reduce(OVER).crop((window[0] - left, window[1] - top, window[2] - left, window[3] - top))

    def _weighted(self, figure: Image.Image, window: Box, body: Box, seed: int) -> Image.Image:
        pixels = np.array(figure, dtype=np.uint16)
        down, across = np.arange(window[1], window[3]), np.arange(window[0], window[2])
        weight = (1020 - 170 * down // self.height).astype(np.uint16)[:, None, None]
        noise = np.frombuffer(random.Random(seed).randbytes(128 * 128), dtype=np.uint8).reshape(128, 128)
        grain = (noise // 46)[np.ix_((down - body[1]) % 128, (across - body[0]) % 128)][:, :, None]
        colour = (pixels[..., :3] >> 2) * (weight >> 2) >> 6
        pixels[..., :3] = np.clip(colour + grain, 3, 258) - 3
        return Image.fromarray(pixels.astype(np.uint8), "RGBA")

    def _grounded(self, figure: Image.Image, window: Box, half: float) -> Image.Image:
        """Put a soft contact shadow under the feet."""
        if half <= 0:
            return figure
        wide, high = self.width, self.height
        shadow = Image.new("L", (wide, high), 0)
        pen = ImageDraw.Draw(shadow)
        for k in range(6):
            rx, ry = half * high * (1 - 0.11 * k), 0.016 * high * (1 - 0.11 * k)
            cy = high - 0.017 * high
            pen.ellipse((wide / 2 - rx, cy - ry, wide / 2 + rx, cy + ry), fill=18 + 17 * k)
        under = Image.new("RGBA", figure.size, (22, 18, 38, 0))
        under.putalpha(shadow.crop(window))
        under.alpha_composite(figure)
        return under


def variations(
    cutouts: Sequence[Cutout], seed: int, ground: float = 0.0, border: int = 2
) -> tuple[int, int, list[Image.Image]] | None:
    """Where the pictures of figures of one size differ: left and top of the smallest box, and that box of each.

    ``border`` pixels are added around it. None where they do not differ. Only what lies around the pieces that not
    all of them have is drawn for each.
    """
    wide, high = cutouts[0].width, cutouts[0].height
    pieces = [set(each.pieces) for each in cutouts]
    own = set().union(*pieces) - pieces[0].intersection(*pieces[1:])
    if not own:
        return None
    rests = [[piece for piece in each.pieces if piece not in own] for each in cutouts]
    left, top, right, bottom = _hull([piece.box for piece in own])
    body, inner = cutouts[0].body(), (left // OVER, top // OVER, -(-right // OVER), -(-bottom // OVER))
    if _hull([body, inner]) == body and all(rest == rests[0] for rest in rests):
        window = _widened(inner, border, wide, high)
        drawn = [each.part_of(window, body, seed, ground) for each in cutouts]
    else:
        window = (0, 0, wide, high)
        drawn = [each.finish(seed, ground) for each in cutouts]
    boxes = [ImageChops.difference(drawn[0], each).convert("RGB").getbbox() for each in drawn[1:]]
    differing = [box for box in boxes if box is not None]
    if not differing:
        return None
    box = _widened(_hull(differing), border, *drawn[0].size)
    return window[0] + box[0], window[1] + box[1], [each.crop(box) for each in drawn]


def _widened(box: Box, by: int, wide: int, high: int) -> Box:
    return max(0, box[0] - by), max(0, box[1] - by), min(wide, box[2] + by), min(high, box[3] + by)


def _hull(boxes: Sequence[Box]) -> Box:
    """The smallest box around ``boxes``."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _shifted(mask: Image.Image, dx: int, dy: int) -> Image.Image:
    moved = Image.new("L", mask.size, 0)
    moved.paste(mask, (dx, dy))
    return moved


def between(first: Point, second: Point, share: float) -> Point:
    """The point ``share`` of the way from ``first`` to ``second``."""
    return (first[0] + (second[0] - first[0]) * share, first[1] + (second[1] - first[1]) * share)
