"""Possession: who holds a thing, who owns it, who uses it, and whether it is still there to be used.

Owner, holder and user are three: a thing may be lent, and a lamp on the wall is nobody's to hold.
"""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided, undo
from narrative_assets.canon.rules import Check, rule_for
from narrative_assets.canon.statements import EVER, Statement, follows, meeting
from schemas.rules import PredicateRule
from schemas.story import EntityRef

_HOLDS, _USES, _EXISTS = "holds", "uses", "exists"
_HANDLING = (_HOLDS, _USES)


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
            return _of_another(statement, other, rule, bench)
    return _last_holder(statement, rule, bench)


def in_hand(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Whoever uses a thing has it in hand, or nobody else has: it was not lost, given away or taken before."""
    thing = _entity(statement)
    if thing is None or not statement.affirmed or permitted(statement, rule):
        return None
    holds = rule_for(_HOLDS, bench.rules)
    timeline = bench.ledger.of(thing, _HOLDS, statement.frame_id)
    released: set[str] = set()
    found: Finding | None = None
    for other in timeline.back_from(statement.latest):
        own = other.subject == statement.subject
        if (other.ends is not None and other.ends <= statement.earliest) or other.subject in released:
            continue
        surely = follows(statement, other) or meeting(statement, other) == "must"
        if own and other.affirmed:
            return found or AGREES
        if not own and not other.affirmed:
            released.add(other.subject)
        elif surely:
            return _handed_over(statement, other, holds, bench, found)
        else:
            found = undecided(statement, other, holds, bench.world, why="Which of them came first is not known.")
    return found


def _handed_over(
    statement: Statement,
    other: Statement,
    holds: PredicateRule,
    bench: Bench,
    found: Finding | None,
    user: Statement | None = None,
) -> Finding:
    """What a loss, or another's hand, makes of the use. Where a handing over may lie in between, nobody can tell."""
    if found is not None:
        return found
    use, hold = (statement, other) if user is None else (user, statement)
    who, what = bench.world.name(use.subject), bench.world.name(_entity(use) or "")
    why = f"{who} does not have it in hand at that time."
    repair = (
        f"Tell how {who} comes by {what} before it is used (return, transfer), let "
        f"{bench.world.name(hold.subject) if hold.affirmed else 'its holder'} use it, or use a duplicate with an id "
        "of its own."
    )
    return contradiction(statement, other, holds, bench.world, why=why, repair=repair)


def kept_in_hand(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What changes hands, or is lost, is not used later by whoever gave or lost it, until it changes hands again."""
    thing = _entity(statement)
    if thing is None:
        return None
    until = min(
        next((other.earliest for other in later), EVER)
        for ledger in (bench.ledger, bench.ahead)
        for later in (ledger.of(thing, statement.predicate, statement.frame_id).on_from(statement.latest),)
    )
    for use in bench.ledger.of(thing, _USES, statement.frame_id).near(statement.earliest, until - 1):
        by_another = (use.subject != statement.subject) is statement.affirmed
        if use.affirmed and by_another and not use.change and follows(use, statement):
            return _handed_over(statement, use, rule, bench, None, user=use)
    return None


def needs_thing(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What was destroyed is neither held nor used, unless it was made or brought back."""
    thing = _entity(statement)
    exists = rule_for(_EXISTS, bench.rules)
    if thing is None or not statement.affirmed or permitted(statement, exists):
        return None
    found: Finding | None = None
    for other in bench.ledger.about(thing, _EXISTS, statement.frame_id).back_from(statement.latest):
        if other.flag:
            return found or AGREES
        if other.ends is not None and other.ends <= statement.earliest:
            continue
        if follows(statement, other):
            return _gone(statement, other, bench)
        if statement.told[0] != other.told[0]:
            found = undecided(statement, other, exists, bench.world, why="It may have been before that.")
    return found


def ends_handling(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Nobody holds or uses a thing after its end, unless it was made or brought back before."""
    if statement.flag:
        return None
    thing, frame_id = statement.subject, statement.frame_id
    later = bench.ledger.about(thing, statement.predicate, frame_id).on_from(statement.latest)
    back = next((other.earliest for other in later if other.flag), EVER)
    for predicate in _HANDLING:
        for other in bench.ledger.of(thing, predicate, frame_id).near(statement.earliest, back - 1):
            if other.affirmed and follows(other, statement) and not permitted(other, rule):
                return _gone(statement, other, bench)
    return None


def _gone(statement: Statement, other: Statement, bench: Bench) -> Finding:
    exists = rule_for(_EXISTS, bench.rules)
    repair = (
        "Move the scene before its end, tell the event that makes it anew or brings it back (create, return), "
        "or use another thing with an id of its own."
    )
    return contradiction(statement, other, exists, bench.world, why="What is destroyed is of no use.", repair=repair)


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
            return _of_another(statement, other, rule, bench)
        elif not own:
            found = undecided(statement, other, rule, bench.world, why="Which of them came first is not known.")
    return found


def _of_another(statement: Statement, other: Statement, rule: PredicateRule, bench: Bench) -> Finding:
    why = "No event has passed it on, and two cannot have it at once."
    if other.subject == statement.subject:
        why = "No event has brought it back."
    return contradiction(statement, other, rule, bench.world, why=why, repair=undo(statement, rule, bench.world))


def _entity(statement: Statement) -> str | None:
    return statement.value.entity if isinstance(statement.value, EntityRef) else None


CHECKS: dict[str, Check] = {
    "one_holder": one_holder,
    "in_hand": in_hand,
    "kept_in_hand": kept_in_hand,
    "needs_thing": needs_thing,
    "ends_handling": ends_handling,
}
RULES = (
    PredicateRule(
        predicate="holds", code="holder", traits=("one_holder", "kept_in_hand", "needs_thing", "lively_change"),
        permits=("transfer", "return", "create", "move", "destroy", "gain", "spend"), bodily=True,
        says="{subject} holds {value}", denies="{subject} does not hold {value}", subject="character",
    ),
    PredicateRule(
        predicate="owns", code="owner", traits=("one_holder",),
        permits=("transfer", "create", "gain", "spend", "return", "destroy"),
        says="{subject} owns {value}", denies="{subject} does not own {value}", subject="character",
    ),
    PredicateRule(
        predicate="uses", code="holder",
        traits=("in_hand", "used_in_one_place", "needs_thing", "needs_life", "needs_birth"),
        permits=("transfer", "return", "gain"), momentary=True, bodily=True,
        says="{subject} uses {value}", denies="{subject} does not use {value}", subject="character",
    ),
    PredicateRule(
        predicate="exists", code="destroyed", traits=("lasting", "ends_handling"), permits=("create", "return"),
        lasting_flag=False, reached_once_by=("destroy",),
        says="{subject} exists", denies="{subject} is destroyed", subject="thing",
    ),
)  # fmt: skip
