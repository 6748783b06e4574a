"""Content-addressed bytes of one tenant in a local folder. Written once, verified when read."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from resources.durable import disk_errors, move_durably, write_durably
from schemas.canonical import sha256_hex
from schemas.errors import IntegrityError
from schemas.render import BlobRef

_CHUNK = 1 << 20


class BlobFolder:
    """Blobs under ``folder/ab/abcdef…``: the name is the SHA-256 of the bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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
        if not self.intact(digest):
            write_durably(self.path(digest), data)
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
        if self.intact(digest):
            path.unlink()
        else:
            move_durably(path, self.path(digest))
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
        try:
            data = self.path(digest).read_bytes()
        except OSError as error:
            raise _lost(digest, "is missing") from error
        if sha256_hex(data) != digest:
            raise _lost(digest, "has changed on disk")
        return data

    def verified_path(self, sha256: str) -> Path:
        """The path of a blob whose bytes were checked now. Raises IntegrityError."""
        path = self.path(sha256)
        if not path.is_file():
            raise _lost(sha256, "is missing")
        if file_sha256(path) != sha256:
            raise _lost(sha256, "has changed on disk")
        return path

    def damaged(self) -> tuple[int, list[str]]:
        """(files read, hashes whose bytes no longer fit their name), over everything stored."""
        names = sorted(path.name for path in self.folder.glob("??/*") if not path.name.startswith("."))
        return len(names), [name for name in names if not self.intact(name)]

    def scratch(self) -> tempfile.TemporaryDirectory[str]:
        """A folder for work in progress, on the same disk as the blobs so that moving is one step."""
        with disk_errors("the scratch folder"):
            parent = self.folder.parent / "scratch"
            parent.mkdir(parents=True, exist_ok=True)
            return tempfile.TemporaryDirectory(dir=parent, prefix="work-")

    def intact(self, sha256: str) -> bool:
        """Whether the blob is there and its bytes still fit its name."""
        path = self.path(sha256)
        return path.is_file() and file_sha256(path) == sha256


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
