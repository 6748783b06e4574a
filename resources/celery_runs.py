"""Runs as Celery tasks, each in the queue that its stages need; a run whose worker is gone is known to be lost."""

from __future__ import annotations

from typing import Any

from dagster import DagsterRun
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_QUEUE_TAG, DAGSTER_CELERY_TASK_ID_TAG

from resources.queues import LOCAL_AI, QUEUE_OF, queue_of

_PING_SECONDS = 2.0
_JOBS = {"make_episode": tuple(QUEUE_OF), "write_episode": tuple(s for s, q in QUEUE_OF.items() if q == LOCAL_AI)}


class QueueingRunLauncher(CeleryRunLauncher):
    """dagster-celery's launcher with two things more: the queue is found, and a lost worker is."""

    def launch_run(self, context: LaunchRunContext) -> None:
        """Send the run to its queue, unless a tag names another one already."""
        run = context.dagster_run
        if DAGSTER_CELERY_QUEUE_TAG not in run.tags:
            queue = run_queue(run)
            self._instance.add_run_tags(run.run_id, {DAGSTER_CELERY_QUEUE_TAG: queue})
            run = run.with_tags({**run.tags, DAGSTER_CELERY_QUEUE_TAG: queue})
            context = LaunchRunContext(dagster_run=run, workspace=context.workspace)
        super().launch_run(context)

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """As the task's state says; but a task that has started is only alive while its worker says so."""
        task_id = run.tags.get(DAGSTER_CELERY_TASK_ID_TAG)
        if task_id is None:
            return CheckRunHealthResult(WorkerStatus.UNKNOWN, "The run was not sent to the broker yet.")
        found = super().check_run_worker_health(run)
        if found.status != WorkerStatus.RUNNING or self._works_on(task_id):
            return found
        again = super().check_run_worker_health(run)  # it may have ended while its worker was asked
        if again.status != WorkerStatus.RUNNING:
            return again
        return CheckRunHealthResult(WorkerStatus.FAILED, "The worker that had taken the run does not have it any more.")

    def _works_on(self, task_id: str) -> bool:
        """Whether any worker says that it is at work on the task."""
        active: dict[str, list[dict[str, Any]]] | None = self.celery.control.inspect(timeout=_PING_SECONDS).active()
        return any(task["id"] == task_id for tasks in (active or {}).values() for task in tasks)


def run_queue(run: DagsterRun) -> str:
    """The queue of a run, by the assets it makes."""
    stages = [key.path[-1] for key in run.asset_selection or ()] or _JOBS.get(run.job_name, ())
    return queue_of(stages)
