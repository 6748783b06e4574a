"""Rendered shot clips kept by key in the artifact store: all that the video engine asks of a store beside blobs.

Apart from the other caches, so that the engine runs where nothing else of the platform is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resources.registry import ArtifactStore


class Kept:
    """Entries of one namespace of the registry's cache.

    One that is ``fresh`` gives back only what was put into it itself.
    """

    namespace: str

    def __init__(self, store: ArtifactStore, fresh: bool = False) -> None:
        self._store = store
        self._fresh = fresh
        self._own: set[str] = set()

    def _entry(self, key: str) -> tuple[str, dict[str, Any]] | None:
        return None if self._fresh and key not in self._own else self._store.cached(self.namespace, key)

    def _keep(self, key: str, sha256: str, figures: Mapping[str, object]) -> None:
        self._store.cache(self.namespace, key, sha256, figures)
        self._own.add(key)


class ClipFolder(Kept):
    """Rendered shot clips. The engine checks their bytes against the figures it gets back."""

    namespace = "clip"

    def get(self, key: str) -> Path | None:
        """Where the clip of ``key`` lies, or None when there is none."""
        entry = self._entry(key)
        return self._store.blobs.present(entry[0]) if entry else None

    def figures(self, key: str) -> Mapping[str, int | str] | None:
        """The figures stored with the clip of ``key``, or None when there are none."""
        entry = self._entry(key)
        return entry[1] if entry else None

    def put(self, key: str, path: Path, figures: dict[str, int | str]) -> Path:
        """Keep the clip at ``path``, taking it over, with its figures; return where it lies now."""
        blob = self._store.blobs.put_file(path, "video/h264")
        self._keep(key, blob.sha256, figures)
        return self._store.blobs.path(blob.sha256)
