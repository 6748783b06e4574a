"""Composition: heads stay in, feet stand on the ground, look-room lies ahead, the right picture is taken."""

from __future__ import annotations

import io

import numpy as np
import pytest
from episode_kit import RIGHTS, Stage, figure_png, shot, shot_list
from PIL import Image

from narrative_assets.video.bodies import Body
from narrative_assets.video.colour import light_of, to_planes
from narrative_assets.video.framing import EYES, LENSES, Backdrop, backdrop, over_shoulder, place, visible
from narrative_assets.video.layers import flattened
from narrative_assets.video.motion import extent
from narrative_assets.video.picture import compose, crop
from narrative_assets.video.plates import PlateBook, decode, measure
from narrative_assets.video.sheet import Sheet
from schemas.assets import FigureVariant
from schemas.errors import MediaError
from schemas.project import RenderProfile
from schemas.render import Placeholder, PlateLayer, VariantPicture
from schemas.shots import Environment, Figure, Framing, Movement
from schemas.story import Emotion

ASPECT = 16 / 9
ADULT = Body(width=0.6, top=0.06, left=0.14, right=0.46, head_x=0.3)
CHILD = Body(width=0.6, top=0.3, left=0.16, right=0.44, head_x=0.3)
DOG = Body(width=0.9, top=0.66, left=0.1, right=0.8, head_x=0.62)
SIZES = list(LENSES)


def one(size: str, facing: str = "right", **framing: object):
    return shot(
        1,
        24,
        framing=Framing(size=size, kind="single", subject_ids=("ada",), **framing),
        figures=(Figure(character_id="ada", slot="left", facing=facing),),
    )


def two(size: str, kind: str = "two_shot"):
    return shot(
        1,
        24,
        framing=Framing(size=size, kind=kind, subject_ids=("ada", "ben")),
        figures=(
            Figure(character_id="ada", slot="left", facing="right"),
            Figure(character_id="ben", slot="right", facing="left"),
        ),
    )


def in_frame(placed, body: Body, share: float) -> float:
    """Height in the frame of a landmark of a placed body."""
    return placed.ground - (1 - body.y(share)) * placed.scale


