"""Captions as they are burned into the picture: white letters on a soft dark edge, at the foot of the safe area."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from narrative_assets.video.lettering import SANS_ITALIC, SANS_STRONG, fitted, safe_area
from narrative_assets.video.motion import Plane
from narrative_assets.video.overlays import Strip, even, white_on_black

_LINES = 2
_LEADING = 1.2
_EDGE = 235
"""How dense the edge is at most, of 255."""


def caption_strip(lines: Sequence[str], width: int, height: int, italic: bool = False) -> Strip:
    """Set a caption of one or two lines in a frame of ``width`` x ``height`` pixels."""
    size = _size(width, height)
    face = SANS_ITALIC if italic else SANS_STRONG
    area = safe_area(width, height)
    pad = _pad(size)
    fonts = [fitted(line, area.width - 2 * pad, 1, size, face) for line in lines]
    leading = round(size * _LEADING)
    longest = max(font.getlength(text) for font, (text, *_) in fonts)
    wide = min(2 * (area.width // 2), even(longest + 2 * pad))
    tall = min(height, even(leading * len(lines) + 2 * pad))
    letters = Image.new("L", (wide, tall))
    pen = ImageDraw.Draw(letters)
    for number, (font, (text, *_)) in enumerate(fonts):
        pen.text((wide / 2, pad + (number + 0.5) * leading), text, font=font, fill=255, anchor="mm")
    top = 2 * (_foot(width, height) // 2) - tall
    white = np.asarray(letters)
    return white_on_black(white, _edge(white, size), max(0, top), 2 * ((width - wide) // 4))


def caption_top(width: int, height: int) -> int:
    """Highest row that a burned caption of two lines may take."""
    size = _size(width, height)
    return _foot(width, height) - even(round(size * _LEADING) * _LINES + 2 * _pad(size)) - 1


def _size(width: int, height: int) -> int:
    """Letters of a twentieth of the height, smaller where 42 of them would be wider than the frame."""
    return max(9, round(min(height * 0.052, width * 0.043)))


def _pad(size: int) -> int:
    return max(4, size // 3)


def _foot(width: int, height: int) -> int:
    """The row above which captions stand: a little inside the safe area where there is room."""
    return min(safe_area(width, height).bottom, height * 94 // 100)


def _edge(letters: Plane, size: int) -> Plane:
    """A soft outline of letters."""
    import cv2

    side = 2 * max(1, size // 14) + 1
    grown = cv2.dilate(letters, np.ones((side, side), np.uint8))
    soft = cv2.GaussianBlur(grown, (0, 0), max(0.6, size / 16))
    edge: Plane = np.asarray(cv2.convertScaleAbs(soft, alpha=_EDGE / 255), np.uint8)
    return edge
