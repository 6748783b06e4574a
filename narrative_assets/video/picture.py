"""Composes the one still picture a shot is filmed from: background, figures, shadows, foreground shoulder.

Geometry comes from ``framing``, stored pictures from ``plates``, cards from ``titles``. All pixel arithmetic is
in integers (Pillow and numpy), so that the same inputs give the same bytes everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from narrative_assets.video.framing import (
    Backdrop,
    Body,
    Placed,
    backdrop,
    is_over_shoulder,
    over_shoulder,
    place,
)
from narrative_assets.video.motion import Extent, Plane, Planes
from narrative_assets.video.plates import PlateBook, ShotPlates
from schemas.shots import Shot

_LIGHT = {
    "dawn": (238, 218, 214),
    "morning": (252, 247, 240),
    "day": (255, 255, 255),
    "afternoon": (255, 250, 238),
    "dusk": (226, 190, 186),
    "evening": (206, 186, 190),
    "night": (170, 179, 208),
}
_LAMPLIGHT = {"dusk": (246, 222, 196), "evening": (240, 214, 184), "night": (226, 200, 174)}
_SHOULDER = (22, 22, 30)
_BEHIND = {"els": 250, "ls": 240, "mls": 226}
_BEHIND_CLOSE = 214
_COARSE = 2.4


@dataclass(frozen=True)
class Sheet:
    """A picture being composed. ``unit`` is pixels per frame height; the frame lies in the middle."""

    width: int
    height: int
    unit: float
    aspect: float

    @classmethod
    def of(cls, extent: Extent, width: int, height: int) -> Sheet:
        """The sheet for a frame of ``width`` x ``height`` under a move that needs ``extent``."""
        return cls(extent.width, extent.height, extent.unit * height, width / height)

    def x(self, frame_x: float) -> float:
        """Pixel column of a place in the frame."""
        return self.width / 2 + (frame_x - self.aspect / 2) * self.unit

    def y(self, frame_y: float) -> float:
        """Pixel row of a place in the frame."""
        return self.height / 2 + (frame_y - 0.5) * self.unit


def compose(shot: Shot, plates: ShotPlates, book: PlateBook, sheet: Sheet) -> Image.Image:
    """Draw the still picture of ``shot`` on a sheet, RGB. Raises MediaError that names an undecodable picture."""
    if plates.insert is not None:
        return crop(book.picture(plates.insert, "RGB"), sheet, Backdrop(1.0, 0.5, 0.5, 0.0))
    if plates.background is None:
        return Image.new("RGB", (sheet.width, sheet.height))
    picture = _behind(book.picture(plates.background, "RGB"), sheet, backdrop(shot))
    if not shot.figures:
        return picture
    picture = _dimmed(picture, _BEHIND.get(shot.framing.size, _BEHIND_CLOSE))
    cast = [book.picture(plate, "RGBA") for plate in plates.figures]
    bodies = [book.body(plate) for plate in plates.figures]
    light = light_of(shot)
    placed = place(shot, bodies, sheet.aspect)
    for each in placed:
        _cast_shadow(picture, sheet, each, bodies[each.index])
    for each in placed:
        away = shot.figures[each.index].facing == "away"
        part = _part(sheet, each, bodies[each.index], cast[each.index])
        if part is not None:
            picture.paste(_lit(part[0], _away(light) if away else light), part[1], part[0])
    _foreground(picture, sheet, shot, cast, bodies)
    return picture


def light_of(shot: Shot) -> tuple[int, int, int]:
    """Colour of the light on figures, 255 for full: pictures of people are drawn once, for every time of day."""
    where = shot.environment
    outdoors = _LIGHT[where.time_of_day]
    return _LAMPLIGHT.get(where.time_of_day, outdoors) if where.interior else outdoors


def to_planes(picture: Image.Image) -> Planes:
    """Convert RGB to 8-bit planar YUV 4:2:0, BT.709, limited range, in integers. Width and height are even."""
    rgb = np.asarray(picture, dtype=np.uint8)
    wide = rgb.astype(np.int32)
    red, green, blue = (wide[:, :, band] for band in range(3))
    luma = ((red * 11966 + green * 40254 + blue * 4064 + 32768) >> 16) + 16
    small = (wide[0::2, 0::2] + wide[0::2, 1::2] + wide[1::2, 0::2] + wide[1::2, 1::2] + 2) >> 2
    red, green, blue = (small[:, :, band] for band in range(3))
    u = ((red * -6596 + green * -22189 + blue * 28784 + 32768) >> 16) + 128
    v = ((red * 28784 + green * -26145 + blue * -2639 + 32768) >> 16) + 128
    return Planes(_bytes(luma), _bytes(u), _bytes(v))


def _bytes(plane: np.ndarray[tuple[int, ...], np.dtype[np.int32]]) -> Plane:
    return np.clip(plane, 16, 240).astype(np.uint8)


def _behind(plate: Image.Image, sheet: Sheet, seen: Backdrop) -> Image.Image:
    """The background, as sharp as the shot size leaves it."""
    soft = seen.blur * sheet.unit
    if soft < _COARSE:
        picture = crop(plate, sheet, seen)
        return picture.filter(ImageFilter.GaussianBlur(soft)) if soft else picture
    # What is this soft loses nothing at half the size, and blurs in a quarter of the time.
    small = Sheet(sheet.width // 2, sheet.height // 2, sheet.unit / 2, sheet.aspect)
    picture = crop(plate, small, seen).filter(ImageFilter.GaussianBlur(soft / 2))
    return picture.resize((sheet.width, sheet.height), Image.Resampling.BILINEAR)


def crop(plate: Image.Image, sheet: Sheet, seen: Backdrop) -> Image.Image:
    """Fill the sheet from the part of ``plate`` that is seen, never stretched, never beyond its edges."""
    across, down = sheet.width / sheet.unit, sheet.height / sheet.unit
    # At depth 1 the whole plate fills the frame, or the sheet where the camera's move needs more.
    tall = min(plate.height, plate.width / sheet.aspect) / seen.depth
    tall = min(tall, plate.height / down, plate.width / across)
    width, height = across * tall, down * tall
    # The edge may lie a rounding error beyond zero where the whole plate is seen, so zero has the last word.
    x = max(min(seen.x * plate.width - width / 2, plate.width - width), 0.0)
    y = max(min(seen.y * plate.height - height / 2, plate.height - height), 0.0)
    box = (x, y, min(x + width, plate.width), min(y + height, plate.height))
    return plate.resize((sheet.width, sheet.height), Image.Resampling.BICUBIC, box=box)


def _dimmed(picture: Image.Image, level: int) -> Image.Image:
    """Darken the background a little, so that figures stand out."""
    return picture.point([value * level // 255 for value in range(256)] * 3)


def _lit(figure: Image.Image, light: tuple[int, int, int]) -> Image.Image:
    if light == (255, 255, 255):
        return figure
    table = [value * level // 255 for level in light for value in range(256)]
    return figure.point([*table, *range(256)])


def _away(light: tuple[int, int, int]) -> tuple[int, int, int]:
    """Whoever turns their back is seen against the light."""
    red, green, blue = (level * 55 // 100 for level in light)
    return (red, green, blue)


def _rectangle(sheet: Sheet, each: Placed, body: Body) -> tuple[float, float, float, float]:
    """Left, top, width and height in pixels of a placed figure's whole picture."""
    tall = each.scale * sheet.unit
    wide = body.width * tall
    head = (body.width - body.head_x if each.mirrored else body.head_x) * tall
    return sheet.x(each.x) - head, sheet.y(each.ground) - tall, wide, tall


