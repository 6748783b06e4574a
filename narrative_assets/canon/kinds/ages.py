"""Age: completed years against story time, since a birth that one date must explain."""

from __future__ import annotations

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided
from narrative_assets.canon.rules import Check
from narrative_assets.canon.statements import ALWAYS, Statement
from schemas.rules import PredicateRule
from schemas.story import NumberValue

YEAR_MINUTES = 525_600


def counts_years(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Two ages agree when one birth can lie behind both."""
    span = birth_span(statement)
    if span is None or not statement.affirmed:
        return None
    found: Finding | None = None
    for other in bench.ledger.about(statement.subject, statement.predicate, statement.frame_id):
        other_span = birth_span(other)
        if other_span is None or not other.affirmed:
            continue
        if span[0] <= other_span[1] and other_span[0] <= span[1]:
            found = found or AGREES
        elif permitted(statement, rule) or (permitted(other, rule) and other.earliest >= statement.earliest):
            return AGREES
        elif bench.world.species(statement.subject) in rule.ageing_species:
            return _wrong_age(statement, other, other_span, rule, bench)
        else:
            species = bench.world.species(statement.subject)
            found = undecided(statement, other, rule, bench.world, why=f"Nobody has told how a {species} ages.")
    return found


def birth_span(statement: Statement) -> tuple[int, int] | None:
    """The story minutes between which the birth lies, both included; None where no age in years was told."""
    value = statement.value
    if not isinstance(value, NumberValue) or value.unit not in ("years", "year") or statement.earliest <= ALWAYS:
        return None
    latest = statement.latest
    if statement.fact is not None and statement.fact.observed_to is None:
        latest = statement.earliest
    youngest = latest - value.number * YEAR_MINUTES
    oldest = statement.earliest - (value.number + 1) * YEAR_MINUTES + 1
    return oldest, youngest


def _wrong_age(
    statement: Statement, other: Statement, span: tuple[int, int], rule: PredicateRule, bench: Bench
) -> Finding:
    oldest, youngest = (statement.latest - span[0]) // YEAR_MINUTES, (statement.earliest - span[1]) // YEAR_MINUTES
    fitting = f"{youngest}" if youngest == oldest else f"{youngest} to {oldest}"
    repair = "Move the scene to a time after the birth"
    if oldest >= 0:
        repair = f"Give the age as {fitting} years"
    return contradiction(
        statement, other, rule, bench.world,
        why="No birth fits both ages.",
        repair=f"{repair}, or mark the claim as said or lied and name its holder.",
    )  # fmt: skip


CHECKS: dict[str, Check] = {"counts_years": counts_years}
RULES = (
    PredicateRule(
        predicate="age", code="age", traits=("counts_years",), permits=("age", "resurrect", "return"),
        says="{subject} is {value} old", denies="{subject} is not {value} old", subject="character",
    ),
)  # fmt: skip
