"""Two who share a frame: neither covers more of the other than a shoulder, in any shape of frame."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from episode_kit import shot
from PIL import Image

from narrative_assets.media.drawing import draw_figure
from narrative_assets.video.bodies import Placed
from narrative_assets.video.framing import place
from narrative_assets.video.plates import measure
from schemas.assets import CharacterPackNeed, FigureVariant
from schemas.shots import Figure, Framing

ASPECTS = {"16:9": 16 / 9, "1:1": 1.0, "9:16": 9 / 16}
UNIT = 240
"""Pixels to a frame height."""
COVERED = 0.05
"""Share of the smaller figure that the other may cover."""
PAIRS = {
    "man_and_cloud": (("human", "hold_prop"), ("cloud", "stand")),
    "happy_man_and_cloud": (("human", "stand"), ("cloud", "stand")),
    "two_adults": (("human", "stand"), ("human", "stand")),
    "adult_and_dog": (("human", "stand"), ("dog", "stand")),
    "two_dogs": (("dog", "stand"), ("dog", "stand")),
    "adult_and_robot": (("human", "point"), ("robot", "stand")),
}


@cache
def figure(species: str, pose: str) -> Image.Image:
    variant = FigureVariant(pose=pose, expression="neutral")
    need = CharacterPackNeed(
        need_id="c", character_id=species, name=species, species=species, age_years=40, variants=(variant,)
    )
    return draw_figure(need, variant, 2 * UNIT)


def drawn(each: Placed, picture: Image.Image, aspect: float) -> np.ndarray:
    """Where a placed figure covers the frame."""
    body = measure(picture)
    tall = round(each.scale * UNIT)
    solid = picture.getchannel("A").resize((round(body.width * tall), tall)).point([0] * 128 + [255] * 128)
    if each.mirrored:
        solid = solid.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    head = (body.width - body.head_x if each.mirrored else body.head_x) * tall
    frame = Image.new("L", (round(aspect * UNIT), UNIT))
    frame.paste(255, (round(each.x * UNIT - head), round(each.ground * UNIT) - tall), solid)
    return np.asarray(frame) > 0


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("size", ["ls", "mls", "ms", "mcu"])
@pytest.mark.parametrize("pair", PAIRS)
def test_neither_of_two_covers_more_of_the_other_than_a_shoulder(pair, size, aspect):
    pictures = [figure(*each) for each in PAIRS[pair]]
    two = shot(
        1,
        24,
        framing=Framing(size=size, kind="two_shot", subject_ids=("ada", "ben")),
        figures=(
            Figure(character_id="ada", slot="left", facing="right", pose=PAIRS[pair][0][1]),
            Figure(character_id="ben", slot="right", facing="left"),
        ),
    )
    placed = place(two, [measure(each) for each in pictures], ASPECTS[aspect])
    first, second = (drawn(each, pictures[each.index], ASPECTS[aspect]) for each in placed)
    assert min(first.sum(), second.sum()) > 0.02 * first.size
    assert (first & second).sum() <= COVERED * min(first.sum(), second.sum())
