"""Which files of a model are taken, which are left behind, and which are refused whatever they are called.

Pickled checkpoints run code when they are opened, so none is ever taken. Links may lead anywhere; archives may unpack
to more than a disk holds.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from schemas.errors import ModelRefused

MAX_UNPACKED = 256 << 20
MAX_HEADER = 100 << 20
_PICKLED = (".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".bin", ".npy", ".npz", ".h5", ".keras", ".msgpack")
_WEIGHTS = (".safetensors", ".onnx")
_TEXTS = (".json", ".txt", ".md", ".model", ".tiktoken")
_NOTICES = ("licence", "license", "notice", "copying")
_IN_PACKAGE = (".mlmodel", ".bin", ".json")
_REMEDY = "Leave it out where safetensors or ONNX lie beside it; otherwise convert it where it comes from."


def wanted(path: str) -> bool:
    """Whether a file, by its path below the model's folder, is part of a model. Raises ModelRefused for a pickle."""
    where = PurePosixPath(path)
    if any(part.endswith(".mlpackage") for part in where.parts[:-1]):
        return where.suffix in _IN_PACKAGE
    if where.suffix.lower() in _PICKLED:
        raise ModelRefused(f"{path} is refused: files of the kind {where.suffix} can run code.", remedy=_REMEDY)
    if any(part.startswith(".") for part in where.parts):
        return False
    name = where.name.lower()
    return name.endswith((*_WEIGHTS, *_TEXTS, ".json.gz")) or name.startswith(_NOTICES)


def check(file: Path, path: str) -> None:
    """Raise ModelRefused for a file whose bytes are not what its name says, or could do harm."""
    with file.open("rb") as opened:
        head = opened.read(8)
    if file.suffix == ".safetensors":
        safetensors_header(file)
        return
    if _pickled(head) or (zipfile.is_zipfile(file) and _holds_pickles(file)):
        raise ModelRefused(f"{path} is refused: it is a pickled checkpoint under another name.", remedy=_REMEDY)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise ModelRefused(f"{path} is refused: it is an archive under another name.", remedy="Unpack it first.")
    if file.suffix == ".gz":
        unpacked(file)


def safetensors_header(file: Path) -> dict[str, dict[str, object]]:
    """Name, type and shape of each tensor, as the file's header states them. Raises ModelRefused.

    The header is JSON after its own length in eight bytes; no weight is read.
    """
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            if not 2 <= length <= min(MAX_HEADER, file.stat().st_size - 8):
                raise ValueError("its header is longer than the file")
            header = json.loads(opened.read(length))
        tensors = {name: each for name, each in header.items() if name != "__metadata__"}
        if not all(isinstance(each, dict) and {"dtype", "shape"} <= each.keys() for each in tensors.values()):
            raise ValueError("its header describes no tensors")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise ModelRefused(f"{file.name} is no safetensors file: {error}.", remedy="Fetch it again.") from error
    return tensors


def unpacked(file: Path) -> bytes:
    """What a gzip file holds. Raises ModelRefused for one that is damaged, or holds more than ``MAX_UNPACKED``."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(file.read_bytes(), MAX_UNPACKED + 1)
    except (OSError, zlib.error) as error:
        raise ModelRefused(f"{file.name} cannot be unpacked: {error}.", remedy="Fetch it again.") from error
    if len(data) > MAX_UNPACKED:
        raise ModelRefused(
            f"{file.name} is refused: it unpacks to more than {MAX_UNPACKED >> 20} MB.", remedy="Unpack it first."
        )
    return data


def _pickled(head: bytes) -> bool:
    return len(head) > 2 and head[0] == 0x80 and 2 <= head[1] <= 5 and head[2] != 0


def _holds_pickles(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as packed:
            return any(name.endswith((".pkl", ".pickle")) for name in packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
