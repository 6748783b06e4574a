"""Who is meant in prose: names, aliases, a name one letter off, and the pronouns that stand for them.

What those people do or feel is ``screenplay_scenes``'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from narrative_assets.writing.screenplay_names import GENERIC, plain_name, quoted_spans
from narrative_assets.writing.screenplay_people import Person, is_loose
from schemas.script import Pronouns

_BREAK = re.compile(r"(?<=[.!?…])[\"”’')]*\s+(?=[\"“'(]?[^\W_a-z])")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|vs|Prof|Sgt|Lt|Capt|[A-Z])\.$")
_PRONOUN = re.compile(r"\b(?:(?P<she>she|her|hers)|(?P<he>he|him|his)|(?P<all>they all|everyone|everybody))\b", re.I)
_SUBJECT_PRONOUN = re.compile(r"^\W*(?:then |now |suddenly,? |quickly |finally,? )?(?:she|he|they all)\b", re.I)
_PREPOSITION = re.compile(
    r"\b(?:at|to|of|with|towards?|on|onto|from|for|by|in|into|beside|behind|near|past|over|under|after|before|around"
    r"|between|against|than|like|and)\b",
    re.IGNORECASE,
)
_LONG_NAME = 6
_NO_NAMES = GENERIC | frozenset({"THE", "AND", "OF", "ALL", "FOR", "WITH", "FROM", "YOUNG", "OLD", "MRS"})


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody meant at ``start``; ``leads`` where the sentence is about them, not about something of theirs."""

    start: int
    ids: tuple[str, ...]
    leads: bool
    possessive: bool = False
    by_pronoun: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text and where it starts there."""

    text: str
    start: int


def sentences(text: str) -> list[Sentence]:
    """The sentences of ``text``, in order and unchanged."""
    found: list[Sentence] = []
    start = 0
    for match in _BREAK.finditer(text):
        end = match.start() + len(match.group().rstrip())
        if not _ABBREVIATION.search(text[max(start, end - 6) : end]):
            found.append(Sentence(text[start:end], start))
            start = match.end()
    if text[start:].strip():
        found.append(Sentence(text[start:], start))
    return found


class NameFinder:
    """Finds people by name in prose, with the scenes in which an alias holds."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._owners: dict[str, list[Person]] = {}
        self._loose: set[str] = set()
        parts: dict[str, set[str]] = {}
        for person in people:
            written = (person.member.name, *person.member.aliases) if person.member else person.names
            for name in (*person.names, *(plain_name(n) for n in written)):
                owners = self._owners.setdefault(name, [])
                if person not in owners:
                    owners.append(person)
            for part in () if person.group else person.names[0].split():
                parts.setdefault(part, set()).add(person.id)
            self._loose |= {plain_name(name) for name in written if person.common or is_loose(name)}
        by_id = {person.id: person for person in people}
        for part, owners_of in parts.items():
            if len(owners_of) == 1 and len(part) >= 3 and part not in _NO_NAMES and part.isalpha():
                self._owners.setdefault(part, [by_id[owner] for owner in owners_of])
        self._near = _by_letter(name for name in self._owners if len(name) >= _LONG_NAME and name.isalpha())
        body = "|".join(re.escape(n).replace(r"\ ", r"\s+") for n in sorted(self._owners, key=lambda n: (-len(n), n)))
        self._pattern = re.compile(rf"(?<!\w)(?:{body})(?!\w)", re.IGNORECASE) if body else None

    def found(self, text: str, scene: int) -> list[Mention]:
        """Mentions by name in ``text``, in order."""
        mentions: list[Mention] = []
        if self._pattern is None:
            return mentions
        straight = text.replace("’", "'")
        for match in self._pattern.finditer(straight):
            name = " ".join(match.group().upper().split())
            if match.group()[0].isupper() or name in self._loose:
                mentions += self._mention(name, match.start(), match.end(), straight, scene)
        covered = {mention.start for mention in mentions}
        for match in re.finditer(rf"(?<!\w)[^\W\d_a-z][^\W\d_]{{{_LONG_NAME - 1},}}", straight):
            if match.start() not in covered:
                meant = self._misspelt(match.group().upper())
                mentions += self._mention(meant, match.start(), match.end(), straight, scene) if meant else []
        quoted = quoted_spans(text)
        shown = (m for m in mentions if not any(start <= m.start < end for start, end in quoted))
        return sorted(shown, key=lambda m: m.start)

    def _mention(self, name: str, start: int, end: int, text: str, scene: int) -> list[Mention]:
        owners = self._owners.get(name, [])
        meant = tuple(p.id for p in owners if not p.scenes or scene in p.scenes or name == p.names[0])
        if not meant:
            return []
        possessive = bool(re.match(r"'s?(?=\W|$)", text[end : end + 3]))
        before = text[max(0, start - 60) : start].rpartition(",")[2]
        leads = not possessive and len(before.split()) <= 4 and not _PREPOSITION.search(before)
        leads = leads and not _SUBJECT_PRONOUN.match(text)
        return [Mention(start, meant, leads, possessive)]

    def _misspelt(self, word: str) -> str | None:
        """The one long name that ``word`` is a single slip away from."""
        if word in self._owners:
            return None
        near = [name for name in self._near.get(word[0], ()) if _one_slip(word, name)]
        return near[0] if len(near) == 1 else None


def _by_letter(names: Iterable[str]) -> Mapping[str, list[str]]:
    table: dict[str, list[str]] = {}
    for name in sorted(names):
        table.setdefault(name[0], []).append(name)
    return table


def _one_slip(one: str, other: str) -> bool:
    """Whether the two differ by one letter changed, added, left out, or swapped with its neighbour."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    head = 0
    while head < min(len(one), len(other)) and one[head] == other[head]:
        head += 1
    a, b = one[head:], other[head:]
    swapped = a[:2] == b[:2][::-1] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped


@dataclass
class Pronoun:
    """Who "he" and "she" are at this point of a scene."""

    pronouns: Mapping[str, Pronouns]
    last: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def heard(self, who: str) -> None:
        """Somebody spoke or led a sentence: pronouns mean them from here."""
        self._note(who, replace=True)

    def seen(self, who: str) -> None:
        """Somebody was named in passing: pronouns mean them only if they meant nobody yet."""
        self._note(who, replace=False)

    def _note(self, who: str, *, replace: bool) -> None:
        kind = self.pronouns.get(who, "they")
        if kind in ("she", "he"):
            if replace or kind not in self.last:
                self.last[kind] = who
        elif replace or not self.others:
            self.others.append(who)

    def found(self, text: str, everybody: Sequence[str]) -> list[Mention]:
        """Mentions by pronoun in ``text``, in order; "they all" means ``everybody``."""
        mentions = []
        leads = bool(_SUBJECT_PRONOUN.match(text))
        for index, match in enumerate(_PRONOUN.finditer(text)):
            kind = match.lastgroup or ""
            who = self.last.get(kind) or (self.others[-1] if self.others and kind != "all" else None)
            ids = tuple(everybody) if kind == "all" else (who,) if who else ()
            if ids:
                mentions.append(Mention(match.start(), ids, leads and index == 0, by_pronoun=True))
        return mentions
