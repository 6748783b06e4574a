"""Character packs: one unit a character, the same content the same hash, whatever an episode needs of it."""

from __future__ import annotations

import io

from PIL import Image

from narrative_assets.media.finding import Finder
from narrative_assets.media.packs import REFERENCE_HEIGHT, build_pack, pack_changes, reference_variants, used_packs
from narrative_assets.media.pictures import PictureDesk
from narrative_assets.media.ports import LibraryAnswer, LibraryHit
from narrative_assets.media.resolver import resolve
from narrative_assets.media.sheets import asset_sheet, model_sheet
from schemas.assets import CharacterPackNeed, FigureVariant
from schemas.canonical import content_hash, sha256_hex
from schemas.packs import CharacterPack
from schemas.project import Look, Voice
from schemas.render import Rights
from tests.fakes.media import FlatPainter, MeasuredVoice, MemoryCache, MemorySink, Shelf, png
from tests.unit.media.test_resolver import CC0, JOY, NEUTRAL, PROFILE, manifest, shots

RED = Look(colour="#c8553d", accent="#f2c57c", build="average", hair="long", garment="coat")


def need(**changes: object) -> CharacterPackNeed:
    fields = {"need_id": "character:mara", "character_id": "mara", "name": "Mara", "look": RED, "variants": (NEUTRAL,)}
    return CharacterPackNeed.model_validate({**fields, **changes})


class Desk:
    """A picture desk over prepared shelves, and what it stored."""

    def __init__(self, painter: FlatPainter | None = None, **answers: LibraryAnswer) -> None:
        self.sink, self.painter = MemorySink(), painter or FlatPainter()
        shelf = Shelf({name.replace("__", "/"): answer for name, answer in answers.items()})
        self.desk = PictureDesk(
            plate=(2, 2), heights={}, least_height=2, finder=Finder(shelf, today="2026-05-01"), sink=self.sink,
            painter=self.painter, cache=MemoryCache(),
        )  # fmt: skip

    def build(self, wanted: CharacterPackNeed, voice: Voice | None = None) -> CharacterPack:
        return build_pack(wanted, voice, self.desk)


def hit(data: bytes, rights: Rights = CC0, name: str = "characters/mara.png") -> LibraryHit:
    return LibraryHit(data, "image/png", rights, name)


def test_a_drawn_pack_shows_every_pose_and_every_expression_once() -> None:
    pack = Desk().build(need(), Voice())
    assert (pack.source, pack.version, pack.recipe) == ("drawn", 1, "flat 1")
    assert pack.variants() == reference_variants()
    assert len(set(pack.variants())) == 22
    assert {each.picture.height for each in pack.pictures} == {REFERENCE_HEIGHT}


def test_what_an_episode_needs_of_a_character_does_not_change_its_pack() -> None:
    few, many = Desk().build(need()), Desk().build(need(variants=(NEUTRAL, JOY)))
    assert content_hash(few) == content_hash(many)


def test_another_recipe_that_draws_the_same_is_the_same_pack() -> None:
    one, two = Desk().build(need()), Desk(FlatPainter(version="flat 2")).build(need())
    assert one.pack_hash == two.pack_hash
    assert (one.recipe, two.recipe) == ("flat 1", "flat 2")