def _part(sheet: Sheet, each: Placed, body: Body, figure: Image.Image) -> tuple[Image.Image, tuple[int, int]] | None:
    """Scale what the sheet shows of a figure; returns it with its left upper corner, or None when off the sheet."""
    left, top, wide, tall = _rectangle(sheet, each, body)
    x0, y0 = max(0, math.ceil(left)), max(0, math.ceil(top))
    x1, y1 = min(sheet.width, math.floor(left + wide)), min(sheet.height, math.floor(top + tall))
    if x1 <= x0 or y1 <= y0:
        return None
    shrink_x, shrink_y = figure.width / wide, figure.height / tall
    first, last = (x0 - left) * shrink_x, (x1 - left) * shrink_x
    if each.mirrored:
        first, last = figure.width - last, figure.width - first
    box = (
        max(0.0, first),
        max(0.0, (y0 - top) * shrink_y),
        min(float(figure.width), last),
        min(float(figure.height), (y1 - top) * shrink_y),
    )
    part = figure.resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC, box=box)
    return part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if each.mirrored else part, (x0, y0)


def _cast_shadow(picture: Image.Image, sheet: Sheet, each: Placed, body: Body) -> None:
    """A soft contact shadow where the feet stand, if the ground is in the picture."""
    y = sheet.y(each.ground)
    if y > sheet.height * 1.02:
        return
    left, _, wide, tall = _rectangle(sheet, each, body)
    first = body.width - body.right if each.mirrored else body.left
    middle = left + (first + (body.right - body.left) / 2) / body.width * wide
    across = max(4.0, (body.right - body.left) * tall * 0.46)
    down = max(2.0, across * 0.16)
    soft = max(1.0, down * 0.55)
    pad = int(3 * soft) + 2
    size = (int(2 * across) + 2 * pad, int(2 * down) + 2 * pad)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse((pad, pad, size[0] - pad, size[1] - pad), fill=120)
    mask = mask.filter(ImageFilter.GaussianBlur(soft))
    picture.paste((14, 12, 20), (round(middle - size[0] / 2), round(y - size[1] * 0.55)), mask)


def _foreground(picture: Image.Image, sheet: Sheet, shot: Shot, cast: list[Image.Image], bodies: list[Body]) -> None:
    """The listener's dark, unsharp head and shoulder at the edge of the frame."""
    if not is_over_shoulder(shot):
        return
    over = shot.framing.over_shoulder_of
    for index, figure in enumerate(shot.figures):
        if figure.character_id != over:
            continue
        each = over_shoulder(shot, bodies[index], index, sheet.aspect)
        part = _part(sheet, each, bodies[index], cast[index])
        if part is None:
            continue
        silhouette, corner = part
        soft = 0.011 * sheet.unit
        alpha = silhouette.getchannel("A")
        # Blurred far more than the outline: hair and clothes leave their colour, but no face is seen.
        tone = silhouette.convert("RGB").reduce(4).filter(ImageFilter.GaussianBlur(1.5 * soft))
        tone = _dimmed(tone.resize(silhouette.size, Image.Resampling.BILINEAR), 70)
        tone = ImageChops.lighter(tone, Image.new("RGB", tone.size, _SHOULDER))
        pad = int(3 * soft) + 1
        outline = Image.new("L", (alpha.width + 2 * pad, alpha.height + 2 * pad))
        outline.paste(alpha, (pad, pad))
        # The body goes on below the frame: its outline softens at the sides only.
        outline.paste(alpha.crop((0, alpha.height - 1, alpha.width, alpha.height)).resize((alpha.width, pad)),
                      (pad, pad + alpha.height))  # fmt: skip
        outline = outline.filter(ImageFilter.GaussianBlur(soft))
        framed = ImageOps.expand(tone, pad, _SHOULDER)
        picture.paste(framed, (corner[0] - pad, corner[1] - pad), outline)
