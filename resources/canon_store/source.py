"""Reading the projection: all of canon as of an episode, the part a script needs, or what concerns a few."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, desc, select, union_all

from narrative_assets.canon.history import Placed, Span
from resources.canon_store.lookups import facts, last_before, lasting, newest, predicates, together
from resources.canon_store.parts import (
    BOND,
    HIDDEN,
    KINDS,
    TOLD_OF,
    TOOK_PART,
    canon_of,
    name_digest,
    read,
    story_order,
)
from resources.canon_store.projection import CHUNK, Extent
from resources.tables import CanonStateRow
from schemas.canon import Canon, CanonCharacter, CanonThing, Fact, Relationship, TimelineEvent
from schemas.predicates import KNOWS, STATE
from schemas.story import EntityRef

BACKGROUND = ("location", "rule", "thread")
"""The kinds that every scope takes whole."""
MOST_FACTS, MOST_WORDS = 2_000, 400
MOST_EVENTS = 200
"""How much of canon ``relevant`` gives at most, the newest of it: what a context pack can hold."""
_PILING_UP = (KNOWS.name, STATE.name)
"""Of these any number holds at once, one for each text."""
_State = CanonStateRow.__table__.c
_LEADING = (TOOK_PART, BOND, TOLD_OF, HIDDEN)
"""The predicates of rows that are no facts themselves."""


class StoredCanon:
    """Canon of one project as of one episode, in the projection. A ``canon.scope.CanonSource``."""

    def __init__(
        self, connection: Connection, tenant: str, series: int, project_id: str, as_of: str, *, after: bool = False
    ) -> None:
        """``after``: with the diffs of the episode ``as_of`` itself."""
        self._connection = connection
        self._extent = Extent(tenant, series, story_order(as_of) + after)
        self._holds = self._extent.holds()
        self._project_id = project_id
        self._as_of = as_of

    def whole(self) -> Canon:
        """All of it."""
        return self._canon(self._kinds(KINDS))

    def background(self) -> Canon:
        """Places, world rules, threads and the minute that canon has arrived at."""
        arrived = select(_State.kind, _State.document, _State.place).where(self._holds, _State.kind == "arrival")
        # Each episode leaves a row of where canon had arrived: the newest is that which holds.
        newest_first = arrived.order_by(_State.from_order.desc()).limit(1).subquery()
        return self._canon(union_all(self._kinds(BACKGROUND), select(newest_first)))

    def facts_about(self, subjects: Collection[str], span: Span) -> Iterator[Placed[Fact]]:
        """Facts of these subjects without what ``span`` leaves out."""
        for some in _chunks(subjects):
            yield from self._without_past("subject", some, self._predicates, span)

    def facts_of(self, entities: Collection[str], but: str, span: Span) -> Iterator[Placed[Fact]]:
        """Facts whose object is one of these, of every predicate but one, without what ``span`` leaves out."""
        for some in _chunks(entities):
            yield from self._without_past("object", some, self._predicates - {but}, span)

    def facts_since(self, predicates: Collection[str], minute: int) -> Iterator[Placed[Fact]]:
        """Facts of these predicates, whoever they are about, that were not over before ``minute``."""
        if predicates:
            some = _State.predicate.in_(sorted(predicates))
            about = _State.subject.is_not(None)
            yield from self._read("fact", together(lasting(self._extent, minute, some, about)))

    def secrets(self) -> Iterator[Placed[Fact]]:
        """Facts that wait for their reveal in a later episode."""
        hidden = (_State.kind == "secret", _State.predicate == HIDDEN, _State.until > story_order(self._as_of))
        yield from self._keyed("fact", self._connection.scalars(select(_State.key).where(self._holds, *hidden)).all())

    def events_of(self, subjects: Collection[str]) -> Iterator[Placed[TimelineEvent]]:
        """Events that were told of these subjects."""
        for some in _chunks(subjects):
            told_of = (_State.kind == "told_of", _State.subject.in_(some), _State.predicate == TOLD_OF)
            keys = self._connection.scalars(select(_State.key).where(self._holds, *told_of)).all()
            yield from self._keyed("event", keys)

    def characters(self, ids: Collection[str], name_keys: Collection[str]) -> Iterator[Placed[CanonCharacter]]:
        """The characters with these ids, or with a name of these keys."""
        wanted = set(ids)
        for some in _chunks([name_digest(key) for key in name_keys]):
            named = select(_State.key).where(self._holds, _State.kind == "name", _State.name_key.in_(some))
            wanted.update(key.partition("|")[0] for key in self._connection.scalars(named))
        return self._keyed("character", sorted(wanted))

    def things(self, ids: Collection[str]) -> Iterator[Placed[CanonThing]]:
        """The things with these ids."""
        return self._keyed("thing", ids)

    def relationships(self, ids: Collection[str]) -> Iterator[Placed[Relationship]]:
        """Relationships that touch one of these."""
        found: dict[int, Relationship] = {}
        for some in _chunks(ids):
            for side in (_State.subject, _State.object):
                own = (_State.kind == "relationship", _State.predicate == BOND)
                found.update(self._placed("relationship", *own, side.in_(some)))
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
        for some in _chunks(subjects):
            theirs = (_State.subject.in_(some), _State.predicate.in_(sorted(self._predicates - {*_PILING_UP})))
            others = together(lasting(self._extent, minute + 1, *theirs)).order_by(desc("place")).limit(MOST_FACTS)
            found.update(self._read("fact", others))
            rows = [
                row
                for query in newest(self._extent, minute, some, _PILING_UP, MOST_WORDS)
                for row in self._connection.execute(query)
            ]
            found.update(_placed("fact", sorted(rows, key=_place)[-MOST_WORDS:]))
        return [fact for fact in _in_order(found.items()) if fact.valid_to is None or fact.valid_to > minute]

    def _events(self, subjects: Collection[str]) -> list[TimelineEvent]:
        """The newest events that one of the subjects took part in."""
        keys: dict[str, int] = {}
        for subject in subjects:
            took_part = (_State.kind == "participant", _State.subject == subject, _State.predicate == TOOK_PART)
            query = select(_State.key, _State.begins).where(self._holds, *took_part)
            newest = query.order_by(_State.begins.desc(), _State.key.desc()).limit(MOST_EVENTS)
            keys.update((key.partition("|")[0], begins) for key, begins in self._connection.execute(newest))
        latest = sorted(keys, key=lambda key: (keys[key], key))[-MOST_EVENTS:]
        concerned = set(subjects)
        events = _in_order(self._keyed("event", sorted(latest)))
        return [event for event in events if concerned.intersection(event.participants)]

    @cached_property
    def _predicates(self) -> frozenset[str]:
        """The predicates of all facts that were ever told."""
        return frozenset(self._connection.scalars(predicates(self._extent.series))) - {*_LEADING}

    def _without_past(
        self, own: str, entities: Collection[str], told: frozenset[str], span: Span
    ) -> Iterator[Placed[Fact]]:
        """The facts with ``entities`` as their ``own`` column, of the predicates told, without what ``span`` leaves
        out.
        """

        def some(names: frozenset[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
            return _State[own].in_(entities), _State.predicate.in_(sorted(names))

        extent, start = self._extent, span.start
        whereabouts, in_hand, by_value = (told & each for each in (span.whereabouts, span.in_hand, span.by_value))
        shortened = whereabouts | in_hand
        wanted = [facts(extent, *some(told - shortened - by_value))]
        if by_value:
            texts = _State.name_key.in_([name_digest(text) for text in sorted(span.texts)])
            wanted += [facts(extent, *some(by_value), alike) for alike in (_State.name_key.is_(None), texts)]
        if shortened:
            wanted += lasting(extent, start, *some(shortened))
        if own == "object" and shortened:
            wanted.append(last_before(extent, start, own, entities, shortened, other="subject"))
        if own == "subject" and whereabouts:
            wanted.append(last_before(extent, start, own, entities, whereabouts))
        if own == "subject" and in_hand:
            wanted.append(last_before(extent, start, own, entities, in_hand, other="object"))
            wanted.append(facts(extent, *some(in_hand), _State.object.is_(None), _State.until < start))
        yield from self._read("fact", together(wanted))

    def _keyed(self, kind: str, keys: Collection[str]) -> Iterator[Placed[Any]]:
        for some in _chunks(keys):
            yield from self._placed(kind, _State.kind == kind, _State.key.in_(some))

    def _placed(self, kind: str, *conditions: ColumnElement[bool]) -> Iterator[Placed[Any]]:
        return self._read(kind, select(_State.place, _State.document).where(self._holds, *conditions))

    def _read(self, kind: str, query: Any) -> Iterator[Placed[Any]]:
        return _placed(kind, self._connection.execute(query).all())

    def _kinds(self, kinds: Collection[str]) -> Any:
        return select(_State.kind, _State.document, _State.place).where(self._holds, _State.kind.in_(kinds))

    def _canon(self, query: Any) -> Canon:
        rows = ((kind, document) for kind, document, _ in self._connection.execute(query.order_by("place")))
        return canon_of(self._project_id, self._as_of, rows)


def _chunks(wanted: Collection[str]) -> Iterator[Sequence[str]]:
    each = list(wanted)
    return (each[first : first + CHUNK] for first in range(0, len(each), CHUNK))


def _place(row: Any) -> int:
    place: int = row[0]
    return place


def _placed(kind: str, rows: Collection[Any]) -> Iterator[Placed[Any]]:
    return zip((place for place, _ in rows), read(kind, (document for _, document in rows)), strict=True)


def _in_order(placed: Any) -> list[Any]:
    return [each for _, each in sorted(placed, key=lambda pair: pair[0])]
