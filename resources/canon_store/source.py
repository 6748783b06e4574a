"""Reading the projection: all of canon as of an episode, the part a script needs, or what concerns a few."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Connection, desc

from narrative_assets.canon.history import Placed, Span
from resources.canon_store import lookups
from resources.canon_store.parts import (
    BOND,
    HIDDEN,
    TOLD_OF,
    TOOK_PART,
    canon_of,
    name_digest,
    read,
    story_order,
)
from resources.canon_store.projection import CHUNK
from schemas.canon import Canon, CanonCharacter, CanonThing, Fact, Relationship, TimelineEvent
from schemas.predicates import KNOWS, STATE
from schemas.story import EntityRef

T = TypeVar("T")
MOST_FACTS, MOST_WORDS = 2_000, 400
MOST_EVENTS = 200
"""How much of canon ``relevant`` gives at most, the newest of it: what a context pack can hold."""
_PILING_UP = (KNOWS.name, STATE.name)
"""Of these any number holds at once, one for each text."""
_MERGED = 50
"""How many lists one statement merges."""
_LEADING = frozenset({TOOK_PART, BOND, TOLD_OF, HIDDEN})
"""The predicates of rows that are no facts themselves."""


class StoredCanon:
    """Canon of one project as of one episode, in the projection. A ``canon.scope.CanonSource``."""

    def __init__(
        self, connection: Connection, tenant: str, series: int, project_id: str, as_of: str, *, after: bool = False
    ) -> None:
        """``after``: with the diffs of the episode ``as_of`` itself."""
        self._connection = connection
        self._own = {"tenant": tenant, "series": series, "order": story_order(as_of) + after}
        self._project_id = project_id
        self._as_of = as_of

    def whole(self) -> Canon:
        """All of it."""
        return self._canon(lookups.WHOLE)

    def background(self) -> Canon:
        """Places, world rules, threads and the minute that canon has arrived at."""
        return self._canon(lookups.BACKGROUND)

    def facts_about(self, subjects: Collection[str], span: Span) -> Iterator[Placed[Fact]]:
        """Facts of these subjects without what ``span`` leaves out."""
        told = self._predicates
        whereabouts, in_hand, by_value = (told & each for each in (span.whereabouts, span.in_hand, span.by_value))
        shortened = whereabouts | in_hand
        asked = {
            "whole": sorted(told - shortened - by_value),
            "by_value": sorted(by_value),
            "texts": [name_digest(text) for text in sorted(span.texts)],
            "shortened": sorted(shortened),
            "in_hand": sorted(in_hand),
            "start": span.start,
        }
        matters = {"each_of_whereabouts": _json(whereabouts), "each_in_hand": _json(in_hand), "start": span.start}
        for some in _chunks(subjects):
            yield from self._placed("fact", lookups.ABOUT, entities=some, **asked)
            if shortened:
                yield from self._last(lookups.LAST_ABOUT, some, **matters)

    def facts_of(self, entities: Collection[str], but: str, span: Span) -> Iterator[Placed[Fact]]:
        """Facts whose object is one of these, of every predicate but one, without what ``span`` leaves out."""
        told = self._predicates - {but}
        shortened = told & (span.whereabouts | span.in_hand)
        asked = {"whole": sorted(told - shortened), "shortened": sorted(shortened), "start": span.start}
        for some in _chunks(entities):
            yield from self._placed("fact", lookups.OF, entities=some, **asked)
            if shortened:
                yield from self._last(lookups.LAST_OF, some, each_shortened=_json(shortened), start=span.start)

    def facts_since(self, predicates: Collection[str], minute: int) -> Iterator[Placed[Fact]]:
        """Facts of these predicates, whoever they are about, that were not over before ``minute``."""
        if predicates:
            yield from self._placed("fact", lookups.SINCE, predicates=sorted(predicates), start=minute)

    def secrets(self) -> Iterator[Placed[Fact]]:
        """Facts that wait for their reveal in a later episode."""
        yield from self._keyed("fact", self._keys(lookups.SECRETS, told=story_order(self._as_of)))

    def events_of(self, subjects: Collection[str]) -> Iterator[Placed[TimelineEvent]]:
        """Events that were told of these subjects."""
        for some in _chunks(subjects):
            yield from self._keyed("event", self._keys(lookups.TOLD, entities=some))

    def characters(self, ids: Collection[str], name_keys: Collection[str]) -> Iterator[Placed[CanonCharacter]]:
        """The characters with these ids, or with a name of these keys."""
        wanted = set(ids)
        for some in _chunks([name_digest(key) for key in name_keys]):
            wanted.update(key.partition("|")[0] for key in self._keys(lookups.NAMED, names=some))
        return self._keyed("character", sorted(wanted))

    def things(self, ids: Collection[str]) -> Iterator[Placed[CanonThing]]:
        """The things with these ids."""
        return self._keyed("thing", ids)

    def relationships(self, ids: Collection[str]) -> Iterator[Placed[Relationship]]:
        """Relationships that touch one of these."""
        found: dict[int, Relationship] = {}
        for some in _chunks(ids):
            for side in lookups.BONDS:
                found.update(self._placed("relationship", side, entities=some))
        return iter(found.items())

    def relevant(self, subjects: Collection[str]) -> Canon:
        """What stands of these subjects: their current facts, events they took part in, and everyone these name."""
        background = self.background()
        facts = self._current(subjects, background.story_minute)
        events = self._events(subjects)
        relationships = _in_order(self.relationships(subjects))
        mentioned = {*subjects, *(fact.object.entity for fact in facts if isinstance(fact.object, EntityRef))}
        mentioned |= {who for event in events for who in event.participants}
        mentioned |= {end for each in relationships for end in (each.subject, each.object)}
        return background.model_copy(
            update={
                "characters": tuple(_in_order(self._keyed("character", sorted(mentioned)))),
                "things": tuple(_in_order(self.things(sorted(mentioned)))),
                "relationships": tuple(relationships),
                "persistent_states": tuple(facts),
                "timeline_events": tuple(events),
            }
        )

    def _current(self, subjects: Collection[str], minute: int) -> list[Fact]:
        """Facts of the subjects that have not ended, the newest of them. What piles up is
        counted apart: it never crowds out who lives and who holds what.
        """
        found: dict[int, Fact] = {}
        others = sorted(self._predicates - {*_PILING_UP})
        standing = lookups.STANDING.order_by(desc("place")).limit(MOST_FACTS)
        for some in _chunks(subjects):
            found.update(self._placed("fact", standing, entities=some, predicates=others, start=minute + 1))
            found.update(self._newest(some, minute))
        return [fact for fact in _in_order(found.items()) if fact.valid_to is None or fact.valid_to > minute]

    def _newest(self, subjects: Sequence[str], minute: int) -> Iterator[Placed[Fact]]:
        """The newest of what piles up of the subjects and is not over."""
        asked = {"entities": subjects, "predicates": _PILING_UP, "start": minute + 1}
        rows = self._rows(lookups.DATED, **asked)
        pairs = [(who, what) for who in subjects for what in _PILING_UP]
        for first in range(0, len(pairs), _MERGED):
            some = pairs[first : first + _MERGED]
            named = {
                f"{name}{n}": each
                for n, pair in enumerate(some)
                for name, each in zip(("who", "what"), pair, strict=True)
            }
            rows += self._rows(lookups.newest(len(some)), most=MOST_WORDS, **named)
        return _read("fact", sorted(rows, key=_place)[-MOST_WORDS:])

    def _events(self, subjects: Collection[str]) -> list[TimelineEvent]:
        """The newest events that one of the subjects took part in."""
        keys: dict[str, int] = {}
        for subject in subjects:
            newest = self._rows(lookups.TOOK_PART_LAST, who=subject, most=MOST_EVENTS)
            keys.update((key.partition("|")[0], begins) for key, begins in newest)
        latest = sorted(keys, key=lambda key: (keys[key], key))[-MOST_EVENTS:]
        concerned = set(subjects)
        events = _in_order(self._keyed("event", sorted(latest)))
        return [event for event in events if concerned.intersection(event.participants)]

    @cached_property
    def _predicates(self) -> frozenset[str]:
        """The predicates of all facts that were ever told."""
        return frozenset(self._keys(lookups.PREDICATES)) - _LEADING

    def _last(self, statement: Any, entities: Collection[str], **matters: Any) -> Iterator[Placed[Fact]]:
        """The facts that came last of each matter of the entities."""
        keys = self._keys(statement, each_entity=_json(entities), **matters)
        for some in _chunks([int(key) for each in keys if each for key in each.split(",")]):
            yield from self._placed("fact", lookups.FOUND, rows=some)

    def _keyed(self, kind: str, keys: Collection[str]) -> Iterator[Placed[Any]]:
        for some in _chunks(keys):
            yield from self._placed(kind, lookups.KEYED, kind=kind, keys=some)

    def _placed(self, of_kind: str, statement: Any, **asked: Any) -> Iterator[Placed[Any]]:
        return _read(of_kind, self._rows(statement, **asked))

    def _keys(self, statement: Any, **asked: Any) -> Sequence[str]:
        return self._connection.scalars(statement, {**self._own, **asked}).all()

    def _rows(self, statement: Any, **asked: Any) -> list[Any]:
        return list(self._connection.execute(statement, {**self._own, **asked}))

    def _canon(self, statement: Any) -> Canon:
        rows = ((kind, document) for kind, document, _ in self._rows(statement))
        return canon_of(self._project_id, self._as_of, rows)


def _read(kind: str, rows: Sequence[Any]) -> Iterator[Placed[Any]]:
    return zip((place for place, _ in rows), read(kind, (document for _, document in rows)), strict=True)


def _place(row: Any) -> int:
    place: int = row[0]
    return place


def _json(texts: Collection[str]) -> str:
    return json.dumps(sorted(texts))


def _chunks(wanted: Collection[T]) -> Iterator[Sequence[T]]:
    each = list(wanted)
    return (each[first : first + CHUNK] for first in range(0, len(each), CHUNK))


def _in_order(placed: Any) -> list[Any]:
    return [each for _, each in sorted(placed, key=lambda pair: pair[0])]
