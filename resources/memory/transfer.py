"""Memory as a file: JSON Lines with a header, an item a line with its vector, and a checksum at the end.

The same items give the same bytes. A file that is damaged, cut or not one is refused before anything is taken in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from resources.durable import disk_errors, move_durably
from resources.memory.items import MemoryItem
from resources.memory.store import VectorMemory
from schemas.base import Count, Line, Sha256
from schemas.canonical import canonical_json
from schemas.errors import InputError, IntegrityError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_LINE = 512 * 1024
_BATCH = 256
M = TypeVar("M", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Header(_Strict):
    format: Literal["narrative-memory"] = "narrative-memory"
    version: Literal[1] = 1
    model: Line
    dimensions: Annotated[int, Field(ge=1, le=65_536)]
    items: Count


class _Entry(_Strict):
    item: MemoryItem
    vector: Annotated[str, Field(max_length=400_000)]


class _Footer(_Strict):
    sha256: Sha256


@dataclass(frozen=True)
class Transferred:
    """How many items went through, and whether their vectors were made anew for another model."""

    items: int
    embedded: bool = False


def export_memory(memory: VectorMemory, path: Path, project_id: str = "") -> Transferred:
    """Write memory, or a project's part of it, to ``path`` in one step. Raises StorageError."""
    rows = memory.rows(project_id)
    header = _Header(model=memory.backend.identity, dimensions=memory.backend.dimensions, items=len(rows))
    digest = hashlib.sha256()
    with disk_errors(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                for line in (canonical_json(header), *map(_line, rows)):
                    digest.update(line + b"\n")
                    file.write(line + b"\n")
                file.write(canonical_json(_Footer(sha256=digest.hexdigest())) + b"\n")
            move_durably(Path(name), path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    return Transferred(len(rows))


def import_memory(memory: VectorMemory, path: Path) -> Transferred:
    """Take in what a file holds: by item ids, in one step, embedded anew where another model made its vectors.

    Raises InputError for a file that cannot be read, IntegrityError for one that is damaged; nothing is taken in then.
    """
    with _opened(path) as file:
        header = _verified(file, path)
        same = (header.model, header.dimensions) == (memory.backend.identity, memory.backend.dimensions)
        file.seek(0)
        memory.merge(memory.batch(*_vectors(memory, some, same)) for some in _batches(file, header, path))
    return Transferred(header.items, embedded=not same)


def _opened(path: Path) -> IO[bytes]:
    if not path.is_file():
        raise InputError(f"There is no file {path}.", remedy="Check the path.")
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", remedy="Check its rights.") from error


def _verified(file: IO[bytes], path: Path) -> _Header:
    """The header of a file whose every line has been looked at and whose checksum is right."""
    digest = hashlib.sha256()
    first = _next(file, path)
    header = _parsed(first, _Header, path)
    digest.update(first)
    for _ in range(header.items):
        line = _next(file, path)
        _unpacked(_parsed(line, _Entry, path), header, path)
        digest.update(line)
    if _parsed(_next(file, path), _Footer, path).sha256 != digest.hexdigest() or file.read(1):
        raise _damaged(path, "its checksum is another one")
    return header


def _batches(file: IO[bytes], header: _Header, path: Path) -> Iterator[list[tuple[MemoryItem, NDArray[np.float32]]]]:
    _next(file, path)
    entries = (_parsed(_next(file, path), _Entry, path) for _ in range(header.items))
    while some := [(entry.item, _unpacked(entry, header, path)) for entry in islice(entries, _BATCH)]:
        yield some


def _vectors(
    memory: VectorMemory, some: list[tuple[MemoryItem, NDArray[np.float32]]], same: bool
) -> tuple[list[MemoryItem], Any]:
    items = [item for item, _ in some]
    return items, [vector for _, vector in some] if same else memory.backend.embed([item.text for item in items])


def _line(row: dict[str, Any]) -> bytes:
    import numpy as np

    item = {name: row[name] for name in MemoryItem.model_fields}
    packed = base64.b64encode(np.asarray(row["vector"], "<f4").tobytes()).decode()
    return canonical_json({"item": item, "vector": packed})


def _unpacked(entry: _Entry, header: _Header, path: Path) -> NDArray[np.float32]:
    import numpy as np

    try:
        vector = np.frombuffer(base64.b64decode(entry.vector, validate=True), "<f4")
    except (binascii.Error, ValueError) as error:
        raise _damaged(path, "a vector is no vector") from error
    if vector.shape != (header.dimensions,) or not abs(float(vector @ vector) - 1) < 1e-3:
        raise _damaged(path, f"a vector is no unit vector of {header.dimensions} numbers")
    return vector.astype(np.float32)


def _next(file: IO[bytes], path: Path) -> bytes:
    line = file.readline(_MOST_LINE)
    if not line.endswith(b"\n"):
        raise _damaged(path, "it ends early or holds a line without end")
    return line


def _parsed(line: bytes, model: type[M], path: Path) -> M:
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise _damaged(path, f"{place or 'a line'}: {first['msg']}") from error


def _damaged(path: Path, why: str) -> IntegrityError:
    return IntegrityError(
        f"{path.name} is no whole memory file: {why}; nothing was taken in.", remedy="Export it once more."
    )
