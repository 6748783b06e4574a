"""Metrics as a port: what is counted, timed and set, under one set of names, whoever collects it.

Labels are few and bounded; a backend refuses a series beyond ``MOST_SERIES`` by folding it into ``other``.
"""

from __future__ import annotations

from typing import Protocol

MOST_SERIES = 1_000


class Metrics(Protocol):
    """Where figures go. None of these calls raises or blocks."""

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add ``amount`` to a counter."""

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Put a duration in seconds into a histogram."""

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a value that goes up and down."""


class NoMetrics:
    """Collects nothing."""

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Nothing."""

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Nothing."""

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Nothing."""
