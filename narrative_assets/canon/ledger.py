"""The ledger: statements filed by what they are about, in story order, found without scanning canon.

It files and finds; what agrees and what does not is decided in ``narrative_assets.canon.kinds``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator

from narrative_assets.canon.rules import RuleBook, rule_for
from narrative_assets.canon.statements import ACTUAL, Statement, by_own_clock, from_fact, matter
from schemas.canon import Fact
from schemas.story import EntityRef, NumberValue

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
        self._sorted: set[_Key] = set()
        self._transfers: defaultdict[_Key, list[Statement]] = defaultdict(list)

    def about(self, subject: str, predicate: str, frame_id: str = ACTUAL) -> Timeline:
        """All that is stated of a subject with one predicate."""
        return self._timeline(("about", frame_id, subject, predicate), subject, predicate, frame_id)

    def by_own_clock(self, subject: str, predicate: str, frame_id: str = ACTUAL) -> Timeline:
        """What is stated of a subject with one predicate and dated by the subject's own clock, in its order."""
        key = ("own clock", frame_id, subject, predicate)
        if key not in self._timelines:
            dated = (each for each in self.about(subject, predicate, frame_id) if each.personal_time is not None)
            self._timelines[key] = Timeline(by_own_clock(each) for each in dated)
        return self._timelines[key]

    def of(self, entity: str, predicate: str, frame_id: str = ACTUAL) -> Timeline:
        """All that is stated with one predicate of whatever stands to ``entity`` as its object."""
        key = ("of", frame_id, entity, predicate)
        if key not in self._timelines:
            facts = self._of.get((entity, predicate), ()) if frame_id == ACTUAL else ()
            self._timelines[key] = Timeline(from_fact(fact) for fact in facts)
        return self._timelines[key]

    def transfers(self, unit: str, predicate: str, frame_id: str = ACTUAL) -> list[Statement]:
        """Claims so far that pass on what is counted in ``unit``, in the order they were judged."""
        return self._transfers[frame_id, predicate, unit]

    def alike(self, statement: Statement) -> Timeline:
        """All that states the same value of the same subject, or denies it. The two sides of a symmetric
        predicate count as one subject, and so do a predicate and its inverse.
        """
        key = self._alike_key(statement)
        if key not in self._timelines:
            self._sort_by_matter(statement)
        return self._timelines.setdefault(key, Timeline())

    def add(self, statement: Statement) -> None:
        """File a judged claim, so that later ones are compared with it."""
        alike = self.alike(statement)
        self.about(statement.subject, statement.predicate, statement.frame_id).add(statement)
        if isinstance(statement.value, EntityRef):
            self.of(statement.value.entity, statement.predicate, statement.frame_id).add(statement)
        alike.add(statement)
        if statement.change == "transfer" and isinstance(statement.value, NumberValue):
            self.transfers(statement.value.unit, statement.predicate, statement.frame_id).append(statement)
        own_clock = ("own clock", statement.frame_id, statement.subject, statement.predicate)
        if statement.personal_time is not None and own_clock in self._timelines:
            self._timelines[own_clock].add(by_own_clock(statement))

    def _sort_by_matter(self, statement: Statement) -> None:
        """Sort all that is stated of a subject by matter, once; whatever is filed later sorts itself."""
        subject, predicate, frame_id = statement.subject, statement.predicate, statement.frame_id
        if (subject, predicate, frame_id) in self._sorted:
            return
        self._sorted.add((subject, predicate, frame_id))
        rule = rule_for(predicate, self._rules)
        found = list(self.about(subject, predicate, frame_id))
        if rule.symmetric or rule.inverse:
            found += self.of(subject, predicate, frame_id)
        if rule.inverse:
            found += [*self.about(subject, rule.inverse, frame_id), *self.of(subject, rule.inverse, frame_id)]
        matters: defaultdict[_Key, list[Statement]] = defaultdict(list)
        for other in found:
            matters[self._alike_key(other)].append(other)
        for key, others in matters.items():
            if key not in self._timelines:
                self._timelines[key] = Timeline(others)

    def _timeline(self, key: _Key, subject: str, predicate: str, frame_id: str) -> Timeline:
        if key not in self._timelines:
            facts = self._about.get((subject, predicate), ()) if frame_id == ACTUAL else ()
            self._timelines[key] = Timeline(from_fact(fact) for fact in facts)
        return self._timelines[key]

    def _alike_key(self, statement: Statement) -> _Key:
        return ("alike", statement.frame_id, *matter(statement, rule_for(statement.predicate, self._rules)))


def _story_order(statement: Statement) -> _Order:
    return statement.earliest, statement.told, statement.latest
