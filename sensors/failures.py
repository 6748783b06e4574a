"""Runs that failed: what ended them is told in the episode's run summary, and what may pass is tried again."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dagster import DefaultSensorStatus, ResourceParam, RunFailureSensorContext, run_failure_sensor

from narrative_assets.assets.waiting import ATTEMPT, COMMAND_LINE, NOT_BEFORE, PARTITION, STOPPED, WAITS_FOR, Stopped
from resources.registry import ArtifactStore
from resources.studio import RunSettings
from resources.summaries import write_summary
from schemas import errors as error_types
from schemas.errors import NarrativeError
from schemas.run import RunError, StageRun

_REMEDY = "Finished stages are kept: run the episode again and it goes on from there."
_MAX_MESSAGE = 2_000
_MOST_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 10
_RETRIED_BY_DAGSTER = "dagster/will_retry"


@dataclass(frozen=True)
class Again:
    """When a run that failed for something outside is tried again: which attempt that is, and how long to wait."""

    attempt: int
    pause_seconds: int


def ended_by(stages: Sequence[StageRun], message: str) -> RunError | None:
    """What ended a run that its own stages do not tell of: a lost process, a check that blocks, a cancelled step."""
    if any(stage.error is not None and stage.status == "failed" for stage in stages):
        return None
    last = stages[-1].stage if stages else "start"
    return RunError(stage=last, error="RunFailed", message=message[:_MAX_MESSAGE], remedy=_REMEDY)


def try_again(errors: Sequence[str], tags: Mapping[str, str]) -> Again | None:
    """Whether a run that ended with ``errors`` (names of their types) is tried again, each time after a longer pause.

    Only what may pass by itself is: a disk or database that refuses. Dagster itself retries what it lost, and a run
    of the command line is its user's.
    """
    known = [getattr(error_types, name, None) for name in errors]
    passing = any(isinstance(each, type) and issubclass(each, NarrativeError) and each.transient for each in known)
    attempt = int(tags.get(ATTEMPT, "0")) + 1
    if not passing or attempt > _MOST_ATTEMPTS or COMMAND_LINE in tags or tags.get(_RETRIED_BY_DAGSTER) == "true":
        return None
    return Again(attempt, _FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))


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
        context.instance.add_run_tags(
            run.run_id,
            {
                STOPPED: Stopped.WAITING.value,
                WAITS_FOR: "a disk or database that refused",
                ATTEMPT: str(again.attempt),
                NOT_BEFORE: str(int(time.time()) + again.pause_seconds),
            },
        )
    error = ended_by([stage for _, stage in store.stages(run.run_id)], context.failure_event.message or "It failed.")
    if error is not None and episode in store.episodes(project):
        write_summary(store, run.run_id, project, episode, profile_of_run(run.run_config), "failed", error)


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
