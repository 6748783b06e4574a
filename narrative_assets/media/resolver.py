"""The resolver: every need of a manifest mapped to its source under a render profile (plan section 9).

Order: library, search, models where there are any, made here; what was made before comes from the cache, which
changes nothing in the plan.
It decides nothing about time: the shot list holds that, under its lock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from narrative_assets.media.finding import Finder, SoundShelf, allow_all, line
from narrative_assets.media.pictures import FIGURE_PERMILLE, PictureDesk, figure_heights, plate_size
from narrative_assets.media.ports import (
    AssetKind,
    AssetLibrary,
    AssetSearch,
    BlobSink,
    Painter,
    PictureCache,
    PlateModel,
    SpeechSynthesizer,
    VoiceModel,
    WordsJudge,
)
from narrative_assets.media.recasting import Recasting
from narrative_assets.media.rights import credit_lines
from narrative_assets.media.sounds import SoundDesk
from schemas.assets import AssetManifest
from schemas.errors import InputError
from schemas.project import RenderProfile, Voice
from schemas.render import Candidate, PlannedAsset, RenderPlan, UsedPack
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
    searches: Sequence[AssetSearch] = (),
    judge: WordsJudge = allow_all,
    today: str = "",
    packs: Sequence[UsedPack] = (),
    plates: PlateModel | None = None,
    voices: VoiceModel | None = None,
    unmoved: Mapping[str, Voice] = MappingProxyType({}),
    on_asset: Callable[[int, int], None] | None = None,
) -> RenderPlan:
    """A source for every need, in manifest order. The hashes are content hashes of what stands before them.

    What no source has, or only in a form or under a licence that cannot be used on the day ``today`` (ISO date),
    becomes a listed Placeholder with a stand-in. ``searches`` are asked in their order for what the library lacks,
    and ``judge`` says of their words what the project may not show. ``packs`` are the characters' packs in force.
    ``plates`` makes places and things that nothing has, ``voices`` speaks lines anew in their locked time, each
    speaker by the voice that is theirs ``unmoved``. ``on_asset`` hears (done, total) after each need. Raises
    TimingLockError for another lock or a line that does not fit it, InputError for a manifest of another shot list,
    MediaError for a line that the voice cannot speak.
    """
    require_lock("render plan", shot_list.timing_lock_hash, manifest.timing_lock_hash)
    if manifest.shot_list_hash != shot_list_hash:
        raise InputError(
            f"render plan: the asset manifest was made from shot list {manifest.shot_list_hash[:12]}…, "
            f"not from {shot_list_hash[:12]}….",
            remedy="Make the asset manifest again from this shot list.",
        )
    finder = Finder(library, searches, today, judge)
    pictures = PictureDesk(
        plate=plate_size(profile),
        heights=figure_heights(shot_list, profile),
        least_height=profile.height * FIGURE_PERMILLE // 1_000,
        finder=finder,
        sink=sink,
        painter=painter,
        cache=cache,
        layered=profile.motion == "layered",
        model=plates,
        style=manifest.visual_style,
    )
    lines, fps = manifest.voice_lines, manifest.fps
    recasting = Recasting(voices, lines, unmoved, speech, sink, fps, today) if voices is not None else None
    shelf = SoundShelf(finder, _sound_words)
    sounds = SoundDesk(fps, shelf, sink, speech, cache, recasting)
    total = need_count(manifest)
    assets: list[PlannedAsset] = []
    for asset in _each(manifest, pictures, sounds, finder):
        assets.append(asset)
        if on_asset is not None:
            on_asset(len(assets), total)
    theirs = (asset.rights for asset in assets if asset.status == "resolved")
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
        attributions=credit_lines(theirs),
        packs=tuple(packs),
    )


def need_count(manifest: AssetManifest) -> int:
    """How many needs the manifest holds; a character pack counts as one."""
    pictures = len(manifest.backgrounds) + len(manifest.character_packs) + len(manifest.props)
    sounds = len(manifest.voice_lines) + len(manifest.sounds) + len(manifest.ambience) + len(manifest.music)
    return pictures + sounds


def _each(manifest: AssetManifest, pictures: PictureDesk, sounds: SoundDesk, finder: Finder) -> Iterator[PlannedAsset]:
    yield from map(pictures.background, manifest.backgrounds)
    yield from map(pictures.pack, manifest.character_packs)
    yield from map(pictures.insert, manifest.props)
    yield from map(sounds.line, manifest.voice_lines)
    for made in (
        map(sounds.effect, manifest.sounds),
        map(sounds.ambience, manifest.ambience),
        map(sounds.music, manifest.music),
    ):
        yield from (_with_trail(asset, finder.trail) for asset in made)


def _with_trail(asset: PlannedAsset, trail: Sequence[Candidate]) -> PlannedAsset:
    """A sound with what was considered for it, and the source that it really came from."""
    chosen = next((each for each in trail if each.chosen), None)
    if chosen is not None:
        return asset.model_copy(update={"source": chosen.source, "considered": tuple(trail)})
    why = "made here" if asset.status == "resolved" else "made here to stand in: no other source had one"
    own = Candidate(
        source="generated_local",
        name=line(asset.rights.provider_or_model),
        chosen=True,
        reason=why,
        licence_type=asset.rights.license_type,
    )
    return asset.model_copy(update={"considered": (*trail, own)})


def _sound_words(kind: AssetKind, name: str) -> str:
    """What a search is asked for: ``rain ambience``, ``unease music``."""
    plain = " ".join(name.replace("_", " ").replace("-", " ").split())
    return plain if kind == "sound" else f"{plain} {kind}"


def _aspect(profile: RenderProfile) -> str:
    """Width to height in lowest terms, for example ``16:9``."""
    common = math.gcd(profile.width, profile.height)
    return f"{profile.width // common}:{profile.height // common}"
