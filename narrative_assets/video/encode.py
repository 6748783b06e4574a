"""H.264 encoding of shots, in process: one option set, so that all segments carry the same parameter sets.

A segment begins with a key frame. Frames that show something else go through x264; frames that repeat the one
before are written by hand, and the frames after them renumbered. What is in the frames is decided elsewhere.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from av.codec.context import Flags
from av.video.frame import PictureType

from narrative_assets.video.motion import Planes
from narrative_assets.video.slices import (
    SHORT_START,
    START,
    Counters,
    counters,
    moved,
    picture_unit,
    placed,
    places,
)
from schemas.errors import MediaError
from schemas.project import RenderProfile

X264_PARAMS = (
    "bframes=3:b-adapt=0:b-pyramid=none:weightb=1:weightp=0:cabac=1:keyint=240:scenecut=0:"
    "no-deblock=0:deblock=0,0:chroma-qp-offset=-4"
)
KEY_INTERVAL = 240
GRID = (16, 9)
"""Columns and rows of the coarse luma grid that is kept of every frame."""
REORDER = 1
"""Without a B-pyramid a frame is decoded at most one frame ahead of its turn."""
_BT709 = 1
_LIMITED = 1
_LUMA_STEP = 4
_REFERENCE = 0x60
_FORMS_LOCK = threading.Lock()


@dataclass(frozen=True)
class Encoding:
    """All that decides the coded bytes besides the pictures."""

    width: int
    height: int
    fps: int
    quantizer: int
    preset: str


@dataclass(frozen=True)
class Form:
    """What all segments of an encoding share: parameter sets (Annex B) and the frame that says "as before"."""

    headers: bytes
    widths: Counters
    repeat: bytes

    @lru_cache(maxsize=4096)  # noqa: B019 - the few forms there are live as long as the process
    def repeat_at(self, number: int, order: int) -> bytes:
        """The repeating frame with its start code, at a place in the stream."""
        return START + placed(self.repeat, number, order, self.widths)


@dataclass
class Segment:
    """Coded frames from one key frame up to the next, in decoding order, and what was measured on them.

    ``sizes`` are bytes in ``stream`` (Annex B, parameter sets before the key frame), ``shown`` the places in the
    order of display. ``luma`` and ``grid`` stand in the order of display: mean luma (0 to 255) of every frame,
    and of every frame's 16 x 9 fields row by row.
    """

    stream: bytearray = field(default_factory=bytearray)
    sizes: list[int] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    luma: bytearray = field(default_factory=bytearray)
    grid: bytearray = field(default_factory=bytearray)


def encoding_of(profile: RenderProfile, fps: int) -> Encoding:
    """The encoding that ``profile`` asks for at ``fps`` frames a second."""
    return Encoding(profile.width, profile.height, fps, profile.quantizer, profile.preset)


def encoder_build() -> str:
    """Name and version of the encoder in use, part of every clip's key."""
    codec = ".".join(str(part) for part in av.library_versions["libavcodec"])
    return f"PyAV {av.__version__} libavcodec {codec} libx264"


