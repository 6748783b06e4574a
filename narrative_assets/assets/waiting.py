"""How a run waits without holding a worker: it ends, and is marked so that it can be taken up where it stopped.

A sensor queues the run again, held by a tag that the run queue does not let through, and takes the hold off once
what it waits for is there. Only an episode that is being written at this moment is waited for inside the run.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dagster import AssetExecutionContext, DagsterInstance, DagsterRun, DagsterRunStatus, MetadataValue, RunsFilter

from narrative_assets.assets.decisions import decision_form
from schemas import errors as error_types
from schemas.errors import ApprovalPending, NarrativeError, StoryOrderError, StoryOrderPending

PARTITION = "dagster/partition"
STOPPED = "narrative/stopped"
"""On a run that has ended to wait: ``waiting``, or ``resumed`` once it stands in the queue again."""
HELD = "narrative/held"
"""On a queued run: ``yes`` keeps it in the queue (see ``dagster.yaml``)."""
WAITS_FOR = "narrative/waits_for"
"""What the run waits for, in words."""
CHECKPOINT = "narrative/checkpoint"
CONTENT = "narrative/content_hash"
"""What is to be decided, where a person is waited for: the checkpoint, and the hashes with commas between."""
ATTEMPT = "narrative/attempt"
"""How often the run was taken up after something outside had failed it."""
NOT_BEFORE = "narrative/not_before"
"""The second since 1970 before which a run is not tried again."""
COMMAND_LINE = "narrative/process"
"""On a run of the command line, which is not taken up by itself."""

_MOST_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 10
_RETRIED_BY_DAGSTER = "dagster/will_retry"
_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.25
_UNDER_WAY = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING]
_TO_COME = [*_UNDER_WAY, DagsterRunStatus.QUEUED, DagsterRunStatus.NOT_STARTED]
_ALIVE = [*_TO_COME, DagsterRunStatus.CANCELING]


class Stopped(StrEnum):
    """What has become of a run that ended to wait."""

    WAITING = "waiting"
    RESUMED = "resumed"


@dataclass(frozen=True)
class Again:
    """When what something outside has stopped is tried again: which attempt that is, and how long to wait."""

    attempt: int
    pause_seconds: int


def try_again(errors: Sequence[str], tags: Mapping[str, str]) -> Again | None:
    """Whether a run that met ``errors`` (names of their types) is tried again, each time after a longer pause.

    Only what may pass by itself is: a disk or database that refuses. Dagster itself retries what it lost, and a run
    of the command line is its user's.
    """
    known = [getattr(error_types, name, None) for name in errors]
    passing = any(isinstance(each, type) and issubclass(each, NarrativeError) and each.transient for each in known)
    attempt = int(tags.get(ATTEMPT, "0")) + 1
    if not passing or attempt > _MOST_ATTEMPTS or COMMAND_LINE in tags or tags.get(_RETRIED_BY_DAGSTER) == "true":
        return None
    return Again(attempt, _FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))


def later(again: Again, what: str) -> dict[str, str]:
    """The tags of a run that is taken up once its pause is over; ``what`` stopped it."""
    return {
        STOPPED: Stopped.WAITING.value,
        WAITS_FOR: what,
        CHECKPOINT: "",
        CONTENT: "",
        ATTEMPT: str(again.attempt),
        NOT_BEFORE: str(int(time.time()) + again.pause_seconds),
    }


def await_episode(context: AssetExecutionContext, project: str, episode: str, settled: Callable[[], bool]) -> None:
    """Wait for an episode that a run is writing right now, a minute at most.

    The wait holds a run's slot but no pool's, and only while the awaited run has a slot of its own: it always ends.
    Raises StoryOrderPending where the episode is still to come, StoryOrderError where no run is there to make it.
    """
    key, until = f"{project}/{episode}", time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and _runs(context.instance, key, _UNDER_WAY):
        time.sleep(_LOOK_SECONDS)
        if settled():
            return
    if settled():
        return
    if to_come(context.instance, key):
        raise StoryOrderPending(
            f"{context.partition_key} builds on {episode}, which is still to be settled; it goes on by itself then.",
            remedy=f"See what keeps {key}.",
        )
    raise StoryOrderError(
        f"{context.partition_key} builds on {episode}, whose canon is not settled yet, and no run is making it.",
        remedy=f"Run {key} first.",
    )


def in_work(instance: DagsterInstance) -> set[str]:
    """The partitions that a run has: one that is queued, under way, or not quite ended."""
    runs = instance.get_runs(RunsFilter(statuses=_ALIVE))
    return {run.tags[PARTITION] for run in runs if PARTITION in run.tags}


def to_come(instance: DagsterInstance, key: str) -> bool:
    """Whether a run of this partition is under way, queued, or has stopped to wait."""
    if _runs(instance, key, _TO_COME):
        return True
    newest = instance.get_runs(RunsFilter(tags={PARTITION: key}), limit=1)
    return bool(newest) and newest[0].tags.get(STOPPED) == Stopped.WAITING


def mark_stopped(context: AssetExecutionContext, pending: NarrativeError) -> None:
    """Note on the run that it ends to wait, and for what. One of the command line is taken up by its user."""
    if COMMAND_LINE in context.run.tags:
        return
    checkpoint, asked = (pending.checkpoint, pending.asked) if isinstance(pending, ApprovalPending) else ("", ())
    context.instance.add_run_tags(
        context.run.run_id,
        {
            STOPPED: Stopped.WAITING.value,
            WAITS_FOR: f"a person: {_words(checkpoint)}" if checkpoint else pending.message,
            CHECKPOINT: checkpoint,
            CONTENT: ",".join(asked),
        },
    )


def mark_for_later(context: AssetExecutionContext, error: NarrativeError) -> bool:
    """Note on the run that it ends to be tried again, and say whether it is: a failure would end its backfill."""
    again = try_again([type(error).__name__], context.run.tags)
    if again is not None:
        context.instance.add_run_tags(context.run.run_id, later(again, error.message))
    return again is not None


def decision_links(pending: ApprovalPending) -> dict[str, MetadataValue[Any]]:
    """Where a person decides in the UI: the form of the ``decide`` job, filled in but for their name."""
    return {
        "waits_for": MetadataValue.text(pending.message),
        "decide": MetadataValue.url(decision_form(pending.checkpoint, pending.asked)),
    }


def _words(checkpoint: str) -> str:
    return checkpoint.removeprefix("approve_").replace("_", " ")


def name_run(context: AssetExecutionContext, tenant: str, site: str, project: str, episode: str) -> None:
    """Tag the run with whose it is and what it makes, so that runs can be found by it in the UI."""
    missing = episode_tags(tenant, site, project, episode).items() - context.run.tags.items()
    if missing:
        context.instance.add_run_tags(context.run.run_id, dict(missing))


def episode_tags(tenant: str, site: str, project: str, episode: str) -> dict[str, str]:
    """The tags of a run that makes an episode."""
    named = {"tenant": tenant, "site": site, "series": project, "season": episode.partition("e")[0], "episode": episode}
    return {f"narrative/{name}": value for name, value in named.items()}


def _runs(instance: DagsterInstance, key: str, statuses: list[DagsterRunStatus]) -> list[DagsterRun]:
    return list(instance.get_runs(RunsFilter(tags={PARTITION: key}, statuses=statuses), limit=1))
