"""The mix as AAC, coded a minute at a time and kept by what each minute holds: a changed word costs one minute.

Stretches are coded with the sound around them, so that the frames on both sides of a joint fit together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import ffmpeg

from narrative_assets.video.clips import file_hash
from narrative_assets.video.ports import ClipStore
from narrative_assets.video.toolchain import Toolchain, guarded_input, pinned_cpu, run_ffmpeg
from narrative_assets.video.tracks import FileTrack
from schemas.canonical import content_hash
from schemas.errors import MediaError

BITRATE = "160k"
FRAME = 1_024
"""Samples of a coded frame; each looks as far back again."""
STRETCH_FRAMES = 2_816
_LEAD, _AHEAD = 16, 4
_RECIPE = "1"


@dataclass(frozen=True)
class _Stretch:
    """Coded frames ``first`` to ``end`` of the mix, and the frames before them that only lead in."""

    first: int
    end: int
    lead: int
    samples: tuple[int, int]


def encode_aac(
    toolchain: Toolchain, wav: Path, mix: FileTrack, rate: int, store: ClipStore, scratch: Path, out: Path
) -> None:
    """Encode ``mix``, whose samples end the file ``wav``, into an mp4 at ``out``.

    Stretches that ``store`` holds are not coded again. Raises MediaError when ffmpeg refuses.
    """
    plan = list(_stretches(len(mix)))
    keys = [_key(toolchain, mix, rate, stretch) for stretch in plan]
    header = wav.stat().st_size - 4 * len(mix)

    def coded(place: int) -> Path:
        kept = _kept(keys[place], store)
        if kept is None:
            kept = _coded(toolchain, wav, header, rate, plan[place], scratch / f"{out.name}-{place}.aac")
            kept = store.put(keys[place], kept, {"file_hash": file_hash(kept)})
        return kept

    # One at a time: shots are filmed beside it.
    _join([coded(place) for place in range(len(plan))], len(mix), rate, out)


def _stretches(samples: int) -> Iterator[_Stretch]:
    """All coded frames of so many samples; the first one holds nothing but what the coder sets before the sound."""
    total = -(-samples // FRAME) + 1
    for first in range(0, total, STRETCH_FRAMES):
        end = min(total, first + STRETCH_FRAMES)
        lead = min(_LEAD, first)
        start = max(0, first - lead) * FRAME
        yield _Stretch(first, end, lead, (start, min(samples, (end + _AHEAD) * FRAME)))


def _key(toolchain: Toolchain, mix: FileTrack, rate: int, stretch: _Stretch) -> str:
    digest = hashlib.sha256(mix[slice(*stretch.samples)].astype("<i2", copy=False).data).hexdigest()
    frames = stretch.end - stretch.first
    return content_hash({"aac": [_RECIPE, BITRATE, toolchain.build, rate, stretch.lead, frames, digest]})


def _kept(key: str, store: ClipStore) -> Path | None:
    """The stretch kept under ``key``, if its bytes are what was put there."""
    path, figures = store.get(key), store.figures(key)
    try:
        return path if path is not None and figures and file_hash(path) == figures.get("file_hash") else None
    except OSError:
        return None


def _coded(toolchain: Toolchain, wav: Path, header: int, rate: int, stretch: _Stretch, out: Path) -> Path:
    """Code one stretch into a file of its own frames."""
    start, end = stretch.samples
    sound = guarded_input(
        wav, ["s16le"], f="s16le", ar=rate, ac=2, skip_initial_bytes=header + 4 * start, t=f"{(end - start) / rate:.6f}"
    )
    # Unflushed, frames leave in pages instead of waking their reader one by one.
    spec = ffmpeg.output(
        sound["a:0"], "pipe:", f="adts", acodec="aac", audio_bitrate=BITRATE, aac_coder="fast",
        fflags="+bitexact-flush_packets", flush_packets=0, map_metadata=-1, **{"flags:a": "+bitexact"},
    )  # fmt: skip
    coded = run_ffmpeg(toolchain, spec.global_args(*pinned_cpu()), "encoding the sound")
    edges, due = _edges(coded), stretch.end - stretch.first
    if len(edges) - 1 < stretch.lead + due:
        raise MediaError(
            f"ffmpeg coded {max(0, len(edges) - 1 - stretch.lead)} frames of sound; {due} were due.",
            remedy="Render again; if it happens again, install the locked requirements anew.",
        )
    out.write_bytes(memoryview(coded)[edges[stretch.lead] : edges[stretch.lead + due]])
    return out


def _edges(coded: bytes) -> list[int]:
    """Where the frames of an ADTS stream begin, headers included, and where the last one ends."""
    edges, place = [0], 0
    while place + 7 <= len(coded):
        size = (coded[place + 3] & 3) << 11 | coded[place + 4] << 3 | coded[place + 5] >> 5
        if size < 7 or place + size > len(coded):
            break
        place += size
        edges.append(place)
    return edges


def _join(parts: Sequence[Path], samples: int, rate: int, out: Path) -> None:
    """All frames in one mp4 whose first sample of sound stands at zero and whose length is that of the mix."""
    frame = 0
    out.unlink(missing_ok=True)
    with av.open(str(out), "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream: Any = None
        for part in parts:
            with av.open(str(part), format="aac") as source:
                if stream is None:
                    stream = container.add_stream_from_template(source.streams.audio[0])
                    stream.time_base = Fraction(1, rate)
                for packet in source.demux(source.streams.audio[0]):
                    if packet.size == 0:
                        continue
                    packet.stream = stream
                    packet.time_base = Fraction(1, rate)
                    packet.pts = packet.dts = (frame - 1) * FRAME
                    packet.duration = min(FRAME, samples - packet.pts)
                    container.mux(packet)
                    frame += 1
