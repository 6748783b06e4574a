#!/usr/bin/env python3
"""Health checks: the webserver answers, the server of figures does, or the Celery worker of this container."""

import os
import socket
import sys
import urllib.request

_SECONDS = 5


def webserver() -> bool:
    """Whether Dagster's page says that it is up."""
    with urllib.request.urlopen("http://127.0.0.1:3000/server_info", timeout=_SECONDS) as answer:
        return answer.status == 200


def metrics() -> bool:
    """Whether the server of figures answers."""
    with urllib.request.urlopen("http://127.0.0.1:9464/healthz", timeout=_SECONDS) as answer:
        return answer.status == 200


def worker() -> bool:
    """Whether the worker of this container's queue answers over the broker."""
    name = f"{os.environ['NARRATIVE_QUEUE']}@{socket.gethostname()}"
    from resources.celery_app import app

    return bool(app.control.ping(destination=[name], timeout=_SECONDS))


if __name__ == "__main__":
    sys.exit(0 if {"webserver": webserver, "metrics": metrics, "worker": worker}[sys.argv[1]]() else 1)
