"""The resolver: sources in their order, every gap listed, nothing unlicensed let in, and the lock kept."""

from __future__ import annotations

import io
import wave

import pytest
from PIL import Image

from narrative_assets.media import foley
from narrative_assets.media.ports import LibraryHit, LibraryMiss
from narrative_assets.media.resolver import need_count, resolve
from narrative_assets.media.versions import sound_version
from schemas.assets import (
    AssetManifest,
    BackgroundNeed,
    CharacterPackNeed,
    FigureVariant,
    MusicNeed,
    PropNeed,
    SoundNeed,
    VoiceLineNeed,
)
from schemas.canonical import canonical_json, content_hash
from schemas.errors import InputError, TimingLockError
from schemas.project import RenderProfile, Voice
from schemas.render import Placeholder, RenderPlan, ResolvedAsset, Rights
from schemas.shots import Figure, Framing, ShotList
from tests.fakes.media import FlatPainter, MeasuredVoice, MemoryCache, MemorySink, Shelf, png
from tests.fakes.timeline import EPISODE_ID, PROJECT_ID, line, shot, shot_list

CC0 = Rights(license_type="CC0-1.0")
CREDITED = Rights(license_type="CC-BY-4.0", attribution="Pier by Ann Lee, CC BY 4.0")
PROFILE = RenderProfile(width=320, height=180)
NEUTRAL, JOY = FigureVariant(pose="stand", expression="neutral"), FigureVariant(pose="walk", expression="joy")


def shots() -> ShotList:
    near = shot(1, 0, 48, framing=Framing(size="cu", kind="single"))
    far = shot(2, 48, 48, framing=Framing(size="ls", kind="single")).model_copy(
        update={"figures": (Figure(character_id="mara", slot="left", pose="walk", expression={"name": "joy"}),)}
    )
    return shot_list((near, far), (line(1, "No oil.", 0, 30),))


def manifest(**fields: object) -> AssetManifest:
    timeline = shots()
    pack = {"character_id": "mara", "name": "Mara", "variants": (NEUTRAL, JOY)}
    return AssetManifest.model_validate(
        {
            "project_id": PROJECT_ID,
            "episode_id": EPISODE_ID,
            "shot_list_hash": content_hash(timeline),
            "timing_lock_hash": timeline.timing_lock_hash,
            "fps": 24,
            "backgrounds": (
                BackgroundNeed(
                    need_id="background:pier:night", place_id="pier", name="The pier", interior=False,
                    time_of_day="night",
                ),
            ),
            "character_packs": (CharacterPackNeed.model_validate({"need_id": "character:mara", **pack}),),
            "props": (PropNeed(need_id="prop:lamp", name="the lamp"),),
            "voice_lines": (
                VoiceLineNeed(need_id="line:sc01.l001", speaker_id="mara", text="No oil.", voice=Voice(), frames=30),
            ),
            "sounds": (SoundNeed(need_id="sound:thunder", tag="thunder", frames=40),),
            "ambience": (SoundNeed(need_id="ambience:waves", tag="waves", frames=96),),
            "music": (MusicNeed(need_id="music:sc01", mood="unease", tension=500, frames=96),),
            **fields,
        }
    )  # fmt: skip


PICTURES_ONLY: dict[str, object] = {"voice_lines": (), "sounds": (), "ambience": (), "music": ()}
SILENT_AND_BLANK: dict[str, object] = {**PICTURES_ONLY, "backgrounds": (), "character_packs": (), "props": ()}