@pytest.mark.parametrize("body", [ADULT, CHILD, DOG], ids=["adult", "child", "dog"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("angle", ["eye", "low", "high"])
def test_eyes_are_in_the_upper_half_and_heads_are_cut_only_in_the_closest_sizes(size, body, angle):
    (placed,) = place(one(size, angle=angle), [body], ASPECT)
    eyes, crown = in_frame(placed, body, EYES), in_frame(placed, body, 0)
    if size in ("mls", "ms", "mcu", "cu"):
        assert 0.015 < crown < eyes < 0.6
    if size in ("bcu", "ecu"):
        assert 0.2 < eyes < 0.62


@pytest.mark.parametrize("size", ["els", "ls"])
def test_in_wide_shots_the_whole_body_stands_inside_the_frame(size):
    for body in (ADULT, CHILD, DOG):
        for slot in ("far_left", "centre", "far_right"):
            for facing in ("left", "right"):
                alone = shot(
                    1,
                    24,
                    framing=Framing(size=size, kind="master"),
                    figures=(Figure(character_id="ada", slot=slot, facing=facing),),
                )
                (placed,) = place(alone, [body], ASPECT)
                assert in_frame(placed, body, 0) > 0.08
                assert 0.8 < placed.ground < 0.97
                before, after = body.head_x - body.left, body.right - body.head_x
                if placed.mirrored:
                    before, after = after, before
                assert placed.x - before * placed.scale >= 0
                assert placed.x + after * placed.scale <= ASPECT


def test_closer_sizes_show_larger_heads():
    scales = [place(one(size), [ADULT], ASPECT)[0].scale for size in SIZES]
    assert scales == sorted(scales)
    assert scales[1] * 0.94 == pytest.approx(0.78)
    assert scales[0] * 0.94 == pytest.approx(0.35)


@pytest.mark.parametrize(("facing", "side"), [("right", -1), ("left", 1)])
def test_one_alone_has_look_room_ahead(facing, side):
    (placed,) = place(one("mcu", facing), [ADULT], ASPECT)
    assert (placed.x - ASPECT / 2) * side > 0.05
    assert placed.mirrored is (facing == "left")


def test_a_child_beside_an_adult_keeps_its_face_in_the_frame():
    for size in ("ms", "mcu", "cu"):
        by_index = {placed.index: placed for placed in place(two(size), [ADULT, CHILD], ASPECT)}
        assert in_frame(by_index[0], ADULT, 0) > 0.05
        assert in_frame(by_index[1], CHILD, EYES) < 0.9
        assert by_index[0].ground == by_index[1].ground


def test_two_faces_do_not_cover_each_other():
    for size in ("mls", "ms", "mcu", "cu"):
        first, second = sorted(place(two(size), [ADULT, ADULT], ASPECT), key=lambda each: each.x)
        head = 0.16 * first.scale
        assert second.x - first.x > head
        assert first.x > 0.1
        assert second.x < ASPECT - 0.1


def test_over_the_shoulder_the_listener_stands_dark_where_the_speaker_looks():
    view = shot(
        1,
        24,
        framing=Framing(size="mcu", kind="over_the_shoulder", subject_ids=("ben",), over_shoulder_of="ada"),
        figures=(
            Figure(character_id="ada", slot="left", facing="away"),
            Figure(character_id="ben", slot="right", facing="left"),
        ),
    )
    assert visible(view) == (1,)
    (speaker,) = place(view, [ADULT, ADULT], ASPECT)
    listener = over_shoulder(view, ADULT, 0, ASPECT)
    assert listener.x < 0.2 < ASPECT / 2 < speaker.x


def test_a_close_shot_shows_only_whom_it_is_about():
    close = two("cu", "single").model_copy(update={"framing": Framing(size="cu", kind="single", subject_ids=("ben",))})
    assert visible(close) == (1,)
    assert visible(two("ls", "master")) == (0, 1)


def test_opposite_slots_look_at_opposite_parts_of_the_place():
    left = backdrop(one("cu"))
    right = backdrop(
        one("cu").model_copy(update={"figures": (Figure(character_id="ada", slot="right", facing="left"),)})
    )
    assert left.x < 0.5 < right.x
    assert left.depth == LENSES["cu"].depth
    assert backdrop(one("ls")).depth == 1.0


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (360, 360)])
def test_every_size_composes_at_every_aspect(tmp_path, size):
    shots = shot_list([one(each).model_copy(update={"shot_id": each}) for each in SIZES])
    stage = Stage(tmp_path)
    _, plan = stage.plan(shots)
    book = PlateBook(plan, stage.blobs.read)
    skin = to_planes(np.full((2, 2, 3), (230, 190, 160), np.uint8))
    for each in shots.shots:
        picture = flattened(compose(each, book.of(each), book, None, *size))
        assert picture.y.shape == size[::-1]
        apart = sum(
            np.abs(plane.astype(int) - int(tone[0, 0])) for plane, tone in ((picture.u, skin.u), (picture.v, skin.v))
        )
        assert (apart < 8).sum() > 5


def test_a_move_shows_more_of_the_place_around_the_same_frame(tmp_path):
    still, moved = one("ls"), one("ls").model_copy(update={"movement": Movement(kind="pan_left", amount=200)})
    stage = Stage(tmp_path)
    _, plan = stage.plan(shot_list([still]))
    book = PlateBook(plan, stage.blobs.read)
    narrow, wide = (compose(each, book.of(each), book, None, 320, 180) for each in (still, moved))
    assert len(narrow) == 1
    assert [layer.depth for layer in wide] == [0.75, 1.0]
    assert wide[1].size.width > wide[0].size.width > 320 * 1.14
    assert wide[0].ground.y.shape == (180, wide[0].size.width)


