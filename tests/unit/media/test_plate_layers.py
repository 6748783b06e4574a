"""Places in layers: laid over each other they are the plate, and each follows the camera by its own depth."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from PIL import Image

from narrative_assets.media.drawing import draw_background, draw_background_layers
from narrative_assets.media.drawing.places import EXTERIORS, INTERIORS
from schemas.assets import BackgroundNeed
from schemas.story import TimeOfDay

SIZE = (496, 278)
KINDS = [*((kind, False) for kind in EXTERIORS), *((kind, True) for kind in INTERIORS)]


def need(kind: str, interior: bool, time: TimeOfDay = "afternoon") -> BackgroundNeed:
    return BackgroundNeed(
        need_id=f"background:{kind}",
        place_id=kind,
        name=kind.replace("_", " "),
        interior=interior,
        place_kind=kind,
        time_of_day=time,
    )


def laid_over(layers: tuple[tuple[int, Image.Image], ...], nearest: int) -> Image.Image:
    picture = layers[0][1].copy()
    for depth, layer in layers[1:]:
        if depth <= nearest:
            picture.paste(layer, (0, 0), layer)
    return picture


@pytest.mark.parametrize(("kind", "interior"), KINDS)
def test_layers_laid_over_each_other_are_the_plate(kind: str, interior: bool) -> None:
    where = need(kind, interior)
    layers = draw_background_layers(where, *SIZE)
    plate = np.asarray(draw_background(where, *SIZE), np.int16)
    laid = np.asarray(laid_over(layers, 1_000), np.int16)
    apart = np.abs(plate - laid).max(axis=2)
    # A painter's own foreground leaves are part of its plate and no part of what lies behind the actors.
    assert (apart > 8).mean() < 0.06


@pytest.mark.parametrize(("kind", "interior"), KINDS)
def test_the_farthest_layer_is_opaque_and_depths_grow_toward_the_eye(kind: str, interior: bool) -> None:
    layers = draw_background_layers(need(kind, interior), *SIZE)
    depths = [depth for depth, _ in layers]
    assert depths == sorted(depths)
    assert layers[0][1].mode == "RGB"
    assert all(layer.mode == "RGBA" and layer.size == SIZE for _, layer in layers[1:])


@pytest.mark.parametrize(("kind", "interior"), KINDS)
def test_a_foreground_leaves_the_middle_free(kind: str, interior: bool) -> None:
    layers = draw_background_layers(need(kind, interior), *SIZE)
    for depth, layer in layers:
        if depth > 1_000:
            cover = np.asarray(layer.getchannel("A"))
            middle = cover[:, round(SIZE[0] * 0.25) : round(SIZE[0] * 0.75)]
            assert middle.max() == 0


def test_places_outdoors_have_sky_distance_ground_and_foreground() -> None:
    depths = [depth for depth, _ in draw_background_layers(need("park", False), *SIZE)]
    assert depths == [50, 250, 900, 1_400]


@pytest.mark.parametrize("time", get_args(TimeOfDay))
def test_layers_are_the_same_every_time_they_are_drawn(time: TimeOfDay) -> None:
    first, second = (draw_background_layers(need("harbour", False, time), *SIZE) for _ in range(2))
    assert [(depth, layer.tobytes()) for depth, layer in first] == [(d, layer.tobytes()) for d, layer in second]
