"""World rules: what a world forbids, demands, costs and rations, unless an exception is declared."""

from __future__ import annotations

from collections.abc import Iterable

from narrative_assets.canon.findings import AGREES, Bench, Finding
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import Statement, value_key
from narrative_assets.canon.words import describe
from schemas.canon import WorldRule
from schemas.rules import PredicateRule, RuleTerms


def broken_rule(statement: Statement, world_rules: Iterable[WorldRule], bench: Bench) -> Finding | None:
    """The world rule that the statement breaks, unless it tells what permits the exception."""
    found: Finding | None = None
    for world_rule in world_rules:
        terms = world_rule.terms
        if terms is None or not _applies(terms, statement, bench):
            continue
        change = statement.claim.change if statement.claim else None
        if terms.forbidden and (change is None or not change.permitted_by):
            return _broken(statement, world_rule, bench)
        found = AGREES
    return found


def _applies(terms: RuleTerms, statement: Statement, bench: Bench) -> bool:
    """Whether the terms speak of this statement."""
    return (
        terms.predicate == statement.predicate
        and statement.flag
        and (not terms.subjects or statement.subject in terms.subjects)
        and statement.subject not in terms.exempt
        and (not terms.species or bench.world.species(statement.subject) in terms.species)
        and (terms.object is None or value_key(terms.object) == value_key(statement.value))
    )


def _broken(statement: Statement, world_rule: WorldRule, bench: Bench) -> Finding:
    said = describe(statement, bench.world)
    message = f"The world's rule {world_rule.rule_id} says: {world_rule.statement} But {said}."
    repair = "Tell what permits the exception (change.permitted_by), or change the deed or the rule."
    return Finding("contradiction", "world_rule", None, message, repair, against_rule=world_rule.rule_id)


CHECKS: dict[str, Check] = {}
RULES: tuple[PredicateRule, ...] = ()
