"""Title cards, credits and burned-in captions: everything in the picture that is lettering.

Set with Pillow's basic layout in the bundled Source typefaces; colours come from the project's name.
"""

from __future__ import annotations

import colorsys
import hashlib
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from narrative_assets.video.motion import Planes
from narrative_assets.video.picture import Sheet
from schemas.shots import Shot, ShotList

RGB = tuple[int, int, int]
TITLE_SAFE = 0.9
_CREDIT_LINES = 16


@dataclass(frozen=True)
class Palette:
    """Colours of a series: two grounds, ink for the letters, an accent for rules."""

    ground: RGB
    depth: RGB
    ink: RGB
    accent: RGB


@dataclass(frozen=True)
class Strip:
    """A caption ready to blend: for each plane what to add, and by how much to keep the picture (0 to 256)."""

    top: int
    left: int
    add: tuple[NDArray[np.uint16], ...]
    keep: tuple[NDArray[np.uint16], ...]


def palette(project_id: str) -> Palette:
    """Colours that belong to ``project_id``: always the same, and different from series to series."""
    digest = hashlib.sha256(project_id.encode()).digest()
    hue = int.from_bytes(digest[:2], "big") / 65536
    return Palette(
        ground=_rgb(hue, 0.34, 0.19),
        depth=_rgb(hue + 0.04, 0.42, 0.09),
        ink=_rgb(hue + 0.52, 0.16, 0.94),
        accent=_rgb(hue + 0.44 + digest[2] / 256 * 0.14, 0.55, 0.80),
    )


def title_card(shot: Shot, shot_list: ShotList, sheet: Sheet) -> Image.Image:
    """The opening title: the series small above, the episode's title large, a thin rule, the episode's number."""
    colours = palette(shot_list.project_id)
    card = _ground(sheet, colours)
    pen = ImageDraw.Draw(card)
    width = sheet.aspect * sheet.unit * 0.8
    title = shot.screen_text.strip() or shot_list.title
    font, lines = _fitted(title, width, 3, 0.125 * sheet.unit, "SourceSerifProSemibold")
    leading = font.size * 1.12
    middle = sheet.y(0.49)
    first = middle - leading * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        pen.text((sheet.width / 2, first + number * leading), line, font=font, fill=colours.ink, anchor="mm")
    rule = first + leading * (len(lines) - 0.5) + 0.035 * sheet.unit
    half = 0.09 * sheet.unit
    thick = max(1, round(0.004 * sheet.unit))
    pen.rectangle((sheet.width / 2 - half, rule, sheet.width / 2 + half, rule + thick - 1), fill=colours.accent)
    small = typeface("SourceSansProSemibold", round(0.034 * sheet.unit))
    _spaced(pen, sheet.width / 2, rule + 0.065 * sheet.unit, _episode_label(shot_list), small, colours.ink)
    _spaced(pen, sheet.width / 2, first - leading * 0.5 - 0.06 * sheet.unit, _series(shot_list), small, colours.accent)
    return card


