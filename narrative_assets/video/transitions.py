"""Fades and dissolves on single frames, in integers. When they happen is decided in ``clips``."""

from __future__ import annotations

import numpy as np

from narrative_assets.video.motion import Planes

_BLACK = (16, 128, 128)


def dim(frame: Planes, share: int) -> None:
    """Take ``frame`` toward black; ``share`` is what stays, 0 to 256."""
    for plane, black in zip(frame.each(), _BLACK, strict=True):
        table = black + (((np.arange(256, dtype=np.int32) - black) * share) >> 8)
        np.copyto(plane, np.clip(table, 0, 255).astype(np.uint8)[plane])


def blend(frame: Planes, outgoing: Planes, share: int) -> None:
    """Mix ``frame`` with ``outgoing``; ``share`` is that of ``frame``, 0 to 256."""
    for plane, before in zip(frame.each(), outgoing.each(), strict=True):
        mixed = plane.astype(np.uint16) * share
        mixed += before.astype(np.uint16) * (256 - share)
        mixed += 128
        mixed >>= 8
        np.copyto(plane, mixed, casting="unsafe")
