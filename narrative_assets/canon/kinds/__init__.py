"""The kinds of continuity, side by side: each module holds the rules of its predicates and the checks behind them.

A trait named in a rule is looked up in ``CHECKS``; ``named`` and ``deed`` have no check, they change how values are
compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from narrative_assets.canon.kinds import (
    abilities,
    ages,
    appearance,
    counts,
    knowledge,
    life,
    names,
    places,
    possession,
    relationships,
    reveals,
    states,
    timeline,
    values,
    world_rules,
)
from narrative_assets.canon.rules import Check, RuleBook, with_rules
from schemas.errors import InputError
from schemas.project import Project

_KINDS = (
    values,
    names,
    ages,
    life,
    places,
    possession,
    counts,
    relationships,
    knowledge,
    appearance,
    abilities,
    states,
    timeline,
    world_rules,
    reveals,
)

CHECKS: Mapping[str, Check] = MappingProxyType(
    {trait: check for kind in _KINDS for trait, check in kind.CHECKS.items()}
)
"""The check behind each trait."""
RULES: RuleBook = MappingProxyType({rule.predicate: rule for kind in _KINDS for rule in kind.RULES})
"""The rules of the platform's own predicates."""
_UNCHECKED = frozenset({"named", "deed"})


def rules_of(project: Project) -> RuleBook:
    """The platform's rules with the project's own on top. Raises InputError for a trait that nothing checks."""
    for rule in project.predicates:
        unknown = sorted(set(rule.traits) - CHECKS.keys() - _UNCHECKED)
        if unknown:
            raise InputError(
                f"Project {project.id!r}: the predicate {rule.predicate!r} names the trait {unknown[0]!r}.",
                remedy="Use one of: " + ", ".join(sorted(CHECKS.keys() | _UNCHECKED)) + ".",
            )
    return with_rules(*project.predicates, base=RULES)
