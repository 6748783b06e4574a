"""Introductions in prose: a name in capitals, or a name with an age, and what is said of its bearer.

Which introductions belong to whom is decided in ``screenplay_people``.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from narrative_assets.writing.screenplay_model import Passage, Screenplay
from narrative_assets.writing.screenplay_names import BEINGS, plain_name, quoted_spans

_WORD = re.compile(r"[^\s,;:()\"“”!?*]+")
_AGE = re.compile(
    r"^(?:,|\s*\()\s*(?:all\s+)?(?:aged?\s+)?(?P<age>\d{1,3})(?![\d'’]|s\b|-?ish\b|\+)(?P<rest>[^.;]{0,24})",
    re.IGNORECASE,
)
_YEAR_OLD = re.compile(
    r"^(?:,|\s*\()\s*(?:an?|the)\s+(?:\w+,?\s+){0,3}?(?P<age>\d{1,3})[- ]years?[- ]old", re.IGNORECASE
)
_UNSURE = re.compile(r"^\s*(?:\(\s*)?(?:or\b|to\b|[-–]\s*\d|going on\b|\?)|any age|ageless", re.IGNORECASE)
_REST_END = re.compile(r"(?<=[.!?])\s|(?:,|\s)(?:\s*(?:and|with))?\s+(?=[A-Z]{2,})")
_MOST_YEARS = 200


@dataclass(frozen=True, slots=True)
class Introduction:
    """A name at ``passage.text[start:end]`` in scene ``scene`` (from 1), with what follows it.

    ``unsure`` marks an age that the author leaves open, as in "40 (or any age)".
    """

    name: str
    scene: int
    passage: Passage
    start: int
    end: int
    age: int | None
    unsure: bool
    in_capitals: bool

    @property
    def is_being(self) -> bool:
        """Whether the words themselves say that it is a living being, or an age does."""
        return self.age is not None or self.name.split()[-1] in BEINGS

    @property
    def after_article(self) -> bool:
        """Whether the name is a common noun: A GURU, THE STRANGER."""
        return bool(
            re.search(r"\b(?:an?|the)\s+$", self.passage.text[max(0, self.start - 6) : self.start], re.IGNORECASE)
        )

    @property
    def lines(self) -> tuple[int, int]:
        """First and last source line of the name and its age."""
        return self.passage.lines_of(self.start, self.end + (4 if self.age is not None else 0))

    @property
    def sentence_rest(self) -> str:
        """What follows the name up to the end of its sentence or the next introduction."""
        return _REST_END.split(self.passage.text[self.end :], maxsplit=1)[0]


def introductions(screenplay: Screenplay) -> list[Introduction]:
    """Every introduction in the actions of a screenplay, in order."""
    return [
        introduction
        for number, scene in enumerate(screenplay.scenes, start=1)
        for passage in scene.elements
        if isinstance(passage, Passage) and passage.kind == "action"
        for introduction in _in_passage(passage, number)
    ]


def _in_passage(passage: Passage, scene: int) -> Iterator[Introduction]:
    text = passage.text
    for start, end in _named(text):
        name = plain_name(text[start:end])
        following = text[end : end + 90]
        match = _AGE.match(following) or _YEAR_OLD.match(following)
        age = int(match["age"]) if match and int(match["age"]) <= _MOST_YEARS else None
        in_capitals = text[start:end].upper() == text[start:end]
        if in_capitals or age is not None:
            unsure = bool(match and _UNSURE.search(match.groupdict().get("rest") or ""))
            yield Introduction(name, scene, passage, start, end, age, unsure, in_capitals)


def _named(text: str) -> Iterator[tuple[int, int]]:
    """Runs of words in capitals, and runs of capitalised words; quoted words are no names."""
    quoted = deque(quoted_spans(text))
    start = end = -1
    kind = ""
    for match in _WORD.finditer(text):
        found = _kind_of(match.group())
        while quoted and quoted[0][1] <= match.start():
            quoted.popleft()
        if quoted and quoted[0][0] <= match.start():
            found = ""
        if kind and found == kind and text[end : match.start()] == " ":
            end = match.end()
            continue
        if kind:
            yield start, _without_stop(text, end)
        start, end, kind = match.start(), match.end(), found
    if kind:
        yield start, _without_stop(text, end)


def _kind_of(word: str) -> str:
    bare = word.strip(".'’-")
    letters = sum(sign.isalpha() for sign in bare)
    if letters >= 2 and bare == bare.upper() != bare.lower():
        return "capitals"
    return "name" if letters >= 2 and bare[0].isupper() else ""


def _without_stop(text: str, end: int) -> int:
    while text[end - 1] in ".'’-":
        end -= 1
    return end
