"""Media assets: what the shots need, and where each need is met from under a render profile."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetExecutionContext, Output, ResourceParam, asset

from narrative_assets.assets import views
from narrative_assets.assets.packs import packs_in_force, unmoved_voices
from narrative_assets.assets.safety import words_judge
from narrative_assets.assets.sheets import shown_assets, shown_packs
from narrative_assets.assets.stage import hashes, open_desk
from narrative_assets.assets.takes import chosen_takes, takes_parent
from narrative_assets.media.finding import awaits_a_source
from narrative_assets.media.packs import used_packs
from narrative_assets.media.painter import ProceduralPainter
from narrative_assets.media.requirements import derive_manifest
from narrative_assets.media.resolver import resolve
from narrative_assets.media.rights import expired
from narrative_assets.media.versions import sound_version
from narrative_assets.partitions import EPISODES
from resources.asset_search import open_searches
from resources.caches import PictureFolder
from resources.clock import today
from resources.library import FolderLibrary
from resources.model_media import ModelledMedia
from resources.pruning import keep_within_limit
from resources.queues import MEDIA
from resources.speech import Speech
from resources.studio import Studio
from schemas.assets import AssetManifest
from schemas.canonical import content_hash
from schemas.profiles import profile_of
from schemas.render import BlobRef, RenderPlan
from schemas.shots import ShotList

_MEDIA: dict[str, Any] = {
    "group_name": "d_media",
    "partitions_def": EPISODES,
    "owners": ["team:media"],
    "output_required": False,
    "io_manager_key": "episode_io",
}


@asset(**_MEDIA, tags={"narrative/scope": "episode"}, kinds={"python", "json"}, pool=MEDIA, code_version="2")
def asset_manifest(
    context: AssetExecutionContext, studio: ResourceParam[Studio], shot_list: ShotList
) -> Iterator[Output[AssetManifest]]:
    """Every picture, voice and sound the shots need, before anyone decides where it comes from."""
    desk = open_desk(context, studio)
    with desk.at_work():
        yield desk.produce(
            AssetManifest,
            code_version="2",
            parents=hashes(shot_list=shot_list, project=content_hash(desk.story_part())),
            compute=lambda: derive_manifest(shot_list, desk.project, content_hash(shot_list)),
            describe=views.manifest,
        )


@asset(
    **_MEDIA,
    tags={"narrative/scope": "profile", "narrative/asks": "person"},
    kinds={"python", "pillow"},
    pool=MEDIA,
    code_version="3",
)
def render_plan(
    context: AssetExecutionContext,
    studio: ResourceParam[Studio],
    speech: ResourceParam[Speech],
    modelled: ResourceParam[ModelledMedia],
    shot_list: ShotList,
    asset_manifest: AssetManifest,
) -> Iterator[Output[RenderPlan]]:
    """Each need mapped to its source under the profile; what is missing gets a drawn stand-in and is listed."""
    desk = open_desk(context, studio)
    with desk.at_work():
        profile = profile_of(desk.project, studio.settings.profile)
        painter, day = ProceduralPainter(), today()
        library = FolderLibrary(studio.projects.folder(desk.project.id) / "library")
        unmoved = unmoved_voices(desk, shot_list)
        packs = packs_in_force(desk, unmoved, asset_manifest, library, painter, day)
        takes = chosen_takes(desk, profile.id, shot_list)
        searches = open_searches(studio.store, desk.project.asset_sources, fresh=studio.settings.force)
        yield desk.produce(
            RenderPlan,
            code_version="3",
            parents={
                **hashes(shot_list=shot_list, asset_manifest=asset_manifest, library=library.fingerprint()),
                **takes_parent(takes),
                **{f"pack_of_{pack.character_id}": content_hash(pack) for pack in packs},
            },
            parameters={
                "profile": profile.model_dump(mode="json"),
                "drawing": painter.version,
                "sound": sound_version(),
                "speech": speech.version,
                "ended_licences": library.expired(day),
                "sources": list(desk.project.asset_sources),
                **modelled.parameters(),
            },
            profile=profile.id,
            compute=lambda: resolve(
                asset_manifest,
                content_hash(asset_manifest),
                shot_list,
                content_hash(shot_list),
                profile,
                library=library,
                sink=studio.store.blobs,
                speech=speech,
                painter=painter,
                cache=PictureFolder(studio.store, fresh=studio.settings.force),
                searches=searches,
                judge=words_judge(desk.project),
                today=day,
                packs=used_packs(packs),
                plates=modelled.plates(studio.store, fresh=studio.settings.force),
                voices=modelled.voices(studio.store, fresh=studio.settings.force),
                unmoved=unmoved,
                on_asset=desk.units,
            ).model_copy(update={"takes": takes.applied}),
            describe=lambda plan: {
                **views.plan_of_render(plan),
                **views.takes(takes),
                **shown_assets(studio.store, asset_manifest, plan),
                **shown_packs(studio.store, packs),
            },
            usable=lambda plan: _stands(plan, studio, day),
        )
        keep_within_limit(studio.store)


def _stands(plan: RenderPlan, studio: Studio, day: str) -> bool:
    """Whether a stored plan still serves: its files are there, its licences run, and no source is left to ask."""
    files = all(studio.store.blobs.intact(ref.sha256) for ref in blob_refs(plan))
    ended = any(expired(asset.rights, day) and not asset.rights.rights_override for asset in plan.assets)
    return files and not ended and not awaits_a_source(plan)


def blob_refs(plan: RenderPlan) -> Iterator[BlobRef]:
    """Every stored file that a plan refers to."""
    for planned in plan.assets:
        single = planned.stand_in if planned.status == "placeholder" else planned.blob
        if single is not None:
            yield single
        yield from (layer.picture for layer in planned.layers)
        yield from (variant.picture for variant in planned.variants)
        yield from (variant.mouths.picture for variant in planned.variants if variant.mouths)
    yield from (own.picture for shot in plan.takes for own in shot.take().assets)
