"""Backends in their configured order: the first that can answers, and it is told who did and why the others did not.

What may pass by itself is tried again before the next backend is asked. Each step down is logged and counted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Generic, Literal, TypeVar

import stamina

from narrative_assets.writing.language import Answer, Prompt
from resources.inference.backends import Backend, LanguageBackend, Readiness, Runtime
from resources.inference.breakers import CircuitOpen, Guard
from resources.inference.time_limits import TimeLimitHit
from resources.metrics import BACKEND_FALLBACKS, Metrics, NoMetrics
from schemas.errors import ModelRefused, ModelUnavailable, NarrativeError

B = TypeVar("B", bound=Backend)
T = TypeVar("T")
Reason = Literal["not_ready", "circuit_open", "time_limit", "unavailable", "refused", "error", "broke"]
_LONGEST = 300
_log = logging.getLogger(__name__)

# Without a handler of its own Python prints a library's warnings to stderr, into the progress bar.
_log.addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Fallback:
    """Why one backend did not answer: a code of a short list, and the sentence."""

    runtime: Runtime
    reason: Reason
    detail: str


@dataclass(frozen=True)
class Answered(Generic[T]):
    """A result, who gave it, and who was asked before in vain."""

    result: T
    runtime: Runtime
    identity: str
    fallbacks: tuple[Fallback, ...] = ()

    @property
    def why(self) -> str:
        """In words, why this backend answered."""
        if not self.fallbacks:
            return f"{self.runtime} is the first in order."
        told = "; ".join(f"{each.runtime}: {each.detail}" for each in self.fallbacks)
        return f"{self.runtime} answered after {told}"


@dataclass(frozen=True)
class Retrying:
    """How often a backend is asked where the error may pass by itself, and how long to wait before the second time."""

    attempts: int = 2
    wait_seconds: float = 0.5


class NobodyAnswered(ModelUnavailable):
    """No backend of a task could do it. ``lasting`` tells that asking again would change nothing."""

    lasting = False


class BackendOrder(Generic[B]):
    """The backends of one task, the preferred one first."""

    def __init__(
        self, task: str, guards: Sequence[Guard[B]], metrics: Metrics | None = None, retrying: Retrying = Retrying()
    ) -> None:
        self._task = task
        self._guards = tuple(guards)
        self._metrics = metrics or NoMetrics()
        self._retrying = retrying

    def ask(self, work: Callable[[B], T]) -> Answered[T]:
        """What the first backend that can makes of ``work``.

        Raises NobodyAnswered, which names each backend's reason, where none can.
        """
        fallbacks: list[Fallback] = []
        for guard, following in zip_longest(self._guards, self._guards[1:]):
            try:
                result = self._asked(guard, work)
            except Exception as error:  # a library's own errors stop one backend, not the order
                fallbacks.append(_fallback(guard.backend.runtime, error))
                self._step_down(fallbacks[-1], following.backend.runtime if following else "none")
            else:
                return Answered(result, guard.backend.runtime, guard.backend.identity, tuple(fallbacks))
        raise self._nobody(fallbacks)

    def readiness(self) -> Iterator[tuple[Runtime, Readiness]]:
        """What each backend says of this host, in order."""
        for guard in self._guards:
            yield guard.backend.runtime, guard.backend.readiness()

    def close(self) -> None:
        """Let go of what every backend holds."""
        for guard in self._guards:
            guard.backend.close()

    def _asked(self, guard: Guard[B], work: Callable[[B], T]) -> T:
        ready = guard.backend.readiness()
        if not ready.ready:
            raise _NotReady(ready.reason, remedy=ready.remedy)
        tries = stamina.retry_context(
            on=_may_pass,
            attempts=self._retrying.attempts,
            timeout=None,
            wait_initial=self._retrying.wait_seconds,
            wait_jitter=0,
        )
        for attempt in tries:
            with attempt:
                return guard.call(work)
        raise ModelUnavailable(f"{guard.backend.runtime} was not asked.", remedy="Allow one attempt or more.")

    def _step_down(self, fallback: Fallback, following: str) -> None:
        _log.warning("%s: %s did not answer (%s): %s", self._task, fallback.runtime, fallback.reason, fallback.detail)
        labels = {"task": self._task, "from": fallback.runtime, "to": following, "reason": fallback.reason}
        self._metrics.count(BACKEND_FALLBACKS, 1, **labels)

    def _nobody(self, fallbacks: Sequence[Fallback]) -> NobodyAnswered:
        if not fallbacks:
            return NobodyAnswered(
                f"No backend is configured for {self._task}.", remedy="Name one; see `narrative doctor`."
            )
        told = "; ".join(f"{each.runtime}: {each.detail}" for each in fallbacks)
        nobody = NobodyAnswered(
            f"No backend could do the task {self._task}. {told}", remedy="Mend one of them; see `narrative doctor`."
        )
        nobody.lasting = all(each.reason in ("refused", "error") for each in fallbacks)
        return nobody


class LanguageInOrder:
    """A language model over an order of backends. Its answers name who gave them, and it remembers why."""

    def __init__(self, order: BackendOrder[LanguageBackend]) -> None:
        self._order = order
        self._why: dict[str, None] = {}

    def complete(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
        """One JSON text that fits ``schema``, from the first backend that can. Raises ModelUnavailable."""
        answered = self._order.ask(lambda backend: backend.complete(prompt, schema, seed))
        self._why[answered.why] = None
        return answered.result

    def told(self) -> tuple[str, ...]:
        """Why those who answered since the last time this was asked did so, in words, each once."""
        why, self._why = tuple(self._why), {}
        return why


class _NotReady(ModelUnavailable):
    pass


def _may_pass(error: Exception) -> bool:
    lasting = isinstance(error, _NotReady | CircuitOpen | TimeLimitHit)
    return isinstance(error, NarrativeError) and error.transient and not lasting


def _fallback(runtime: Runtime, error: Exception) -> Fallback:
    said = error.message if isinstance(error, NarrativeError) else f"{type(error).__name__}: {error}"
    return Fallback(runtime, _reason(error), " ".join(said.split())[:_LONGEST])


def _reason(error: Exception) -> Reason:
    codes: tuple[tuple[type[Exception], Reason], ...] = (
        (_NotReady, "not_ready"),
        (CircuitOpen, "circuit_open"),
        (TimeLimitHit, "time_limit"),
        (ModelUnavailable, "unavailable"),
        (ModelRefused, "refused"),
        (NarrativeError, "error"),
    )
    return next((code for kind, code in codes if isinstance(error, kind)), "broke")
