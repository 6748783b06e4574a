"""New episodes in a project file become partitions, so that they can be materialized."""

from collections.abc import Collection
from dataclasses import dataclass

from dagster import (
    DefaultSensorStatus,
    ResourceParam,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    sensor,
)

from narrative_assets.assets.waiting import in_work
from narrative_assets.partitions import EPISODES
from resources.registry import ArtifactStore
from resources.studio import RunSettings, Studio
from schemas.errors import NarrativeError


@dataclass(frozen=True)
class Offer:
    """Partitions to add and to take away, sorted."""

    add: tuple[str, ...]
    remove: tuple[str, ...]


def offer(wanted: Collection[str], offered: Collection[str], alive: Collection[str], made: Collection[str]) -> Offer:
    """What changes for one project: what its file names is offered, in the file's order.

    What the file no longer names goes, unless a run is on it (``alive``) or something was ``made`` of it.
    """
    kept = {*wanted, *alive, *made}
    return Offer(
        tuple(key for key in wanted if key not in offered),
        tuple(sorted(key for key in offered if key not in kept)),
    )


@sensor(
    minimum_interval_seconds=1,
    default_status=DefaultSensorStatus.RUNNING,
    description="Offers the episodes that project files name. One that was made or is in work is never taken away.",
)
def new_episodes(context: SensorEvaluationContext, store: ResourceParam[ArtifactStore]) -> SensorResult | SkipReason:
    """Compare every project file with the partitions there are."""
    studio, told = Studio(store, RunSettings()), []
    offered = context.instance.get_dynamic_partitions(EPISODES.name or "")
    alive = in_work(context.instance)
    add: list[str] = []
    remove: list[str] = []
    for project_id in studio.projects.ids():
        try:
            project = studio.projects.load(project_id)
        except NarrativeError as error:
            told.append(str(error))  # a file that cannot be read is not a file without episodes
            continue
        own = [key for key in offered if key.startswith(f"{project_id}/")]
        made = {f"{project_id}/{episode}" for episode in store.episodes(project_id)}
        change = offer([f"{project_id}/{entry.id}" for entry in project.episodes], own, alive, made)
        add += change.add
        remove += change.remove
    if told:
        context.log.warning("\n".join(told))
    if not add and not remove:
        return SkipReason("\n".join(told) or "Every episode of every project file is offered.")
    requests = [EPISODES.build_add_request(add)] if add else []
    return SensorResult(
        dynamic_partitions_requests=[*requests, *([EPISODES.build_delete_request(remove)] if remove else [])]
    )