class Studio:
    """The ports of one resolution, kept so that a test can look into them."""

    def __init__(self, **answers: LibraryHit | LibraryMiss) -> None:
        self.library = Shelf({name.replace("__", "/"): answer for name, answer in answers.items()})
        self.sink, self.painter, self.cache = MemorySink(), FlatPainter(), MemoryCache()
        self.voice = MeasuredVoice(self.sink)
        self.heard: list[tuple[int, int]] = []

    def resolve(self, needs: AssetManifest, profile: RenderProfile = PROFILE) -> RenderPlan:
        timeline = shots()
        return resolve(
            needs, content_hash(needs), timeline, content_hash(timeline), profile,
            library=self.library, sink=self.sink, speech=self.voice, painter=self.painter, cache=self.cache,
            on_asset=lambda done, total: self.heard.append((done, total)),
        )  # fmt: skip

    def picture(self, plan: RenderPlan, need_id: str) -> Image.Image:
        asset = by_id(plan)[need_id]
        ref = asset.stand_in if isinstance(asset, Placeholder) else asset.blob
        assert ref is not None
        opened = Image.open(io.BytesIO(self.sink.files[ref.sha256]))
        assert (ref.width, ref.height) == opened.size
        return opened


def by_id(plan: RenderPlan) -> dict[str, ResolvedAsset | Placeholder]:
    return {asset.need_id: asset for asset in plan.assets}


def hit(
    data: bytes | None = None, rights: Rights = CC0, media_type: str = "image/png", name: str = "a file"
) -> LibraryHit:
    return LibraryHit(png() if data is None else data, media_type, rights, name)


def sound(rate: int = 44_100, frames: int = 4_410, channels: int = 1) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((channels, 2, rate, frames, "NONE", ""))
        file.writeframes(bytes(2 * frames * channels))
    return buffer.getvalue()


def test_without_a_library_every_picture_is_a_listed_stand_in_and_every_sound_is_made() -> None:
    plan = Studio().resolve(manifest())
    assert [p.need_id for p in plan.placeholders()] == ["background:pier:night", "character:mara", "prop:lamp"]
    assert {p.reason for p in plan.placeholders()} == {"not_in_library"}
    made = [asset for asset in plan.assets if isinstance(asset, ResolvedAsset)]
    assert [asset.need_id for asset in made] == ["line:sc01.l001", "sound:thunder", "ambience:waves", "music:sc01"]
    assert {asset.source for asset in made} == {"generated_local"}


def test_every_asset_carries_rights_that_name_what_made_it_and_no_date() -> None:
    plan = Studio().resolve(manifest())
    assert {a.rights.license_type for a in plan.assets} == {"generated_local"}
    sound = f"procedural sound {sound_version()}"
    assert {a.rights.provider_or_model for a in plan.assets} == {"flat 1", "silence 1", sound}
    assert {(a.rights.retrieval_date, a.rights.redistributable) for a in plan.assets} == {("", False)}


def test_the_same_needs_give_the_same_plan_byte_for_byte() -> None:
    assert canonical_json(Studio().resolve(manifest())) == canonical_json(Studio().resolve(manifest()))


def test_plates_reach_beyond_the_frame_by_twelve_percent_on_each_side() -> None:
    studio = Studio()
    plan = studio.resolve(manifest(**PICTURES_ONLY))
    assert studio.picture(plan, "background:pier:night").size == (396, 224)
    assert studio.picture(plan, "prop:lamp").size == (396, 224)


def test_a_figure_is_drawn_larger_where_a_shot_comes_close_to_it() -> None:
    pack = by_id(Studio().resolve(manifest(**PICTURES_ONLY)))["character:mara"]
    heights = {v.variant.expression: v.picture.height for v in pack.variants}
    assert heights == {"neutral": 360, "joy": 216}


def test_a_library_picture_is_scaled_to_the_plate_and_credited() -> None:
    wide = png(1_000, 200, (10, 200, 30))
    studio = Studio(background__pier=hit(wide, CREDITED))
    plan = studio.resolve(manifest(**PICTURES_ONLY))
    asset = by_id(plan)["background:pier:night"]
    assert isinstance(asset, ResolvedAsset)
    assert (asset.source, asset.rights) == ("library", CREDITED)
    assert plan.attributions == ("Pier by Ann Lee, CC BY 4.0",)
    picture = studio.picture(plan, "background:pier:night")
    assert (picture.size, picture.mode, picture.getpixel((5, 5))) == ((396, 224), "RGB", (10, 200, 30))


