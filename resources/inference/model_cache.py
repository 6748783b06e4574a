"""Loaded models kept while they are worth it: by count, by bytes and by idle time, and never let go while in use.

Whoever asks for a model holds it by a ``with``. What a model is does not matter here. Safe to share between threads.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from resources.metrics import Metrics, NoMetrics

Model = TypeVar("Model")
Reason = Literal["count", "bytes", "idle", "closed"]


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """A model, the bytes it takes, and how it is let go."""

    model: Model
    size: int
    close: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Limits:
    """What is kept: at most so many models and bytes, each until it was not used for ``idle_seconds``."""

    models: int = 4
    size: int = 8 * 1024**3
    idle_seconds: float = 600.0


@dataclass
class _Entry:
    loaded: Loaded[Any]
    pins: int = 0
    used_at: float = 0.0
    unwanted: bool = False


@dataclass
class _Turn:
    """The lock of one key and how many threads want it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: int = 0


class ModelCache:
    """Models by key. Models in use are kept whatever the limits say; they go when they come back."""

    def __init__(
        self, limits: Limits = Limits(), *, clock: Callable[[], float] = time.monotonic, metrics: Metrics | None = None
    ) -> None:
        self.evictions: Counter[Reason] = Counter()
        self._limits, self._clock, self._metrics = limits, clock, metrics or NoMetrics()
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._turns: dict[Hashable, _Turn] = {}
        self._lock = threading.Lock()

    @contextmanager
    def using(self, key: Hashable, load: Callable[[], Loaded[Model]]) -> Iterator[Model]:
        """The model of ``key``, loaded once however many ask, and held until the ``with`` ends.

        What ``load`` raises goes to whoever asked first; the next one tries again.
        """
        entry = self._taken(key, load)
        try:
            yield entry.loaded.model
        finally:
            self._released(entry)

    @asynccontextmanager
    async def using_async(self, key: Hashable, load: Callable[[], Loaded[Model]]) -> AsyncIterator[Model]:
        """The same for asyncio: waiting, loading and closing happen in a thread, and the event loop goes on."""
        taking = asyncio.ensure_future(asyncio.to_thread(self._taken, key, load))
        try:
            entry = await asyncio.shield(taking)
        except asyncio.CancelledError:
            # The thread cannot be stopped: what it takes is given back when it has it.
            taking.add_done_callback(self._give_back)
            raise
        try:
            yield entry.loaded.model
        finally:
            await asyncio.shield(asyncio.to_thread(self._released, entry))

    def sweep(self) -> None:
        """Let go of what has been idle for too long; also done whenever a model is asked for or comes back."""
        with self._lock:
            gone = self._overdue()
        _close(gone)

    def drop(self, key: Hashable) -> None:
        """Let go of one model, at once or as soon as nobody uses it."""
        with self._lock:
            gone = self._dropped(key)
        _close(gone)

    def close(self) -> None:
        """Let go of all models; those in use go when they come back."""
        with self._lock:
            gone = [entry for key in list(self._entries) for entry in self._dropped(key)]
        _close(gone)

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def _taken(self, key: Hashable, load: Callable[[], Loaded[Any]]) -> _Entry:
        with self._turn(key):
            entry = self._found(key)
            if entry is None:
                entry = _Entry(load(), pins=1, used_at=self._clock())
                with self._lock:
                    self._entries[key] = entry
                    gone = self._overdue()
                _close(gone)
            return entry

    @contextmanager
    def _turn(self, key: Hashable) -> Iterator[None]:
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.wanted += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.wanted -= 1
                if not turn.wanted:
                    del self._turns[key]

    def _found(self, key: Hashable) -> _Entry | None:
        with self._lock:
            gone = self._overdue()
            entry = self._entries.get(key)
            if entry is not None:
                entry.pins += 1
                entry.used_at = self._clock()
                self._entries.move_to_end(key)
        _close(gone)
        return entry

    def _released(self, entry: _Entry) -> None:
        with self._lock:
            entry.pins -= 1
            entry.used_at = self._clock()
            gone = [entry] if entry.unwanted and not entry.pins else []
            gone += self._overdue()
        _close(gone)

    def _give_back(self, taking: asyncio.Future[_Entry]) -> None:
        if not taking.cancelled() and taking.exception() is None:
            self._released(taking.result())

    def _dropped(self, key: Hashable) -> list[_Entry]:
        entry = self._entries.pop(key, None)
        if entry is None:
            return []
        self._count("closed")
        entry.unwanted = True
        return [] if entry.pins else [entry]

    def _overdue(self) -> list[_Entry]:
        """What the limits no longer allow, taken out of the map; called under the lock, closed outside of it."""
        gone = []
        now = self._clock()
        for key, entry in list(self._entries.items()):
            reason = self._reason(entry, now)
            if reason is not None and not entry.pins:
                gone.append(self._entries.pop(key))
                self._count(reason)
        self._metrics.gauge("narrative_models_loaded", len(self._entries))
        return gone

    def _reason(self, entry: _Entry, now: float) -> Reason | None:
        if now - entry.used_at > self._limits.idle_seconds:
            return "idle"
        if len(self._entries) > self._limits.models:
            return "count"
        if sum(each.loaded.size for each in self._entries.values()) > self._limits.size:
            return "bytes"
        return None

    def _count(self, reason: Reason) -> None:
        self.evictions[reason] += 1
        self._metrics.count("narrative_model_evictions_total", reason=reason)


def _close(gone: list[_Entry]) -> None:
    for entry in gone:
        entry.loaded.close()