def cut_up(frames: int) -> tuple[tuple[int, int], ...]:
    """The segments (first, end) of a shot: as few and as equal as the key interval allows."""
    parts = -(-frames // KEY_INTERVAL)
    edges = [frames * part // parts for part in range(parts + 1)]
    return tuple(pairwise(edges))


def encode(
    encoding: Encoding,
    frames: int,
    draw: Callable[[int, Planes], None],
    repeats: Callable[[int], bool] = lambda _: False,
) -> Segment:
    """Draw and encode ``frames`` frames, at most the key interval.

    ``draw(n, out)`` fills frame n. A frame that ``repeats`` shows exactly what the one before does: it is neither
    drawn nor looked at, and costs a few bytes. The same frames give the same bytes. Raises MediaError.
    """
    drawn = [number for number in range(frames) if number == 0 or not repeats(number)]
    writer = _Writer(form_of(encoding), drawn, frames)
    measured = writer.segment
    context = _context(encoding)
    # x264 copies a frame before it returns, so one buffer serves the whole run.
    picture = av.VideoFrame(encoding.width, encoding.height, "yuv420p")
    planes = frame_planes(picture)
    step = Fraction(1, encoding.fps)
    for index, number in enumerate(drawn):
        draw(number, planes)
        held = writer.held[index]
        luma, grid = measure(planes)
        measured.luma.extend([luma] * (1 + held))
        measured.grid.extend(grid * (1 + held))
        # Only a frame that others refer to can be repeated.
        kind = PictureType.I if index == 0 else PictureType.P if held else PictureType.NONE
        picture.pts, picture.time_base, picture.pict_type = index, step, kind
        writer.add(context.encode(picture))
    writer.add(context.encode(None))
    return writer.close()


class _Writer:
    """Puts x264's frames and their repeats into one segment, in decoding order."""

    def __init__(self, form: Form, drawn: list[int], frames: int) -> None:
        self.segment = Segment()
        self.held = [after - at - 1 for at, after in zip(drawn, [*drawn[1:], frames], strict=True)]
        self._form, self._drawn, self._frames = form, drawn, frames
        self._pending: Iterator[tuple[int, bytes]] = iter(())

    def add(self, packets: list[Any]) -> None:
        """Take in what x264 has finished."""
        for packet in packets:
            index = int(packet.pts or 0)
            shown = self._drawn[index]
            unit = moved(picture_unit(bytes(packet)), shown - index, self._form.widths)
            if unit[0] & _REFERENCE:
                # Repeats come after the B frames that are shown before them: those still need the older reference.
                self._flush()
                self._pending = self._repeats(unit, index)
            prefix = self._form.headers + SHORT_START if index == 0 else START
            self._put(shown, prefix + unit)

    def close(self) -> Segment:
        """The finished segment."""
        self._flush()
        if sorted(self.segment.shown) != list(range(self._frames)):
            raise MediaError(
                f"x264 returned {len(self.segment.shown)} of {self._frames} frames.",
                remedy="Install the locked version of PyAV.",
            )
        return self.segment

    def _repeats(self, unit: bytes, index: int) -> Iterator[tuple[int, bytes]]:
        if not self.held[index]:
            return
        number, order = places(unit, self._form.widths)
        numbers, orders = 1 << self._form.widths.frame_bits, 1 << self._form.widths.order_bits
        for step in range(1, self.held[index] + 1):
            coded = self._form.repeat_at((number + step) % numbers, (order + 2 * step) % orders)
            yield self._drawn[index] + step, coded

    def _flush(self) -> None:
        for shown, coded in self._pending:
            self._put(shown, coded)

    def _put(self, shown: int, coded: bytes) -> None:
        self.segment.stream += coded
        self.segment.sizes.append(len(coded))
        self.segment.shown.append(shown)


def form_of(encoding: Encoding) -> Form:
    """The parameter sets and the repeating frame of ``encoding``, from a short encode of its own."""
    with _FORMS_LOCK:
        return _form_of(encoding)


@lru_cache(maxsize=8)
def _form_of(encoding: Encoding) -> Form:
    """The repeat is a P frame in which every macroblock is skipped: it shows the frame before, whatever that is."""
    context = _context(encoding)
    flat = blank_planes(encoding.width, encoding.height)
    picture = av.VideoFrame(encoding.width, encoding.height, "yuv420p")
    for target, plane in zip(frame_planes(picture).each(), flat.each(), strict=True):
        np.copyto(target, plane)
    packets = []
    for number, kind in enumerate((PictureType.I, PictureType.P)):
        picture.pts, picture.time_base, picture.pict_type = number, Fraction(1, encoding.fps), kind
        packets += context.encode(picture)
    packets += context.encode(None)
    headers = bytes(context.extradata)
    if [packet.is_keyframe for packet in packets] != [True, False]:
        raise MediaError(
            f"The x264 of {encoder_build()} does not keep to the frame types asked for.",
            remedy="Install the locked version of PyAV.",
        )
    return Form(headers, counters(headers), picture_unit(bytes(packets[1])))


def blank_planes(width: int, height: int) -> Planes:
    """A black frame, limited range."""
    return Planes(
        np.full((height, width), 16, np.uint8),
        np.full((height // 2, width // 2), 128, np.uint8),
        np.full((height // 2, width // 2), 128, np.uint8),
    )


def measure(planes: Planes) -> tuple[int, bytes]:
    """Mean luma of a frame, over every fourth pixel each way, and the means of its 16 x 9 fields, 0 to 255."""
    import cv2

    rows, columns = (max(1, length // _LUMA_STEP) for length in planes.y.shape)
    sample = np.ascontiguousarray(planes.y[::_LUMA_STEP, ::_LUMA_STEP][:rows, :columns])
    across, down = GRID
    if columns % across or rows % down:
        # Whole fields only: averaging is exact in integers there.
        size = (across * max(1, columns // across), down * max(1, rows // down))
        fields = cv2.resize(sample, size, interpolation=cv2.INTER_NEAREST)
    else:
        fields = sample
    grid = cv2.resize(fields, GRID, interpolation=cv2.INTER_AREA)
    return int(cv2.sumElems(sample)[0]) // (rows * columns), grid.tobytes()


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


def _context(encoding: Encoding) -> Any:
    context: Any = av.CodecContext.create("libx264", "w")
    configure(context, encoding)
    return context


def configure(context: Any, encoding: Encoding) -> None:
    """Set a codec context up for ``encoding``."""
    context.width, context.height, context.pix_fmt = encoding.width, encoding.height, "yuv420p"
    context.framerate, context.time_base = Fraction(encoding.fps), Fraction(1, encoding.fps)
    context.options = {"preset": encoding.preset, "qp": str(encoding.quantizer), "x264-params": X264_PARAMS}
    context.thread_count = 1
    context.flags |= Flags.bitexact | Flags.global_header
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = _LIMITED
