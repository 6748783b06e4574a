"""Finished pieces of work kept by key in the artifact store: spoken takes and drawn pictures; clips are in ``clips``.

Each class is the store's side of a port that an engine or the voice owns. One that is ``fresh`` gives back only
what was put into it itself: a forced run makes everything anew, once.
"""

from __future__ import annotations

from dataclasses import asdict

from narrative_assets.film.speech import SpokenTake, SpokenWord
from resources.clips import ClipFolder as ClipFolder  # noqa: PLC0414 - who needs all caches takes it from here
from resources.clips import Kept
from resources.speech import StoredTake
from schemas.render import BlobRef, MouthStrip, PlateLayer


class TakeFolder(Kept):
    """Spoken takes: a WAV blob each, with its figures in the registry."""

    namespace = "take"

    def get(self, key: str) -> StoredTake | None:
        """The take kept under ``key``, or None when there is none whose bytes are still there."""
        entry = self._entry(key)
        if entry is None or not self._store.blobs.intact(entry[0]):
            return None
        blob, take = entry[1]["blob"], entry[1]["take"]
        words = tuple(SpokenWord(**word) for word in take["words"])
        return StoredTake(BlobRef.model_validate(blob), SpokenTake(take["samples"], take["sample_rate"], words))

    def put(self, key: str, wav: bytes, take: SpokenTake) -> StoredTake:
        """Keep ``wav`` (mono, 16 bits) with the figures of its take."""
        blob = self._store.blobs.put(wav, "audio/wav", samples=take.samples, sample_rate=take.sample_rate)
        self._keep(key, blob.sha256, {"blob": blob.model_dump(mode="json"), "take": asdict(take)})
        return StoredTake(blob, take)


class PictureFolder(Kept):
    """Drawn pictures."""

    namespace = "picture"

    def get(self, key: str) -> BlobRef | None:
        """The picture kept under ``key``, or None when there is none whose bytes are still there."""
        entry = self._entry(key)
        if entry is None or not self._store.blobs.intact(entry[0]):
            return None
        return BlobRef.model_validate(entry[1])

    def put(self, key: str, picture: BlobRef) -> None:
        """Keep ``picture`` under ``key``."""
        self._keep(key, picture.sha256, picture.model_dump(mode="json"))

    def get_layers(self, key: str) -> tuple[PlateLayer, ...] | None:
        """The layers kept under ``key``, or None when the bytes of one are no longer there."""
        entry = self._entry(key)
        layers = tuple(PlateLayer.model_validate(each) for each in entry[1]["layers"]) if entry else ()
        whole = bool(layers) and all(self._store.blobs.intact(layer.picture.sha256) for layer in layers)
        return layers if whole else None

    def put_layers(self, key: str, layers: tuple[PlateLayer, ...]) -> None:
        """Keep ``layers`` under ``key``."""
        figures = {"layers": [layer.model_dump(mode="json") for layer in layers]}
        self._keep(key, layers[0].picture.sha256, figures)

    def get_mouths(self, key: str) -> MouthStrip | None:
        """The mouths kept under ``key``, or None when there are none whose bytes are still there."""
        entry = self._entry(key)
        if entry is None or not self._store.blobs.intact(entry[0]):
            return None
        return MouthStrip.model_validate(entry[1])

    def put_mouths(self, key: str, mouths: MouthStrip) -> None:
        """Keep ``mouths`` under ``key``."""
        self._keep(key, mouths.picture.sha256, mouths.model_dump(mode="json"))
