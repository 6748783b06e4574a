"""The tables of the canon store: heads, log entries, the projection, snapshots and waivers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _start() -> tuple[sa.Column[Any], ...]:
    return sa.Column("id", _KEY, primary_key=True), _string("tenant", 64)


def _series() -> sa.Column[Any]:
    return sa.Column("series", sa.BigInteger, nullable=False)


def _string(name: str, length: int, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _number(name: str, *, big: bool = False, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger if big else sa.Integer, nullable=nullable)


def _words(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, "canon_states", columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "canon_heads",
        *_start(),
        _string("project", 64),
        _number("position"),
        _string("project_hash", 64),
        _number("next_place", big=True),
        sa.UniqueConstraint("tenant", "project", name="one_canon"),
    )
    op.create_table(
        "canon_entries",
        *_start(),
        _series(),
        _number("position"),
        _string("episode", 16),
        _number("story_order"),
        _string("diff_hash", 64),
        _string("origin", 16),
        _string("approver", 200),
        _words("notes"),
        _number("changes"),
        _string("approved_at", 32),
        _words("document"),
        sa.UniqueConstraint("series", "position", name="one_entry_per_position"),
    )
    op.create_index("canon_entries_by_order", "canon_entries", ["series", "story_order"])
    op.create_index("canon_entries_by_hash", "canon_entries", ["tenant", "diff_hash"])
    _create_states()
    op.create_table(
        "canon_snapshots",
        *_start(),
        _series(),
        _string("name", 200),
        _number("position"),
        _string("as_of", 16),
        _string("taken_by", 200),
        _string("taken_at", 32),
        _words("project_document"),
        sa.UniqueConstraint("series", "name", name="one_snapshot_per_name"),
    )
    op.create_table("canon_waivers", *_start(), _series(), _words("document"), _string("recorded_at", 32))
    op.create_index("ix_canon_waivers_series", "canon_waivers", ["series"])


def _create_states() -> None:
    op.create_table(
        "canon_states",
        *_start(),
        _series(),
        _string("kind", 16),
        _string("key", 400),
        *(_string(name, 64, nullable=True) for name in ("subject", "predicate", "object")),
        _string("name_key", 64, nullable=True),
        *(_number(name, big=True, nullable=True) for name in ("begins", "until")),
        _number("place", big=True),
        _number("from_order"),
        _number("to_order"),
        _words("document"),
    )
    _index("canon_states_by_key", ["series", "kind", "key", "from_order"], "", unique=True)
    _index("canon_states_by_start", ["series", "from_order"], "")
    _index("canon_states_by_end", ["series", "to_order"], "to_order < 2000000000")
    _index("canon_states_by_subject", ["series", "subject", "predicate", "begins"], "subject IS NOT NULL")
    _index("canon_states_by_until", ["series", "subject", "predicate", "until"], "subject IS NOT NULL")
    _index("canon_states_by_predicate", ["series", "predicate", "until"], "subject IS NOT NULL")
    _index("canon_states_by_object", ["series", "object", "predicate"], "object IS NOT NULL")
    _index("canon_states_by_name", ["series", "name_key"], "name_key IS NOT NULL")


def downgrade() -> None:
    """Drop them."""
    for table in ("canon_waivers", "canon_snapshots", "canon_states", "canon_entries", "canon_heads"):
        op.drop_table(table)
