"""What stands at a moment: states that are carried forward from where they were told until something ends them.

Checks of several kinds ask this; which states exclude one another is their business.
"""

from __future__ import annotations

from dataclasses import replace

from narrative_assets.canon.findings import Bench
from narrative_assets.canon.ledger import Timeline
from narrative_assets.canon.statements import Meeting, Statement, by_own_clock, follows, meeting
from schemas.story import EntityRef, FlagValue, TextValue

TOLD_AHEAD = frozenset({"knows", "can", "located_at", "holds"})
"""Predicates of which checks ask what the script tells of them later."""


def standing(timeline: Timeline, statement: Statement) -> Statement | None:
    """The last word of ``timeline`` before or while ``statement`` holds, where it affirms and has not ended."""
    for other in timeline.back_from(statement.latest):
        if other.ends is None or other.ends > statement.earliest:
            return other if other.flag else None
    return None


def by_clock(timeline: Timeline, statement: Statement) -> tuple[Timeline, Statement]:
    """Both dated by their subject's own clock, where the story tells one: what a traveller did last is last."""
    if statement.personal_time is None and all(other.personal_time is None for other in timeline):
        return timeline, statement
    return Timeline(by_own_clock(other) for other in timeline), by_own_clock(statement)


def carried_to(other: Statement, statement: Statement) -> Meeting:
    """Whether ``other``, carried forward, holds while ``statement`` does: necessarily, possibly or not at all."""
    met = meeting(statement, other)
    if met != "must" and follows(statement, other):
        if other.ends is None or other.ends > statement.latest:
            return "must"
        return "may" if other.ends > statement.earliest else "no"
    return met


def of_predicate(statement: Statement, predicate: str) -> Statement:
    """The same said with another predicate, to look up what is told of that."""
    return replace(statement, predicate=predicate)


def between(statement: Statement, subject: str, predicate: str, entity: str) -> Statement:
    """``subject predicate entity`` at the time of ``statement``, to look up what is told of that."""
    return replace(statement, subject=subject, predicate=predicate, value=EntityRef(entity=entity))


def may_change_within(statement: Statement, predicate: str, bench: Bench) -> bool:
    """Whether the script tells, perhaps of a later hour, what affirms ``predicate`` while the statement holds."""
    told = bench.ahead.alike(of_predicate(statement, predicate)).back_from(statement.latest)
    return any(other.flag and other.latest >= statement.earliest and not follows(other, statement) for other in told)


def is_dead(entity: str, statement: Statement, bench: Bench) -> bool:
    """Whether the last word on the life of ``entity`` before or while ``statement`` holds is a death."""
    for other in bench.ledger.about(entity, "alive", statement.frame_id).back_from(statement.latest):
        if other.ends is None or other.ends > statement.earliest:
            return isinstance(other.value, FlagValue) and not other.value.flag
    return False


def same_person(subject: str, frame_id: str, bench: Bench) -> list[str]:
    """The ids of one person, ``subject`` first: those that canon says are the same."""
    ids = [subject]
    for current in ids:
        told = [
            *((other, other.value) for other in bench.ledger.about(current, "same_as", frame_id)),
            *((other, EntityRef(entity=other.subject)) for other in bench.ledger.of(current, "same_as", frame_id)),
        ]
        for other, value in told:
            if other.flag and other.ends is None and isinstance(value, EntityRef) and value.entity not in ids:
                ids.append(value.entity)
    return ids


def words_of(statement: Statement) -> str:
    """The text of a statement, empty where its value is none."""
    return statement.value.text if isinstance(statement.value, TextValue) else ""
