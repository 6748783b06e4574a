"""A parsed screenplay: headings, passages and speeches with the source lines they stand on.

What a part looks like lives here. Reading it from Fountain is ``fountain``'s business, its meaning ``imported``'s.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal

PassageKind = Literal["action", "centred", "lyrics", "sign", "transition"]
PartKind = Literal["words", "sung", "parenthetical"]


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One source line without markup, or several that a comment between them made one. Lines count from 1."""

    text: str
    first_line: int
    last_line: int


@dataclass(frozen=True)
class Passage:
    """Neighbouring lines that belong together, outside a speech. ``raw`` is what the author wrote."""

    kind: PassageKind
    lines: tuple[WrittenLine, ...]
    raw: str
    carrier: str = ""

    @cached_property
    def text(self) -> str:
        """The words, with every line break of the hard wrap made one space."""
        return joined(self.lines)

    @property
    def first_line(self) -> int:
        return self.lines[0].first_line

    @property
    def last_line(self) -> int:
        return self.lines[-1].last_line

    def lines_of(self, start: int, end: int) -> tuple[int, int]:
        """First and last source line of ``text[start:end]``."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = max(first, bisect_right(self._starts, max(start, end - 1)) - 1)
        return self.lines[first].first_line, self.lines[last].last_line

    @cached_property
    def _starts(self) -> list[int]:
        """Offset in ``text`` at which each line begins."""
        lengths = (len(line.text) + (1 if line.text else 0) for line in self.lines[:-1])
        return list(accumulate(lengths, initial=0))


@dataclass(frozen=True, slots=True)
class SpeechPart:
    """A stretch of a speech: spoken words, sung words or a parenthetical."""

    kind: PartKind
    lines: tuple[WrittenLine, ...]
    raw: str

    @property
    def text(self) -> str:
        """The words, with every line break of the hard wrap made one space."""
        return joined(self.lines)


@dataclass(frozen=True, slots=True)
class Speech:
    """A cue and what is said under it. ``simultaneous`` marks the second of two speeches at once."""

    cue: str
    name: str
    extension: str
    parts: tuple[SpeechPart, ...]
    first_line: int
    last_line: int
    simultaneous: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A scene heading as written."""

    text: str
    raw: str
    line: int


@dataclass(frozen=True, slots=True)
class AuthorNote:
    """A remark of the author, a section title or a synopsis: neither seen nor heard."""

    text: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class ScreenplayScene:
    """A heading and what follows it; ``heading`` is None for what stands before any heading."""

    heading: Heading | None
    elements: tuple[Passage | Speech, ...]


@dataclass(frozen=True, slots=True)
class Screenplay:
    """A whole screenplay. ``encoding`` is how the bytes were read; title page keys are lower-case."""

    document: str
    encoding: str
    line_count: int
    title_page: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[AuthorNote, ...]
    scenes: tuple[ScreenplayScene, ...]

    def titled(self, *keys: str) -> tuple[str, ...]:
        """Lines of the title page under the first of ``keys`` that is there; none is an empty tuple."""
        page = dict(self.title_page)
        return next((page[key] for key in keys if page.get(key)), ())

    @property
    def speeches(self) -> tuple[Speech, ...]:
        """Every speech, in order."""
        return tuple(e for scene in self.scenes for e in scene.elements if isinstance(e, Speech))


def joined(lines: tuple[WrittenLine, ...]) -> str:
    """Words of hard-wrapped lines, joined by one space."""
    return " ".join(line.text for line in lines if line.text)
