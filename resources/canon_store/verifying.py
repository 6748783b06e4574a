"""Checks the projection: makes it anew in memory from the log and says where the stored rows differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, create_engine, insert, select
from sqlalchemy.pool import StaticPool

from narrative_assets.canon import canon_as_of
from resources.canon_store.parts import Piece
from resources.canon_store.projection import Projection
from resources.canon_store.source import StoredCanon
from resources.tables import Base, CanonHeadRow, CanonStateRow
from schemas.canon import CanonDiff
from schemas.canonical import content_hash
from schemas.project import Project

LAST = "s99e999"
_State = CanonStateRow.__table__.c
_TABLES = (CanonHeadRow.__tablename__, CanonStateRow.__tablename__)
_Row = tuple[str, str, int]


def differences(
    connection: Connection, tenant: str, series: int, project: Project, diffs: Sequence[tuple[str, CanonDiff]]
) -> list[str]:
    """A sentence for each row that is missing, changed or not from the log, and for an order that differs."""
    stored = _rows(connection, tenant, series)
    made = _made_anew(project, diffs)
    told = [f"{_named(key)} is missing from the projection." for key in sorted(made.keys() - stored.keys())]
    told += [
        f"{_named(key)} stands in the projection but not in the log." for key in sorted(stored.keys() - made.keys())
    ]
    told += [
        f"{_named(key)} differs from what the log says."
        for key in sorted(made.keys() & stored.keys())
        if made[key] != stored[key]
    ]
    whole = StoredCanon(connection, tenant, series, project.id, LAST).whole()
    if not told and content_hash(whole) != content_hash(canon_as_of(project, [diff for _, diff in diffs], LAST)):
        told.append("Canon after the last episode differs from the fold of its diffs.")
    return told


def _made_anew(project: Project, diffs: Sequence[tuple[str, CanonDiff]]) -> dict[_Row, Any]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        Base.metadata.create_all(connection, tables=[Base.metadata.tables[name] for name in _TABLES])
        head = {"id": 1, "tenant": "", "project": project.id, "position": 0, "project_hash": "", "next_place": 0}
        connection.execute(insert(CanonHeadRow), head)
        Projection(connection, "", 1).rebuild(project, diffs)
        return _rows(connection, "", 1)


def _rows(connection: Connection, tenant: str, series: int) -> dict[_Row, Any]:
    columns = [_State[name] for name in Piece._fields]
    query = select(_State.from_order, _State.to_order, *columns).where(
        _State.series == series, _State.tenant == tenant
    )  # fmt: skip
    return {(kind, key, start): (end, *rest) for start, end, kind, key, *rest in connection.execute(query)}


def _named(row: _Row) -> str:
    kind, key, start = row
    season, number = divmod(start, 1_000)
    since = "the project file" if start < 0 else f"s{season:02d}e{number:02d}"
    return f"{kind.capitalize()} {key!r} of {since}"
