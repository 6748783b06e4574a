"""Life: who is dead does not act, unless an event brought them back. A body may lie, wear and hold."""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided
from narrative_assets.canon.kinds.standing import same_person
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import EVER, Statement, by_own_clock, follows
from schemas.rules import PredicateRule

_DEEDS = frozenset({"needs_life"})
_LIVELY = frozenset({"transfer", "learn"})
"""Changes that only the living bring about: to take or hand over, and to learn."""


def needs_life(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Who is dead does not act, unless an event in between brought them back. Travellers die by their own clock."""
    if not statement.flag or permitted(statement, rule):
        return None
    return _among_the_living(statement, rule, bench)


def lively_change(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """The dead take nothing, hand nothing over and learn nothing; what they held may stay with them."""
    return _among_the_living(statement, rule, bench) if statement.change in _LIVELY else None


def _among_the_living(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    found: Finding | None = None
    own = by_own_clock(statement)
    for one in same_person(statement.subject, statement.frame_id, bench):
        for other in bench.ledger.about(one, "alive", statement.frame_id).back_from(max(statement.latest, own.latest)):
            if other.flag:
                found = found or AGREES
                break
            if other.ends is not None and other.ends <= own.earliest:
                continue
            if follows(own, by_own_clock(other)):
                return _acts_after_death(statement, other, rule, bench)
            if statement.told[0] != other.told[0]:
                found = undecided(statement, other, rule, bench.world, why="The deed may lie before the death.")
    return found


def ends_acting(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A death lies after every deed, unless an event brought the dead back before it."""
    if statement.flag:
        return None
    found: Finding | None = None
    back = bench.ledger.about(statement.subject, "alive", statement.frame_id)
    returned = next((other.earliest for other in back.on_from(statement.latest) if other.flag), EVER)
    for deed in bench.rules.values():
        if not _DEEDS.intersection(deed.traits):
            continue
        deeds = bench.ledger.about(statement.subject, deed.predicate, statement.frame_id)
        for other in deeds.near(statement.earliest, EVER):
            if not other.flag or other.latest >= returned or permitted(other, deed):
                continue
            if follows(by_own_clock(other), by_own_clock(statement)):
                return _acts_after_death(statement, other, rule, bench)
            found = found or AGREES
    return found


def _acts_after_death(statement: Statement, other: Statement, rule: PredicateRule, bench: Bench) -> Finding:
    repair = (
        "Move the deed before the death, put it into a flashback or a recording, let someone else do it, "
        "or tell the event that brings the dead back (resurrect, return)."
    )
    finding = contradiction(statement, other, rule, bench.world, why="The dead do not act.", repair=repair)
    return Finding(finding.verdict, "dead_acting", other, finding.message, repair)


CHECKS: dict[str, Check] = {"needs_life": needs_life, "lively_change": lively_change, "ends_acting": ends_acting}
RULES = (
    PredicateRule(
        predicate="alive", code="alive", traits=("lasting", "ends_acting"), permits=("resurrect", "return"),
        lasting_flag=False, reached_once_by=("die",),
        says="{subject} is alive", denies="{subject} is dead", subject="character",
    ),
    PredicateRule(
        predicate="acts", code="dead_acting", traits=("needs_life", "needs_birth"), permits=("resurrect", "return"),
        bodily=True,
        says="{subject} acts or speaks in person", denies="{subject} takes no part in person", subject="character",
    ),
)  # fmt: skip
