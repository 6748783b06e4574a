"""One backend behind a hard time limit and a circuit breaker: whoever calls goes on at the limit, whatever hangs.

What is left running after that stands in ``time_limits``. A backend that fails again and again is left alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar, cast

from pybreaker import (
    STATE_CLOSED,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerError,
    CircuitBreakerListener,
    CircuitMemoryStorage,
)

from resources.inference.backends import Backend
from resources.inference.time_limits import LimitedCalls
from resources.metrics import BREAKER_STATE, Metrics, NoMetrics
from schemas.errors import ModelError, ModelUnavailable

B = TypeVar("B", bound=Backend)
T = TypeVar("T")
_STATES = {"closed": 0, "half-open": 1, "open": 2}
Clock = Callable[[], float]


class CircuitOpen(ModelUnavailable):
    """The backend has failed too often of late and is left alone for a while."""


@dataclass(frozen=True)
class Limits:
    """How long one call may take, after how many failures in a row a backend is left alone, and for how long."""

    seconds: float = 120.0
    failures: int = 3
    rest_seconds: float = 30.0


class Guard(Generic[B]):
    """Calls one backend. ``clock`` gives seconds and times the rest after failures. Safe between threads."""

    def __init__(
        self,
        backend: B,
        task: str,
        limits: Limits = Limits(),
        metrics: Metrics | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self.backend = backend
        self._limits = limits
        self._storage = _Storage(clock)
        self._breaker = CircuitBreaker(
            fail_max=limits.failures,
            reset_timeout=limits.rest_seconds,
            exclude=[_asked_amiss],
            listeners=[_Told(metrics or NoMetrics(), task, backend.runtime)],
            state_storage=self._storage,
            throw_new_error_on_trip=False,
        )
        self._calls: LimitedCalls[Any] = LimitedCalls(backend.runtime, limits.seconds)

    @property
    def state(self) -> str:
        """``closed`` while all is well, ``open`` while the backend is left alone, ``half-open`` on trial."""
        return str(self._storage.state)

    @property
    def left_running(self) -> bool:
        """Whether a call that was given up is still at work."""
        return self._calls.left_running

    def call(self, work: Callable[[B], T]) -> T:
        """What ``work`` makes of the backend.

        Raises CircuitOpen, TimeLimitHit, or what the backend raised; only a plain ModelError, which is about the
        request, does not count against the backend.
        """
        if self._storage.state == STATE_OPEN and self._storage.age() < self._limits.rest_seconds:
            raise CircuitOpen(
                f"{self.backend.runtime} has failed {self._limits.failures} times and rests.",
                remedy=f"It is tried again after {self._limits.rest_seconds:g} s.",
            )
        outcome = self._calls.outcome(lambda: work(self.backend))
        try:
            # The breaker holds its lock for as long as it is called, so it hears of a call only once that is over.
            return cast(T, self._breaker.call(outcome))
        except CircuitBreakerError:
            return cast(T, outcome())


class _Storage(CircuitMemoryStorage):
    """The breaker's memory with a clock that is given to it; pybreaker itself asks the time of day."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(STATE_CLOSED)
        self._clock = clock
        self._opened = 0.0

    def age(self) -> float:
        """Seconds since the breaker opened."""
        return self._clock() - self._opened

    @property
    def opened_at(self) -> datetime | None:
        """When the breaker opened, as a time of day that makes its age come out right."""
        return datetime.now(UTC) - timedelta(seconds=self.age())

    @opened_at.setter
    def opened_at(self, when: datetime) -> None:
        self._opened = self._clock()


class _Told(CircuitBreakerListener):
    """Sets the gauge of the breaker's state."""

    def __init__(self, metrics: Metrics, task: str, runtime: str) -> None:
        self._metrics, self._labels = metrics, {"task": task, "runtime": runtime}
        metrics.gauge(BREAKER_STATE, _STATES["closed"], **self._labels)

    def state_change(self, cb: CircuitBreaker, old_state: Any, new_state: Any) -> None:
        """Called by the breaker."""
        self._metrics.gauge(BREAKER_STATE, _STATES[new_state.name], **self._labels)


def _asked_amiss(error: BaseException) -> bool:
    """Whether an error is about what was asked, not about who was asked."""
    return type(error) is ModelError
