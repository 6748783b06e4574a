"""Which collector the environment names: ``NARRATIVE_METRICS`` is prometheus, statsd or none, which is the default."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from resources.metrics import Metrics, NoMetrics
from schemas.errors import InputError

CHOICE = "NARRATIVE_METRICS"
STATSD_PORT = 8125


@functools.cache
def metrics() -> Metrics:
    """The collector of this process, one for all who ask. A choice that cannot be had counts nothing: no run fails for
    its figures. The doctor tells of it.
    """
    try:
        return configured_metrics(os.environ)
    except InputError as error:
        logging.getLogger(__name__).warning("Nothing is counted: %s", error)
        return NoMetrics()


def configured_metrics(environment: Mapping[str, str]) -> Metrics:
    """A new collector as ``environment`` names it. Raises InputError."""
    choice = environment.get(CHOICE) or "none"
    if choice == "prometheus":
        from resources.metering.prometheus import PrometheusMetrics

        return PrometheusMetrics(figures_folder(environment))
    if choice == "statsd":
        from resources.metering.statsd import StatsdMetrics

        return StatsdMetrics(environment.get("NARRATIVE_STATSD_HOST") or "127.0.0.1", _port(environment))
    if choice != "none":
        raise InputError(f"{CHOICE} is {choice!r}.", remedy="Set it to prometheus, statsd or none.")
    return NoMetrics()


def figures_folder(environment: Mapping[str, str]) -> Path:
    """Where the processes of this deployment leave their figures for Prometheus: a disk that locks files."""
    artifacts = Path(environment.get("NARRATIVE_ARTIFACTS") or "artifacts").absolute()
    return Path(environment.get("NARRATIVE_METRICS_FOLDER") or artifacts / ".metrics")


def _port(environment: Mapping[str, str]) -> int:
    said = environment.get("NARRATIVE_STATSD_PORT") or str(STATSD_PORT)
    if not said.isdecimal() or not 0 < int(said) < 65536:
        raise InputError(f"NARRATIVE_STATSD_PORT is {said!r}.", remedy=f"Set it to a port, such as {STATSD_PORT}.")
    return int(said)
