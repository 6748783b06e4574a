"""Which pieces of work are kept under which key, and on which day each was last used.

The pieces themselves are blobs. Uses are noted by the day and written together, so that reading costs no write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from resources.clock import now, today
from resources.tables import CacheRow
from schemas.errors import StorageError

if TYPE_CHECKING:
    from resources.registry import ArtifactStore

BLOB_ADDRESS = re.compile(r"blob:sha256:([0-9a-f]{64})")
_USES_TOGETHER = 400


class CacheIndex:
    """The cache entries of one tenant."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._used: set[tuple[str, str]] = set()
        self._lock = Lock()

    def get(self, namespace: str, key: str) -> tuple[str, dict[str, Any]] | None:
        """(blob hash, figures) of an entry, and note that it was used; the blob itself is not checked."""
        with Session(self._store.engine) as session:
            row = session.scalar(
                select(CacheRow).where(
                    CacheRow.tenant == self._store.tenant, CacheRow.namespace == namespace, CacheRow.key == key
                )
            )
        if row is None or (row.expires and row.expires < today()):
            return None
        if row.last_used != today():
            self._note_use(namespace, key)
        return row.sha256, dict(row.figures)

    def put(self, namespace: str, key: str, sha256: str, figures: Mapping[str, object], expires: str = "") -> None:
        """Record a piece of work under its key; ``expires`` is the last day on which it may be used (ISO date)."""
        self._store.upsert(
            CacheRow,
            ("tenant", "namespace", "key"),
            {
                "tenant": self._store.tenant,
                "namespace": namespace,
                "key": key,
                "sha256": sha256,
                "figures": dict(figures),
                "created_at": now(),
                "last_used": today(),
                "size_bytes": sum(self._store.blobs.size(each) for each in blobs_of(sha256, figures)),
                "expires": expires,
            },
        )

    def flush(self) -> None:
        """Write down the uses noted so far. A disk that refuses costs no more than their order."""
        with self._lock:
            used, self._used = sorted(self._used), set()
        with suppress(StorageError):
            for start in range(0, len(used), _USES_TOGETHER):
                self._write_uses(used[start : start + _USES_TOGETHER])

    def _note_use(self, namespace: str, key: str) -> None:
        with self._lock:
            self._used.add((namespace, key))
            full = len(self._used) >= _USES_TOGETHER
        if full:
            self.flush()

    def _write_uses(self, used: list[tuple[str, str]]) -> None:
        statement = (
            update(CacheRow)
            .where(CacheRow.tenant == self._store.tenant, tuple_(CacheRow.namespace, CacheRow.key).in_(used))
            .values(last_used=today())
        )
        with self._store.engine.begin() as connection:
            connection.execute(statement)


def blobs_of(sha256: str, figures: Mapping[str, object]) -> Iterator[str]:
    """The hash of every file of an entry, each once: its own, and those that its figures address."""
    yield from dict.fromkeys((sha256, *BLOB_ADDRESS.findall(json.dumps(figures))))
