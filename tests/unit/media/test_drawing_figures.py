from typing import get_args

import numpy as np
import pytest
from PIL import Image

from narrative_assets.media.drawing import draw_figure, draw_mouths, figure_anchors
from schemas.assets import SPOKEN_MOUTHS, CharacterPackNeed, FigureVariant
from schemas.project import Look
from schemas.shots import Pose
from schemas.story import EmotionName

HIGH = 240
STAND = FigureVariant(pose="stand", expression="neutral")
SPECIES = ["human", "robot", "monster", "dog", "chihuahua", "cat", "bird", "horse", "cloud"]


def character(identifier: str = "mara", **more: object) -> CharacterPackNeed:
    return CharacterPackNeed.model_validate(
        {"need_id": "character:x", "character_id": identifier, "name": identifier, "variants": (STAND,), **more}
    )


def alpha(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.getchannel("A"))


def dominant(picture: Image.Image) -> np.ndarray:
    pixels = np.asarray(picture)
    body = pixels[pixels.shape[0] * 28 // 100 : pixels.shape[0] * 50 // 100]
    return np.median(body[body[..., 3] == 255][:, :3].astype(np.float64), axis=0)


@pytest.mark.parametrize("species", SPECIES)
@pytest.mark.parametrize("pose", get_args(Pose))
def test_every_pose_stays_inside_the_canvas_and_stands_on_the_ground(species: str, pose: Pose) -> None:
    picture = draw_figure(
        character(species=species, pronouns="it"), FigureVariant(pose=pose, expression="neutral"), HIGH
    )
    assert picture.mode == "RGBA"
    assert picture.size == (144, HIGH)
    solid = alpha(picture) > 200
    assert solid.mean() > 0.03
    assert not solid[:, 0].any()
    assert not solid[:, -1].any()
    assert not solid[0].any()
    if species == "cloud":
        assert not solid[HIGH // 2 + 12 :].any()
    else:
        assert solid[-4:].any()


@pytest.mark.parametrize("pose", sorted(set(get_args(Pose)) - {"slump"}))
@pytest.mark.parametrize("build", ["slight", "average", "tall", "broad"])
def test_an_adult_keeps_the_head_where_shot_sizes_are_cropped(pose: Pose, build: str) -> None:
    need = character(look=Look(build=build, hair="none", garment="shirt"), pronouns="he", age_years=30)
    variant = FigureVariant(pose=pose, expression="neutral")
    marks = figure_anchors(need, variant)
    assert (marks.head_top, marks.chin, marks.chest, marks.waist, marks.knees, marks.feet) == (
        60,
        235,
        360,
        520,
        760,
        1000,
    )
    assert abs(marks.eyes - 150) <= 2
    assert abs(marks.head_x - 500) <= 20
    middle = alpha(draw_figure(need, variant, HIGH))[:, 68:76]
    top = int(np.argmax((middle > 128).any(axis=1)))
    assert abs(top - 0.06 * HIGH) <= 4


def test_children_and_animals_are_smaller_within_the_same_canvas() -> None:
    def top(need: CharacterPackNeed) -> float:
        return float(np.argmax((alpha(draw_figure(need, STAND, HIGH)) > 128).any(axis=1))) / HIGH

    adult, child = top(character(age_years=40)), top(character(age_years=7))
    dog, horse = top(character(species="dog")), top(character(species="horse"))
    assert adult < 0.09
    assert 0.2 < child < 0.45
    assert 0.2 < horse < 0.45
    assert dog > 0.55


def test_the_same_character_keeps_colours_in_every_expression_and_pose() -> None:
    need = character("bob", pronouns="he", look=Look(garment="coat"))
    first = dominant(draw_figure(need, STAND, HIGH))
    for expression in get_args(EmotionName):
        for pose in ("stand", "walk", "point"):
            again = dominant(draw_figure(need, FigureVariant(pose=pose, expression=expression), HIGH))
            assert np.abs(first - again).max() < 14


def test_characters_left_open_by_the_bible_look_different() -> None:
    pictures = [
        draw_figure(character(f"extra-{k}", pronouns=("he", "she", "they")[k % 3]), STAND, HIGH) for k in range(12)
    ]
    assert len({picture.tobytes() for picture in pictures}) == 12
    colours = [dominant(picture) for picture in pictures]
    pairs = [np.abs(a - b).max() for i, a in enumerate(colours) for b in colours[:i]]
    assert np.median(pairs) > 30


def test_the_look_of_the_bible_is_worn() -> None:
    for hexed, rgb in (("#c02020", (192, 32, 32)), ("#2040a0", (32, 64, 160))):
        seen = dominant(draw_figure(character(look=Look(colour=hexed, garment="coat")), STAND, HIGH))
        assert np.abs(seen - np.array(rgb)).max() < 45
    garments = {
        draw_figure(character(look=Look(garment=g)), STAND, HIGH).tobytes()
        for g in ("coat", "dress", "shirt", "overalls", "cloak", "none")
    }
    hairs = {
        draw_figure(character(look=Look(hair=h)), STAND, HIGH).tobytes()
        for h in ("none", "short", "long", "bun", "curly", "hat", "hood")
    }
    assert len(garments) == 6
    assert len(hairs) == 7


@pytest.mark.parametrize("species", ["human", "robot", "monster", "dog", "cat", "bird", "cloud"])
def test_every_expression_changes_the_face(species: str) -> None:
    need = character(species=species, pronouns="she")
    high = 480
    marks = figure_anchors(need, STAND)
    top, chin = marks.head_top * high // 1000, marks.chin * high // 1000
    faces = {
        name: np.asarray(draw_figure(need, FigureVariant(pose="stand", expression=name), high))[top:chin, :, :3].astype(
            np.int16
        )
        for name in get_args(EmotionName)
    }
    names = list(faces)
    for i, one in enumerate(names):
        for two in names[:i]:
            changed = (np.abs(faces[one] - faces[two]).max(axis=2) > 40).sum()
            assert changed > 15, (one, two)


def test_a_faceless_cloud_has_no_face_and_feels_by_its_weather() -> None:
    faceless = character("boss", species="cloud", description="an ageless, faceless cloud")
    calm = np.asarray(draw_figure(faceless, STAND, HIGH).convert("L"))
    with_face = np.asarray(draw_figure(character("boss", species="cloud"), STAND, HIGH).convert("L"))
    solid = alpha(draw_figure(faceless, STAND, HIGH)) == 255
    assert calm[solid].min() > 100
    assert with_face[solid].min() < 80
    angry = np.asarray(draw_figure(faceless, FigureVariant(pose="stand", expression="anger"), HIGH).convert("L"))
    assert angry[solid].mean() < calm[solid].mean() - 40


@pytest.mark.parametrize("text", ["", "🎉", "灯台守", "¿qué?"])
def test_words_nobody_can_read_still_give_a_figure(text: str) -> None:
    need = character("x", name=text, description=text, species="qzx", pronouns=text or "they")
    assert (alpha(draw_figure(need, STAND, HIGH)) == 255).any()


def test_small_figures_are_drawn_too() -> None:
    assert draw_figure(character(), STAND, 24).size == (14, 24)


@pytest.mark.parametrize("species", SPECIES)
@pytest.mark.parametrize("expression", ["neutral", "joy", "anger"])
def test_a_speaking_mouth_changes_nothing_but_the_face(species: str, expression: EmotionName) -> None:
    need = character(species=species, pronouns="it")
    shapes = ("shut", "open", "wide")
    faces = [draw_figure(need, FigureVariant(pose="stand", expression=expression, mouth=m), HIGH) for m in shapes]
    apart = [(np.asarray(faces[0], np.int16) != np.asarray(face, np.int16)).any(axis=2) for face in faces[1:]]
    marks = figure_anchors(need, FigureVariant(pose="stand", expression=expression))
    rows = np.flatnonzero((apart[0] | apart[1]).any(axis=1))
    assert apart[0].any()
    assert (apart[0] != apart[1]).any()
    assert rows[0] >= HIGH * marks.head_top // 1_000 - 2
    assert rows[-1] <= HIGH * (marks.chin + 60) // 1_000


@pytest.mark.parametrize("species", SPECIES)
@pytest.mark.parametrize("pose", ["stand", "hold_prop", "sit"])
def test_a_figure_with_its_mouths_laid_over_it_is_the_figure_that_speaks(species: str, pose: Pose) -> None:
    need, quiet = character(species=species, pronouns="it"), FigureVariant(pose=pose, expression="joy")
    own = draw_figure(need, quiet, HIGH)
    drawn = draw_mouths(need, quiet, HIGH)
    assert drawn is not None
    left, top, strip = drawn
    wide = strip.width // len(SPOKEN_MOUTHS)
    for number, shape in enumerate(SPOKEN_MOUTHS):
        laid = own.copy()
        laid.paste(strip.crop((number * wide, 0, (number + 1) * wide, strip.height)), (left, top))
        spoken = draw_figure(need, quiet.model_copy(update={"mouth": shape}), HIGH)
        assert laid.tobytes() == spoken.tobytes(), shape
