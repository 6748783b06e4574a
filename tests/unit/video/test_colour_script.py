"""The colour script: one grade a scene, by place, hour and mood; people keep their own colours in all of them."""

from __future__ import annotations

import colorsys
from itertools import product
from typing import get_args

import numpy as np
import pytest
from episode_kit import Stage, shot, shot_list

from narrative_assets.video.colour import Grade, Matrix, dimmed, grade_of, light_of, plain, scene_of, to_planes, to_veil
from narrative_assets.video.picture import ingredients
from narrative_assets.video.plates import PlateBook
from schemas.shots import Environment, Movement, ShotScene
from schemas.story import EmotionName, TimeOfDay

TIMES, MOODS = get_args(TimeOfDay), get_args(EmotionName)
LOOKS = [(230, 190, 160), (110, 70, 45), (40, 90, 160), (190, 60, 40), (60, 130, 80), (220, 180, 60), (90, 60, 110)]
HUE_BOUND = 18
"""Degrees on the colour wheel by which a figure's colours may turn, over all grades."""


def where(time: str = "day", interior: bool = False, place: str = "pier") -> Environment:
    return Environment(place_id=place, place_name="Pier", interior=interior, time_of_day=time)


def scene(mood: str = "neutral", tension: int = 400) -> ShotScene:
    return ShotScene(
        scene_id="sc01", title="Pier", place_id="pier", time_of_day="day", start_frame=0, duration_frames=1,
        music_mood=mood, tension=tension,
    )  # fmt: skip


def seen(colour: tuple[int, int, int], matrix: Matrix) -> np.ndarray:
    """What ``colour`` comes out as, RGB 0 to 255."""
    planes = to_planes(np.full((2, 2, 3), colour, np.uint8), matrix)
    y, u, v = ((int(plane[0, 0]) - offset) for plane, offset in zip(planes.each(), (16, 128, 128), strict=True))
    y *= 255 / 219
    return np.array([y + 1.7927 * v, y - 0.2132 * u - 0.5329 * v, y + 2.1124 * u]).clip(0, 255)


def hue(rgb: np.ndarray) -> float:
    return 360 * colorsys.rgb_to_hsv(*(rgb / 255))[0]


def grades() -> list[Grade]:
    rooms = product(TIMES, (False, True), ("pier", "kitchen", "forest"))
    moods = [("neutral", 400), ("joy", 0), ("fear", 1000), ("sadness", 700), ("anger", 1000), ("tenderness", 100)]
    return [grade_of(where(*room), scene(*mood)) for room, mood in product(rooms, moods)]


@pytest.mark.parametrize("colour", LOOKS)
def test_a_figures_colours_stay_themselves_in_every_grade(colour):
    own = hue(np.array(colour))
    for grade in grades():
        turned = abs(hue(seen(colour, grade.people)) - own)
        assert min(turned, 360 - turned) < HUE_BOUND


def test_no_grade_bleaches_or_blackens_people():
    for grade in grades():
        skin = seen((230, 190, 160), grade.people)
        assert skin.max() > 130
        assert skin.max() - skin.min() > 20


def test_light_reaches_people_once():
    night = where("night")
    level = seen((200, 200, 200), grade_of(night, None).people).mean() / 200
    assert level == pytest.approx(sum(light_of(night)) / 3 / 255, abs=0.02)
    plates = seen((200, 200, 200), grade_of(night, None).place)
    assert plates.mean() == pytest.approx(200, abs=6)


def test_the_hour_warms_and_cools():
    def warmth(time: str, interior: bool = False) -> float:
        red, _, blue = seen((128, 128, 128), grade_of(where(time, interior), None).place)
        return red - blue

    assert warmth("dusk") > warmth("afternoon") > warmth("day") > warmth("night")
    assert warmth("night", interior=True) > warmth("night") + 4


def test_tension_takes_colour_and_gives_contrast():
    calm, tense = (grade_of(where(), scene("neutral", tension)).place for tension in (0, 1000))

    def spread(matrix: Matrix) -> float:
        return float(np.ptp(seen((200, 90, 90), matrix)))

    def contrast(matrix: Matrix) -> float:
        return float(seen((190, 190, 190), matrix).mean() - seen((40, 40, 40), matrix).mean())

    assert spread(tense) < spread(calm)
    assert contrast(tense) > contrast(calm)


def test_moods_are_told_apart_and_every_mood_has_a_grade():
    matrices = {mood: grade_of(where(), scene(mood)).place for mood in MOODS}
    assert len(set(matrices.values())) == len(MOODS)
    joy, gloom = (seen((120, 140, 180), matrices[mood]) for mood in ("joy", "sadness"))
    assert joy.mean() > gloom.mean()
    assert np.ptp(joy) > np.ptp(gloom)


def test_places_are_told_apart_faintly():
    greys = {
        place: seen((140, 140, 140), grade_of(where(place=place), None).place) for place in ("pier", "inn", "mill")
    }
    assert len({tuple(grey) for grey in greys.values()}) == 3
    assert max(np.ptp(grey) for grey in greys.values()) < 16


def test_all_shots_of_a_scene_share_its_grade_and_another_mood_asks_for_other_clips(tmp_path):
    shots = shot_list([shot(1, 24), shot(2, 24, movement=Movement(kind="push_in", amount=40))])
    stage = Stage(tmp_path)
    _, plan = stage.plan(shots)
    book = PlateBook(plan, stage.blobs.read)

    def key(number: int, stretch: ShotScene) -> dict:
        return ingredients(shots.shots[number], book.of(shots.shots[number]), book, stretch)

    own = scene_of(shots.shots[0], shots)
    assert own == shots.scenes[0]
    assert key(0, own)["grade"] == key(1, own)["grade"]
    assert key(0, own) != key(0, own.model_copy(update={"music_mood": "fear"}))


def test_a_translucent_picture_over_black_and_white_is_what_its_alpha_says():
    noise = np.random.default_rng(3)
    rgb, alpha = noise.integers(0, 256, (64, 64, 3)), noise.integers(0, 256, (64, 64, 1))
    alpha[:32] = np.where(alpha[:32] > 128, 255, 0)
    paint = np.dstack([rgb * alpha // 255, alpha]).astype(np.uint8)
    for grade in (plain(), grade_of(where("night"), scene("fear", 1000)).people, dimmed(plain(), 200)):
        planes, clear, half = to_veil(paint, grade)
        whole = to_planes(rgb.astype(np.uint8), grade)
        shown = planes.y.astype(int) - whole.y.astype(int) * alpha[..., 0] // 255
        assert np.abs(shown).max() <= 3
        assert (clear == 255 - alpha[..., 0]).all()
        mean = alpha.reshape(32, 2, 32, 2).sum(axis=(1, 3)) / 4
        assert np.abs(255 - half.astype(int) - mean).max() <= 0.5
        assert (planes.u[half == 255] == 0).all()
