"""Indexes that find the last of a matter, what lasts, and what has a text, without walking all that is told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SUBJECT, _OBJECT = "subject IS NOT NULL", "object IS NOT NULL"


def _replace(name: str, columns: list[str], where: str) -> None:
    op.drop_index(f"canon_states_by_{name}", table_name="canon_states")
    _create(name, columns, where)


def _create(name: str, columns: list[str], where: str) -> None:
    has = sa.text(where)
    op.create_index(
        f"canon_states_by_{name}", "canon_states", ["series", *columns], sqlite_where=has, postgresql_where=has
    )


def upgrade() -> None:
    """Add them, and widen three that stand."""
    _replace("until", ["subject", "predicate", "until", "to_order", "place"], _SUBJECT)
    _replace("predicate", ["predicate", "until", "to_order"], _SUBJECT)
    _replace("object", ["object", "predicate", "subject"], _OBJECT)
    _create("object_until", ["object", "predicate", "until", "to_order"], _OBJECT)
    _create("matter", ["subject", "predicate", "object", "begins"], _SUBJECT)
    _create("text", ["subject", "predicate", "name_key"], _SUBJECT)


def downgrade() -> None:
    """Drop them, and narrow the three again."""
    for name in ("object_until", "matter", "text"):
        op.drop_index(f"canon_states_by_{name}", table_name="canon_states")
    _replace("until", ["subject", "predicate", "until"], _SUBJECT)
    _replace("predicate", ["predicate", "until"], _SUBJECT)
    _replace("object", ["object", "predicate"], _OBJECT)
