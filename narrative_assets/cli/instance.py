"""The Dagster instance that the terminal and the UI share, and the closing of runs whose process is gone."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter
from filelock import FileLock, Timeout

from narrative_assets.partitions import EPISODES
from resources.durable import disk_errors, write_durably
from schemas.project import Project

_OWNER = "narrative/process"
_PLAIN_SETTINGS = b"telemetry:\n  enabled: false\n"


def dagster_home() -> Path:
    """Dagster's folder: ``$DAGSTER_HOME`` or ``./.dagster``, with the settings of ``./dagster.yaml``.

    Settings that ``$DAGSTER_HOME`` holds already are its owner's and stay as they are.
    """
    chosen = os.environ.get("DAGSTER_HOME")
    home = Path(chosen).absolute() if chosen else Path.cwd() / ".dagster"
    settings, placed = Path.cwd() / "dagster.yaml", home / "dagster.yaml"
    wanted = settings.read_bytes() if settings.is_file() else _PLAIN_SETTINGS
    if not placed.is_file() or (not chosen and placed.read_bytes() != wanted):
        write_durably(placed, wanted)
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def offer_episodes(instance: DagsterInstance, project: Project) -> None:
    """Make every episode of a project a partition, so that it can be materialized."""
    instance.add_dynamic_partitions(EPISODES.name or "", [f"{project.id}/{entry.id}" for entry in project.episodes])


@contextmanager
def run_owner(instance: DagsterInstance) -> Iterator[dict[str, str]]:
    """Tags for runs of this process, held by a lock that ends with it; runs of dead processes are closed first."""
    folder = dagster_home() / "locks"
    with disk_errors("the run lock"):
        folder.mkdir(parents=True, exist_ok=True)
    _close_dead_runs(instance, folder)
    token = uuid.uuid4().hex
    path = folder / f"{token}.lock"
    with FileLock(path):
        yield {_OWNER: token}
    with suppress(OSError):
        path.unlink()


def _close_dead_runs(instance: DagsterInstance, folder: Path) -> None:
    running = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING]
    for run in instance.get_runs(filters=RunsFilter(statuses=running)):
        token = run.tags.get(_OWNER)
        if token is None:
            continue  # started from the UI: the daemon watches it
        path = folder / f"{token}.lock"
        with suppress(Timeout), FileLock(path, timeout=0):
            instance.report_run_failed(
                run, "The process that ran it has ended. Finished stages are kept; run it again."
            )
        with suppress(OSError):
            path.unlink()
