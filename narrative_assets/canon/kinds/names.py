"""Identity: what a character is called, and which ids are one person.

A name is a fixed value, compared as names are (``canon.names``). Disguises are the business of ``states``.
"""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided
from narrative_assets.canon.kinds.standing import same_person
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import Meeting, Statement, meeting, value_key
from schemas.rules import PredicateRule
from schemas.story import EntityRef

_WHY = "The two ids are one person, and nobody is bodily in two places at once."
_REPAIR = "Move one of the scenes, make one presence a voice, a video or a mention, or take back that they are one."


def one_body(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Two ids that are one person are not bodily in two places at once."""
    if not statement.affirmed or permitted(statement, rule):
        return None
    found: Finding | None = None
    for other_id in same_person(statement.subject, statement.frame_id, bench)[1:]:
        for other in bench.ledger.about(other_id, statement.predicate, statement.frame_id).near(
            statement.earliest, statement.latest
        ):
            met = _apart(statement, other, bench)
            if met == "must":
                finding = contradiction(statement, other, rule, bench.world, why=_WHY, repair=_REPAIR)
                return Finding("contradiction", "identity", other, finding.message, _REPAIR)
            if met == "may":
                found = undecided(statement, other, rule, bench.world, why="The two ids are one person.")
    return found


def one_person(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Two ids cannot turn out to be one person where both have been told of in two places at once."""
    if not statement.affirmed or not isinstance(statement.value, EntityRef):
        return None
    there = bench.ledger.about(statement.value.entity, "located_at", statement.frame_id)
    for one in bench.ledger.about(statement.subject, "located_at", statement.frame_id):
        for other in there.near(one.earliest, one.latest):
            if one.affirmed and _apart(one, other, bench) == "must":
                return contradiction(
                    statement, other, rule, bench.world,
                    why=f"At that time {bench.world.name(statement.subject)} was elsewhere.", repair=_REPAIR,
                )  # fmt: skip
    return AGREES if there else None


def _apart(one: Statement, other: Statement, bench: Bench) -> Meeting:
    """Whether the two places exclude each other; one that may stand in the other does not."""
    own = one.value.entity if isinstance(one.value, EntityRef) else ""
    there = other.value.entity if isinstance(other.value, EntityRef) else ""
    if not other.affirmed or value_key(one.value) == value_key(other.value) or bench.world.minutes(own, there) == 0:
        return "no"
    if any(bench.ledger.about(place, "located_at", one.frame_id) for place in (own, there)):
        return "may" if meeting(one, other) != "no" else "no"
    return meeting(one, other)


CHECKS: dict[str, Check] = {"one_body": one_body, "one_person": one_person}
RULES = (
    PredicateRule(
        predicate="name", code="name", traits=("named", "fixed"), permits=("rename", "disguise", "reveal"),
        says="{subject} is named {value}", denies="{subject} is not named {value}", subject="character",
    ),
    PredicateRule(
        predicate="same_as", code="identity", traits=("for_life", "one_person"), permits=("reveal",), symmetric=True,
        says="{subject} and {value} are one person", denies="{subject} and {value} are two people",
        subject="character",
    ),
)  # fmt: skip
