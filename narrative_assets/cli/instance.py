"""The Dagster instance that the terminal and the UI share, and the closing of runs whose process is gone."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus, DefaultRunLauncher, RunsFilter
from filelock import FileLock

from narrative_assets.assets.alive import is_dead, lock_of
from narrative_assets.partitions import EPISODES
from resources.durable import disk_errors, write_durably
from schemas.project import Project

_OWNER = "narrative/process"
_PACKAGE = Path(__file__).parents[1]


def dagster_home() -> Path:
    """Dagster's folder: ``$DAGSTER_HOME`` or ``./.dagster``, with the settings of ``./dagster.yaml`` or our own.

    Settings that ``$DAGSTER_HOME`` holds already are its owner's and stay as they are.
    """
    chosen = os.environ.get("DAGSTER_HOME")
    home = Path(chosen).absolute() if chosen else Path.cwd() / ".dagster"
    placed, wanted = home / "dagster.yaml", _settings().read_bytes()
    if not placed.is_file() or (not chosen and placed.read_bytes() != wanted):
        write_durably(placed, wanted)
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def _settings() -> Path:
    """The settings that runs wait and are watched by: this folder's, else those that come with the program."""
    places = (Path.cwd(), _PACKAGE, _PACKAGE.parent)  # the last holds them in a checkout
    return next(found for place in places if (found := place / "dagster.yaml").is_file())


def offer_episodes(instance: DagsterInstance, project: Project) -> None:
    """Make every episode of a project a partition, so that it can be materialized."""
    instance.add_dynamic_partitions(EPISODES.name or "", [f"{project.id}/{entry.id}" for entry in project.episodes])


@contextmanager
def run_owner(instance: DagsterInstance) -> Iterator[dict[str, str]]:
    """Tags for runs of this process, held by a lock that ends with it; runs of dead processes are closed first."""
    close_dead_runs(instance)
    token = uuid.uuid4().hex
    path = locks() / f"{token}.lock"
    with FileLock(path):
        yield {_OWNER: token}
    with suppress(OSError):
        path.unlink()


def locks() -> Path:
    """The folder of the locks that tell who is alive."""
    folder = dagster_home() / "locks"
    with disk_errors("the run lock"):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def close_dead_runs(instance: DagsterInstance, *, starting: bool = False) -> None:
    """Close runs whose process is gone, and give back the places they held in pools.

    Where the UI is ``starting``, nobody else runs for it: those of its runs that never held a lock are gone too.
    """
    running = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING]
    local = isinstance(instance.run_launcher, DefaultRunLauncher)
    for run in instance.get_runs(filters=RunsFilter(statuses=running)):
        command = run.tags.get(_OWNER)
        path = lock_of(instance, command or run.run_id)
        known = command is not None or path.exists() or (starting and local)
        if known and is_dead(path):
            instance.report_run_failed(
                run, "The process that ran it has ended. Finished stages are kept; run it again."
            )
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    if starting:
        for path in lock_of(instance, "any").parent.glob("*.lock"):
            is_dead(path)
