"""The RunSummary contract: what a run did, how long it took and what it cost. It is a log, not content."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.base import Artifact, Count, EpisodeId, Line, MicroDollars, Part, Sha256, Slug, Text

Milliseconds = Annotated[int, Field(ge=0, le=10**10)]


class RunError(Part):
    stage: Line
    error: Line
    message: Text
    remedy: Text = ""


class ModelUse(Part):
    """What a stage had of language models: who answered and why they, how many answers and tokens, and which answers
    were refused. Where nobody answered, ``backends`` is empty and the templates did the work.
    """

    backends: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    why: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    answers: Count = 0
    prompt_tokens: Count = 0
    tokens: Count = 0
    refusals: Annotated[tuple[Text, ...], Field(max_length=200)] = ()


class StageRun(Part):
    """One stage of a run. ``cache_hit`` means that the stored artifact was used again; ``reasons`` say why one that
    had been made before was made again, ``unchanged`` that it came out the same.
    """

    stage: Line
    status: Literal["succeeded", "failed", "waiting", "skipped"]
    milliseconds: Milliseconds
    cache_hit: bool
    artifact_hash: Sha256 | None = None
    retries: Annotated[int, Field(ge=0, le=1_000)] = 0
    units: Count = 0
    unit_cache_hits: Count = 0
    reasons: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    unchanged: bool = False
    model: ModelUse | None = None
    error: RunError | None = None


class RunSummary(Artifact):
    """A run of one episode under one profile."""

    VERSION: ClassVar[str] = "1.2.0"

    run_id: Line
    tenant_id: Slug
    project_id: Slug
    episode_id: EpisodeId
    profile_id: Slug
    started_at: Line
    status: Literal["succeeded", "failed", "waiting"]
    milliseconds: Milliseconds
    stages: Annotated[tuple[StageRun, ...], Field(max_length=100)]
    cache_hits: Count
    cache_misses: Count
    retries: Count = 0
    local_calls: Count = 0
    external_calls: Count = 0
    external_cost: MicroDollars = 0
    tokens: Count = 0
    peak_memory_bytes: Count
    errors: Annotated[tuple[RunError, ...], Field(max_length=1_000)] = ()