def test_the_picture_of_the_hour_comes_before_the_picture_of_the_place() -> None:
    night, any_hour = hit(png(colour=(0, 0, 9))), hit(png(colour=(9, 9, 9)))
    studio = Studio(**{"background__pier.night": night, "background__pier": any_hour})
    plan = studio.resolve(manifest(**PICTURES_ONLY))
    assert studio.picture(plan, "background:pier:night").getpixel((9, 9)) == (0, 0, 9)


def test_a_pack_comes_whole_from_the_library_with_the_nearest_picture_of_each_variant() -> None:
    studio = Studio(**{
        "character__mara/joy.walk": hit(png(40, 100, (255, 0, 0, 128))), "character__mara": hit(png(50, 100), CREDITED),
    })  # fmt: skip
    pack = by_id(studio.resolve(manifest(**PICTURES_ONLY)))["character:mara"]
    assert isinstance(pack, ResolvedAsset)
    assert [v.variant for v in pack.variants] == [NEUTRAL, JOY]
    assert [(v.picture.width, v.picture.height) for v in pack.variants] == [(180, 360), (86, 216)]
    assert (pack.rights.license_type, pack.rights.attribution) == ("CC-BY-4.0 AND CC0-1.0", CREDITED.attribution)


def test_a_pack_found_in_part_is_drawn_whole_so_that_its_hand_does_not_change() -> None:
    studio = Studio(**{"character__mara/joy": hit()})
    pack = by_id(studio.resolve(manifest(**PICTURES_ONLY)))["character:mara"]
    assert isinstance(pack, Placeholder)
    assert "1 of 2 pictures are not in the library, neutral.stand" in pack.detail
    assert [name for name in studio.painter.painted if "mara" in name] == [
        "character:mara:neutral.stand",
        "character:mara:joy.walk",
    ]


@pytest.mark.parametrize(
    ("rights", "why"),
    [
        (Rights(license_type=""), "not stated"),
        (Rights(license_type="unknown"), "not stated"),
        (Rights(license_type="CC-BY-4.0"), "asks for an attribution"),
        (Rights(license_type="CC-BY-NC-4.0", attribution="Ann"), "not among the licences"),
        (Rights(license_type="commercial_licensed"), "purchase_record"),
        (Rights(license_type="CC-BY-NC-4.0", rights_override=True), "approver_id"),
    ],
)
def test_a_licence_that_does_not_allow_the_use_keeps_the_picture_out(rights: Rights, why: str) -> None:
    studio = Studio(background__pier=hit(png(colour=(9, 9, 9)), rights, name="backgrounds/pier.png"))
    plan = studio.resolve(manifest(**PICTURES_ONLY))
    asset = by_id(plan)["background:pier:night"]
    assert isinstance(asset, Placeholder)
    assert asset.reason == "licence_unknown"
    assert "backgrounds/pier.png" in asset.detail
    assert why in asset.detail
    assert studio.picture(plan, "background:pier:night").getpixel((5, 5)) == (120, 150, 160)
    assert plan.attributions == ()


@pytest.mark.parametrize(
    "rights",
    [
        Rights(license_type="commercial_licensed", purchase_record="invoice 71"),
        Rights(license_type="proprietary_cleared"),
        Rights(license_type="CC-BY-NC-4.0", rights_override=True, approver_id="ann", override_reason="her own photo"),
    ],
)
def test_bought_cleared_and_overridden_files_may_be_used(rights: Rights) -> None:
    plan = Studio(background__pier=hit(rights=rights)).resolve(manifest(**PICTURES_ONLY))
    assert by_id(plan)["background:pier:night"].rights == rights


def test_a_damaged_picture_becomes_a_stand_in_and_the_run_goes_on() -> None:
    studio = Studio(background__pier=hit(png()[:60], name="pier.png"), prop__lamp=hit(b"GIF89a"))
    plan = studio.resolve(manifest(**PICTURES_ONLY))
    for need_id in ("background:pier:night", "prop:lamp"):
        asset = by_id(plan)[need_id]
        assert isinstance(asset, Placeholder)
        assert asset.reason == "unreadable"
        assert asset.stand_in is not None
    assert len(plan.assets) == 3


