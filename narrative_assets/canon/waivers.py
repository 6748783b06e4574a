"""Waivers: contradictions that a person has declared to be meant.

A waiver binds to a finding id: the same assertion against the same truth, in whichever scene it is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from narrative_assets.canon.identity import episode_order
from schemas.canon import Fact, Judgement, Waiver
from schemas.canonical import content_hash
from schemas.story import Claim

FINDING_DIGITS = 16


def with_finding_ids(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """The judgements, each contradiction with the id that a waiver or a repair names it by."""
    return tuple(
        each.model_copy(update={"finding_id": finding_id(each)}) if each.verdict == "contradiction" else each
        for each in judgements
    )


def with_waivers(judgements: Iterable[Judgement], waivers: Sequence[Waiver], episode_id: str) -> tuple[Judgement, ...]:
    """The judgements, those covered by a waiver that has not expired before ``episode_id`` no longer blocking."""
    here = episode_order(episode_id)
    standing = {waiver.finding_id: waiver for waiver in waivers if episode_order(waiver.expires_after) >= here}
    return tuple(
        each.model_copy(update={"severity": "info", "waiver": standing[each.finding_id]})
        if each.finding_id in standing
        else each
        for each in judgements
    )


def finding_id(judgement: Judgement) -> str:
    """16 hex digits of what contradicts what; neither times nor scenes count, so that a rewrite keeps it."""
    against = judgement.against_fact or judgement.against_claim
    said = [
        judgement.code,
        _said(judgement.claim),
        _said(against),
        judgement.against_rule,
        judgement.message if judgement.claim is None else None,
    ]
    return content_hash(said)[:FINDING_DIGITS]


def _said(told: Claim | Fact | None) -> list[object] | None:
    if told is None:
        return None
    return [told.subject, told.predicate, told.object.model_dump(mode="json"), told.polarity]
