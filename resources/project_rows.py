"""All that the registry knows of one project, as plain rows without keys, places or tenants, and back.

A table with columns for tenant and project takes part by itself; how the others belong is listed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import JSON, Column, Connection, Engine, String, Table, and_, delete, select, union
from sqlalchemy.dialects import postgresql, sqlite

from resources.tables import (
    ApprovalRequestRow,
    ApprovalRow,
    ArtifactRow,
    Base,
    CacheRow,
    CanonEntryRow,
    CanonHeadRow,
    CanonSnapshotRow,
    CanonStateRow,
    CanonWaiverRow,
    ProjectRow,
    StageRunRow,
)
from schemas.errors import InputError

Rows = dict[str, list[dict[str, Any]]]
"""Rows by table, in the order they were written."""

BY_SERIES = {row.__tablename__ for row in (CanonEntryRow, CanonSnapshotRow, CanonWaiverRow)}
"""Tables that belong to a project through the key of its canon."""
BY_CONTENT = {ApprovalRow.__tablename__}
"""Tables that belong to a project through the artifact they are about."""
CACHES = CacheRow.__tablename__
NOT_KEPT = {CanonStateRow.__tablename__, StageRunRow.__tablename__, "alembic_version"}
"""Made anew from the canon log; a log of runs on one machine; the database's own."""
_HEADS, _PROJECTS = CanonHeadRow.__tablename__, ProjectRow.__tablename__
_LEFT_OUT = {
    _PROJECTS: {"path", "registered_at"},
    _HEADS: {"project_hash", "next_place"},
    CACHES: {"last_used"},
}
"""Columns that are of this machine, or made anew."""
_KEYS = ("id", "tenant", "series")


def tables() -> dict[str, Table]:
    """Every table that takes part, by name. Caches are among them; whether they go along is asked apart."""
    own = {"tenant", "project"}
    return {
        name: table
        for name, table in sorted(Base.metadata.tables.items())
        if name not in NOT_KEPT
        and (own <= set(table.columns.keys()) or name in BY_SERIES | BY_CONTENT or name == CACHES)
    }


@contextmanager
def at_one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection on which everything is read as it stood at one moment, whoever writes meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def project_rows(connection: Connection, tenant: str, project: str) -> Rows:
    """The project's rows in every table but the caches, in the order they were written."""
    found: Rows = {}
    for name, table in tables().items():
        if name != CACHES:
            query = select(table).where(_own(connection, table, tenant, project)).order_by(table.c.id)
            found[name] = [_plain(name, row) for row in connection.execute(query).mappings()]
    return {name: rows for name, rows in found.items() if rows}


def cache_rows(connection: Connection, tenant: str, mentioned: set[str]) -> list[dict[str, Any]]:
    """Caches of the tenant whose key or bytes the project speaks of, in order of namespace and key."""
    table = tables()[CACHES]
    query = select(table).where(table.c.tenant == tenant).order_by(table.c.namespace, table.c.key)
    rows = connection.execute(query).mappings()
    return [_plain(CACHES, row) for row in rows if row["key"] in mentioned or row["sha256"] in mentioned]


def checked_rows(rows: Rows, project: str) -> Rows:
    """The rows of an archive, if this program has their tables and columns and they are of the one project.

    Raises InputError.
    """
    known = tables()
    for name, entries in rows.items():
        if name not in known:
            raise _newer(f"the table {name!r}")
        columns = set(known[name].columns.keys()) - set(_KEYS) - _LEFT_OUT.get(name, set())
        for row in entries:
            strange = sorted(set(row) - columns)
            if strange:
                raise _newer(f"{strange[0]!r} in {name}")
            wrong = next((each for each in sorted(columns) if not _fits(known[name].c[each], row.get(each))), None)
            if wrong is not None:
                raise InputError(
                    f"A row of {name} in the archive has no {wrong!r} that can be kept; nothing was imported.",
                    remedy="Export the project again.",
                )
            if row.get("project", project) != project:
                raise InputError(
                    f"The archive of {project!r} has a row of {row['project']!r} in {name}.",
                    remedy="Take an archive that was exported whole.",
                )
    if [len(rows.get(name, [])) for name in (_PROJECTS, _HEADS)] not in ([1, 0], [1, 1]):
        raise InputError("The archive holds no project, or more than one.", remedy="Export the project again.")
    return rows


