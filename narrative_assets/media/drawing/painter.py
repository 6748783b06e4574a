"""The painter the media engine asks for pictures: needs in, PNG bytes out, the same bytes every time."""

from __future__ import annotations

import io

from PIL import Image

from narrative_assets.media.drawing.backgrounds import draw_background
from narrative_assets.media.drawing.figures import draw_figure
from narrative_assets.media.drawing.inserts import draw_insert, draw_slate
from schemas.assets import BackgroundNeed, CharacterPackNeed, FigureVariant, PropNeed

DRAWING_VERSION = "1.0.0"
"""Changes whenever any picture would change: part of the identity of every drawn asset."""


class ProceduralPainter:
    """Draws every picture from its need alone. ``width`` and ``height`` are pixels."""

    version = DRAWING_VERSION

    def background(self, need: BackgroundNeed, width: int, height: int) -> bytes:
        """The plate of a place at a time of day as PNG (RGB)."""
        return _png(draw_background(need, width, height))

    def figure(self, need: CharacterPackNeed, variant: FigureVariant, height: int) -> bytes:
        """A figure as PNG (RGBA), 0.6 as wide as high."""
        return _png(draw_figure(need, variant, height))

    def insert(self, need: PropNeed, width: int, height: int) -> bytes:
        """A close view of a thing, sign or screen as PNG (RGB)."""
        return _png(draw_insert(need, width, height))

    def slate(self, wanted: str, reason: str, width: int, height: int) -> bytes:
        """The card that names a missing picture as PNG (RGB)."""
        return _png(draw_slate(wanted, reason, width, height))


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=1, optimize=False)
    return stream.getvalue()
