"""Place: one bodily place at a time, and time enough to travel between two."""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import ACTUAL, EVER, Statement, meeting
from narrative_assets.canon.words import date
from schemas.rules import PredicateRule
from schemas.story import EntityRef

MAX_DEPTH = 8
"""How many things may stand inside one another: cup, bag, cabin, ship, harbour, city, land, world."""


def one_place(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """One bodily place at a time, and time enough to travel where the distance is known."""
    place = _entity(statement)
    if place is None or not statement.affirmed:
        return None
    timeline = bench.ledger.about(statement.subject, statement.predicate, statement.frame_id)
    found: Finding | None = AGREES if timeline else None
    reach = bench.world.farthest(place)
    for other in timeline.near(statement.earliest - reach, statement.latest + reach):
        there = _entity(other)
        if there is None or not other.affirmed or there == place:
            continue
        if permitted(statement, rule) or permitted(other, rule):
            continue
        verdict, why = _apart(statement, other, bench.world.minutes(there, place))
        if verdict == "no" or _one_inside_the_other(statement, place, there, bench):
            continue
        if verdict == "must":
            return contradiction(statement, other, rule, bench.world, why=why, repair=_another_time(other, bench))
        found = undecided(statement, other, rule, bench.world, why="Their times are too vague to exclude the way.")
    return found


def _apart(statement: Statement, other: Statement, minutes: int | None) -> tuple[str, str]:
    """Whether the two places exclude each other ("must", "may", "no"), and why."""
    met = meeting(statement, other)
    both_stay = statement.throughout and other.throughout
    if minutes is None or (minutes == 0 and both_stay):
        return met, "Nobody is bodily in two places at once." if met == "must" else ""
    if minutes == 0:
        return "no", ""
    if both_stay:
        gap = most = max(statement.earliest - other.latest, other.earliest - statement.latest)
    else:
        gap = max(statement.earliest - other.latest, other.earliest - statement.latest)
        most = max(statement.latest - other.earliest, other.latest - statement.earliest)
    if met == "must":
        return "must", f"Nobody is bodily in two places at once, and the way takes {minutes} minutes."
    if most < minutes:
        return "must", f"The way takes {minutes} minutes, and at most {max(most, 0)} lie between."
    return ("may" if gap < minutes else "no"), ""


def _one_inside_the_other(statement: Statement, place: str, there: str, bench: Bench) -> bool:
    """Whether one place stands in the other at that time: a cabin on a ship, a passenger's car on a road."""
    return _inside(place, there, statement, bench) or _inside(there, place, statement, bench)


def _inside(inner: str, outer: str, statement: Statement, bench: Bench) -> bool:
    level, seen = [inner], {inner}
    for _ in range(MAX_DEPTH):
        around = [further for place in level for further in _surroundings(place, statement, bench)]
        if outer in around:
            return True
        level = [place for place in dict.fromkeys(around) if place not in seen]
        seen.update(level)
    return False


def _surroundings(place: str, statement: Statement, bench: Bench) -> list[str]:
    """Where the place itself stands while the statement holds: told for that time, or last told before it."""
    around: list[str] = []
    for frame_id in dict.fromkeys((statement.frame_id, ACTUAL)):
        for other in bench.ledger.about(place, statement.predicate, frame_id).back_from(statement.latest):
            further = _entity(other)
            if further is None or not other.affirmed or (other.ends is not None and other.ends < statement.earliest):
                continue
            around.append(further)
            if other.latest < statement.earliest:
                break
    return around


def _another_time(other: Statement, bench: Bench) -> str:
    who = bench.world.name(other.subject)
    when = f"before {date(other.earliest)}" if other.latest >= EVER else f"after {date(other.latest)}"
    return (
        f"Move the scene to a time {when} that leaves {who} the way, make the presence a voice, a video or a mention, "
        f"or take {who} out of the scene."
    )


def _entity(statement: Statement) -> str | None:
    return statement.value.entity if isinstance(statement.value, EntityRef) else None


CHECKS: dict[str, Check] = {"one_place": one_place}
RULES = (
    PredicateRule(
        predicate="located_at", code="place", traits=("one_place",), permits=("move",), bodily=True,
        says="{subject} is at {value}", denies="{subject} is not at {value}",
    ),
)  # fmt: skip
