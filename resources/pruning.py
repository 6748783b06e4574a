"""Keeping the cache within its limit: what has ended goes first, then what was used longest ago.

What an artifact refers to is never removed, whatever the limit: the limit is on what only the cache holds.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from resources.cache_index import BLOB_ADDRESS, blobs_of
from resources.clock import today
from resources.durable import write_durably
from resources.registry import ArtifactStore
from resources.tables import ArtifactRow, CacheRow, ProjectRow, TakeRow
from schemas.errors import InputError

DEFAULT_GB = 50
GB = 10**9
_LIMIT = "NARRATIVE_CACHE_GB"
_COPIES = "NARRATIVE_WORKING_COPY_GB"
"""What a machine keeps of the object store's blobs; 50 where it is not set."""
_ROWS_TOGETHER = 400


@dataclass(frozen=True)
class NamespaceFigures:
    """What one kind of cached work amounts to. ``own_bytes`` are of files that no artifact refers to."""

    namespace: str
    entries: int
    files: int
    bytes: int
    own_bytes: int
    oldest_use: str
    newest_use: str
    expired: int


@dataclass(frozen=True)
class Pruned:
    """What went and what is left. ``over`` says by how much the rest exceeds the limit: it was used today."""

    entries: int
    expired: int
    files: int
    bytes: int
    left_bytes: int
    over: int


@dataclass(frozen=True)
class _Entry:
    id: int
    namespace: str
    last_used: str
    expires: str
    blobs: tuple[str, ...]


@dataclass
class _Holdings:
    """The entries, the size of each of their files, and which files something else holds too."""

    entries: list[_Entry]
    sizes: dict[str, int]
    referred: frozenset[str]
    holders: Counter[str] = field(default_factory=Counter)

    def own_bytes(self, blobs: Iterable[str]) -> int:
        return sum(self.sizes[each] for each in set(blobs) - self.referred)


def cache_limit() -> int:
    """Bytes that the cache alone may hold: ``$NARRATIVE_CACHE_GB`` (10^9 bytes each), 50 where it is not set."""
    return _gigabytes(_LIMIT)


def _gigabytes(name: str) -> int:
    stated = os.environ.get(name, "")
    try:
        limit = float(stated) if stated else float(DEFAULT_GB)
    except ValueError:
        limit = -1.0
    if not 0 <= limit < 1e9:
        raise InputError(f"{name} is {stated!r}, which is no size.", remedy="Give a number of gigabytes, such as 20.")
    return round(limit * GB)


def cache_figures(store: ArtifactStore) -> list[NamespaceFigures]:
    """The figures of every kind of cached work, in order of name."""
    held, day = _holdings(store), today()
    kinds = sorted({entry.namespace for entry in held.entries})
    return [_figures(kind, [e for e in held.entries if e.namespace == kind], held, day) for kind in kinds]


def keep_within_limit(store: ArtifactStore) -> Pruned | None:
    """Prune to the limit, at most once a day and only where the entries add up to more than the limit."""
    marker, day, limit = store.root / store.tenant / ".cache-pruned", today(), cache_limit()
    with suppress(OSError):
        if marker.read_text(encoding="utf-8") == day:
            return None
    with Session(store.engine) as session:
        total = session.scalar(select(func.sum(CacheRow.size_bytes)).where(CacheRow.tenant == store.tenant))
        ended = session.scalar(
            select(func.count()).where(CacheRow.tenant == store.tenant, CacheRow.expires != "", CacheRow.expires < day)
        )
    pruned = prune(store, limit) if ended or (total or 0) > limit else None
    store.blobs.trim(_gigabytes(_COPIES))
    write_durably(marker, day.encode())
    return pruned