def test_what_the_library_says_of_a_file_it_cannot_give_is_passed_on() -> None:
    miss = LibraryMiss("too_large", "backgrounds/pier.png: more than 64 MB")
    asset = by_id(Studio(background__pier=miss).resolve(manifest(**PICTURES_ONLY)))["background:pier:night"]
    assert isinstance(asset, Placeholder)
    assert (asset.reason, asset.detail) == ("too_large", miss.detail)


def test_a_sound_file_offered_as_a_picture_is_of_the_wrong_type() -> None:
    studio = Studio(background__pier=hit(sound(), media_type="audio/wav"))
    asset = by_id(studio.resolve(manifest(**PICTURES_ONLY)))["background:pier:night"]
    assert isinstance(asset, Placeholder)
    assert asset.reason == "wrong_type"


def test_library_sounds_are_used_at_their_own_rate_effects_in_mono_and_music_in_stereo() -> None:
    effect, track = hit(sound(channels=2), media_type="audio/wav"), hit(sound(), media_type="audio/wav")
    studio = Studio(sound__thunder=effect, ambience__waves=track, music__unease=track)
    plan = studio.resolve(manifest())
    for need_id, channels in (("sound:thunder", 1), ("ambience:waves", 1), ("music:sc01", 2)):
        asset = by_id(plan)[need_id]
        assert isinstance(asset, ResolvedAsset)
        assert asset.source == "library"
        assert asset.blob is not None
        assert (asset.blob.samples, asset.blob.sample_rate) == (4_410, 44_100)
        with wave.open(io.BytesIO(studio.sink.files[asset.blob.sha256])) as file:
            assert file.getnchannels() == channels


def test_music_may_be_given_for_one_scene() -> None:
    studio = Studio(music__sc01=hit(sound(), media_type="audio/wav", rights=CREDITED))
    assert studio.resolve(manifest(sounds=(), ambience=())).attributions == (CREDITED.attribution,)


def test_an_unlicensed_sound_is_kept_out_and_a_made_one_stands_in() -> None:
    offered = hit(sound(), Rights(license_type=""), "audio/wav", "sounds/thunder.wav")
    asset = by_id(Studio(sound__thunder=offered).resolve(manifest(ambience=(), music=())))["sound:thunder"]
    assert isinstance(asset, Placeholder)
    assert asset.reason == "licence_unknown"
    assert asset.stand_in is not None


def test_a_sound_that_nobody_knows_gets_a_listed_stand_in() -> None:
    needs = manifest(**{**SILENT_AND_BLANK, "sounds": (SoundNeed(need_id="sound:zorp", tag="zorp", frames=24),)})
    (asset,) = Studio().resolve(needs).assets
    assert isinstance(asset, Placeholder)
    assert (asset.wanted, asset.reason) == ("sound: zorp", "not_in_library")
    assert asset.stand_in is not None
    assert asset.stand_in.samples


def test_a_second_resolution_draws_nothing_again() -> None:
    studio = Studio()
    first = studio.resolve(manifest(**PICTURES_ONLY))
    strokes = len(studio.painter.painted)
    assert studio.resolve(manifest(**PICTURES_ONLY)) == first
    assert len(studio.painter.painted) == strokes == 4


def test_made_sounds_are_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    studio, needs = Studio(), manifest(music=(), ambience=())
    first = studio.resolve(needs)
    monkeypatch.setattr(foley, "effect", lambda *_: pytest.fail("made again"))
    assert studio.resolve(needs) == first


def test_a_new_variant_draws_only_itself() -> None:
    studio = Studio()
    studio.resolve(manifest(**PICTURES_ONLY))
    sad = FigureVariant(pose="sit", expression="sadness")
    (pack,) = manifest().character_packs
    wider = pack.model_copy(update={"variants": (*pack.variants, sad)})
    studio.painter.painted.clear()
    studio.resolve(manifest(**{**PICTURES_ONLY, "character_packs": (wider,)}))
    assert studio.painter.painted == ["character:mara:sadness.sit"]


