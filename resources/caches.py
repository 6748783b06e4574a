"""Finished pieces of work kept by key in the artifact store: spoken takes, drawn pictures, shot clips.

Each class is the store's side of a port that an engine or the voice owns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from narrative_assets.film.speech import SpokenTake, SpokenWord
from resources.registry import ArtifactStore
from resources.speech import StoredTake
from schemas.render import BlobRef


class TakeFolder:
    """Spoken takes: a WAV blob each, with its figures in the registry."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    def get(self, key: str) -> StoredTake | None:
        """The take kept under ``key``, or None when there is none whose bytes are still there."""
        entry = self._store.cached("take", key)
        if entry is None or not self._store.blobs.intact(entry[0]):
            return None
        blob, take = entry[1]["blob"], entry[1]["take"]
        words = tuple(SpokenWord(**word) for word in take["words"])
        return StoredTake(BlobRef.model_validate(blob), SpokenTake(take["samples"], take["sample_rate"], words))

    def put(self, key: str, wav: bytes, take: SpokenTake) -> StoredTake:
        """Keep ``wav`` (mono, 16 bits) with the figures of its take."""
        blob = self._store.blobs.put(wav, "audio/wav", samples=take.samples, sample_rate=take.sample_rate)
        self._store.cache("take", key, blob.sha256, {"blob": blob.model_dump(mode="json"), "take": asdict(take)})
        return StoredTake(blob, take)


class PictureFolder:
    """Drawn pictures."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    def get(self, key: str) -> BlobRef | None:
        """The picture kept under ``key``, or None when there is none whose bytes are still there."""
        entry = self._store.cached("picture", key)
        if entry is None or not self._store.blobs.intact(entry[0]):
            return None
        return BlobRef.model_validate(entry[1])

    def put(self, key: str, picture: BlobRef) -> None:
        """Keep ``picture`` under ``key``."""
        self._store.cache("picture", key, picture.sha256, picture.model_dump(mode="json"))


class ClipFolder:
    """Rendered shot clips. The engine checks their bytes against the figures it gets back."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    def get(self, key: str) -> Path | None:
        """Where the clip of ``key`` lies, or None when there is none."""
        entry = self._store.cached("clip", key)
        path = self._store.blobs.path(entry[0]) if entry else None
        return path if path is not None and path.is_file() else None

    def figures(self, key: str) -> Mapping[str, int | str] | None:
        """The figures stored with the clip of ``key``, or None when there are none."""
        entry = self._store.cached("clip", key)
        return entry[1] if entry else None

    def put(self, key: str, path: Path, figures: dict[str, int | str]) -> Path:
        """Keep the clip at ``path``, taking it over, with its figures; return where it lies now."""
        blob = self._store.blobs.put_file(path, "video/h264")
        self._store.cache("clip", key, blob.sha256, figures)
        return self._store.blobs.path(blob.sha256)
