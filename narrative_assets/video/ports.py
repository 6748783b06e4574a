"""The ports of the video engine: where stored bytes and finished shot clips are kept.

Protocols and their plain data only; the adapters that touch a disk live outside the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from schemas.render import BlobRef


class BlobStore(Protocol):
    """Bytes kept by content."""

    def read(self, ref: BlobRef) -> bytes:
        """Return the bytes behind ``ref``, verified against their hash. Raises IntegrityError or InputError."""
        ...

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
        """Keep ``data``; the same bytes give the same reference."""
        ...

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
        """Keep the file at ``path``, taking it over: it need not exist afterwards."""
        ...

    def intact(self, sha256: str) -> bool:
        """Whether bytes of this hash are kept and still fit it."""
        ...


class ClipStore(Protocol):
    """Shot clips, sound files and what an episode came to, kept by the key they were made under, with figures.

    The engine checks every file it gets against the ``file_hash`` among its figures and makes it again where
    they differ, so a store may lose or damage entries and need not notice it.
    """

    def get(self, key: str) -> Path | None:
        """Return where the clip of ``key`` lies (64 hex digits), or None when there is none."""
        ...

    def figures(self, key: str) -> Mapping[str, int | str] | None:
        """Return the figures stored with the clip of ``key``, or None when there are none."""
        ...

    def put(self, key: str, path: Path, figures: dict[str, int | str]) -> Path:
        """Keep the clip at ``path``, taking it over, with its figures; return where it lies now.

        An entry under the same key is replaced.
        """
        ...
