"""Ids of facts and events, made from their content: the same statement gets the same id on every run; and the order
of episode ids."""

from __future__ import annotations

from schemas.canonical import content_hash
from schemas.story import Claim, Value


def fact_id(origin: str, subject: str, predicate: str, value: Value, polarity: str, valid_from: int | None) -> str:
    """Id of a fact: where it comes from (an episode id or ``project``) and 16 hex digits of what it says."""
    said = [subject, predicate, value.model_dump(mode="json"), polarity, valid_from]
    return f"{origin}.{content_hash(said)[:16]}"


def event_id(episode_id: str, claim: Claim) -> str:
    """Id of a timeline event: its episode and 16 hex digits of what happened and when."""
    said = [claim.subject, claim.object.model_dump(mode="json"), claim.story_time.model_dump(mode="json")]
    return f"{episode_id}.{content_hash(said)[:16]}"


def episode_order(episode_id: str) -> tuple[int, int]:
    """Season and number of an episode id such as ``s01e03``; story order is the order of these pairs."""
    season, _, number = episode_id[1:].partition("e")
    return int(season), int(number)
