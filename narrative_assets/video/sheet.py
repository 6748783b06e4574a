"""The sheet a shot's picture is composed on, and what pictures go through on their way: scaling, becoming veils."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from narrative_assets.video.colour import Matrix, to_veil
from narrative_assets.video.layers import Veil
from narrative_assets.video.motion import Extent
from narrative_assets.video.plates import Paint


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


Room = tuple[float, float]
"""How much of a place a move shows at most, across and down, in frame heights."""


def veil_of(paint: Paint, left: int, top: int, matrix: Matrix) -> Veil:
    """A translucent picture with its corner at (left, top), grown to even edges."""
    right, bottom = left + paint.shape[1], top + paint.shape[0]
    around = (left % 2, right % 2, top % 2, bottom % 2)
    if any(around):
        paint = np.pad(paint, ((around[2], around[3]), (around[0], around[1]), (0, 0)))
    return Veil(left - around[0], top - around[2], *to_veil(paint, matrix))


def scaled(paint: Paint, width: int, height: int) -> Paint:
    """Scale to whole pixels; far smaller pictures are averaged down first, so that nothing glitters."""
    import cv2

    while paint.shape[0] >= 2 * height and paint.shape[1] >= 2 * width:
        rows, columns = paint.shape[0] // 2, paint.shape[1] // 2
        smaller = cv2.resize(paint[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA)
        paint = np.asarray(smaller, np.uint8)
    return np.asarray(cv2.resize(paint, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
