"""Character packs by version, what of an episode an approval is about, and when each cached piece was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and add the columns."""
    op.create_table(
        "character_packs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("character", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("pack_hash", sa.String(64), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("episode", sa.String(16), nullable=False),
        sa.Column("registered_at", sa.String(32), nullable=False),
        sa.UniqueConstraint("tenant", "project", "character", "version", name="one_pack_per_version"),
        sa.UniqueConstraint("tenant", "project", "character", "pack_hash", name="one_version_per_pack"),
    )
    op.add_column("approval_requests", sa.Column("subject", sa.String(64), nullable=False, server_default=""))
    op.add_column("cache", sa.Column("last_used", sa.String(10), nullable=False, server_default=""))
    op.add_column("cache", sa.Column("size_bytes", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("cache", sa.Column("expires", sa.String(10), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("cache") as cache:
        for name in ("expires", "size_bytes", "last_used"):
            cache.drop_column(name)
    with op.batch_alter_table("approval_requests") as requests:
        requests.drop_column("subject")
    op.drop_table("character_packs")