def test_a_changed_look_voice_name_or_picture_is_another_pack() -> None:
    class Darker(FlatPainter):
        def figure(self, need: CharacterPackNeed, variant: FigureVariant, height: int) -> bytes:
            return png(height // 2, height, (1, 2, 3, 255))

    packs = [
        Desk().build(need()),
        Desk().build(need(look=RED.model_copy(update={"hair": "bun"}))),
        Desk().build(need(name="Marah")),
        Desk().build(need(), Voice(pitch=20)),
        Desk(Darker()).build(need()),
    ]
    assert len({pack.pack_hash for pack in packs}) == len(packs)
    assert all(pack.sealed() == pack for pack in packs)


def test_a_library_pack_names_its_files_with_their_hashes_and_credits() -> None:
    by = Rights(license_type="CC-BY-4.0", author="Ann Lee", title="Mara")
    joy, plain = png(40, 100, (9, 9, 9, 255)), png(50, 100)
    desk = Desk(
        **{"character__mara/joy": hit(joy, by, "characters/mara/joy.png"), "character__mara": hit(plain)}  # type: ignore[arg-type]
    )
    pack = desk.build(need(variants=(NEUTRAL, JOY)))
    assert (pack.source, pack.recipe) == ("library", "")
    assert [(file.name, file.sha256) for file in pack.files] == [
        ("characters/mara.png", sha256_hex(plain)),
        ("characters/mara/joy.png", sha256_hex(joy)),
    ]
    assert pack.files[1].rights.attribution.startswith("“Mara” by Ann Lee")
    assert pack.rights.license_type == "CC0-1.0 AND CC-BY-4.0"
    assert len(pack.pictures) == 22
    assert desk.painter.painted == []


def test_a_pack_is_drawn_where_the_library_lacks_what_the_episode_needs_or_may_not_give_it() -> None:
    joy_only = Desk(**{"character__mara/joy": hit(png())})
    assert joy_only.build(need(variants=(NEUTRAL, JOY))).source == "drawn"
    ended = Rights(license_type="commercial_licensed", purchase_record="7", expires="2026-04-30")
    for answer in (hit(png(), ended), hit(b"no picture"), LibraryHit(png(), "audio/wav", CC0, "mara.wav")):
        assert Desk(character__mara=answer).build(need()).source == "drawn"


def test_changes_between_versions_are_told_in_words() -> None:
    before = Desk().build(need(), Voice(pitch=50))
    after = Desk().build(need(look=RED.model_copy(update={"colour": "#2f6690"}), age_years=40), Voice(pitch=30))
    assert pack_changes(before, before) == ()
    assert pack_changes(before, after) == (
        "age years: none → 40",
        "look, colour: #c8553d → #2f6690",
        "voice, pitch: 50 → 30",
    )


def test_the_render_plan_says_which_packs_it_was_made_under() -> None:
    pack = Desk().build(need()).model_copy(update={"version": 3})
    needs, timeline, sink = manifest(), shots(), MemorySink()
    plan = resolve(
        needs, content_hash(needs), timeline, content_hash(timeline), PROFILE, library=Shelf(), sink=sink,
        speech=MeasuredVoice(sink), painter=FlatPainter(), cache=None, packs=used_packs((pack,)),
    )  # fmt: skip
    assert [(each.character_id, each.version, each.pack_hash) for each in plan.packs] == [("mara", 3, pack.pack_hash)]


def test_a_model_sheet_is_a_picture_of_every_variant_and_the_same_every_time() -> None:
    desk = Desk()
    pack = desk.build(need(description="Keeper of the light."), Voice())
    sheet = model_sheet(pack, lambda ref: desk.sink.files[ref.sha256])
    assert sheet == model_sheet(pack, lambda ref: desk.sink.files[ref.sha256])
    opened = Image.open(io.BytesIO(sheet)).convert("RGB")
    assert opened.width == 1_600
    assert opened.height > 1_200
    swatch = opened.getpixel((1_100, 100))
    assert isinstance(swatch, tuple)
    assert all(abs(one - two) < 6 for one, two in zip(swatch, (0xC8, 0x55, 0x3D), strict=True))


def test_an_asset_sheet_has_a_tile_for_every_need_and_one_a_speaker() -> None:
    needs, timeline, sink = manifest(), shots(), MemorySink()
    plan = resolve(
        needs, content_hash(needs), timeline, content_hash(timeline), PROFILE, library=Shelf(), sink=sink,
        speech=MeasuredVoice(sink), painter=FlatPainter(), cache=None,
    )  # fmt: skip
    sheet = Image.open(io.BytesIO(asset_sheet(needs, plan, lambda ref: sink.files[ref.sha256]))).convert("RGB")
    assert sheet.size == (1_600, 150 + 2 * 325 + 30)
    assert sheet.getpixel((60, 200)) == (120, 150, 160)


def test_a_placed_background_has_its_layers_where_the_profile_asks_for_them() -> None:
    needs, timeline, sink = manifest(), shots(), MemorySink()
    layered = PROFILE.model_copy(update={"motion": "layered"})
    cache = MemoryCache()

    def planned() -> object:
        return resolve(
            needs, content_hash(needs), timeline, content_hash(timeline), layered, library=Shelf(), sink=sink,
            speech=MeasuredVoice(sink), painter=FlatPainter(), cache=cache,
        ).assets[0]  # fmt: skip

    background = planned()
    assert [layer.depth for layer in background.layers] == [0, 700]  # type: ignore[attr-defined]
    assert background.stand_in is not None  # type: ignore[attr-defined]
    assert planned() == background
