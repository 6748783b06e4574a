"""Written dialogue made speakable, with the way back: each spoken character knows where it stands in the line.

The line itself is never changed; captions show it as written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SPELLED = frozenset(
    {"TV", "UK", "USA", "UN", "EU", "FBI", "CIA", "NSA", "ID", "AI", "DNA", "PC", "CD", "DVD", "UFO", "MP", "DJ"}
    | {"VIP", "GPS", "ATM", "SOS", "OK"}
)
_NUMERAL = re.compile(r"(?=[IVX]{2})X{0,2}(IX|IV|V?I{0,3})")
_STRETCH = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_MARKUP = frozenset("*_~^|<>{}[]\\`#")
_SAID_SIGNS = frozenset("&@%$€£+=")


@dataclass(frozen=True)
class Speakable:
    """Text for the voice. ``starts[i]`` and ``ends[i]`` bound what character ``i`` stands for in the line."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def silent(self) -> bool:
        """Whether nothing in it can be pronounced."""
        return not any(character.isalnum() or character in _SAID_SIGNS for character in self.text)

    def span(self, position: int, length: int) -> tuple[int, int]:
        """(offset, length) in the line of ``length`` spoken characters from ``position``, counted from 0."""
        first = min(max(position, 0), len(self.text) - 1)
        last = min(first + max(length, 1), len(self.text)) - 1
        return self.starts[first], self.ends[last] - self.starts[first]


def speakable(text: str) -> Speakable:
    """``text`` without shouting capitals (a voice spells them), stretched letters, markup and pictographs."""
    shouted = not any(character.islower() for character in text)
    said = list(text)
    dropped: set[int] = set()
    for match in _WORD.finditer(text):
        word, first = match.group(), match.start()
        if _NUMERAL.fullmatch(word):
            continue
        dropped.update(
            index for run in _STRETCH.finditer(word) for index in range(first + run.start() + 1, first + run.end())
        )
        if len(word) > 1 and word.isupper() and (shouted or word not in _SPELLED):
            # A capital may lower to two characters; its place in the line must stay one.
            said[first : match.end()] = [character.lower()[:1] for character in word]
    kept = [index for index in range(len(text)) if index not in dropped]
    ends = [*kept[1:], len(text)]
    return Speakable("".join(_pronounceable(said[index]) for index in kept), tuple(kept), tuple(ends))


def _pronounceable(character: str) -> str:
    """The character, or a space for what a voice would act on or name: controls, markup, pictographs."""
    category = unicodedata.category(character)
    if character in _MARKUP or category in ("Cc", "Cs", "Co", "Cn", "So", "Sk"):
        return " "
    return character
