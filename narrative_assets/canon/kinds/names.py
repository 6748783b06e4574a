"""Identity: what a character is called. A name is a fixed value, compared as names are (``canon.names``)."""

from __future__ import annotations

from narrative_assets.canon.rules import Check
from schemas.rules import PredicateRule

CHECKS: dict[str, Check] = {}
RULES = (
    PredicateRule(
        predicate="name", code="name", traits=("named", "fixed"), permits=("rename", "disguise", "reveal"),
        says="{subject} is named {value}", denies="{subject} is not named {value}", subject="character",
    ),
)  # fmt: skip
