"""Checks of this machine: Python, the media tools, the voice, the fonts, and the ports that `narrative ui` takes."""

from __future__ import annotations

import errno
import importlib.metadata
import socket
import subprocess
import sys

from resources.checkup.findings import Finding, failed, ok, told, warning
from schemas.errors import MediaError

_PACKAGE = "narrative-assets"
_AGAIN = "Install the locked requirements again: pip install --require-hashes -r requirements.lock."
_SECONDS = 20


def python_version() -> Finding:
    """Whether this Python is one that the package is made for."""
    from packaging.specifiers import SpecifierSet

    running = ".".join(map(str, sys.version_info[:3]))
    wanted = importlib.metadata.metadata(_PACKAGE)["Requires-Python"]
    if running in SpecifierSet(wanted):
        return ok(f"Python {running}.")
    return failed(f"Python {running} runs, and {wanted} is needed.", "Make the environment anew with such a Python.")


def media_tools() -> Finding:
    """Whether ffmpeg and ffprobe are there and start."""
    from narrative_assets.video.toolchain import find_toolchain

    tools = find_toolchain()
    try:
        subprocess.run([tools.ffprobe, "-version"], capture_output=True, check=True, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        return failed(f"ffprobe does not start: {told(error)}", _AGAIN)
    return ok(f"{tools.build} and ffprobe start.")


def voice() -> Finding:
    """Whether the local voice speaks: one word, kept nowhere."""
    from resources.speech import EspeakVoice
    from schemas.project import Voice

    try:
        speaker = EspeakVoice()
        take, _ = speaker.take("Ready.", Voice())
    except (MediaError, ImportError, OSError, importlib.metadata.PackageNotFoundError) as error:
        return failed(f"The voice does not speak: {told(error)}", _AGAIN)
    return ok(f"{speaker.version} spoke a word of {take.samples / take.sample_rate:.1f} s.")


def fonts() -> Finding:
    """Whether every face that pictures are lettered with opens."""
    from typing import get_args

    from narrative_assets.media.drawing.lettering import Face, font

    faces = get_args(Face)
    for face in faces:
        try:
            font(face, 24)
        except OSError as error:
            return failed(f"The font of the face {face} does not open: {told(error)}", _AGAIN)
    return ok(f"{len(faces)} faces open.")


def free_port(port: int, what: str) -> Finding:
    """Whether a port of this machine is free for ``what``."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be had: {told(error)}"
            return warning(
                f"Port {port} {why}; {what} would take it.",
                "If `narrative ui` is open, all is well; otherwise end what holds it, or choose another port there.",
            )
    return ok(f"Port {port} is free for {what}.")
