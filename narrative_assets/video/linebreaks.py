"""Where a caption may break: words with their places, the cost of each break, the best one or two lines.

Nothing here knows of time; ``captions`` adds that.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass

LINE_CHARACTERS = 42


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DETERMINERS = _set(
    "a an the my your his her its our their this that these those some any no every each another both either neither "
    "many few several one two three four five six seven eight nine ten twelve twenty hundred thousand first second "
    "third last next"
)
_CONJUNCTIONS = _set("and but or nor so yet because although though while if unless until when where than")
_PREPOSITIONS = _set(
    "about above across after against along among around as at before behind below beneath beside between beyond by "
    "down during for from in inside into like near of off on onto out over past since through to toward towards under "
    "up upon with within without"
)
_SUBJECTS = _set("i you he she it we they who")
_AUXILIARIES = _set(
    "am is are was were be been being do does did have has had will would can could shall should may might must not "
    "don't doesn't didn't can't won't isn't aren't wasn't i'm you're he's she's it's we're they're i'll you'll i've "
    "very"
)
_TITLES = _set("mr mrs ms dr st prof capt captain sgt lt col gen rev sir lady lord miss aunt uncle")
_CLOSERS = "\"'”’)]»"

NEVER = 90
"""Cost of a break that parts what belongs together; still possible where nothing else fits."""


@dataclass(frozen=True)
class Word:
    """A word of a line: its text and the place of its first character in the line's text."""

    text: str
    offset: int


def words_of(text: str, width: int = LINE_CHARACTERS) -> tuple[Word, ...]:
    """The words of ``text`` in order; a word wider than ``width`` comes in pieces that fit."""
    words: list[Word] = []
    for match in re.finditer(r"\S+", text):
        offset = match.start()
        for piece in _pieces(match.group(), width):
            words.append(Word(piece, offset))
            offset += len(piece)
    return tuple(words)


def _pieces(word: str, width: int) -> list[str]:
    """``word`` cut at hyphens where it has them, never inside a combined character."""
    pieces = []
    while len(word) > width:
        cut = word.rfind("-", 0, width) + 1 or width
        while cut > 1 and (
            unicodedata.combining(word[cut]) or word[cut] in "\u200d\ufe0f" or word[cut - 1] == "\u200d"
        ):
            cut -= 1
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word]


def break_cost(left: str, right: str) -> int:
    """How badly a break between two words reads: 0 after a sentence, ``NEVER`` between article and noun."""
    bare = left.rstrip(_CLOSERS)
    before, after = _plain(left), _plain(right)
    if before in _TITLES:
        return NEVER
    for endings, cost in (((".", "!", "?", "…"), 0), ((";", ":", "—", "–", "--"), 5), ((",",), 8)):
        if bare.endswith(endings):
            return cost
    if before in _DETERMINERS or _named(left, right):
        return NEVER
    if before in _PREPOSITIONS or before in _CONJUNCTIONS or before in _SUBJECTS or before in _AUXILIARIES:
        return 65
    if after in _CONJUNCTIONS:
        return 15
    return 20 if after in _PREPOSITIONS else 35


def _named(left: str, right: str) -> bool:
    """Whether two capitalised words look like a first and a last name."""
    return len(left) > 1 and left[0].isupper() and right[0].isupper() and left.isalpha() and _plain(left) != "i"


def _plain(word: str) -> str:
    return word.strip(".,;:!?…—–-\"'“”‘’()[]«»").replace("’", "'").lower()


class Breaks:
    """The break costs of one line of words, and the best way to set any stretch of them."""

    def __init__(self, words: tuple[Word, ...], width: int = LINE_CHARACTERS, max_lines: int = 2) -> None:
        self.words = words
        self.width = width
        self.max_lines = max_lines
        self.costs = [break_cost(a.text, b.text) for a, b in itertools.pairwise(words)]
        self._ends = [0]
        for word in words:
            self._ends.append(self._ends[-1] + len(word.text) + 1)

    def length(self, first: int, end: int) -> int:
        """Characters of words ``first`` to ``end`` (exclusive) set on one line."""
        return self._ends[end] - self._ends[first] - 1

    def split(self, first: int, end: int, indent: int = 0) -> tuple[int, int] | None:
        """(cost, word that opens the second line) of the best setting; the word is ``end`` for one line.

        ``indent`` characters of the first line are taken by a label. None when the stretch does not fit.
        """
        if self.length(first, end) + indent <= self.width:
            return 0, end
        if self.max_lines < 2:
            return None
        # Asked tens of thousands of times an episode: the lengths are read here, without a call for each.
        ends, costs, width = self._ends, self.costs, self.width
        begin, past = ends[first] + 1 - indent, ends[end] - 1
        best: tuple[int, int] | None = None
        for middle in range(end - 1, first, -1):
            upper, lower = ends[middle] - begin, past - ends[middle]
            if lower > width:
                break
            if upper <= width:
                # A longer lower line covers less of the picture's middle than a longer upper one.
                shape = (lower - upper) // 4 if lower >= upper else (upper - lower) // 2
                cost = costs[middle - 1] + shape
                best = (cost, middle) if best is None or cost < best[0] else best
        return best

    def lines(self, first: int, end: int, label: str = "") -> tuple[str, ...]:
        """Words ``first`` to ``end`` as one or two lines, ``label`` before the first."""
        setting = self.split(first, end, len(label))
        middle = end if setting is None else setting[1]
        upper = label + " ".join(word.text for word in self.words[first:middle])
        lower = " ".join(word.text for word in self.words[middle:end])
        return (upper, lower) if lower else (upper,)
