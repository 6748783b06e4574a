"""Shot clips by content: what a clip's figures are, and how they travel through the clip store.

Drawing and encoding a clip live in ``picture``, ``motion`` and ``encode``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ClipFigures:
    """What was measured on a clip's frames while it was made.

    ``luma`` holds the mean luma (0 to 255) of every frame in display order; flashes and freezes are judged
    on it. ``min_luma`` and ``max_luma`` are the smallest and largest of these means, ``clip_hash`` is the
    SHA-256 of the clip's elementary stream.
    """

    shot_id: str
    clip_key: str
    clip_hash: str
    frames: int
    mean_luma: int
    min_luma: int
    max_luma: int
    luma: tuple[int, ...]
    from_cache: bool = False
