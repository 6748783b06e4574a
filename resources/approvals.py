"""What waits for a person, and what people decided: each bound to one content hash. Both only grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from resources.clock import now
from resources.registry import ArtifactStore
from resources.tables import ApprovalRequestRow, ApprovalRow
from schemas.errors import ApprovalMismatch, InputError

Verdict = Literal["approved", "rejected"]


@dataclass(frozen=True)
class Decision:
    """Who decided what about which content, when."""

    checkpoint: str
    content_hash: str
    decision: str
    approver: str
    notes: str
    decided_at: str


@dataclass(frozen=True)
class Waiting:
    """Content that waits at a checkpoint. ``paused`` once nobody has decided for the project's time limit.

    ``subject`` tells apart what one episode has waiting at one checkpoint, such as the packs of its characters.
    """

    checkpoint: str
    content_hash: str
    project: str
    episode: str
    requested_at: str
    state: Literal["waiting", "paused"] = "waiting"
    subject: str = ""


class Approvals:
    """Requests and decisions of one tenant."""

    def __init__(self, store: ArtifactStore) -> None:
        self._engine: Engine = store.engine
        self._tenant = store.tenant

    def request(self, checkpoint: str, content_hash: str, project: str, episode: str, subject: str = "") -> Waiting:
        """Note that this content waits; asked again, the first time counts. It takes the place of what the
        episode had waiting at the checkpoint about the same subject before.
        """
        with Session(self._engine) as session, session.begin():
            row = self._newest_request(session, checkpoint, project, episode, subject)
            if row is None or row.content_hash != content_hash:
                row = ApprovalRequestRow(
                    tenant=self._tenant,
                    checkpoint=checkpoint,
                    content_hash=content_hash,
                    project=project,
                    episode=episode,
                    subject=subject,
                    requested_at=now(),
                )
                session.add(row)
            return Waiting(checkpoint, row.content_hash, project, episode, row.requested_at, subject=subject)

    def decide(self, checkpoint: str, content_hash: str, decision: Verdict, approver: str, notes: str = "") -> Decision:
        """Record a decision on exactly what waits.

        Raises ApprovalMismatch, with nothing recorded, for content that does not wait at the checkpoint or was
        decided that way already, and InputError for a decision without a name.
        """
        return self.decide_all(checkpoint, [content_hash], decision, approver, notes)[0]

    def decide_all(
        self, checkpoint: str, content_hashes: Sequence[str], decision: Verdict, approver: str, notes: str = ""
    ) -> list[Decision]:
        """Record one decision on several contents, on all of them or on none. Raises as ``decide`` does."""
        if not approver.strip():
            raise InputError("A decision needs the name of who decides.", remedy="Give the approver's name.")
        if not content_hashes:
            raise InputError("A decision needs what is decided on.", remedy="Give a content hash that waits.")
        made = []
        with Session(self._engine) as session, session.begin():
            for content_hash in content_hashes:
                self._require_waiting(session, checkpoint, content_hash)
                before = self._newest(session, checkpoint, content_hash)
                if before is not None and before.decision == decision:
                    raise ApprovalMismatch(
                        f"{content_hash[:12]} was {decision} at {checkpoint} by {before.approver} already, at "
                        f"{before.decided_at}; no decision was recorded.",
                        remedy="Nothing is left to do; to change the decision, give the other one.",
                    )
                made.append(Decision(checkpoint, content_hash, decision, approver.strip(), notes, now()))
                session.add(ApprovalRow(tenant=self._tenant, **asdict(made[-1])))
        return made

    def newest(self, checkpoint: str, content_hash: str) -> Decision | None:
        """The latest decision on exactly this content at this checkpoint."""
        with Session(self._engine) as session:
            return self._newest(session, checkpoint, content_hash)

    def stands(self, checkpoint: str, content_hash: str) -> bool:
        """Whether the content is what its episode has waiting there: nothing newer has taken its place."""
        with Session(self._engine) as session:
            asked = self._asked(session, checkpoint, content_hash)
            if asked is None:
                return False
            newest = self._newest_request(session, checkpoint, asked.project, asked.episode, asked.subject)
            return newest is not None and newest.content_hash == content_hash

    def waiting(self, project: str, timeout_hours: int) -> list[Waiting]:
        """What waits in a project, in the order it was asked for: the newest of each episode and checkpoint."""
        limit = datetime.now(UTC) - timedelta(hours=timeout_hours)
        with Session(self._engine) as session:
            rows = session.scalars(
                select(ApprovalRequestRow)
                .where(ApprovalRequestRow.tenant == self._tenant, ApprovalRequestRow.project == project)
                .order_by(ApprovalRequestRow.id)
            )
            newest = {(row.checkpoint, row.episode, row.subject): row for row in rows}
        return [
            Waiting(
                row.checkpoint,
                row.content_hash,
                row.project,
                row.episode,
                row.requested_at,
                "paused" if datetime.fromisoformat(row.requested_at) < limit else "waiting",
                row.subject,
            )
            for row in newest.values()
            if self.newest(row.checkpoint, row.content_hash) is None
        ]

    def _newest_request(
        self, session: Session, checkpoint: str, project: str, episode: str, subject: str
    ) -> ApprovalRequestRow | None:
        return session.scalar(
            select(ApprovalRequestRow)
            .where(
                ApprovalRequestRow.tenant == self._tenant,
                ApprovalRequestRow.checkpoint == checkpoint,
                ApprovalRequestRow.project == project,
                ApprovalRequestRow.episode == episode,
                ApprovalRequestRow.subject == subject,
            )
            .order_by(ApprovalRequestRow.id.desc())
            .limit(1)
        )

    def _newest(self, session: Session, checkpoint: str, content_hash: str) -> Decision | None:
        row = session.scalar(
            select(ApprovalRow)
            .where(
                ApprovalRow.tenant == self._tenant,
                ApprovalRow.checkpoint == checkpoint,
                ApprovalRow.content_hash == content_hash,
            )
            .order_by(ApprovalRow.id.desc())
            .limit(1)
        )
        return Decision(**{n: getattr(row, n) for n in Decision.__dataclass_fields__}) if row else None

    def _asked(self, session: Session, checkpoint: str, content_hash: str) -> ApprovalRequestRow | None:
        return session.scalar(
            select(ApprovalRequestRow)
            .where(
                ApprovalRequestRow.tenant == self._tenant,
                ApprovalRequestRow.checkpoint == checkpoint,
                ApprovalRequestRow.content_hash == content_hash,
            )
            .order_by(ApprovalRequestRow.id.desc())
            .limit(1)
        )

    def _require_waiting(self, session: Session, checkpoint: str, content_hash: str) -> None:
        asked = self._asked(session, checkpoint, content_hash)
        if asked is None:
            raise ApprovalMismatch(
                f"Nothing with the hash {content_hash[:12]} waits at {checkpoint}; no decision was recorded.",
                remedy="Give the hash that the waiting run named.",
            )
        standing = self._newest_request(session, checkpoint, asked.project, asked.episode, asked.subject)
        if standing is not None and standing.content_hash != content_hash:
            raise ApprovalMismatch(
                f"{asked.project}/{asked.episode}{_about(asked)} has changed since: {standing.content_hash[:12]} "
                f"waits at {checkpoint}, not {content_hash[:12]}; no decision was recorded.",
                remedy=f"Look at {standing.content_hash[:12]} and decide on that.",
            )


def _about(row: ApprovalRequestRow) -> str:
    return f", {row.subject}," if row.subject else ""
