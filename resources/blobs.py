"""Content-addressed bytes of one tenant in a local folder. Written once, verified when read.

Where an origin keeps them for several workers, the folder is a working copy: what is written goes there as well, and
what is missing here is brought from there.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

from resources.durable import disk_errors, move_durably, write_durably
from resources.objects import BlobOrigin
from schemas.canonical import sha256_hex
from schemas.errors import IntegrityError
from schemas.render import BlobRef

_CHUNK = 1 << 20
_DAY_SECONDS = 86_400
_SETTLED_NS = 50_000_000
_Signature = tuple[int, int, int, int]


class BlobFolder:
    """Blobs under ``folder/ab/abcdef…``: the name is the SHA-256 of the bytes."""

    def __init__(self, folder: Path, origin: BlobOrigin | None = None) -> None:
        self.folder = folder
        self._origin = origin
        self._sent: set[str] = set()
        self._refused: set[str] = set()
        self._seen: dict[str, _Signature] = {}

    def path(self, sha256: str) -> Path:
        """Where the blob is or would be; nothing is checked."""
        return self.folder / sha256[:2] / sha256

    def put(
        self,
        data: bytes,
        media_type: str,
        *,
        width: int | None = None,
        height: int | None = None,
        samples: int | None = None,
        sample_rate: int | None = None,
    ) -> BlobRef:
        """Store ``data`` once; returns its reference. Raises StorageError."""
        digest = sha256_hex(data)
        if not self._intact_here(digest):
            write_durably(self.path(digest), data)
        self._send(digest)
        return BlobRef(
            uri=f"blob:sha256:{digest}",
            media_type=media_type,
            size_bytes=len(data),
            width=width,
            height=height,
            samples=samples,
            sample_rate=sample_rate,
        )

    def put_file(
        self,
        path: Path,
        media_type: str,
        *,
        width: int | None = None,
        height: int | None = None,
        samples: int | None = None,
        sample_rate: int | None = None,
    ) -> BlobRef:
        """Take over a finished file (it is moved). Raises StorageError."""
        digest, size = file_sha256(path), path.stat().st_size
        if self._intact_here(digest):
            path.unlink()
        else:
            move_durably(path, self.path(digest))
        self._send(digest)
        return BlobRef(
            uri=f"blob:sha256:{digest}",
            media_type=media_type,
            size_bytes=size,
            width=width,
            height=height,
            samples=samples,
            sample_rate=sample_rate,
        )

    def read(self, ref: BlobRef | str) -> bytes:
        """The bytes of a reference or hash. Raises IntegrityError when they are gone or changed."""
        digest = ref.sha256 if isinstance(ref, BlobRef) else ref
        if self._origin is not None and not self._intact_here(digest):
            self._bring(digest)
        try:
            data = self.path(digest).read_bytes()
        except OSError as error:
            raise self._missing(digest) from error
        if sha256_hex(data) != digest:
            raise _lost(digest, "has changed on disk")
        return data

    def verified_path(self, sha256: str) -> Path:
        """The path of a blob whose bytes were checked now. Raises IntegrityError."""
        path = self.path(sha256)
        intact = self.intact(sha256)
        if not path.is_file():
            raise self._missing(sha256)
        if not intact:
            raise _lost(sha256, "has changed on disk")
        return path

    def damaged(self) -> tuple[int, list[str]]:
        """(files read, hashes whose bytes no longer fit their name), over everything stored."""
        names = sorted(path.name for path in self.folder.glob("??/*") if not path.name.startswith("."))
        return len(names), [name for name in names if file_sha256(self.path(name)) != name]

    def size(self, sha256: str) -> int:
        """Bytes of a blob; 0 where there is none."""
        try:
            return self.path(sha256).stat().st_size
        except OSError:
            return (self._origin.size(sha256) or 0) if self._origin is not None else 0

    def remove(self, sha256: str) -> None:
        """Take a blob off the disk; one that is gone already is none the worse for it. Raises StorageError."""
        with disk_errors(sha256[:12]):
            self.path(sha256).unlink(missing_ok=True)
        if self._origin is not None:
            self._origin.remove(sha256)
            self._sent.discard(sha256)

    def trim(self, limit: int) -> int:
        """Remove working copies that nobody touched for a day, oldest first, down to ``limit`` bytes.

        Only what the origin holds goes: without one the folder is the truth, and stays. Returns the bytes freed.
        """
        if self._origin is None:
            return 0
        copies = [(path, found) for path in self.folder.glob("??/*") if (found := _stat(path)) is not None]
        held, freed = sum(found.st_size for _, found in copies), 0
        for path, found in sorted(copies, key=lambda copy: (_touched(copy[1]), copy[0].name)):
            if held - freed <= limit or _touched(found) > time.time() - _DAY_SECONDS:
                break
            if self._origin.size(path.name) == found.st_size:
                with disk_errors(path.name[:12]):
                    path.unlink(missing_ok=True)
                freed += found.st_size
        return freed

    def scratch(self) -> tempfile.TemporaryDirectory[str]:
        """A folder for work in progress, on the same disk as the blobs so that moving is one step."""
        with disk_errors("the scratch folder"):
            parent = self.folder.parent / "scratch"
            parent.mkdir(parents=True, exist_ok=True)
            # A disk that refuses the work refuses its removal too; the first error is the one to tell.
            return tempfile.TemporaryDirectory(dir=parent, prefix="work-", ignore_cleanup_errors=True)

    def present(self, sha256: str) -> Path | None:
        """Where the blob lies, brought here first if need be; None where there is none. Its bytes are not checked."""
        path = self.path(sha256)
        return path if path.is_file() or self._bring(sha256) else None

    def intact(self, sha256: str) -> bool:
        """Whether the blob is there and its bytes still fit its name.

        Bytes that this process has read before are taken for the same while the file's size, times and place on
        the disk are the same; ``damaged`` reads them again whatever they are.
        """
        if self._intact_here(sha256):
            self._send(sha256)
            return True
        return self._bring(sha256)

    def _send(self, sha256: str) -> None:
        """Have the origin keep the blob, once a process: a run that was killed may have written without sending."""
        if self._origin is not None and sha256 not in self._sent:
            self._origin.send(sha256, self.path(sha256), anew=sha256 in self._refused)
            self._refused.discard(sha256)
            self._sent.add(sha256)

    def _bring(self, sha256: str) -> bool:
        """Fetch a blob that is not here, or damaged here. What does not fit its name is refused and later sent anew."""
        if self._origin is None:
            return False
        with self.scratch() as scratch:
            fetched = Path(scratch) / sha256
            if not self._origin.fetch(sha256, fetched):
                return False
            if file_sha256(fetched) != sha256:
                self._refused.add(sha256)
                self._sent.discard(sha256)
                return False
            move_durably(fetched, self.path(sha256))
        self._sent.add(sha256)
        return True

    def _missing(self, sha256: str) -> IntegrityError:
        return _lost(sha256, "has changed in the object store" if sha256 in self._refused else "is missing")

    def _intact_here(self, sha256: str) -> bool:
        path = self.path(sha256)
        signature = _signature(path)
        if signature is None:
            return False
        if self._seen.get(sha256) == signature:
            return True
        if file_sha256(path) != sha256:
            return False
        # A file changed within one tick of the disk's clock keeps its times: only what has settled is remembered.
        if time.time_ns() - signature[2] > _SETTLED_NS:
            self._seen[sha256] = signature
        return True


def _signature(path: Path) -> _Signature | None:
    """Size, time of the last writing, of the last change, and inode of a regular file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino) if S_ISREG(found.st_mode) else None


def _stat(path: Path) -> os.stat_result | None:
    with suppress(OSError):
        return None if path.name.startswith(".") else path.stat()
    return None


def _touched(found: os.stat_result) -> float:
    return max(found.st_atime, found.st_mtime)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _lost(sha256: str, how: str) -> IntegrityError:
    return IntegrityError(
        f"The stored file {sha256[:12]}… {how}.",
        remedy="Run the episode again: what is missing is made anew and everything else is kept.",
    )
