"""The media engine's ports for tests: a sink in memory, shelves of prepared answers, a measured voice, flat paint."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from PIL import Image

from narrative_assets.media.pcm import wav_bytes
from narrative_assets.media.ports import AssetKind, LibraryAnswer, LibraryMiss
from schemas.assets import BackgroundNeed, CharacterPackNeed, FigureVariant, PropNeed
from schemas.canonical import sha256_hex
from schemas.errors import MediaError
from schemas.project import Voice
from schemas.render import BlobRef, PlateLayer


def png(width: int = 64, height: int = 48, colour: tuple[int, ...] = (90, 140, 120)) -> bytes:
    """A PNG of one colour, RGB or RGBA by the length of ``colour``."""
    buffer = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


@dataclass
class MemorySink:
    """Blobs in a dictionary by hash."""

    files: dict[str, bytes] = field(default_factory=dict)

    def put(self, data: bytes, media_type: str, **facts: int | None) -> BlobRef:
        digest = sha256_hex(data)
        self.files[digest] = data
        return BlobRef(uri=f"blob:sha256:{digest}", media_type=media_type, size_bytes=len(data), **facts)


@dataclass
class Shelf:
    """A library of prepared answers by name; it notes what it was asked."""

    answers: dict[str, LibraryAnswer] = field(default_factory=dict)
    asked: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)

    def find(self, need_id: str, kind: AssetKind, names: tuple[str, ...]) -> LibraryAnswer:
        self.asked.append((need_id, kind, names))
        found = (self.answers[f"{kind}/{name}"] for name in names if f"{kind}/{name}" in self.answers)
        return next(found, LibraryMiss("not_in_library"))


@dataclass
class MeasuredVoice:
    """Speaks every line as silence of a set length at 22,050 Hz."""

    sink: MemorySink
    samples: int = 22_050
    version: str = "silence 1"

    def speak(self, text: str, voice: Voice) -> BlobRef:
        import numpy as np

        data = wav_bytes(np.zeros(self.samples, np.int16), 22_050)
        return self.sink.put(data, "audio/wav", samples=self.samples, sample_rate=22_050)


@dataclass
class FlatPainter:
    """Paints every need in one colour and counts its strokes; ``fails`` names what it cannot paint."""

    fails: str = ""
    version: str = "flat 1"
    painted: list[str] = field(default_factory=list)

    def background(self, need: BackgroundNeed, width: int, height: int) -> bytes:
        return self._paint(need.need_id, width, height, (120, 150, 160))

    def background_layers(self, need: BackgroundNeed, width: int, height: int) -> tuple[tuple[int, bytes], ...]:
        sky = self._paint(f"{need.need_id}:sky", width, height, (160, 180, 210))
        return ((0, sky), (700, self._paint(f"{need.need_id}:ground", width, height, (90, 90, 60, 255))))

    def figure(self, need: CharacterPackNeed, variant: FigureVariant, height: int) -> bytes:
        name = f"{need.need_id}:{variant.expression}.{variant.pose}"
        return self._paint(name, height // 2, height, (90, 60, 50, 200))

    def insert(self, need: PropNeed, width: int, height: int) -> bytes:
        return self._paint(need.need_id, width, height, (200, 180, 140))

    def missing_slate(self, name: str, width: int, height: int) -> bytes:
        return png(width, height, (1, 2, 3))

    def _paint(self, name: str, width: int, height: int, colour: tuple[int, ...]) -> bytes:
        if name == self.fails:
            raise MediaError(f"No paint left for {name}.")
        self.painted.append(name)
        return png(width, height, colour)


@dataclass
class MemoryCache:
    """Drawn pictures by key."""

    kept: dict[str, BlobRef] = field(default_factory=dict)
    layers: dict[str, tuple[PlateLayer, ...]] = field(default_factory=dict)

    def get(self, key: str) -> BlobRef | None:
        return self.kept.get(key)

    def put(self, key: str, picture: BlobRef) -> None:
        self.kept[key] = picture

    def get_layers(self, key: str) -> tuple[PlateLayer, ...] | None:
        return self.layers.get(key)

    def put_layers(self, key: str, layers: tuple[PlateLayer, ...]) -> None:
        self.layers[key] = layers
