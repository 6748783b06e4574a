"""Type on pictures: the two Source families, wrapped and fitted into a box, and a stand-in for scripts they lack."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

import font_source_sans_pro
import font_source_serif_pro
from PIL import Image, ImageDraw, ImageFont

from narrative_assets.media.drawing.palette import RGB

Face = Literal["sans", "sans_bold", "sans_black", "serif", "serif_bold", "serif_italic"]
_FILES: dict[Face, str] = {
    "sans": "SourceSansPro-Regular.ttf",
    "sans_bold": "SourceSansPro-Semibold.ttf",
    "sans_black": "SourceSansPro-Black.ttf",
    "serif": "SourceSerifPro-Regular.ttf",
    "serif_bold": "SourceSerifPro-Bold.ttf",
    "serif_italic": "SourceSerifPro-It.ttf",
}


@functools.lru_cache(maxsize=64)
def font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """A face at ``size`` pixels, laid out by Pillow's own engine so that every machine sets it alike."""
    package = font_source_serif_pro if face.startswith("serif") else font_source_sans_pro
    path = Path(package.font_directory) / _FILES[face]
    return ImageFont.truetype(str(path), max(6, size), layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=2048)
def _has(character: str) -> bool:
    probe = font("sans", 24)
    return character.isspace() or bytes(probe.getmask(character)) != bytes(probe.getmask("\U0010ffff"))


def readable(text: str) -> str:
    """``text`` with every run of characters the faces lack replaced by a dash of its length."""
    plain = "".join(character if character.isprintable() or character.isspace() else " " for character in text)
    return "".join(character if _has(character) else "\u2013" for character in plain).strip()


def wrap(text: str, type_face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break ``text`` into lines no wider than ``width`` pixels; a word too long is broken inside."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            trial = f"{line} {word}".strip()
            if type_face.getlength(trial) <= width:
                line = trial
                continue
            if line:
                lines.append(line)
            pieces = _broken(word, type_face, width)
            lines += pieces[:-1]
            line = pieces[-1]
        lines.append(line)
    return lines or [""]


def _broken(word: str, type_face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and type_face.getlength(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def fit(
    text: str, face: Face, box: tuple[int, int], largest: int, leading: int = 122
) -> tuple[ImageFont.FreeTypeFont, list[str], int]:
    """The largest size at which ``text`` fills no more than ``box`` (width, height in pixels).

    Returns the font, the lines and the line height. ``leading`` is in hundredths of the size. Text that fits at no
    size is cut and ends in an ellipsis.
    """
    floor = max(7, largest // 7)
    sizes = [largest - (largest - floor) * step // 14 for step in range(15)]
    for size in sizes:
        type_face, height = font(face, size), size * leading // 100
        if type_face.getlength(" ".join(text.split())) > box[0] * (box[1] // height):
            continue
        lines = wrap(text, type_face, box[0])
        whole = all(type_face.getlength(word) <= box[0] for word in text.split())
        if len(lines) * height <= box[1] and (whole or size == sizes[-1]):
            return type_face, lines, height
    type_face, height = font(face, sizes[-1]), sizes[-1] * leading // 100
    room = max(1, box[1] // height)
    most = room * (1 + box[0] * 5 // sizes[-1])
    kept = wrap(text[:most], type_face, box[0])[:room]
    kept[-1] = _cut(kept[-1], type_face, box[0])
    return type_face, kept, height


def _cut(line: str, type_face: ImageFont.FreeTypeFont, width: int) -> str:
    while line and type_face.getlength(line + "\u2026") > width:
        line = line[:-1]
    return line + "\u2026"


def set_text(
    picture: Image.Image,
    text: str,
    face: Face,
    box: tuple[int, int, int, int],
    largest: int,
    colour: RGB,
    align: Literal["left", "centre"] = "centre",
    leading: int = 122,
) -> tuple[int, int, int, int]:
    """Set ``text`` into ``box`` (left, top, right, bottom), centred in height; returns the box the ink may fill."""
    type_face, lines, height = fit(readable(text), face, (box[2] - box[0], box[3] - box[1]), largest, leading)
    pen = ImageDraw.Draw(picture)
    top = box[1] + max(0, (box[3] - box[1] - height * len(lines)) // 2)
    ascent, descent = type_face.getmetrics()
    lead = (height - ascent - descent) // 2
    for k, line in enumerate(lines):
        length = round(type_face.getlength(line))
        x = box[0] if align == "left" else box[0] + (box[2] - box[0] - length) // 2
        pen.text((x, top + k * height + lead), line, font=type_face, fill=colour)
    widest = max(round(type_face.getlength(line)) for line in lines)
    left = box[0] if align == "left" else box[0] + (box[2] - box[0] - widest) // 2
    return (left, top, left + widest, top + height * len(lines))
