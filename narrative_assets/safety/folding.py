"""Text as it looks, in plain letters: what Unicode can hide is taken away, and each letter keeps its place.

Leetspeak, letters set apart and masked letters are for the matcher; they are no matter of Unicode.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LETTER_NAME = re.compile(
    r"(?:LATIN|INDICATOR SYMBOL|CIRCLED|SQUARED).* LETTER (?:SMALL CAPITAL )?([A-Z])(?: WITH .*)?$"
)
"""Letters in boxes, circles and with hooks, as their Unicode names say."""
_INVISIBLE = {"Cf", "Cc", "Mn", "Me", "Cn", "Co", "Cs"}
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and symbols that print nothing."""
_KEPT = frozenset("\r\n\t")


@dataclass(frozen=True)
class Folded:
    """``text`` in plain letters; ``places[i]`` is where its character ``i`` stands in the original."""

    text: str
    places: tuple[int, ...]

    def place(self, index: int) -> int:
        """Where in the original the character ``index`` stands; the end for one beyond the last."""
        return self.places[index] if index < len(self.places) else (self.places[-1] + 1 if self.places else 0)


def fold(text: str) -> Folded:
    """``text`` without invisible marks and accents, lookalike letters as the Latin ones. Linear in its length."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = (
            character if character.isascii() and (character.isprintable() or character in _KEPT) else _plain(character)
        )
        letters.extend(plain)
        places.extend([place] * len(plain))
    return Folded("".join(letters), tuple(places))


def unreadable_letters(folded: Folded) -> tuple[int, int]:
    """How many letters of a folded text are not Latin, and how many it has."""
    letters = [character for character in folded.text if character.isalpha()]
    return sum(not character.isascii() for character in letters), len(letters)


@lru_cache(maxsize=65_536)
def _plain(character: str) -> str:
    """One character as plain letters, none where it prints nothing."""
    if character in _BLANK or unicodedata.category(character) in _INVISIBLE:
        return ""
    looks = _lookalike(character)
    if looks:
        return looks
    apart = unicodedata.normalize("NFKD", character)
    kept = "".join(_lookalike(one) or one for one in apart if unicodedata.category(one) not in _INVISIBLE)
    return " " if apart and not kept and unicodedata.category(character) == "Zs" else kept


def _lookalike(character: str) -> str:
    """The ASCII letters that a character is drawn like, empty where there are none or it is plain itself."""
    if character.isascii():
        return ""
    from confusable_homoglyphs.confusables import confusables_data

    found: list[str] = [entry["c"] for entry in confusables_data.get(character, ())]
    plain = sorted(one for one in found if one.isascii() and one.isalpha())
    if plain:
        return plain[0].lower()
    named = _LETTER_NAME.search(unicodedata.name(character, ""))
    return named[1].lower() if named else ""
