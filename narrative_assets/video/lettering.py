"""Setting type: a series' colours, the bundled typefaces, safe areas, and fitting words into a width.

What is lettered lives beside this: ``cards``, ``credits``, ``lower_thirds``, ``burned_captions``; blending type
into frames is ``overlays``'. Pillow's basic layout throughout, so that the same words give the same pixels.
"""

from __future__ import annotations

import colorsys
import hashlib
import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from narrative_assets.video.sheet import Sheet
from schemas.shots import ShotList

RGB = tuple[int, int, int]
SERIF, SERIF_STRONG = "SourceSerifProRegular", "SourceSerifProSemibold"
SANS, SANS_STRONG = "SourceSansProRegular", "SourceSansProSemibold"
SANS_ITALIC = "SourceSansProSemiboldIt"
CONTRAST = 4.5
"""Least contrast of type on its ground (WCAG 1.4.3)."""
_SMALLEST = 6
_MISSING = "?"
_INVISIBLE = ("Cc", "Cf", "Cn", "Cs", "Mn", "Me", "Zl", "Zp")


@dataclass(frozen=True)
class Palette:
    """Colours of a series: two grounds, ink for the letters, an accent for rules and small capitals."""

    ground: RGB
    depth: RGB
    ink: RGB
    accent: RGB


@dataclass(frozen=True)
class SafeArea:
    """Where type may stand, in pixels of a frame: what no screen and no interface covers."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def safe_area(width: int, height: int) -> SafeArea:
    """The title-safe area: 90 % each way; of a vertical frame also clear of its top 14 % and its bottom 35 %."""
    left, top = -(-width // 20), -(-height // 20)
    if height * 4 > width * 5:
        return SafeArea(left, -(-height * 14 // 100), width - left, height * 65 // 100)
    return SafeArea(left, top, width - left, height - top)


def palette(project_id: str) -> Palette:
    """Colours that belong to ``project_id``: always the same, and different from series to series."""
    digest = hashlib.sha256(project_id.encode()).digest()
    hue = int.from_bytes(digest[:2], "big") / 65536
    ground = _rgb(hue, 0.34, 0.19)
    return Palette(
        ground=ground,
        depth=_rgb(hue + 0.04, 0.42, 0.09),
        ink=_rgb(hue + 0.52, 0.10, 0.95),
        accent=_readable(hue + 0.44 + digest[2] / 256 * 0.14, ground),
    )


def contrast(one: RGB, other: RGB) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def card_ground(sheet: Sheet, colours: Palette) -> Image.Image:
    """A quiet ground that darkens toward the corners."""
    small = Image.radial_gradient("L").resize((sheet.width, sheet.height), Image.Resampling.BICUBIC)
    return Image.composite(
        Image.new("RGB", small.size, colours.depth), Image.new("RGB", small.size, colours.ground), small
    )


@lru_cache(maxsize=128)
def typeface(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A bundled Source typeface by its package's name for it, at ``size`` pixels."""
    return ImageFont.truetype(_file(name), max(_SMALLEST, size), layout_engine=ImageFont.Layout.BASIC)


def drawable(text: str, face: str) -> str:
    """``text`` as ``face`` can draw it: marks that it lacks fall away, other letters become a question mark."""
    glyphs = _glyphs(face)
    if all(ord(letter) in glyphs for letter in text):
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter if ord(letter) in glyphs else _replaced(letter, glyphs) for letter in composed)


def missing_glyphs(text: str, face: str = SANS_STRONG) -> tuple[str, ...]:
    """The characters of ``text`` that ``face`` cannot draw, each once, in order."""
    glyphs = _glyphs(face)
    letters = unicodedata.normalize("NFC", text)
    return tuple(dict.fromkeys(c for c in letters if ord(c) not in glyphs and _MISSING in _replaced(c, glyphs)))


