"""World rules: what a world forbids, demands, costs and rations, unless an exception is declared.

A rule that needs what nobody has told is ``unsupported``: silence is no denial. What was told otherwise contradicts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from narrative_assets.canon.findings import AGREES, Bench, Finding
from narrative_assets.canon.kinds.conditions import known, matches, wanted
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import ACTUAL, Statement, follows, from_fact, meeting, value_key
from narrative_assets.canon.words import describe, duration, value_words
from schemas.canon import Fact, Judgement, WorldRule
from schemas.rules import Condition, PredicateRule, RuleTerms

_OF_THE_WORLD = frozenset({"actual", "flashback", "flash_forward"})
_EXCEPTION = "Tell what permits the exception (change.permitted_by), or change the deed or the rule."
_GRAVEST = ("contradiction", "unsupported", "unknown", "honoured")


def broken_rule(statement: Statement, bench: Bench) -> Finding | None:
    """The gravest that the world's rules say of the statement; None where none speaks of it.

    Dreams and tales are not bound by them; memories are bound by what is forbidden alone.
    """
    if statement.frame_kind not in _OF_THE_WORLD or not statement.flag:
        return None
    found: list[Finding] = []
    for world_rule in bench.world.rules_on(statement.predicate, statement.value):
        terms = world_rule.terms
        if terms is None or not _applies(terms, statement, bench):
            continue
        force = _force(world_rule, terms, statement, bench)
        if force == "no" or _excepted(statement):
            found.append(AGREES)
        elif force == "may":
            why = "Whether it was in force at that time is not known."
            found.append(_finding("unknown", statement, world_rule, bench, why))
        else:
            found += _judged(statement, world_rule, terms, bench)
    return next((each for verdict in _GRAVEST for each in found if each.verdict == verdict), None)


def unpaid(facts: tuple[Fact, ...], told_to: int, bench: Bench) -> Iterator[Judgement]:
    """Deeds of the cast in earlier episodes whose cost was due since canon's last minute (``told_to``) and was never
    told.
    """
    costly = {terms.predicate for rule in bench.world.costly_rules if (terms := rule.terms) is not None}
    for fact in facts if costly else ():
        if fact.predicate not in costly or fact.established is None or not bench.world.in_cast(fact.subject):
            continue
        statement = from_fact(fact)
        for world_rule in bench.world.rules_on(fact.predicate, fact.object):
            terms = world_rule.terms
            if terms is None or not terms.costs or not statement.flag or not _applies(terms, statement, bench):
                continue
            due = statement.latest + terms.cost_within
            if not told_to < due <= bench.world.last_minute or _force(world_rule, terms, statement, bench) != "yes":
                continue
            for cost in terms.costs:
                if _payment(cost, terms, statement, bench) is None:
                    why = f"Nobody has told the cost: {_words(cost, statement, bench)}."
                    finding = _finding("unsupported", statement, world_rule, bench, why)
                    yield Judgement(
                        verdict="unsupported", code=finding.code, severity="warn", message=finding.message,
                        against_fact=fact, against_rule=world_rule.rule_id, repair=finding.repair,
                    )  # fmt: skip


def _applies(terms: RuleTerms, statement: Statement, bench: Bench) -> bool:
    """Whether the terms speak of this statement."""
    return (
        terms.predicate == statement.predicate
        and (not terms.subjects or statement.subject in terms.subjects)
        and statement.subject not in terms.exempt
        and (not terms.species or bench.world.species(statement.subject) in terms.species)
        and _of_object(terms, statement)
    )


def _of_object(terms: RuleTerms, statement: Statement) -> bool:
    return matches(Condition(predicate=terms.predicate, object=terms.object), statement)


def _excepted(statement: Statement) -> bool:
    """Whether the claim names what permits it."""
    change = statement.claim.change if statement.claim else None
    return change is not None and bool(change.permitted_by)


def _force(world_rule: WorldRule, terms: RuleTerms, statement: Statement, bench: Bench) -> Literal["yes", "no", "may"]:
    """Whether the rule is in force when the statement holds: as last told, else as its terms say."""
    for other in bench.ledger.about(world_rule.rule_id, "in_force", ACTUAL).back_from(statement.latest):
        if other.ends is not None and other.ends <= statement.earliest:
            continue
        if follows(statement, other) or meeting(statement, other) == "must":
            return "yes" if other.flag else "no"
        return "may"
    start, end = terms.in_force_from, terms.in_force_until
    if (start is not None and statement.latest < start) or (end is not None and statement.earliest >= end):
        return "no"
    if (start is not None and statement.earliest < start) or (end is not None and statement.latest >= end):
        return "may"
    return "yes"


def _judged(statement: Statement, world_rule: WorldRule, terms: RuleTerms, bench: Bench) -> Iterator[Finding]:
    yield AGREES
    if terms.forbidden:
        yield _finding("contradiction", statement, world_rule, bench, "")
    if statement.frame_id != ACTUAL:
        return
    for condition in terms.requires:
        yield from _required(condition, statement, world_rule, bench)
    for cost in terms.costs:
        yield from _costed(cost, statement, world_rule, terms, bench)
    if terms.at_most is not None:
        yield from _rationed(terms.at_most, statement, world_rule, terms, bench)


def _required(condition: Condition, statement: Statement, world_rule: WorldRule, bench: Bench) -> Iterator[Finding]:
    answer, by = known(condition, statement, bench)
    needs = _words(condition, statement, bench)
    if answer == "no" and by is not None:
        why = f"It needs: {needs}. Yet {describe(by, bench.world)}."
        repair = f"Tell beforehand: {needs}. Or t{_EXCEPTION[1:]}"
        yield _finding("contradiction", statement, world_rule, bench, why, by, repair)
    elif answer == "may":
        why = f"It needs: {needs}. Whether that held then is too vague to tell."
        yield _finding("unknown", statement, world_rule, bench, why, by)
    elif answer == "absent":
        why = f"It needs: {needs}. Nobody has told so."
        yield _finding("unsupported", statement, world_rule, bench, why, None, f"Tell beforehand: {needs}.")


def _costed(
    cost: Condition, statement: Statement, world_rule: WorldRule, terms: RuleTerms, bench: Bench
) -> Iterator[Finding]:
    if _payment(cost, terms, statement, bench) is not None:
        return
    within, price = duration(terms.cost_within), _words(cost, statement, bench)
    repair = f"Tell the cost within {within} of the deed: {price}. Or t{_EXCEPTION[1:]}"
    refused = _payment(cost, terms, statement, bench, paid=False)
    if refused is not None:
        why = f"Its cost was not paid: {describe(refused, bench.world)}."
        yield _finding("contradiction", statement, world_rule, bench, why, refused, repair)
    elif bench.world.last_minute >= statement.latest + terms.cost_within:
        why = f"Its cost was not paid within {within}: {price}."
        yield _finding("contradiction", statement, world_rule, bench, why, None, repair)
    else:
        why = f"Its cost is still to be told: {price}."
        yield _finding("unsupported", statement, world_rule, bench, why, None, repair)


def _payment(
    cost: Condition, terms: RuleTerms, statement: Statement, bench: Bench, *, paid: bool = True
) -> Statement | None:
    """What tells that the cost was paid, or expressly was not, from the deed to the end of its time."""
    payer = cost.subject or statement.subject
    for ledger in (bench.ahead, bench.ledger):
        near = ledger.about(payer, cost.predicate, ACTUAL).near(
            statement.earliest, statement.latest + terms.cost_within
        )
        for other in near:
            if matches(cost, other) and (other.flag is wanted(cost)) is paid and other.earliest >= statement.earliest:
                return other
    return None


def _rationed(
    at_most: int, statement: Statement, world_rule: WorldRule, terms: RuleTerms, bench: Bench
) -> Iterator[Finding]:
    """More of it in one window than the rule allows. Scenes that repeat what canon dates the same are one deed."""
    timeline = bench.ledger.about(statement.subject, statement.predicate, ACTUAL)
    near = timeline.near(statement.earliest - terms.window, statement.latest + terms.window)
    deeds = [each for each in near if each.flag and _of_object(terms, each) and not _excepted(each)]
    told = {_occurrence(each) for each in (*deeds, statement) if each.fact is None}
    deeds = [each for each in deeds if each.fact is None or _occurrence(each) not in told]
    deeds = sorted((*deeds, statement), key=lambda each: (each.latest, each.earliest, each.told))
    runs = [deeds[first : first + at_most + 1] for first in range(len(deeds) - at_most)]
    runs = [run for run in runs if any(each is statement for each in run)]
    for verdict in ("contradiction", "unknown"):
        for run in runs:
            surely = max(each.latest for each in run) - min(each.earliest for each in run) < terms.window
            perhaps = max(each.earliest for each in run) - min(each.latest for each in run) < terms.window
            if surely if verdict == "contradiction" else perhaps:
                others = [each for each in run if each is not statement]
                before = "; ".join(describe(each, bench.world) for each in others)
                why = f"At most {at_most} in {duration(terms.window)}: {before}."
                repair = f"Leave one out, or let {duration(terms.window)} pass. Or t{_EXCEPTION[1:]}"
                yield _finding(verdict, statement, world_rule, bench, why, others[0], repair)
                return


def _occurrence(statement: Statement) -> tuple[object, ...]:
    return value_key(statement.value), statement.earliest, statement.latest


def _words(condition: Condition, statement: Statement, bench: Bench) -> str:
    """A condition as people write it, for example ``Mara holds Brass key``."""
    subject = bench.world.name(condition.subject or statement.subject)
    rule = bench.rules.get(condition.predicate)
    pattern = (rule.says if wanted(condition) else rule.denies) if rule else ""
    value = "anything" if condition.object is None else value_words(condition.object, bench.world)
    if pattern:
        return pattern.format(subject=subject, value=value)
    return f"{subject}: {condition.predicate.replace('_', ' ')} {'is' if wanted(condition) else 'is not'} {value}"


def _finding(
    verdict: Literal["contradiction", "unsupported", "unknown"],
    statement: Statement,
    world_rule: WorldRule,
    bench: Bench,
    why: str,
    against: Statement | None = None,
    repair: str = _EXCEPTION,
) -> Finding:
    said = describe(statement, bench.world)
    message = f"The world's rule {world_rule.rule_id} says: {world_rule.statement} But {said}."
    return Finding(verdict, "world_rule", against, f"{message} {why}".strip(), repair, against_rule=world_rule.rule_id)


CHECKS: dict[str, Check] = {}
RULES = (
    PredicateRule(
        predicate="in_force", code="world_rule", permits=("repeal", "create", "return", "begin", "end"),
        says="{subject} is in force", denies="{subject} is no longer in force", subject="rule",
    ),
)  # fmt: skip
