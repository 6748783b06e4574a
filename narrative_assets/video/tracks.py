"""Samples that lie in files: stems as WAV and prepared sounds in a pool, read and written a stretch at a time.

Nothing here holds more than the stretch asked for, so an hour of sound costs no more memory than a minute.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from narrative_assets.video.mixing import Samples
from schemas.errors import MediaError

_MOST_BYTES = (1 << 32) - 64
_STRETCH = 1 << 16


class Track(Protocol):
    """16-bit samples of shape (frames,) or (frames, channels), by stretches: an array, or a file that acts like one."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, where: slice, /) -> Samples: ...


class FileTrack:
    """Samples in a file: a slice of frames is read as an array, or written where the file was opened for it."""

    dtype = np.dtype(np.int16)

    def __init__(self, file: BinaryIO, offset: int, shape: tuple[int, ...]) -> None:
        self._file, self._offset, self.shape = file, offset, shape
        self.ndim = len(shape)
        self._frame = 2 * (shape[1] if len(shape) == 2 else 1)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, where: slice, /) -> Samples:
        first, end, _ = where.indices(len(self))
        shape = (max(0, end - first), *self.shape[1:])
        self._file.seek(self._offset + first * self._frame)
        data = self._file.read(shape[0] * self._frame)
        if len(data) != shape[0] * self._frame:
            raise MediaError("A sound in the scratch folder has been cut short.", remedy="Render again.")
        return np.frombuffer(data, "<i2").reshape(shape).astype(np.int16, copy=False)

    def __setitem__(self, where: slice, pcm: Samples, /) -> None:
        first, end, _ = where.indices(len(self))
        self._file.seek(self._offset + first * self._frame)
        whole = pcm
        if pcm.shape != (end - first, *self.shape[1:]):
            whole = np.empty((end - first, *self.shape[1:]), np.int16)
            for channel in whole.T:
                channel[:] = pcm.reshape(-1)
        self._file.write(np.ascontiguousarray(whole, "<i2").data)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(self[:], dtype)

    def flush(self) -> None:
        """Hand what was written to the system. Raises OSError when it finds no room."""
        self._file.flush()


class Pool:
    """Prepared sounds, one after the other in one file of ``folder``; in memory where there is none."""

    def __init__(self, folder: Path | None) -> None:
        self._file = None if folder is None else (folder / "sound-pool").open("w+b")
        self._end = 0

    def keep(self, pcm: Samples) -> Track:
        """``pcm`` where it costs no memory. Raises OSError."""
        if self._file is None:
            return pcm
        kept = FileTrack(self._file, self._end, pcm.shape)
        kept[:] = pcm
        self._end += pcm.nbytes
        return kept

    def close(self) -> None:
        """Let go of everything kept."""
        if self._file is not None:
            self._file.close()


def new_wav(path: Path, frames: int, channels: int, rate: int) -> FileTrack:
    """A 16-bit WAV file to be written, stretch by stretch in order. Raises OSError, MediaError beyond 4 GB."""
    header = wav_header(frames, channels, rate)
    # The name may stand for bytes that something else keeps as well.
    path.unlink(missing_ok=True)
    file = path.open("w+b")
    file.write(header)
    return FileTrack(file, len(header), (frames, channels))


def open_wav(path: Path, frames: int, channels: int) -> FileTrack:
    """The samples of a WAV file that ``new_wav`` made. Raises OSError."""
    return FileTrack(path.open("rb"), path.stat().st_size - 2 * channels * frames, (frames, channels))


def wav_header(frames: int, channels: int, rate: int) -> bytes:
    """What stands before the samples of a 16-bit WAV file. Raises MediaError for more than its sizes can count."""
    size = frames * channels * 2
    if size > _MOST_BYTES:
        hours = _MOST_BYTES / (2 * channels * rate * 3_600)
        raise MediaError(
            f"{frames / rate / 3_600:.1f} hours of sound do not fit into a WAV file, which holds 4 GB.",
            remedy=f"Split the episode: {hours:.1f} hours fit at {rate} Hz.",
        )
    form = struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + form + b"data" + struct.pack("<I", size)


def wav_bytes(pcm: Samples, rate: int) -> bytes:
    """A 16-bit WAV file of ``pcm``, of shape (frames,) or (frames, channels)."""
    return b"".join(_wav_parts(pcm, rate))


def write_wav(path: Path, pcm: Samples, rate: int) -> None:
    """Write what ``wav_bytes`` returns to a file, stretch by stretch. Raises OSError."""
    with path.open("wb") as file:
        file.writelines(_wav_parts(pcm, rate))


def _wav_parts(pcm: Samples, rate: int) -> Iterator[bytes]:
    yield wav_header(len(pcm), 1 if pcm.ndim == 1 else int(pcm.shape[1]), rate)
    for place in range(0, len(pcm), _STRETCH):
        yield pcm[place : place + _STRETCH].astype("<i2", copy=False).tobytes()
