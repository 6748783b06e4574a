"""Runs that failed: what ended them is told in the episode's run summary, and what may pass is tried again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dagster import DefaultSensorStatus, ResourceParam, RunFailureSensorContext, run_failure_sensor

from narrative_assets.assets.waiting import PARTITION, later, try_again
from resources.registry import ArtifactStore
from resources.studio import RunSettings
from resources.summaries import AFTER, write_summary
from schemas.run import RunError, StageRun

_REMEDY = "Finished stages are kept: run the episode again and it goes on from there."
_MAX_MESSAGE = 2_000


def ended_by(stages: Sequence[StageRun], message: str) -> RunError | None:
    """What ended a run that its own stages do not tell of: a lost process, a check that blocks, a cancelled step."""
    if any(stage.error is not None and stage.status == "failed" for stage in stages):
        return None
    last = stages[-1].stage if stages else "start"
    return RunError(stage=last, error="RunFailed", message=message[:_MAX_MESSAGE], remedy=_REMEDY)


@run_failure_sensor(
    name="run_failures",
    minimum_interval_seconds=1,
    default_status=DefaultSensorStatus.RUNNING,
    description="Tells in the run summary what ended a run, and tries again what a disk or database had refused.",
)
def run_failures(context: RunFailureSensorContext, store: ResourceParam[ArtifactStore]) -> None:
    """See to one failed run."""
    run = context.dagster_run
    project, _, episode = run.tags.get(PARTITION, "").partition("/")
    if not episode:
        return
    again = try_again(list(_error_names(context)), run.tags)
    if again is not None:
        context.instance.add_run_tags(run.run_id, later(again, "a disk or database that refused"))
    error = ended_by([stage for _, stage in store.stages(run.run_id)], context.failure_event.message or "It failed.")
    if error is not None and episode in store.episodes(project):
        profile, after = profile_of_run(run.run_config), run.tags.get(AFTER, "")
        write_summary(store, run.run_id, project, episode, profile, "failed", error, after)


def profile_of_run(run_config: Mapping[str, Any]) -> str:
    """The render profile that a run was configured with."""
    resources = run_config.get("resources", {})
    return str(resources.get("settings", {}).get("config", {}).get("profile", RunSettings().profile))


def _error_names(context: RunFailureSensorContext) -> Iterator[str]:
    """The types of the errors that ended the run, with what caused each."""
    found: list[Any] = [event.step_failure_data.error for event in context.get_step_failure_events()]
    found.append(context.failure_event.job_failure_data.error)
    while found:
        error = found.pop(0)
        if error is not None:
            yield error.cls_name or ""
            found.append(error.cause)
