"""Timeline: events begin once, end after they begin, take their time, wait for what they follow, and meet deadlines.

All is reckoned in story time, however it is told; a beginning and an end that both tell a traveller's own clock are
reckoned by that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import ALWAYS, DAY_MINUTES, EVER, Statement, by_own_clock
from narrative_assets.canon.words import date, duration
from schemas.rules import PredicateRule
from schemas.story import EntityRef, NumberValue

MAX_EVENTS = 500
"""How many events a chain of prerequisites is followed through."""
_MINUTES = {
    "minute": 1, "minutes": 1, "hour": 60, "hours": 60, "day": DAY_MINUTES, "days": DAY_MINUTES,
    "week": 7 * DAY_MINUTES, "weeks": 7 * DAY_MINUTES,
}  # fmt: skip
_ROUNDED = DAY_MINUTES // 2
"""How far a length of several whole days may be rounded."""


class Bound(NamedTuple):
    """A story minute that something lies at, before or after, and the statement that says so."""

    minute: int
    by: Statement | None = None


class Conflict(NamedTuple):
    """The earliest minute that something can lie at, and the latest that it was told to."""

    low: Bound
    high: Bound
    why: str


def in_order(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """The event's own times, and those of what follows on it, agree with what is told of them so far."""
    chart = _Chart(statement, bench)
    circle = chart.circle()
    if circle is not None:
        why = "Each of them would have to wait for the other."
        return contradiction(statement, circle, rule, bench.world, why=why, repair=_REPAIR)
    for event in chart.followers():
        conflict = next(chart.conflicts(event), None)
        if conflict is not None:
            sides = [
                by for by in (conflict.low.by, conflict.high.by) if by is not None and by.origin is not statement.origin
            ]
            against = sides[0] if sides else statement
            return contradiction(statement, against, rule, bench.world, why=conflict.why, repair=_REPAIR)
    return AGREES if chart.compared else None


_REPAIR = (
    "Move the scene to a time that fits, correct how long it lasts or what it follows, tell the event as planned or "
    "reported, or give a second occurrence an id of its own."
)


@dataclass
class _Chart:
    """What is told of events so far, the statement under judgement included, and what follows from it."""

    statement: Statement
    bench: Bench
    compared: bool = False
    _ends: dict[str, Bound] = field(default_factory=dict)
    _on_the_way: set[str] = field(default_factory=set)

    def circle(self) -> Statement | None:
        """What closes a circle of events that each come after the next, where the statement does."""
        start = _entity(self.statement)
        if self.statement.predicate != "after" or start is None or not self.statement.affirmed:
            return None
        open_, seen = [start], {start}
        if start == self.statement.subject:
            return self.statement
        while open_ and len(seen) < MAX_EVENTS:
            event = open_.pop()
            for other in self._told(event, "after"):
                further = _entity(other)
                if further == self.statement.subject:
                    return other
                if other.affirmed and further is not None and further not in seen:
                    seen.add(further)
                    open_.append(further)
        return None

    def followers(self) -> list[str]:
        """The event under judgement and all that come after it, or after what comes after it."""
        events = [self.statement.subject]
        for event in events:
            later = self.bench.ledger.of(event, "after", self.statement.frame_id)
            events += [
                subject
                for subject in dict.fromkeys(other.subject for other in later if other.affirmed)
                if subject not in events
            ]
            if len(events) > MAX_EVENTS:
                break
        return events

    def conflicts(self, event: str) -> Iterator[Conflict]:
        """What cannot be true together of one event."""
        begins, ends = self._runs(event, "begins"), self._runs(event, "ends")
        if len(begins) > 1 or len(ends) > 1:
            yield from self._once(begins, ends)
            yield from self._once(ends, begins)
            return
        yield from self._pair(event, begins, ends)
        begin_low = self._begin_low(event)
        begin_high = _high(begins)
        if begin_low.minute > begin_high.minute:
            yield Conflict(begin_low, begin_high, f"It cannot begin before {date(begin_low.minute)}.")
        end_low, due = self._end_low(event), self._number(event, "due_by")
        end_high = _high(ends)
        if end_low.minute > end_high.minute and not _by_clock(begins, ends):
            yield Conflict(end_low, end_high, f"It cannot have ended before {date(end_low.minute)}.")
        if due is not None and end_low.minute > due.minute:
            yield Conflict(end_low, due, f"It had to be over by {date(due.minute)}.")

    def _pair(self, event: str, begins: list[Statement], ends: list[Statement]) -> Iterator[Conflict]:
        """A beginning and an end: their order, and the time between them."""
        if not begins or not ends:
            return
        if _by_clock(begins, ends):
            begins, ends = [by_own_clock(each) for each in begins], [by_own_clock(each) for each in ends]
        begin, end = begins[0], ends[0]
        begun, over = _window(begins), _window(ends)
        if over[1] < begun[0]:
            yield Conflict(Bound(begun[0], begin), Bound(over[1], end), "It would end before it begins.")
        lasts = self._number(event, "lasts")
        if lasts is None:
            return
        shortest, longest = over[0] - begun[1], over[1] - begun[0]
        if longest < lasts.minute - _slack(lasts.minute) or shortest > lasts.minute + _slack(lasts.minute):
            told = duration(max(longest if longest < lasts.minute else shortest, 0))
            why = f"It lasts {duration(lasts.minute)}, and {told} lie between its beginning and its end."
            other = end if lasts.by is self.statement or self.statement in begins else begin
            yield Conflict(Bound(shortest, other if other is not self.statement else lasts.by), Bound(longest), why)

    def _once(self, marks: list[Statement], between: list[Statement]) -> Iterator[Conflict]:
        """Two beginnings have an end between them, two ends a beginning."""
        for first, second in pairwise(marks):
            parted = any(each.latest >= first.earliest and each.earliest <= second.latest for each in between)
            if not parted:
                what = "begins" if first.predicate == "begins" else "ends"
                yield Conflict(Bound(second.earliest, second), Bound(first.latest, first), f"An event {what} once.")

    def _begin_low(self, event: str) -> Bound:
        """The earliest minute at which the event can begin."""
        low = self._low(event, "begins")
        for other in self._told(event, "after"):
            before = _entity(other)
            if before is not None and other.affirmed and before != event:
                ended = self._end_low(before)
                if ended.minute > low.minute:
                    low = ended
        return low

    def _end_low(self, event: str) -> Bound:
        """The earliest minute at which the event can have ended."""
        if event not in self._ends:
            if event in self._on_the_way or len(self._on_the_way) >= MAX_EVENTS // 5:
                return Bound(ALWAYS)
            self._on_the_way.add(event)
            low, lasts = self._low(event, "ends"), self._number(event, "lasts")
            begun = self._begin_low(event)
            if lasts is not None and begun.by is not None:
                earliest = begun.minute + lasts.minute - _slack(lasts.minute)
                if earliest > low.minute:
                    low = Bound(earliest, lasts.by if begun.by is self.statement else begun.by)
            elif begun.minute > low.minute:
                low = begun
            self._on_the_way.discard(event)
            self._ends[event] = low
        return self._ends[event]

    def _low(self, event: str, predicate: str) -> Bound:
        """The earliest that was told; what is denied at a moment lies after it."""
        low = Bound(ALWAYS)
        told = self._told(event, predicate)
        runs = [each for each in told if each.flag]
        latest_run = max((each.earliest for each in runs), default=ALWAYS)
        for each in told:
            after = (each.latest if each.throughout else each.earliest) + 1
            minute = each.earliest if each.flag else after
            if minute > low.minute and (each.flag or not runs or minute > latest_run):
                low = Bound(minute, each)
        return low

    def _runs(self, event: str, predicate: str) -> list[Statement]:
        """What tells a beginning (or an end): all that may be one, else the first of each."""
        told = [each for each in self._told(event, predicate) if each.flag]
        earliest = max((each.earliest for each in told), default=ALWAYS)
        if all(each.latest >= earliest for each in told):
            return told[:1] if len(told) < 2 else [_narrowest(told)]
        runs: list[Statement] = []
        for each in told:
            if not runs or each.earliest > runs[-1].latest:
                runs.append(each)
        return runs

    def _number(self, event: str, predicate: str) -> Bound | None:
        """What a length or a deadline was last told to be, in minutes."""
        found: Bound | None = None
        for each in self._told(event, predicate):
            if isinstance(each.value, NumberValue) and each.affirmed and each.value.unit in _MINUTES:
                found = Bound(each.value.number * _MINUTES[each.value.unit], each)
        return found

    def _told(self, event: str, predicate: str) -> list[Statement]:
        told = list(self.bench.ledger.about(event, predicate, self.statement.frame_id))
        self.compared = self.compared or bool(told)
        if (event, predicate) == (self.statement.subject, self.statement.predicate):
            told = sorted((*told, self.statement), key=lambda each: (each.earliest, each.told))
        return told


