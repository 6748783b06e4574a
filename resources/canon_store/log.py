"""The canon log of one project: entries that are only ever added, and the diffs that stand by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy import Connection, and_, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from resources.canon_store.parts import story_order
from resources.registry import now
from resources.tables import CanonEntryRow, CanonHeadRow
from schemas.canon import CanonDiff
from schemas.canonical import sha256_hex
from schemas.errors import CanonMoved, InputError, IntegrityError
from schemas.reading import read_bytes

Origin = Literal["script", "amendment", "withdrawal"]
_Entry = CanonEntryRow.__table__.c
_Head = CanonHeadRow.__table__.c
_NAMED_AT_MOST = 5


@dataclass(frozen=True)
class LogEntry:
    """One entry of the log. ``position`` counts from 1; ``approved_at`` is UTC."""

    position: int
    episode_id: str
    diff_hash: str
    origin: Origin
    approver: str
    notes: str
    approved_at: str


class Head(NamedTuple):
    """Where a project's canon stands: its key, newest position, and the project file its projection is of."""

    series: int
    position: int
    project_hash: str


def find_head(connection: Connection, tenant: str, project_id: str, *, lock: bool = False) -> Head | None:
    """The head of a tenant's project, None where nothing was ever written of it."""
    query = select(_Head.id, _Head.position, _Head.project_hash).where(
        _Head.tenant == tenant, _Head.project == project_id
    )
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return Head(*row) if row is not None else None


