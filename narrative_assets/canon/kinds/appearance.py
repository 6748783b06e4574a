"""Appearance: features stay until something changes them, clothes until they are changed or the story day ends.

What somebody merely appears as is no claim about how they look.
"""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided, undo
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import DAY_MINUTES, Statement, by_own_clock, stands_until, time_up, value_key
from schemas.rules import PredicateRule

MONTH_MINUTES = 30 * DAY_MINUTES
"""How long hair keeps its cut and colour unseen."""


def kept(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A value stands for a while after it was told; another within that time needs a change."""
    if not statement.affirmed:
        return None
    timeline = bench.ledger.about(statement.subject, statement.predicate, statement.frame_id)
    found: Finding | None = None
    for other in timeline.near(statement.earliest - (rule.holds_for or 0), statement.latest):
        if not other.affirmed or stands_until(other, rule) <= statement.earliest or _long_apart(statement, other, rule):
            continue
        if value_key(other.value) == value_key(statement.value) or permitted(statement, rule):
            return found or AGREES
        if _surely_meets(statement, other, rule):
            return contradiction(
                statement, other, rule, bench.world, why=_within(rule), repair=undo(statement, rule, bench.world)
            )
        found = undecided(statement, other, rule, bench.world, why="They may lie far enough apart.")
    return found or _changed_later(statement, rule, bench)


def _long_apart(statement: Statement, other: Statement, rule: PredicateRule) -> bool:
    """Whether a traveller's own clock sets the two further apart than a value stands."""
    one, two = sorted((by_own_clock(statement), by_own_clock(other)), key=lambda each: each.earliest)
    return stands_until(one, rule) <= two.earliest if one.personal_time or two.personal_time else False


def _surely_meets(statement: Statement, other: Statement, rule: PredicateRule) -> bool:
    """Whether the one still stands when the other does, wherever in their times the two lie."""
    if other.ends is not None and other.fact is not None and other.fact.observed_to is None:
        return statement.latest < other.ends
    first, last = min(statement.earliest, other.earliest), max(statement.latest, other.latest)
    in_one_scene = statement.told[0] == other.told[0] >= 0 and last - first < DAY_MINUTES
    return in_one_scene or rule.holds_for is None or last < time_up(first, rule.holds_for)


def _changed_later(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What canon tells of a later hour of that time: something may have changed it in between."""
    until = stands_until(statement, rule)
    for other in bench.ledger.about(statement.subject, statement.predicate, statement.frame_id).on_from(
        statement.latest
    ):
        if other.earliest >= until:
            return None
        if other.affirmed:
            if value_key(other.value) == value_key(statement.value):
                return AGREES
            return undecided(statement, other, rule, bench.world, why="Nobody has told when the one became the other.")
    return None


def _within(rule: PredicateRule) -> str:
    if rule.holds_for == DAY_MINUTES:
        return "It is one story day, and no change has been told."
    return "No change has been told in between."


CHECKS: dict[str, Check] = {"kept": kept}
RULES = (
    PredicateRule(
        predicate="eyes", code="appearance", traits=("fixed", "lasting"),
        permits=("injure", "heal", "age", "disguise"), bodily=True,
        says="{subject} has {value} eyes", denies="{subject} does not have {value} eyes", subject="character",
    ),
    PredicateRule(
        predicate="hair", code="appearance", traits=("fixed", "lasting"),
        permits=("dress", "age", "injure", "disguise"), bodily=True, holds_for=MONTH_MINUTES,
        says="{subject} has {value} hair", denies="{subject} does not have {value} hair", subject="character",
    ),
    PredicateRule(
        predicate="wears", code="appearance", traits=("kept",), permits=("dress", "disguise"), holds_for=1_440,
        bodily=True,
        says="{subject} wears {value}", denies="{subject} does not wear {value}", subject="character",
    ),
)  # fmt: skip
