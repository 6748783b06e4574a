"""When Core ML is given up in the middle of work: too many calls failed, or the slowest took too long."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock

from resources.inference.coreml_parity import percentile


@dataclass(frozen=True)
class PolicyLimits:
    """Judged are the last ``window`` calls, once there are ``least``: the share that succeeded, in per cent, and the
    seconds that the slowest of a hundred may take.
    """

    window: int = 200
    least: int = 20
    success_percent: float = 95.0
    p99_seconds: float = 2.0


class Demotion:
    """Judges calls as they end. Once demoted it stays so until the process ends. Safe between threads."""

    def __init__(self, limits: PolicyLimits = PolicyLimits()) -> None:
        self._limits = limits
        self._calls: deque[tuple[bool, float]] = deque(maxlen=limits.window)
        self._reason = ""
        self._lock = Lock()

    @property
    def reason(self) -> str:
        """Why it was demoted; empty while it was not."""
        return self._reason

    def record(self, succeeded: bool, seconds: float) -> None:
        """Take note of one call."""
        with self._lock:
            self._calls.append((succeeded, seconds))
            if not self._reason and len(self._calls) >= self._limits.least:
                self._reason = self._judged()

    def _judged(self) -> str:
        limits, count = self._limits, len(self._calls)
        succeeded = 100 * sum(done for done, _ in self._calls) / count
        if succeeded < limits.success_percent:
            return f"of the last {count} calls {succeeded:.0f} % succeeded; {limits.success_percent:g} % are wanted"
        slowest = percentile([seconds for _, seconds in self._calls], 99)
        if slowest > limits.p99_seconds:
            return f"the slowest of the last {count} calls took {slowest:.2f} s; {limits.p99_seconds:g} s are allowed"
        return ""
