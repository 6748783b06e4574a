"""The vector memory of one tenant: episodes kept as items, found again by words and by likeness together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from resources.inference.backends import EmbeddingBackend
from resources.memory.items import MemoryItem
from resources.memory.ranking import Ranked, fused
from resources.memory.tables import Current, Tables, item_schema, memory_errors, settle, settled, taken_apart
from resources.memory.wanted import Wanted
from schemas.errors import InputError, StorageError

MOST_HITS, MOST_QUERY = 200, 2_000
_BATCH = 256
_FIELDS = tuple(MemoryItem.model_fields)


@dataclass(frozen=True)
class Hit:
    """An item that was found, and how near it is."""

    item: MemoryItem
    rank: Ranked


@dataclass(frozen=True)
class Replaced:
    """What became of an episode's items."""

    added: int
    kept: int
    removed: int


@dataclass(frozen=True)
class MemoryFigures:
    """What memory holds. ``version`` counts the table's writes."""

    model: str
    dimensions: int
    items: int
    by_kind: dict[str, int]
    by_episode: dict[str, int]
    version: int
    size_bytes: int


class VectorMemory:
    """Items under ``folder`` with vectors of ``backend``. Several processes of one machine may share a folder.

    Where the folder's vectors are another model's, everything but ``reindex`` raises InputError.
    """

    def __init__(self, folder: Path, backend: EmbeddingBackend) -> None:
        self.backend = backend
        self.tables = Tables(folder)
        self._opened: tuple[Current, Any] | None = None

    def replace_episode(self, project_id: str, episode_id: str, items: Sequence[MemoryItem]) -> Replaced:
        """Hold exactly these items of an episode, in one step; texts held already keep their vectors.

        Raises InputError for an item of another episode.
        """
        wanted = Wanted(project_id, episodes=(episode_id,))
        fresh = {item.item_id: item for item in items}
        if any((item.project_id, item.episode_id) != (project_id, episode_id) for item in items):
            raise InputError(
                f"Not all of these items are of {project_id}/{episode_id}; nothing was kept.",
                remedy="Replace one episode at a time.",
            )
        with self.tables.locked():
            table = self._writable()
            held = {row["item_id"]: row for row in self._rows(table, wanted, ("item_id", "source_hash", "vector"))}
            done = Replaced(len(fresh.keys() - held.keys()), len(fresh.keys() & held.keys()), len(held.keys() - fresh))
            stale = any(held[key]["source_hash"] != fresh[key].source_hash for key in fresh.keys() & held.keys())
            if done.added or done.removed or stale:
                vectors = {key: held[key]["vector"] for key in fresh.keys() & held.keys()}
                self._merge(table, self._batches(list(fresh.values()), vectors), remove=wanted)
        return done

    def merge(self, batches: Iterable[Any]) -> None:
        """Take in whole rows (Arrow record batches) by their ids, all in one step."""
        with self.tables.locked():
            self._merge(self._writable(), batches)

    def search(self, query: str, wanted: Wanted, top_k: int = 10, *, apart: bool = False) -> tuple[Hit, ...]:
        """The items nearest to ``query`` by words and by likeness, the best first; equals stand in the order of ids.

        Both rankings are exact. How rare a word is counts all that is held; ``apart`` ranks as if only what is
        ``wanted`` were held, and takes longer. Raises InputError for an empty or boundless query, ModelError,
        StorageError.
        """
        if not query.strip() or len(query) > MOST_QUERY or not 1 <= top_k <= MOST_HITS:
            raise InputError(
                f"A search needs 1 to {MOST_QUERY} characters and asks for 1 to {MOST_HITS} items.",
                remedy="Shorten the query, or ask for fewer items.",
            )
        table = self._readable()
        if table is None:
            return ()
        try:
            return self._found(table, query, wanted, top_k, apart)
        except StorageError:
            if self._opened is not None and self._opened[0] == self.tables.current():
                raise
            return self._found(self._readable(), query, wanted, top_k, apart)

    def sources(self, project_id: str) -> dict[str, str]:
        """The source hash of each episode that is held."""
        table = self._readable(whole=False)
        rows = self._rows(table, Wanted(project_id), ("episode_id", "source_hash")) if table is not None else []
        return {row["episode_id"]: row["source_hash"] for row in rows}

    def figures(self) -> MemoryFigures:
        """What is held."""
        table = self._readable(whole=False)
        rows = self._rows(table, None, ("project_id", "episode_id", "kind")) if table is not None else []
        kinds = Counter(row["kind"] for row in rows)
        episodes = Counter(f"{row['project_id']}/{row['episode_id']}" for row in rows)
        return MemoryFigures(
            model=self.backend.identity,
            dimensions=self.backend.dimensions,
            items=len(rows),
            by_kind=dict(sorted(kinds.items())),
            by_episode=dict(sorted(episodes.items())),
            version=table.version if table is not None else 0,
            size_bytes=self.tables.size_bytes() if table is not None else 0,
        )

    def reindex(self) -> int:
        """Embed every text anew with this backend, in a table that counts only once it is whole; how many there are.

        Until then searches go on in the old one. Writers wait.
        """
        with self.tables.locked():
            current = self.tables.current()
            self.tables.discard_others(current)
            if current is None:
                return 0
            rows = self._rows(self.tables.open(current), None, _FIELDS)
            made, table = self.tables.create(self.backend.identity, self.backend.dimensions)
            items = sorted(
                (_item(row) for row in rows), key=lambda item: (item.project_id, item.position, item.item_id)
            )
            for batch in self._batches(items, {}):
                with memory_errors("written"):
                    table.add(batch)
            settle(table)
            if table.count_rows() != len(items):
                raise StorageError("The new table is not whole; the old one counts on.", remedy="Reindex once more.")
            self.tables.publish(made)
            self._opened = None
        return len(items)

    def rows(self, project_id: str = "") -> list[dict[str, Any]]:
        """Every row as data, by item id, of one project where one is named."""
        table = self._readable(whole=False)
        wanted = Wanted(project_id) if project_id else None
        found = self._rows(table, wanted, ("item_id", *_FIELDS, "vector")) if table is not None else []
        return sorted(found, key=lambda row: str(row["item_id"]))

    def batch(self, items: Sequence[MemoryItem], vectors: Any) -> Any:
        """Items and their vectors as rows, an Arrow record batch."""
        pa: Any = import_module("pyarrow")
        columns = {name: [getattr(item, name) for item in items] for name in ("item_id", *_FIELDS)}
        columns |= {name: [getattr(item, name) for item in items] for name in ("position", "known_from")}
        columns["vector"] = list(vectors)
        return pa.RecordBatch.from_pydict(columns, schema=item_schema(self.backend.dimensions))

    def _found(self, table: Any, query: str, wanted: Wanted, top_k: int, apart: bool) -> tuple[Hit, ...]:
        if apart:
            table = taken_apart(table, wanted)
        best = fused(table, query, self.backend.embed([query])[0], wanted, top_k)
        items = self._items(table, [each.item_id for each in best])
        return tuple(Hit(items[each.item_id], each) for each in best)

    def _batches(self, items: Sequence[MemoryItem], known: dict[str, Any]) -> Iterator[Any]:
        """Rows of the items; only texts without a known vector are embedded."""
        rest = iter(items)
        while some := list(islice(rest, _BATCH)):
            fresh = [item for item in some if item.item_id not in known]
            made = dict(zip((item.item_id for item in fresh), self.backend.embed([i.text for i in fresh]), strict=True))
            yield self.batch(some, [known.get(item.item_id, made.get(item.item_id)) for item in some])

    def _merge(self, table: Any, batches: Iterable[Any], remove: Wanted | None = None) -> None:
        pa: Any = import_module("pyarrow")
        rows = pa.Table.from_batches(list(batches), item_schema(self.backend.dimensions))
        with memory_errors("written"):
            step = table.merge_insert("item_id").when_matched_update_all().when_not_matched_insert_all()
            if remove is not None:
                step = step.when_not_matched_by_source_delete(remove.expression())
            step.execute(rows)
        settle(table)

    def _writable(self) -> Any:
        """The table that counts, made now where there is none. Call it under the lock."""
        current = self.tables.current()
        if current is None:
            self.tables.discard_others(None)
            current, _ = self.tables.create(self.backend.identity, self.backend.dimensions)
            self.tables.publish(current)
        return self._open(current)

    def _readable(self, *, whole: bool = True) -> Any:
        """The table that counts, every text of it indexed where it is to be ``whole``; None before the first."""
        current = self.tables.current()
        if current is None:
            return None
        table = self._open(current)
        if whole and not settled(table):
            with self.tables.locked():
                if not settled(table):
                    settle(table)
        return table

    def _open(self, current: Current) -> Any:
        if (current.model, current.dimensions) != (self.backend.identity, self.backend.dimensions):
            raise InputError(
                f"The vector memory was made with {current.model}; {self.backend.identity} is asked for.",
                remedy="Embed it anew with `narrative memory reindex`, or name the model that made it.",
            )
        if self._opened is None or self._opened[0] != current:
            self._opened = current, self.tables.open(current)
        return self._opened[1]

    def _items(self, table: Any, ids: Sequence[str]) -> dict[str, MemoryItem]:
        from lancedb.expr import col

        if not ids:
            return {}
        with memory_errors("read"):
            found = table.search().where(col("item_id").isin(list(ids))).select([*_FIELDS]).limit(len(ids))
            items = [_item(row) for row in found.to_arrow().to_pylist()]
        return {item.item_id: item for item in items}

    def _rows(self, table: Any, wanted: Wanted | None, columns: Sequence[str]) -> list[dict[str, Any]]:
        with memory_errors("read"):
            query = table.search().select(list(columns)).limit(max(1, table.count_rows()))
            found: list[dict[str, Any]] = (
                (query.where(wanted.expression()) if wanted is not None else query).to_arrow().to_pylist()
            )
        return found


def _item(row: dict[str, Any]) -> MemoryItem:
    return MemoryItem.model_validate({name: row[name] for name in _FIELDS})