def fitted(
    text: str, width: float, most_lines: int, size: float, face: str
) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest letters up to ``size`` pixels in which ``text`` fits ``width`` in ``most_lines`` balanced lines."""
    text = drawable(text, face)
    pixels = max(_SMALLEST, round(size))
    while True:
        font = typeface(face, pixels)
        for count in range(1, most_lines + 1):
            lines = _balanced(text, count)
            if max((font.getlength(line) for line in lines), default=0.0) <= width:
                return font, lines or [""]
        if pixels <= _SMALLEST:
            return font, [_shortened(text, width, font)]
        pixels = max(_SMALLEST, pixels * 9 // 10)


def wrapped(text: str, width: float, size: int, face: str) -> list[str]:
    """``text`` broken into lines of at most ``width`` pixels; only a word wider than that is cut."""
    lines: list[str] = []
    space, taken = _length(" ", face, size), 0.0
    for word in drawable(text, face).split():
        wide = _length(word, face, size)
        if lines and taken + space + wide <= width:
            lines[-1] += " " + word
            taken += space + wide
            continue
        pieces = _cut(word, width, size, face) if wide > width else [word]
        lines += pieces
        taken = _length(pieces[-1], face, size)
    return lines or [""]


def _cut(word: str, width: float, size: int, face: str) -> list[str]:
    """A word in pieces that fit ``width``."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and _length(pieces[-1] + letter, face, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


@lru_cache(maxsize=8_192)
def _length(word: str, face: str, size: int) -> float:
    return typeface(face, size).getlength(word)


def spaced_width(text: str, font: ImageFont.FreeTypeFont) -> float:
    """Width of letter-spaced capitals."""
    return sum(font.getlength(letter) for letter in text) + _tracking(font) * max(0, len(text) - 1)


def spaced(pen: ImageDraw.ImageDraw, x: float, y: float, text: str, font: ImageFont.FreeTypeFont, fill: RGB) -> None:
    """Letter-spaced capitals, centred."""
    at = x - spaced_width(text, font) / 2
    for letter in text:
        pen.text((at, y), letter, font=font, fill=fill, anchor="lm")
        at += font.getlength(letter) + _tracking(font)


def fitted_capitals(
    text: str, width: float, size: float, face: str = SANS_STRONG
) -> tuple[ImageFont.FreeTypeFont, str]:
    """``text`` in capitals, and letters up to ``size`` pixels in which it fits ``width`` letter-spaced."""
    capitals = drawable(text.upper(), face)
    pixels = max(_SMALLEST, round(size))
    while spaced_width(capitals, typeface(face, pixels)) > width and pixels > _SMALLEST:
        pixels = max(_SMALLEST, pixels * 9 // 10)
    font = typeface(face, pixels)
    while len(capitals) > 1 and spaced_width(capitals, font) > width:
        capitals = capitals[:-2].rstrip() + "…"
    return font, capitals


def series_line(shot_list: ShotList) -> str:
    """The series' title as a card shows it; its id where it has none, nothing where the episode's title says it."""
    series = shot_list.series_title.strip() or shot_list.project_id.replace("_", " ").replace("-", " ")
    return "" if series.casefold() in shot_list.title.casefold() else series


def episode_label(shot_list: ShotList) -> str:
    """Season and episode, in words."""
    season, _, episode = shot_list.episode_id[1:].partition("e")
    return f"Season {int(season)}  Episode {int(episode)}"


@lru_cache(maxsize=16)
def _glyphs(face: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(_file(face), lazy=True) as font:
        return frozenset(font.getBestCmap())


def _file(name: str) -> str:
    import font_source_sans_pro
    import font_source_serif_pro

    family = font_source_serif_pro if "Serif" in name else font_source_sans_pro
    return str(family.font_files_ttf[name.removesuffix("Regular")])


def _replaced(letter: str, glyphs: Iterable[int]) -> str:
    """What stands for a letter that the face lacks."""
    if unicodedata.category(letter) in _INVISIBLE:
        return ""
    if letter.isspace():
        return " "
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare if bare and all(ord(part) in glyphs for part in bare) else _MISSING


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


def _tracking(font: ImageFont.FreeTypeFont) -> float:
    return font.size * 0.16


def _readable(hue: float, ground: RGB) -> RGB:
    """An accent of this hue, as strong as it can be and still be read on ``ground``."""
    for step in range(12):
        colour = _rgb(hue, 0.60 - 0.04 * step, 0.82 + 0.015 * step)
        if contrast(colour, ground) >= CONTRAST + 1:
            break
    return colour


def _luminance(colour: RGB) -> float:
    red, green, blue = ((c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(hue: float, saturation: float, value: float) -> RGB:
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(hue % 1.0, saturation, value))
    return (red, green, blue)
