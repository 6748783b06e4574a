"""The checks of bodies and things: one place at a time, one holder for each thing, and no deed after death."""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided, undo
from narrative_assets.canon.rules import PredicateRule
from narrative_assets.canon.statements import ACTUAL, EVER, Statement, follows, meeting
from narrative_assets.canon.words import date
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


def one_holder(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """One holder for each thing; it changes hands by an event, and what was lost is found by one."""
    thing = _entity(statement)
    if thing is None or not statement.affirmed:
        return None
    timeline = bench.ledger.of(thing, statement.predicate, statement.frame_id)
    if permitted(statement, rule):
        return AGREES if timeline else None
    for other in timeline.near(statement.earliest, statement.latest):
        rival = other.affirmed and other.subject != statement.subject and not permitted(other, rule)
        if rival and meeting(statement, other) == "must":
            return _held_by_another(statement, other, rule, bench)
    return _last_holder(statement, rule, bench)


def _last_holder(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What the last word on the thing before the statement makes of it."""
    released: set[str] = set()
    found: Finding | None = None
    for other in bench.ledger.of(_entity(statement) or "", statement.predicate, statement.frame_id).back_from(
        statement.latest
    ):
        own = other.subject == statement.subject
        if other.ends is not None and other.ends <= statement.earliest:
            continue
        if not own and (not other.affirmed or other.subject in released):
            released.add(other.subject)
        elif own and other.affirmed:
            return found or AGREES
        elif follows(statement, other):
            return _held_by_another(statement, other, rule, bench)
        elif not own:
            found = undecided(statement, other, rule, bench.world, why="Which of them came first is not known.")
    return found


def _held_by_another(statement: Statement, other: Statement, rule: PredicateRule, bench: Bench) -> Finding:
    why = "A thing has one holder at a time, and no event has passed it on."
    if other.subject == statement.subject:
        why = "No event has brought it back."
    return contradiction(statement, other, rule, bench.world, why=why, repair=undo(statement, rule, bench.world))


def needs_life(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Who is dead does not act, unless an event in between brought them back."""
    if not statement.flag or permitted(statement, rule):
        return None
    found: Finding | None = None
    for other in bench.ledger.about(statement.subject, "alive", statement.frame_id).back_from(statement.latest):
        if other.flag:
            return found or AGREES
        if other.ends is not None and other.ends <= statement.earliest:
            continue
        if follows(statement, other):
            return _acts_after_death(statement, other, rule, bench)
        if statement.told[0] != other.told[0]:
            found = undecided(statement, other, rule, bench.world, why="The deed may lie before the death.")
    return found


def ends_acting(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A death lies after every deed, unless an event brought the dead back before it."""
    if statement.flag:
        return None
    found: Finding | None = None
    back = bench.ledger.about(statement.subject, "alive", statement.frame_id)
    returned = next((other.earliest for other in back.on_from(statement.latest) if other.flag), EVER)
    for other in bench.ledger.about(statement.subject, "acts", statement.frame_id).near(statement.earliest, EVER):
        if not other.flag or other.latest >= returned:
            continue
        if follows(other, statement):
            return _acts_after_death(statement, other, rule, bench)
        found = found or AGREES
    return found


def _acts_after_death(statement: Statement, other: Statement, rule: PredicateRule, bench: Bench) -> Finding:
    repair = (
        "Move the deed before the death, put it into a flashback or a recording, let someone else do it, "
        "or tell the event that brings the dead back (resurrect, return)."
    )
    finding = contradiction(statement, other, rule, bench.world, why="The dead do not act.", repair=repair)
    return Finding(finding.verdict, "dead_acting", other, finding.message, repair)


def _entity(statement: Statement) -> str | None:
    return statement.value.entity if isinstance(statement.value, EntityRef) else None
