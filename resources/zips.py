"""Zip files whose bytes repeat, and the reading of a stranger's without trusting anything that it says of itself."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from resources.durable import disk_errors, sync_folder
from schemas.errors import InputError, IntegrityError

_CHUNK = 1 << 20
_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_ZIP64_FROM = 2 << 30
_MOST_PACKED = 1_100
"""Deflate packs no better than 1 to 1032."""
MAX_MEMBERS = 1_000_000
MAX_NAME = 1_200
MAX_DEPTH = 24


@dataclass(frozen=True)
class Member:
    """A member of a zip: its name, its size in bytes, and where its bytes come from."""

    name: str
    size: int
    source: bytes | Path


def write_zip(target: Path, members: list[Member], *, compress: bool) -> None:
    """Write ``members`` in their order; the same members give the same bytes. Raises StorageError.

    Stored members have the same bytes with every zip library; how compressed ones turn out is the library's choice.
    """
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    writing = target.with_name(f".writing-{target.name}")
    with disk_errors(target.name):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with zipfile.ZipFile(writing, "w", method, compresslevel=6) as packed:
                for member in members:
                    _write(packed, member, method)
            with writing.open("rb+") as file:
                os.fsync(file.fileno())
            writing.replace(target)
        finally:
            writing.unlink(missing_ok=True)
        sync_folder(target.parent)


def _write(packed: zipfile.ZipFile, member: Member, method: int) -> None:
    info = zipfile.ZipInfo(member.name, _DATE)
    info.compress_type = method
    info.create_system = _UNIX
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    info.file_size = member.size
    with packed.open(info, "w", force_zip64=member.size >= _ZIP64_FROM) as written:
        if isinstance(member.source, bytes):
            written.write(member.source)
            return
        with member.source.open("rb") as read:
            while chunk := read.read(_CHUNK):
                written.write(chunk)


class ReadZip:
    """A stranger's zip, its table of contents checked: plain files only, under plain relative names, no bomb."""

    def __init__(self, packed: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> None:
        self._packed = packed
        self._infos = infos

    @property
    def sizes(self) -> dict[str, int]:
        """The size that the zip claims for each member, in bytes."""
        return {name: info.file_size for name, info in self._infos.items()}

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member's bytes, never more than it claims. Raises IntegrityError."""
        info = self._infos[name]
        left = info.file_size
        try:
            with self._packed.open(info) as member:
                while chunk := member.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise _damaged(name, "is larger than it says")
                    yield chunk
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
            raise _damaged(name, str(error) or type(error).__name__) from error
        if left:
            raise _damaged(name, "is shorter than it says")

    def read(self, name: str, most: int) -> bytes:
        """A member of at most ``most`` bytes, whole. Raises InputError for one that is missing or larger."""
        if name not in self._infos:
            raise InputError(f"The archive has no {name}.", remedy="Take a file that `narrative archive export` wrote.")
        if self._infos[name].file_size > most:
            raise InputError(
                f"{name} in the archive has more than {most >> 20} MB.", remedy="Export the project again."
            )
        return b"".join(self.chunks(name))

    def extract(self, name: str, target: Path, sha256: str) -> None:
        """Write a member to the new file ``target`` and compare it with its hash. Raises IntegrityError."""
        digest = hashlib.sha256()
        with disk_errors(name):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as written:
                for chunk in self.chunks(name):
                    digest.update(chunk)
                    written.write(chunk)
        if digest.hexdigest() != sha256:
            raise _damaged(name, "differs from its hash")


@contextmanager
def reading_zip(path: Path, max_bytes: int) -> Iterator[ReadZip]:
    """Open a stranger's zip. Raises InputError for what is no zip, or one that could do harm.

    ``max_bytes`` bounds what its members may unpack to together.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", remedy="Check the path.")
    try:
        packed = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(f"{path.name} is no readable zip: {error}.", remedy="Fetch the archive again.") from error
    with packed:
        yield ReadZip(packed, _checked(packed.infolist(), path, max_bytes))


def _checked(infos: list[zipfile.ZipInfo], path: Path, max_bytes: int) -> dict[str, zipfile.ZipInfo]:
    packed_bytes = path.stat().st_size
    if len(infos) > MAX_MEMBERS:
        raise _harmful(path, f"it has {len(infos)} members")
    if sum(info.compress_size for info in infos) > packed_bytes:
        raise _harmful(path, "its members lie over one another")
    total = sum(info.file_size for info in infos)
    if total > max_bytes:
        raise _harmful(path, f"it unpacks to {total >> 20} MB, of which {max_bytes >> 20} are allowed")
    if total > max(packed_bytes, 1) * _MOST_PACKED:
        raise _harmful(path, f"it unpacks to {total // max(packed_bytes, 1)} times its size")
    found: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for info in infos:
        why = _unsafe(info)
        if why:
            raise _harmful(path, f"{info.filename[:80]!r} {why}")
        if info.filename.casefold() in folded:
            raise _harmful(path, f"{info.filename[:80]!r} is in it twice")
        folded.add(info.filename.casefold())
        found[info.filename] = info
    return found


def _unsafe(info: zipfile.ZipInfo) -> str:
    """Why a member is not a plain file under a plain relative name; empty where it is."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.is_dir() or kind not in (0, stat.S_IFREG):
        return "is no plain file"
    if info.flag_bits & 0x1:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that is not read here"
    if info.orig_filename != info.filename or not safe_name(info.filename):
        return "is no plain relative name"
    return ""


def safe_name(name: str) -> bool:
    """Whether a member's name is a plain relative path on every system: it leads nowhere but down."""
    if not 0 < len(name) <= MAX_NAME or re.search(r"[\x00-\x1f\\:*?\"<>|]", name):
        return False
    parts = name.split("/")
    if len(parts) > MAX_DEPTH or PurePosixPath(name).is_absolute():
        return False
    return all(part not in ("", ".", "..") and not part.endswith((" ", ".")) for part in parts)


def _harmful(path: Path, why: str) -> InputError:
    return InputError(
        f"{path.name} is refused: {why}; nothing was imported.",
        remedy="Take a file that `narrative archive export` wrote.",
    )


def _damaged(name: str, how: str) -> IntegrityError:
    return IntegrityError(
        f"{name} in the archive {how}; nothing was imported.", remedy="Fetch or export the archive again."
    )
