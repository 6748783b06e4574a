"""Age and birth: completed years against story time, one birth, nothing before it, and parents born first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from narrative_assets.canon.findings import AGREES, Bench, Finding, contradiction, permitted, undecided, undo
from narrative_assets.canon.kinds.relationships import children_of, parent_and_child, parents_of
from narrative_assets.canon.rules import Check, rule_for
from narrative_assets.canon.statements import ALWAYS, DAY_MINUTES, Statement, by_own_clock
from narrative_assets.canon.words import date, describe
from schemas.rules import PredicateRule
from schemas.story import NumberValue

YEAR_MINUTES = 525_600
Line = dict[str, tuple[str, Statement] | None]
Step = Callable[[str, str, Bench], Iterator[tuple[str, Statement]]]
Span = tuple[int, int]
"""The story minutes between which a birth lies, both included."""


def counts_years(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Two ages agree when one birth can lie behind both. Ages by one's own clock are compared with one another."""
    span = birth_span(statement)
    if span is None or not statement.affirmed:
        return None
    found: Finding | None = None
    for other in bench.ledger.about(statement.subject, statement.predicate, statement.frame_id):
        other_span = birth_span(other)
        if other_span is None or not other.affirmed or _by_another_clock(statement, other):
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


def fits_birth(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """An age and the minute of a birth agree, whichever is told first."""
    other_predicate = "born" if statement.predicate == "age" else "age"
    found: Finding | None = None
    for other in bench.ledger.about(statement.subject, other_predicate, statement.frame_id):
        age, birth = (statement, other) if statement.predicate == "age" else (other, statement)
        span, born = birth_span(age), born_at(birth)
        if span is None or born is None or not age.affirmed or not birth.affirmed or _by_another_clock(age, birth):
            continue
        years_rule = rule_for("age", bench.rules)
        if span[0] <= born <= span[1] or permitted(age, years_rule):
            found = found or AGREES
        elif bench.world.species(statement.subject) not in years_rule.ageing_species:
            species = bench.world.species(statement.subject)
            found = undecided(statement, other, rule, bench.world, why=f"Nobody has told how a {species} ages.")
        elif span[0] - leap_minutes(age) <= born <= span[1]:
            found = undecided(statement, other, rule, bench.world, why="It turns on how many leap days lie between.")
        else:
            return _wrong_birth(statement, other, age, born, rule, bench)
    return found


def one_birth(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Nobody is born twice."""
    found: Finding | None = None
    for other in bench.ledger.about(statement.subject, statement.predicate, statement.frame_id):
        if not other.affirmed or not statement.affirmed or (other.ends or 1) <= ALWAYS:
            continue
        if born_at(other) == born_at(statement) or permitted(statement, rule):
            found = AGREES
        elif other.ends is None:
            return contradiction(statement, other, rule, bench.world, repair=undo(statement, rule, bench.world))
    return found


def nothing_before(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A birth lies before all that is told of the one who is born."""
    born = born_at(statement)
    if born is None or not statement.affirmed:
        return None
    for deed in bench.rules.values():
        if "needs_birth" not in deed.traits:
            continue
        for other in bench.ledger.about(statement.subject, deed.predicate, statement.frame_id):
            if other.earliest > born:
                break
            if ALWAYS < other.latest < born and other.flag and other.personal_time is None:
                return contradiction(
                    statement, other, rule, bench.world,
                    why="Nobody is there before their birth.",
                    repair=f"Date the birth at {date(other.earliest)} or before, or the scene {date(born)} or later.",
                )  # fmt: skip
    return None


def needs_birth(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """Nobody is anywhere or does anything before their birth, but for those who travel in time."""
    if not statement.flag or statement.personal_time is not None:
        return None
    found: Finding | None = None
    for span, other in births(statement.subject, statement.frame_id, bench):
        if statement.latest < span[0]:
            repair = f"Date the scene at {date(span[0])} or later, or correct the birth."
            why = "Nobody is there before their birth."
            finding = contradiction(statement, other, rule, bench.world, why=why, repair=repair)
            return Finding("contradiction", "birth", other, finding.message, repair)
        if statement.earliest < span[0]:
            found = undecided(statement, other, rule, bench.world, why="It may lie before the birth.")
    return found


def parent_first(statement: Statement, rule: PredicateRule, bench: Bench) -> Finding | None:
    """A parent is born before the child, and before the child's children."""
    if not statement.affirmed:
        return None
    found: Finding | None = None
    for elders, young in _generations(statement, bench):
        older = [(span[0], told, one) for one in elders for span, told in _births_with(statement, one, bench)]
        younger = [(span[1], told, one) for one in young for span, told in _births_with(statement, one, bench)]
        if not older or not younger:
            continue
        last, first = max(older, key=_minute), min(younger, key=_minute)
        if last[0] >= first[0]:
            links = (*_links(last[2], elders), *_links(first[2], young))
            told = [each for each in (*links, last[1], first[1]) if each is not statement]
            return _born_too_late(statement, told, last[2], first[2], bench)
        found = AGREES
    return found


def _minute(birth: tuple[int, Statement, str]) -> int:
    return birth[0]


def births(entity: str, frame_id: str, bench: Bench) -> Iterator[tuple[Span, Statement]]:
    """When ``entity`` was born, as told, and as its first age in years tells of those who age as people do."""
    for told in bench.ledger.about(entity, "born", frame_id):
        born = born_at(told)
        if born is not None and told.affirmed and told.ends is None:
            yield (born, born), told
    rule = rule_for("age", bench.rules)
    if bench.world.species(entity) not in rule.ageing_species:
        return
    for told in bench.ledger.about(entity, "age", frame_id):
        if permitted(told, rule) or told.personal_time is not None:
            return
        span = birth_span(told) if told.affirmed else None
        if span is not None:
            yield (span[0] - leap_minutes(told), span[1]), told
            return


def birth_span(statement: Statement) -> Span | None:
    """The span of the birth that an age tells; None where no age in years was told."""
    value, dated = statement.value, by_own_clock(statement)
    if not isinstance(value, NumberValue) or value.unit not in ("years", "year") or dated.earliest <= ALWAYS:
        return None
    latest = dated.latest
    if statement.fact is not None and statement.fact.observed_to is None:
        latest = dated.earliest
    youngest = latest - value.number * YEAR_MINUTES
    oldest = dated.earliest - (value.number + 1) * YEAR_MINUTES + 1
    return oldest, youngest


def born_at(statement: Statement) -> int | None:
    """The story minute of a birth, None for a statement of anything else."""
    value = statement.value
    return value.number if statement.predicate == "born" and isinstance(value, NumberValue) else None


def leap_minutes(age: Statement) -> int:
    """The leap days that may lie between a birth and an age, in minutes: one in four years."""
    years = age.value.number if isinstance(age.value, NumberValue) else 0
    return (max(years, 0) // 4 + 1) * DAY_MINUTES


def _by_another_clock(one: Statement, other: Statement) -> bool:
    return (one.personal_time is None) != (other.personal_time is None)


def _generations(statement: Statement, bench: Bench) -> Iterator[tuple[Line, Line]]:
    """Elders and those who descend from them, as far as the statement bears on them."""
    ends, one = parent_and_child(statement), statement.subject
    if ends is not None:
        yield _line(ends[0], parents_of, statement, bench), _line(ends[1], children_of, statement, bench)
    elif statement.predicate in ("age", "born"):
        alone: Line = {one: None}
        elders, young = _line(one, parents_of, statement, bench), _line(one, children_of, statement, bench)
        yield {each: link for each, link in elders.items() if each != one}, alone
        yield alone, {each: link for each, link in young.items() if each != one}


def _line(one: str, step: Step, statement: Statement, bench: Bench) -> Line:
    """``one`` and all above or below, each with the one they were found by and what tells the bond."""
    line: Line = {one: None}
    level = [one]
    while level:
        found = [(other, each, told) for each in level for other, told in step(each, statement.frame_id, bench)]
        level = []
        for other, each, told in found:
            if other not in line:
                line[other] = each, told
                level.append(other)
    return line


def _links(one: str, line: Line) -> list[Statement]:
    """What tells the bonds from ``one`` to the start of the line."""
    links = []
    while (link := line.get(one)) is not None:
        one = link[0]
        links.append(link[1])
    return links


def _births_with(statement: Statement, entity: str, bench: Bench) -> list[tuple[Span, Statement]]:
    """The births told of ``entity``; of the statement's own subject only what the statement itself tells."""
    if statement.subject != entity or statement.predicate not in ("age", "born"):
        return list(births(entity, statement.frame_id, bench))
    born, span = born_at(statement), birth_span(statement)
    if born is not None:
        return [((born, born), statement)]
    rule = rule_for("age", bench.rules)
    ages = bench.world.species(entity) in rule.ageing_species and statement.personal_time is None
    if span is None or not ages or permitted(statement, rule):
        return []
    return [((span[0] - leap_minutes(statement), span[1]), statement)]


def _born_too_late(statement: Statement, told: list[Statement], parent: str, child: str, bench: Bench) -> Finding:
    known = ", and ".join(describe(each, bench.world) for each in told)
    names = bench.world.name(parent), bench.world.name(child)
    return Finding(
        "contradiction", "birth", told[-1],
        f"{known}, but {describe(statement, bench.world)}. "
        f"A parent is born before the child, and {names[0]} is not born before {names[1]}.",
        f"Make {names[0]} older or {names[1]} younger, make it an adoption (adopted_by), or name another parent.",
    )  # fmt: skip


def _wrong_birth(
    statement: Statement, other: Statement, age: Statement, born: int, rule: PredicateRule, bench: Bench
) -> Finding:
    dated = by_own_clock(age)
    years = (dated.earliest - born) // YEAR_MINUTES, (dated.latest - born) // YEAR_MINUTES
    fitting = f"{years[0]}" if years[0] == years[1] else f"{years[0]} to {years[1]}"
    repair = "Move the scene to a time after the birth" if years[1] < 0 else f"Give the age as {fitting} years"
    if statement is not age:
        span = birth_span(age) or (born, born)
        repair = f"Date the birth between {date(span[0])} and {date(span[1])}"
    return contradiction(
        statement, other, rule, bench.world,
        why="The birth and the age do not fit.",
        repair=f"{repair}, or mark the claim as said or lied and name its holder.",
    )  # fmt: skip


def _wrong_age(statement: Statement, other: Statement, span: Span, rule: PredicateRule, bench: Bench) -> Finding:
    dated = by_own_clock(statement)
    oldest, youngest = (dated.latest - span[0]) // YEAR_MINUTES, (dated.earliest - span[1]) // YEAR_MINUTES
    fitting = f"{youngest}" if youngest == oldest else f"{youngest} to {oldest}"
    repair = "Move the scene to a time after the birth"
    if oldest >= 0:
        repair = f"Give the age as {fitting} years"
    return contradiction(
        statement, other, rule, bench.world,
        why="No birth fits both ages.",
        repair=f"{repair}, or mark the claim as said or lied and name its holder.",
    )  # fmt: skip


CHECKS: dict[str, Check] = {
    "counts_years": counts_years,
    "fits_birth": fits_birth,
    "one_birth": one_birth,
    "nothing_before": nothing_before,
    "needs_birth": needs_birth,
    "parent_first": parent_first,
}
RULES = (
    PredicateRule(
        predicate="age", code="age", traits=("counts_years", "fits_birth", "parent_first"),
        permits=("age", "resurrect", "return"),
        says="{subject} is {value} old", denies="{subject} is not {value} old", subject="character",
    ),
    PredicateRule(
        predicate="born", code="birth", traits=("one_birth", "fits_birth", "nothing_before", "parent_first"),
        permits=("reveal",),
        says="{subject} is born on {value}", denies="{subject} is not born on {value}", subject="character",
    ),
)  # fmt: skip
