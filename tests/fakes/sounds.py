"""Test sounds and a small store of them: tones and noises by formula, never from a clock or a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from narrative_assets.video.mixing import Samples
from narrative_assets.video.tracks import wav_bytes
from schemas.render import BlobRef, ResolvedAsset
from tests.fakes.timeline import OWN_RIGHTS, blob


def tone(seconds: float, rate: int, hertz: float = 220.0, level: float = 0.25) -> Samples:
    """A sine, mono."""
    time = np.arange(int(seconds * rate)) / rate
    return np.rint(32_767 * level * np.sin(2 * np.pi * hertz * time)).astype(np.int16)


def voice(seconds: float, rate: int = 22_050, level: float = 0.3) -> Samples:
    """Syllables of harmonics, four a second, with about the peaks of speech."""
    time = np.arange(int(seconds * rate)) / rate
    throat = sum(np.cos(2 * np.pi * 140 * n * time + 0.2 * n * n) / n for n in range(1, 16))
    swing = np.clip(np.sin(2 * np.pi * 4 * time + 0.3), 0.05, 1.0) ** 2
    return np.rint(32_767 * level * throat / 2 * swing).astype(np.int16)


def noise(seconds: float, rate: int, level: float = 0.1, seed: int = 1) -> Samples:
    """White noise, two channels."""
    values = np.random.default_rng(seed).uniform(-level, level, (int(seconds * rate), 2))
    return np.rint(32_767 * values).astype(np.int16)


@dataclass
class SoundShelf:
    """WAV files by their hash, and the planned assets that refer to them."""

    files: dict[str, bytes] = field(default_factory=dict)

    def read(self, ref: BlobRef) -> bytes:
        return self.files[ref.sha256]

    def asset(self, need_id: str, pcm: Samples, rate: int) -> ResolvedAsset:
        ref = self.keep(wav_bytes(pcm, rate), samples=len(pcm), sample_rate=rate)
        return ResolvedAsset(need_id=need_id, source="generated_local", blob=ref, rights=OWN_RIGHTS)

    def keep(self, data: bytes, **facts: int) -> BlobRef:
        digest = hashlib.sha256(data).hexdigest()
        self.files[digest] = data
        return blob(digest=digest, size_bytes=len(data), **facts)
