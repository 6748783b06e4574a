"""H.264 encoding of shot clips, in process: one option set, so that every clip carries the same SPS and PPS.

A clip is an mp4 of runs. A moving run goes through x264 frame by frame; a still run is one key frame and then
frames that repeat it, which x264 need not look at. What is in the frames is decided elsewhere.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from av.codec.context import Flags
from av.video.frame import PictureType

from narrative_assets.video.motion import Planes
from schemas.errors import MediaError
from schemas.project import RenderProfile

X264_PARAMS = (
    "bframes=3:b-adapt=0:b-pyramid=none:weightb=1:cabac=1:keyint=240:scenecut=0:"
    "no-deblock=0:deblock=0,0:chroma-qp-offset=-4"
)
KEY_INTERVAL = 240
_BT709 = 1
_LIMITED = 1
_LUMA_STEP = 4
# Without a B-pyramid a frame is decoded at most one frame ahead. x264 itself says 0 for a run of one frame,
# which would not fit beside runs with B frames.
_REORDER = 1
_REPEATS_LOCK = threading.Lock()


@dataclass(frozen=True)
class Encoding:
    """All that decides the coded bytes besides the pictures."""

    width: int
    height: int
    fps: int
    quantizer: int
    preset: str


@dataclass(frozen=True)
class CodedFrame:
    """A coded frame with its display and decoding times in frames."""

    data: bytes
    pts: int
    dts: int
    key: bool


def encoding_of(profile: RenderProfile, fps: int) -> Encoding:
    """The encoding that ``profile`` asks for at ``fps`` frames a second."""
    return Encoding(profile.width, profile.height, fps, profile.quantizer, profile.preset)


def encoder_build() -> str:
    """Name and version of the encoder in use, part of every clip's key."""
    codec = ".".join(str(part) for part in av.library_versions["libavcodec"])
    return f"PyAV {av.__version__} libavcodec {codec} libx264"


