"""Who takes part in a screenplay: cues, aliases and introductions joined into beings, one id each.

A project's cast is the authority; what it leaves open is joined only where one reading is possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from narrative_assets.writing.screenplay_introductions import Introduction, introductions
from narrative_assets.writing.screenplay_model import Passage, Screenplay, Speech
from narrative_assets.writing.screenplay_names import (
    BEINGS,
    GENERIC,
    is_group,
    may_shorten,
    plain_name,
    slug_of,
    species_of,
    title_case,
)
from schemas.project import CastMember
from schemas.script import Pronouns

_SHE = re.compile(
    r"\b(?:woman|girl|lady|mother|mom|mum|sister|daughter|aunt|wife|queen|princess|waitress|female)\b", re.I
)
_HE = re.compile(r"\b(?:man|boy|guy|gentleman|father|dad|brother|son|uncle|husband|king|prince|waiter|male)\b", re.I)
_PRONOUN = re.compile(r"\b(?:(?P<she>she|her|hers|herself)|(?P<he>he|him|his|himself))\b", re.I)
_AGE_FIRST = re.compile(r"^(?:all\s+)?(?:aged?\s+)?\d{1,3}\b(?:\s*\([^()]*\))?[\s,.]*")


@dataclass
class Person:
    """Somebody of the screenplay. ``scenes`` limits where the aliases mean them; empty is everywhere.

    ``common`` marks a name that prose may write without a capital: the guru.
    """

    id: str
    name: str
    names: list[str]
    member: CastMember | None = None
    scenes: frozenset[int] = frozenset()
    introduced: list[Introduction] = field(default_factory=list)
    cues: set[str] = field(default_factory=set)
    group: bool = False
    common: bool = False

    def answers(self, name: str, scene: int) -> bool:
        """Whether ``name`` (plain) means this person in ``scene``."""
        if name not in self.names:
            return False
        return not self.scenes or scene in self.scenes or name == self.names[0]

    @property
    def age(self) -> Introduction | None:
        """The introduction that tells an age, if one does."""
        return next((i for i in self.introduced if i.age is not None), None)

    @property
    def species(self) -> str:
        """Species: the cast's word, else the name's, else what the introduction calls them."""
        if self.member:
            return self.member.species
        named = species_of(" ".join(self.names))
        if named != "human" or not self.introduced:
            return named
        nouns = re.findall(r"(?:^|,)\s*(?:an?|the)?\s*(?:[\w-]+,?\s+){0,4}?(\w+)(?=\s+(?:which|that)\b)", self.told)
        return species_of(" ".join(nouns))

    @property
    def told(self) -> str:
        """The author's words that introduce this person, after the name."""
        return _AGE_FIRST.sub("", self.introduced[0].sentence_rest.strip(" ,")) if self.introduced else ""

    @property
    def is_named(self) -> bool:
        """Whether the screenplay itself uses the name, in a cue or an introduction."""
        own = plain_name(self.name)
        return own in self.cues or any(introduction.name == own for introduction in self.introduced)


@dataclass(frozen=True)
class People:
    """Everybody of a screenplay, in order: the project's cast first, then as they come."""

    everyone: tuple[Person, ...]
    by_cue: dict[tuple[str, int], Person]

    def speaker(self, speech: Speech, scene: int) -> Person:
        """Who says ``speech`` in scene number ``scene`` (from 1)."""
        return self.by_cue[plain_name(speech.name), scene]


@dataclass
class _Cues:
    """Cue names in order of appearance, their scenes, how they are written, and who answers whom without a pause."""

    scenes: dict[str, list[int]] = field(default_factory=dict)
    answering: set[tuple[str, str]] = field(default_factory=set)
    written: dict[str, str] = field(default_factory=dict)


