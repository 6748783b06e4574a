"""A finished clip as one file: coded frames, what was measured on them, and a thumbnail, in an uncompressed zip.

The file is of our own making and is read as nothing else. Encoding lives in ``encode``, keys in ``clips``.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from narrative_assets.video.encode import Segment
from schemas.errors import MediaError

_STREAM, _INDEX, _LUMA, _GRID, _THUMBNAIL = "frames.h264", "index.json", "luma.bin", "grid.bin", "thumbnail.png"
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Clip:
    """Coded frames of a shot in decoding order, as Annex B with parameter sets before every key frame.

    ``sizes`` are the frames' bytes in ``stream``, ``shown`` their places in the order of display; ``luma`` holds
    a byte and ``grid`` 16 x 9 bytes for every frame, in the order of display. ``thumbnail`` is a PNG.
    """

    headers: bytes
    stream: bytes
    sizes: tuple[int, ...]
    shown: tuple[int, ...]
    luma: bytes
    grid: bytes
    thumbnail: bytes

    @property
    def stream_hash(self) -> str:
        """SHA-256 of the elementary stream."""
        return hashlib.sha256(self.stream).hexdigest()

    def frames(self) -> Iterator[tuple[bytes, int, bool]]:
        """Every frame in decoding order as Annex B without parameter sets: data, place in display, whether key."""
        at = 0
        for size, shown in zip(self.sizes, self.shown, strict=True):
            key = self.stream.startswith(self.headers, at)
            first = at + len(self.headers) if key else at
            yield self.stream[first : at + size], shown, key
            at += size


def assembled(headers: bytes, segments: Sequence[Segment], thumbnail: bytes) -> Clip:
    """The clip made of ``segments``, in order."""
    shown: list[int] = []
    for segment in segments:
        start = len(shown)
        shown.extend(start + place for place in segment.shown)
    return Clip(
        headers=headers,
        stream=b"".join(segment.stream for segment in segments),
        sizes=tuple(size for segment in segments for size in segment.sizes),
        shown=tuple(shown),
        luma=b"".join(segment.luma for segment in segments),
        grid=b"".join(segment.grid for segment in segments),
        thumbnail=thumbnail,
    )


def write_clip(path: Path, clip: Clip) -> None:
    """Write ``clip``; the same clip gives the same bytes. Raises OSError."""
    index = {"headers": clip.headers.hex(), "sizes": clip.sizes, "shown": clip.shown}
    with zipfile.ZipFile(path, "w") as pack:
        for name, data in (
            (_STREAM, clip.stream),
            (_INDEX, json.dumps(index, separators=(",", ":")).encode()),
            (_LUMA, clip.luma),
            (_GRID, clip.grid),
            (_THUMBNAIL, clip.thumbnail),
        ):
            entry = zipfile.ZipInfo(name, _DATE)
            # What repeats from frame to frame packs well; the rest is packed already.
            entry.compress_type = zipfile.ZIP_DEFLATED if name == _GRID else zipfile.ZIP_STORED
            pack.writestr(entry, data, compresslevel=1)


def read_thumbnail(path: Path) -> bytes:
    """The thumbnail of a clip as PNG. Raises MediaError for anything that is no clip."""
    try:
        with zipfile.ZipFile(path) as pack:
            return pack.read(_THUMBNAIL)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise MediaError(f"{path.name} cannot be read as a clip: {error}.", remedy="Render it again.") from error


def read_clip(path: Path, data: bytes | None = None) -> Clip:
    """Read a clip, from ``data`` where its bytes are at hand. Raises MediaError for anything that is none."""
    try:
        with zipfile.ZipFile(path if data is None else io.BytesIO(data)) as pack:
            index = json.loads(pack.read(_INDEX))
            clip = Clip(
                headers=bytes.fromhex(index["headers"]),
                stream=pack.read(_STREAM),
                sizes=tuple(map(int, index["sizes"])),
                shown=tuple(map(int, index["shown"])),
                luma=pack.read(_LUMA),
                grid=pack.read(_GRID),
                thumbnail=pack.read(_THUMBNAIL),
            )
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise MediaError(f"{path.name} cannot be read as a clip: {error}.", remedy="Render it again.") from error
    if sum(clip.sizes) != len(clip.stream) or not len(clip.sizes) == len(clip.shown) == len(clip.luma):
        raise MediaError(f"{path.name} does not hold the frames it names.", remedy="Render it again.")
    return clip
