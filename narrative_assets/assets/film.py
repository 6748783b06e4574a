"""The film asset: the script broken into shots, with timing locked by the spoken length of every line."""

from collections.abc import Iterator

from dagster import AssetExecutionContext, Output, ResourceParam, asset

from narrative_assets.assets import views
from narrative_assets.assets.refusals import shown_as_checks
from narrative_assets.assets.safety import judged_prompts
from narrative_assets.assets.stage import Desk, hashes, open_desk
from narrative_assets.film.planner import plan_shots
from narrative_assets.partitions import EPISODES
from narrative_assets.safety import require_safe
from resources.queues import CPU
from resources.speech import Speech
from resources.studio import Studio
from schemas.canon import CanonDiff
from schemas.canonical import content_hash
from schemas.script import Script
from schemas.shots import ShotList


@asset(
    group_name="c_film",
    partitions_def=EPISODES,
    owners=["team:film"],
    tags={"narrative/scope": "episode", "narrative/asks": "person"},
    kinds={"python", "json"},
    output_required=False,
    io_manager_key="episode_io",
    pool=CPU,
    code_version="8",
)
def shot_list(
    context: AssetExecutionContext,
    studio: ResourceParam[Studio],
    speech: ResourceParam[Speech],
    script: Script,
    canon_diff: CanonDiff,
) -> Iterator[Output[ShotList]]:
    """Shots, spoken lines and cues on one timeline. Its lock binds every later stage."""
    del canon_diff  # stands here because nothing may be filmed before canon is settled
    desk = open_desk(context, studio)
    with desk.at_work():
        yield desk.produce(
            ShotList,
            code_version="8",
            parents=hashes(script=script, project=content_hash(desk.story_part())),
            parameters={"speech": speech.version},
            compute=lambda: plan_shots(script, desk.project, content_hash(script), speech, on_line=desk.units),
            describe=lambda made: {**views.shots(made), **views.safety(judged_prompts(desk, made))},
            accept=lambda made, digest: _accept(desk, made, digest),
        )


def _accept(desk: Desk, shots: ShotList, digest: str) -> None:
    """Pictures that the rating allows, and a timing that a person has approved where the project asks for that."""
    shown_as_checks(desk, shots, lambda: require_safe(judged_prompts(desk, shots)))
    desk.require_approval("approve_shotlist_timing_lock", digest)