def find_people(screenplay: Screenplay, cast: Sequence[CastMember] = (), episode_id: str = "") -> People:
    """Everybody who speaks or is introduced, joined under ids."""
    cues, told = _cues(screenplay), introductions(screenplay)
    people = [_from_member(member, episode_id) for member in cast]
    by_cue: dict[tuple[str, int], Person] = {}
    names = _Names(people)
    open_cues: dict[str, list[int]] = {}
    for name, scenes in cues.scenes.items():
        for scene in scenes:
            person = names.of_cast(name, scene)
            if person:
                by_cue[name, scene] = person
            else:
                open_cues.setdefault(name, []).append(scene)
    taken = {person.id for person in people}
    for group in _joined(open_cues, cues, told):
        for person, where in _beings(group, open_cues, told, taken):
            person.name = cues.written.get(person.names[0], person.name)
            people.append(person)
            by_cue.update({(name, scene): person for name, at in where.items() for scene in at})
    for (name, _), person in by_cue.items():
        person.cues.add(name)
    _introduce(people, told, taken)
    return People(tuple(people), by_cue)


def _cues(screenplay: Screenplay) -> _Cues:
    found = _Cues()
    for number, scene in enumerate(screenplay.scenes, start=1):
        last = ""
        for element in scene.elements:
            name = plain_name(element.name) if isinstance(element, Speech) else ""
            if name:
                at = found.scenes.setdefault(name, [])
                if isinstance(element, Speech) and element.name != element.name.upper():
                    found.written.setdefault(name, title_case(element.name))
                if number not in at[-1:]:
                    at.append(number)
                if last:
                    found.answering |= {(last, name), (name, last)}
            last = name
    return found


def _from_member(member: CastMember, episode_id: str) -> Person:
    scopes = [scope.rpartition("/sc") for scope in member.alias_scenes]
    scenes = frozenset(int(n) for episode, _, n in scopes if n.isdigit() and episode in ("", episode_id))
    # Aliases that hold in other episodes only hold in no scene of this one.
    scenes = scenes or (frozenset({0}) if member.alias_scenes else frozenset())
    names = list(dict.fromkeys(plain_name(name) for name in (member.name, *member.aliases)))
    return Person(member.id, member.name, names, member, scenes, group=member.role == "crowd")