def prune(store: ArtifactStore, limit: int, *, rehearse: bool = False) -> Pruned:
    """Remove what has ended, then the least recently used until the cache alone holds at most ``limit`` bytes.

    What was used today stays: somebody may be at work with it. ``rehearse`` only says what would go.
    """
    held, day = _holdings(store), today()
    gone = [entry for entry in held.entries if entry.expires and entry.expires < day]
    ended = frozenset(gone)
    for entry in gone:
        held.holders.subtract(entry.blobs)
    left = held.own_bytes(blob for blob, holders in held.holders.items() if holders > 0)
    for entry in sorted(held.entries, key=lambda each: (each.last_used, each.id)):
        if left <= limit:
            break
        alone = [blob for blob in entry.blobs if blob not in held.referred]
        if entry.last_used >= day or entry in ended or not alone:
            continue
        gone.append(entry)
        held.holders.subtract(entry.blobs)
        left -= sum(held.sizes[blob] for blob in alone if held.holders[blob] == 0)
    files = sorted({b for e in gone for b in e.blobs if held.holders[b] <= 0 and b not in held.referred})
    if not rehearse:
        _remove(store, gone, files)
    freed_bytes = sum(held.sizes[blob] for blob in files)
    return Pruned(len(gone), len(ended), len(files), freed_bytes, left, max(0, left - limit))


def referred_blobs(store: ArtifactStore) -> frozenset[str]:
    """The hash of every blob that an artifact is, names or was made from, of every project file and every take."""
    found: set[str] = set()
    with Session(store.engine) as session:
        for digest, parents in session.execute(
            select(ArtifactRow.content_hash, ArtifactRow.parents).where(ArtifactRow.tenant == store.tenant)
        ):
            found.update((digest, *parents.values()))
        documents = sorted(found)
        for digest, sources in session.execute(
            select(ProjectRow.content_hash, ProjectRow.sources).where(ProjectRow.tenant == store.tenant)
        ):
            found.update((digest, *sources.values()))
        for document in session.scalars(select(TakeRow.document).where(TakeRow.tenant == store.tenant)):
            found.update(BLOB_ADDRESS.findall(json.dumps(document)))
    for digest in documents:
        # From the object store where this machine lacks it: what is not known to be referred to would be removed there.
        path = store.blobs.present(digest)
        with suppress(OSError):
            found.update(BLOB_ADDRESS.findall(path.read_text(encoding="utf-8", errors="ignore") if path else ""))
    return frozenset(found)


def _holdings(store: ArtifactStore) -> _Holdings:
    store.pieces.flush()
    with Session(store.engine) as session:
        rows = session.scalars(select(CacheRow).where(CacheRow.tenant == store.tenant)).all()
        entries = [
            _Entry(
                row.id,
                row.namespace,
                row.last_used or row.created_at[:10],
                row.expires,
                tuple(blobs_of(row.sha256, row.figures)),
            )
            for row in rows
        ]
    holders = Counter(blob for entry in entries for blob in entry.blobs)
    return _Holdings(entries, {blob: store.blobs.size(blob) for blob in holders}, referred_blobs(store), holders)


def _figures(kind: str, entries: list[_Entry], held: _Holdings, day: str) -> NamespaceFigures:
    blobs = {blob for entry in entries for blob in entry.blobs}
    uses = [entry.last_used for entry in entries]
    return NamespaceFigures(
        namespace=kind,
        entries=len(entries),
        files=len(blobs),
        bytes=sum(held.sizes[blob] for blob in blobs),
        own_bytes=held.own_bytes(blobs),
        oldest_use=min(uses),
        newest_use=max(uses),
        expired=sum(bool(entry.expires) and entry.expires < day for entry in entries),
    )


def _remove(store: ArtifactStore, entries: list[_Entry], files: list[str]) -> None:
    """The entries first: a file without an entry is no harm, an entry without its file costs a look."""
    ids = [entry.id for entry in entries]
    with Session(store.engine) as session, session.begin():
        for start in range(0, len(ids), _ROWS_TOGETHER):
            session.execute(delete(CacheRow).where(CacheRow.id.in_(ids[start : start + _ROWS_TOGETHER])))
    for sha256 in files:
        store.blobs.remove(sha256)
