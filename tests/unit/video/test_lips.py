"""Mouths open with the voice, close with its pauses, and rest when nobody is heard."""

from __future__ import annotations

import numpy as np
import pytest

from narrative_assets.video.lips import HOLD, MouthCue, mouth_shapes, shot_mouths
from schemas.shots import Shot, ShotList, SpokenLine, spoken_in
from tests.fakes.timeline import line, shot, shot_list

RATE, FPS = 24_000, 24
FRAME = RATE // FPS


def voice(*levels: int) -> np.ndarray:
    """A square wave of the given level in each frame."""
    wave = np.where(np.arange(FRAME) % 40 < 20, 1, -1)
    return np.concatenate([wave * level for level in levels]).astype(np.int16)


def test_silence_shuts_the_mouth_and_loudness_opens_it_wide() -> None:
    shapes = mouth_shapes(line(1, "Ana hid", 0, 6), voice(0, 0, 3_000, 3_000, 9_000, 9_000), RATE, FPS)
    assert shapes == ("shut", "shut", "open", "open", "wide", "wide")


def test_rounded_vowels_round_the_mouth() -> None:
    said = line(1, "too ale", 0, 4)
    assert mouth_shapes(said, voice(8_000, 8_000, 8_000, 8_000), RATE, FPS) == ("round", "round", "wide", "wide")


def test_no_shape_lasts_shorter_than_a_hold() -> None:
    rng = np.random.default_rng(3)
    shapes = mouth_shapes(line(1, "Ana hid", 0, 240), voice(*rng.integers(0, 9_000, 240)), RATE, FPS)
    changes = [0, *(n for n in range(1, 240) if shapes[n] != shapes[n - 1])]
    assert len(changes) > 20
    assert all(change % HOLD == 0 for change in changes)


def test_a_line_without_sound_leaves_the_face_alone() -> None:
    assert set(mouth_shapes(line(1, "Ana hid", 0, 12), voice(*[0] * 12), RATE, FPS)) == {"own"}


def staged(start: int = 70, **fields: object) -> tuple[Shot, ShotList]:
    """Two shots of Mara, 60 frames each, and a line of hers of 20 frames; returns the second."""
    shots = (shot(1, 0, 60), shot(2, 60, 60))
    return shots[1], shot_list(shots, [line(1, "Ana hid", start, 20, **fields)])


def loud(_: SpokenLine) -> tuple[np.ndarray, int]:
    return voice(*[6_000] * 20), RATE


def test_the_mouth_rests_before_and_after_the_line() -> None:
    second, said = staged()
    cues = shot_mouths(second, spoken_in(second, said.lines), FPS, loud)["mara"]
    assert cues[0].frame == 10
    assert cues[-1] == MouthCue(30, "own")


def test_a_line_that_began_in_the_shot_before_goes_on_moving_the_mouth() -> None:
    second, said = staged(start=54)
    assert shot_mouths(second, spoken_in(second, said.lines), FPS, loud)["mara"][0].frame == 0


@pytest.mark.parametrize("heard", ["voice_over", "off_screen", "device"])
def test_nobody_mouths_what_is_heard_from_elsewhere(heard: str) -> None:
    second, said = staged(heard=heard)
    assert shot_mouths(second, spoken_in(second, said.lines), FPS, loud) == {}


def test_whoever_looks_away_shows_no_mouth() -> None:
    second, said = staged()
    turned = second.model_copy(update={"figures": (second.figures[0].model_copy(update={"facing": "away"}),)})
    assert shot_mouths(turned, spoken_in(turned, said.lines), FPS, loud) == {}