def locked_head(connection: Connection, tenant: str, project_id: str) -> Head:
    """The head, made where there is none, with every other writer of the project waiting for this transaction."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {"tenant": tenant, "project": project_id, "position": 0, "project_hash": "", "next_place": 0}
    connection.execute(dialect.insert(CanonHeadRow).values(**values).on_conflict_do_nothing())
    head = find_head(connection, tenant, project_id, lock=True)
    if head is None:
        raise IntegrityError(
            f"The canon of {project_id!r} has no head.", remedy="Restore the registry from its last copy."
        )
    return head


def standing(entries: Iterable[LogEntry]) -> dict[str, tuple[str, ...]]:
    """Episode to the hashes of the diffs it stands on, in story order: its newest script diff, then amendments."""
    scripts: dict[str, str] = {}
    amendments: dict[str, dict[str, None]] = {}
    for entry in entries:
        own = amendments.setdefault(entry.episode_id, {})
        if entry.origin == "script":
            scripts[entry.episode_id] = entry.diff_hash
        elif entry.origin == "amendment":
            own[entry.diff_hash] = None
        else:
            own.pop(entry.diff_hash, None)
    found = {
        episode: (*((scripts[episode],) if episode in scripts else ()), *amendments[episode])
        for episode in sorted(amendments, key=story_order)
    }
    return {episode: hashes for episode, hashes in found.items() if hashes}


class Log:
    """The entries of one project, read and written inside the caller's transaction."""

    def __init__(self, connection: Connection, tenant: str, head: Head) -> None:
        self._connection = connection
        self._tenant = tenant
        self._head = head
        self._own = and_(_Entry.tenant == tenant, _Entry.series == head.series)

    def entries(self, *, after: int = 0, upto: int | None = None, from_order: int | None = None) -> list[LogEntry]:
        """Entries in the order they were approved, of a stretch of positions or from an episode on."""
        columns = (
            _Entry.position, _Entry.episode, _Entry.diff_hash, _Entry.origin, _Entry.approver, _Entry.notes,
            _Entry.approved_at,
        )  # fmt: skip
        query = select(*columns).where(self._own).order_by(_Entry.position)
        if after:
            query = query.where(_Entry.position > after)
        if upto is not None:
            query = query.where(_Entry.position <= upto)
        if from_order is not None:
            query = query.where(_Entry.story_order >= from_order)
        return [LogEntry(*row) for row in self._connection.execute(query)]

    def diff(self, diff_hash: str) -> CanonDiff:
        """A diff of this project by its hash. Raises IntegrityError where its document was changed."""
        query = select(_Entry.document).where(self._own, _Entry.diff_hash == diff_hash, _Entry.document != "").limit(1)
        return read_diff(diff_hash, self._connection.execute(query).scalar_one())

    def diffs(
        self, standing: Mapping[str, Iterable[str]], known: Mapping[str, CanonDiff]
    ) -> Iterator[tuple[str, CanonDiff]]:
        """(episode, diff) of all that stands, in order; those that are ``known`` are not read back."""
        for episode, hashes in standing.items():
            for digest in hashes:
                yield episode, known.get(digest) or self.diff(digest)

    def stands(self, episode: str, diff_hash: str) -> bool:
        """Whether the episode stands on the diff."""
        return diff_hash in standing(self.entries(from_order=story_order(episode))).get(episode, ())

    def require(self, expected: int | None) -> None:
        """Raises CanonMoved where the head is not where the caller has read it."""
        if expected is None or expected == self._head.position:
            return
        moved = self._changes(expected)
        since = "; ".join(moved[:_NAMED_AT_MOST]) or "nothing is logged there"
        more = f"; and {len(moved) - _NAMED_AT_MOST} more" if len(moved) > _NAMED_AT_MOST else ""
        raise CanonMoved(
            f"Canon stands at position {self._head.position}, not at {expected}. Since then: {since}{more}.",
            remedy="Judge the episode against canon as it stands, then approve it again.",
        )

    def add(
        self, episode: str, diff_hash: str, origin: Origin, approver: str, notes: str, diff: str = "", changes: int = 0
    ) -> LogEntry:
        """Log an entry at the next position and move the head there."""
        entry = LogEntry(self._head.position + 1, episode, diff_hash, origin, approver.strip(), notes, now())
        values = {
            "tenant": self._tenant, "series": self._head.series, "position": entry.position, "episode": episode,
            "story_order": story_order(episode), "diff_hash": diff_hash, "origin": origin, "approver": entry.approver,
            "notes": notes, "changes": changes, "approved_at": entry.approved_at, "document": diff,
        }  # fmt: skip
        self._connection.execute(insert(CanonEntryRow), values)
        own = and_(_Head.id == self._head.series, _Head.tenant == self._tenant)
        self._connection.execute(update(CanonHeadRow).where(own).values(position=entry.position))
        return entry

    def _changes(self, after: int) -> list[str]:
        query = (
            select(_Entry.episode, _Entry.origin, _Entry.approver, _Entry.changes)
            .where(self._own, _Entry.position > after)
            .order_by(_Entry.position)
        )
        return [
            f"{episode} ({origin}) by {approver}, {changes} facts"
            for episode, origin, approver, changes in self._connection.execute(query)
        ]


def read_diff(diff_hash: str, document: str) -> CanonDiff:
    """A stored diff. Raises IntegrityError where its bytes are not those of its hash."""
    data = document.encode()
    if sha256_hex(data) != diff_hash:
        raise IntegrityError(
            f"The approved diff {diff_hash[:12]}… has changed in the database.",
            remedy="Restore the registry from its last copy.",
        )
    return read_bytes(data, CanonDiff, where=f"CanonDiff {diff_hash[:12]}")


def find_diff(connection: Connection, tenant: str, diff_hash: str) -> CanonDiff:
    """A diff of any project of the tenant. Raises InputError where the tenant has none of this hash."""
    query = select(_Entry.document).where(_Entry.tenant == tenant, _Entry.diff_hash == diff_hash, _Entry.document != "")
    document = connection.execute(query.limit(1)).scalar_one_or_none()
    if document is None:
        raise InputError(
            f"The tenant {tenant!r} has no approved diff {diff_hash[:12]}….",
            remedy="Take a hash from the canon log of this tenant.",
        )
    return read_diff(diff_hash, document)


def fact_count(diff: CanonDiff) -> int:
    """How many facts a diff adds, changes or removes."""
    return len(diff.added_facts) + len(diff.modified_facts) + len(diff.removed_facts)
