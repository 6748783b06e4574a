"""The part of canon that bears on one script: enough to judge it and to propose its diff as all of canon would.

What is asked of canon here comes through ``CanonSource``; ``CanonIndex`` answers from a canon in memory, the canon
store from its database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from narrative_assets.canon.implied import told_claims
from narrative_assets.canon.kinds import RULES
from narrative_assets.canon.names import name_key
from narrative_assets.canon.rules import RuleBook, rule_for
from narrative_assets.canon.statements import ALWAYS, EVER, from_fact
from narrative_assets.canon.world import World
from schemas.canon import Canon, CanonCharacter, CanonThing, Fact, Relationship, WorldRule
from schemas.predicates import (
    ADOPTED_BY,
    AFTER,
    CHILD_OF,
    DISGUISED_AS,
    HOLDS,
    LOCATED_AT,
    OWNS,
    PARENT_OF,
    SIBLING_OF,
    SPOUSE_OF,
    USES,
)
from schemas.script import ActionElement, DialogueElement, Script
from schemas.story import EntityRef, FlagValue, Value

T = TypeVar("T")
Placed = tuple[int, T]
"""Something with its place in the order of canon."""

_UP = frozenset({CHILD_OF.name, ADOPTED_BY.name, AFTER.name, LOCATED_AT.name})
"""From subject to object without end: to parents, to what an event waits for, to what a place stands in."""
_KIN = frozenset({PARENT_OF.name, CHILD_OF.name, ADOPTED_BY.name, SIBLING_OF.name, SPOUSE_OF.name})
_NEXT = _KIN | {AFTER.name, DISGUISED_AS.name}
"""One step in either direction from what the script itself names."""
_HOLDING = frozenset({HOLDS.name, OWNS.name, USES.name})
_WITH_BOUND_HISTORY = frozenset({"one_place", "needs_life"})
"""Traits whose checks never look past what ended before the script's first minute (``is_past``)."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which history is left out: facts of ``predicates`` that were over before ``start`` (a story minute), but the
    last of them.
    """

    start: int
    predicates: frozenset[str]


class CanonSource(Protocol):
    """Canon as of one episode, asked for in parts."""

    def background(self) -> Canon:
        """Places, world rules, threads and the minute that canon has arrived at; nothing else."""

    def facts_about(self, subjects: Collection[str], span: Span) -> Iterable[Placed[Fact]]:
        """Facts of these subjects, without the history that ``span`` leaves out (more is no harm)."""

    def facts_of(self, entities: Collection[str], but: str) -> Iterable[Placed[Fact]]:
        """Facts with one of these entities as their object, of every predicate but one."""

    def characters(self, ids: Collection[str], name_keys: Collection[str]) -> Iterable[Placed[CanonCharacter]]:
        """The characters with these ids, or with a name or an alias of these keys (more is no harm)."""

    def things(self, ids: Collection[str]) -> Iterable[Placed[CanonThing]]:
        """The things with these ids."""

    def relationships(self, ids: Collection[str]) -> Iterable[Placed[Relationship]]:
        """Relationships on either side of which one of these stands."""


def scoped_canon(source: CanonSource, script: Script, as_of: str, *, rules: RuleBook = RULES) -> Canon:
    """The part of canon that bears on ``script``: the gate and the diff say the same of it as of all of canon.

    It holds all places, world rules and threads; the facts about whoever and whatever the script or a world rule
    names, about their kin, their holders, and what they stand in; and everyone these facts name. It has no events
    and no summary. Facts about others change nothing in it, so its hash stays.
    """
    background = source.background()
    named = set(_named_by(script)) | set(_named_by_rules(background.world_rules))
    names = {name_key(member.name) for member in script.cast}
    gathered = _Gathered(source, _span(background, script, rules), named)
    gathered.close()
    facts = gathered.in_order()
    relationships = _ordered(source.relationships(sorted(named)))
    mentioned = named | gathered.entities | _ends(facts, relationships)
    characters = [
        each
        for each in _ordered(source.characters(sorted(mentioned), sorted(names)))
        if each.character_id in mentioned or not names.isdisjoint(name_keys(each))
    ]
    return background.model_copy(
        update={
            "as_of": as_of,
            "characters": tuple(characters),
            "things": tuple(_ordered(source.things(sorted(mentioned)))),
            "relationships": tuple(relationships),
            "persistent_states": tuple(facts),
            "timeline_events": (),
            "last_summary": "",
        }
    )


def name_keys(character: CanonCharacter) -> frozenset[str]:
    """What names of the character are compared by, aliases included."""
    return frozenset(name_key(name) for name in (character.name, *character.aliases))


def begins_at(fact: Fact) -> int:
    """The story minute a fact begins at; long before every minute where it has no beginning."""
    return ALWAYS if fact.valid_from is None else fact.valid_from


def over_at(fact: Fact) -> int:
    """The last story minute at which a fact may matter to one dated later. Denials and open facts always may."""
    plain = isinstance(fact.object, EntityRef) or (isinstance(fact.object, FlagValue) and fact.object.flag)
    if fact.valid_to is None or fact.polarity == "denied" or not plain:
        return EVER
    return max(from_fact(fact).latest, fact.valid_to)


class CanonIndex:
    """A source over a canon in memory."""

    def __init__(self, canon: Canon) -> None:
        self._canon = canon
        self._about: defaultdict[str, list[Placed[Fact]]] = defaultdict(list)
        self._of: defaultdict[str, list[Placed[Fact]]] = defaultdict(list)
        for placed in enumerate(canon.persistent_states):
            self._about[placed[1].subject].append(placed)
            if isinstance(placed[1].object, EntityRef):
                self._of[placed[1].object.entity].append(placed)

    def background(self) -> Canon:
        """Places, rules, threads and minute of the canon."""
        nothing = {"characters", "things", "relationships", "timeline_events", "persistent_states"}
        return self._canon.model_copy(update=dict.fromkeys(sorted(nothing), ()) | {"last_summary": ""})

    def facts_about(self, subjects: Collection[str], span: Span) -> Iterator[Placed[Fact]]:
        """All facts of the subjects."""
        return (placed for subject in subjects for placed in self._about.get(subject, ()))

    def facts_of(self, entities: Collection[str], but: str) -> Iterator[Placed[Fact]]:
        """Facts whose object is one of the entities."""
        return (placed for entity in entities for placed in self._of.get(entity, ()) if placed[1].predicate != but)

    def characters(self, ids: Collection[str], name_keys: Collection[str]) -> Iterator[Placed[CanonCharacter]]:
        """All characters."""
        return iter(enumerate(self._canon.characters))

    def things(self, ids: Collection[str]) -> Iterator[Placed[CanonThing]]:
        """The things with these ids."""
        wanted = frozenset(ids)
        return (placed for placed in enumerate(self._canon.things) if placed[1].thing_id in wanted)

    def relationships(self, ids: Collection[str]) -> Iterator[Placed[Relationship]]:
        """Relationships that touch one of the ids."""
        wanted = frozenset(ids)
        return (
            placed
            for placed in enumerate(self._canon.relationships)
            if placed[1].subject in wanted or placed[1].object in wanted
        )


@dataclass
class _Gathered:
    """Facts under way: from what is named, outward to whatever the checks may have to look at."""

    source: CanonSource
    span: Span
    named: set[str]
    entities: set[str] = field(default_factory=set)
    facts: dict[str, Placed[Fact]] = field(default_factory=dict)

    def close(self) -> None:
        """Go outward until nothing is left to look up."""
        frontier = set(self.named)
        while frontier:
            self.entities |= frontier
            wanted = sorted(frontier)
            found = [*self.source.facts_about(wanted, self.span), *self.source.facts_of(wanted, LOCATED_AT.name)]
            self.facts.update({placed[1].fact_id: placed for placed in found})
            frontier = {entity for _, fact in found for entity in self._onward(fact)} - self.entities

    def in_order(self) -> list[Fact]:
        """The facts in the order of canon, past history left out."""
        return _ordered(_without_past(self.facts.values(), self.span))

    def _onward(self, fact: Fact) -> Iterator[str]:
        """What has to be looked up because of a fact."""
        if not isinstance(fact.object, EntityRef):
            return
        subject, entity, predicate = fact.subject, fact.object.entity, fact.predicate
        if predicate in _UP and subject in self.entities:
            yield entity
        if predicate == PARENT_OF.name and entity in self.entities:
            yield subject
        if predicate in _NEXT and subject in self.named:
            yield entity
        if predicate in _NEXT | _HOLDING and entity in self.named:
            yield subject


def _without_past(facts: Iterable[Placed[Fact]], span: Span) -> Iterator[Placed[Fact]]:
    """The facts, of each matter with bounded history only the last that is past."""
    last: dict[tuple[str, str], int] = {}
    past: list[Placed[Fact]] = []
    for placed in facts:
        if not is_past(placed[1], span):
            yield placed
            continue
        past.append(placed)
        matter = placed[1].subject, placed[1].predicate
        last[matter] = max(last.get(matter, ALWAYS), begins_at(placed[1]))
    yield from (each for each in past if begins_at(each[1]) == last[each[1].subject, each[1].predicate])


def is_past(fact: Fact, span: Span) -> bool:
    """Whether the fact belongs to history that ``span`` leaves out, unless it is the last of it."""
    return fact.predicate in span.predicates and over_at(fact) < span.start


def _span(background: Canon, script: Script, rules: RuleBook) -> Span:
    """From the script's first minute back, as far as the longest way between two known places takes."""
    world = World(background, script, rules)
    ways = [world.farthest(location.location_id) for location in background.locations]
    first = min(
        (claim.claim.story_time.earliest for claim in told_claims(script)),
        default=min(scene.story_time.earliest for scene in script.scenes),
    )
    ruled = {condition for rule in background.world_rules for condition in _predicates_of(rule)}
    bound = {
        predicate
        for predicate, rule in rules.items()
        if rule.traits and _WITH_BOUND_HISTORY.issuperset(rule.traits) and predicate not in ruled
    }
    plain = {
        predicate
        for predicate in bound
        if not (rule_for(predicate, rules).symmetric or rule_for(predicate, rules).excludes)
    }
    return Span(first - max(ways, default=0), frozenset(plain))


