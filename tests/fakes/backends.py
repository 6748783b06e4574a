"""Backends and collectors for tests of order and of breakers: what they do is written down call by call."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrative_assets.writing.language import Answer, Prompt
from resources.inference.backends import EmbeddingBackend, LanguageBackend, Readiness, Runtime

YES = Readiness(True, "ready")


class ScriptedLanguage(LanguageBackend):
    """Answers, or raises, as ``script`` says for each call; the last entry holds for all that follow."""

    def __init__(self, runtime: Runtime, *script: str | Exception, ready: Readiness = YES) -> None:
        self.runtime = runtime
        self.script = list(script)
        self.calls = 0
        self.closed = False
        self._ready = ready

    @property
    def identity(self) -> str:
        return f"scripted {self.runtime}"

    def readiness(self) -> Readiness:
        return self._ready

    def close(self) -> None:
        self.closed = True

    def complete(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
        said = self.script[min(self.calls, len(self.script) - 1)]
        self.calls += 1
        if isinstance(said, Exception):
            raise said
        return Answer(said, "whole", 1, 1, self.identity)


class HangingEmbedding(EmbeddingBackend):
    """Does not come back until ``let_go`` is set, and then with unit vectors."""

    runtime: Runtime = "torch"
    dimensions = 3
    identity = "hanging"

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.calls = 0

    def readiness(self) -> Readiness:
        return YES

    def close(self) -> None:
        self.let_go.set()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += 1
        self.let_go.wait(60)
        return np.tile(np.array([1, 0, 0], dtype=np.float32), (len(texts), 1))


class PromptEmbedding(HangingEmbedding):
    """The same, at once."""

    runtime: Runtime = "onnxruntime"
    identity = "prompt"

    def __init__(self) -> None:
        super().__init__()
        self.let_go.set()


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Noted:
    """A collector that writes down what it is told."""

    counts: dict[tuple[str, ...], float] = field(default_factory=dict)
    gauges: list[tuple[str, float]] = field(default_factory=list)
    observed: list[tuple[str, float]] = field(default_factory=list)

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        key = (name, *(f"{label}={value}" for label, value in labels.items()))
        self.counts[key] = self.counts.get(key, 0) + amount

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        self.observed.append((name, seconds))

    def gauge(self, name: str, value: float, **labels: str) -> None:
        self.gauges.append((labels.get("runtime", name), value))
