"""From clips and a mix to the finished mp4: coded frames joined without re-encoding, AAC, chapters, in one pass.

Clips come in whole and in order; what is in them is decided elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from narrative_assets.video.clipfile import read_clip
from narrative_assets.video.encode import REORDER, Encoding, configure, form_of, open_mp4
from schemas.errors import MediaError
from schemas.render import Chapter
from schemas.shots import ShotList


def chapters_of(shot_list: ShotList) -> tuple[Chapter, ...]:
    """A chapter for each scene that lasts, in timeline order."""
    return tuple(
        Chapter(title=scene.title, start_frame=scene.start_frame, frames=scene.duration_frames)
        for scene in sorted(shot_list.scenes, key=lambda scene: scene.start_frame)
        if scene.duration_frames > 0
    )


def assemble(
    clips: Sequence[Path], encoding: Encoding, audio: Path | None, chapters: Sequence[Chapter], out: Path
) -> str:
    """Write the frames of ``clips`` and the sound of ``audio`` (AAC in mp4) into one mp4 that plays while it loads.

    Returns the SHA-256 of the video's elementary stream. Raises MediaError when a file cannot be read, or a
    clip was coded under other options.
    """
    digest = hashlib.sha256()
    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    try:
        with av.open(str(out), "w", format="mp4", options=options) as container:
            container.set_chapters([_chapter(number, chapter, encoding.fps) for number, chapter in enumerate(chapters)])
            # Its encoder is never fed: it gives the stream the parameter sets that all clips share.
            video: Any = container.add_stream("libx264", rate=encoding.fps)
            configure(video.codec_context, encoding)
            sound = _Sound(container, audio)
            for packet in _packets(clips, encoding, digest):
                if packet.dts % encoding.fps == 0:
                    sound.up_to(packet.dts // encoding.fps + 1)
                packet.stream = video
                container.mux_one(packet)
            sound.up_to(None)
    except (av.FFmpegError, IndexError) as error:
        raise MediaError(
            f"The episode's file cannot be written: {error}.", remedy="Check free disk space, then render again."
        ) from error
    return digest.hexdigest()


class _Sound:
    """The coded sound, copied beside the picture."""

    def __init__(self, container: Any, path: Path | None) -> None:
        self._container = container
        self._source: Any = None if path is None else open_mp4(path)
        self._packets: Iterator[Any] = iter(())
        if self._source is not None:
            coded = self._source.streams.audio[0]
            self._stream = container.add_stream_from_template(coded, opaque=True)
            self._packets = (packet for packet in self._source.demux(coded) if packet.size)
        self._next = next(self._packets, None)

    def up_to(self, seconds: int | None) -> None:
        """Copy what comes before ``seconds``; None copies the rest and closes the file."""
        end = None if seconds is None or self._next is None else int(seconds / self._next.time_base)
        while self._next is not None and (end is None or self._next.dts < end):
            self._next.stream = self._stream
            self._container.mux_one(self._next)
            self._next = next(self._packets, None)
        if seconds is None and self._source is not None:
            self._source.close()


def _packets(clips: Sequence[Path], encoding: Encoding, digest: Any) -> Iterator[Any]:
    """The frames of all clips as packets in decoding order; ``digest`` takes in the elementary stream."""
    headers, step, start = form_of(encoding).headers, Fraction(1, encoding.fps), 0
    for path in clips:
        clip = read_clip(path)
        if clip.headers != headers:
            raise MediaError(
                f"{path.name} was coded with other parameters than this render's.",
                remedy="Empty the clip store and render again.",
            )
        digest.update(clip.stream)
        for number, (data, shown, key) in enumerate(clip.frames()):
            packet: Any = av.Packet(data)
            packet.time_base = step
            packet.pts, packet.dts, packet.duration = start + shown, start + number - REORDER, 1
            packet.is_keyframe = key
            yield packet
        start += len(clip.sizes)


def _chapter(number: int, chapter: Chapter, fps: int) -> Any:
    return {
        "id": number,
        "start": chapter.start_frame,
        "end": chapter.start_frame + chapter.frames,
        "time_base": Fraction(1, fps),
        "metadata": {"title": chapter.title},
    }
