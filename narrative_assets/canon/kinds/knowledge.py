"""Knowledge: what somebody knows stays known, unless an event takes it from them."""

from __future__ import annotations

from narrative_assets.canon.rules import Check
from schemas.rules import PredicateRule

CHECKS: dict[str, Check] = {}
RULES = (
    PredicateRule(
        predicate="knows", code="knowledge", traits=("lasting",),
        permits=("injure", "heal", "return", "repeal", "resurrect", "forget"),
        says="{subject} knows: {value}", denies="{subject} does not know: {value}", subject="character",
    ),
)  # fmt: skip
