"""A hard limit on how long one waits for a call that may never come back.

The call runs in a daemon thread. At the limit it is left behind, for Python cannot end a thread: it keeps its memory
and its core until it comes back by itself, and ends with the process. A library that holds Python's lock while it
computes holds up the caller too; onnxruntime, torch, Core ML and sockets let go of it.
"""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from schemas.errors import ModelUnavailable

T = TypeVar("T")


class TimeLimitHit(ModelUnavailable):
    """No answer within the limit, or still none to a call that was given up."""


class LimitedCalls(Generic[T]):
    """Runs calls of ``who`` one beside another, each for at most ``seconds``. Safe between threads.

    After one was given up, no other is begun until it is back: at most one thread is ever left behind.
    """

    def __init__(self, who: str, seconds: float) -> None:
        self._who, self._seconds = who, seconds
        self._lock = threading.Lock()
        self._left: threading.Thread | None = None

    @property
    def left_running(self) -> bool:
        """Whether a call that was given up is still at work."""
        with self._lock:
            return self._left is not None and self._left.is_alive()

    def outcome(self, work: Callable[[], T]) -> Callable[[], T]:
        """Run ``work``; what comes back gives its result, or raises what it raised or TimeLimitHit.

        Raises TimeLimitHit at once while an earlier call is still at work that was given up.
        """
        if self.left_running:
            raise TimeLimitHit(
                f"{self._who} is still at a call that was given up.",
                remedy="Wait for it to come back, or start the process again.",
            )
        answers: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()
        context = contextvars.copy_context()

        def run() -> None:
            try:
                result = context.run(work)
            except Exception as error:
                answers.put(_raising(error))
            else:
                answers.put(lambda: result)

        thread = threading.Thread(target=run, daemon=True, name=f"{self._who} call")
        thread.start()
        try:
            return answers.get(timeout=self._seconds)
        except queue.Empty:
            with self._lock:
                self._left = thread
            return _raising(
                TimeLimitHit(
                    f"{self._who} did not answer within {self._seconds:g} s; its call was given up.",
                    remedy="Give it more time, or a smaller model.",
                )
            )

    def result(self, work: Callable[[], T]) -> T:
        """What ``work`` returns. Raises what it raises, or TimeLimitHit."""
        return self.outcome(work)()


def _raising(error: Exception) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail
