"""The last asset: the episode published, which means gathered into one folder once every gate lets it through."""

from collections.abc import Iterator

from dagster import AssetExecutionContext, Output, ResourceParam, asset

from narrative_assets.assets import views
from narrative_assets.assets.stage import hashes, open_desk
from narrative_assets.partitions import EPISODES
from resources.gates.clearance import Edition, cleared
from resources.publishing import files_of, publish
from resources.publishing import publish_record as made_record
from resources.queues import MEDIA
from resources.studio import Studio
from schemas.assets import AssetManifest
from schemas.canon import CanonDiff
from schemas.canonical import content_hash
from schemas.publication import PublishRecord
from schemas.render import RenderOutput, RenderPlan
from schemas.script import Script
from schemas.shots import ShotList


@asset(
    group_name="f_published",
    partitions_def=EPISODES,
    owners=["team:video"],
    tags={"narrative/scope": "profile"},
    kinds={"python", "json"},
    output_required=False,
    io_manager_key="episode_io",
    pool=MEDIA,
    code_version="1",
)
def publish_record(
    context: AssetExecutionContext,
    studio: ResourceParam[Studio],
    script: Script,
    canon_diff: CanonDiff,
    shot_list: ShotList,
    asset_manifest: AssetManifest,
    render_plan: RenderPlan,
    render_output: RenderOutput,
) -> Iterator[Output[PublishRecord]]:
    """The published episode: video, captions, stems, credits and what they came from, refused while a gate fails."""
    desk = open_desk(context, studio)
    edition = Edition(script, canon_diff, shot_list, asset_manifest, render_plan, render_output)
    with desk.at_work():
        gates = cleared(studio, desk.project, edition, files_of(render_output))
        yield desk.produce(
            PublishRecord,
            code_version="1",
            parents=hashes(
                script=script,
                canon_diff=canon_diff,
                shot_list=shot_list,
                asset_manifest=asset_manifest,
                render_plan=render_plan,
                render_output=render_output,
            ),
            parameters={"gates": content_hash([gate.model_dump(mode="json") for gate in gates])},
            profile=render_output.profile_id,
            compute=lambda: made_record(studio.store, edition, gates),
            describe=lambda made: views.publication(made, studio),
            usable=lambda made: all(studio.store.blobs.intact(each.file.sha256) for each in made.files),
            accept=lambda made, _: publish(studio.store, made),
        )
