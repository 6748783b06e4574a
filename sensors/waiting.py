"""Runs that wait: those that have stopped stand in the queue again, held; whose turn has come is let go.

Nothing waits on a worker, and nothing that waits looks failed: a held run is a queued one that says what it waits for.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dagster import (
    AssetKey,
    AssetSelection,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    DefaultSensorStatus,
    ResourceParam,
    RunRequest,
    RunsFilter,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)

from narrative_assets.assets.continuity import in_story_order
from narrative_assets.assets.stage import stages_of
from narrative_assets.assets.waiting import (
    CHECKPOINT,
    CONTENT,
    HELD,
    NOT_BEFORE,
    PARTITION,
    STOPPED,
    WAITS_FOR,
    Stopped,
)
from resources.approvals import Approvals
from resources.registry import ArtifactStore
from resources.studio import RunSettings, Studio
from schemas.errors import NarrativeError

_UNDER_WAY = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]
_QUEUED = [DagsterRunStatus.QUEUED, DagsterRunStatus.NOT_STARTED]
_MADE_FROM = "narrative/goes_on_from"
_BACKFILL = "dagster/backfill"


@dataclass(frozen=True)
class QueuedRun:
    """A run in the queue: of which partition, whether it is held, and whether what it was held for is still to come."""

    run_id: str
    key: str
    held: bool
    not_yet: bool = False


@dataclass(frozen=True)
class Season:
    """A project's episodes in story order, and those whose canon is settled."""

    order: Sequence[str]
    settled: Collection[str]

    def first_open(self, episode: str) -> str | None:
        """The first episode before this one that is not settled yet."""
        before = self.order[: self.order.index(episode)] if episode in self.order else ()
        return next((each for each in before if each not in self.settled), None)


@dataclass(frozen=True)
class Turns:
    """What to do with queued runs: hold some (and say for what), let others go."""

    hold: Mapping[str, str] = field(default_factory=dict)
    release: Sequence[str] = ()


def turns(
    queued: Sequence[QueuedRun], seasons: Mapping[str, Season], under_way: Collection[str], stopped: Collection[str]
) -> Turns:
    """Whose turn it is. ``under_way`` and ``stopped`` are keys of partitions that a run works on or has stopped at.

    A run is held while what it stopped for is still to come, or while an earlier episode is on its way without being
    written at this moment. Where no run is there to make the earlier one it is let go, to say so. Runs of unknown
    projects are let go as well: they end in words.
    """
    hold: dict[str, str] = {}
    release = []
    coming = {each.key for each in queued} | set(stopped)
    for each in queued:
        project, _, episode = each.key.partition("/")
        first = seasons[project].first_open(episode) if project in seasons else None
        awaited = f"{project}/{first}" if first is not None else ""
        if each.not_yet:
            continue
        if awaited in under_way:
            continue  # it is being written: the run may start and wait for a moment, or stay held for one
        if awaited and awaited in coming:
            if not each.held:
                hold[each.run_id] = f"the canon of {awaited}"
        elif each.held:
            release.append(each.run_id)
    return Turns(hold, tuple(release))


@sensor(
    asset_selection=AssetSelection.all(),
    minimum_interval_seconds=1,
    default_status=DefaultSensorStatus.RUNNING,
    description="Queues what has stopped to wait, and lets it go on once a person has decided or its past is settled.",
)
def waiting_episodes(context: SensorEvaluationContext, store: ResourceParam[ArtifactStore]) -> SensorResult:
    """Look at the queue and at what has stopped; act on both."""
    instance, studio = context.instance, Studio(store, RunSettings())
    queued = [run for run in instance.get_runs(RunsFilter(statuses=_QUEUED)) if PARTITION in run.tags]
    stopped = list(instance.get_runs(RunsFilter(tags={STOPPED: Stopped.WAITING.value})))
    again = [run for run in stopped if not _stands_again(instance, run)]
    if queued:
        _act(instance, studio, queued, {run.tags[PARTITION] for run in stopped})
    return SensorResult(run_requests=[taken_up(run) for run in again])


def _act(instance: DagsterInstance, studio: Studio, queued: Sequence[DagsterRun], stopped: Collection[str]) -> None:
    seen = [
        QueuedRun(run.run_id, run.tags[PARTITION], run.tags.get(HELD) == "yes", _not_yet(studio.approvals, run))
        for run in queued
    ]
    working = instance.get_runs(RunsFilter(statuses=_UNDER_WAY))
    under_way = {run.tags[PARTITION] for run in working if PARTITION in run.tags}
    found = turns(seen, seasons(studio, {each.key.partition("/")[0] for each in seen}), under_way, stopped)
    for run_id, what in found.hold.items():
        instance.add_run_tags(run_id, {HELD: "yes", WAITS_FOR: what})
    for run_id in found.release:
        instance.add_run_tags(run_id, {HELD: "no", WAITS_FOR: "nothing: it is its turn"})


def seasons(studio: Studio, projects: Collection[str]) -> dict[str, Season]:
    """How far each project has come. One that cannot be read is left out."""
    found = {}
    for project_id in sorted(projects):
        try:
            project = studio.projects.load(project_id)
        except NarrativeError:
            continue
        found[project_id] = Season(in_story_order(project), set(studio.canon.standing(project_id)))
    return found


def taken_up(run: DagsterRun) -> RunRequest:
    """The run once more, held in the queue: the same partition, assets, settings and backfill."""
    keys = sorted(run.asset_selection or (), key=lambda key: key.path)
    kept = {
        name: value
        for name, value in run.tags.items()
        if name == _BACKFILL or (name.startswith("narrative/") and name not in (STOPPED, _MADE_FROM))
    }
    return RunRequest(
        run_key=f"again-{run.run_id}",
        partition_key=run.tags[PARTITION],
        asset_selection=keys or [AssetKey(stage) for stage in stages_of(run.job_name)],
        run_config=dict(run.run_config),
        tags={**kept, HELD: "yes", _MADE_FROM: run.run_id},
    )


def _stands_again(instance: DagsterInstance, run: DagsterRun) -> bool:
    """Whether the run stands in the queue again; if so it is marked, and not looked at any more."""
    if not instance.get_runs(RunsFilter(tags={_MADE_FROM: run.run_id}), limit=1):
        return False
    instance.add_run_tags(run.run_id, {STOPPED: Stopped.RESUMED.value})
    return True


def _not_yet(approvals: Approvals, run: DagsterRun) -> bool:
    """Whether a held run's pause lasts, or people have still to decide.

    They need not any more where something it asked was turned down or replaced: it goes on to say so.
    """
    if run.tags.get(HELD) != "yes":
        return False
    if int(run.tags.get(NOT_BEFORE, "0")) > time.time():
        return True
    asked = [digest for digest in run.tags.get(CONTENT, "").split(",") if digest]
    checkpoint = run.tags.get(CHECKPOINT, "")
    if any(not approvals.stands(checkpoint, digest) for digest in asked):
        return False
    decisions = [approvals.newest(checkpoint, digest) for digest in asked]
    if any(each is not None and each.decision == "rejected" for each in decisions):
        return False
    return any(each is None for each in decisions)
