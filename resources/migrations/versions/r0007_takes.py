"""The log of takes: which candidates a shot has, which is in the film, and who decided that."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "take_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("episode", sa.String(16), nullable=False),
        sa.Column("profile", sa.String(64), nullable=False),
        sa.Column("shot", sa.String(128), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("take", sa.String(64), nullable=False),
        sa.Column("shot_hash", sa.String(64), nullable=False),
        sa.Column("document", sa.JSON, nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("notes", sa.Text, nullable=False, server_default=""),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("take_log_by_shot", "take_log", ["tenant", "project", "episode", "profile", "shot"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("take_log")
