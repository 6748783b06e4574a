"""The video asset: the episode rendered locally, with captions, sound and measured quality."""

from collections.abc import Iterator
from pathlib import Path

from dagster import AssetExecutionContext, Output, ResourceParam, asset

from narrative_assets.assets import views
from narrative_assets.assets.stage import Desk, hashes, open_desk
from narrative_assets.partitions import EPISODES
from narrative_assets.video.episode import RECIPE_VERSION, RenderHashes, render_episode
from narrative_assets.video.quality import GATES_VERSION
from narrative_assets.video.toolchain import Toolchain
from resources.blobs import file_sha256
from resources.caches import ClipFolder
from resources.durable import link_durably
from resources.publishing import files_of
from resources.queues import CPU
from resources.studio import Studio
from schemas.assets import AssetManifest
from schemas.render import RenderOutput, RenderPlan
from schemas.shots import ShotList


@asset(
    group_name="e_video",
    partitions_def=EPISODES,
    owners=["team:video"],
    tags={"narrative/scope": "profile"},
    kinds={"ffmpeg", "python"},
    output_required=False,
    io_manager_key="episode_io",
    pool=CPU,
    code_version="2",
)
def render_output(
    context: AssetExecutionContext,
    studio: ResourceParam[Studio],
    toolchain: ResourceParam[Toolchain],
    shot_list: ShotList,
    asset_manifest: AssetManifest,
    render_plan: RenderPlan,
) -> Iterator[Output[RenderOutput]]:
    """The finished video with captions, chapters and measured loudness; unchanged shots are reused."""
    desk = open_desk(context, studio)
    inputs = hashes(shot_list=shot_list, asset_manifest=asset_manifest, render_plan=render_plan)
    with desk.at_work(), studio.store.blobs.scratch() as scratch:
        yield desk.produce(
            RenderOutput,
            code_version="2",
            parents=inputs,
            parameters={
                "recipe": RECIPE_VERSION,
                "gates": GATES_VERSION,
                "encoder": toolchain.build,
                "window": desk.project.target_duration.model_dump(mode="json"),
            },
            profile=render_plan.profile.id,
            compute=lambda: render_episode(
                shot_list,
                asset_manifest,
                render_plan,
                hashes=RenderHashes(**inputs),
                blobs=studio.store.blobs,
                clips=ClipFolder(studio.store, fresh=studio.settings.force),
                toolchain=toolchain,
                scratch=Path(scratch),
                workers=studio.settings.workers,
                on_shot=desk.units,
                window=desk.project.target_duration,
            ),
            describe=lambda output: views.video(output, desk.studio, desk.project.id, desk.entry.id),
            usable=lambda output: all(studio.store.blobs.intact(ref.sha256) for ref in files_of(output).values()),
            accept=lambda output, _: _name_files(desk, output),
        )


def _name_files(desk: Desk, output: RenderOutput) -> None:
    """Give every file its readable name in the episode's folder."""
    store = desk.studio.store
    folder = store.episode_folder(desk.project.id, desk.entry.id, output.profile_id)
    for name, ref in files_of(output).items():
        target = folder / name
        if not target.is_file() or file_sha256(target) != ref.sha256:
            link_durably(store.blobs.verified_path(ref.sha256), target)
            store.show(target)
