"""The port through which the planner asks how long a line lasts when it is spoken.

The engine owns this protocol; what speaks, and in how many processes, is an adapter's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.errors import MediaError
from schemas.project import Voice
from schemas.shots import WordCue


@dataclass(frozen=True)
class SpokenWord:
    """A word of a take: its place in the text (characters) and the sample at which it starts."""

    text_offset: int
    text_length: int
    sample: int


@dataclass(frozen=True)
class SpokenTake:
    """A line as spoken: its length in samples and its words in the order of speech."""

    samples: int
    sample_rate: int
    words: tuple[SpokenWord, ...] = ()


class SpeechTimer(Protocol):
    """Speaks lines to learn their length."""

    def time_all(self, requests: Sequence[tuple[str, Voice]]) -> list[SpokenTake]:
        """Return one take per (text, voice), in the order of ``requests``; equal requests give equal takes."""
        ...


def take_frames(take: SpokenTake, fps: int) -> int:
    """Frames that hold the whole take, at least 1. Raises MediaError for a take without a sample rate."""
    if take.sample_rate <= 0 or take.samples < 0:
        raise MediaError(
            f"The voice returned a take of {take.samples} samples at {take.sample_rate} Hz.",
            remedy="Check the speech adapter: a take needs a positive sample rate and no negative length.",
        )
    return max(1, -(-take.samples * fps // take.sample_rate))


def word_cues(take: SpokenTake, text: str, fps: int) -> tuple[WordCue, ...]:
    """Words of ``take`` as frames from the line's start, rising, within the text and within the line."""
    last = take_frames(take, fps) - 1
    cues: list[WordCue] = []
    frame = 0
    for word in take.words:
        length = min(word.text_length, len(text) - word.text_offset)
        if word.text_offset < 0 or length < 1:
            continue
        frame = min(last, max(frame, word.sample * fps // take.sample_rate))
        cues.append(WordCue(text_offset=word.text_offset, text_length=length, frame=frame))
    return tuple(cues[:4_000])
