"""Possession: one holder for each thing; it changes hands by an event."""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided, undo
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import Statement, follows, meeting
from schemas.rules import PredicateRule
from schemas.story import EntityRef


def one_holder(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """One holder for each thing; it changes hands by an event, and what was lost is found by one."""
    thing = _entity(statement)
    if thing is None or not statement.affirmed:
        return None
    timeline = bench.ledger.of(thing, statement.predicate, statement.frame_id)
    if permitted(statement, rule):
        return AGREES if timeline else None
    for other in timeline.near(statement.earliest, statement.latest):
        rival = other.affirmed and other.subject != statement.subject and not permitted(other, rule)
        if rival and meeting(statement, other) == "must":
            return _held_by_another(statement, other, rule, bench)
    return _last_holder(statement, rule, bench)


def _last_holder(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What the last word on the thing before the statement makes of it."""
    released: set[str] = set()
    found: Finding | None = None
    for other in bench.ledger.of(_entity(statement) or "", statement.predicate, statement.frame_id).back_from(
        statement.latest
    ):
        own = other.subject == statement.subject
        if other.ends is not None and other.ends <= statement.earliest:
            continue
        if not own and (not other.affirmed or other.subject in released):
            released.add(other.subject)
        elif own and other.affirmed:
            return found or AGREES
        elif follows(statement, other):
            return _held_by_another(statement, other, rule, bench)
        elif not own:
            found = undecided(statement, other, rule, bench.world, why="Which of them came first is not known.")
    return found


def _held_by_another(statement: Statement, other: Statement, rule: PredicateRule, bench: Bench) -> Finding:
    why = "A thing has one holder at a time, and no event has passed it on."
    if other.subject == statement.subject:
        why = "No event has brought it back."
    return contradiction(statement, other, rule, bench.world, why=why, repair=undo(statement, rule, bench.world))


def _entity(statement: Statement) -> str | None:
    return statement.value.entity if isinstance(statement.value, EntityRef) else None


CHECKS: dict[str, Check] = {"one_holder": one_holder}
RULES = (
    PredicateRule(
        predicate="holds", code="holder", traits=("one_holder",),
        permits=("transfer", "return", "create", "move", "destroy"), bodily=True,
        says="{subject} holds {value}", denies="{subject} does not hold {value}", subject="character",
    ),
)  # fmt: skip
