"""Runs as Celery tasks, each in the queue that its stages need; a run whose worker is gone is known to be lost."""

from __future__ import annotations

import time
from typing import Any

import stamina
from dagster import DagsterRun, Field, IntSource
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_QUEUE_TAG, DAGSTER_CELERY_TASK_ID_TAG
from kombu.exceptions import OperationalError

from resources.queues import LOCAL_AI, QUEUE_OF, queue_of

_PING_SECONDS = 2.0
_BROKER_SECONDS = 60
_JOBS = {"make_episode": tuple(QUEUE_OF), "write_episode": tuple(s for s, q in QUEUE_OF.items() if q == LOCAL_AI)}


class QueueingRunLauncher(CeleryRunLauncher):
    """dagster-celery's launcher with two things more: the queue is found, and a lost worker is.

    ``worker_silence_seconds``: for how long no worker may speak for a run before it is taken for lost.
    """

    def __init__(self, worker_silence_seconds: int = 30, **config: Any) -> None:
        self._patience = worker_silence_seconds
        self._silent_since: dict[str, float] = {}
        super().__init__(**config)

    @classmethod
    def config_type(cls) -> Any:
        """The base's settings and ours."""
        shared: Any = super().config_type()
        return {**shared, "worker_silence_seconds": Field(IntSource, is_required=False, default_value=30)}

    def launch_run(self, context: LaunchRunContext) -> None:
        """Send the run to its queue, unless a tag names another one already. A broker that is away is waited for."""
        run = context.dagster_run
        if DAGSTER_CELERY_QUEUE_TAG not in run.tags:
            queue = run_queue(run)
            self._instance.add_run_tags(run.run_id, {DAGSTER_CELERY_QUEUE_TAG: queue})
            run = run.with_tags({**run.tags, DAGSTER_CELERY_QUEUE_TAG: queue})
            context = LaunchRunContext(dagster_run=run, workspace=context.workspace)
        for attempt in stamina.retry_context(
            on=(OperationalError, ConnectionError), attempts=None, timeout=_BROKER_SECONDS, wait_max=5
        ):
            with attempt:
                super().launch_run(context)

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Whether a worker is at the run. Raises where the broker cannot be asked: it is looked at again later.

        Celery's own word is not enough: of a worker that was killed it says for ever that the run goes on, of a broker
        that has forgotten the run that there is none.
        """
        task_id = run.tags.get(DAGSTER_CELERY_TASK_ID_TAG)
        if task_id is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "The task's id is not written down yet.")
        result = self.celery.AsyncResult(task_id)
        if result.ready():
            return self._ended(run, result.state)
        if self._works_on(task_id):
            self._silent_since.pop(run.run_id, None)
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        if result.ready():  # it may have ended while its worker was asked
            return self._ended(run, result.state)
        return self._silent(run)

    def _ended(self, run: DagsterRun, state: str) -> CheckRunHealthResult:
        """A task that ended has closed its run, unless the database was away just then."""
        self._silent_since.pop(run.run_id, None)
        current = self._instance.get_run_by_id(run.run_id)
        if state == "SUCCESS" and (current is None or current.is_finished):
            return CheckRunHealthResult(WorkerStatus.SUCCESS)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"The worker ended and left the run open (task: {state}).")

    def _silent(self, run: DagsterRun) -> CheckRunHealthResult:
        """A busy machine may miss a question: only who stays silent is taken for dead."""
        began = self._silent_since.setdefault(run.run_id, time.monotonic())
        silent = time.monotonic() - began
        if silent < self._patience:
            return CheckRunHealthResult(WorkerStatus.RUNNING, f"No worker has spoken for the run for {silent:.0f} s.")
        self._silent_since.pop(run.run_id)
        return CheckRunHealthResult(
            WorkerStatus.FAILED, f"The worker that had taken the run does not have it any more ({silent:.0f} s)."
        )

    def _works_on(self, task_id: str) -> bool:
        """Whether any worker says that it is at work on the task."""
        # A connection of its own: one of the pool may be from before the broker was restarted.
        with self.celery.connection_for_write() as connection:
            inspect = self.celery.control.inspect(timeout=_PING_SECONDS, connection=connection)
            active: dict[str, list[dict[str, Any]]] | None = inspect.active()
        return any(task["id"] == task_id for tasks in (active or {}).values() for task in tasks)


def run_queue(run: DagsterRun) -> str:
    """The queue of a run, by the assets it makes."""
    stages = [key.path[-1] for key in run.asset_selection or ()] or _JOBS.get(run.job_name, ())
    return queue_of(stages)
