"""Whether other words for a passage still say the same: the same people, things and numbers, speakable, no speech."""

from __future__ import annotations

import re
from typing import Literal

from narrative_assets.writing.wording import short_name
from schemas.project import Project

LONGER, ROOM = 1.4, 3
"""A passage may have this many times the words it had, and a few more."""

Misfit = Literal["unspeakable", "too_long", "other_facts"]
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069{}<>\[\]*_`\\|]|https?:")


def names_of(project: Project) -> tuple[str, ...]:
    """What a passage could claim something about: people, places and things, and each secret and rule in full."""
    names = {word.lower() for member in project.cast for word in (member.name, short_name(member), *member.aliases)}
    names |= {place.name.lower() for place in project.places} | {prop.name.lower() for prop in project.props}
    names |= {member.secret.lower() for member in project.cast}
    names |= {text.lower().rstrip(".") for rule in project.world_rules for text in (rule.statement, rule.cost)}
    return tuple(sorted(name for name in names if name.strip()))


def misfit(own: str, other: str, names: tuple[str, ...]) -> Misfit | None:
    """Why ``other`` cannot stand for ``own``, or None where it can."""
    if not other.strip() or _UNSPEAKABLE.search(other):
        return "unspeakable"
    if len(other.split()) > len(own.split()) * LONGER + ROOM:
        return "too_long"
    return None if _named(own, names) == _named(other, names) else "other_facts"


def _named(text: str, names: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names, the capitalised words inside sentences and the numbers that a text mentions."""
    low = text.lower()
    mentioned = {name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", low)}
    proper = set(re.findall(r"(?<=[a-z,;] )[A-Z][a-z]+", text))
    return frozenset(mentioned | proper), tuple(sorted(re.findall(r"\d+", text)))
