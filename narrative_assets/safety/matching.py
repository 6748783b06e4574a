"""Where a text shows a category of the policy. What the rating makes of that is judged elsewhere.

Words are found by ``glin_profanity``, through leetspeak, set-apart, stretched and masked letters; nearness is ours.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from narrative_assets.safety.folding import Folded, fold
from narrative_assets.safety.policy import Category, Nearness, Policy, packaged_policy

if TYPE_CHECKING:
    from glin_profanity import Filter

_OBFUSCATION = {
    "level": "standard",
    "html": {"decode_depth": 2},
    "separators": {"chars": ".,/|_-~·•", "allow_space": False, "min_two_piece_length": 4},
    "masking": {"chars": "*#@$%_?!", "min_visible": 2},
}
"""Spelled out, so that no variable of the environment decides."""

_EDGE_MARKS = re.compile(r"(?<=\w)[!?|+]+(?=[^\w!?|+]|$)|(?<![\w@$])[(\[{<&+#]+(?=[\w@$])")
"""Marks before and after a word that leetspeak would read as letters of it."""
_SET_APART = re.compile(r"(?<!\w)\w(?:[^\w\n]{1,3}\w(?!\w)){2,}")
"""Three letters or more, each alone."""
_PART = re.compile(r"[^\W_]+(?:[@$!]+[^\W_]+)*")
_SAFE = ""
"""The set of the phrases in which no word counts."""
_LEET = str.maketrans("013457@$!", "oieastasi")
_CLAUSE_END = re.compile(r"[.,;:!?\n]")


@dataclass(frozen=True, order=True)
class Hit:
    """A category shown from ``start`` to ``end`` of the original text, by ``word``."""

    start: int
    end: int
    category: str
    word: str


@dataclass(frozen=True)
class Matcher:
    """The policy's words, ready to be found."""

    policy: Policy
    _groups: dict[str, list[str]] = field(init=False, compare=False)
    _filter: Filter = field(init=False, compare=False)
    _sets: dict[str, list[tuple[tuple[str, ...], str]]] = field(init=False, compare=False)
    """The words of sets by their first part."""

    def __post_init__(self) -> None:
        groups: dict[str, list[str]] = defaultdict(list)
        for word, name in self.policy.category_words():
            groups[word].append(name)
        sets: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for word, name in (*self.policy.set_words(), *((phrase, _SAFE) for phrase in self.policy.safe)):
            parts = tuple(_PART.findall(word))
            sets[parts[0]].append((parts, name))
        object.__setattr__(self, "_groups", dict(groups))
        object.__setattr__(self, "_filter", _filter(self.policy, list(groups)))
        object.__setattr__(self, "_sets", dict(sets))

    def hits(self, text: str) -> tuple[Hit, ...]:
        """Every category that ``text`` shows, by place; a set's words show nothing alone."""
        folded = fold(text)
        found: dict[str, list[Hit]] = defaultdict(list)
        for reading in _readings(folded.text):
            for match in self._filter.check_profanity(reading).get("matches") or ():
                for name in self._groups.get(match["word"], ()):
                    found[name].append(_hit(folded, match["index"], match["word"], name))
            covered = 0
            for hit in sorted(self._set_hits(reading, folded), key=lambda hit: (hit.start, hit.category != _SAFE)):
                if hit.category == _SAFE:
                    covered = max(covered, hit.end)
                elif hit.end > covered:
                    found[hit.category].append(hit)
        shown = [hit for category in self.policy.categories for hit in found.get(category.id, ())]
        shown += [hit for category in self.policy.categories for hit in _inside(category, folded)]
        shown += [hit for rule in self.policy.near for hit in _near(rule, found, text)]
        return tuple(sorted(set(shown)))

    def _set_hits(self, reading: str, folded: Folded) -> Iterable[Hit]:
        """The words of sets in a reading; a word's parts may have any marks between them."""
        parts = [(_unleet(match[0].lower()), match.start()) for match in _PART.finditer(reading)]
        words = [word for word, _ in parts]
        for number, (first, start) in enumerate(parts):
            for wanted, name in self._sets.get(first, ()):
                if tuple(words[number : number + len(wanted)]) == wanted:
                    last, begin = parts[number + len(wanted) - 1]
                    yield _hit(folded, start, " ".join(wanted), name, begin + len(last) - start)


@lru_cache(maxsize=1)
def packaged_matcher() -> Matcher:
    """The matcher over the packaged policy. Raises InputError where the policy cannot be read."""
    return Matcher(packaged_policy())


def _filter(policy: Policy, words: list[str]) -> Filter:
    from glin_profanity import Filter
    from glin_profanity.data.dictionary import dictionary

    safe = [phrase for category in policy.categories for phrase in category.safe]
    return Filter(
        {
            "languages": ["english"],
            "custom_words": words,
            "ignore_words": sorted({word.lower() for word in dictionary.get_words("english")} - set(words)),
            "whitelist": [*safe, *policy.safe],
            "detect_leetspeak": True,
            "leetspeak_level": "moderate",
            "normalize_unicode": True,
            "obfuscation": _OBFUSCATION,
        }
    )


def _blank(marks: re.Match[str]) -> str:
    return " " * len(marks[0])


def _unleet(part: str) -> str:
    """A part of a word with its figures and signs as letters; a number stays one."""
    return part.translate(_LEET) if any(letter.isalpha() for letter in part) else part


def _hit(folded: Folded, index: int, word: str, name: str, length: int = 0) -> Hit:
    start = folded.place(index)
    return Hit(start, max(start + 1, folded.place(index + (length or len(word)))), name, word)


def _readings(text: str) -> Iterable[str]:
    """The ways to read a text, all of one length: as it is, without marks at words, set-apart letters joined."""
    unmarked = _EDGE_MARKS.sub(_blank, text)
    return dict.fromkeys((text, unmarked, _SET_APART.sub(_joined, unmarked)))


def _joined(letters: re.Match[str]) -> str:
    word = re.sub(r"\W|_", "", letters[0])
    return word.ljust(len(letters[0]))


def _inside(category: Category, folded: Folded) -> Iterable[Hit]:
    """The words that show a category even within a longer one."""
    lower = folded.text.lower()
    for word in category.inside:
        for match in re.finditer(re.escape(word), lower):
            yield _hit(folded, match.start(), word, category.id)


def _near(rule: Nearness, found: dict[str, list[Hit]], text: str) -> Iterable[Hit]:
    """A hit for each word of one side that has one of the other side near; linear in their number."""
    marked = sorted(
        [(hit, True) for name in rule.of for hit in found.get(name, ())]
        + [(hit, False) for name in rule.together for hit in found.get(name, ())],
        key=lambda entry: entry[0],
    )
    last: dict[bool, Hit] = {}
    for hit, side in marked:
        other = last.get(not side)
        if (
            other is not None
            and 0 <= hit.start - other.end <= rule.within
            and not (rule.one_clause and _CLAUSE_END.search(text[other.end : hit.start]))
        ):
            yield Hit(other.start, hit.end, rule.category, f"{other.word} … {hit.word}")
        last[side] = hit