def layered(plan, stage, depths):
    """``plan`` with the place cut into layers of plain colour, the first opaque, the others in their left half."""
    layers = []
    for number, depth in enumerate(depths):
        picture = Image.new("RGBA", (640, 360), (0, 0, 0, 0))
        picture.paste((40 * number, 90, 60, 255), (0, 0, 320 if number else 640, 360))
        packed = io.BytesIO()
        picture.convert("RGBA" if number else "RGB").save(packed, "PNG")
        layers.append(PlateLayer(depth=depth, picture=stage.blobs.put(packed.getvalue(), "image/png")))
    place = next(asset for asset in plan.assets if asset.need_id.startswith("background"))
    others = tuple(asset for asset in plan.assets if asset is not place)
    return plan.model_copy(update={"assets": (*others, place.model_copy(update={"layers": tuple(layers)}))})


@pytest.mark.parametrize(
    ("motion", "depths"), [("flat", [1.0]), ("two_planes", [0.75, 1.0]), ("layered", [0.05, 0.25, 0.9, 1.0, 1.4])]
)
def test_a_profiles_motion_says_how_many_layers_move_by_themselves(tmp_path, motion, depths):
    stage = Stage(tmp_path, RenderProfile(id="tiny", width=320, height=180, motion=motion))
    pushed = one("ls").model_copy(update={"movement": Movement(kind="push_in", amount=60)})
    _, plan = stage.plan(shot_list([pushed]))
    book = PlateBook(layered(plan, stage, (50, 250, 900, 1400)), stage.blobs.read)
    layers = compose(pushed, book.of(pushed), book, None, 320, 180)
    assert [layer.depth for layer in layers] == depths
    assert layers[0].ground is not None
    assert all(layer.veils and layer.ground is None for layer in layers[1:])
    still = one("ls")
    assert len(compose(still, book.of(still), book, None, 320, 180)) == 1


def test_without_people_the_nearest_part_of_the_place_makes_the_whole_move(tmp_path):
    stage = Stage(tmp_path, RenderProfile(id="tiny", width=320, height=180, motion="layered"))
    empty = one("els").model_copy(update={"figures": (), "movement": Movement(kind="pan_left", amount=90)})
    _, plan = stage.plan(shot_list([empty]))
    whole = PlateBook(plan, stage.blobs.read)
    assert [layer.depth for layer in compose(empty, whole.of(empty), whole, None, 320, 180)] == [1.0]
    book = PlateBook(layered(plan, stage, (50, 250, 900)), stage.blobs.read)
    depths = [layer.depth for layer in compose(empty, book.of(empty), book, None, 320, 180)]
    assert depths == pytest.approx([0.05 / 0.9, 0.25 / 0.9, 1.0])


def test_colours_keep_their_place_on_the_way_to_bt709():
    for colour, wanted in (
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ):
        planes = to_planes(Image.new("RGB", (4, 4), colour))
        found = tuple(int(plane[0, 0]) for plane in planes.each())
        assert max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= 1


def test_night_falls_on_people_too_but_lamps_warm_a_room():
    night = Environment(place_id="p", place_name="P", interior=False, time_of_day="night")
    red, _, blue = light_of(night)
    assert red < blue < 255
    indoors = night.model_copy(update={"interior": True})
    red, _, blue = light_of(indoors)
    assert red > blue


def test_the_variant_that_was_asked_for_is_taken_and_else_the_nearest(tmp_path):
    stage = Stage(tmp_path)
    feeling = Emotion(name="joy", intensity=500)
    wanted = Figure(character_id="ada", slot="left", pose="sit", expression=feeling)
    shots = shot_list([shot(1, 24, figures=(wanted,))])
    _, plan = stage.plan(shots)
    blobs = {
        key: stage.blobs.put(figure_png(0.9 - 0.01 * number), "image/png")
        for number, key in enumerate((("stand", "neutral"), ("stand", "joy"), ("sit", "neutral"), ("sit", "joy")))
    }

    def chosen(*keys: tuple[str, str]) -> str:
        variants = tuple(
            VariantPicture(variant=FigureVariant(pose=pose, expression=expression), picture=blobs[pose, expression])
            for pose, expression in keys
        )
        pack = next(asset for asset in plan.assets if asset.need_id == "character:ada")
        others = tuple(asset for asset in plan.assets if asset is not pack)
        changed = plan.model_copy(update={"assets": (*others, pack.model_copy(update={"variants": variants}))})
        return PlateBook(changed, stage.blobs.read).of(shots.shots[0]).figures[0].blob.sha256

    assert chosen(*blobs) == blobs["sit", "joy"].sha256
    assert chosen(("stand", "neutral"), ("stand", "joy"), ("sit", "neutral")) == blobs["stand", "joy"].sha256
    assert chosen(("stand", "neutral"), ("sit", "neutral")) == blobs["sit", "neutral"].sha256


