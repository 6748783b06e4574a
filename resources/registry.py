"""The artifact registry: what was made, from what, by which code, and what an episode stands on now.

Bytes live in ``resources.blobs``; this module joins the two into the store that stages use.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from resources.blobs import BlobFolder, file_sha256
from resources.cache_index import CacheIndex
from resources.clock import now as now  # noqa: PLC0414 - the canon store takes it from here
from resources.database import open_database
from resources.objects import BlobOrigin, configured_origin
from resources.tables import ArtifactRow, HeadRow, StageRunRow
from schemas.base import Artifact
from schemas.canonical import canonical_json, content_hash, sha256_hex
from schemas.errors import InputError, IntegrityError
from schemas.kinds import KINDS
from schemas.reading import read_bytes
from schemas.run import StageRun

A = TypeVar("A", bound=Artifact)


@dataclass(frozen=True)
class ArtifactRecord:
    """A registry entry, as people and programs read it."""

    kind: str
    content_hash: str
    schema_version: str
    project: str
    episode: str
    profile: str
    stage_key: str
    parents: Mapping[str, str]
    parameters: Mapping[str, object]
    code_version: str
    compute_origin: str
    licence: str
    tenant: str
    site: str
    cost_microdollars: int
    created_at: str


@dataclass(frozen=True)
class Production:
    """How an artifact came to be: the figures of its record that the stage knows."""

    project: str
    episode: str
    stage_key: str
    code_version: str
    profile: str = ""
    parents: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    compute_origin: str = "local"
    licence: str = ""


def stage_key(kind: str, parents: Mapping[str, str], parameters: Mapping[str, object], code_version: str) -> str:
    """The key under which a stage's result is stored: same inputs, parameters and code, same key."""
    return content_hash(
        {"kind": kind, "parents": dict(parents), "parameters": dict(parameters), "code_version": code_version}
    )


