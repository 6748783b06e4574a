"""StatsD over UDP: nothing waits for an answer, and a daemon that is not there goes unnoticed.

Plain StatsD has no labels: their values become parts of the name, in the order of the labels' names.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from resources.metering.series import SeriesLimit
from resources.metrics import MOST_SERIES, SERIES_FOLDED
from schemas.errors import InputError


class StatsdMetrics:
    """Sends each figure as it comes. Raises InputError at the start for a host that cannot be found."""

    def __init__(self, host: str, port: int, most: int = MOST_SERIES) -> None:
        try:
            from statsd import StatsClient
        except ImportError as error:
            raise InputError(
                "StatsD is chosen, but its client is not installed.", remedy="Install narrative-assets[statsd]."
            ) from error
        try:
            self._client: Any = StatsClient(host, port)
        except OSError as error:
            raise InputError(
                f"The StatsD host {host}:{port} cannot be found: {error}.",
                remedy="Check NARRATIVE_STATSD_HOST and NARRATIVE_STATSD_PORT.",
            ) from error
        self._series = SeriesLimit(most)

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a counter."""
        with suppress(Exception):
            self._client.incr(self._path(name, labels), amount)

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Send a duration; StatsD takes milliseconds."""
        with suppress(Exception):
            self._client.timing(self._path(name, labels), seconds * 1000)

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a value."""
        with suppress(Exception):
            self._client.gauge(self._path(name, labels), value)

    def _path(self, name: str, labels: dict[str, str]) -> str:
        values, folded = self._series.admit(name, labels)
        if folded:
            self._client.incr(f"{SERIES_FOLDED}.{name}")
        return ".".join((name, *(re.sub(r"[^A-Za-z0-9_-]+", "_", value) or "none" for value in values.values())))
