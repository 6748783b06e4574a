"""Abilities, deeds and first times: a skill stays, who cannot does not, and what is done first is done once."""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided
from narrative_assets.canon.kinds.standing import carried_to, may_change_within, of_predicate
from narrative_assets.canon.rules import Check, rule_for
from narrative_assets.canon.statements import DAY_MINUTES, Statement, by_own_clock, follows
from narrative_assets.canon.words import date
from schemas.rules import PredicateRule

_FORGET = "forget"
_FIRST = "first_time"
_DEEDS = ("does", _FIRST)


def within_ability(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Who cannot do something does not do it, until they have learnt to."""
    skill = rule_for("can", bench.rules)
    if not statement.affirmed or permitted(statement, skill):
        return None
    for other in bench.ledger.alike(of_predicate(statement, "can")).back_from(statement.latest):
        met = carried_to(other, statement)
        if met == "no":
            continue
        if other.flag:
            return AGREES
        if met == "may" or may_change_within(statement, "can", bench):
            return undecided(statement, other, rule, bench.world, why="Which of them came first is not known.")
        return _unable(statement, other, rule, bench)
    return None


def skill_stays(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Who has done something can do it, unless an event took the skill; nobody gains one unseen within a day."""
    if permitted(statement, rule):
        return None
    if statement.affirmed:
        return _gained_unseen(statement, rule, bench)
    for predicate in _DEEDS:
        for deed in bench.ledger.alike(of_predicate(statement, predicate)).back_from(statement.latest):
            if deed.affirmed and follows(statement, deed):
                return _unable(statement, deed, rule, bench)
    return None


def _gained_unseen(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    before = next(iter(bench.ledger.alike(statement).back_from(statement.earliest)), None)
    if before is None or before.flag or not follows(statement, before):
        return None
    if statement.latest - before.earliest < DAY_MINUTES:
        return _unable(statement, before, rule, bench)
    return undecided(statement, before, rule, bench.world, why="Nobody has told how the skill was gained.")


def only_once(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A deed done for the first time has not been done before, unless the doer has forgotten it."""
    if not statement.affirmed or permitted(statement, rule):
        return None
    found: Finding | None = None
    for predicate in _DEEDS if statement.predicate == _FIRST else (_FIRST,):
        for other in bench.ledger.alike(of_predicate(statement, predicate)):
            earlier, later = (other, statement) if _lies_before(other, statement) else (statement, other)
            if not other.affirmed or _FIRST not in (statement.predicate, other.predicate):
                continue
            if not _lies_before(earlier, later):
                found = found or AGREES
            elif later.predicate == _FIRST and not permitted(later, rule) and not _forgotten(earlier, later, bench):
                return _not_the_first(statement, other, earlier, rule, bench)
    return found


def _lies_before(one: Statement, other: Statement) -> bool:
    """Whether ``one`` lies before ``other``; within one scene the same deed is the same occasion."""
    same_scene = one.told[0] == other.told[0] >= 0
    first, then = by_own_clock(one), by_own_clock(other)
    return follows(then, first) and (not same_scene or then.earliest > first.latest)


def _forgotten(earlier: Statement, later: Statement, bench: Bench) -> bool:
    """Whether the story tells between the two that their doer lost memory; a lost skill is no lost memory."""
    for predicate in ("knows", "state"):
        for told in bench.ledger.about(later.subject, predicate, later.frame_id).back_from(later.latest):
            if told.earliest < earlier.earliest:
                break
            if told.change == _FORGET or (told.fact is not None and not told.flag and _was_known(told, bench)):
                return True
    return False


def _was_known(told: Statement, bench: Bench) -> bool:
    return any(other.flag and follows(told, other) for other in bench.ledger.alike(told))


def _not_the_first(
    statement: Statement, other: Statement, earlier: Statement, rule: PredicateRule, bench: Bench
) -> Finding:
    who = bench.world.name(statement.subject)
    repair = (
        f"Take back that it is the first time, take back the one at {date(earlier.earliest)}, tell that {who} has "
        "forgotten it (forget), or mark the claim as said and name its holder."
    )
    why = "What is done for the first time has not been done before."
    finding = contradiction(statement, other, rule, bench.world, why=why, repair=repair)
    return Finding("contradiction", "first_time", other, finding.message, repair)


def _unable(statement: Statement, other: Statement, rule: PredicateRule, bench: Bench) -> Finding:
    skill = rule_for("can", bench.rules)
    who, permits = bench.world.name(statement.subject), ", ".join(sorted(skill.permits))
    repair = f"Tell in between what gives or takes the skill ({permits}), or let somebody else than {who} do it."
    finding = contradiction(statement, other, rule, bench.world, why="A skill stays as it is.", repair=repair)
    return Finding("contradiction", skill.code, other, finding.message, repair)


CHECKS: dict[str, Check] = {
    "within_ability": within_ability,
    "skill_stays": skill_stays,
    "only_once": only_once,
}
RULES = (
    PredicateRule(
        predicate="can", code="ability", traits=("deed", "lasting", "skill_stays"),
        permits=("learn", "gain", "forget", "injure", "heal", "age", "spend", "resurrect", "return"),
        says="{subject} can {value}", denies="{subject} cannot {value}", subject="character",
    ),
    PredicateRule(
        predicate="does", code="deed",
        traits=("deed", "within_ability", "only_once", "needs_life", "needs_birth"), permits=("resurrect", "return"),
        bodily=True, momentary=True,
        says="{subject} does: {value}", denies="{subject} does not do: {value}", subject="character",
    ),
    PredicateRule(
        predicate="first_time", code="first_time",
        traits=("deed", "within_ability", "only_once", "needs_life", "needs_birth"),
        permits=("forget", "resurrect", "return"), bodily=True, momentary=True,
        says="{subject} does for the first time: {value}", denies="It is not the first time for {subject}: {value}",
        subject="character",
    ),
)  # fmt: skip
