"""Counts: how many of something there are; a number changes only by an event that fits it."""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import Statement, follows, meeting
from schemas.rules import PredicateRule
from schemas.story import NumberValue

_MORE, _LESS = frozenset({"gain", "create", "return"}), frozenset({"spend", "destroy"})


def counted(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A count stays until it is gained, spent or passed on; what is gained makes it more, what is spent less."""
    value = statement.value
    if not isinstance(value, NumberValue) or not statement.affirmed:
        return None
    found: Finding | None = None
    timeline = bench.ledger.about(statement.subject, statement.predicate, statement.frame_id)
    for other in timeline.back_from(statement.latest):
        if not _of_unit(other, value.unit) or (other.ends is not None and other.ends <= statement.earliest):
            continue
        if not (follows(statement, other) or meeting(statement, other) == "must"):
            found = undecided(statement, other, rule, bench.world, why="Which of the two comes first is not known.")
            continue
        return _against_last(statement, other, value, rule, bench) or _passed_on(statement, value, rule, bench) or found
    return found or _before_canon(statement, value, rule, bench)


def _against_last(
    statement: Statement, other: Statement, value: NumberValue, rule: PredicateRule, bench: Bench
) -> Finding | None:
    """What the last count makes of this one; None where nothing speaks against it."""
    change = _number(value) - _number(other.value)
    why = ""
    if change and not permitted(statement, rule):
        why = f"The difference of {abs(change)} {value.unit} is told by no event."
    elif (change < 0 and statement.change in _MORE) or (change > 0 and statement.change in _LESS):
        why = f"To {statement.change} does not make it {'less' if change < 0 else 'more'}."
    elif value.number < 0 <= _number(other.value):
        why = "Nobody can spend more than there is."
    if not why:
        return AGREES if not change else None
    repair = (
        f"Give the count as {_number(other.value)} {value.unit}, tell the event that changes it "
        f"({', '.join(sorted(rule.permits))}), or count other things under a unit of their own."
    )
    return contradiction(statement, other, rule, bench.world, why=why, repair=repair)


def _passed_on(statement: Statement, value: NumberValue, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Between two who pass something on, what the one loses the other gains. Of three or more nobody can tell."""
    if statement.change != "transfer":
        return AGREES
    parties = [
        other
        for other in bench.ledger.transfers(value.unit, statement.predicate, statement.frame_id)
        if other.told[0] == statement.told[0] and other.subject != statement.subject
    ]
    if len(parties) != 1 or bench.world.transfers(statement.told[0], statement.predicate, value.unit) != 2:
        return AGREES
    own, theirs = _difference(statement, bench), _difference(parties[0], bench)
    if own is None or theirs is None or own + theirs == 0:
        return AGREES
    fitting = _number(value) - own - theirs
    return contradiction(
        statement, parties[0], rule, bench.world,
        why=f"The one changes by {theirs:+d} and the other by {own:+d} {value.unit}: the sum does not add up.",
        repair=f"Give the count as {fitting} {value.unit}, or tell who else gave or took.",
    )  # fmt: skip


def _difference(statement: Statement, bench: Bench) -> int | None:
    """How much the statement changes the last count before it, None where none is told."""
    unit = statement.value.unit if isinstance(statement.value, NumberValue) else ""
    for other in bench.ledger.about(statement.subject, statement.predicate, statement.frame_id).back_from(
        statement.earliest
    ):
        if other is not statement and other.origin is not statement.origin and _of_unit(other, unit):
            return _number(statement.value) - _number(other.value) if follows(statement, other) else None
    return None


def _before_canon(statement: Statement, value: NumberValue, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A count told late of a time before the first that canon knows: the change in between is nobody's to judge."""
    timeline = bench.ledger.about(statement.subject, statement.predicate, statement.frame_id)
    for other in timeline.on_from(statement.latest):
        if _of_unit(other, value.unit):
            if _number(other.value) == value.number:
                return AGREES
            return undecided(statement, other, rule, bench.world, why="Nobody has told when the one became the other.")
    return None


def _of_unit(statement: Statement, unit: str) -> bool:
    return isinstance(statement.value, NumberValue) and statement.value.unit == unit and statement.affirmed


def _number(value: object) -> int:
    return value.number if isinstance(value, NumberValue) else 0


CHECKS: dict[str, Check] = {"counted": counted}
RULES = (
    PredicateRule(
        predicate="has_count", code="count", traits=("counted",),
        permits=("gain", "spend", "transfer", "create", "destroy", "return"),
        says="{subject} has {value}", denies="{subject} does not have {value}",
    ),
)  # fmt: skip
