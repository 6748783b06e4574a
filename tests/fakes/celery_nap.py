"""A Celery task that takes as long as it is told to: what a worker is at while it is watched."""

import time

from celery import shared_task


@shared_task(name="nap")
def nap(seconds: float) -> None:
    time.sleep(seconds)
