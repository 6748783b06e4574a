"""The local voice: espeak-ng, one fresh process a line, with finished takes kept by content.

Implements the speech ports of the film and media engines. How a line is made speakable lives in ``speakable``.
"""

from __future__ import annotations

import array
import importlib.metadata
import io
import json
import os
import subprocess
import sys
import wave
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from narrative_assets.film.speech import SpokenTake, SpokenWord
from resources.speakable import speakable
from schemas.canonical import content_hash
from schemas.errors import MediaError
from schemas.project import Voice
from schemas.render import BlobRef

ADAPTER_VERSION = 1
TIME_LIMIT_SECONDS = 20
SAMPLE_RATE = 22_050
LEAD_SAMPLES = SAMPLE_RATE // 100
TAIL_SAMPLES = SAMPLE_RATE // 20
SILENT_SAMPLES = SAMPLE_RATE * 3 // 10
_QUIET = 16
_CHILD = Path(__file__).with_name("espeak_child.py")
_VOICE_FILES = {"en-gb": "en"}
"""Voices that espeak-ng keeps under another name than their language code."""


@dataclass(frozen=True)
class StoredTake:
    """A take that is kept: where its WAV bytes are and its figures."""

    blob: BlobRef
    take: SpokenTake


class TakeStore(Protocol):
    """Where finished takes are kept, by key (64 hex digits)."""

    def get(self, key: str) -> StoredTake | None:
        """The take kept under ``key``, or None when there is none whose bytes are still there."""
        ...

    def put(self, key: str, wav: bytes, take: SpokenTake) -> StoredTake:
        """Keep ``wav`` (mono, 16 bits) with the figures of its take."""
        ...


class Speech(Protocol):
    """A voice as the assets use it: measured for the film engine, heard by the media engine."""

    @property
    def version(self) -> str:
        """What the takes depend on besides text and voice."""
        ...

    def time_all(self, requests: Sequence[tuple[str, Voice]]) -> list[SpokenTake]:
        """The takes of all requests, in their order."""
        ...

    def speak(self, text: str, voice: Voice) -> BlobRef:
        """The WAV file of one line."""
        ...


class EspeakSpeech:
    """espeak-ng behind a store of takes: a line once spoken is never spoken again."""

    def __init__(self, cache: TakeStore, workers: int = 2) -> None:
        self._cache = cache
        self._workers = max(1, workers)
        self._voice = EspeakVoice()

    @property
    def version(self) -> str:
        """Engine and adapter, for example ``espeakng-loader 0.2.4, adapter 1``."""
        return self._voice.version

    def time_all(self, requests: Sequence[tuple[str, Voice]]) -> list[SpokenTake]:
        """The takes of all requests, in their order. Raises MediaError for one that the voice cannot speak."""
        distinct = {self._key(text, voice): (text, voice) for text, voice in requests}
        with ThreadPoolExecutor(self._workers) as pool:
            stored = pool.map(lambda item: self._stored(item[0], *item[1]), distinct.items())
            takes = {key: each.take for key, each in zip(distinct, stored, strict=True)}
        return [takes[self._key(text, voice)] for text, voice in requests]

    def speak(self, text: str, voice: Voice) -> BlobRef:
        """The WAV file of one line. Raises MediaError when the voice cannot speak it."""
        return self._stored(self._key(text, voice), text, voice).blob

    def _stored(self, key: str, text: str, voice: Voice) -> StoredTake:
        kept = self._cache.get(key)
        if kept is not None:
            return kept
        take, pcm = self._voice.take(text, voice)
        return self._cache.put(key, _wav(pcm, take.sample_rate), take)

    def _key(self, text: str, voice: Voice) -> str:
        fields = {"base": voice.base, "words_per_minute": voice.words_per_minute, "pitch": voice.pitch}
        return content_hash({"text": text, "voice": fields, "version": self.version})


