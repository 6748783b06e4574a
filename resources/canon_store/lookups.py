"""Statements that find facts by index alone: those that last, the last of each matter, the newest of what piles up.

Each costs what it finds, not what was ever told of the same people. Which of them a scope asks for is the business
of ``canon_store.source``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    TableValuedAlias,
    and_,
    desc,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from narrative_assets.canon.statements import EVER
from resources.canon_store.projection import OPEN, Extent
from resources.tables import CanonStateRow

_State = CanonStateRow.__table__.c
_Rows = Select[tuple[int, str]]


class _Each(FunctionElement[Any]):
    """The texts of a JSON list as rows: a table of any length in a statement that reads the same for all."""

    inherit_cache = True


@compiles(_Each, "sqlite")
def _each_in_sqlite(element: _Each, compiler: SQLCompiler, **more: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **more)})"


@compiles(_Each, "postgresql")
def _each_in_postgres(element: _Each, compiler: SQLCompiler, **more: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **more)} AS json))"


def facts(extent: Extent, *conditions: ColumnElement[bool]) -> _Rows:
    """Place and document of the facts that hold and meet the conditions."""
    return select(_State.place, _State.document).where(extent.holds(), _State.kind == "fact", *conditions)


def lasting(extent: Extent, since: int, *conditions: ColumnElement[bool]) -> list[_Rows]:
    """The facts that were not over before ``since`` (a story minute).

    What never ends is asked for apart: of a fact that has ended, the row it was while it lasted says so too, and
    those rows pile up.
    """
    endless = (_State.until == EVER, _State.to_order >= extent.order)
    dated = (_State.until >= since, _State.until < EVER)
    return [facts(extent, *conditions, *until) for until in (endless, dated)]


def last_before(
    extent: Extent, start: int, own: str, entities: Collection[str], predicates: Collection[str], other: str = ""
) -> _Rows:
    """Of the facts that were over before ``start`` those that began last, for each entity and predicate.

    ``own`` is the column the entities stand in; with ``other``, a further column, for each value of that too.
    """
    pairs = _pairs(extent, entities, predicates)
    matters = _with_each(pairs, own, other) if other else pairs
    earlier = CanonStateRow.__table__.alias("earlier").c

    def past(rows: Any) -> ColumnElement[bool]:
        # The sum: it is the beginning that the index is to be walked by.
        over = (rows.kind == "fact", rows.until + 0 < start)
        return and_(extent.holds(rows, matters.c.series), *over, _of(rows, matters, own, other))

    begins = select(earlier.begins).where(past(earlier)).order_by(earlier.begins.desc()).limit(1)
    last = select(_State.place, _State.document).select_from(matters)
    return last.where(past(_State), _State.begins == begins.scalar_subquery())


def newest(extent: Extent, minute: int, who: Collection[str], predicates: Collection[str], most: int) -> list[Any]:
    """Statements that together give the ``most`` newest facts that are not over at ``minute``, and some more.

    A statement for the facts that never end: they stand in the index by subject and predicate in their order, and
    are merged from there, so that no more are looked at than are given. The other is for the few that are dated.
    """
    endless = (_State.until == EVER,)
    merged = [
        facts(extent, _State.subject == subject, _State.predicate == predicate, *endless, _State.to_order == OPEN)
        for subject in who
        for predicate in predicates
    ]
    some = (_State.subject.in_(who), _State.predicate.in_(predicates))
    reopened = facts(extent, *some, *endless, _State.to_order >= extent.order, _State.to_order < OPEN)
    dated = facts(extent, *some, _State.until > minute, _State.until < EVER)
    return [_limited(merged[n : n + _MERGED], most) for n in range(0, len(merged), _MERGED)] + [
        _limited([reopened, dated], most)
    ]


_MERGED = 50
"""How many ordered lists one statement merges."""


def together(statements: Iterable[_Rows]) -> CompoundSelect[Any]:
    """The rows of all statements."""
    return union_all(*statements)


def predicates(series: int) -> Select[Any]:
    """Every predicate in the projection, found by one step in the index each."""
    own = (_State.series == series, _State.subject.is_not(None))
    first = select(func.min(_State.predicate)).where(*own).scalar_subquery()
    found = select(first.label("predicate")).cte("found", recursive=True)
    further = select(func.min(_State.predicate)).where(*own, _State.predicate > found.c.predicate).scalar_subquery()
    found = found.union_all(select(further).where(found.c.predicate.is_not(None)))
    return select(found.c.predicate).where(found.c.predicate.is_not(None))


def _limited(statements: Iterable[_Rows], most: int) -> Any:
    return union_all(*statements).order_by(desc("place")).limit(most)


def _texts(texts: Collection[str]) -> TableValuedAlias:
    return _Each(literal(json.dumps(sorted(texts)), String)).table_valued("value")


def _pairs(extent: Extent, entities: Collection[str], predicates: Collection[str]) -> CTE:
    """Every entity with every predicate."""
    entity, predicate = _texts(entities), _texts(predicates)
    series = literal(extent.series).label("series")
    every = select(series, entity.c.value.label("entity"), predicate.c.value.label("predicate"))
    # SQLite has no figures to plan by: with the series here too, it can only start from here, and a DISTINCT stays put.
    return every.select_from(entity.join(predicate, true())).distinct().cte()


def _with_each(pairs: CTE, own: str, other: str) -> CTE:
    """The pairs with every value of a further column, found by one step in the index each."""
    rows = CanonStateRow.__table__.alias("rows").c

    def least(of: CTE, *above: ColumnElement[bool]) -> Any:
        same = (rows.series == of.c.series, rows[own] == of.c.entity, rows.predicate == of.c.predicate)
        return select(func.min(rows[other])).where(*same, rows[other].is_not(None), *above).scalar_subquery()

    def each(of: CTE, *above: ColumnElement[bool]) -> Any:
        return select(of.c.series, of.c.entity, of.c.predicate, least(of, *above).label("other"))

    found = each(pairs).cte(recursive=True)
    return found.union_all(each(found, rows[other] > found.c.other).where(found.c.other.is_not(None)))


def _of(rows: Any, matters: CTE, own: str, other: str) -> ColumnElement[bool]:
    """The condition on rows to belong to a matter."""
    same = and_(rows[own] == matters.c.entity, rows.predicate == matters.c.predicate)
    return and_(same, rows[other] == matters.c.other) if other else same
