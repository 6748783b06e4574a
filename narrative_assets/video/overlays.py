"""Lettering over frames: strips that blend in integers, and over which frames of a shot each is seen.

What the strips show is drawn elsewhere. Blending touches only the strip's own rectangle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from narrative_assets.video.layers import blend
from narrative_assets.video.motion import Plane, Planes

_GREY, _BLACK, _WHITE = 128, 16, 235


@dataclass(frozen=True, eq=False)
class Strip:
    """Lettering ready to blend: for each plane what to add, and by how much to keep the picture (0 to 255)."""

    top: int
    left: int
    add: tuple[Plane, ...]
    keep: tuple[Plane, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        rows, columns = self.add[0].shape
        return columns, rows


@dataclass(frozen=True)
class Overlay:
    """Lettering from ``start`` up to ``end``, frames from the shot's first.

    It comes in over ``steps``, one frame each, holds still as ``held``, and goes over the same steps backwards.
    """

    start: int
    end: int
    held: Strip
    steps: tuple[Strip, ...] = ()

    def at(self, frame: int) -> Strip | None:
        """What to blend into ``frame``; None outside."""
        if not self.start <= frame < self.end:
            return None
        edge = min(frame - self.start, self.end - 1 - frame)
        return self.steps[edge] if edge < len(self.steps) else self.held

    def changes(self, frame: int) -> bool:
        """Whether ``frame`` is lettered otherwise than the frame before it."""
        return self.at(frame) is not self.at(frame - 1)


def letter(planes: Planes, overlays: Sequence[Overlay], frame: int) -> None:
    """Blend into a frame all that is lettered over it."""
    for overlay in overlays:
        strip = overlay.at(frame)
        if strip is not None:
            burn(planes, strip)


def burn(planes: Planes, strip: Strip) -> None:
    """Blend a strip into a frame, in integers."""
    for index, (plane, add, keep) in enumerate(zip(planes.each(), strip.add, strip.keep, strict=True)):
        half = 1 if index == 0 else 2
        rows, columns = add.shape
        blend(plane[strip.top // half :, strip.left // half :][:rows, :columns], add, keep)


def strip_of(layer: Image.Image, top: int, left: int) -> Strip:
    """A picture with transparency (RGBA) as a strip. Place, width and height are even."""
    band = np.asarray(layer, np.int32)
    alpha = band[:, :, 3]
    red, green, blue = (band[:, :, index] * alpha for index in range(3))
    luma = (red * 47 + green * 157 + blue * 16) // (256 * 255) + _BLACK * alpha // 255
    small = _halved(alpha)
    red, green, blue = (_halved(colour) // 255 for colour in (red, green, blue))
    u = ((-26 * red - 86 * green + 112 * blue) >> 8) + _GREY * small // 255
    v = ((112 * red - 102 * green - 10 * blue) >> 8) + _GREY * small // 255
    keep, half = _whole(255 - alpha), _whole(255 - small)
    return Strip(top, left, (_whole(luma), _whole(u), _whole(v)), (keep, half, half))


def white_on_black(white: Plane, black: Plane, top: int, left: int) -> Strip:
    """White letters over black ones as a strip, each given by how dense they are. Place, width and height are even."""
    import cv2

    keep: Plane = np.asarray(cv2.multiply(255 - white, 255 - black, scale=1 / 255), np.uint8)
    half: Plane = np.asarray(cv2.resize(keep, (keep.shape[1] // 2, keep.shape[0] // 2), interpolation=cv2.INTER_AREA))
    luma: Plane = np.asarray(cv2.addWeighted(white, (_WHITE - _BLACK) / 255, 255 - keep, _BLACK / 255, 0), np.uint8)
    chroma: Plane = np.asarray(cv2.convertScaleAbs(255 - half, alpha=_GREY / 255), np.uint8)
    return Strip(top, left, (luma, chroma, chroma), (keep, half, half))


def faded(strip: Strip, level: int, shift: int = 0) -> Strip:
    """``strip`` at ``level`` of its strength (0 to 256), an even number of pixels to the right."""
    add = tuple(_whole(plane.astype(np.int32) * level >> 8) for plane in strip.add)
    keep = tuple(_whole(255 - ((255 - plane.astype(np.int32)) * level >> 8)) for plane in strip.keep)
    return Strip(strip.top, strip.left + shift, add, keep)


def even(size: float) -> int:
    """The even number of pixels that holds ``size``."""
    return 2 * int(-(-size // 2))


def _whole(plane: NDArray[Any]) -> Plane:
    whole: Plane = np.clip(plane, 0, 255).astype(np.uint8)
    return whole


def _halved(plane: NDArray[Any]) -> NDArray[Any]:
    halved: NDArray[Any] = (plane[0::2, 0::2] + plane[0::2, 1::2] + plane[1::2, 0::2] + plane[1::2, 1::2]) >> 2
    return halved
