"""The registry's own log of canon goes: the canon store keeps it. Episodes run again settle there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop it."""
    op.drop_table("canon_log")


def downgrade() -> None:
    """Create it, empty."""
    op.create_table(
        "canon_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False, index=True),
        sa.Column("project", sa.String(64), nullable=False, index=True),
        sa.Column("episode", sa.String(16), nullable=False),
        sa.Column("diff_hash", sa.String(64), nullable=False),
        sa.Column("approver", sa.String(200), nullable=False),
        sa.Column("approved_at", sa.String(32), nullable=False),
    )
