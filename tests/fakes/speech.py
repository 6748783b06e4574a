"""A speaking clock for tests: a line lasts as long as its characters say at the voice's rate.

About 0.36 s a word at 160 words a minute; word starts lie in proportion to the characters before them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from narrative_assets.film.speech import SpokenTake, SpokenWord
from schemas.project import Voice

_RATE = 22_050
_WORD = re.compile(r"\S+")


class FakeSpeechTimer:
    """Deterministic ``SpeechTimer``; ``with_words=False`` imitates an engine that reports no word times."""

    def __init__(self, *, with_words: bool = True) -> None:
        self.with_words = with_words
        self.calls = 0
        self.requests: list[tuple[str, Voice]] = []

    def time_all(self, requests: Sequence[tuple[str, Voice]]) -> list[SpokenTake]:
        self.calls += 1
        self.requests += requests
        return [self._take(text, voice) for text, voice in requests]

    def _take(self, text: str, voice: Voice) -> SpokenTake:
        def sample(characters: int) -> int:
            return characters * _RATE * 160 * 6 // (100 * voice.words_per_minute)

        words = tuple(
            SpokenWord(found.start(), found.end() - found.start(), sample(found.start()))
            for found in _WORD.finditer(text)
        )
        return SpokenTake(sample(len(text)), _RATE, words if self.with_words else ())
