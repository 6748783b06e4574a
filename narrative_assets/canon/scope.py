"""The part of canon that bears on one script or one diff: enough to judge it as all of canon would.

What is asked of canon here comes through ``CanonSource``; ``canon.index`` answers from a canon in memory, the canon
store from its database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from narrative_assets.canon.history import ALL_TIME, Placed, Span, kept, span_of
from narrative_assets.canon.implied import told_claims
from narrative_assets.canon.kinds import RULES
from narrative_assets.canon.names import name_key
from narrative_assets.canon.rules import RuleBook
from narrative_assets.canon.world import World
from schemas.canon import (
    Canon,
    CanonCharacter,
    CanonDiff,
    CanonThing,
    Fact,
    Relationship,
    TimelineEvent,
    WorldRule,
)
from schemas.predicates import (
    ADOPTED_BY,
    AFTER,
    CHILD_OF,
    DISGUISED_AS,
    HOLDS,
    LOCATED_AT,
    OWNS,
    PARENT_OF,
    SAME_AS,
    SIBLING_OF,
    SPOUSE_OF,
    USES,
)
from schemas.script import ActionElement, DialogueElement, Script
from schemas.story import EntityRef, Value

T = TypeVar("T")
Reason = Literal["named", "beside", "elder", "younger", "around", "before", "later", "same"]
"""Why an entity is looked up: the script names it, or it stands in this relation to one that was looked up."""

_ONWARD: dict[str, tuple[tuple[Reason, Reason], ...]] = {
    CHILD_OF.name: (("named", "elder"), ("elder", "elder")),
    PARENT_OF.name: (("named", "younger"), ("younger", "younger")),
    LOCATED_AT.name: (("named", "around"), ("around", "around"), ("same", "around")),
    AFTER.name: (("named", "before"), ("before", "before"), ("later", "before")),
    SAME_AS.name: (("named", "same"), ("same", "same")),
}
"""From a fact's subject, looked up for the one reason, to its object, for the other."""
_BACK: dict[str, tuple[tuple[Reason, Reason], ...]] = {
    PARENT_OF.name: (("named", "elder"), ("elder", "elder")),
    CHILD_OF.name: (("named", "younger"), ("younger", "younger")),
    AFTER.name: (("named", "later"), ("later", "later")),
    SAME_AS.name: (("named", "same"), ("same", "same")),
}
"""From a fact's object to its subject."""
_BESIDE = frozenset(each.name for each in (ADOPTED_BY, SIBLING_OF, SPOUSE_OF, DISGUISED_AS))
_HOLDING = frozenset(each.name for each in (HOLDS, OWNS, USES))


class CanonSource(Protocol):
    """Canon as of one episode, asked for in parts."""

    def background(self) -> Canon:
        """Places, world rules, threads and the minute that canon has arrived at; nothing else."""

    def facts_about(self, subjects: Collection[str], span: Span) -> Iterable[Placed[Fact]]:
        """Facts of these subjects, without the history that ``span`` leaves out (more is no harm)."""

    def facts_of(self, entities: Collection[str], but: str, span: Span) -> Iterable[Placed[Fact]]:
        """Facts with one of these entities as their object, of every predicate but one, without what ``span`` leaves
        out.
        """

    def facts_since(self, predicates: Collection[str], minute: int) -> Iterable[Placed[Fact]]:
        """Facts of these predicates, whoever they are about, that were not over before ``minute`` (``over_at``)."""

    def secrets(self) -> Iterable[Placed[Fact]]:
        """Facts that wait for their reveal in a later episode, whoever they are about."""

    def events_of(self, subjects: Collection[str]) -> Iterable[Placed[TimelineEvent]]:
        """Events that were told of these subjects."""

    def characters(self, ids: Collection[str], name_keys: Collection[str]) -> Iterable[Placed[CanonCharacter]]:
        """The characters with these ids, or with a name or an alias of these keys (more is no harm)."""

    def things(self, ids: Collection[str]) -> Iterable[Placed[CanonThing]]:
        """The things with these ids."""

    def relationships(self, ids: Collection[str]) -> Iterable[Placed[Relationship]]:
        """Relationships on either side of which one of these stands."""


def scoped_canon(source: CanonSource, script: Script, as_of: str, *, rules: RuleBook = RULES) -> Canon:
    """The part of canon that bears on ``script``: the gate and the diff say the same of it as of all of canon.

    It holds all places, world rules and threads; the facts about whoever and whatever the script or a world rule
    names, about their kin, their holders, and what they stand in; all truths that wait for their reveal; and
    everyone these facts name. It has no summary, and events only where a world rule asks for them. Facts about others
    change nothing in it, so its hash stays.
    Only this script may be judged by it: one with other people or other times needs a part of its own.
    """
    background = source.background()
    told = told_claims(script)
    world = World(background, script, rules)
    costly = tuple(source.facts_since(*_costly(background, world)))
    named = {*_named_by(script), *_named_by_rules(background.world_rules), *(fact.subject for _, fact in costly)}
    cast = {member.character_id for member in script.cast}
    gathered = _Gathered(source, named, cast, span_of(background, script, told, world))
    gathered.facts.update({placed[1].fact_id: placed for placed in costly})
    gathered.close()
    gathered.secrets.update(source.secrets())
    names = {name_key(member.name) for member in script.cast}
    return gathered.canon(background, names, events=world.rules_look_ahead).model_copy(update={"as_of": as_of})


def canon_for_diff(source: CanonSource, diff: CanonDiff) -> Canon:
    """The part of canon that says whether ``diff`` can be folded: whom it names, their kin, and all facts of them."""
    gathered = _Gathered(source, set(_named_by_diff(diff)), set(), ALL_TIME)
    gathered.close()
    return gathered.canon(source.background(), set(), events=False)


