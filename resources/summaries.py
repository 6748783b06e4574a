"""The run summary: gathered from the stage records of a run and written beside the episode."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Literal

from resources.durable import write_durably
from resources.registry import ArtifactStore
from schemas.run import RunError, RunSummary

AFTER = "narrative/after"
"""The tag by which a run that films names the run that has written for it."""


def write_summary(
    store: ArtifactStore,
    run_id: str,
    project: str,
    episode: str,
    profile: str,
    status: Literal["succeeded", "failed", "waiting"],
    error: RunError | None = None,
    after: str = "",
) -> RunSummary:
    """Write ``run_summary.json`` of a run from its stages so far and those of the run ``after`` which it goes on;
    ``error`` is what ended it outside of a stage.
    """
    stages = [*(store.stages(after) if after else ()), *store.stages(run_id)]
    runs = [stage for _, stage in stages]
    hits = sum(stage.cache_hit for stage in runs)
    summary = RunSummary(
        run_id=run_id,
        tenant_id=store.tenant,
        project_id=project,
        episode_id=episode,
        profile_id=profile,
        started_at=stages[0][0] if stages else "",
        status=status,
        milliseconds=sum(stage.milliseconds for stage in runs),
        stages=tuple(runs),
        cache_hits=hits,
        cache_misses=len(runs) - hits,
        retries=sum(stage.retries for stage in runs),
        local_calls=sum(stage.units - stage.unit_cache_hits for stage in runs),
        external_calls=0,
        tokens=sum(stage.model.prompt_tokens + stage.model.tokens for stage in runs if stage.model),
        peak_memory_bytes=peak_memory_bytes(),
        errors=(*(stage.error for stage in runs if stage.error is not None), *([error] if error else [])),
    )
    path: Path = store.episode_folder(project, episode, profile) / "run_summary.json"
    write_durably(path, summary.model_dump_json(indent=2).encode() + b"\n")
    store.show(path)
    return summary


def peak_memory_bytes() -> int:
    """Peak resident memory of this process or of its largest finished child, in bytes."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(own, child) * 1024
