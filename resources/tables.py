"""The registry's tables. Rows hold what may not stand in content: times, paths, hosts, run ids, people."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables; Alembic compares the database with its metadata."""


_Key = BigInteger().with_variant(Integer, "sqlite")


class ArtifactRow(Base):
    """One production of an artifact: by which stage key, from which parents, with which parameters."""

    __tablename__ = "artifacts"
    __table_args__ = (UniqueConstraint("tenant", "stage_key", name="one_result_per_stage_key"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64), index=True)
    site: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    schema_version: Mapped[str] = mapped_column(String(20))
    stage_key: Mapped[str] = mapped_column(String(64))
    project: Mapped[str] = mapped_column(String(64))
    episode: Mapped[str] = mapped_column(String(16))
    profile: Mapped[str] = mapped_column(String(64), default="")
    parents: Mapped[dict[str, str]] = mapped_column(JSON)
    parameters: Mapped[dict[str, object]] = mapped_column(JSON)
    code_version: Mapped[str] = mapped_column(String(64))
    compute_origin: Mapped[str] = mapped_column(String(16))
    licence: Mapped[str] = mapped_column(Text, default="")
    cost_microdollars: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[str] = mapped_column(String(32))


class HeadRow(Base):
    """The artifact that an episode (and profile) stands on now."""

    __tablename__ = "heads"
    __table_args__ = (UniqueConstraint("tenant", "project", "episode", "profile", "kind", name="one_head"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    project: Mapped[str] = mapped_column(String(64))
    episode: Mapped[str] = mapped_column(String(16))
    profile: Mapped[str] = mapped_column(String(64), default="")
    kind: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))


class CanonRow(Base):
    """The append-only log of approved canon diffs."""

    __tablename__ = "canon_log"

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64), index=True)
    project: Mapped[str] = mapped_column(String(64), index=True)
    episode: Mapped[str] = mapped_column(String(16))
    diff_hash: Mapped[str] = mapped_column(String(64))
    approver: Mapped[str] = mapped_column(String(200))
    approved_at: Mapped[str] = mapped_column(String(32))


class ApprovalRow(Base):
    """A person's decision at a checkpoint, bound to one content hash."""

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64), index=True)
    checkpoint: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    decision: Mapped[str] = mapped_column(String(16))
    approver: Mapped[str] = mapped_column(String(200))
    notes: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[str] = mapped_column(String(32))


class ApprovalRequestRow(Base):
    """Content that waits at a checkpoint, since when."""

    __tablename__ = "approval_requests"

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64), index=True)
    checkpoint: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    project: Mapped[str] = mapped_column(String(64))
    episode: Mapped[str] = mapped_column(String(16))
    requested_at: Mapped[str] = mapped_column(String(32))


class CacheRow(Base):
    """A reusable piece of work by key: a spoken take, a drawn picture, a rendered clip."""

    __tablename__ = "cache"
    __table_args__ = (UniqueConstraint("tenant", "namespace", "key", name="one_entry_per_key"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    namespace: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    figures: Mapped[dict[str, object]] = mapped_column(JSON)
    created_at: Mapped[str] = mapped_column(String(32))


class ProjectRow(Base):
    """A project as last read, with its source files as blobs, so that it runs without its folder too."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("tenant", "project", name="one_project"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    project: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    sources: Mapped[dict[str, str]] = mapped_column(JSON)
    registered_at: Mapped[str] = mapped_column(String(32))


class StageRunRow(Base):
    """One stage of one run, for the run summary."""

    __tablename__ = "stage_runs"
    __table_args__ = (UniqueConstraint("run_id", "stage", name="one_row_per_stage_run"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    run_id: Mapped[str] = mapped_column(String(64), index=True)
    position: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[str] = mapped_column(String(32))
    record: Mapped[dict[str, object]] = mapped_column(JSON)
