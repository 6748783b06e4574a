"""States: what condition somebody or something is in."""

from __future__ import annotations

from narrative_assets.canon.rules import Check
from schemas.rules import PredicateRule

CHECKS: dict[str, Check] = {}
RULES = (
    PredicateRule(
        predicate="state", code="state", permits=("heal", "injure", "create", "destroy", "disguise", "repeal"),
        says="{subject} is {value}", denies="{subject} is not {value}",
    ),
)  # fmt: skip