def _high(told: list[Statement]) -> Bound:
    return Bound(told[0].latest, told[0]) if told else Bound(EVER)


def _window(told: list[Statement]) -> tuple[int, int]:
    return told[0].earliest, told[0].latest


def _narrowest(told: list[Statement]) -> Statement:
    return min(told, key=lambda each: (each.latest - each.earliest, each.earliest, each.told))


def _by_clock(begins: list[Statement], ends: list[Statement]) -> bool:
    """Whether beginning and end both tell the traveller's own clock."""
    return all(told and told[0].personal_time is not None for told in (begins, ends))


def _slack(minutes: int) -> int:
    return _ROUNDED if minutes >= 2 * DAY_MINUTES and minutes % DAY_MINUTES == 0 else 0


def _entity(statement: Statement) -> str | None:
    return statement.value.entity if isinstance(statement.value, EntityRef) else None


CHECKS: dict[str, Check] = {"in_order": in_order}
RULES = (
    PredicateRule(
        predicate="happened", code="event", momentary=True,
        says="it happened: {value}", denies="it did not happen: {value}", subject="event",
    ),
    PredicateRule(
        predicate="begins", code="timeline", traits=("in_order",), momentary=True,
        says="{subject} begins", denies="{subject} has not begun", subject="event",
    ),
    PredicateRule(
        predicate="ends", code="timeline", traits=("in_order",), momentary=True,
        says="{subject} ends", denies="{subject} has not ended", subject="event",
    ),
    PredicateRule(
        predicate="lasts", code="timeline", traits=("fixed", "in_order"), permits=("move", "repeal", "end"),
        says="{subject} lasts {value}", denies="{subject} does not last {value}", subject="event",
    ),
    PredicateRule(
        predicate="after", code="timeline", traits=("in_order",),
        says="{subject} comes after {value}", denies="{subject} does not come after {value}", subject="event",
    ),
    PredicateRule(
        predicate="due_by", code="timeline", traits=("fixed", "in_order"), permits=("move", "repeal"),
        says="{subject} has to be over by {value}", denies="{subject} need not be over by {value}", subject="event",
    ),
)  # fmt: skip
