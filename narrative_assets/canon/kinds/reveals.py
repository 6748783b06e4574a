"""Reveals: a truth behind a reveal is neither shown nor told before its episode; lies and dreams may play with it.

Which truths those are is known to ``canon.secrecy``.
"""

from __future__ import annotations

from narrative_assets.canon.findings import Bench, Finding, contradiction
from narrative_assets.canon.rules import Check, rule_for
from narrative_assets.canon.statements import Statement
from schemas.rules import PredicateRule
from schemas.story import Claim

_TOLD = frozenset({"shown", "narrated", "said", "reported"})
_TRUE_FRAMES = frozenset({"actual", "flashback", "flash_forward"})


def told_too_early(statement: Statement, claim: Claim, bench: Bench) -> Finding | None:
    """The reveal that the claim spoils, whoever says it; a lie, a belief, a rumour and a mere seeming spoil none."""
    plain = claim.modality in _TOLD and claim.certainty == 1000 and not claim.appears_as
    if not bench.secrets or not plain or statement.frame_kind not in _TRUE_FRAMES:
        return None
    secret = bench.secrets.told_by(statement, bench.rules)
    if secret is None or secret.fact is None:
        return None
    until = secret.fact.revealed_in
    finding = contradiction(
        statement, secret, rule_for("reveals", bench.rules), bench.world,
        why=f"That is not to be shown or told before {until}.",
        repair=f"Move it to {until} or later, tell it as a lie, a rumour, a belief or a dream, or leave it out.",
    )  # fmt: skip
    return Finding("contradiction", "reveal", secret, finding.message, finding.repair)


CHECKS: dict[str, Check] = {}
RULES = (
    PredicateRule(
        predicate="reveals", code="reveal", momentary=True,
        says="{subject} reveals: {value}", denies="{subject} does not reveal: {value}",
    ),
)  # fmt: skip
