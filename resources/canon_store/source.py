"""Reading the projection: all of canon as of an episode, the part a script needs, or what concerns a few."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from narrative_assets.canon.history import Placed, Span
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
from resources.canon_store.projection import CHUNK, holds
from resources.tables import CanonStateRow
from schemas.canon import Canon, CanonCharacter, CanonThing, Fact, Relationship, TimelineEvent
from schemas.predicates import KNOWS, STATE
from schemas.story import EntityRef

BACKGROUND = ("location", "rule", "thread", "arrival")
"""The kinds that every scope takes whole."""
MOST_FACTS, MOST_WORDS = 2_000, 400
MOST_EVENTS = 200
"""How much of canon ``relevant`` gives at most, the newest of it: what a context pack can hold."""
_PILING_UP = (KNOWS.name, STATE.name)
"""Of these any number holds at once, one for each text."""
_State = CanonStateRow.__table__.c
_WHEREABOUTS = (_State.subject, _State.predicate)


class StoredCanon:
    """Canon of one project as of one episode, in the projection. A ``canon.scope.CanonSource``."""

    def __init__(
        self, connection: Connection, tenant: str, series: int, project_id: str, as_of: str, *, after: bool = False
    ) -> None:
        """``after``: with the diffs of the episode ``as_of`` itself."""
        self._connection = connection
        self._holds = holds(tenant, series, story_order(as_of) + after)
        self._project_id = project_id
        self._as_of = as_of

    def whole(self) -> Canon:
        """All of it."""
        return self._canon(_State.kind.in_(KINDS))

    def background(self) -> Canon:
        """Places, world rules, threads and the minute that canon has arrived at."""
        return self._canon(_State.kind.in_(BACKGROUND))

    def facts_about(self, subjects: Collection[str], span: Span) -> Iterator[Placed[Fact]]:
        """Facts of these subjects without what ``span`` leaves out."""
        for some in _chunks(subjects):
            yield from self._without_past(_State.subject.in_(some), span)

    def facts_of(self, entities: Collection[str], but: str, span: Span) -> Iterator[Placed[Fact]]:
        """Facts whose object is one of these, of every predicate but one, without what ``span`` leaves out."""
        for some in _chunks(entities):
            # Two ranges, so that the many facts of the predicate left out are not even passed over.
            for others in (_State.predicate < but, _State.predicate > but):
                yield from self._without_past(and_(_State.object.in_(some), others), span)

    def facts_since(self, predicates: Collection[str], minute: int) -> Iterator[Placed[Fact]]:
        """Facts of these predicates, whoever they are about, that were not over before ``minute``."""
        if predicates:
            some = _State.predicate.in_(sorted(predicates))
            yield from self._placed("fact", _State.kind == "fact", some, _State.until >= minute)

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
        words = _State.predicate.in_(_PILING_UP)
        for some in _chunks(subjects):
            theirs = and_(_State.kind == "fact", _State.subject.in_(some), _State.until > minute)
            for those, most in ((not_(words), MOST_FACTS), (words, MOST_WORDS)):
                query = self._query(theirs, those).order_by(_State.place.desc()).limit(most)
                found.update(self._read("fact", query))
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

    def _without_past(self, those: ColumnElement[bool], span: Span) -> Iterator[Placed[Fact]]:
        """The facts that a condition picks, without what ``span`` leaves out."""
        shortened = span.whereabouts | span.in_hand
        those = and_(_State.kind == "fact", those)
        whole = those
        if shortened or span.by_value:
            whole = and_(those, _State.predicate.not_in(sorted(shortened | span.by_value)))
        yield from self._placed("fact", whole)
        if span.by_value:
            texts = [name_digest(text) for text in sorted(span.texts)]
            alike = or_(_State.name_key.is_(None), _State.name_key.in_(texts))
            yield from self._placed("fact", those, _State.predicate.in_(sorted(span.by_value)), alike)
        if shortened:
            lately = _State.until >= span.start
            yield from self._placed("fact", those, _State.predicate.in_(sorted(shortened)), lately)
        for matters, columns in ((span.whereabouts, _WHEREABOUTS), (span.in_hand, (*_WHEREABOUTS, _State.object))):
            if matters:
                past = and_(those, _State.predicate.in_(sorted(matters)), _State.until < span.start)
                yield from self._last(past, columns)

    def _last(self, past: ColumnElement[bool], columns: Sequence[ColumnElement[Any]]) -> Iterator[Placed[Fact]]:
        """Of the facts that a condition picks those that began last, for each combination of the columns."""
        last = func.rank().over(partition_by=columns, order_by=_State.begins.desc()).label("rank")
        ranked = select(_State.id, last).where(self._holds, past).subquery()
        rows = select(_State.place, _State.document).join(ranked, ranked.c.id == _State.id).where(ranked.c.rank == 1)
        return self._read("fact", rows)

    def _keyed(self, kind: str, keys: Collection[str]) -> Iterator[Placed[Any]]:
        for some in _chunks(keys):
            yield from self._placed(kind, _State.kind == kind, _State.key.in_(some))

    def _placed(self, kind: str, *conditions: ColumnElement[bool]) -> Iterator[Placed[Any]]:
        return self._read(kind, self._query(*conditions))

    def _query(self, *conditions: ColumnElement[bool]) -> Any:
        return select(_State.place, _State.document).where(self._holds, *conditions)

    def _read(self, kind: str, query: Any) -> Iterator[Placed[Any]]:
        rows = self._connection.execute(query).all()
        return zip((place for place, _ in rows), read(kind, (document for _, document in rows)), strict=True)

    def _canon(self, condition: ColumnElement[bool]) -> Canon:
        query = select(_State.kind, _State.document).where(self._holds, condition).order_by(_State.place)
        rows = ((kind, document) for kind, document in self._connection.execute(query))
        return canon_of(self._project_id, self._as_of, rows)


def _chunks(wanted: Collection[str]) -> Iterator[Sequence[str]]:
    each = list(wanted)
    return (each[first : first + CHUNK] for first in range(0, len(each), CHUNK))


def _in_order(placed: Any) -> list[Any]:
    return [each for _, each in sorted(placed, key=lambda pair: pair[0])]