class _Names:
    """Finds the cast member whom a cue means."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = people
        self._exact: dict[str, list[Person]] = {}
        for person in people:
            for name in person.names:
                self._exact.setdefault(name, []).append(person)

    def of_cast(self, name: str, scene: int) -> Person | None:
        exact = [p for p in self._exact.get(name, ()) if p.answers(name, scene)]
        if exact:
            return exact[0]
        near = [
            person
            for person in self._people
            if any(may_shorten(name, known) or may_shorten(known, name) for known in person.names)
            and (not person.scenes or scene in person.scenes)
        ]
        return near[0] if len(near) == 1 else None


def _joined(open_cues: Iterable[str], cues: _Cues, told: Sequence[Introduction]) -> list[list[str]]:
    """Cue names that mean one being, together: BOB with CYBER BOB, if no other name could be meant."""
    known = dict.fromkeys([*open_cues, *(i.name for i in told if i.in_capitals and i.age is not None)])
    longer: dict[str, list[str]] = {}
    for name in known:
        words = name.split()
        shorter = {" ".join(words[:n]) for n in range(1, len(words))} | {
            " ".join(words[n:]) for n in range(1, len(words))
        }
        for short in shorter:
            if may_shorten(short, name):
                longer.setdefault(short, []).append(name)
    groups: dict[str, list[str]] = {}
    for name in open_cues:
        candidates = longer.get(name, [])
        is_same = len(candidates) == 1 and (name, candidates[0]) not in cues.answering
        groups.setdefault(candidates[0] if is_same else name, []).append(name)
    return list(groups.values())


def _beings(
    group: list[str], open_cues: dict[str, list[int]], told: Sequence[Introduction], taken: set[str]
) -> list[tuple[Person, dict[str, list[int]]]]:
    """The being that a group of cue names means; a name of a kind may mean a new one in a later scene."""
    at = {name: open_cues[name] for name in group}
    if len(group) > 1 or group[0] not in GENERIC:
        full = max(group, key=lambda name: (len(name.split()), -group.index(name)))
        longest = next((i.name for i in told if i.age is not None and may_shorten(full, i.name)), full)
        return [(_person(longest, [longest, *group], taken), at)]
    kind = group[0]
    shares: dict[int, tuple[Introduction | None, list[int]]] = {}
    for scene in at[kind]:
        fitting = [i for i in told if i.scene <= scene and _is_of_kind(i, kind)]
        latest = [i for i in fitting if i.scene == max(f.scene for f in fitting)]
        chosen = min(latest, key=lambda i: is_group(i.name)) if latest else None
        shares.setdefault(chosen.scene if chosen else 0, (chosen, []))[1].append(scene)
    found = []
    for introduction, scenes in shares.values():
        name = _single(introduction.name) if introduction else kind
        person = _person(name, [name, kind], taken)
        person.scenes = frozenset(scenes) if len(shares) > 1 else frozenset()
        person.introduced = [introduction] if introduction else []
        found.append((person, {kind: scenes}))
    return found


def _is_of_kind(introduction: Introduction, kind: str) -> bool:
    word = _single(introduction.name).split()[-1]
    same_species = species_of(kind) != "human" and species_of(word) == species_of(kind)
    return introduction.in_capitals and (word == kind or same_species)


def _single(name: str) -> str:
    """One of a group: CHIHUAHUA of SEVEN CHIHUAHUAS; any other name as it is."""
    if not is_group(name):
        return name
    word = name.rsplit(maxsplit=1)[-1]
    return word[:-1] if word.endswith("S") and len(word) > 3 else word


def _person(name: str, names: Iterable[str], taken: set[str]) -> Person:
    identifier = base = slug_of(name, "character")[:60]
    number = 2
    while identifier in taken:
        identifier, number = f"{base}_{number}", number + 1
    taken.add(identifier)
    return Person(identifier, title_case(name), list(dict.fromkeys(names)), group=is_group(name))


def _introduce(people: list[Person], told: Sequence[Introduction], taken: set[str]) -> None:
    """Give every introduction to whom it names; a being that nobody answers for is new."""
    for introduction in told:
        owners = [p for p in people if p.answers(introduction.name, introduction.scene)]
        if not owners:
            near = [p for p in people if any(may_shorten(introduction.name, name) for name in p.names)]
            owners = near if len(near) == 1 else []
        for owner in owners:
            if introduction not in owner.introduced:
                owner.introduced.append(introduction)
                owner.common = owner.common or introduction.after_article
        plain_group = is_group(introduction.name) and introduction.age is None
        if not owners and introduction.in_capitals and introduction.is_being and not plain_group:
            known = any(introduction in p.introduced for p in people)
            if not known or is_group(introduction.name):
                person = _person(introduction.name, [introduction.name], taken)
                person.introduced.append(introduction)
                people.append(person)


def guess_pronouns(person: Person, screenplay: Screenplay) -> Pronouns:
    """Pronouns as the prose has them: a plain noun first, else the pronouns of actions that name only them."""
    if person.member:
        return person.member.pronouns
    told = f"{' '.join(person.names)} {person.told.split('.')[0]}"
    she, he = bool(_SHE.search(told)), bool(_HE.search(told))
    if she != he:
        return "she" if she else "he"
    counts = {"she": 0, "he": 0}
    named = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in person.names), re.I)
    for scene in screenplay.scenes:
        for element in scene.elements:
            if isinstance(element, Passage) and element.kind == "action":
                for sentence in re.split(r"(?<=[.!?])\s+", element.text):
                    after = named.search(sentence)
                    first = _PRONOUN.search(sentence, after.end()) if after else None
                    if first and first.lastgroup:
                        counts[first.lastgroup] += 1
    if counts["she"] == counts["he"]:
        return "it" if person.species != "human" else "they"
    return "she" if counts["she"] > counts["he"] else "he"


def is_loose(name: str) -> bool:
    """Whether prose may write the name without a capital: a dog, the guard, other dogs."""
    return plain_name(name).split()[-1] in BEINGS or name == name.lower() or name.startswith("The ")
