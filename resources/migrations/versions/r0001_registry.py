"""The registry's first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _id() -> sa.Column[Any]:
    return sa.Column("id", _KEY, primary_key=True)


def _string(name: str, length: int, *, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False, index=index)


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "artifacts",
        _id(),
        _string("tenant", 64, index=True),
        _string("site", 64),
        _string("kind", 64),
        _string("content_hash", 64, index=True),
        _string("schema_version", 20),
        _string("stage_key", 64),
        _string("project", 64),
        _string("episode", 16),
        _string("profile", 64),
        sa.Column("parents", sa.JSON, nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
        _string("code_version", 64),
        _string("compute_origin", 16),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("cost_microdollars", sa.BigInteger, nullable=False),
        _string("created_at", 32),
        sa.UniqueConstraint("tenant", "stage_key", name="one_result_per_stage_key"),
    )
    op.create_table(
        "heads",
        _id(),
        _string("tenant", 64),
        _string("project", 64),
        _string("episode", 16),
        _string("profile", 64),
        _string("kind", 64),
        _string("content_hash", 64),
        sa.UniqueConstraint("tenant", "project", "episode", "profile", "kind", name="one_head"),
    )
    op.create_table(
        "canon_log",
        _id(),
        _string("tenant", 64, index=True),
        _string("project", 64, index=True),
        _string("episode", 16),
        _string("diff_hash", 64),
        _string("approver", 200),
        _string("approved_at", 32),
    )
    op.create_table(
        "approvals",
        _id(),
        _string("tenant", 64, index=True),
        _string("checkpoint", 64),
        _string("content_hash", 64, index=True),
        _string("decision", 16),
        _string("approver", 200),
        sa.Column("notes", sa.Text, nullable=False),
        _string("decided_at", 32),
    )
    op.create_table(
        "cache",
        _id(),
        _string("tenant", 64),
        _string("namespace", 32),
        _string("key", 64),
        _string("sha256", 64),
        sa.Column("figures", sa.JSON, nullable=False),
        _string("created_at", 32),
        sa.UniqueConstraint("tenant", "namespace", "key", name="one_entry_per_key"),
    )
    op.create_table(
        "projects",
        _id(),
        _string("tenant", 64),
        _string("project", 64),
        sa.Column("path", sa.Text, nullable=False),
        _string("content_hash", 64),
        sa.Column("sources", sa.JSON, nullable=False),
        _string("registered_at", 32),
        sa.UniqueConstraint("tenant", "project", name="one_project"),
    )
    op.create_table(
        "stage_runs",
        _id(),
        _string("tenant", 64),
        _string("run_id", 64, index=True),
        sa.Column("position", sa.Integer, nullable=False),
        _string("stage", 64),
        _string("started_at", 32),
        sa.Column("record", sa.JSON, nullable=False),
        sa.UniqueConstraint("run_id", "stage", name="one_row_per_stage_run"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("stage_runs", "projects", "cache", "approvals", "canon_log", "heads", "artifacts"):
        op.drop_table(table)