def _predicates_of(rule: WorldRule) -> Iterator[str]:
    if rule.terms is not None:
        yield rule.terms.predicate
        yield from (condition.predicate for condition in (*rule.terms.requires, *rule.terms.costs))


def _named_by(script: Script) -> Iterator[str]:
    """Everyone and everything the script names."""
    for member in script.cast:
        yield member.character_id
    for scene in script.scenes:
        yield from (scene.heading.place_id, *scene.present)
        for element in scene.elements:
            if isinstance(element, ActionElement):
                yield from (*element.character_ids, *element.props)
            elif isinstance(element, DialogueElement):
                yield from (element.speaker_id, *element.addressee_ids)
        for claim in scene.claims:
            yield from (claim.subject, *_entity(claim.object), *((claim.holder,) if claim.holder else ()))


def _named_by_rules(rules: Iterable[WorldRule]) -> Iterator[str]:
    """The rules themselves, and whom their conditions name."""
    for rule in rules:
        yield rule.rule_id
        for condition in (*rule.terms.requires, *rule.terms.costs) if rule.terms else ():
            yield from ((condition.subject,) if condition.subject else ())
            yield from _entity(condition.object)


def _entity(value: Value | None) -> tuple[str, ...]:
    return (value.entity,) if isinstance(value, EntityRef) else ()


def _ends(facts: Iterable[Fact], relationships: Iterable[Relationship]) -> set[str]:
    """Both sides of facts and relationships."""
    ends = {end for fact in facts for end in (fact.subject, *_entity(fact.object))}
    return ends | {end for each in relationships for end in (each.subject, each.object)}


def _ordered(placed: Iterable[Placed[T]]) -> list[T]:
    return [each for _, each in sorted(placed, key=lambda pair: pair[0])]
