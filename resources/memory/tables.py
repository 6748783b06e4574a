"""The tables on disk: one that counts, named by a small file that is replaced in one step, and its lock.

A new table is built beside the one that counts; whoever dies while building leaves the old one as it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from resources.durable import write_durably
from resources.memory.wanted import Wanted
from schemas.base import Line
from schemas.canonical import sha256_hex
from schemas.errors import IntegrityError, ModelError, StorageError

_POINTER = "current.json"
_OLD_VERSIONS = timedelta(hours=1)


class Current(BaseModel):
    """Which table counts, the model that made its vectors and their length."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    table: Annotated[str, StringConstraints(pattern=r"^m_[0-9a-f]{16}_[0-9]{1,9}$")]
    model: Line
    dimensions: Annotated[int, Field(ge=1, le=65_536)]


class Tables:
    """The tables of one tenant under ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Write alone, whatever else runs on this machine."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".lock"):
            yield

    def current(self) -> Current | None:
        """The table that counts; None before the first. Raises IntegrityError for a damaged pointer."""
        try:
            return Current.model_validate_json((self.folder / _POINTER).read_bytes())
        except FileNotFoundError:
            return None
        except (ValidationError, OSError) as error:
            raise IntegrityError(
                f"The memory's {_POINTER} is damaged.",
                remedy="Remove the memory folder: it is made again from scripts and canon.",
            ) from error

    def open(self, current: Current) -> Any:
        """A table as it stands now."""
        with memory_errors("opened"):
            return self._database.open_table(current.table)

    def create(self, model: str, dimensions: int) -> tuple[Current, Any]:
        """An empty table that does not count yet."""
        name = f"m_{sha256_hex(model.encode())[:16]}"
        taken = [int(path.stem.rpartition("_")[2]) for path in self.folder.glob("m_*_*.lance")]
        made = Current(table=f"{name}_{max(taken, default=0) + 1}", model=model, dimensions=dimensions)
        with memory_errors("made"):
            return made, self._database.create_table(made.table, schema=item_schema(dimensions))

    def publish(self, current: Current) -> None:
        """From now on this table counts; all others go."""
        write_durably(self.folder / _POINTER, current.model_dump_json().encode())
        self.discard_others(current)

    def discard_others(self, current: Current | None) -> None:
        """Remove tables that do not count: replaced ones, and what was left half built."""
        for path in self.folder.glob("m_*_*.lance"):
            if current is None or path.stem != current.table:
                shutil.rmtree(path, ignore_errors=True)

    def size_bytes(self) -> int:
        """What the tables take on disk."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    @cached_property
    def _database(self) -> Any:
        try:
            import lancedb
        except ImportError as error:
            raise ModelError(
                "Vector memory needs lancedb, which is not installed.",
                remedy="Install the extra: narrative-assets[models].",
            ) from error
        with memory_errors("opened"):
            return lancedb.connect(self.folder, read_consistency_interval=timedelta(0))


def item_schema(dimensions: int) -> Any:
    """The columns of a table as an Arrow schema."""
    pa: Any = import_module("pyarrow")
    texts = ("item_id", "project_id", "episode_id", "scene_id", "kind", "text", "source", "source_hash", "revealed_in")
    numbers = ("scene", "position", "known_from")
    optional = ("scene_id", "revealed_in")
    return pa.schema(
        [pa.field(name, pa.string(), nullable=name in optional) for name in texts]
        + [pa.field(name, pa.int64(), nullable=False) for name in numbers]
        + [pa.field("vector", pa.list_(pa.float32(), dimensions), nullable=False)]
    )


def settle(table: Any) -> None:
    """Pack the table and index its texts anew: what a search finds depends on the items, not on how they came."""
    from lancedb.index import FTS

    with memory_errors("indexed"):
        table.optimize(cleanup_older_than=_OLD_VERSIONS)
        if table.count_rows():
            table.create_index("text", config=FTS(num_workers=1), replace=True)


def settled(table: Any) -> bool:
    """Whether every text is indexed."""
    with memory_errors("read"):
        rows = table.count_rows()
        stats = [table.index_stats(index.name) for index in table.list_indices() if index.columns == ["text"]]
        return rows == 0 or any(each is not None and each.num_indexed_rows == rows for each in stats)


def taken_apart(table: Any, wanted: Wanted) -> Any:
    """A table in memory of what is wanted alone, indexed."""
    import lancedb

    with memory_errors("read"):
        rows = table.search().where(wanted.expression()).limit(max(1, table.count_rows())).to_arrow()
        found = lancedb.connect("memory://").create_table("apart", rows)
    settle(found)
    return found


@contextmanager
def memory_errors(what: str) -> Iterator[None]:
    """Turn what lancedb and Arrow raise into a StorageError."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        why = next(iter(str(error).splitlines()), type(error).__name__)
        raise StorageError(
            f"The vector memory cannot be {what}: {why}.",
            remedy="Check the disk, or remove the memory folder: it is made again from scripts and canon.",
        ) from error
