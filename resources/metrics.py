"""Metrics as a port: what is counted, timed and set, under one set of names, whoever collects it.

Labels are few and bounded; a backend refuses a series beyond ``MOST_SERIES`` by folding it into ``other``.
"""

from __future__ import annotations

from typing import Protocol

MOST_SERIES = 1_000

MODEL_LOAD = "narrative_model_load_seconds"
MODEL_PREDICT = "narrative_model_predict_seconds"
MODEL_TOKENIZE = "narrative_model_tokenize_seconds"
MODEL_TOKENS = "narrative_model_tokens_total"
MODEL_CACHE_HITS = "narrative_model_cache_hits_total"
MODEL_CACHE_EVICTIONS = "narrative_model_cache_evictions_total"
BACKEND_FALLBACKS = "narrative_backend_fallbacks_total"
BREAKER_STATE = "narrative_breaker_state"
STAGE_SECONDS = "narrative_stage_seconds"
STAGE_CACHE_HITS = "narrative_stage_cache_hits_total"
SERIES_FOLDED = "narrative_metrics_series_folded_total"
HELP = {
    MODEL_LOAD: "Seconds to load a model.",
    MODEL_PREDICT: "Seconds of one prediction.",
    MODEL_TOKENIZE: "Seconds to turn text into tokens.",
    MODEL_TOKENS: "Tokens read and written.",
    MODEL_CACHE_HITS: "Models that were in memory when they were asked for.",
    MODEL_CACHE_EVICTIONS: "Models that were let go, by reason.",
    BACKEND_FALLBACKS: "Backends that did not answer, by who was asked next and why.",
    BREAKER_STATE: "0 closed, 1 on trial, 2 open.",
    STAGE_SECONDS: "Seconds of one stage of one episode, by how it ended.",
    STAGE_CACHE_HITS: "Stages for which a stored result served.",
    SERIES_FOLDED: "Figures that went into the series named other, because there were too many.",
}


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
