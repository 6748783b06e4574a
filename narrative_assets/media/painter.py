"""The painter that is always there: the drawings of ``media.drawing`` as PNG bytes.

What is drawn is decided in ``media.drawing``; when it is drawn, in ``pictures``.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from narrative_assets.media.versions import drawing_version
from schemas.assets import BackgroundNeed, CharacterPackNeed, FigureVariant, PropNeed

if TYPE_CHECKING:
    from PIL.Image import Image


class ProceduralPainter:
    """Draws every need from its words and its look. The same need gives the same bytes."""

    @property
    def version(self) -> str:
        """Follows the drawing code itself, so that a stored picture never outlives the hand that drew it."""
        return f"procedural drawing {drawing_version()}"

    def background(self, need: BackgroundNeed, width: int, height: int) -> bytes:
        """A place as an RGB PNG of ``width`` by ``height`` pixels."""
        from narrative_assets.media.drawing import draw_background

        return png(draw_background(need, width, height))

    def background_layers(self, need: BackgroundNeed, width: int, height: int) -> tuple[tuple[int, bytes], ...]:
        """The same place in layers, farthest first: depth in permille and a PNG, RGB for the first, then RGBA."""
        from narrative_assets.media.drawing import draw_background_layers

        return tuple((depth, png(layer)) for depth, layer in draw_background_layers(need, width, height))

    def figure(self, need: CharacterPackNeed, variant: FigureVariant, height: int) -> bytes:
        """A figure as an RGBA PNG, ``height`` pixels high, feet at its lower edge."""
        from narrative_assets.media.drawing import draw_figure

        return png(draw_figure(need, variant, height))

    def mouths(self, need: CharacterPackNeed, variant: FigureVariant, height: int) -> tuple[int, int, bytes] | None:
        """The speaking mouths of a figure: left and top of their box in its picture, and the boxes side by side as a
        PNG, RGBA, in the order of ``SPOKEN_MOUTHS``. None for whoever shows no mouth.
        """
        from narrative_assets.media.drawing import draw_mouths

        drawn = draw_mouths(need, variant, height)
        return (drawn[0], drawn[1], png(drawn[2])) if drawn else None

    def insert(self, need: PropNeed, width: int, height: int) -> bytes:
        """A thing seen close as an RGB PNG of ``width`` by ``height`` pixels."""
        from narrative_assets.media.drawing import draw_insert

        return png(draw_insert(need, width, height))

    def missing_slate(self, name: str, width: int, height: int) -> bytes:
        """The card that says what is missing, as an RGB PNG."""
        from narrative_assets.media.drawing import draw_slate

        return png(draw_slate(name, "could not be drawn", width, height))


def png(picture: Image) -> bytes:
    """PNG bytes. Fast compression: a picture is read again far sooner than its size matters."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
