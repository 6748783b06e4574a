"""A model's files: each is reached by a name inside the model's folder, checked before any library sees it.

What stands in the files is for ``safetensors_files``, ``onnx_files`` and ``tokenizers`` to judge. A model is a folder
in the models folder; nothing is downloaded and nothing pickled is ever opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas.errors import ModelRefused

MODELS = "NARRATIVE_MODELS"
"""The environment variable that names the models folder."""
MOST_JSON = 64 * 1024 * 1024
MOST_DEPTH = 64
PICKLED = frozenset({".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle", ".joblib", ".npy", ".npz"})
_PICKLES = "A pickled file runs code when it is opened"
_CHUNK = 1024 * 1024
_Mark = tuple[int, int, int]
_SEPARATORS = ("/", "\\", "\0")


def models_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of all models: where ``NARRATIVE_MODELS`` says, else ``models`` beside the artifact folder."""
    stated = environment.get(MODELS)
    return Path(stated) if stated else Path(environment.get("NARRATIVE_ARTIFACTS") or "artifacts").parent / "models"


class ModelFolder:
    """One model's folder. Every file in it is opened through here.

    ``sha256`` holds the digests that files have to have, by name; a file that has none stated is not compared.
    Raises ModelRefused for a name that is no plain folder inside ``models``.
    """

    def __init__(self, models: Path, name: str, sha256: Mapping[str, str] | None = None) -> None:
        root = models.resolve()
        self.name = name
        self._sha256 = dict(sha256 or {})
        self._digests: dict[str, tuple[_Mark, str]] = {}
        self.path = _inside(root, name, name)
        if not self.path.is_dir():
            raise ModelRefused(
                f"There is no model {name!r} in the models folder.",
                remedy=f"Put its files into {root.name}/{name}, or name another model.",
            )

    def has(self, name: str) -> bool:
        """Whether the folder holds something of that name, sound or not."""
        return os.path.lexists(self.path / name) if not _unsafe(name) else False

    def file(self, name: str, most_bytes: int) -> Path:
        """The path of a regular file of this model of at most ``most_bytes``, its digest compared where one is stated.

        Raises ModelRefused for what lies elsewhere, is shared with another place, is too large, pickled or changed.
        """
        path = _inside(self.path, name, f"{self.name}/{name}")
        state = self._regular(path, name)
        if state.st_size > most_bytes:
            raise self.refused(name, f"has {state.st_size:,} bytes and at most {most_bytes:,} are read")
        self._no_pickle(path, name)
        expected = self._sha256.get(name, "").lower()
        if expected and expected != (found := self._digest(name, path, state)):
            raise self.refused(name, f"has the SHA-256 {found[:12]}… and {expected[:12]}… is expected")
        return path

    def digest(self, name: str, most_bytes: int) -> str:
        """The SHA-256 of a file, read once while it stays as it is. Raises ModelRefused as ``file`` does."""
        path = self.file(name, most_bytes)
        return self._digest(name, path, path.stat())

    def read(self, name: str, most_bytes: int = MOST_JSON) -> bytes:
        """The bytes of a file. Raises ModelRefused as ``file`` does."""
        path = self.file(name, most_bytes)
        try:
            with path.open("rb") as file:
                data = file.read(most_bytes + 1)
        except OSError as error:
            raise self.refused(name, f"cannot be read ({error.strerror})") from error
        if len(data) > most_bytes:
            raise self.refused(name, f"grew beyond {most_bytes:,} bytes while it was read")
        return data

    def json(self, name: str, most_bytes: int = MOST_JSON) -> dict[str, Any]:
        """The JSON object in a file. Raises ModelRefused for anything else."""
        return self.parsed(name, self.read(name, most_bytes))

    def parsed(self, name: str, data: bytes) -> dict[str, Any]:
        """``data`` as a JSON object in which no key stands twice. Raises ModelRefused for anything else."""
        try:
            found = json.loads(data, object_pairs_hook=_once, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise self.refused(name, f"is no sound JSON ({error})") from error
        if not isinstance(found, dict):
            raise self.refused(name, "holds no JSON object")
        return found

    def refused(self, name: str, why: str, remedy: str = "Take the model from its source again.") -> ModelRefused:
        """The error that says why a file of this model is not loaded."""
        return ModelRefused(f"{name} of the model {self.name!r} is refused: it {why}.", remedy=remedy)

    def _digest(self, name: str, path: Path, state: os.stat_result) -> str:
        mark = (state.st_ino, state.st_size, state.st_mtime_ns)
        if name not in self._digests or self._digests[name][0] != mark:
            self._digests[name] = (mark, file_sha256(path))
        return self._digests[name][1]

    def _regular(self, path: Path, name: str) -> os.stat_result:
        try:
            state = path.stat()
        except OSError as error:
            raise self._missing(name) from error
        if not stat.S_ISREG(state.st_mode):
            raise self.refused(name, "is no regular file")
        if state.st_nlink != 1:
            # A hard link cannot be told from its other names: what is read here could be changed from there.
            raise self.refused(name, f"has {state.st_nlink} names (hard links)", "Copy the file into the folder.")
        return state

    def _missing(self, name: str) -> ModelRefused:
        pickled = sorted(each.name for each in self.path.iterdir() if each.suffix.lower() in PICKLED)
        if pickled:
            return self.refused(name, f"is missing, and {pickled[0]} is pickled. {_PICKLES}", "Convert the weights.")
        return self.refused(name, "is missing")

    def _no_pickle(self, path: Path, name: str) -> None:
        try:
            with path.open("rb") as file:
                head = file.read(16)
        except OSError as error:
            raise self.refused(name, f"cannot be read ({error.strerror})") from error
        if Path(name).suffix.lower() in PICKLED or _looks_pickled(head):
            raise self.refused(name, f"is pickled or zipped. {_PICKLES}", "Convert the weights to safetensors.")


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _inside(folder: Path, name: str, told: str) -> Path:
    if _unsafe(name):
        raise ModelRefused(
            f"The name {name!r} leaves the models folder.", remedy="Give the plain name of something in the folder."
        )
    path = folder / name
    try:
        resolved = path.resolve()
    except (OSError, RuntimeError) as error:
        raise ModelRefused(f"{told} cannot be followed ({error}).", remedy="Put the file itself there.") from error
    if not resolved.is_relative_to(folder) or resolved == folder:
        raise ModelRefused(f"{told} is a link that leaves its folder.", remedy="Copy what it names into the folder.")
    return resolved


def _unsafe(name: str) -> bool:
    """Whether a name is anything but that of a thing directly in a folder."""
    return name in ("", ".", "..") or any(each in name for each in _SEPARATORS) or Path(name).is_absolute()


def _looks_pickled(head: bytes) -> bool:
    """Whether a file begins as a pickle, a zip (torch's newer form) or numpy's, which can hold pickles."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x93NUMPY")):
        return True
    # A safetensors header of 640 bytes begins with the same two bytes; its length goes on with zeros.
    is_length = head[3:8] == bytes(5) and head[8:9] == b"{"
    return head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05") and not is_length


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
