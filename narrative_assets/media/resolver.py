"""The resolver: every need of a manifest mapped to its source under a render profile (plan section 9).

Order: library, cache, made here. It decides nothing about time: the shot list holds that, under its lock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from narrative_assets.media.pictures import FIGURE_PERMILLE, PictureDesk, figure_heights, plate_size
from narrative_assets.media.ports import AssetLibrary, BlobSink, Painter, PictureCache, SpeechSynthesizer
from narrative_assets.media.rights import credit_lines
from narrative_assets.media.sounds import SoundDesk
from schemas.assets import AssetManifest
from schemas.errors import InputError
from schemas.project import RenderProfile
from schemas.render import PlannedAsset, RenderPlan
from schemas.shots import ShotList, require_lock


def resolve(
    manifest: AssetManifest,
    manifest_hash: str,
    shot_list: ShotList,
    shot_list_hash: str,
    profile: RenderProfile,
    *,
    library: AssetLibrary,
    sink: BlobSink,
    speech: SpeechSynthesizer,
    painter: Painter,
    cache: PictureCache | None,
    on_asset: Callable[[int, int], None] | None = None,
) -> RenderPlan:
    """A source for every need, in manifest order. The hashes are content hashes of what stands before them.

    What the library lacks, or holds in a form or under a licence that cannot be used, becomes a listed
    Placeholder with a stand-in. ``on_asset`` hears (done, total) after each need. Raises TimingLockError
    for another lock or a line that does not fit it, InputError for a manifest of another shot list,
    MediaError for a line that the voice cannot speak.
    """
    require_lock("render plan", shot_list.timing_lock_hash, manifest.timing_lock_hash)
    if manifest.shot_list_hash != shot_list_hash:
        raise InputError(
            f"render plan: the asset manifest was made from shot list {manifest.shot_list_hash[:12]}…, "
            f"not from {shot_list_hash[:12]}….",
            remedy="Make the asset manifest again from this shot list.",
        )
    pictures = PictureDesk(
        plate=plate_size(profile),
        heights=figure_heights(shot_list, profile),
        least_height=profile.height * FIGURE_PERMILLE // 1_000,
        library=library,
        sink=sink,
        painter=painter,
        cache=cache,
    )
    sounds = SoundDesk(fps=manifest.fps, library=library, sink=sink, speech=speech, cache=cache)
    total = need_count(manifest)
    assets: list[PlannedAsset] = []
    for asset in _each(manifest, pictures, sounds):
        assets.append(asset)
        if on_asset is not None:
            on_asset(len(assets), total)
    used = (asset.rights for asset in assets if asset.status == "resolved" and asset.source == "library")
    return RenderPlan(
        project_id=manifest.project_id,
        episode_id=manifest.episode_id,
        shot_list_hash=shot_list_hash,
        asset_manifest_hash=manifest_hash,
        timing_lock_hash=shot_list.timing_lock_hash,
        profile=profile,
        fps=shot_list.fps,
        aspect=_aspect(profile),
        assets=tuple(assets),
        attributions=credit_lines(used),
    )


def need_count(manifest: AssetManifest) -> int:
    """How many needs the manifest holds; a character pack counts as one."""
    pictures = len(manifest.backgrounds) + len(manifest.character_packs) + len(manifest.props)
    sounds = len(manifest.voice_lines) + len(manifest.sounds) + len(manifest.ambience) + len(manifest.music)
    return pictures + sounds


def _each(manifest: AssetManifest, pictures: PictureDesk, sounds: SoundDesk) -> Iterator[PlannedAsset]:
    yield from map(pictures.background, manifest.backgrounds)
    yield from map(pictures.pack, manifest.character_packs)
    yield from map(pictures.insert, manifest.props)
    yield from map(sounds.line, manifest.voice_lines)
    yield from map(sounds.effect, manifest.sounds)
    yield from map(sounds.ambience, manifest.ambience)
    yield from map(sounds.music, manifest.music)


def _aspect(profile: RenderProfile) -> str:
    """Width to height in lowest terms, for example ``16:9``."""
    common = math.gcd(profile.width, profile.height)
    return f"{profile.width // common}:{profile.height // common}"
