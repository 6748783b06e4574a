"""Conditions: whether something is known to hold at a moment, from what is stated so far.

World rules ask; what they make of the answer is their business.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from narrative_assets.canon.findings import Bench
from narrative_assets.canon.ledger import Ledger, Timeline
from narrative_assets.canon.rules import rule_for
from narrative_assets.canon.statements import Statement, follows, meeting, stands_until, value_key
from schemas.rules import Condition, PredicateRule
from schemas.story import EntityRef, FlagValue

_ONE_VALUE = frozenset({"single_valued", "fixed", "counts_years", "counted"})


class Known(NamedTuple):
    """Whether a condition holds (``absent``: nobody has said), and the statement that decides it."""

    answer: Literal["yes", "no", "may", "absent"]
    by: Statement | None = None


def known(condition: Condition, statement: Statement, bench: Bench) -> Known:
    """Whether ``condition`` holds when ``statement`` does.

    A condition that denies holds where nothing affirms it: nobody states all that is not so.
    """
    subject = condition.subject or statement.subject
    rule = rule_for(condition.predicate, bench.rules)
    found = _told(condition, subject, statement, rule, bench.ledger)
    if found.answer in ("absent", "may"):
        beside = _told(condition, subject, statement, rule, bench.ahead)
        found = beside if beside.answer in ("yes", "no") else found
    if found.answer == "absent" and not wanted(condition):
        return Known("yes")
    return found


def matches(condition: Condition, other: Statement) -> bool:
    """Whether ``other`` speaks of the value that the condition names, or of any where it names none."""
    if condition.object is None or isinstance(condition.object, FlagValue):
        return True
    return value_key(condition.object) == value_key(other.value)


def wanted(condition: Condition) -> bool:
    """The truth value that the condition asks for."""
    affirmed = condition.polarity == "affirmed"
    return condition.object.flag is affirmed if isinstance(condition.object, FlagValue) else affirmed


def _told(condition: Condition, subject: str, statement: Statement, rule: PredicateRule, ledger: Ledger) -> Known:
    found = Known("absent")
    for other in _timeline(condition, subject, statement, rule, ledger).back_from(statement.latest):
        if not rule.momentary and stands_until(other, rule) <= statement.earliest:
            continue
        holds = _speaks(condition, subject, statement, other, rule)
        if holds is None:
            continue
        if _certain(statement, other):
            answer: Literal["yes", "no"] = "yes" if holds is wanted(condition) else "no"
            return Known(answer, other) if found.answer in ("absent", answer) else found
        found = Known("may", other) if found.answer == "absent" else found
    return found


def _timeline(
    condition: Condition, subject: str, statement: Statement, rule: PredicateRule, ledger: Ledger
) -> Timeline:
    """The statements that can decide the condition."""
    value = condition.object
    if "one_holder" in rule.traits and isinstance(value, EntityRef):
        return ledger.of(value.entity, condition.predicate, statement.frame_id)
    if value is None or "one_place" in rule.traits or _ONE_VALUE.intersection(rule.traits):
        return ledger.about(subject, condition.predicate, statement.frame_id)
    return ledger.alike(replace(statement, subject=subject, predicate=condition.predicate, value=value))


def _speaks(
    condition: Condition, subject: str, statement: Statement, other: Statement, rule: PredicateRule
) -> bool | None:
    """Whether ``other`` says that the condition's value holds (or does not); None where it says nothing of it."""
    if rule.momentary and not other.flag:
        return None
    if "one_holder" in rule.traits and condition.object is not None and other.subject != subject:
        return False if other.flag else None
    if matches(condition, other):
        return other.flag
    if "one_place" in rule.traits:
        return False if other.flag and meeting(statement, other) == "must" else None
    return False if other.flag else None


def _certain(statement: Statement, other: Statement) -> bool:
    begun = other.throughout and other.earliest <= statement.earliest
    return begun or follows(statement, other) or meeting(statement, other) == "must"
