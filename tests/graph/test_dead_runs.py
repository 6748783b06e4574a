"""Runs whose process is gone are closed: by any command where they held a lock, by a starting UI in any case."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, DefaultRunLauncher

from narrative_assets.assets.alive import hold, lock_of
from narrative_assets.cli.instance import close_dead_runs
from narrative_assets.definitions import defs
from tests.fakes.terminal import ROOT

HOLD_AND_DIE = """
import os, signal, sys
from pathlib import Path
from filelock import FileLock
path = Path(sys.argv[1])
path.parent.mkdir(parents=True, exist_ok=True)
FileLock(path).acquire()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as instance:
        yield instance


def started(instance: DagsterInstance) -> DagsterRun:
    job = defs.resolve_job_def("write_episode")
    return instance.create_run_for_job(job, status=DagsterRunStatus.STARTED)


def status(instance: DagsterInstance, run: DagsterRun) -> str:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status.value


def die_holding(path: Path) -> None:
    subprocess.run([sys.executable, "-c", HOLD_AND_DIE, str(path)], cwd=ROOT, check=False)
    assert path.exists()


def test_a_run_whose_process_died_is_closed_by_the_next_command(instance: DagsterInstance) -> None:
    dead, living = started(instance), started(instance)
    die_holding(lock_of(instance, dead.run_id))
    hold(instance, living.run_id)
    close_dead_runs(instance)
    assert (status(instance, dead), status(instance, living)) == ("FAILURE", "STARTED")
    assert not lock_of(instance, dead.run_id).exists()


def test_a_run_that_has_not_come_to_hold_a_lock_is_closed_only_where_nobody_else_runs(
    instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    young = started(instance)
    close_dead_runs(instance)
    assert status(instance, young) == "STARTED"
    monkeypatch.setattr(type(instance), "run_launcher", DefaultRunLauncher())
    living = started(instance)
    hold(instance, living.run_id)
    close_dead_runs(instance, starting=True)
    assert (status(instance, young), status(instance, living)) == ("FAILURE", "STARTED")
