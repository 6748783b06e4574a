"""Canon updates: each starts exactly the episodes whose past it has changed, one after the other in story order."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from dagster import (
    AssetKey,
    AssetSelection,
    DefaultSensorStatus,
    ResourceParam,
    RunRequest,
    RunsFilter,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)

from narrative_assets.assets.continuity import in_story_order, past, stands_on
from narrative_assets.assets.stage import STAGES, STORY_STAGES
from narrative_assets.assets.waiting import PARTITION, STOPPED, Stopped, in_work
from resources.registry import ArtifactStore
from resources.studio import RunSettings, Studio
from schemas.errors import NarrativeError
from schemas.project import Project

_SECONDS_A_TICK = 0.5


@dataclass(frozen=True)
class Reading:
    """How far a project's canon log was read, which episodes are still to be looked at, and what was started.

    ``started`` holds, by episode, the past that a run was last asked to write it anew on.
    """

    position: int = 0
    pending: tuple[str, ...] = ()
    started: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """What came of one look: where the reading stands now, and the episode that is to be made again, if any."""

    reading: Reading
    start: str | None = None


def read_on(reading: Reading, order: Sequence[str], changed: Sequence[str], position: int) -> Reading:
    """The reading after log entries about the ``changed`` episodes: all later ones are to be looked at."""
    places = [order.index(episode) for episode in changed if episode in order]
    later = order[min(places) + 1 :] if places else ()
    pending = tuple(each for each in order if each in {*later, *reading.pending})
    return replace(reading, position=position, pending=pending)


def look(
    reading: Reading,
    now: Callable[[str], str | None],
    made_on: Callable[[str], set[str]],
    at_work: Callable[[str], bool],
    more: Callable[[], bool],
) -> Step:
    """Look at pending episodes in story order, up to the first that has to be made again, while there is time.

    ``now`` is the past an episode has (None: never written), ``made_on`` those it was made on, ``at_work`` whether
    a run has it. Later ones wait until that one is settled anew: it may well change their past once more, or not.
    An episode that was started on this very past before and is in no run has failed there; it is not tried again.
    """
    pending, started = list(reading.pending), dict(reading.started)
    start = None
    while pending and more():
        episode = pending[0]
        here = now(episode)
        if here is not None and here not in made_on(episode):
            if at_work(episode):
                break
            if started.get(episode) != here:
                started[episode] = here
                start = episode
                break
        started.pop(pending.pop(0), None)
    return Step(replace(reading, pending=tuple(pending), started=started), start)


@sensor(
    asset_selection=AssetSelection.all(),
    minimum_interval_seconds=1,
    default_status=DefaultSensorStatus.RUNNING,
    description="Makes again what a change of canon bears on: the episodes whose context has really changed.",
)
def canon_updates(context: SensorEvaluationContext, store: ResourceParam[ArtifactStore]) -> SensorResult:
    """Read on in every project's canon log and look at what it may bear on."""
    studio = Studio(store, RunSettings())
    readings = {name: _reading(each) for name, each in json.loads(context.cursor or "{}").items()}
    until = time.monotonic() + _SECONDS_A_TICK
    requests: list[RunRequest] = []
    stopped = context.instance.get_runs(RunsFilter(tags={STOPPED: Stopped.WAITING.value}))
    alive = in_work(context.instance) | {run.tags[PARTITION] for run in stopped if PARTITION in run.tags}
    for project_id in studio.projects.ids():
        try:
            project = studio.projects.load(project_id)
            reading = _read(studio, project, readings.get(project_id))
            step = _look(studio, project, reading, alive, until)
        except NarrativeError as error:
            context.log.warning(str(error))  # the cursor stays: what could not be read is read again
            continue
        readings[project_id] = step.reading
        if step.start is not None:
            requests += _requests(studio, project_id, step.start, step.reading)
    cursor = json.dumps({name: asdict(each) for name, each in sorted(readings.items())})
    return SensorResult(run_requests=requests, cursor=cursor)


def _reading(told: dict[str, Any]) -> Reading:
    return Reading(told["position"], tuple(told["pending"]), told["started"])


def _read(studio: Studio, project: Project, reading: Reading | None) -> Reading:
    """Read the log on. What was logged before anyone looked is taken for known."""
    if reading is None:
        return Reading(studio.canon.head(project.id))
    entries = studio.canon.entries(project.id, after=reading.position)
    if not entries:
        return reading
    return read_on(reading, in_story_order(project), [each.episode_id for each in entries], entries[-1].position)


def _look(studio: Studio, project: Project, reading: Reading, alive: set[str], until: float) -> Step:
    looked = iter([True])  # one episode at least, however slow it is to look

    def more() -> bool:
        return next(looked, False) or time.monotonic() < until

    return look(
        reading,
        lambda episode: past(studio, project, episode),
        lambda episode: stands_on(studio, project, episode),
        lambda episode: f"{project.id}/{episode}" in alive,
        more,
    )


def _requests(studio: Studio, project: str, episode: str, reading: Reading) -> Iterator[RunRequest]:
    """Runs that write the episode anew and, where it was filmed, film it under the same profiles."""
    here = f"{reading.position}-{reading.started[episode]}"
    for profile in studio.store.profiles(project, episode) or [""]:
        settings = {"settings": {"config": {"profile": profile}}} if profile else {}
        yield RunRequest(
            run_key=f"canon-{project}/{episode}-{profile}-{here}",
            partition_key=f"{project}/{episode}",
            asset_selection=[AssetKey(stage) for stage in (STAGES if profile else STORY_STAGES)],
            run_config={"resources": settings} if settings else {},
            tags={"narrative/reason": "canon has changed in what the episode relies on"},
        )
