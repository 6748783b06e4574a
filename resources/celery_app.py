"""The Celery application of the cluster: ``celery -A resources.celery_app worker -Q cpu_queue``.

The broker's address is ``NARRATIVE_BROKER`` (``redis://…``); results are kept there too, for run monitoring.
"""

from __future__ import annotations

import os

from celery import Celery
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_execute_job_task, create_resume_job_task

SETTINGS = {
    # A worker takes a run when it has time for it, and no second one to keep: with a worker that is killed, what it
    # keeps is out of everybody's reach for an hour.
    "worker_disable_prefetch": True,
    "worker_prefetch_multiplier": 1,
    "task_track_started": True,
    "broker_connection_retry_on_startup": True,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    # Each run imports and renders in the worker's process: a fresh one now and then keeps its memory small.
    "worker_max_tasks_per_child": 20,
    "result_expires": 7 * 24 * 3600,
}


def celery_app() -> Celery:
    """The application with the broker that the environment names."""
    broker = os.environ.get("NARRATIVE_BROKER", "redis://127.0.0.1:6379/0")
    made: Celery = make_app(  # type: ignore[no-untyped-call]
        {"broker": broker, "backend": broker}
    )
    made.conf.update(SETTINGS)
    return made


app = celery_app()
execute_job = create_execute_job_task(app)
resume_job = create_resume_job_task(app)
