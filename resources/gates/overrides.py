"""What people have let pass: an append-only log of overridden gates, each bound to one content hash."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from resources.clock import now
from resources.registry import ArtifactStore
from resources.tables import GateOverrideRow
from schemas.errors import OverrideRefused


@dataclass(frozen=True)
class OverrideEntry:
    """One entry of the log: which gate on which content, let pass or withdrawn, by whom, why and when."""

    project: str
    episode: str
    profile: str
    contract: str
    gate: str
    content_hash: str
    event: Literal["overridden", "withdrawn"]
    by: str
    reason: str
    at: str


class OverrideLog:
    """The log of one tenant. Nothing is ever changed or taken out of it."""

    def __init__(self, store: ArtifactStore) -> None:
        self._engine: Engine = store.engine
        self._tenant = store.tenant

    def entries(self, project: str, episode: str = "") -> list[OverrideEntry]:
        """The log of a project or of one episode, oldest first."""
        query = select(GateOverrideRow).where(
            GateOverrideRow.tenant == self._tenant, GateOverrideRow.project == project
        )
        if episode:
            query = query.where(GateOverrideRow.episode == episode)
        with Session(self._engine) as session:
            return [_entry(row) for row in session.scalars(query.order_by(GateOverrideRow.id))]

    def standing(self, content_hash: str) -> dict[str, OverrideEntry]:
        """The overrides that hold for exactly this content, by gate."""
        query = select(GateOverrideRow).where(
            GateOverrideRow.tenant == self._tenant, GateOverrideRow.content_hash == content_hash
        )
        with Session(self._engine) as session:
            newest = {row.gate: _entry(row) for row in session.scalars(query.order_by(GateOverrideRow.id))}
        return {gate: entry for gate, entry in newest.items() if entry.event == "overridden"}

    def add(self, entry: OverrideEntry) -> OverrideEntry:
        """Append an entry. Raises OverrideRefused for one without a name or a reason."""
        if not entry.by.strip() or not entry.reason.strip():
            raise OverrideRefused(
                f"The gate {entry.gate!r} needs a name and a reason; nothing was recorded.",
                remedy="Say who decides with --by and why with --reason.",
            )
        with Session(self._engine) as session, session.begin():
            session.add(GateOverrideRow(tenant=self._tenant, **asdict(entry)))
        return entry


def entry_now(
    event: Literal["overridden", "withdrawn"],
    *,
    project: str,
    episode: str,
    profile: str,
    contract: str,
    gate: str,
    content_hash: str,
    by: str,
    reason: str,
) -> OverrideEntry:
    """An entry of this moment."""
    return OverrideEntry(
        project, episode, profile, contract, gate, content_hash, event, by.strip()[:200], reason.strip()[:8_000], now()
    )


def _entry(row: GateOverrideRow) -> OverrideEntry:
    return OverrideEntry(**{name: getattr(row, name) for name in OverrideEntry.__dataclass_fields__})
