"""Place: one bodily place at a time, and time enough to travel between two.

Distances come from the world; here they are laid against what is told of people, things and places that move.
"""

from __future__ import annotations

from collections.abc import Iterable

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided
from narrative_assets.canon.ledger import Timeline
from narrative_assets.canon.rules import Check, rule_for
from narrative_assets.canon.statements import ACTUAL, ALWAYS, EVER, Statement, by_own_clock, meeting
from narrative_assets.canon.words import date, describe
from schemas.rules import PredicateRule
from schemas.story import EntityRef

_HANDLING = ("holds", "uses")
MAX_DEPTH = 8
"""How many things may stand inside one another: cup, bag, cabin, ship, harbour, city, land, world."""


def one_place(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """One bodily place at a time, and time enough to travel where the distance is known.

    Statements that both tell the traveller's own clock are compared by it, all others by story time.
    """
    place = _entity(statement)
    if place is None or not statement.affirmed:
        return None
    about = statement.subject, statement.predicate, statement.frame_id
    timeline = bench.ledger.about(*about)
    travelled = statement.personal_time is not None
    found = _compared(statement, place, timeline, rule, bench, skip_own_clock=travelled)
    if not travelled or (found is not None and found.verdict == "contradiction"):
        return found
    own = bench.ledger.by_own_clock(*about)
    return _compared(by_own_clock(statement), place, own, rule, bench, skip_own_clock=False) or found


def _compared(
    statement: Statement, place: str, timeline: Timeline, rule: PredicateRule, bench: Bench, *, skip_own_clock: bool
) -> Finding | None:
    found: Finding | None = AGREES if timeline else None
    reach = max((bench.world.farthest(start) for start in _anchors(statement, place, bench)), default=0)
    near = list(timeline.near(statement.earliest - reach, statement.latest + reach))
    moves = [other for other in (*near, statement) if permitted(other, rule)]
    for other in near:
        there = _entity(other)
        if there is None or not other.affirmed or there == place or _moved_between(statement, other, moves):
            continue
        if skip_own_clock and other.personal_time is not None:
            continue
        verdict, why = _apart(statement, other, _way(statement, place, other, there, bench))
        if verdict == "no" or _one_inside_the_other(statement, place, there, bench):
            continue
        if verdict == "must":
            return contradiction(statement, other, rule, bench.world, why=why, repair=_another_time(other, bench))
        found = undecided(statement, other, rule, bench.world, why="Their times are too vague to exclude the way.")
    return found


def _moved_between(one: Statement, other: Statement, moves: Iterable[Statement]) -> bool:
    """Whether an event carried the subject off after the earlier of the two and no later than the other."""
    first, last = sorted((one, other), key=lambda each: (each.earliest, each.told))
    return any(
        move is last
        or (move.latest <= last.latest and (move.earliest > first.earliest or move.earliest == last.earliest))
        for move in moves
    )


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


def _way(statement: Statement, place: str, other: Statement, there: str, bench: Bench) -> int | None:
    """Minutes from the one place to the other as they stood at those times, None where nobody has said."""
    ways = [
        minutes
        for start in _anchors(other, there, bench)
        for end in _anchors(statement, place, bench)
        if (minutes := bench.world.minutes(start, end)) is not None
    ]
    return min(ways, default=None)


def _anchors(statement: Statement, place: str, bench: Bench) -> list[str]:
    """From where distances to the place count while the statement holds: itself, and what it stands in.

    Of a place that was ever told to be somewhere only where it surely stands then counts, not what was measured once.
    """
    anchors: list[str] = []
    level, seen = [place], {place}
    frames = tuple(dict.fromkeys((statement.frame_id, ACTUAL)))
    for _ in range(MAX_DEPTH):
        around: list[str] = []
        for inner in level:
            told = [each for frame_id in frames for each in bench.ledger.about(inner, statement.predicate, frame_id)]
            moves = any(each.earliest > ALWAYS and each.affirmed for each in told)
            anchors += [] if moves else [inner]
            around += [
                further
                for each in told
                if each.affirmed and (further := _entity(each)) is not None and _stands(each, statement)
            ]
        level = [further for further in dict.fromkeys(around) if further not in seen]
        seen.update(level)
    return anchors


def _stands(home: Statement, statement: Statement) -> bool:
    """Whether a place surely stands where ``home`` says while the statement holds: always, or told for that time."""
    always = home.earliest <= ALWAYS and (home.ends is None or home.ends > statement.latest)
    return always or meeting(statement, home) == "must"


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


def in_reach(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Whoever holds or uses a thing is where it is: their places are one, stand in one another, or are no way apart."""
    if not statement.affirmed or (place := _entity(statement)) is None:
        return None
    for handling in _handled(statement, bench):
        thing = _entity(handling) or ""
        partner = thing if statement.subject == handling.subject else handling.subject
        for other in bench.ledger.about(partner, statement.predicate, statement.frame_id).near(
            handling.earliest, handling.latest
        ):
            there = _entity(other)
            together = there in (None, place, statement.subject) or place == partner or not other.affirmed
            if there is None or together or {meeting(statement, other), meeting(handling, other)} != {"must"}:
                continue
            if _way(statement, place, other, there, bench) == 0 or _one_inside_the_other(
                statement, place, there, bench
            ):
                continue
            return _out_of_reach(statement, other, handling, rule, bench)
    return None


def used_in_one_place(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Two who use one thing at one time are in one place."""
    thing = _entity(statement)
    if thing is None or not statement.affirmed:
        return None
    for other in bench.ledger.of(thing, statement.predicate, statement.frame_id).near(
        statement.earliest, statement.latest
    ):
        if other.subject == statement.subject or not other.affirmed or meeting(statement, other) != "must":
            continue
        here, there = _whereabouts(statement, bench), _whereabouts(other, bench)
        if here is None or there is None or meeting(here, there) != "must":
            continue
        place, elsewhere = _entity(here) or "", _entity(there) or ""
        together = place == elsewhere or _way(here, place, there, elsewhere, bench) == 0
        if not together and not _one_inside_the_other(here, place, elsewhere, bench):
            why = f"One of them is at {bench.world.name(place)}, the other at {bench.world.name(elsewhere)}."
            repair = "Let one of them use it, bring both to one place, or use a duplicate with an id of its own."
            return contradiction(statement, other, rule, bench.world, why=why, repair=repair)
    return None


def _whereabouts(statement: Statement, bench: Bench) -> Statement | None:
    """Where its subject is told to be at that very time."""
    return next(
        (
            other
            for ledger in (bench.ledger, bench.ahead)
            for other in ledger.about(statement.subject, "located_at", statement.frame_id).near(
                statement.earliest, statement.latest
            )
            if other.affirmed and meeting(statement, other) == "must"
        ),
        None,
    )


def _handled(statement: Statement, bench: Bench) -> list[Statement]:
    """What is held or used at that very time, without a change of hands, by or of whom the statement speaks."""
    return [
        handling
        for predicate in _HANDLING
        for timeline in (
            bench.ledger.about(statement.subject, predicate, statement.frame_id),
            bench.ledger.of(statement.subject, predicate, statement.frame_id),
        )
        for handling in timeline.near(statement.earliest, statement.latest)
        if handling.affirmed and not handling.change and meeting(statement, handling) == "must"
    ]


def _out_of_reach(
    statement: Statement, other: Statement, handling: Statement, rule: PredicateRule, bench: Bench
) -> Finding:
    weighed = rule if handling.predicate == "holds" else rule_for("holds", bench.rules)
    who, what = bench.world.name(handling.subject), bench.world.name(_entity(handling) or "")
    repair = f"Bring {what} to {who} before that, let somebody have it who is there, or move the scene."
    why = f"{describe(handling, bench.world)}: it is not within reach."
    return contradiction(statement, other, weighed, bench.world, why=why, repair=repair)


def _another_time(other: Statement, bench: Bench) -> str:
    who = bench.world.name(other.subject)
    when = f"before {date(other.earliest)}" if other.latest >= EVER else f"after {date(other.latest)}"
    return (
        f"Move the scene to a time {when} that leaves {who} the way, make the presence a voice, a video or a mention, "
        f"or take {who} out of the scene."
    )


def _entity(statement: Statement) -> str | None:
    return statement.value.entity if isinstance(statement.value, EntityRef) else None


CHECKS: dict[str, Check] = {"one_place": one_place, "in_reach": in_reach, "used_in_one_place": used_in_one_place}
RULES = (
    PredicateRule(
        predicate="located_at", code="place", traits=("one_place", "in_reach", "one_body", "needs_birth"),
        permits=("move",), bodily=True,
        says="{subject} is at {value}", denies="{subject} is not at {value}",
    ),
)  # fmt: skip
