"""The sheet a plate is painted on: antialiased flat shapes, graded fills, soft light and paper grain.

Coordinates are in frame heights: x runs from ``left`` to ``right`` around 0, y from 0 (top) to 1. Shapes are
painted at twice the size and averaged down; light and gloom live on small layers, since they are soft anyway.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from narrative_assets.media.drawing import dry_brush
from narrative_assets.media.drawing.palette import RGB, mix

Point = tuple[float, float]
OVER = 2
SOFT_ROWS = 112
_WHITE: RGB = (255, 255, 255)


def curve(points: Sequence[Point], steps: int = 6, closed: bool = False) -> list[Point]:
    """A smooth line through ``points`` (Catmull-Rom), ``steps`` to each span."""
    n = len(points)
    path: list[Point] = []
    for i in range(n if closed else n - 1):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = (
            points[j % n] if closed else points[max(0, min(n - 1, j))] for j in (i - 1, i, i + 1, i + 2)
        )  # fmt: skip
        for k in range(steps):
            t = k / steps
            u, v = t * t, t * t * t
            wa, wb, wc, wd = 2 * u - t - v, 2 - 5 * u + 3 * v, t + 4 * u - 3 * v, v - u
            path.append(((ax * wa + bx * wb + cx * wc + dx * wd) / 2, (ay * wa + by * wb + cy * wc + dy * wd) / 2))
    if not closed:
        path.append(points[-1])
    return path


def ribbon(points: Sequence[Point], widths: Sequence[float], steps: int = 7) -> list[Point]:
    """Outline of a tapered stroke with round ends. ``widths`` are half-widths, one to each point."""
    line = curve(points, steps)
    spans = len(points) - 1
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(line):
        before, after = line[max(0, i - 1)], line[min(len(line) - 1, i + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        norm = math.hypot(dx, dy) or 1.0
        at = i / max(1, len(line) - 1) * spans
        j = min(spans - 1, int(at))
        half = widths[j] + (widths[j + 1] - widths[j]) * (at - j)
        nx, ny = -dy / norm * half, dx / norm * half
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left + _cap(line[-1], left[-1], right[-1]) + right[::-1] + _cap(line[0], right[0], left[0])


def _cap(centre: Point, start: Point, end: Point) -> list[Point]:
    """Half a circle around ``centre`` from ``start`` to ``end``, bulging away from the stroke."""
    radius = math.hypot(start[0] - centre[0], start[1] - centre[1])
    angle = math.atan2(start[1] - centre[1], start[0] - centre[0])
    return [
        (centre[0] + radius * math.cos(angle - math.pi * k / 6), centre[1] + radius * math.sin(angle - math.pi * k / 6))
        for k in range(1, 6)
    ]


def oval_points(cx: float, cy: float, rx: float, ry: float, start: float = 0, end: float = 360) -> list[Point]:
    """Points of an oval or of its arc, degrees clockwise from the right."""
    count = max(8, int((end - start) / 10))
    angles = [math.radians(start + (end - start) * k / count) for k in range(count + 1)]
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


def ridge(
    dice: random.Random, left: float, right: float, base: float, height: float, waves: float = 1.0
) -> list[Point]:
    """A rolling skyline from ``left`` to ``right``, ``height`` tall above ``base`` at most."""
    parts = [
        (dice.uniform(0.7, 1.3) * waves * f, dice.uniform(0, 6.28), a)
        for f, a in ((1.6, 0.6), (3.7, 0.28), (8.1, 0.12))
    ]
    count = 64
    xs = [left + (right - left) * k / count for k in range(count + 1)]
    return [(x, base - height * (0.5 + 0.5 * sum(a * math.sin(f * x * 2 + p) for f, p, a in parts))) for x in xs]


@dataclass
class _Cut:
    """Where a layer begins: what was painted before it, how far it follows the camera, and what is painted since."""

    before: Image.Image
    depth: int
    cover: Image.Image
    pens: tuple[ImageDraw.ImageDraw, ImageDraw.ImageDraw]


class Sheet:
    """A plate in the making. ``finish`` gives the picture, ``finish_layers`` its layers where they were asked for."""

    def __init__(self, width: int, height: int, ground: RGB, *, layered: bool = False) -> None:
        self.width, self.height = width, height
        self.right = width / height / 2
        self.left = -self.right
        self.image = Image.new("RGB", (width * OVER, height * OVER), ground)
        self._pen = ImageDraw.Draw(self.image)
        self._wash = ImageDraw.Draw(self.image, "RGBA")
        self._layered = layered
        self._fine = min(width, height) >= dry_brush.FINE
        self._by, self._dx, self._dy = 1.0, 0.0, 0.0
        self._farthest = 0
        self._cuts: list[_Cut] = []
        self._cell = max(2, round(height / SOFT_ROWS))
        soft = (max(2, -(-width // self._cell)), max(2, -(-height // self._cell)))
        self._glow = np.zeros((soft[1], soft[0], 3), dtype=np.float64)
        self._gloom = np.ones((soft[1], soft[0], 3), dtype=np.float64)

    @contextmanager
    def moved(self, about: Point, to: Point, by: float) -> Iterator[None]:
        """Paint everything ``by`` times as large, with the place ``about`` at ``to``."""
        kept = self._by, self._dx, self._dy
        self._by, self._dx, self._dy = by, to[0] - by * about[0], to[1] - by * about[1]
        try:
            yield
        finally:
            self._by, self._dx, self._dy = kept

    def _there(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._by + self._dx, y * self._by + self._dy) for x, y in points]

    def layer(self, depth: int) -> None:
        """What is painted from here on follows the camera by ``depth`` permille: 0 is the sky, 1000 the actors."""
        if not self._layered:
            return
        if not self._cuts and self._blank():
            self._farthest = depth
            return
        cover = Image.new("RGB", self.image.size)
        pens = (ImageDraw.Draw(cover), ImageDraw.Draw(cover, "RGBA"))
        self._cuts.append(_Cut(self.image.copy(), depth, cover, pens))

    def _blank(self) -> bool:
        return len(self.image.getcolors(1) or ()) == 1

    def _pens(self, colour: RGB, alpha: int) -> list[tuple[ImageDraw.ImageDraw, tuple[int, ...]]]:
        """Where a shape is drawn and with which fill: into the picture, and into what its layer covers."""
        solid = alpha >= 255
        pens: list[tuple[ImageDraw.ImageDraw, tuple[int, ...]]] = [
            (self._pen, colour) if solid else (self._wash, (*colour, alpha))
        ]
        if self._cuts:
            over, wash = self._cuts[-1].pens
            pens.append((over, _WHITE) if solid else (wash, (*_WHITE, alpha)))
        return pens

    def _at(self, points: Sequence[Point]) -> list[Point]:
        unit, middle = self.height * OVER, self.width * OVER / 2
        return [(round(middle + x * unit), round(y * unit)) for x, y in self._there(points)]

    def shape(self, points: Sequence[Point], colour: RGB, alpha: int = 255) -> None:
        """Fill a polygon, translucent where ``alpha`` is below 255."""
        if alpha > 0:
            spots = self._at(points)
            for pen, fill in self._pens(colour, alpha):
                pen.polygon(spots, fill=fill)
            self._worked(spots, colour, alpha)

    def oval(self, cx: float, cy: float, rx: float, ry: float, colour: RGB, alpha: int = 255) -> None:
        """Fill an oval of half-axes ``rx`` and ``ry``."""
        (x0, y0), (x1, y1) = self._at([(cx - rx, cy - ry), (cx + rx, cy + ry)])
        for pen, fill in self._pens(colour, alpha):
            pen.ellipse((x0, y0, max(x0, x1), max(y0, y1)), fill=fill)
        middle, half = ((x0 + x1) / 2, (y0 + y1) / 2), ((x1 - x0) / 2, (y1 - y0) / 2)
        self._worked(oval_points(*middle, *half) if self._fine else (), colour, alpha)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, colour: RGB, alpha: int = 255, round_by: float = 0
    ) -> None:
        """Fill a rectangle, with round corners of radius ``round_by``."""
        (a, b), (c, d) = self._at([(min(x0, x1), min(y0, y1)), (max(x0, x1), max(y0, y1))])
        for pen, fill in self._pens(colour, alpha):
            if round_by > 0:
                pen.rounded_rectangle((a, b, c, d), radius=round(round_by * self._by * self.height * OVER), fill=fill)
            else:
                pen.rectangle((a, b, c, d), fill=fill)
        self._worked([(a, b), (c, b), (c, d), (a, d)] if round_by <= 0 else (), colour, alpha)

    def line(self, points: Sequence[Point], width: float, colour: RGB, alpha: int = 255) -> None:
        """Draw a line of even ``width`` through ``points``."""
        pixels = max(1, round(width * self._by * self.height * OVER))
        spots, joint = self._at(points), "curve" if alpha >= 255 else None
        for pen, fill in self._pens(colour, alpha):
            pen.line(spots, fill=fill, width=pixels, joint=joint)

    def stroke(self, points: Sequence[Point], widths: Sequence[float], colour: RGB, alpha: int = 255) -> None:
        """Draw a tapered stroke."""
        self.shape(ribbon(points, widths), colour, alpha)

    def graded(self, points: Sequence[Point], stops: Sequence[RGB], across: bool = False) -> None:
        """Fill a polygon with an even run of colours, downward or (``across``) rightward."""
        spots = self._at(points)
        limit_x, limit_y = self.image.size
        x0, x1 = max(0, int(min(p[0] for p in spots))), min(limit_x, int(max(p[0] for p in spots)) + 1)
        y0, y1 = max(0, int(min(p[1] for p in spots))), min(limit_y, int(max(p[1] for p in spots)) + 1)
        if x1 <= x0 or y1 <= y0:
            return
        mask = Image.new("L", (x1 - x0, y1 - y0), 0)
        ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in spots], fill=255)
        length = (x1 - x0) if across else (y1 - y0)
        run = Image.new("RGB", (length, 1) if across else (1, length))
        run.putdata(_run(stops, length))
        self.image.paste(run.resize(mask.size, Image.Resampling.NEAREST), (x0, y0), mask)
        if self._cuts:
            self._cuts[-1].cover.paste(_WHITE, (x0, y0), mask)
        self._worked(spots, stops[0], 255, dry_brush.WASH)

    def _worked(self, spots: Sequence[Point], colour: RGB, alpha: int, hand: dry_brush.Hand = dry_brush.PENCIL) -> None:
        """On a large sheet, work over a solid shape that was just painted: strokes within it, a line around it."""
        if not self._fine or alpha < 255 or not spots or not dry_brush.work(self.image, spots, colour, hand):
            return
        for pen, fill in self._pens(dry_brush.INK, dry_brush.LINE_ALPHA):
            pen.line([*spots, spots[0]], fill=fill, width=2 * OVER)

    def glow(self, cx: float, cy: float, rx: float, ry: float, colour: RGB, strength: float = 1.0) -> None:
        """Add soft light that dies away over an oval."""
        fall = self._falloff(cx, cy, rx, ry)
        self._glow += fall[..., None] * (np.array(colour, dtype=np.float64) * strength)

    def beam(self, points: Sequence[Point], colour: RGB, strength: float = 0.3, blur: int = 1) -> None:
        """Add a shaft of light with soft edges."""
        self._glow += self._soft_shape(points, blur)[..., None] * (np.array(colour, dtype=np.float64) * strength)

    def gloom(self, cx: float, cy: float, rx: float, ry: float, strength: float, tint: RGB = (30, 24, 52)) -> None:
        """Take light away softly over an oval."""
        fall = (self._falloff(cx, cy, rx, ry) * strength)[..., None]
        self._gloom *= 1 - fall * (1 - np.array(tint, dtype=np.float64) / 255)

    def shadow(self, points: Sequence[Point], strength: float, tint: RGB = (30, 24, 52), blur: int = 1) -> None:
        """Cast a soft shadow in the shape of a polygon."""
        mask = (self._soft_shape(points, blur) * strength)[..., None]
        self._gloom *= 1 - mask * (1 - np.array(tint, dtype=np.float64) / 255)

    def _falloff(self, cx: float, cy: float, rx: float, ry: float) -> np.ndarray:
        high, wide = self._glow.shape[:2]
        ((cx, cy),) = self._there([(cx, cy)])
        rx, ry = rx * self._by, ry * self._by
        xs = ((np.arange(wide) + 0.5) * self._cell / self.height + self.left - cx) / rx
        ys = ((np.arange(high) + 0.5) * self._cell / self.height - cy) / ry
        near = np.clip(1 - (xs * xs)[None, :] - (ys * ys)[:, None], 0, 1)
        result: np.ndarray = near * near * (0.4 + 0.6 * near)
        return result

    def _soft_shape(self, points: Sequence[Point], blur: int) -> np.ndarray:
        high, wide = self._glow.shape[:2]
        mask = Image.new("L", (wide * 4, high * 4), 0)
        unit = self.height * 4 / self._cell
        ImageDraw.Draw(mask).polygon([((x - self.left) * unit, y * unit) for x, y in self._there(points)], fill=255)
        small = mask.reduce(4).filter(ImageFilter.BoxBlur(blur))
        return np.asarray(small, dtype=np.float64) / 255

    def finish(self, seed: int, vignette: float = 0.42) -> Image.Image:
        """The picture: shapes averaged down, gloom and glow laid over, corners dimmed, grain added."""
        light = self._light(vignette)
        return self._seen(self.image.reduce(OVER), light, seed)

    def finish_layers(self, seed: int, vignette: float = 0.42) -> tuple[tuple[int, Image.Image], ...]:
        """The layers with their depths, farthest first: RGB, then RGBA. Laid over each other they give the picture."""
        light = self._light(vignette)
        if not self._cuts:
            return ((self._farthest, self._seen(self.image.reduce(OVER), light, seed)),)
        layers = [(self._farthest, self._seen(self._cuts[0].before.reduce(OVER), light, seed))]
        after = [*(cut.before for cut in self._cuts[1:]), self.image]
        for cut, whole in zip(self._cuts, after, strict=True):
            cover = cut.cover.getchannel("R").reduce(OVER)
            box = cover.getbbox()
            if box is None:
                continue
            own = cover.crop(box)
            large = (box[0] * OVER, box[1] * OVER, box[2] * OVER, box[3] * OVER)
            paint = _lifted(cut.before.crop(large).reduce(OVER), whole.crop(large).reduce(OVER), own)
            picture = self._seen(paint, (light[0].crop(box), light[1].crop(box)), seed, box[:2])
            picture.putalpha(own)
            layer = Image.new("RGBA", (self.width, self.height))
            layer.paste(picture, box[:2])
            layers.append((cut.depth, layer))
        return tuple(layers)

    def _light(self, vignette: float) -> tuple[Image.Image, Image.Image]:
        """Gloom and glow at full size. Dimming the corners belongs to the gloom."""
        size = (self.width, self.height)
        gloom = self._gloom * (1 - vignette * self._corners())
        return _upscaled(gloom * 255, size, self._cell), _upscaled(self._glow, size, self._cell)

    @staticmethod
    def _seen(
        picture: Image.Image, light: tuple[Image.Image, Image.Image], seed: int, corner: tuple[int, int] = (0, 0)
    ) -> Image.Image:
        return grained(ImageChops.screen(ImageChops.multiply(picture, light[0]), light[1]), seed, 3, corner)

    def _corners(self) -> np.ndarray:
        high, wide = self._glow.shape[:2]
        xs = (np.arange(wide) + 0.5) / wide * 2 - 1
        ys = (np.arange(high) + 0.5) / high * 2 - 1
        far = np.clip((xs * xs)[None, :] * 0.62 + (ys * ys)[:, None] * 0.5 - 0.22, 0, 1)
        tint = 1 - np.array((40, 30, 70), dtype=np.float64) / 255
        result: np.ndarray = far[..., None] * tint
        return result


def _lifted(before: Image.Image, after: Image.Image, cover: Image.Image) -> Image.Image:
    """The colours that, laid over ``before`` as thickly as ``cover`` says, give ``after``; RGB."""
    below, above = np.asarray(before, np.int32), np.asarray(after, np.int32)
    share = np.maximum(np.asarray(cover, np.int32), 1)[..., None]
    paint = below + ((above - below) * 255 + share // 2) // share
    return Image.fromarray(np.clip(paint, 0, 255).astype(np.uint8), "RGB")


def _run(stops: Sequence[RGB], length: int) -> list[RGB]:
    spans = len(stops) - 1
    run: list[RGB] = []
    for k in range(length):
        at = k / max(1, length - 1) * spans
        j = min(spans - 1, int(at))
        run.append(mix(stops[j], stops[j + 1], at - j))
    return run


def _upscaled(layer: np.ndarray, size: tuple[int, int], cell: int) -> Image.Image:
    small = Image.fromarray(np.clip(np.rint(layer), 0, 255).astype(np.uint8), "RGB")
    wide, high = (side * cell for side in small.size)
    return small.resize((wide, high), Image.Resampling.BILINEAR).crop((0, 0, *size))


def grained(picture: Image.Image, seed: int, depth: int, corner: tuple[int, int] = (0, 0)) -> Image.Image:
    """Paper grain of plus or minus ``depth`` levels: fine speckle over a coarse mottle, in integers.

    ``corner`` is where the picture lies on its sheet, so that a part gets the grain of its place.
    """
    tile = 256
    noise = np.frombuffer(random.Random(seed).randbytes(tile * tile + 64 * 64), dtype=np.uint8)
    fine = noise[: tile * tile].reshape(tile, tile).astype(np.int16) - 128
    coarse = noise[tile * tile :].reshape(64, 64).astype(np.int16).repeat(4, 0).repeat(4, 1) - 128
    grain = (fine * depth + coarse * depth) // 256
    wide, high = picture.size
    left, top = corner[0] % tile, corner[1] % tile
    sheet = np.tile(grain, (-(-(high + top) // tile), -(-(wide + left) // tile)))
    sheet = sheet[top : top + high, left : left + wide]
    pixels = np.asarray(picture, dtype=np.int16)
    return Image.fromarray(np.clip(pixels + sheet[..., None], 0, 255).astype(np.uint8), "RGB")