def name_keys(character: CanonCharacter) -> frozenset[str]:
    """What names of the character are compared by, aliases included."""
    return frozenset(name_key(name) for name in (character.name, *character.aliases))


@dataclass
class _Gathered:
    """Facts under way: from what is named, outward to whatever the checks may have to look at.

    ``bound`` are those whose history ``span`` shortens; whatever turns out to be a place for others has all of it.
    """

    source: CanonSource
    named: set[str]
    bound: set[str]
    span: Span
    reasons: set[tuple[str, Reason]] = field(default_factory=set)
    facts: dict[str, Placed[Fact]] = field(default_factory=dict)
    bonds: dict[int, Relationship] = field(default_factory=dict)
    secrets: dict[int, Fact] = field(default_factory=dict)

    def close(self) -> None:
        """Go outward until nothing is left to look up."""
        frontier: set[tuple[str, Reason]] = {(entity, "named") for entity in self.named}
        while frontier:
            known = {entity for entity, _ in self.reasons}
            around = {entity for entity, reason in frontier if reason == "around"} & self.bound
            self.bound -= around
            self.reasons |= frontier
            self._look_up(sorted({entity for entity, _ in frontier} - known), sorted(around))
            facts = kept(self.facts.values(), self.span, self.bound)
            steps = [(fact.subject, fact.predicate, *_entity(fact.object)) for _, fact in facts]
            steps += [(bond.subject, bond.relation, bond.object) for bond in self.bonds.values()]
            frontier = {step for each in steps if len(each) == 3 for step in self._onward(*each)} - self.reasons

    def canon(self, background: Canon, names: set[str], *, events: bool) -> Canon:
        """What was found as a canon, in the order of all of canon. ``names`` are keys of further characters."""
        source, entities = self.source, {entity for entity, _ in self.reasons}
        facts = _ordered({**self.secrets, **dict(kept(self.facts.values(), self.span, self.bound))}.items())
        relationships = _ordered(
            placed for placed in self.bonds.items() if {placed[1].subject, placed[1].object} & self.named
        )
        told = _ordered(source.events_of(sorted(entities))) if events else []
        mentioned = entities | _ends(facts, relationships)
        characters = [
            each
            for each in _ordered(source.characters(sorted(mentioned), sorted(names)))
            if each.character_id in mentioned or not names.isdisjoint(name_keys(each))
        ]
        return background.model_copy(
            update={
                "characters": tuple(characters),
                "things": tuple(_ordered(source.things(sorted(mentioned)))),
                "relationships": tuple(relationships),
                "timeline_events": tuple(told),
                "persistent_states": tuple(facts),
                "last_summary": "",
            }
        )

    def _look_up(self, entities: Sequence[str], again: Sequence[str]) -> None:
        """All about and of some entities, and the whole history of those that are places after all."""
        shortened = [entity for entity in entities if entity in self.bound]
        whole = [*again, *(entity for entity in entities if entity not in self.bound)]
        found = [
            *(self.source.facts_about(shortened, self.span) if shortened else ()),
            *(self.source.facts_about(whole, self.span.of_places()) if whole else ()),
            *(self.source.facts_of(entities, LOCATED_AT.name, self.span) if entities else ()),
        ]
        self.facts.update({placed[1].fact_id: placed for placed in found})
        self.bonds.update(self.source.relationships(entities) if entities else ())

    def _onward(self, subject: str, predicate: str, entity: str) -> Iterator[tuple[str, Reason]]:
        """What has to be looked up because of a fact."""
        for reason, further in _ONWARD.get(predicate, ()):
            if (subject, reason) in self.reasons:
                yield entity, further
        for reason, further in _BACK.get(predicate, ()):
            if (entity, reason) in self.reasons:
                yield subject, further
        if (predicate in _BESIDE or predicate in _HOLDING) and subject in self.named:
            yield entity, "beside"
        if (predicate in _BESIDE or predicate in _HOLDING) and entity in self.named:
            yield subject, "beside"


def _costly(background: Canon, world: World) -> tuple[frozenset[str], int]:
    """Predicates of deeds whose cost may still be due, and the story minute since when."""
    terms = [rule.terms for rule in world.costly_rules if rule.terms is not None]
    within = max((each.cost_within for each in terms), default=0)
    return frozenset(each.predicate for each in terms), background.story_minute - within


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


def _named_by_diff(diff: CanonDiff) -> Iterator[str]:
    """Everyone and everything a diff says something of."""
    changes = (*(change.before for change in diff.modified_facts), *(change.after for change in diff.modified_facts))
    for fact in (*diff.added_facts, *diff.removed_facts, *changes):
        yield from (fact.subject, *_entity(fact.object))
    for bond in diff.added_relationships:
        yield from (bond.subject, bond.object)
    for event in diff.added_events:
        yield from (*event.participants, *((event.location_id,) if event.location_id else ()))


def _entity(value: Value | None) -> tuple[str, ...]:
    return (value.entity,) if isinstance(value, EntityRef) else ()


def _ends(facts: Iterable[Fact], relationships: Iterable[Relationship]) -> set[str]:
    """Both sides of facts and relationships."""
    ends = {end for fact in facts for end in (fact.subject, *_entity(fact.object))}
    return ends | {end for each in relationships for end in (each.subject, each.object)}


def _ordered(placed: Iterable[Placed[T]]) -> list[T]:
    return [each for _, each in sorted(placed, key=lambda pair: pair[0])]