def blank_planes(width: int, height: int) -> Planes:
    """A black frame, limited range."""
    return Planes(
        np.full((height, width), 16, np.uint8),
        np.full((height // 2, width // 2), 128, np.uint8),
        np.full((height // 2, width // 2), 128, np.uint8),
    )


def mean_luma(planes: Planes) -> int:
    """Mean luma of a frame, 0 to 255, over every fourth pixel each way."""
    sample = planes.y[::_LUMA_STEP, ::_LUMA_STEP]
    return int(sample.sum(dtype=np.int64)) // int(sample.size)


class ClipWriter:
    """Writes one clip: call ``moving`` and ``still`` in display order, then ``close``.

    ``luma`` grows by the mean luma of every frame. The file is not to be used when ``close`` was not reached.
    """

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self.encoding = encoding
        self.luma: list[int] = []
        self._container: Any = av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"})
        self._stream: Any = self._container.add_stream("libx264", rate=encoding.fps)
        _configure(self._stream.codec_context, encoding)

    def moving(self, frames: int, draw: Callable[[int, Planes], None]) -> None:
        """Encode ``frames`` frames; ``draw(n, out)`` fills frame n of this run."""
        start = len(self.luma)
        for coded in _code(self.encoding, frames, draw, self.luma):
            self._write(coded, start)

    def still(self, frames: int, picture: Planes) -> None:
        """Hold ``picture`` for ``frames`` frames: a key frame, then frames that say "as before"."""
        for first in range(0, frames, KEY_INTERVAL):
            start = len(self.luma)
            length = min(KEY_INTERVAL, frames - first)
            (key,) = _code(self.encoding, 1, lambda _, out: _fill(out, picture), self.luma)
            self.luma.extend([self.luma[-1]] * (length - 1))
            self._write(key, start)
            for repeat in repeats(self.encoding)[: length - 1]:
                self._write(repeat, start)

    def close(self) -> None:
        """Finish the file."""
        self._container.close()

    def _write(self, coded: CodedFrame, start: int) -> None:
        packet = av.Packet(coded.data)
        packet.stream = self._stream
        packet.time_base = Fraction(1, self.encoding.fps)
        packet.pts, packet.dts, packet.duration = coded.pts + start, coded.dts + start, 1
        packet.is_keyframe = coded.key
        self._container.mux(packet)


def repeats(encoding: Encoding) -> tuple[CodedFrame, ...]:
    """The frames 1 to 239 of a still run: P frames in which every macroblock is skipped.

    Taken from an encode of a flat picture with all frames forced to P. They fit any key frame of the same
    encoding: a skipped macroblock repeats what the frame before shows, unfiltered, whatever that is.
    """
    with _REPEATS_LOCK:
        return _repeats(encoding)


@lru_cache(maxsize=8)
def _repeats(encoding: Encoding) -> tuple[CodedFrame, ...]:
    flat = blank_planes(encoding.width, encoding.height)
    coded = tuple(_code(encoding, KEY_INTERVAL, lambda _, out: _fill(out, flat), [], only_p=True))
    if [frame.key for frame in coded] != [True] + [False] * (KEY_INTERVAL - 1):
        raise MediaError(
            f"The x264 of {encoder_build()} does not keep to the frame types asked for.",
            remedy="Install the locked version of PyAV.",
        )
    return coded[1:]


def _code(
    encoding: Encoding,
    frames: int,
    draw: Callable[[int, Planes], None],
    luma: list[int],
    *,
    only_p: bool = False,
) -> Iterator[CodedFrame]:
    """Draw and encode a run; yields coded frames in decoding order, without SEI, times relative to the run."""
    context: Any = av.CodecContext.create("libx264", "w")
    _configure(context, encoding)
    # x264 writes its thread count into an SEI; nothing else of a run says how it was made.
    sieve = BitStreamFilterContext("filter_units=remove_types=6", "h264")
    # x264 copies a frame before it returns, so one buffer serves the whole run.
    picture = av.VideoFrame(encoding.width, encoding.height, "yuv420p")
    planes = frame_planes(picture)
    decoded = count(-_REORDER)
    for number in range(frames):
        draw(number, planes)
        luma.append(mean_luma(planes))
        picture.pts, picture.time_base = number, Fraction(1, encoding.fps)
        picture.pict_type = PictureType.P if only_p and number else PictureType.NONE
        yield from _sifted(sieve, context.encode(picture), decoded)
    yield from _sifted(sieve, context.encode(None), decoded)


def _sifted(sieve: BitStreamFilterContext, packets: list[Any], decoded: Iterator[int]) -> Iterator[CodedFrame]:
    for packet in packets:
        for kept in sieve.filter(packet):
            yield CodedFrame(bytes(kept), int(kept.pts or 0), next(decoded), bool(kept.is_keyframe))


def frame_planes(picture: av.VideoFrame) -> Planes:
    """The planes of a yuv420p frame as arrays on its own memory."""
    views = [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in picture.planes
    ]
    return Planes(*views)


def elementary_hash(path: Path) -> str:
    """SHA-256 of the H.264 elementary stream inside an mp4, as Annex B (the same for every muxer version)."""
    digest = hashlib.sha256()
    try:
        with open_mp4(path) as container:
            stream = container.streams.video[0]
            annexb = BitStreamFilterContext("h264_mp4toannexb", stream)
            for packet in container.demux(stream):
                for unit in annexb.filter(packet) if packet.size else ():
                    digest.update(memoryview(unit))
    except (av.FFmpegError, IndexError) as error:
        raise MediaError(f"{path.name} cannot be read as H.264: {error}.", remedy="Render it again.") from error
    return digest.hexdigest()


def open_mp4(path: Path) -> Any:
    """Open an mp4 of our own with PyAV, as nothing but an mp4 and following nothing inside it."""
    guards = {"protocol_whitelist": "file", "format_whitelist": "mov"}
    return av.open(f"file:{path}", format="mp4", options=guards)


def _fill(out: Planes, picture: Planes) -> None:
    for target, plane in zip(out.each(), picture.each(), strict=True):
        np.copyto(target, plane)


def _options(encoding: Encoding) -> dict[str, str]:
    return {"preset": encoding.preset, "qp": str(encoding.quantizer), "x264-params": X264_PARAMS}


def _configure(context: Any, encoding: Encoding) -> None:
    context.width, context.height, context.pix_fmt = encoding.width, encoding.height, "yuv420p"
    context.framerate, context.time_base = Fraction(encoding.fps), Fraction(1, encoding.fps)
    context.options = _options(encoding)
    context.thread_count = 1
    context.flags |= Flags.bitexact | Flags.global_header
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = _LIMITED
