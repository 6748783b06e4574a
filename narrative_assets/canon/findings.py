"""What a check finds: the verdict on one statement against another, in words that name both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from narrative_assets.canon.ledger import Ledger
from narrative_assets.canon.rules import RuleBook
from narrative_assets.canon.secrecy import Secrets
from narrative_assets.canon.statements import Statement
from narrative_assets.canon.words import assertion, describe
from narrative_assets.canon.world import World
from schemas.rules import PredicateRule


@dataclass(frozen=True, slots=True)
class Finding:
    """``honoured``: compared and agreeing; ``unsupported``: what it needs was never told.

    ``against`` is what the statement was compared with.
    """

    verdict: Literal["contradiction", "unsupported", "unknown", "honoured"]
    code: str = "honoured"
    against: Statement | None = None
    message: str = ""
    repair: str = ""
    against_rule: str | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """What a check has before it: what is stated so far, the world it is stated of, and the rules.

    ``ahead`` is all that the script vouches for, later claims included, where a world rule asks for that;
    ``secrets`` are the truths that the script may not give away yet.
    """

    ledger: Ledger
    world: World
    rules: RuleBook
    ahead: Ledger
    secrets: Secrets


AGREES = Finding("honoured")


def contradiction(
    statement: Statement, against: Statement, rule: PredicateRule, world: World, *, why: str = "", repair: str = ""
) -> Finding:
    """A finding that both cannot be true."""
    message = f"{describe(against, world)}, but {describe(statement, world)}.{' ' + why if why else ''}"
    return Finding("contradiction", rule.code, against, message, repair)


def undecided(
    statement: Statement, against: Statement, rule: PredicateRule, world: World, *, why: str, repair: str = ""
) -> Finding:
    """A finding that both may be true, as far as their times are known."""
    message = f"{describe(against, world)}, and {describe(statement, world)}. {why}"
    return Finding("unknown", rule.code, against, message, repair)


def permitted(statement: Statement, rule: PredicateRule) -> bool:
    """Whether the statement tells an event that the rule takes as a reason for change."""
    return statement.change in rule.permits


def undo(statement: Statement, rule: PredicateRule, world: World) -> str:
    """The repair that fits any rule: take the statement back, tell what permits it, or make it someone's word."""
    ways = [f"Take back that {assertion(statement, world)}"]
    if "named" in rule.traits:
        ways.append("declare the name as an alias in the cast")
    if rule.permits:
        ways.append(f"tell the event that permits it ({', '.join(sorted(rule.permits))})")
    ways.append("mark the claim as said, believed or lied and name its holder")
    return f"{', '.join(ways[:-1])}, or {ways[-1]}."
