"""Runs that failed: what ended them is written into the episode's run summary, where the run could not do so itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from dagster import DefaultSensorStatus, ResourceParam, RunFailureSensorContext, run_failure_sensor

from narrative_assets.assets.waiting import PARTITION
from resources.registry import ArtifactStore
from resources.studio import RunSettings
from resources.summaries import write_summary
from schemas.run import RunError, StageRun

_REMEDY = "Finished stages are kept: run the episode again and it goes on from there."
_MAX_MESSAGE = 2_000


def ended_by(stages: Sequence[StageRun], message: str) -> RunError | None:
    """What ended a run that its own stages do not tell of: a lost process, a check that blocks, a cancelled step."""
    if any(stage.error is not None and stage.status == "failed" for stage in stages):
        return None
    last = stages[-1].stage if stages else "start"
    return RunError(stage=last, error="RunFailed", message=message[:_MAX_MESSAGE], remedy=_REMEDY)


def profile_of_run(run_config: Mapping[str, Any]) -> str:
    """The render profile that a run was configured with."""
    resources = run_config.get("resources", {})
    return str(resources.get("settings", {}).get("config", {}).get("profile", RunSettings().profile))


@run_failure_sensor(
    name="run_failures",
    minimum_interval_seconds=1,
    default_status=DefaultSensorStatus.RUNNING,
    description="Writes into the episode's run summary what ended a run, where the run could not do so itself.",
)
def run_failures(context: RunFailureSensorContext, store: ResourceParam[ArtifactStore]) -> None:
    """Complete the summary of one failed run."""
    run = context.dagster_run
    project, _, episode = run.tags.get(PARTITION, "").partition("/")
    if episode not in store.episodes(project):
        return
    error = ended_by([stage for _, stage in store.stages(run.run_id)], context.failure_event.message or "It failed.")
    if error is not None:
        write_summary(store, run.run_id, project, episode, profile_of_run(run.run_config), "failed", error)
