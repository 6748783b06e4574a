"""The registry's tables. Rows hold what may not stand in content: times, paths, hosts, run ids, people."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Text, UniqueConstraint, text
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
    """Content that waits at a checkpoint, since when. ``subject`` tells apart what one episode has waiting there."""

    __tablename__ = "approval_requests"

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64), index=True)
    checkpoint: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    project: Mapped[str] = mapped_column(String(64))
    episode: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(64), default="")
    requested_at: Mapped[str] = mapped_column(String(32))


class CacheRow(Base):
    """A reusable piece of work by key: a spoken take, a drawn picture, a rendered clip, the answer of a search.

    ``last_used`` and ``expires`` are days (ISO dates, empty for unknown and for never); ``size_bytes`` counts every
    file of the entry, 0 where nobody has looked.
    """

    __tablename__ = "cache"
    __table_args__ = (UniqueConstraint("tenant", "namespace", "key", name="one_entry_per_key"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    namespace: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    figures: Mapped[dict[str, object]] = mapped_column(JSON)
    created_at: Mapped[str] = mapped_column(String(32))
    last_used: Mapped[str] = mapped_column(String(10), default="")
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    expires: Mapped[str] = mapped_column(String(10), default="")


class CharacterPackRow(Base):
    """A version of a character's pack: what of it counts (``pack_hash``), and the artifact that holds it."""

    __tablename__ = "character_packs"
    __table_args__ = (
        UniqueConstraint("tenant", "project", "character", "version", name="one_pack_per_version"),
        UniqueConstraint("tenant", "project", "character", "pack_hash", name="one_version_per_pack"),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    project: Mapped[str] = mapped_column(String(64))
    character: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer)
    pack_hash: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    episode: Mapped[str] = mapped_column(String(16))
    registered_at: Mapped[str] = mapped_column(String(32))


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


def _about(*columns: str, name: str) -> Index:
    """An index on the rows of canon that are about somebody or something: those that have its first entity."""
    has = text(f"{'object' if columns[0] == 'object' else 'subject'} IS NOT NULL")
    return Index(f"canon_states_by_{name}", "series", *columns, sqlite_where=has, postgresql_where=has)


class CanonHeadRow(Base):
    """Where the canon of a project stands: its newest log position, and which project file its projection is of.

    The row is what writers of one project queue at, and its key stands for tenant and project in the other tables.
    """

    __tablename__ = "canon_heads"
    __table_args__ = (UniqueConstraint("tenant", "project", name="one_canon"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    project: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(Integer, default=0)
    project_hash: Mapped[str] = mapped_column(String(64), default="")
    next_place: Mapped[int] = mapped_column(BigInteger, default=0)


class CanonEntryRow(Base):
    """An entry of a project's canon log: an approved diff with its document, or a withdrawal without one."""

    __tablename__ = "canon_entries"
    __table_args__ = (
        UniqueConstraint("series", "position", name="one_entry_per_position"),
        Index("canon_entries_by_order", "series", "story_order"),
        Index("canon_entries_by_hash", "tenant", "diff_hash"),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    series: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(Integer)
    episode: Mapped[str] = mapped_column(String(16))
    story_order: Mapped[int] = mapped_column(Integer)
    diff_hash: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(16))
    approver: Mapped[str] = mapped_column(String(200))
    notes: Mapped[str] = mapped_column(Text)
    changes: Mapped[int] = mapped_column(Integer)
    approved_at: Mapped[str] = mapped_column(String(32))
    document: Mapped[str] = mapped_column(Text)


class CanonStateRow(Base):
    """A piece of canon and where in story order it holds: after ``from_order``, up to and with ``to_order``.

    ``subject``, ``predicate``, ``object``, ``name_key`` and the story minutes are what scoped reads look it up by;
    ``place`` is its place in the order of canon. The rows are made from the log and can be made anew from it.
    """

    __tablename__ = "canon_states"
    __table_args__ = (
        Index("canon_states_by_key", "series", "kind", "key", "from_order", unique=True),
        Index("canon_states_by_start", "series", "from_order"),
        Index(
            "canon_states_by_end", "series", "to_order",
            sqlite_where=text("to_order < 2000000000"), postgresql_where=text("to_order < 2000000000"),
        ),
        _about("subject", "predicate", "begins", name="subject"),
        _about("subject", "predicate", "object", "begins", name="matter"),
        _about("subject", "predicate", "name_key", name="text"),
        _about("subject", "predicate", "until", "to_order", "place", name="until"),
        _about("predicate", "until", "to_order", name="predicate"),
        _about("object", "predicate", "subject", name="object"),
        _about("object", "predicate", "until", "to_order", name="object_until"),
        Index(
            "canon_states_by_name", "series", "name_key",
            sqlite_where=text("name_key IS NOT NULL"), postgresql_where=text("name_key IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    series: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(400))
    subject: Mapped[str | None] = mapped_column(String(64))
    predicate: Mapped[str | None] = mapped_column(String(64))
    object: Mapped[str | None] = mapped_column(String(64))
    name_key: Mapped[str | None] = mapped_column(String(64))
    begins: Mapped[int | None] = mapped_column(BigInteger)
    until: Mapped[int | None] = mapped_column(BigInteger)
    place: Mapped[int] = mapped_column(BigInteger)
    from_order: Mapped[int] = mapped_column(Integer)
    to_order: Mapped[int] = mapped_column(Integer)
    document: Mapped[str] = mapped_column(Text)


class CanonSnapshotRow(Base):
    """A named canon: a log position, an episode, and the project file as it was."""

    __tablename__ = "canon_snapshots"
    __table_args__ = (UniqueConstraint("series", "name", name="one_snapshot_per_name"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    series: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(Integer)
    as_of: Mapped[str] = mapped_column(String(16))
    taken_by: Mapped[str] = mapped_column(String(200))
    taken_at: Mapped[str] = mapped_column(String(32))
    project_document: Mapped[str] = mapped_column(Text)


class CanonWaiverRow(Base):
    """A contradiction that a person has declared to be meant. Nothing removes a row; each ends by its expiry."""

    __tablename__ = "canon_waivers"

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    series: Mapped[int] = mapped_column(BigInteger, index=True)
    document: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[str] = mapped_column(String(32))


class TakeRow(Base):
    """An entry of the log of takes: a candidate added for a shot, a choice, a lock, or a step back."""

    __tablename__ = "take_log"
    __table_args__ = (Index("take_log_by_shot", "tenant", "project", "episode", "profile", "shot"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    project: Mapped[str] = mapped_column(String(64))
    episode: Mapped[str] = mapped_column(String(16))
    profile: Mapped[str] = mapped_column(String(64))
    shot: Mapped[str] = mapped_column(String(128))
    event: Mapped[str] = mapped_column(String(16))
    take: Mapped[str] = mapped_column(String(64))
    shot_hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, object] | None] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(200))
    notes: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[str] = mapped_column(String(32))


class GateOverrideRow(Base):
    """An entry of the log of overridden gates: let pass on one content, or taken back."""

    __tablename__ = "gate_overrides"
    __table_args__ = (
        Index("gate_overrides_by_content", "tenant", "content_hash"),
        Index("gate_overrides_by_episode", "tenant", "project", "episode"),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64))
    project: Mapped[str] = mapped_column(String(64))
    episode: Mapped[str] = mapped_column(String(16))
    profile: Mapped[str] = mapped_column(String(64))
    contract: Mapped[str] = mapped_column(String(64))
    gate: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(32))