class EspeakVoice:
    """espeak-ng itself. Stateless: each line gets a process of its own, because state leaks between calls."""

    def __init__(self) -> None:
        self.version = f"espeakng-loader {importlib.metadata.version('espeakng-loader')}, adapter {ADAPTER_VERSION}"

    def take(self, text: str, voice: Voice) -> tuple[SpokenTake, bytes]:
        """Figures and mono 16-bit samples of ``text``, silence trimmed to 10 ms before and 50 ms after it.

        A text without anything to pronounce gives 0.3 s of silence. Raises MediaError.
        """
        spoken = speakable(text)
        if spoken.silent:
            return SpokenTake(SILENT_SAMPLES, SAMPLE_RATE, ()), bytes(2 * SILENT_SAMPLES)
        rate, events, pcm = self._run(spoken.text, voice)
        samples, first = _trimmed(pcm)
        words: list[SpokenWord] = []
        for position, length, milliseconds in events:
            offset, reach = spoken.span(position - 1, length)
            if words and offset <= words[-1].text_offset:
                continue
            earliest = words[-1].sample if words else 0
            sample = min(max(milliseconds * rate // 1000 - first, earliest), len(samples) - 1)
            words.append(SpokenWord(offset, reach, sample))
        return SpokenTake(len(samples), rate, tuple(words)), _little_endian(samples)

    def _run(self, text: str, voice: Voice) -> tuple[int, list[tuple[int, int, int]], bytes]:
        """Sample rate, word events (position from 1, length, milliseconds) and samples from a fresh process."""
        import espeakng_loader

        job = {
            "library": espeakng_loader.get_library_path(),
            "data": espeakng_loader.get_data_path(),
            "voice": _VOICE_FILES.get(voice.base, voice.base),
            "words_per_minute": voice.words_per_minute,
            "pitch": voice.pitch,
            "text": text,
        }
        figures, pcm = _spoken_by_child(job, voice.base)
        if figures.get("error") == "voice":
            raise _no_such_voice(voice.base)
        if "error" in figures or not pcm:
            raise MediaError(
                f"espeak-ng made no sound of {_shown(text)} ({figures.get('error', 'no samples')}).",
                remedy="Reinstall espeakng-loader, or give the character another voice.",
            )
        return int(figures["rate"]), [(int(p), int(n), int(t)) for p, n, t in figures["words"]], pcm


def _spoken_by_child(job: dict[str, Any], base: str) -> tuple[dict[str, Any], bytes]:
    """What the child process says to ``job``: its line of figures and the samples."""
    environment = {"LC_ALL": "C.UTF-8", **{name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(_CHILD)],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=TIME_LIMIT_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MediaError(
            f"The voice {base!r} took more than {TIME_LIMIT_SECONDS} s over {_shown(job['text'])}.",
            remedy="Cut the line into shorter ones.",
        ) from error
    except OSError as error:
        raise MediaError(
            f"The voice could not be started: {error.strerror}.", remedy="Check free memory, then run again."
        ) from error
    if done.returncode < 0:
        # Variants such as f3 have no language of their own: espeak-ng takes them and crashes.
        raise _no_such_voice(base)
    header, _, pcm = done.stdout.partition(b"\n")
    if done.returncode != 0 or not header:
        reason = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it gave no reason"])[-1]
        raise MediaError(
            f"The voice {base!r} failed on {_shown(job['text'])}: {reason[:200]}.",
            remedy="Reinstall espeakng-loader, or give the character another voice.",
        )
    return dict(json.loads(header)), pcm


def _no_such_voice(base: str) -> MediaError:
    return MediaError(
        f"espeak-ng has no voice {base!r}.",
        remedy="Use a language such as en-us, en-gb, en-gb-scotland, fr-fr or de as the voice's base.",
    )


def _trimmed(pcm: bytes) -> tuple[array.array[int], int]:
    """The samples between the margins around the sound, and how many were cut off before it."""
    samples = array.array("h")
    samples.frombytes(pcm[: len(pcm) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    heard = (_first_loud(samples), len(samples) - 1 - _first_loud(samples[::-1]))
    if heard[0] > heard[1]:
        return samples, 0
    first = max(0, heard[0] - LEAD_SAMPLES)
    return samples[first : heard[1] + 1 + TAIL_SAMPLES], first


def _first_loud(samples: array.array[int]) -> int:
    """Index of the first sample that is more than digital silence; the length where there is none."""
    return next((index for index, sample in enumerate(samples) if abs(sample) > _QUIET), len(samples))


def _little_endian(samples: array.array[int]) -> bytes:
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    return samples.tobytes()


def _wav(pcm: bytes, sample_rate: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(pcm)
    return buffer.getvalue()


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
