"""Who gets to hear how far a run is. The terminal shows a bar; a run in the background tells nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from schemas.run import StageRun


class Progress(Protocol):
    """A listener to one run. Counts are of units: lines spoken, assets resolved, shots rendered."""

    def stage_started(self, stage: str) -> None:
        """A stage begins to work."""

    def units(self, stage: str, done: int, total: int) -> None:
        """So many of a stage's units are done."""

    def stage_finished(self, run: StageRun) -> None:
        """A stage has ended, one way or the other."""


class Silent:
    """Hears everything and says nothing."""

    def stage_started(self, stage: str) -> None:
        """Nothing is shown."""

    def units(self, stage: str, done: int, total: int) -> None:
        """Nothing is shown."""

    def stage_finished(self, run: StageRun) -> None:
        """Nothing is shown."""


_listener: ContextVar[Progress | None] = ContextVar("progress", default=None)


def progress() -> Progress:
    """The listener of the current run."""
    return _listener.get() or Silent()


@contextmanager
def reporting_to(listener: Progress) -> Iterator[None]:
    """Let ``listener`` hear of what runs inside."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
