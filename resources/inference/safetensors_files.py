"""Weights in safetensors, checked before a library opens them: the header, every size, and every number in them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resources.inference.model_files import ModelFolder

MOST_WEIGHTS = 256 * 1024**3
MOST_HEADER = 16 * 1024 * 1024
SHAPE_LIMIT = 8
DTYPES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
"""The kinds of numbers that are taken, with their bytes."""
INDEX = "model.safetensors.index.json"
WEIGHTS = "model.safetensors"
_CHUNK = 4 * 1024 * 1024


def safetensors_weights(folder: ModelFolder, most_bytes: int = MOST_WEIGHTS) -> tuple[Path, ...]:
    """The checked weight files of a model: one, or those that its index names.

    ``most_bytes`` bounds them together. Raises ModelRefused for what is missing, malformed, not finite or too large.
    """
    left, paths, seen = most_bytes, [], set[str]()
    for name in weight_names(folder):
        path = folder.file(name, left)
        left -= path.stat().st_size
        tensors = check_safetensors(folder, name, path)
        twice = sorted(seen & tensors)
        if twice:
            raise folder.refused(name, f"holds {twice[0]!r}, which stands in another file too")
        seen |= tensors
        paths.append(path)
    return tuple(paths)


def check_safetensors(folder: ModelFolder, name: str, path: Path) -> set[str]:
    """The names of a file's tensors. Raises ModelRefused unless header, sizes and numbers are sound."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or not 2 <= length <= min(MOST_HEADER, size - 8):
            raise folder.refused(name, f"has {size:,} bytes and states a header of {length:,}")
        header = folder.parsed(name, file.read(length))
    header.pop("__metadata__", None)
    places, end = [], 0
    for tensor, entry in sorted(header.items(), key=lambda item: _begin(item[1])):
        begin, end = _checked_entry(folder, name, tensor, entry, end)
        places.append((tensor, entry["dtype"], 8 + length + begin, end - begin))
    if 8 + length + end != size:
        raise folder.refused(name, f"has {size:,} bytes and its header accounts for {8 + length + end:,}")
    for place in places:
        _require_finite(folder, name, path, *place)
    return set(header)


def weight_names(folder: ModelFolder) -> tuple[str, ...]:
    """The names of a model's weight files. Raises ModelRefused for an index that names none."""
    if folder.has(WEIGHTS) or not folder.has(INDEX):
        return (WEIGHTS,)
    weight_map = folder.json(INDEX).get("weight_map")
    if not isinstance(weight_map, dict) or not all(isinstance(each, str) for each in weight_map.values()):
        raise folder.refused(INDEX, "maps no weights to files")
    return tuple(sorted(set(weight_map.values())))


def _begin(entry: Any) -> int:
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    return offsets[0] if isinstance(offsets, list) and offsets and isinstance(offsets[0], int) else -1


def _checked_entry(folder: ModelFolder, name: str, tensor: str, entry: Any, expected: int) -> tuple[int, int]:
    """Where a tensor begins and ends, which has to be where the one before it ended."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise folder.refused(name, f"says of {tensor!r} something else than kind, shape and place")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if dtype not in DTYPES:
        raise folder.refused(name, f"holds {tensor!r} as {dtype!r}; taken are {', '.join(DTYPES)}")
    if not _sizes(shape) or len(shape) > SHAPE_LIMIT or not _sizes(offsets) or len(offsets) != 2:
        raise folder.refused(name, f"gives {tensor!r} no sound shape or place")
    begin, end = offsets
    if end - begin != math.prod(shape) * DTYPES[dtype] or begin != expected:
        raise folder.refused(
            name, f"states {math.prod(shape) * DTYPES[dtype]:,} bytes for {tensor!r} and another place"
        )
    return begin, end


def _sizes(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < 2**48 for value in values)


def _require_finite(
    folder: ModelFolder, name: str, path: Path, tensor: str, dtype: str, begin: int, length: int
) -> None:
    if dtype not in ("F64", "F32", "F16", "BF16"):
        return
    with path.open("rb") as file:
        file.seek(begin)
        while length:
            piece = file.read(min(_CHUNK, length))
            if not piece:
                raise folder.refused(name, f"ends before {tensor!r} does")
            length -= len(piece)
            if not _finite(piece, dtype):
                raise folder.refused(name, f"holds numbers in {tensor!r} that are not finite")


def _finite(piece: bytes, dtype: str) -> bool:
    import numpy as np

    if dtype == "BF16":
        return bool((np.frombuffer(piece, "<u2") & 0x7F80 != 0x7F80).all())
    numbers: NDArray[np.floating] = np.frombuffer(piece, {"F64": "<f8", "F32": "<f4", "F16": "<f2"}[dtype])
    return bool(np.isfinite(numbers).all())
