"""What the launcher says of a run, with a real broker and a real worker that is killed, silenced or forgotten."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, job, op, reconstructable
from dagster._core.launcher import LaunchRunContext, WorkerStatus

from tests.cluster.servers import Redis, missing
from tests.fakes.terminal import ROOT

pytestmark = pytest.mark.cluster
pytest.importorskip("dagster_celery", reason="not run: dagster-celery is not installed")

from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG  # noqa: E402

from resources.celery_runs import QueueingRunLauncher  # noqa: E402

PATIENCE = 4


@op
def nothing() -> None: ...


@job
def some_job() -> None:
    nothing()


class Bench:
    """A launcher over an instance and a broker, and at most one worker."""

    def __init__(self, folder: Path, redis: Redis, instance: DagsterInstance) -> None:
        self.folder, self.redis, self.instance = folder, redis, instance
        self.launcher = QueueingRunLauncher(
            worker_silence_seconds=PATIENCE, default_queue="cpu_queue", broker=redis.url, backend=redis.url
        )
        self.launcher.register_instance(instance)
        self.worker: subprocess.Popen[bytes] | None = None

    def start_worker(self) -> None:
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "resources.celery_app", "worker", "-Q", "cpu_queue", "-c", "1",
                 "-I", "tests.fakes.celery_nap"],
                cwd=ROOT, env={**os.environ, "NARRATIVE_BROKER": self.redis.url}, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def kill_worker(self) -> None:
        if self.worker is not None:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()
            self.worker = None

    def run(self, seconds: float) -> DagsterRun:
        """A run that counts as started, whose worker sleeps for so long."""
        sent = self.launcher.celery.send_task("nap", (seconds,), queue="cpu_queue")
        run = self.instance.create_run_for_job(
            some_job, status=DagsterRunStatus.STARTED, tags={DAGSTER_CELERY_TASK_ID_TAG: sent.id}
        )
        until = time.monotonic() + 90
        while not (sent.state == "STARTED" or sent.ready()):
            assert time.monotonic() < until, (self.folder / "worker.log").read_text()[-3000:]
            time.sleep(0.2)
        return run

    def status(self, run: DagsterRun) -> WorkerStatus:
        return self.launcher.check_run_worker_health(run).status

    def end_of(self, run: DagsterRun) -> Any:
        """What is said in the end, and after how many seconds."""
        began = time.monotonic()
        while time.monotonic() - began < 60:
            found = self.launcher.check_run_worker_health(run)
            if found.status != WorkerStatus.RUNNING:
                return found, time.monotonic() - began
            time.sleep(0.5)
        raise AssertionError("it is still taken for running")


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    if "redis-server is not installed" in missing():
        pytest.skip("not run: redis-server is not installed")
    with tempfile.TemporaryDirectory(prefix="rd-") as folder:
        server = Redis(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
def bench(redis: Redis, tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "home").mkdir()
    with DagsterInstance.local_temp(str(tmp_path / "home")) as instance:
        bench = Bench(tmp_path, redis, instance)
        bench.start_worker()
        yield bench
        bench.kill_worker()


def test_a_run_is_at_work_until_its_worker_is_killed_and_then_it_is_lost(bench: Bench) -> None:
    run = bench.run(600)
    assert bench.status(run) == WorkerStatus.RUNNING
    bench.kill_worker()
    assert bench.status(run) == WorkerStatus.RUNNING, "one question without an answer proves nothing"
    found, seconds = bench.end_of(run)
    assert found.status == WorkerStatus.FAILED and "does not have it any more" in found.msg
    assert seconds >= PATIENCE - 2.5


def test_a_worker_that_takes_the_dead_one_s_place_does_not_have_its_run(bench: Bench) -> None:
    run = bench.run(600)
    bench.kill_worker()
    bench.start_worker()
    bench.run(0)
    assert bench.end_of(run)[0].status == WorkerStatus.FAILED


def test_a_run_that_waits_is_not_lost_with_a_worker_that_is_busy(bench: Bench) -> None:
    bench.run(600)
    waiting = bench.launcher.celery.send_task("nap", (0,), queue="cpu_queue")
    time.sleep(3)  # long enough to be kept by the busy one, if it kept any
    bench.kill_worker()
    bench.start_worker()
    until = time.monotonic() + 60
    while not waiting.ready():
        assert time.monotonic() < until, "nobody can take it"
        time.sleep(0.5)


def test_a_task_that_ended_has_ended_well_only_if_its_run_is_closed(bench: Bench) -> None:
    run = bench.run(0)
    found, _ = bench.end_of(run)
    assert found.status == WorkerStatus.FAILED and "left the run open" in found.msg
    bench.instance.report_run_failed(run)
    assert bench.status(run) == WorkerStatus.SUCCESS


def test_a_run_that_the_broker_has_forgotten_is_at_work_while_its_worker_says_so(bench: Bench) -> None:
    run = bench.run(600)
    bench.launcher.celery.backend.client.flushall()
    assert bench.status(run) == WorkerStatus.RUNNING
    time.sleep(PATIENCE + 1)
    assert bench.status(run) == WorkerStatus.RUNNING


def test_a_broker_that_is_away_is_no_dead_worker(bench: Bench) -> None:
    run = bench.run(600)
    bench.redis.stop()
    try:
        with pytest.raises(Exception, match=r"(?i)connect|refused|closed"):
            bench.status(run)
    finally:
        bench.redis.start()
    until = time.monotonic() + 30
    while not bench.launcher._works_on(run.tags[DAGSTER_CELERY_TASK_ID_TAG]):
        assert time.monotonic() < until, "the worker does not speak again"
    assert bench.status(run) == WorkerStatus.RUNNING


def test_a_launch_waits_for_a_broker_that_comes_back(bench: Bench) -> None:
    bench.kill_worker()
    origin = reconstructable(some_job).get_python_origin()
    run = bench.instance.create_run_for_job(some_job, job_code_origin=origin)
    bench.redis.stop()
    back = threading.Timer(3, bench.redis.start)
    back.start()
    bench.launcher.launch_run(LaunchRunContext(dagster_run=run, workspace=None))
    back.join()
    launched = bench.instance.get_run_by_id(run.run_id)
    assert launched is not None and launched.tags["dagster-celery/queue"] == "media_queue"
    assert bench.launcher.celery.backend.client.llen("media_queue") >= 1
