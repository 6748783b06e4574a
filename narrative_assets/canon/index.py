"""A canon in memory, filed so that ``canon.scope`` can ask it for parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from narrative_assets.canon.history import Placed, Span, over_at
from narrative_assets.canon.identity import episode_order
from schemas.canon import Canon, CanonCharacter, CanonThing, Fact, Relationship, TimelineEvent
from schemas.story import EntityRef


class CanonIndex:
    """A ``CanonSource`` over a canon in memory."""

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
        nothing = ("characters", "things", "relationships", "timeline_events", "persistent_states")
        return self._canon.model_copy(update={**dict.fromkeys(nothing, ()), "last_summary": ""})

    def facts_about(self, subjects: Collection[str], span: Span) -> Iterator[Placed[Fact]]:
        """All facts of the subjects."""
        return (placed for subject in subjects for placed in self._about.get(subject, ()))

    def facts_of(self, entities: Collection[str], but: str, span: Span) -> Iterator[Placed[Fact]]:
        """Facts whose object is one of the entities."""
        return (placed for entity in entities for placed in self._of.get(entity, ()) if placed[1].predicate != but)

    def facts_since(self, predicates: Collection[str], minute: int) -> Iterator[Placed[Fact]]:
        """Facts of the predicates that were not over before the minute."""
        return (
            placed
            for placed in enumerate(self._canon.persistent_states if predicates else ())
            if placed[1].predicate in predicates and over_at(placed[1]) >= minute
        )

    def secrets(self) -> Iterator[Placed[Fact]]:
        """Facts that wait for their reveal."""
        here = episode_order(self._canon.as_of)
        for placed in enumerate(self._canon.persistent_states):
            revealed_in = placed[1].revealed_in
            if revealed_in is not None and episode_order(revealed_in) > here:
                yield placed

    def events_of(self, subjects: Collection[str]) -> Iterator[Placed[TimelineEvent]]:
        """Events that were told of the subjects."""
        wanted = frozenset(subjects)
        return (placed for placed in enumerate(self._canon.timeline_events) if placed[1].subject in wanted)

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