def credits_card(shot: Shot, shot_list: ShotList, sheet: Sheet) -> Image.Image:
    """The credits, line by line and centred; long lists in smaller letters and several columns."""
    colours = palette(shot_list.project_id)
    card = _ground(sheet, colours)
    pen = ImageDraw.Draw(card)
    lines = [line for line in (shot_list.credits or tuple(shot.screen_text.splitlines())) if line.strip()]
    columns = min(4, -(-len(lines) // (2 * _CREDIT_LINES))) or 1
    rows = -(-len(lines) // columns) or 1
    leading = sheet.unit * 0.8 / max(rows, 12)
    for number, line in enumerate(lines):
        column, row = divmod(number, rows)
        x = sheet.x(sheet.aspect * (0.5 + 0.88 * ((column + 0.5) / columns - 0.5)))
        y = sheet.y(0.5) + (row - (min(rows, len(lines)) - 1) / 2) * leading
        first = number == 0 and columns == 1
        face = "SourceSerifProSemibold" if first else "SourceSerifProRegular"
        font, (text, *_) = _fitted(line, sheet.aspect * sheet.unit * 0.86 / columns, 1, leading * 0.66, face)
        pen.text((x, y), text, font=font, fill=colours.accent if first else colours.ink, anchor="mm")
    return card


def caption_strip(lines: Sequence[str], width: int, height: int, italic: bool = False) -> Strip:
    """Set a caption of one or two lines at the foot of the title-safe area, white on a soft dark edge."""
    size = max(9, round(min(height * 0.052, width * 0.038)))
    face = "SourceSansProSemiboldIt" if italic else "SourceSansProSemibold"
    fonts = [_fitted(line, width * TITLE_SAFE, 1, size, face) for line in lines]
    leading = round(size * 1.2)
    pad = max(4, size // 3)
    longest = max(font.getlength(text) for font, (text, *_) in fonts)
    wide = min(width, _even(longest + 2 * pad))
    tall = min(height, _even(leading * len(lines) + 2 * pad))
    letters = Image.new("L", (wide, tall))
    pen = ImageDraw.Draw(letters)
    for number, (font, (text, *_)) in enumerate(fonts):
        pen.text((wide / 2, pad + (number + 0.5) * leading), text, font=font, fill=255, anchor="mm")
    edge = letters.filter(ImageFilter.MaxFilter(2 * max(1, size // 16) + 1))
    edge = edge.filter(ImageFilter.GaussianBlur(max(0.6, size / 18)))
    top = _even(height * 0.925) - tall
    return _strip(letters, edge, max(0, top), _even((width - wide) / 2))


def burn(planes: Planes, strip: Strip) -> None:
    """Blend a caption into a frame, in integers."""
    for index, (plane, add, keep) in enumerate(zip(planes.each(), strip.add, strip.keep, strict=True)):
        half = 1 if index == 0 else 2
        rows, columns = add.shape
        part = plane[strip.top // half :, strip.left // half :][:rows, :columns]
        np.copyto(part, ((part * keep) >> 8) + add, casting="unsafe")


@lru_cache(maxsize=128)
def typeface(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A bundled Source typeface by its package's name for it, at ``size`` pixels."""
    import font_source_sans_pro
    import font_source_serif_pro

    family = font_source_serif_pro if "Serif" in name else font_source_sans_pro
    path = family.font_files_ttf[name.removesuffix("Regular")]
    return ImageFont.truetype(path, max(6, size), layout_engine=ImageFont.Layout.BASIC)


def _strip(letters: Image.Image, edge: Image.Image, top: int, left: int) -> Strip:
    """White letters over a dark edge as one blend: picture * keep / 256 + add."""
    ink = np.asarray(letters, np.uint16)
    shade = np.asarray(edge, np.uint16) * 230 // 255
    keep = (255 - ink) * (255 - shade) // 255
    white, black, grey = 235, 16, 128
    luma = (ink * white + (255 - ink) * (shade * black // 255)) // 255
    small = _halved(keep)
    chroma = (grey * (256 - _scaled(small)) // 256).astype(np.uint16)
    whole = _scaled(keep).astype(np.uint16)
    half = _scaled(small).astype(np.uint16)
    return Strip(top, left, (luma.astype(np.uint16), chroma, chroma), (whole, half, half))


def _scaled(keep: NDArray[Any]) -> NDArray[Any]:
    """0..255 to 0..256, so that untouched pixels stay exactly as they are."""
    scaled: NDArray[Any] = keep + (keep >> 7)
    return scaled


def _halved(plane: NDArray[Any]) -> NDArray[Any]:
    halved: NDArray[Any] = (plane[0::2, 0::2] + plane[0::2, 1::2] + plane[1::2, 0::2] + plane[1::2, 1::2]) >> 2
    return halved


def _ground(sheet: Sheet, colours: Palette) -> Image.Image:
    """A quiet ground that darkens toward the corners."""
    small = Image.radial_gradient("L").resize((sheet.width, sheet.height), Image.Resampling.BICUBIC)
    return Image.composite(
        Image.new("RGB", small.size, colours.depth), Image.new("RGB", small.size, colours.ground), small
    )


def _fitted(
    text: str, width: float, most_lines: int, size: float, face: str
) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest letters up to ``size`` in which ``text`` fits ``width`` in ``most_lines`` balanced lines."""
    pixels = max(6, round(size))
    while True:
        font = typeface(face, pixels)
        for count in range(1, most_lines + 1):
            lines = _balanced(text, count)
            if max((font.getlength(line) for line in lines), default=0.0) <= width:
                return font, lines or [""]
        if pixels <= 6:
            return font, [_shortened(text, width, font)]
        pixels = max(6, pixels * 9 // 10)


def _balanced(text: str, count: int) -> list[str]:
    """Break ``text`` into at most ``count`` lines of about the same length."""
    width = max(1, -(-len(text) // count))
    lines = textwrap.wrap(text, width, break_long_words=False)
    while len(lines) > count:
        width += 1
        lines = textwrap.wrap(text, width, break_long_words=False)
    return lines


def _shortened(text: str, width: float, font: ImageFont.FreeTypeFont) -> str:
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"


def _spaced(pen: ImageDraw.ImageDraw, x: float, y: float, text: str, font: ImageFont.FreeTypeFont, fill: RGB) -> None:
    """Letter-spaced capitals, centred."""
    gap = font.size * 0.16
    widths = [font.getlength(letter) for letter in text]
    at = x - (sum(widths) + gap * (len(text) - 1)) / 2
    for letter, wide in zip(text, widths, strict=True):
        pen.text((at, y), letter, font=font, fill=fill, anchor="lm")
        at += wide + gap


def _series(shot_list: ShotList) -> str:
    return shot_list.project_id.replace("_", " ").replace("-", " ").upper()


def _episode_label(shot_list: ShotList) -> str:
    season, _, episode = shot_list.episode_id[1:].partition("e")
    return f"SEASON {int(season)}  EPISODE {int(episode)}"


def _rgb(hue: float, saturation: float, value: float) -> RGB:
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(hue % 1.0, saturation, value))
    return (red, green, blue)


def _even(size: float) -> int:
    return 2 * int(-(-size // 2))
