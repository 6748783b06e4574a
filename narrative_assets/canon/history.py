"""Which old facts a script does not need: those that no check would look at, however long canon grows.

A predicate is left whole unless every one of its traits is known to look no further than is said here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from narrative_assets.canon.implied import ToldClaim
from narrative_assets.canon.rules import rule_for
from narrative_assets.canon.statements import ALWAYS, EVER, from_fact, plain_words
from narrative_assets.canon.world import World
from schemas.canon import Canon, Fact, WorldRule
from schemas.script import Script
from schemas.story import EntityRef, FlagValue, TextValue

T = TypeVar("T")
Placed = tuple[int, T]
"""Something with its place in the order of canon."""

_WHEREABOUTS = frozenset({"one_place", "in_reach", "one_body", "needs_birth", "needs_life"})
"""Their checks look at what touches the script's time and the way to it, and at the last before."""
_IN_HAND = frozenset({"one_holder", "kept_in_hand", "needs_thing", "lively_change"})
"""Their checks pass over what ended before, but for whether there was any of the same two."""
_BY_VALUE = frozenset({"lasting", "learnt_first", "lively_change", "outlasts", "of_what_exists"})
"""Their checks compare one value only, but for a rule's opposite values: other texts do not bear on it."""
_OF_A_LIFE = frozenset({"nothing_before", "one_person"})
"""Traits whose checks look at a whole life: a script that states such a thing gets all history."""
_OF_MEMORY = "only_once"
"""The trait whose check looks for any memory that was lost: a script that states such a thing gets all texts."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which history is left out: what was over before ``start`` (a story minute), but the last of each matter.

    A matter is a subject with a predicate of ``whereabouts``, or subject and object with one of ``in_hand``. Facts
    of ``by_value`` whose text is none of ``texts`` are left out altogether.
    """

    start: int = ALWAYS
    whereabouts: frozenset[str] = frozenset()
    in_hand: frozenset[str] = frozenset()
    by_value: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()

    def of_places(self) -> Span:
        """The same for what others stand in: where that has ever been counts."""
        return replace(self, whereabouts=frozenset())


ALL_TIME = Span()


def span_of(background: Canon, script: Script, told: Sequence[ToldClaim], world: World) -> Span:
    """From the script's first minute back, as far as the longest way between two known places can take."""
    traits = {trait for each in told for trait in rule_for(each.claim.predicate, world.rules).traits}
    if _OF_A_LIFE & traits:
        return ALL_TIME
    times = [*(each.claim.story_time for each in told), *(scene.story_time for scene in script.scenes)]
    values = [each.claim.object for each in told]
    texts = frozenset(plain_words(value.text) for value in values if isinstance(value, TextValue))
    return Span(
        start=min(time.earliest for time in times) - _longest_way(background, world),
        whereabouts=_with_traits(_WHEREABOUTS, background, world),
        in_hand=_with_traits(_IN_HAND, background, world),
        by_value=frozenset() if _OF_MEMORY in traits else _by_value(texts, background, world),
        texts=texts,
    )


def begins_at(fact: Fact) -> int:
    """The story minute a fact begins at; long before every minute where it has no beginning."""
    return ALWAYS if fact.valid_from is None else fact.valid_from


def over_at(fact: Fact) -> int:
    """The last story minute at which a fact may matter to one dated later.

    Open facts always may, and so may denials and what is dated by a traveller's own clock.
    """
    denied = fact.polarity == "denied" or (isinstance(fact.object, FlagValue) and not fact.object.flag)
    if fact.valid_to is None or denied or fact.personal_time is not None:
        return EVER
    return max(from_fact(fact).latest, fact.valid_to)


def kept(facts: Iterable[Placed[Fact]], span: Span, bound: Collection[str]) -> Iterator[Placed[Fact]]:
    """The facts without the history that ``span`` leaves out. ``bound`` are those whose whereabouts it shortens."""
    last: dict[tuple[str, ...], int] = {}
    past: list[tuple[tuple[str, ...], Placed[Fact]]] = []
    for placed in facts:
        fact = placed[1]
        if fact.predicate in span.by_value and _other_text(fact, span):
            continue
        matter = _matter(fact, span, bound)
        if not matter or over_at(fact) >= span.start:
            yield placed
            continue
        past.append((matter, placed))
        last[matter] = max(last.get(matter, ALWAYS), begins_at(fact))
    yield from (placed for matter, placed in past if begins_at(placed[1]) == last[matter])


def _matter(fact: Fact, span: Span, bound: Collection[str]) -> tuple[str, ...]:
    """What the last fact is kept of, empty where all are."""
    if fact.predicate in span.whereabouts and fact.subject in bound:
        return fact.subject, fact.predicate
    if fact.predicate in span.in_hand and isinstance(fact.object, EntityRef):
        return fact.subject, fact.predicate, fact.object.entity
    return ()


def _other_text(fact: Fact, span: Span) -> bool:
    return isinstance(fact.object, TextValue) and plain_words(fact.object.text) not in span.texts


def _with_traits(traits: frozenset[str], background: Canon, world: World) -> frozenset[str]:
    """The predicates that have no other traits than these and that no world rule asks for."""
    ruled = {predicate for rule in background.world_rules for predicate in _predicates_of(rule)}
    return frozenset(
        predicate
        for predicate, rule in world.rules.items()
        if rule.traits and traits.issuperset(rule.traits) and predicate not in ruled
        if not (rule.symmetric or rule.excludes or rule.inverse)
    )


def _by_value(texts: frozenset[str], background: Canon, world: World) -> frozenset[str]:
    """The predicates of which a script with these texts needs only the same ones."""
    words = {word for text in texts for word in text.split()}
    return frozenset(
        predicate
        for predicate in _with_traits(_BY_VALUE, background, world)
        if words.isdisjoint(plain_words(value) for value in world.rules[predicate].opposite_values)
    )


def _predicates_of(rule: WorldRule) -> Iterator[str]:
    if rule.terms is not None:
        yield rule.terms.predicate
        yield from (condition.predicate for condition in (*rule.terms.requires, *rule.terms.costs))


def _longest_way(background: Canon, world: World) -> int:
    """No way between two places is longer: from any one place the way there and back to the farthest."""
    places = {each for place in background.locations for each in (place.location_id, *place.minutes_to)}
    longest, reached = 0, set[str]()
    for place in sorted(places):
        if place not in reached and world.farthest(place):
            longest = max(longest, 2 * world.farthest(place))
            reached |= {other for other in places if world.minutes(place, other) is not None}
    return longest