def test_a_placeholders_stand_in_is_drawn_and_a_placeholder_without_one_is_named(tmp_path):
    stage = Stage(tmp_path)
    shots = shot_list([shot(1, 24)])
    _, plan = stage.plan(shots)
    real = next(asset for asset in plan.assets if asset.need_id == "background:pier:day")
    others = tuple(asset for asset in plan.assets if asset is not real)
    missing = Placeholder(need_id=real.need_id, wanted="a pier", reason="not_in_library", rights=RIGHTS)
    stood_in = missing.model_copy(update={"stand_in": real.blob})
    book = PlateBook(plan.model_copy(update={"assets": (*others, stood_in)}), stage.blobs.read)
    assert book.of(shots.shots[0]).background.blob == real.blob
    book = PlateBook(plan.model_copy(update={"assets": (*others, missing)}), stage.blobs.read)
    with pytest.raises(MediaError, match="background:pier:day"):
        book.of(shots.shots[0])


def test_a_picture_of_absurd_size_is_refused_before_it_is_decoded():
    packed = io.BytesIO()
    Image.new("1", (40_000, 2_000)).save(packed, "PNG")
    with pytest.raises(MediaError, match=r"background:x has 40000 x 2000 pixels"):
        decode("background:x", packed.getvalue(), "RGB")


def test_other_image_formats_are_refused():
    packed = io.BytesIO()
    Image.new("RGB", (8, 8)).save(packed, "TIFF")
    with pytest.raises(MediaError, match="cannot be decoded"):
        decode("background:x", packed.getvalue(), "RGB")


def test_a_soft_shadow_is_no_part_of_the_body():
    figure = Image.open(io.BytesIO(figure_png())).convert("RGBA")
    bare = measure(figure)
    shaded = figure.copy()
    shaded.paste((0, 0, 0, 60), (0, 380, 200, 400))
    shaded.paste(figure, (0, 0), figure)
    assert measure(shaded) == bare
    assert bare.top == pytest.approx(0.06, abs=0.01)
    assert bare.head_x == pytest.approx(bare.width / 2, abs=0.01)


@pytest.mark.parametrize("aspect", [9 / 16, 1.0, 2.39])
@pytest.mark.parametrize("size", ["ls", "mls", "ms", "mcu", "cu"])
def test_heads_stay_apart_and_inside_frames_of_other_shapes(size, aspect):
    (alone,) = place(one(size), [ADULT], aspect)
    assert 0.07 * alone.scale < alone.x < aspect - 0.07 * alone.scale
    first, second = sorted(place(two(size), [ADULT, ADULT], aspect), key=lambda each: each.x)
    assert second.x - first.x > 0.16 * first.scale
    assert first.x > 0.07 * first.scale
    assert second.x < aspect - 0.07 * second.scale


def test_a_plate_is_cropped_within_its_edges_under_a_move_of_any_amount():
    plate, seen = np.full((90, 160, 3), 200, np.uint8), Backdrop(depth=1.0, x=0.5, y=0.5, blur=0.0)
    for amount in range(60, 140):
        sheet = Sheet.of(extent(Movement(kind="tilt_down", amount=amount), 1280, 720), 1280, 720)
        assert crop(plate, sheet, seen).shape == (sheet.height, sheet.width, 3)
