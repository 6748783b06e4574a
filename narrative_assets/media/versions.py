"""Versions of what draws and sounds, taken from the code itself: a kept piece never outlives the hand that made it."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from importlib import resources

SOUND_MODULES = ("calls.py", "foley.py", "pcm.py", "score.py", "strikes.py", "textures.py")


@functools.cache
def drawing_version() -> str:
    """Twelve hex digits over the drawing modules and the version of Pillow."""
    folder = resources.files("narrative_assets.media") / "drawing"
    sources = {each.name: each.read_bytes() for each in folder.iterdir() if each.name.endswith(".py")}
    return _version(sources, "pillow")


@functools.cache
def sound_version() -> str:
    """Twelve hex digits over the modules that make effects and music, and the version of NumPy."""
    folder = resources.files("narrative_assets.media")
    return _version({name: (folder / name).read_bytes() for name in SOUND_MODULES}, "numpy")


def _version(sources: dict[str, bytes], library: str) -> str:
    digest = hashlib.sha256(importlib.metadata.version(library).encode())
    for name in sorted(sources):
        digest.update(name.encode())
        digest.update(sources[name])
    return digest.hexdigest()[:12]