@pytest.mark.parametrize("change", ["painter", "size", "look"])
def test_what_changes_the_drawing_draws_again(change: str) -> None:
    studio, needs, profile = Studio(), manifest(**PICTURES_ONLY), PROFILE
    studio.resolve(needs)
    studio.painter.painted.clear()
    if change == "painter":
        studio.painter.version = "flat 2"
    elif change == "size":
        profile = RenderProfile(width=640, height=360)
    else:
        (pack,) = needs.character_packs
        needs = manifest(**{**PICTURES_ONLY, "character_packs": (pack.model_copy(update={"description": "in red"}),)})
    studio.resolve(needs, profile)
    assert len(studio.painter.painted) == (2 if change == "look" else 4)


def test_a_picture_that_cannot_be_drawn_gets_a_slate_that_is_not_kept() -> None:
    studio = Studio()
    studio.painter.fails = "prop:lamp"
    plan = studio.resolve(manifest(**PICTURES_ONLY))
    asset = by_id(plan)["prop:lamp"]
    assert isinstance(asset, Placeholder)
    assert "No paint left" in asset.detail
    assert studio.picture(plan, "prop:lamp").getpixel((0, 0)) == (1, 2, 3)
    studio.painter.fails = ""
    assert studio.picture(studio.resolve(manifest(**PICTURES_ONLY)), "prop:lamp").getpixel((0, 0)) == (200, 180, 140)


def test_a_line_that_just_fits_its_frames_is_taken() -> None:
    studio = Studio()
    studio.voice.samples = 30 * 22_050 // 24
    asset = by_id(studio.resolve(manifest(sounds=(), ambience=(), music=())))["line:sc01.l001"]
    assert isinstance(asset, ResolvedAsset)
    assert asset.rights.provider_or_model == "silence 1"


def test_a_line_one_sample_too_long_for_its_frames_breaks_the_lock() -> None:
    studio = Studio()
    studio.voice.samples = 30 * 22_050 // 24 + 1
    with pytest.raises(TimingLockError, match=r"line:sc01\.l001 takes 31 frames"):
        studio.resolve(manifest())


def test_a_manifest_under_another_lock_is_refused_before_anything_is_asked() -> None:
    studio = Studio()
    with pytest.raises(TimingLockError):
        studio.resolve(manifest(timing_lock_hash="f" * 64))
    assert studio.library.asked == []


def test_a_manifest_of_another_shot_list_is_refused() -> None:
    with pytest.raises(InputError, match="not from"):
        Studio().resolve(manifest(shot_list_hash="e" * 64))


def test_the_plan_names_its_parents_its_lock_and_its_aspect() -> None:
    needs = manifest(**SILENT_AND_BLANK)
    plan = Studio().resolve(needs, RenderProfile(width=1080, height=1920))
    assert plan.asset_manifest_hash == content_hash(needs)
    assert plan.shot_list_hash == content_hash(shots())
    assert plan.timing_lock_hash == shots().timing_lock_hash
    assert (plan.aspect, plan.fps) == ("9:16", 24)


def test_progress_is_told_once_for_each_need() -> None:
    studio = Studio()
    studio.resolve(manifest())
    total = need_count(manifest())
    assert studio.heard == [(done, total) for done in range(1, total + 1)]
    assert total == 7


def test_scenes_of_one_mood_and_tension_share_one_bed() -> None:
    music = tuple(MusicNeed(need_id=f"music:{n}", mood="joy", tension=t, frames=9) for n, t in ((1, 210), (2, 390)))
    studio = Studio()
    first, second = studio.resolve(manifest(**{**SILENT_AND_BLANK, "music": music})).assets
    assert isinstance(first, ResolvedAsset)
    assert isinstance(second, ResolvedAsset)
    assert first.blob == second.blob
