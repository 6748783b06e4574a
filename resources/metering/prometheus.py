"""Prometheus for processes that come and go: each keeps its figures in a file of its own, a server adds them up.

The files are text in Prometheus' own form, written at most once a second and when the process ends; what the last
second brought is lost with a process that is killed. Figures are never worth a failed run: what cannot be written is
left out. A lock that the process holds for its life tells the living from the dead.
"""

from __future__ import annotations

import atexit
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Any

from resources.metering.living import SignOfLife
from resources.metering.series import SeriesLimit
from resources.metrics import HELP, MOST_SERIES, SERIES_FOLDED

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds of the histograms, in seconds."""
ENDING, LOCK_ENDING = ".prom", ".lock"
WRITING = ".writing-"
_HISTOGRAM_SERIES = len(BUCKETS) + 3
_WRITE_SECONDS = 1.0


class PrometheusMetrics:
    """The figures of this process, in a registry of their own. A forked child starts at nothing."""

    _changed: bool

    def __init__(self, folder: Path, most: int = MOST_SERIES, write_seconds: float = _WRITE_SECONDS) -> None:
        self._folder = folder
        self._most = most
        self._pause = write_seconds
        self._sign: SignOfLife | None = None
        self._begin()
        atexit.register(self.write)
        os.register_at_fork(after_in_child=self._begin)

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a counter; less than nothing is left out."""
        if amount >= 0:
            self._on("Counter", name, labels, lambda series: series.inc(amount))

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Put a duration into a histogram."""
        self._on("Histogram", name, labels, lambda series: series.observe(seconds))

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a value; of several processes the last one to write counts."""
        self._on("Gauge", name, labels, lambda series: series.set(value))

    def write(self) -> None:
        """Write this process's file now, if anything has changed."""
        from prometheus_client import generate_latest

        with self._lock, suppress(Exception):
            if not self._changed:
                return
            self._show_life()
            writing = self._folder / f"{WRITING}{self._name}"
            writing.write_bytes(generate_latest(self._registry))
            writing.replace(self._folder / f"{self._name}{ENDING}")
            self._changed = False

    def _begin(self) -> None:
        from prometheus_client import CollectorRegistry

        if self._sign is not None:
            self._sign.leave_to_parent()
        self._sign = None
        self._lock = RLock()
        self._name = f"{os.getpid()}-{uuid.uuid4().hex}"
        self._registry = CollectorRegistry()
        self._families: dict[str, Any] = {}
        self._series = SeriesLimit(self._most)
        self._changed = False
        self._writer: Thread | None = None

    def _on(self, kind: str, name: str, labels: dict[str, str], change: Callable[[Any], None]) -> None:
        """Change one series. Whatever goes wrong is left out: the port promises not to raise."""
        with self._lock, suppress(Exception):
            weight = _HISTOGRAM_SERIES if kind == "Histogram" else 1
            values, folded = self._series.admit(name, labels, weight)
            change(self._of(kind, name, values))
            if folded:
                self._of("Counter", SERIES_FOLDED, {"metric": name}).inc()
            self._changed = True
            if self._writer is None:
                self._writer = Thread(target=self._keep_writing, daemon=True, name="metrics")
                self._writer.start()

    def _of(self, kind: str, name: str, values: dict[str, str]) -> Any:
        import prometheus_client

        family = self._families.get(name)
        if family is None:
            more = {"buckets": BUCKETS} if kind == "Histogram" else {}
            made = getattr(prometheus_client, kind)
            family = made(name, HELP.get(name, name), tuple(values), registry=self._registry, **more)
            self._families[name] = family
        return family.labels(**values) if values else family

    def _show_life(self) -> None:
        if self._sign is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sign = SignOfLife(self._folder / f"{self._name}{LOCK_ENDING}")

    def _keep_writing(self) -> None:
        pause = Event()
        while True:
            pause.wait(self._pause)
            self.write()
