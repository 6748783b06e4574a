"""The rules of predicates as data: which traits a predicate has, and what permits a change of it.

A project or a later module adds a rule by adding an entry; how a trait is checked stands in
``narrative_assets.canon.checks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Trait = Literal[
    "single_valued",  # one value at a time
    "fixed",  # a value stays until an event that permits the change
    "named",  # words compared as names: aliases, titles and short forms agree
    "lasting",  # a state that, once reached, stays unless an event permits its end
    "rising",  # a number that never falls
    "counts_years",  # a number of years completed since a birth
    "one_place",  # one bodily place at a time, and time to travel between two
    "one_holder",  # one subject at a time for each object
    "needs_life",  # the subject has to be alive
    "ends_acting",  # nothing that needs life may come after it
]


@dataclass(frozen=True, slots=True)
class PredicateRule:
    """What a predicate obeys. ``code`` names its contradiction; ``permits`` are the changes that excuse one.

    ``lasting_flag`` is the state that lasts: for flags the flag, for other values whether it is affirmed;
    ``reached_once_by`` are the events that reach it and cannot happen while it lasts.
    ``ageing_species`` are those whose years are counted; of others nobody knows how they age.
    """

    predicate: str
    code: str
    traits: tuple[Trait, ...] = ()
    permits: frozenset[str] = frozenset()
    lasting_flag: bool = True
    reached_once_by: frozenset[str] = frozenset()
    bodily: bool = False
    symmetric: bool = False
    momentary: bool = False
    ageing_species: frozenset[str] = frozenset({"human"})


RuleBook = Mapping[str, PredicateRule]

_RULES = (
    PredicateRule("name", "name", ("named", "fixed"), frozenset({"rename", "disguise", "reveal"})),
    PredicateRule("age", "age", ("counts_years",), frozenset({"age", "resurrect", "return"})),
    PredicateRule(
        "alive",
        "alive",
        ("lasting", "ends_acting"),
        frozenset({"resurrect", "return"}),
        lasting_flag=False,
        reached_once_by=frozenset({"die"}),
    ),
    PredicateRule("acts", "dead_acting", ("needs_life",), frozenset({"resurrect", "return"}), bodily=True),
    PredicateRule("located_at", "place", ("one_place",), frozenset({"move"}), bodily=True),
    PredicateRule(
        "holds", "holder", ("one_holder",), frozenset({"transfer", "return", "create", "move", "destroy"}), bodily=True
    ),
    PredicateRule("knows", "knowledge", ("lasting",), frozenset({"injure", "heal", "return", "repeal", "resurrect"})),
    PredicateRule("related", "relation", (), frozenset({"relate", "reveal"}), symmetric=True),
    PredicateRule("state", "state", (), frozenset({"heal", "injure", "create", "destroy", "disguise", "repeal"})),
    PredicateRule("happened", "event", momentary=True),
)

RULES: RuleBook = MappingProxyType({rule.predicate: rule for rule in _RULES})
"""The rules of the platform's own predicates."""


def with_rules(*rules: PredicateRule, base: RuleBook = RULES) -> RuleBook:
    """``base`` with ``rules`` added; one for a predicate that has a rule replaces it."""
    return MappingProxyType({**base, **{rule.predicate: rule for rule in rules}})


def rule_for(predicate: str, rules: RuleBook) -> PredicateRule:
    """The rule of ``predicate``; one without a rule of its own is only checked for explicit denials."""
    return rules.get(predicate) or PredicateRule(predicate, "denied")
