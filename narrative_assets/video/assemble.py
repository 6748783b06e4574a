"""From clips and a mix to the finished mp4: joining without re-encoding, AAC, chapters, one last mux.

Clips come in whole and in order; what is in them is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import ffmpeg

from narrative_assets.video.encode import open_mp4
from narrative_assets.video.toolchain import Toolchain, guarded_input, pinned_cpu, run_ffmpeg
from schemas.errors import MediaError
from schemas.render import Chapter
from schemas.shots import ShotList

AUDIO_BITRATE = "160k"
_BITEXACT = {"fflags": "+bitexact", "map_metadata": -1}


def chapters_of(shot_list: ShotList) -> tuple[Chapter, ...]:
    """A chapter for each scene that lasts, in timeline order."""
    return tuple(
        Chapter(title=scene.title, start_frame=scene.start_frame, frames=scene.duration_frames)
        for scene in sorted(shot_list.scenes, key=lambda scene: scene.start_frame)
        if scene.duration_frames > 0
    )


def join_clips(clips: Sequence[Path], fps: int, chapters: Sequence[Chapter], out: Path) -> int:
    """Copy the coded frames of ``clips`` into one mp4 and return how many there are.

    Raises MediaError when a clip cannot be read or was coded under other options than the first.
    """
    written = 0
    with av.open(str(out), "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        container.set_chapters([_chapter(number, chapter, fps) for number, chapter in enumerate(chapters)])
        stream: Any = None
        headers = b""
        for clip in clips:
            try:
                with open_mp4(clip) as source:
                    video = source.streams.video[0]
                    if stream is None:
                        stream = container.add_stream_from_template(video, opaque=True)
                        headers = bytes(video.codec_context.extradata or b"")
                    if bytes(video.codec_context.extradata or b"") != headers:
                        raise MediaError(
                            f"{clip.name} was coded with other parameters than the first clip.",
                            remedy="Empty the clip store and render again.",
                        )
                    written += _copy(source, video, container, stream, written, fps)
            except (av.FFmpegError, IndexError) as error:
                raise MediaError(
                    f"{clip.name} cannot be read as a clip: {error}.", remedy="Remove it and render again."
                ) from error
    return written


def encode_audio(toolchain: Toolchain, wav: Path, out: Path) -> None:
    """Encode a WAV file to AAC in an mp4. Raises MediaError when ffmpeg refuses."""
    sound = guarded_input(wav, ["wav"], f="wav")
    spec = ffmpeg.output(
        sound["a:0"], f"file:{out}", f="mp4", acodec="aac", audio_bitrate=AUDIO_BITRATE, aac_coder="fast",
        **{"flags:a": "+bitexact"}, **_BITEXACT,
    )  # fmt: skip
    run_ffmpeg(toolchain, spec.global_args(*pinned_cpu()), "encoding the sound")


def mux(toolchain: Toolchain, video: Path, audio: Path, out: Path) -> None:
    """Put the joined video with its chapters and the sound into one mp4 that plays while it downloads."""
    picture = guarded_input(video, ["mov"], f="mp4")
    sound = guarded_input(audio, ["mov"], f="mp4")
    # Metadata is not switched off here: the chapters' titles are metadata, and both inputs carry no other.
    spec = ffmpeg.output(
        picture["v:0"], sound["a:0"], f"file:{out}", f="mp4", c="copy", map_chapters=0, movflags="+faststart",
        fflags="+bitexact",
    )  # fmt: skip
    run_ffmpeg(toolchain, spec, "putting picture and sound together")


def _chapter(number: int, chapter: Chapter, fps: int) -> Any:
    return {
        "id": number,
        "start": chapter.start_frame,
        "end": chapter.start_frame + chapter.frames,
        "time_base": Fraction(1, fps),
        "metadata": {"title": chapter.title},
    }


def _copy(source: Any, video: Any, container: Any, stream: Any, offset: int, fps: int) -> int:
    """Copy one clip's packets, moved by ``offset`` frames; returns how many."""
    copied = 0
    ticks = Fraction(1, fps) / video.time_base
    shift = int(offset * ticks)
    for packet in source.demux(video):
        if packet.size == 0:
            continue
        packet.stream = stream
        packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
        container.mux(packet)
        copied += 1
    return copied
