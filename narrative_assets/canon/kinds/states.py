"""States: what condition somebody or something is in, how a place looks, and how long that lasts.

Light follows the clock of its place. A disguise changes how somebody seems, not who they are.
"""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided, undo
from narrative_assets.canon.rules import Check, rule_for
from narrative_assets.canon.statements import DAY_MINUTES, Statement, follows, meeting, plain_words, stands_until
from narrative_assets.canon.words import date, describe
from schemas.rules import PredicateRule
from schemas.story import EntityRef, TextValue

CLOCK = {
    "dawn": (3 * 60, 9 * 60),
    "morning": (4 * 60, 12 * 60 + 30),
    "day": (5 * 60, 21 * 60),
    "afternoon": (11 * 60, 19 * 60 + 30),
    "dusk": (15 * 60, 23 * 60),
    "evening": (15 * 60, 24 * 60 + 60),
    "night": (17 * 60, 24 * 60 + 8 * 60),
}
"""Minutes of the day between which each may be, in any season short of polar days and nights."""
_FOLLOWS_ON = {"dawn": "day", "day": "dusk", "dusk": "night", "night": "dawn"}


def outlasts(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What lasts stays until an event ends it or its time is up: a wound, a break.

    Where the rule lists ``lasting_values`` only those stay, and none of its ``opposite_values`` goes with them; of
    people they are mere figures of speech.
    """
    if rule.lasting_values and bench.world.is_character(statement.subject):
        return None
    opposite = statement.affirmed and _any_of(statement, rule.opposite_values)
    if statement.flag is rule.lasting_flag and not opposite:
        return None
    timeline = bench.ledger.alike(statement)
    if opposite:
        timeline = bench.ledger.about(statement.subject, statement.predicate, statement.frame_id)
    found: Finding | None = None
    for other in timeline.back_from(statement.latest):
        if other.flag is not rule.lasting_flag or (rule.lasting_values and not _any_of(other, rule.lasting_values)):
            if not opposite or (other.affirmed and _any_of(other, rule.opposite_values)):
                return found or AGREES
            continue
        until = stands_until(other, rule)
        if until <= statement.earliest or permitted(statement, rule) or not _still_told(other, statement, bench):
            return found or AGREES
        met = "must" if follows(statement, other) else meeting(statement, other)
        if met == "must" and statement.latest < until:
            why = "No event has ended it" + (
                f", and by itself it lasts until {date(until)}." if rule.holds_for else "."
            )
            return contradiction(
                statement, other, rule, bench.world, why=why, repair=undo(statement, rule, bench.world)
            )
        if met != "no" and statement.told[0] != other.told[0]:
            found = undecided(statement, other, rule, bench.world, why="It may have ended by then.")
    return found


def _still_told(other: Statement, statement: Statement, bench: Bench) -> bool:
    """Whether nothing told between the two denies ``other``."""
    return all(
        each.flag is other.flag or each.earliest < other.earliest
        for each in bench.ledger.alike(other).near(other.earliest, statement.earliest)
    )


def of_what_exists(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What is destroyed is in no state but that of what is left of it, until it is made anew or brought back."""
    exists = rule_for("exists", bench.rules)
    left_over = _any_of(statement, (*rule.lasting_values, *_REMAINS)) or permitted(statement, exists)
    if not statement.affirmed or left_over:
        return None
    for other in bench.ledger.about(statement.subject, "exists", statement.frame_id).back_from(statement.latest):
        if other.flag:
            return None
        if (other.ends is None or other.ends > statement.earliest) and follows(statement, other):
            why = "What is destroyed is in no such state."
            return contradiction(
                statement, other, rule, bench.world, why=why, repair=undo(statement, rule, bench.world)
            )
    return None


def one_guise(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Nobody passes for two people at one moment, however well they change; nor for one and expressly not."""
    found: Finding | None = None
    timeline = bench.ledger.about(statement.subject, statement.predicate, statement.frame_id)
    for other in timeline.near(statement.earliest, statement.latest):
        same = _text(statement) == _text(other)
        if statement.affirmed and other.affirmed and same:
            found = found or AGREES
        taken_off = any(not each.affirmed and each.change for each in (statement, other))
        differs = (statement.affirmed and other.affirmed and not same) or (same and statement.flag != other.flag)
        apart = follows(statement, other) or follows(other, statement) or taken_off
        if differs and not apart and meeting(statement, other) == "must":
            return contradiction(statement, other, rule, bench.world, repair=undo(statement, rule, bench.world))
    return found


def same_hour(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What is seen of a place stays for the rule's time: it does not change back and forth within the hour."""
    if not statement.affirmed or permitted(statement, rule):
        return None
    found: Finding | None = None
    hour = rule.holds_for or 0
    timeline = bench.ledger.about(statement.subject, statement.predicate, statement.frame_id)
    for other in timeline.near(statement.earliest - hour, statement.latest + hour):
        if not other.affirmed or permitted(other, rule):
            continue
        if _goes_with(statement, other):
            found = found or AGREES
            continue
        longest = max(statement.latest - other.earliest, other.latest - statement.earliest)
        if meeting(statement, other) == "must" or longest < hour:
            why = "It does not change so within the hour, unless an event is told."
            return contradiction(
                statement, other, rule, bench.world, why=why, repair=undo(statement, rule, bench.world)
            )
        shortest = max(statement.earliest - other.latest, other.earliest - statement.latest)
        if shortest < hour:
            found = undecided(statement, other, rule, bench.world, why="They may lie at different hours.")
    return found


def by_the_clock(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Day and night come at their hours, by the clock of the place."""
    word = _text(statement)
    if not statement.affirmed or word not in CLOCK or permitted(statement, rule):
        return None
    ahead = bench.world.clock_ahead(statement.subject)
    if statement.frame_kind not in ("actual", "flashback", "flash_forward"):
        return None
    if may_be(word, statement.earliest + ahead, statement.latest + ahead):
        return None
    clock = f" ({date(statement.earliest + ahead)} by its own clock)" if ahead else ""
    repair = (
        f"Move the scene to the {word}, change the light, give the place a clock of its own (clock_ahead), or tell "
        f"what brings the {word} ({', '.join(sorted(rule.permits))})."
    )
    message = f"{describe(statement, bench.world)}{clock}, but at that time of day there is no {word}."
    return Finding("contradiction", rule.code, None, message, repair)


def may_be(word: str, earliest: int, latest: int) -> bool:
    """Whether some minute from ``earliest`` to ``latest`` may be that time of day."""
    start, end = CLOCK[word]
    if latest - earliest >= DAY_MINUTES:
        return True
    first = earliest % DAY_MINUTES
    last = first + latest - earliest
    return any(first < end + shift and start + shift <= last for shift in (-DAY_MINUTES, 0, DAY_MINUTES))


def _goes_with(statement: Statement, other: Statement) -> bool:
    """Whether two words for the light or the weather of one hour fit: they share a word, or one follows the other."""
    one, two = _text(statement), _text(other)
    if set(one.split()) & set(two.split()):
        return True
    earlier, later = (one, two) if statement.earliest < other.earliest else (two, one)
    return statement.earliest != other.earliest and _FOLLOWS_ON.get(earlier) == later


def _any_of(statement: Statement, words: tuple[str, ...]) -> bool:
    said = _text(statement).split()
    return any(plain_words(word) in said for word in words)


def _text(statement: Statement) -> str:
    value = statement.value
    if isinstance(value, TextValue):
        return plain_words(value.text)
    return value.entity if isinstance(value, EntityRef) else ""


HEALING = 14 * DAY_MINUTES
"""How long a wound is there to be seen, unless the project says otherwise: two weeks."""
_BROKEN = (
    "broken", "shattered", "smashed", "cracked", "torn", "ripped", "burnt", "burned", "charred", "ruined", "wrecked",
    "destroyed", "crushed", "bent", "melted", "sunk", "sunken", "collapsed", "flattened", "defaced", "severed",
)  # fmt: skip
_REMAINS = (
    "ashes", "ash", "ruins", "rubble", "scrap", "shards", "pieces", "debris", "gone", "lost", "missing", "dust",
)  # fmt: skip
_WHOLE = (
    "whole", "intact", "unbroken", "undamaged", "unharmed", "unscathed", "pristine", "spotless", "untouched", "working",
    "afloat",
)  # fmt: skip
_EVENTS = ("begin", "end", "create", "destroy", "move", "return", "repeal")

CHECKS: dict[str, Check] = {
    "outlasts": outlasts,
    "of_what_exists": of_what_exists,
    "one_guise": one_guise,
    "same_hour": same_hour,
    "by_the_clock": by_the_clock,
}
RULES = (
    PredicateRule(
        predicate="state", code="state", traits=("outlasts", "of_what_exists"),
        lasting_values=_BROKEN, opposite_values=_WHOLE,
        permits=("heal", "injure", "create", "destroy", "disguise", "repeal", "return", "begin", "end"),
        says="{subject} is {value}", denies="{subject} is not {value}",
    ),
    PredicateRule(
        predicate="wounded", code="state", traits=("outlasts",), permits=("heal", "resurrect", "return"),
        holds_for=HEALING,
        says="{subject} has a wound: {value}", denies="{subject} has no wound: {value}", subject="character",
    ),
    PredicateRule(
        predicate="disguised_as", code="state", traits=("one_guise",), permits=("disguise", "reveal", "end"),
        says="{subject} is disguised as {value}", denies="{subject} is not disguised as {value}",
        subject="character",
    ),
    PredicateRule(
        predicate="weather", code="weather", traits=("single_valued", "same_hour"), permits=_EVENTS, holds_for=60,
        says="the weather at {subject} is {value}", denies="the weather at {subject} is not {value}",
        subject="place",
    ),
    PredicateRule(
        predicate="light", code="light", traits=("single_valued", "same_hour", "by_the_clock"), permits=_EVENTS,
        holds_for=60,
        says="it is {value} at {subject}", denies="it is not {value} at {subject}", subject="place",
    ),
)  # fmt: skip
