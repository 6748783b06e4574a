"""Statements in words: what a message says of a claim or a fact, when it holds and where it was told."""

from __future__ import annotations

from narrative_assets.canon.statements import ALWAYS, DAY_MINUTES, EVER, Statement
from narrative_assets.canon.world import World
from schemas.story import EntityRef, NumberValue, SourceSpan, Telling, TextValue, Value


def describe(statement: Statement, world: World) -> str:
    """The statement with its time and its source, for example ``Mara is dead (day 2, 08:00; s01e01, scene sc03)``."""
    details = "; ".join(part for part in (_when(statement), _source(statement)) if part)
    return f"{assertion(statement, world)} ({details})" if details else assertion(statement, world)


def assertion(statement: Statement, world: World) -> str:
    """What is stated, without when and where."""
    subject = world.name(statement.subject)
    rule = world.rules.get(statement.predicate)
    pattern = (rule.says if statement.flag else rule.denies) if rule else ""
    if pattern:
        return pattern.format(subject=subject, value=value_words(statement.value, world))
    verb = "is" if statement.affirmed else "is not"
    return f"{subject}: {statement.predicate.replace('_', ' ')} {verb} {value_words(statement.value, world)}"


def value_words(value: Value, world: World) -> str:
    """A value as people write it; a story minute is a date."""
    if isinstance(value, EntityRef):
        return world.name(value.entity)
    if isinstance(value, TextValue):
        return f"“{value.text}”"
    if isinstance(value, NumberValue) and value.unit == "minute":
        return date(value.number)
    if isinstance(value, NumberValue):
        return f"{value.number} {value.unit}"
    return "so" if value.flag else "not so"


def date(minute: int) -> str:
    """A story minute as day and clock time; day 1 begins at minute 0."""
    day, rest = divmod(minute, DAY_MINUTES)
    return f"day {day + 1}, {rest // 60:02d}:{rest % 60:02d}"


def duration(minutes: int) -> str:
    """A length of time in the largest units that it fills, for example ``2 days 3 hours``."""
    days, rest = divmod(minutes, DAY_MINUTES)
    hours, left = divmod(rest, 60)
    parts = [
        f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((days, "day"), (hours, "hour"), (left, "minute")) if n
    ]
    return " ".join(parts) or "0 minutes"


def place_in_telling(telling: Telling) -> str:
    """Episode, scene and element, as far as given."""
    parts = [telling.episode_id]
    if telling.scene_id:
        parts.append(f"scene {telling.scene_id}")
    if telling.element_id:
        parts.append(f"element {telling.element_id}")
    return ", ".join(parts)


def _when(statement: Statement) -> str:
    if statement.earliest <= ALWAYS:
        return "from the start" if statement.ends is None else f"until {date(statement.ends)}"
    if statement.latest >= EVER:
        return f"from {date(statement.earliest)} on"
    if statement.earliest == statement.latest:
        return date(statement.earliest)
    return f"{date(statement.earliest)} to {date(statement.latest)}"


def _source(statement: Statement) -> str:
    if statement.origin is None:
        return ""
    telling = statement.claim.telling if statement.claim else statement.fact.established if statement.fact else None
    span = _span_words(statement.origin.source)
    return "; ".join(part for part in (place_in_telling(telling) if telling else "", span) if part)


def _span_words(span: SourceSpan) -> str:
    if span.first_line is None:
        return span.document
    if span.last_line is None or span.last_line == span.first_line:
        return f"{span.document}, line {span.first_line}"
    return f"{span.document}, lines {span.first_line} to {span.last_line}"
