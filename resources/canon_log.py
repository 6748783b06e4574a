"""The log of approved canon diffs. It only grows."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from narrative_assets.canon import episode_order
from resources.registry import ArtifactStore, now
from resources.tables import CanonRow
from schemas.canon import CanonDiff


class CanonLog:
    """Approved diffs of one tenant's projects. Reading gives the newest approved diff of each episode."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    def approved(self, project: str) -> dict[str, str]:
        """Episode id to the hash of its newest approved diff."""
        with Session(self._store.engine) as session:
            rows = session.execute(
                select(CanonRow.episode, CanonRow.diff_hash)
                .where(CanonRow.tenant == self._store.tenant, CanonRow.project == project)
                .order_by(CanonRow.id)
            )
            return {row.episode: row.diff_hash for row in rows}

    def diffs(self, project: str, before: str = "") -> list[CanonDiff]:
        """The newest approved diff of each episode (of those before one, if named), in story order."""
        approved = self.approved(project)
        settled = sorted(approved, key=episode_order)
        wanted = [e for e in settled if not before or episode_order(e) < episode_order(before)]
        return [self._store.load(approved[episode], CanonDiff) for episode in wanted]

    def append(self, diff: CanonDiff, diff_hash: str, approver: str) -> bool:
        """Log an approved diff; False when it is what the episode already stands on."""
        with Session(self._store.engine) as session, session.begin():
            newest = session.scalar(
                select(CanonRow.diff_hash)
                .where(
                    CanonRow.tenant == self._store.tenant,
                    CanonRow.project == diff.project_id,
                    CanonRow.episode == diff.episode_id,
                )
                .order_by(CanonRow.id.desc())
                .limit(1)
            )
            if newest == diff_hash:
                return False
            session.add(
                CanonRow(
                    tenant=self._store.tenant,
                    project=diff.project_id,
                    episode=diff.episode_id,
                    diff_hash=diff_hash,
                    approver=approver,
                    approved_at=now(),
                )
            )
        return True
