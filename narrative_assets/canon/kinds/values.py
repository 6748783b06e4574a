"""Checks that any predicate may ask for: denial, one value at a time, fixed, lasting and rising values.

Each returns a finding, or None where there was nothing to compare with.
"""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided, undo
from narrative_assets.canon.ledger import Timeline
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import Statement, follows, meeting, stands_until, value_key
from schemas.rules import PredicateRule
from schemas.story import NumberValue, TextValue

DISGUISE = "disguise"


def not_denied(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A value and its explicit denial do not hold at one moment."""
    found: Finding | None = None
    timeline = bench.ledger.alike(statement)
    for other in timeline.near(statement.earliest, statement.latest):
        if other.flag == statement.flag or statement.change or other.change:
            continue
        met = meeting(statement, other)
        if met == "must":
            return contradiction(statement, other, rule, bench.world, repair=undo(statement, rule, bench.world))
        if met == "may" and statement.told[0] != other.told[0]:
            found = undecided(
                statement, other, rule, bench.world, why="Their times are too vague to tell which holds when."
            )
    if found is None and any(other.flag == statement.flag for other in timeline.back_from(statement.latest)):
        return AGREES
    return found


def single_valued(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """One value at a time."""
    if not statement.affirmed:
        return None
    found: Finding | None = None
    key = value_key(statement.value)
    for other in bench.ledger.about(statement.subject, statement.predicate, statement.frame_id).near(
        statement.earliest, statement.latest
    ):
        if not other.affirmed:
            continue
        if value_key(other.value) == key:
            found = found or AGREES
        elif meeting(statement, other) == "must" and not permitted(statement, rule):
            return contradiction(statement, other, rule, bench.world, repair=undo(statement, rule, bench.world))
        elif meeting(statement, other) == "may":
            found = undecided(statement, other, rule, bench.world, why="They may lie at different moments.")
    return found


def fixed(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A value stays until an event that permits another; a disguise changes only how it seems."""
    if not statement.affirmed:
        return None
    timeline = bench.ledger.about(statement.subject, statement.predicate, statement.frame_id)
    for other in timeline.back_from(statement.earliest):
        if not other.affirmed or stands_until(other, rule) <= statement.earliest:
            continue
        if _same_value(statement, other, rule, bench) or permitted(statement, rule):
            return AGREES
        if other.change == DISGUISE:
            continue
        return contradiction(statement, other, rule, bench.world, repair=undo(statement, rule, bench.world))
    for other in timeline.on_from(statement.earliest):
        if other.affirmed and not _same_value(statement, other, rule, bench) and not permitted(other, rule):
            if other.fact is None:
                return contradiction(statement, other, rule, bench.world, repair=undo(statement, rule, bench.world))
            return undecided(statement, other, rule, bench.world, why="Nobody has told when the one became the other.")
    return None


def lasting(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A state that, once reached, stays unless an event permits its end."""
    timeline = bench.ledger.alike(statement)
    if statement.flag == rule.lasting_flag:
        return _reached_late(statement, rule, bench)
    for other in timeline.back_from(statement.latest):
        if other.flag != rule.lasting_flag:
            return AGREES
        if other.ends is not None and other.ends <= statement.earliest:
            continue
        if permitted(statement, rule):
            return AGREES
        if follows(statement, other):
            return contradiction(statement, other, rule, bench.world, repair=undo(statement, rule, bench.world))
    return None


def _reached_late(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What follows the lasting state first must be that state again, or be permitted by an event."""
    timeline = bench.ledger.alike(statement)
    before = next(iter(timeline.back_from(statement.earliest)), None)
    again = before is not None and before.flag == statement.flag and follows(statement, before)
    if before is not None and again and statement.change in rule.reached_once_by and _lasts_to(before, statement):
        return contradiction(statement, before, rule, bench.world, repair=undo(statement, rule, bench.world))
    if _ended_later(statement, timeline):
        return AGREES
    for other in timeline.on_from(statement.earliest):
        if other.flag == rule.lasting_flag:
            return AGREES
        if follows(other, statement):
            if permitted(other, rule):
                return AGREES
            return contradiction(statement, other, rule, bench.world, repair=undo(statement, rule, bench.world))
    return AGREES if timeline else None


def _ended_later(statement: Statement, timeline: Timeline) -> bool:
    """Whether the statement only repeats a state that stood before it and whose end after it is known."""
    for other in timeline.back_from(statement.earliest):
        if other.flag != statement.flag:
            return False
        if other.ends is not None and _lasts_to(other, statement):
            return True
    return False


def _lasts_to(before: Statement, statement: Statement) -> bool:
    return before.ends is None or before.ends > statement.earliest


def rising(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A number never falls as story time goes on, unless an event permits it."""
    if not isinstance(statement.value, NumberValue) or not statement.affirmed:
        return None
    found: Finding | None = None
    for other in bench.ledger.about(statement.subject, statement.predicate, statement.frame_id):
        if not isinstance(other.value, NumberValue) or other.value.unit != statement.value.unit or not other.affirmed:
            continue
        higher = other.value.number > statement.value.number
        fell = higher and follows(statement, other) and not permitted(statement, rule)
        rose_too_late = other.value.number < statement.value.number and follows(other, statement)
        if fell or (rose_too_late and not permitted(other, rule)):
            return contradiction(statement, other, rule, bench.world, repair=undo(statement, rule, bench.world))
        found = AGREES
    return found


def _same_value(statement: Statement, other: Statement, rule: PredicateRule, bench: Bench) -> bool:
    told, known = statement.value, other.value
    if "named" in rule.traits and isinstance(told, TextValue) and isinstance(known, TextValue):
        return bench.world.one_person(statement.subject, known.text, told.text)
    return value_key(told) == value_key(known)


CHECKS: dict[str, Check] = {"single_valued": single_valued, "fixed": fixed, "lasting": lasting, "rising": rising}
RULES: tuple[PredicateRule, ...] = ()
