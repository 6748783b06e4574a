"""`narrative ui`: Dagster's web page over the same state, and a small file server so that videos play from it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from dagster import DagsterInstance
from filelock import FileLock, Timeout

from narrative_assets.cli.console import output
from narrative_assets.cli.home import artifacts_root
from narrative_assets.cli.instance import close_dead_runs, dagster_home, locks, offer_episodes
from resources.studio import MEDIA_URL, Studio
from schemas.errors import InputError

_HOST = "127.0.0.1"
_GRACE_SECONDS = 5
_LOOK_SECONDS = 0.2
_QUIET = ("-W", "ignore:Function `dev_command` is superseded")
_SERVED = (".mp4", ".png", ".jpg", ".wav", ".srt", ".vtt", ".ttml")


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("ui")(ui)


def ui(
    projects: Annotated[list[Path] | None, typer.Argument(help="Project files whose episodes to offer.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 3000,
    media_port: Annotated[int, typer.Option(min=1, max=65535, help="Where finished videos are served.")] = 3001,
) -> None:
    """Open Dagster on this machine: materialize episodes, look at runs, lineage and contact sheets."""
    with _alone():
        _require_free(port, "--port")
        _require_free(media_port, "--media-port")
        root = artifacts_root()
        root.mkdir(parents=True, exist_ok=True)
        _prepare(root, projects or [])
        media = f"http://127.0.0.1:{media_port}"
        threading.Thread(target=_serve_media, args=(root, media_port), daemon=True).start()
        output.print(f"Dagster starts; videos are served on {media}. Ctrl+C ends both.", highlight=False)
        raise typer.Exit(_run_dagster(port, {**os.environ, MEDIA_URL: media}))


@contextmanager
def _alone() -> Iterator[None]:
    """One `narrative ui` over one state: two daemons would start everything twice."""
    lock = FileLock(locks() / "ui.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InputError(
            f"Another `narrative ui` is open over {dagster_home()}.",
            remedy="Use that one, or end it first (Ctrl+C where it runs).",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _require_free(port: int, option: str) -> None:
    """Raise InputError for a port that somebody listens on."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((_HOST, port))
        except OSError as error:
            raise InputError(
                f"Port {port} cannot be used: {error.strerror}.", remedy=f"Choose another one with {option}."
            ) from error


def _prepare(root: Path, projects: list[Path]) -> None:
    """Close what dead processes left, and offer the episodes of the projects."""
    studio = Studio.open(root)
    for path in projects:
        studio.projects.register(path)
    with DagsterInstance.get() as instance:
        close_dead_runs(instance, starting=True)
        for project_id in studio.projects.ids():
            offer_episodes(instance, studio.projects.load(project_id))


def _run_dagster(port: int, surroundings: dict[str, str]) -> int:
    """Run Dagster until it ends or is ended; its exit status, 0 where a signal has ended it.

    It runs in its own folder: Dagster imports from the current one first, where a stray file of a project's folder
    would take the place of a library.
    """
    workspace = Path.cwd() / "workspace.yaml"
    where = ["-w", str(workspace)] if workspace.is_file() else ["-m", "narrative_assets.definitions"]
    command = [sys.executable, *_QUIET, "-m", "dagster", "dev", "--log-level", "warning", *where]
    process = subprocess.Popen(
        [*command, "-h", _HOST, "-p", str(port)],
        env=surroundings,
        cwd=dagster_home(),
        start_new_session=True,
    )
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True
        _end(process)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    while process.poll() is None and not _answers(port):
        time.sleep(_LOOK_SECONDS)
    if process.poll() is None:
        output.print(f"Open http://{_HOST}:{port}", highlight=False)
    status = process.wait()
    return 0 if ended else status


def _answers(port: int) -> bool:
    with socket.socket() as seeker:
        return seeker.connect_ex((_HOST, port)) == 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Dagster and all it started: a daemon left behind would quarrel with the next one over the same state."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def media_site(root: Path) -> Any:
    """The media below ``root``, the figures of this deployment and nothing else: the registry and the signing key lie
    in the same folder.
    """
    from starlette.applications import Starlette
    from starlette.staticfiles import StaticFiles

    from resources.metering.site import routes

    class Media(StaticFiles):
        """Files that are media by their ending."""

        def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
            return super().lookup_path(path) if Path(path).suffix in _SERVED else ("", None)

    site = Starlette(routes=routes(os.environ))
    site.mount("/", Media(directory=root))
    return site


def _serve_media(root: Path, port: int) -> None:
    import uvicorn

    uvicorn.run(media_site(root), host=_HOST, port=port, log_level="error")
