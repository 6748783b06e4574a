"""The ledger: statements filed by what they are about, in story order, found without scanning canon.

It files and finds; what agrees and what does not is decided in ``narrative_assets.canon.kinds``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator

from narrative_assets.canon.rules import RuleBook, rule_for
from narrative_assets.canon.statements import ACTUAL, Statement, from_fact, value_key
from schemas.canon import Fact
from schemas.story import EntityRef, FlagValue

_Order = tuple[int, tuple[int, int], int]
_Key = tuple[str, ...]


class Timeline:
    """Statements in story order. Finding those near a time costs their number, not the timeline's length."""

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        self._statements: list[Statement] = sorted(statements, key=_story_order)
        self._keys: list[_Order] = [_story_order(statement) for statement in self._statements]
        self._latest_so_far: list[int] = []
        self._extend_latest(0)

    def __bool__(self) -> bool:
        return bool(self._statements)

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._statements)

    def add(self, statement: Statement) -> None:
        """File a statement at its place in story order."""
        key = _story_order(statement)
        position = bisect_right(self._keys, key)
        self._keys.insert(position, key)
        self._statements.insert(position, statement)
        self._extend_latest(position)

    def near(self, start: int, end: int) -> Iterator[Statement]:
        """Those that touch ``start`` to ``end`` (story minutes), the last first."""
        position = bisect_left(self._keys, (end + 1,)) - 1
        while position >= 0 and self._latest_so_far[position] >= start:
            if self._statements[position].latest >= start:
                yield self._statements[position]
            position -= 1

    def back_from(self, minute: int) -> Iterator[Statement]:
        """Those that begin at ``minute`` or before, the last first."""
        for position in range(bisect_left(self._keys, (minute + 1,)) - 1, -1, -1):
            yield self._statements[position]

    def on_from(self, minute: int) -> Iterator[Statement]:
        """Those that begin after ``minute``, the first first."""
        for position in range(bisect_left(self._keys, (minute + 1,)), len(self._statements)):
            yield self._statements[position]

    def _extend_latest(self, position: int) -> None:
        del self._latest_so_far[position:]
        latest = self._latest_so_far[-1] if self._latest_so_far else None
        for statement in self._statements[position:]:
            latest = statement.latest if latest is None else max(latest, statement.latest)
            self._latest_so_far.append(latest)


class Ledger:
    """Canon's facts and the claims judged so far. A timeline is built from facts when it is first asked for."""

    def __init__(self, facts: Iterable[Fact], rules: RuleBook) -> None:
        self._rules = rules
        self._about: defaultdict[tuple[str, str], list[Fact]] = defaultdict(list)
        self._of: defaultdict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in facts:
            self._about[fact.subject, fact.predicate].append(fact)
            if isinstance(fact.object, EntityRef):
                self._of[fact.object.entity, fact.predicate].append(fact)
        self._timelines: dict[_Key, Timeline] = {}

    def about(self, subject: str, predicate: str, frame_id: str = ACTUAL) -> Timeline:
        """All that is stated of a subject with one predicate."""
        return self._timeline(("about", frame_id, subject, predicate), subject, predicate, frame_id)

    def of(self, entity: str, predicate: str, frame_id: str = ACTUAL) -> Timeline:
        """All that is stated with one predicate of whatever stands to ``entity`` as its object."""
        key = ("of", frame_id, entity, predicate)
        if key not in self._timelines:
            facts = self._of.get((entity, predicate), ()) if frame_id == ACTUAL else ()
            self._timelines[key] = Timeline(from_fact(fact) for fact in facts)
        return self._timelines[key]

    def alike(self, statement: Statement) -> Timeline:
        """All that states the same value of the same subject, or denies it. The two sides of a symmetric
        predicate count as one subject.
        """
        key = self._alike_key(statement)
        if key not in self._timelines:
            found = list(self.about(statement.subject, statement.predicate, statement.frame_id))
            if rule_for(statement.predicate, self._rules).symmetric and isinstance(statement.value, EntityRef):
                found += self.about(statement.value.entity, statement.predicate, statement.frame_id)
            self._timelines[key] = Timeline(other for other in found if self._alike_key(other) == key)
        return self._timelines[key]

    def add(self, statement: Statement) -> None:
        """File a judged claim, so that later ones are compared with it."""
        self.about(statement.subject, statement.predicate, statement.frame_id).add(statement)
        if isinstance(statement.value, EntityRef):
            self.of(statement.value.entity, statement.predicate, statement.frame_id).add(statement)
        key = self._alike_key(statement)
        if key in self._timelines:
            self._timelines[key].add(statement)

    def _timeline(self, key: _Key, subject: str, predicate: str, frame_id: str) -> Timeline:
        if key not in self._timelines:
            facts = self._about.get((subject, predicate), ()) if frame_id == ACTUAL else ()
            self._timelines[key] = Timeline(from_fact(fact) for fact in facts)
        return self._timelines[key]

    def _alike_key(self, statement: Statement) -> _Key:
        ends = (statement.subject, *value_key(statement.value))
        if isinstance(statement.value, FlagValue):
            ends = (statement.subject, "flag", "")
        elif isinstance(statement.value, EntityRef) and rule_for(statement.predicate, self._rules).symmetric:
            first, second = sorted((statement.subject, statement.value.entity))
            ends = (first, "entity", second)
        return ("alike", statement.frame_id, statement.predicate, *ends)


def _story_order(statement: Statement) -> _Order:
    return statement.earliest, statement.told, statement.latest
