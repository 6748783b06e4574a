"""Relationships: who is what to whom."""

from __future__ import annotations

from narrative_assets.canon.rules import Check
from schemas.rules import PredicateRule

CHECKS: dict[str, Check] = {}
RULES = (
    PredicateRule(
        predicate="related", code="relation", permits=("relate", "reveal"), symmetric=True,
        says="{subject} is related to {value}", denies="{subject} is not related to {value}", subject="character",
    ),
)  # fmt: skip
