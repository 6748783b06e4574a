"""Timeline: what happened, when, and in which order."""

from __future__ import annotations

from narrative_assets.canon.rules import Check
from schemas.rules import PredicateRule

CHECKS: dict[str, Check] = {}
RULES = (
    PredicateRule(
        predicate="happened", code="event", momentary=True,
        says="it happened: {value}", denies="it did not happen: {value}", subject="event",
    ),
)  # fmt: skip
