"""Rule books: the rules of predicates by name, and how a project adds its own.

The platform's rules and the checks behind their traits stand in ``narrative_assets.canon.kinds``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from schemas.rules import PredicateRule

if TYPE_CHECKING:
    from narrative_assets.canon.findings import Bench, Finding
    from narrative_assets.canon.statements import Statement

RuleBook = Mapping[str, PredicateRule]
Check = Callable[["Statement", PredicateRule, "Bench"], "Finding | None"]
"""How a statement is compared with what is stated already; None where there was nothing to compare with."""


def with_rules(*rules: PredicateRule, base: RuleBook) -> RuleBook:
    """``base`` with ``rules`` added; one for a predicate that has a rule replaces it."""
    return MappingProxyType({**base, **{rule.predicate: rule for rule in rules}})


def rule_for(predicate: str, rules: RuleBook) -> PredicateRule:
    """The rule of ``predicate``; one without a rule of its own is only checked for explicit denials."""
    return rules.get(predicate) or PredicateRule(predicate=predicate, code="denied")