def without_times(rows: Rows) -> Rows:
    """The rows without when artifacts were last made: a run that uses everything again moves that."""
    return {
        name: [{column: value for column, value in row.items() if column != "created_at"} for row in entries]
        for name, entries in rows.items()
    }


def insert_rows(connection: Connection, tenant: str, project: str, rows: Rows, path: str, registered_at: str) -> None:
    """Write the rows for this tenant; the project is at ``path`` here. Rows that stand already are left as they are."""
    known = tables()
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    here: dict[str, dict[str, Any]] = {
        _PROJECTS: {"path": path, "registered_at": registered_at},
        _HEADS: {"project_hash": "", "next_place": 0},
    }
    for name in sorted(rows, key=lambda name: name not in (_PROJECTS, _HEADS)):
        series = {"series": _series(connection, tenant, project)} if name in BY_SERIES else {}
        for row in rows[name]:
            values = {**row, **here.get(name, {}), **series, "tenant": tenant}
            connection.execute(dialect.insert(known[name]).values(**values).on_conflict_do_nothing())


def delete_rows(connection: Connection, tenant: str, project: str) -> None:
    """Take away the project's rows in every table, what is made from them too. Caches stay: others may use them."""
    states = Base.metadata.tables[CanonStateRow.__tablename__]
    series = _series(connection, tenant, project)
    connection.execute(delete(states).where(states.c.tenant == tenant, states.c.series == series))
    first = [*BY_CONTENT, *sorted(BY_SERIES)]  # while what they belong through still stands
    for name in sorted(tables(), key=lambda name: name not in first):
        if name != CACHES:
            table = tables()[name]
            connection.execute(delete(table).where(_own(connection, table, tenant, project)))


def _own(connection: Connection, table: Table, tenant: str, project: str) -> Any:
    """The condition on rows of the table to be the project's."""
    mine = table.c.tenant == tenant
    if table.name in BY_SERIES:
        return and_(mine, table.c.series == _series(connection, tenant, project))
    if table.name in BY_CONTENT:
        kinds = (Base.metadata.tables[row.__tablename__].c for row in (ArtifactRow, ApprovalRequestRow))
        own = [select(of.content_hash).where(of.tenant == tenant, of.project == project) for of in kinds]
        return and_(mine, table.c.content_hash.in_(union(*own)))
    return and_(mine, table.c.project == project)


def _series(connection: Connection, tenant: str, project: str) -> int:
    heads = Base.metadata.tables[_HEADS]
    query = select(heads.c.id).where(heads.c.tenant == tenant, heads.c.project == project)
    found = connection.execute(query).scalar_one_or_none()
    return -1 if found is None else int(found)


def _plain(name: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    left_out = {*_KEYS, *_LEFT_OUT.get(name, ())}
    return {str(column): value for column, value in row.items() if column not in left_out}


def _fits(column: Column[Any], value: Any) -> bool:
    """Whether a value, or its absence, can stand in a column of every database."""
    if value is None:
        return bool(column.nullable) or column.default is not None
    if isinstance(column.type, JSON):
        return True
    if isinstance(column.type, String):
        length = column.type.length
        return isinstance(value, str) and "\x00" not in value and (length is None or len(value) <= length)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _newer(what: str) -> InputError:
    return InputError(
        f"The archive has {what}, which this program does not know; nothing was imported.",
        remedy="Update the program: the archive was made by a newer one.",
    )
