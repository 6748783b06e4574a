"""Knowledge: what somebody knows stays known, and whoever acts on it has learnt it before."""

from __future__ import annotations

from dataclasses import replace

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided
from narrative_assets.canon.kinds.standing import by_clock, carried_to, may_change_within, of_predicate
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import ALWAYS, REMEMBERED, Statement, follows
from narrative_assets.canon.words import assertion, date, describe
from schemas.rules import PredicateRule

_LEARN = "learn"


def needs_knowledge(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Whoever acts on something has learnt it before and not forgotten it, in story time."""
    if not statement.affirmed or permitted(statement, rule):
        return None
    knowing, own = by_clock(bench.ledger.alike(of_predicate(statement, "knows")), statement)
    for other in knowing.back_from(own.latest):
        if follows(other, own) or (other.ends is not None and other.ends <= own.earliest):
            continue
        met = carried_to(other, own)
        if other.flag:
            if met == "must" or statement.told[0] == other.told[0]:
                return AGREES
            return undecided(statement, other, rule, bench.world, why="It may have been learnt later.")
        if met == "must" and not may_change_within(own, "knows", bench):
            return _unlearnt(statement, other, rule, bench)
        return undecided(statement, other, rule, bench.world, why="Which of them came first is not known.")
    if _told_in_a_flashback(statement, bench):
        return AGREES
    return _learnt_later(statement, rule, bench)


def _learnt_later(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding:
    """Nothing has told of the learning by then: a contradiction where canon dates it later, else unsupported."""
    knowing, own = by_clock(bench.ledger.alike(of_predicate(statement, "knows")), statement)
    later = next((other for other in knowing if follows(other, own)), None)
    if later is not None and later.flag and later.fact is not None and later.fact.established is None:
        return _unlearnt(statement, later, rule, bench)
    note = f" Told is only: {describe(later, bench.world)}." if later is not None and later.flag else ""
    message = f"{describe(statement, bench.world)}, and nothing told before says how they came to know it.{note}"
    return Finding("unsupported", rule.code, later, message, _tell_before(statement, bench))


def learnt_first(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What is learnt was neither known nor acted on before, unless it was forgotten in between."""
    if statement.change != _LEARN or not statement.affirmed:
        return None
    for other in bench.ledger.alike(statement).back_from(statement.earliest):
        if not other.flag or (other.ends is not None and other.ends <= statement.earliest):
            return AGREES
        if other.change == _LEARN or other.earliest <= ALWAYS or not follows(statement, other):
            continue
        if not _was_learnt(other, bench):
            why = "It was known before it was learnt."
            return contradiction(statement, other, rule, bench.world, why=why, repair=_tell_before(other, bench))
    if _was_learnt(statement, bench):
        return AGREES
    for deed in bench.ledger.alike(of_predicate(statement, "relies_on")).back_from(statement.latest):
        if deed.flag and follows(statement, deed) and not _told_in_a_flashback(deed, bench):
            return _unlearnt(statement, deed, rule, bench)
    return None


def _was_learnt(statement: Statement, bench: Bench) -> bool:
    """Whether something tells, before the statement and in another place, that its subject learnt it."""
    earlier = bench.ledger.alike(of_predicate(statement, "knows")).back_from(statement.earliest)
    return any(other.flag and other is not statement and follows(statement, other) for other in earlier)


def _told_in_a_flashback(statement: Statement, bench: Bench) -> bool:
    """Whether a flashback has told that they learnt it before."""
    past = replace(of_predicate(statement, "knows"), frame_id=REMEMBERED)
    return any(other.flag for other in bench.ledger.alike(past).back_from(statement.earliest))


def _unlearnt(statement: Statement, other: Statement, rule: PredicateRule, bench: Bench) -> Finding:
    deed = statement if statement.predicate == "relies_on" else other
    why = "Nobody acts on what they have not learnt yet."
    return contradiction(statement, other, rule, bench.world, why=why, repair=_tell_before(deed, bench))


def _tell_before(deed: Statement, bench: Bench) -> str:
    who = bench.world.name(deed.subject)
    return (
        f"Tell before {date(deed.earliest)} how {who} learns it (change learn), take back that "
        f"{assertion(deed, bench.world)}, or mark the claim as believed, planned or lied and name its holder."
    )


CHECKS: dict[str, Check] = {"needs_knowledge": needs_knowledge, "learnt_first": learnt_first}
RULES = (
    PredicateRule(
        predicate="knows", code="knowledge", traits=("lasting", "learnt_first", "lively_change"),
        permits=("injure", "heal", "return", "repeal", "resurrect", "forget"),
        says="{subject} knows: {value}", denies="{subject} does not know: {value}", subject="character",
    ),
    PredicateRule(
        predicate="relies_on", code="knowledge", traits=("needs_knowledge", "needs_life", "needs_birth"),
        permits=("learn", "reveal"), momentary=True,
        says="{subject} acts on knowing: {value}", denies="{subject} does not act on: {value}", subject="character",
    ),
)  # fmt: skip
