"""`narrative ui`: Dagster's web page over the same state, and a small file server so that videos play from it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import typer
from dagster import DagsterInstance

from narrative_assets.cli.console import output
from narrative_assets.cli.home import artifacts_root
from narrative_assets.cli.instance import dagster_home, offer_episodes
from resources.studio import Studio

_GRACE_SECONDS = 5
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
    dagster_home()
    root = artifacts_root()
    root.mkdir(parents=True, exist_ok=True)
    studio = Studio.open(root)
    for path in projects or []:
        studio.projects.register(path)
    with DagsterInstance.get() as instance:
        for project_id in studio.projects.ids():
            offer_episodes(instance, studio.projects.load(project_id))
    threading.Thread(target=_serve_media, args=(root, media_port), daemon=True).start()
    output.print(f"Dagster: http://127.0.0.1:{port}   videos: http://127.0.0.1:{media_port}", highlight=False)
    where = ["-w", "workspace.yaml"] if Path("workspace.yaml").is_file() else ["-m", "narrative_assets.definitions"]
    command = [sys.executable, "-m", "dagster", "dev", *where, "-h", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, env=os.environ, start_new_session=True)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: _end(process))
    raise typer.Exit(process.wait())


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Dagster and all it started: a daemon left behind would quarrel with the next one over the same state."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def media_site(root: Path) -> Any:
    """The media below ``root`` and nothing else: the registry and the signing key lie in the same folder."""
    from starlette.applications import Starlette
    from starlette.staticfiles import StaticFiles

    class Media(StaticFiles):
        """Files that are media by their ending."""

        def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
            return super().lookup_path(path) if Path(path).suffix in _SERVED else ("", None)

    site = Starlette()
    site.mount("/", Media(directory=root))
    return site


def _serve_media(root: Path, port: int) -> None:
    import uvicorn

    uvicorn.run(media_site(root), host="127.0.0.1", port=port, log_level="error")
