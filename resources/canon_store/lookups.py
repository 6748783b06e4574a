"""The statements that read the projection: by index, so that each costs what it finds and not what was ever told.

All take ``tenant``, ``series`` and ``order``: the canon that holds before a place in story order. They are built once,
for building one takes longer than running it; what to ask of them is the business of ``canon_store.source``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    desc,
    func,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from narrative_assets.canon.statements import EVER
from resources.canon_store.parts import BOND, HIDDEN, KINDS, TOLD_OF, TOOK_PART
from resources.canon_store.projection import OPEN
from resources.tables import CanonStateRow

_State = CanonStateRow.__table__.c
_SERIES: Any = bindparam("series")
_ORDER: Any = bindparam("order")
_START: Any = bindparam("start")
_Condition = ColumnElement[bool]
_Rows = Select[Any]


class _Each(FunctionElement[Any]):
    """The texts of a JSON list as rows."""

    inherit_cache = True


@compiles(_Each, "sqlite")
def _each_in_sqlite(element: _Each, compiler: SQLCompiler, **more: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **more)})"


@compiles(_Each, "postgresql")
def _each_in_postgres(element: _Each, compiler: SQLCompiler, **more: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **more)} AS json))"


def _holds(rows: Any = _State) -> _Condition:
    # Nearly every row holds: the sums keep databases from choosing an index by where a row begins or ends.
    begun, lasts = rows.from_order + 0 < _ORDER, rows.to_order + 0 >= _ORDER
    return and_(rows.series == _SERIES, rows.tenant == bindparam("tenant"), begun, lasts)


def _in(column: Any, name: str) -> _Condition:
    found: _Condition = column.in_(bindparam(name, expanding=True))
    return found


def _placed(kind: str, *conditions: _Condition) -> _Rows:
    return select(_State.place, _State.document).where(_holds(), _State.kind == kind, *conditions)


def _lasting(*conditions: _Condition) -> list[_Rows]:
    """Facts that were not over before ``start``.

    What never ends is asked for apart: of a fact that has ended, the row from when it still lasted says so too, and
    those rows pile up.
    """
    endless = (_State.until == EVER, _State.to_order >= _ORDER)
    dated = (_State.until >= _START, _State.until < EVER)
    return [_placed("fact", *conditions, *until) for until in (endless, dated)]


def _pairs(predicates: str) -> CTE:
    """Each of ``each_entity`` with each of some predicates, both the texts of a JSON list."""
    entity, predicate = (
        _Each(bindparam(name, type_=String)).table_valued("value") for name in ("each_entity", predicates)
    )
    every = select(entity.c.value.label("entity"), predicate.c.value.label("predicate"))
    return every.select_from(entity.join(predicate, true())).cte()


def _with_each(pairs: CTE, own: str, other: str) -> CTE:
    """Pairs with every value of a further column, found by one step in the index each."""
    rows = CanonStateRow.__table__.alias("rows").c

    def stepped(of: CTE, *above: _Condition) -> Select[Any]:
        same = (rows.series == _SERIES, rows[own] == of.c.entity, rows.predicate == of.c.predicate)
        least = select(func.min(rows[other])).where(*same, rows[other].is_not(None), *above).scalar_subquery()
        return select(of.c.entity, of.c.predicate, least.label("other"))

    found = stepped(pairs).cte(recursive=True)
    further = stepped(found, rows[other] > found.c.other).where(found.c.other.is_not(None))
    together: CTE = found.union_all(further)
    return together


def _last(own: str, predicates: str, other: str = "") -> Select[Any]:
    """Keys in the table, joined by commas, of the facts over before ``start`` that began last: a row for each entity
    in the column ``own`` and each predicate; with ``other``, a further column, for each value of that too.

    Each is asked for by a query of its own within the statement, which no database can but answer one by one.
    """
    pairs = _pairs(predicates)
    matters = _with_each(pairs, own, other) if other else pairs
    earlier, last = (CanonStateRow.__table__.alias(name).c for name in ("earlier", "last"))

    def past(rows: Any) -> _Condition:
        same = [rows[own] == matters.c.entity, rows.predicate == matters.c.predicate]
        same += [rows[other] == matters.c.other] if other else []
        # The sum: it is the beginning that the index is to be walked by.
        return and_(_holds(rows), rows.kind == "fact", rows.until + 0 < _START, *same)

    # No fact is over before it begins.
    begins = select(earlier.begins).where(past(earlier), earlier.begins < _START).correlate(matters)
    begins = begins.order_by(earlier.begins.desc()).limit(1)
    keys = select(func.aggregate_strings(cast(last.id, String), ",")).correlate(matters)
    found = keys.where(past(last), last.begins == begins.scalar_subquery()).scalar_subquery()
    return select(found).select_from(matters)


def _about() -> Any:
    entities = _in(_State.subject, "entities")
    by_value = (entities, _in(_State.predicate, "by_value"))
    in_hand = (entities, _in(_State.predicate, "in_hand"))
    return union_all(
        _placed("fact", entities, _in(_State.predicate, "whole")),
        _placed("fact", *by_value, _State.name_key.is_(None)),
        _placed("fact", *by_value, _in(_State.name_key, "texts")),
        *_lasting(entities, _in(_State.predicate, "shortened")),
        _placed("fact", *in_hand, _State.object.is_(None), _State.until + 0 < _START),
    )


def _of() -> Any:
    entities = _in(_State.object, "entities")
    return union_all(
        _placed("fact", entities, _in(_State.predicate, "whole")),
        *_lasting(entities, _in(_State.predicate, "shortened")),
    )


def _told() -> Any:
    own = (_State.series == _SERIES, _State.subject.is_not(None))
    first = select(func.min(_State.predicate)).where(*own).scalar_subquery()
    found = select(first.label("predicate")).cte("found", recursive=True)
    further = select(func.min(_State.predicate)).where(*own, _State.predicate > found.c.predicate).scalar_subquery()
    found = found.union_all(select(further).where(found.c.predicate.is_not(None)))
    return select(found.c.predicate).where(found.c.predicate.is_not(None))


def _kinds(kinds: Sequence[str]) -> _Rows:
    return select(_State.kind, _State.document, _State.place).where(_holds(), _State.kind.in_(kinds))


def _background() -> Any:
    # Each episode leaves a row of where canon had arrived: the newest is that which holds.
    arrived = _kinds(("arrival",)).where(_State.key == "", _State.from_order < _ORDER)
    newest = arrived.order_by(_State.from_order.desc()).limit(1).subquery()
    return union_all(_kinds(("location", "rule", "thread")), select(newest)).order_by("place")


PREDICATES = _told()
"""Every predicate in the projection, by one step in the index each."""
ABOUT, OF = _about(), _of()
"""Facts about ``entities``, and facts with them as their object, without the history that parameters leave out."""
LAST_ABOUT = union_all(_last("subject", "each_of_whereabouts"), _last("subject", "each_in_hand", "object"))
LAST_OF = _last("object", "each_shortened", "subject")
"""Of the history that they leave out what came last, by keys in the table for ``FOUND``."""
FOUND = select(_State.place, _State.document).where(_in(_State.id, "rows"), _State.tenant == bindparam("tenant"))
"""Rows by their keys in the table alone, for they were found in this canon."""
WHOLE, BACKGROUND = _kinds(KINDS).order_by("place"), _background()
"""Kind, document and place of all canon, and of what every scope takes whole."""
SINCE = union_all(*_lasting(_in(_State.predicate, "predicates"), _State.subject.is_not(None)))
"""Facts of ``predicates`` that were not over before ``start``, whoever they are about."""
STANDING = union_all(*_lasting(_in(_State.subject, "entities"), _in(_State.predicate, "predicates")))
"""The same of ``entities`` only."""
DATED = union_all(
    _placed(
        "fact", _in(_State.subject, "entities"), _in(_State.predicate, "predicates"),
        _State.until == EVER, _State.to_order >= _ORDER, _State.to_order < OPEN,
    ),
    _placed(
        "fact", _in(_State.subject, "entities"), _in(_State.predicate, "predicates"),
        _State.until >= _START, _State.until < EVER,
    ),
)  # fmt: skip
"""What ``newest`` leaves out of ``STANDING``: facts that end in a later episode, or at a minute that is told."""
KEYED = select(_State.place, _State.document).where(_holds(), _State.kind == bindparam("kind"), _in(_State.key, "keys"))
SECRETS = select(_State.key).where(
    _holds(), _State.kind == "secret", _State.predicate == HIDDEN, _State.until > bindparam("told")
)
TOLD = select(_State.key).where(
    _holds(), _State.kind == "told_of", _in(_State.subject, "entities"), _State.predicate == TOLD_OF
)
NAMED = select(_State.key).where(_holds(), _State.kind == "name", _in(_State.name_key, "names"))
BONDS = tuple(
    _placed("relationship", _State.predicate == BOND, _in(side, "entities")) for side in (_State.subject, _State.object)
)
TOOK_PART_LAST = (
    select(_State.key, _State.begins)
    .where(_holds(), _State.kind == "participant", _State.subject == bindparam("who"), _State.predicate == TOOK_PART)
    .order_by(_State.begins.desc(), _State.key.desc())
    .limit(bindparam("most"))
)
"""Keys and beginnings of the events that ``who`` took part in, the newest ``most``."""


@cache
def newest(pairs: int) -> Any:
    """The newest ``most`` facts that never end, of a number of subjects with a predicate each (``who0``, ``what0``…).

    They stand in the index in their order and are merged from there: no more are looked at than are given.
    """
    each = [
        _placed(
            "fact", _State.subject == bindparam(f"who{n}"), _State.predicate == bindparam(f"what{n}"),
            _State.until == EVER, _State.to_order == OPEN,
        )
        for n in range(pairs)
    ]  # fmt: skip
    return union_all(*each).order_by(desc("place")).limit(bindparam("most"))