class ArtifactStore:
    """Artifacts, blobs and caches of one tenant under ``root``; every read and write is the tenant's own."""

    def __init__(
        self,
        root: Path,
        *,
        tenant: str = "local",
        site: str = "local",
        database: str = "",
        origin: BlobOrigin | None = None,
    ) -> None:
        self.root = root
        self.tenant = tenant
        self.site = site
        self.engine: Engine = open_database(database or f"sqlite:///{root / 'registry.sqlite'}")
        self.blobs = BlobFolder(root / tenant / "blobs", origin)
        self._origin = origin
        self.pieces = CacheIndex(self)

    @classmethod
    def configured(cls, root: Path | None = None) -> ArtifactStore:
        """The store that the environment names: one machine's folder where nothing is said.

        ``NARRATIVE_ARTIFACTS``, ``NARRATIVE_TENANT``, ``NARRATIVE_SITE``, ``NARRATIVE_DATABASE`` (an address of
        SQLAlchemy's) and ``NARRATIVE_OBJECTS_URL`` with ``NARRATIVE_OBJECTS_ENDPOINT``.
        """
        tenant = os.environ.get("NARRATIVE_TENANT") or "local"
        return cls(
            root or Path(os.environ.get("NARRATIVE_ARTIFACTS") or "artifacts"),
            tenant=tenant,
            site=os.environ.get("NARRATIVE_SITE") or "local",
            database=os.environ.get("NARRATIVE_DATABASE", ""),
            origin=configured_origin(tenant),
        )

    # -- artifacts -------------------------------------------------------------------------------------------

    def episode_folder(self, project: str, episode: str, profile: str = "") -> Path:
        """The readable folder of an episode, or of one of its profiles."""
        folder = self.root / self.tenant / project / episode
        return folder / profile if profile else folder

    def show(self, path: Path) -> None:
        """Let people find a readable file of the tenant's folder in the object store, if there is one.

        Raises StorageError.
        """
        if self._origin is not None:
            self._origin.show(path.relative_to(self.root / self.tenant).as_posix(), path, file_sha256(path))

    def save(self, artifact: Artifact, production: Production) -> str:
        """Store an artifact and its record; returns its content hash. Saving it twice changes nothing."""
        data = canonical_json(artifact)
        digest = sha256_hex(data)
        self.blobs.put(data, "application/json")
        values = {
            "tenant": self.tenant,
            "site": self.site,
            "kind": artifact.kind,
            "content_hash": digest,
            "schema_version": artifact.schema_version,
            "created_at": now(),
            "cost_microdollars": 0,
            **{name: getattr(production, name) for name in production.__dataclass_fields__},
        }
        self.upsert(ArtifactRow, ("tenant", "stage_key"), values)
        return digest

    def find(self, key: str, contract: type[A]) -> A | None:
        """The artifact stored under a stage key, if it is there and intact."""
        with Session(self.engine) as session:
            row = session.scalar(
                select(ArtifactRow).where(ArtifactRow.tenant == self.tenant, ArtifactRow.stage_key == key)
            )
        if row is None:
            return None
        try:
            return self.load(row.content_hash, contract)
        except IntegrityError:
            return None

    def produced(self, key: str) -> ArtifactRecord | None:
        """The record of what was made under a stage key, if anything was."""
        with Session(self.engine) as session:
            row = session.scalar(
                select(ArtifactRow).where(ArtifactRow.tenant == self.tenant, ArtifactRow.stage_key == key)
            )
            return _record(row) if row is not None else None

    def made(self, digest: str) -> list[ArtifactRecord]:
        """Every record of this exact content, in the order they were made: it may come of several inputs."""
        query = select(ArtifactRow).where(ArtifactRow.tenant == self.tenant, ArtifactRow.content_hash == digest)
        with Session(self.engine) as session:
            return [_record(row) for row in session.scalars(query.order_by(ArtifactRow.id))]

    def episodes(self, project: str) -> set[str]:
        """The episodes of a project that anything stands of."""
        query = select(HeadRow.episode).where(HeadRow.tenant == self.tenant, HeadRow.project == project).distinct()
        with Session(self.engine) as session:
            return set(session.scalars(query))

    def profiles(self, project: str, episode: str) -> list[str]:
        """The render profiles under which a video of the episode stands, sorted."""
        query = select(HeadRow.profile).where(
            HeadRow.tenant == self.tenant,
            HeadRow.project == project,
            HeadRow.episode == episode,
            HeadRow.kind == "RenderOutput",
        )
        with Session(self.engine) as session:
            return sorted(session.scalars(query))

    def load(self, digest: str, contract: type[A]) -> A:
        """The artifact with this content hash. Raises IntegrityError or ContractError."""
        return read_bytes(self.blobs.read(digest), contract, where=f"{contract.__name__} {digest[:12]}")

    def set_head(self, project: str, episode: str, profile: str, kind: str, digest: str) -> None:
        """Make ``digest`` what the episode stands on for this kind."""
        names = ("tenant", "project", "episode", "profile", "kind")
        values = dict(zip(names, (self.tenant, project, episode, profile, kind), strict=True))
        self.upsert(HeadRow, names, {**values, "content_hash": digest})

    def head(self, project: str, episode: str, profile: str, kind: str) -> str | None:
        """The content hash that the episode stands on for this kind, if any."""
        with Session(self.engine) as session:
            return session.scalar(
                select(HeadRow.content_hash).where(
                    HeadRow.tenant == self.tenant,
                    HeadRow.project == project,
                    HeadRow.episode == episode,
                    HeadRow.profile == profile,
                    HeadRow.kind == kind,
                )
            )

    def records(self, project: str = "", episode: str = "") -> list[ArtifactRecord]:
        """Records in the order they were made, of one project or episode if named."""
        query = select(ArtifactRow).where(ArtifactRow.tenant == self.tenant).order_by(ArtifactRow.id)
        if project:
            query = query.where(ArtifactRow.project == project)
        if episode:
            query = query.where(ArtifactRow.episode == episode)
        with Session(self.engine) as session:
            return [_record(row) for row in session.scalars(query)]

    def record(self, prefix: str) -> ArtifactRecord:
        """The newest record whose content hash starts with ``prefix`` (at least 6 digits)."""
        with Session(self.engine) as session:
            rows = session.scalars(
                select(ArtifactRow)
                .where(ArtifactRow.tenant == self.tenant, ArtifactRow.content_hash.startswith(prefix, autoescape=True))
                .order_by(ArtifactRow.id.desc())
            ).all()
        if len(prefix) < 6 or not rows:
            raise InputError(
                f"No artifact has a hash that starts with {prefix!r}.",
                remedy="List them with `narrative artifacts ls`; give at least six digits.",
            )
        if len({row.content_hash for row in rows}) > 1:
            raise InputError(f"Several artifacts start with {prefix!r}.", remedy="Give more digits of the hash.")
        return _record(rows[0])

    def artifact(self, record: ArtifactRecord) -> Artifact:
        """The artifact of a record, verified."""
        return self.load(record.content_hash, KINDS[record.kind])

    def verify(self) -> list[tuple[ArtifactRecord, str]]:
        """Read every recorded artifact; returns those that cannot be read, with the reason."""
        broken = []
        for record in self.records():
            try:
                self.blobs.read(record.content_hash)
            except IntegrityError as error:
                broken.append((record, error.message))
        return broken

    # -- caches ----------------------------------------------------------------------------------------------

    def cached(self, namespace: str, key: str) -> tuple[str, dict[str, Any]] | None:
        """(blob hash, figures) of a cached piece of work, if recorded; the blob itself is not checked."""
        return self.pieces.get(namespace, key)

    def cache(self, namespace: str, key: str, sha256: str, figures: Mapping[str, object], expires: str = "") -> None:
        """Record a piece of work under its key; after the day ``expires`` it is no longer given."""
        self.pieces.put(namespace, key, sha256, figures, expires)

    # -- runs ------------------------------------------------------------------------------------------------

    def record_stage(self, run_id: str, position: int, started_at: str, stage: StageRun) -> None:
        """Keep one stage's figures for the run summary, and what of the cache it used."""
        self.pieces.flush()
        with Session(self.engine) as session, session.begin():
            session.execute(delete(StageRunRow).where(StageRunRow.run_id == run_id, StageRunRow.stage == stage.stage))
            session.add(
                StageRunRow(
                    tenant=self.tenant,
                    run_id=run_id,
                    position=position,
                    stage=stage.stage,
                    started_at=started_at,
                    record=stage.model_dump(mode="json"),
                )
            )

    def stages(self, run_id: str) -> list[tuple[str, StageRun]]:
        """(start time, figures) of a run's stages in order."""
        with Session(self.engine) as session:
            rows = session.scalars(
                select(StageRunRow)
                .where(StageRunRow.tenant == self.tenant, StageRunRow.run_id == run_id)
                .order_by(StageRunRow.position)
            )
            return [(row.started_at, StageRun.model_validate(row.record)) for row in rows]

    def upsert(self, table: type[Any], keys: tuple[str, ...], values: dict[str, Any]) -> None:
        """Write one row of the registry, replacing the row with the same ``keys``."""
        dialect = sqlite if self.engine.dialect.name == "sqlite" else postgresql
        changed = {name: value for name, value in values.items() if name not in keys}
        statement = dialect.insert(table).values(**values).on_conflict_do_update(index_elements=keys, set_=changed)
        with self.engine.begin() as connection:
            connection.execute(statement)


def _record(row: ArtifactRow) -> ArtifactRecord:
    return ArtifactRecord(**{name: getattr(row, name) for name in ArtifactRecord.__dataclass_fields__})
