from typing import get_args

import numpy as np
import pytest
from PIL import Image

from narrative_assets.media.drawing import draw_background, draw_background_layers
from narrative_assets.media.drawing.places import EXTERIORS, INTERIORS, read_place
from schemas.assets import BackgroundNeed
from schemas.story import TimeOfDay

WIDE, HIGH = 320, 180
KINDS = [(kind, False) for kind in EXTERIORS] + [(kind, True) for kind in INTERIORS]


def place(name: str, interior: bool = False, time: TimeOfDay = "day", **more: object) -> BackgroundNeed:
    return BackgroundNeed.model_validate(
        {"need_id": "background:x", "place_id": "x", "name": name, "interior": interior, "time_of_day": time, **more}
    )


def luma(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("L"), dtype=np.float64)


def edges(picture: Image.Image) -> np.ndarray:
    grey = luma(picture.resize((WIDE // 2, HIGH // 2), Image.Resampling.BOX))
    spread = max(1.0, grey.std())
    slope = np.abs(np.diff(grey, axis=1))[:-1] + np.abs(np.diff(grey, axis=0))[:, :-1]
    return np.clip(slope / spread, 0, 0.5)


@pytest.mark.parametrize(("kind", "interior"), KINDS)
def test_every_kind_of_place_has_a_plate_of_the_asked_size(kind: str, interior: bool) -> None:
    need = place(kind.replace("_", " "), interior, place_kind=kind)
    assert read_place(need).kind == kind
    plate = draw_background(need, WIDE, HIGH)
    assert plate.mode == "RGB"
    assert plate.size == (WIDE, HIGH)
    assert luma(plate).std() > 12


@pytest.mark.parametrize("time", get_args(TimeOfDay))
def test_every_time_of_day_gives_other_light(time: TimeOfDay) -> None:
    plate = draw_background(place("Park", time=time), WIDE, HIGH)
    others = [draw_background(place("Park", time=t), WIDE, HIGH) for t in get_args(TimeOfDay) if t != time]
    assert all(plate.tobytes() != other.tobytes() for other in others)


@pytest.mark.parametrize("name", ["Park", "Suburban street", "Pier", "Mountain trail", "Railway station"])
def test_a_place_is_the_same_place_by_day_and_by_night_but_darker(name: str) -> None:
    day, night = (draw_background(place(name, time=t), WIDE, HIGH) for t in ("day", "night"))
    elsewhere = draw_background(place("Desert mesa", time="night"), WIDE, HIGH)
    assert luma(day).mean() > luma(night).mean() * 1.6
    same = np.corrcoef(edges(day).ravel(), edges(night).ravel())[0, 1]
    other = np.corrcoef(edges(day).ravel(), edges(elsewhere).ravel())[0, 1]
    assert same > 0.3
    assert same > other + 0.15


def test_a_room_by_night_is_lit_by_its_lamp_and_shows_night_in_its_window() -> None:
    day, night = (draw_background(place("Kitchen", True, t), WIDE, HIGH) for t in ("day", "night"))
    assert np.corrcoef(edges(day).ravel(), edges(night).ravel())[0, 1] > 0.5
    window = (slice(32, 60), slice(146, 158))
    assert luma(day)[window].mean() > luma(night)[window].mean() + 60


def test_two_places_of_one_kind_are_arranged_differently() -> None:
    one = draw_background(place("Forest", place_id="north"), WIDE, HIGH)
    two = draw_background(place("Forest", place_id="south"), WIDE, HIGH)
    assert np.abs(luma(one) - luma(two)).mean() > 3


@pytest.mark.parametrize(
    ("name", "interior", "kind"),
    [
        ("Suburban traffic intersection", False, "suburb"),
        ("Traffic light horizontal beam", True, "tunnel"),
        ("Lamp room", True, "lamp_room"),
        ("Tower stairs", True, "stairs"),
        ("The keeper's kitchen", True, "kitchen"),
        ("The old pier", False, "harbour"),
        ("Sea shore", False, "shore"),
        ("Saddle of Mount Guru Peak", False, "mountain"),
        ("Mount Guru Stream", False, "stream"),
        ("Qwxyz", False, "exterior"),
        ("", True, "interior"),
    ],
)
def test_a_place_is_recognised_by_its_own_words(name: str, interior: bool, kind: str) -> None:
    assert read_place(place(name, interior)).kind == kind


@pytest.mark.parametrize("name", ["", "🎉🎉", "灯台の部屋", "x" * 300])
@pytest.mark.parametrize("interior", [True, False])
def test_a_place_nobody_can_read_still_gets_a_plate(name: str, interior: bool) -> None:
    plate = draw_background(place(name, interior, description=name, details=(name,)), WIDE, HIGH)
    assert luma(plate).std() > 12


@pytest.mark.parametrize("size", [(180, 320), (200, 200), (321, 137), (64, 64)])
def test_a_plate_is_composed_for_every_aspect(size: tuple[int, int]) -> None:
    for name, interior in (("Pier", False), ("Kitchen", True), ("Tunnel", True), ("Street", False)):
        assert draw_background(place(name, interior, "dusk"), *size).size == size


def test_the_middle_is_calmer_than_the_sides() -> None:
    for name in ("Park", "Street", "Forest", "Meadow"):
        slope = edges(draw_background(place(name), WIDE, HIGH))[40:80]
        third = slope.shape[1] // 3
        sides = (slope[:, :third].mean() + slope[:, -third:].mean()) / 2
        assert slope[:, third:-third].mean() < sides * 1.15, name


def test_a_thing_that_stands_in_a_place_does_not_make_the_place() -> None:
    shed = BackgroundNeed(
        need_id="b", place_id="boatshed", name="the boat shed", interior=True, place_kind="shed",
        time_of_day="morning", details=("A lantern, lit, with nobody near it",),
    )  # fmt: skip
    assert read_place(shed).kind == "workshop"
    hideout = shed.model_copy(update={"place_id": "hideout", "name": "the hideout", "place_kind": "place"})
    assert read_place(hideout).kind == "interior"


@pytest.mark.parametrize("size", [(640, 360), (360, 360), (202, 360)], ids=["16:9", "1:1", "9:16"])
def test_a_medium_shot_of_whoever_stands_in_the_middle_shows_the_whole_clock_on_the_tunnel_wall(
    size: tuple[int, int],
) -> None:
    plate = np.asarray(draw_background(place("Tunnel", True, "night", details=("traffic signal",)), *size), np.int16)
    upper = plate[: size[1] // 2]
    lit = (upper[..., 0] > 200) & (upper[..., 1] < 150) & (upper[..., 2] < 150)
    rows, columns = (np.flatnonzero(lit.any(axis=axis)) for axis in (1, 0))
    unit = size[1]
    assert (columns[-1] - columns[0]) / unit == pytest.approx(0.195, abs=0.02)
    middle, shown = size[0] / 2, size[0] / 2 / 1.35
    assert middle - shown <= columns[0] - 0.025 * unit
    assert columns[-1] + 0.025 * unit <= middle + shown
    assert rows[0] >= (0.46 - 0.5 / 1.35) * unit


@pytest.mark.parametrize("name", ["Park", "Kitchen", "Shore"])
def test_a_large_plate_carries_finer_detail_than_a_small_one(name: str) -> None:
    def finest(width: int, height: int) -> float:
        plate = draw_background(place(name, name == "Kitchen"), width, height)
        soft = plate.resize((width // 2, height // 2), Image.Resampling.BOX).resize(plate.size)
        return float(np.abs(luma(plate) - luma(soft)).mean())

    assert finest(1_200, 1_000) > 1.3 * finest(960, 800)


def test_work_of_the_fine_brush_lies_on_the_layer_of_its_shape() -> None:
    need = place("Park")
    layers = draw_background_layers(need, 1_200, 1_000)
    flat = layers[0][1].convert("RGB")
    for depth, layer in layers[1:]:
        if depth <= 1_000:
            flat.paste(layer, (0, 0), layer)
    apart = np.abs(np.asarray(flat, np.int16) - np.asarray(draw_background(need, 1_200, 1_000), np.int16)).max(axis=2)
    assert (apart > 8).mean() < 0.06
