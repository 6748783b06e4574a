"""Relationships: who is what to whom. Kin stay kin; a standing between two lasts until an event changes it.

Births of parents and children are compared in ``ages``.
"""

from __future__ import annotations

from collections.abc import Iterator

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided, undo
from narrative_assets.canon.kinds.standing import between, carried_to, is_dead, of_predicate, standing
from narrative_assets.canon.rules import Check, rule_for
from narrative_assets.canon.statements import Statement
from narrative_assets.canon.words import describe
from schemas.rules import PredicateRule
from schemas.story import EntityRef


def for_life(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """What two are to each other by birth is so at all times: its denial at any other time contradicts it."""
    timeline = bench.ledger.alike(statement)
    for other in timeline.back_from(statement.earliest):
        if other.flag == statement.flag and (other.ends is None or other.ends > statement.earliest):
            return AGREES
    for other in timeline:
        over = other.ends is not None and other.ends <= statement.earliest
        if other.flag == statement.flag or over or permitted(other, rule):
            continue
        if permitted(statement, rule):
            return AGREES
        return contradiction(
            statement, other, rule, bench.world, why="It is so for life.", repair=undo(statement, rule, bench.world)
        )
    return AGREES if timeline else None


def disjoint(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Of relationships that exclude one another only one holds between two people at a time."""
    if not statement.affirmed:
        return None
    own = standing(bench.ledger.alike(statement), statement)
    found: Finding | None = None
    for predicate in rule.excludes:
        rival = standing(bench.ledger.alike(of_predicate(statement, predicate)), statement)
        if rival is not None and not _replaced(rival, own):
            finding = _beside(statement, rival, rule, bench, why="The one excludes the other.")
            if finding is not None and finding.verdict == "contradiction":
                return finding
            found = finding or found
    return found


def one_partner(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """One partner at a time: another needs the end of the first, by an event or by death."""
    if not statement.affirmed or not isinstance(statement.value, EntityRef):
        return None
    own = standing(bench.ledger.alike(statement), statement)
    found: Finding | None = None
    pair = (statement.subject, statement.value.entity)
    for one, chosen in (pair, pair[::-1]):
        for partner in _partners(one, statement, bench):
            told = bench.ledger.alike(between(statement, one, statement.predicate, partner))
            rival = standing(told, statement) if partner != chosen else None
            if rival is None or _replaced(rival, own) or is_dead(partner, statement, bench):
                continue
            finding = _beside(statement, rival, rule, bench, why="Nothing has been told that ends the first.")
            if finding is not None and finding.verdict == "contradiction":
                return finding
            found = finding or found
    return found


def _replaced(rival: Statement, own: Statement | None) -> bool:
    """Whether the statement's own relationship was told after the rival one, and so took its place."""
    return own is not None and (own.earliest, own.told) > (rival.earliest, rival.told)


def _beside(statement: Statement, rival: Statement, rule: PredicateRule, bench: Bench, *, why: str) -> Finding | None:
    """What it makes of the statement that ``rival`` stands, unless an event ends that."""
    rival_rule = rule_for(rival.predicate, bench.rules)
    met = carried_to(rival, statement)
    if met == "no" or permitted(statement, rival_rule):
        return AGREES
    if met == "may":
        return undecided(statement, rival, rule, bench.world, why="Which of them came first is not known.")
    permits = ", ".join(sorted(rival_rule.permits))
    ways = f"Tell before it the event that ends the first ({permits})" if permits else "Take back one of the two"
    repair = f"{ways}, or mark the claim as said, believed or lied and name its holder."
    return contradiction(statement, rival, rule, bench.world, why=why, repair=repair)


def _partners(one: str, statement: Statement, bench: Bench) -> list[str]:
    about = bench.ledger.about(one, statement.predicate, statement.frame_id)
    of = bench.ledger.of(one, statement.predicate, statement.frame_id)
    named = [other.value.entity for other in about if isinstance(other.value, EntityRef)]
    return list(dict.fromkeys((*named, *(other.subject for other in of))))


def no_cycle(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Nobody is their own ancestor, through however many generations."""
    ends = parent_and_child(statement)
    if ends is None or not statement.affirmed:
        return None
    parent, child = ends
    path: dict[str, tuple[str, Statement]] = {}
    level = [parent]
    while level and child not in path and parent != child:
        above: list[str] = []
        for one in level:
            for ancestor, told in parents_of(one, statement.frame_id, bench):
                if ancestor not in path and ancestor != parent:
                    path[ancestor] = (one, told)
                    above.append(ancestor)
        level = above
    if parent != child and child not in path:
        return None
    return _own_ancestor(statement, parent, child, path, bench)


def _own_ancestor(
    statement: Statement, parent: str, child: str, path: dict[str, tuple[str, Statement]], bench: Bench
) -> Finding:
    chain, told = [child], []
    while chain[-1] != parent:
        below, link = path[chain[-1]]
        chain.append(below)
        told.append(link)
    line = " > ".join(bench.world.name(each) for each in (*chain, child))
    links = ", and ".join(describe(each, bench.world) for each in told)
    message = f"{links}, but {describe(statement, bench.world)}." if told else f"{describe(statement, bench.world)}."
    return Finding(
        "contradiction", "kinship", told[0] if told else None,
        f"{message} Nobody is their own ancestor: {line}.",
        "Turn the parent and the child around, make it an adoption (adopted_by), or name another person.",
    )  # fmt: skip


def parent_and_child(statement: Statement) -> tuple[str, str] | None:
    """Who is the parent and who the child, None for a statement of anything else."""
    if not isinstance(statement.value, EntityRef) or statement.predicate not in ("parent_of", "child_of"):
        return None
    ends = (statement.subject, statement.value.entity)
    return ends if statement.predicate == "parent_of" else (ends[1], ends[0])


def parents_of(child: str, frame_id: str, bench: Bench) -> Iterator[tuple[str, Statement]]:
    """The parents by birth that are told of ``child`` and not taken back, each with what tells it."""
    yield from _kin(child, "child_of", "parent_of", frame_id, bench)


def children_of(parent: str, frame_id: str, bench: Bench) -> Iterator[tuple[str, Statement]]:
    """The children by birth that are told of ``parent`` and not taken back, each with what tells it."""
    yield from _kin(parent, "parent_of", "child_of", frame_id, bench)


def _kin(one: str, own: str, inverse: str, frame_id: str, bench: Bench) -> Iterator[tuple[str, Statement]]:
    about = [
        (told.value.entity, told)
        for told in bench.ledger.about(one, own, frame_id)
        if isinstance(told.value, EntityRef)
    ]
    of = [(told.subject, told) for told in bench.ledger.of(one, inverse, frame_id)]
    for other, told in (*about, *of):
        if told.affirmed and told.ends is None and not _taken_back(told, bench):
            yield other, told


def _taken_back(told: Statement, bench: Bench) -> bool:
    return any(not other.affirmed and other.earliest >= told.earliest for other in bench.ledger.alike(told))


CHECKS: dict[str, Check] = {
    "for_life": for_life,
    "disjoint": disjoint,
    "one_partner": one_partner,
    "no_cycle": no_cycle,
}
RULES = (
    PredicateRule(
        predicate="related", code="relation", permits=("relate", "reveal"), symmetric=True,
        says="{subject} is related to {value}", denies="{subject} is not related to {value}", subject="character",
    ),
    PredicateRule(
        predicate="parent_of", code="relation", traits=("for_life", "no_cycle", "parent_first"), permits=("reveal",),
        inverse="child_of",
        says="{subject} is a parent of {value}", denies="{subject} is no parent of {value}", subject="character",
    ),
    PredicateRule(
        predicate="child_of", code="relation", traits=("for_life", "no_cycle", "parent_first"), permits=("reveal",),
        inverse="parent_of",
        says="{subject} is a child of {value}", denies="{subject} is no child of {value}", subject="character",
    ),
    PredicateRule(
        predicate="adopted_by", code="relation", traits=("lasting",), permits=("relate", "reveal"),
        says="{subject} is adopted by {value}", denies="{subject} is not adopted by {value}", subject="character",
    ),
    PredicateRule(
        predicate="sibling_of", code="relation", traits=("for_life", "disjoint"), permits=("reveal",),
        symmetric=True, excludes=("spouse_of",),
        says="{subject} is a sibling of {value}", denies="{subject} is no sibling of {value}", subject="character",
    ),
    PredicateRule(
        predicate="spouse_of", code="relation", traits=("lasting", "disjoint", "one_partner"), permits=("relate",),
        symmetric=True, excludes=("sibling_of",),
        says="{subject} is married to {value}", denies="{subject} is not married to {value}", subject="character",
    ),
    PredicateRule(
        predicate="friend_of", code="relation", traits=("lasting", "disjoint"), permits=("relate",), symmetric=True,
        excludes=("enemy_of",),
        says="{subject} is a friend of {value}", denies="{subject} is no friend of {value}", subject="character",
    ),
    PredicateRule(
        predicate="enemy_of", code="relation", traits=("lasting", "disjoint"), permits=("relate",), symmetric=True,
        excludes=("friend_of",),
        says="{subject} is an enemy of {value}", denies="{subject} is no enemy of {value}", subject="character",
    ),
    PredicateRule(
        predicate="loves", code="relation", permits=("relate",),
        says="{subject} loves {value}", denies="{subject} does not love {value}", subject="character",
    ),
)  # fmt: skip
