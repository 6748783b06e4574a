"""Mouths change with the voice over a face that stays as it is, whatever the camera does."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
from episode_kit import FolderBlobs, Stage, line, shot, shot_list
from PIL import Image

from narrative_assets.video.encode import blank_planes
from narrative_assets.video.layers import Layer, Turn, Veil, in_step
from narrative_assets.video.motion import Extent
from narrative_assets.video.picture import view_of
from narrative_assets.video.plates import PlateBook, ShotPlates
from narrative_assets.video.voices import VoiceBook
from schemas.assets import SPOKEN_MOUTHS
from schemas.render import MouthStrip, RenderPlan
from schemas.shots import Figure, Framing, Movement, Shot, ShotList

SIZE = (320, 180)
BOX = (30, 16)
VEIL = Veil(0, 0, blank_planes(2, 2), np.zeros((2, 2), np.uint8), np.zeros((1, 1), np.uint8))
MOVES = [Movement(), Movement(kind="push_in", amount=60), Movement(kind="pan_left", amount=60)]


@dataclass(frozen=True)
class Scene:
    """A shot of Ada, her pictures with mouths, and her voice."""

    shot: Shot
    shots: ShotList
    plates: ShotPlates
    book: PlateBook
    voices: VoiceBook


def scene(folder: Path, movement: Movement, motion: str = "two_planes", mouths: bool = True) -> Scene:
    close = shot(
        1,
        48,
        framing=Framing(size="mcu", kind="single", subject_ids=("ada",)),
        figures=(Figure(character_id="ada", slot="centre"),),
        movement=movement,
    )
    shots = shot_list([close], [line(1, 8, 30)])
    stage = Stage(folder)
    _, plan = stage.plan(shots)
    plan = plan.model_copy(update={"profile": plan.profile.model_copy(update={"motion": motion})})
    plan = with_mouths(plan, stage.blobs) if mouths else plan
    book, voices = PlateBook(plan, stage.blobs.read), VoiceBook(plan, stage.blobs.read)
    return Scene(close, shots, book.of(close), book, voices)


def with_mouths(plan: RenderPlan, blobs: FolderBlobs) -> RenderPlan:
    """The same plan with a strip of four mouths in colours of their own in the middle of each face."""
    strip = Image.new("RGBA", (BOX[0] * len(SPOKEN_MOUTHS), BOX[1]))
    for number, colour in enumerate(((200, 30, 30), (30, 200, 30), (30, 30, 200), (220, 220, 30))):
        strip.paste((*colour, 255), (number * BOX[0], 0, (number + 1) * BOX[0], BOX[1]))
    where = MouthStrip(picture=blobs.put(_png(strip), "image/png"), left=105, top=60)
    assets = [
        asset.model_copy(
            update={"variants": tuple(each.model_copy(update={"mouths": where}) for each in asset.variants)}
        )
        for asset in plan.assets
    ]
    return plan.model_copy(update={"assets": tuple(assets)})


def _png(picture: Image.Image) -> bytes:
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    return packed.getvalue()


def frames(made: Scene, speech: dict[str, bytes] | None) -> list[np.ndarray]:
    view = view_of(made.shot, made.plates, made.book, None, *SIZE, speech)
    seen = []
    for number in range(made.shot.duration_frames):
        out = blank_planes(*SIZE)
        view.draw(number, out)
        seen.append(np.concatenate([plane.ravel() for plane in out.each()]))
    return seen


@pytest.mark.parametrize("motion", ["flat", "two_planes", "layered"])
@pytest.mark.parametrize("movement", MOVES, ids=lambda move: move.kind)
def test_a_mouth_changes_what_it_covers_and_nothing_while_it_rests(
    movement: Movement, motion: str, tmp_path: Path
) -> None:
    made = scene(tmp_path, movement, motion)
    speech = made.voices.speech(made.shot, made.shots, made.plates)
    quiet, spoken = frames(made, None), frames(made, speech)
    for number, (rest, said) in enumerate(zip(quiet, spoken, strict=True)):
        changed = int((rest != said).sum())
        if len(set(speech["ada"][max(0, number - 1) : number + 2])) > 1 and movement.kind != "static":
            continue  # A mouth may change a frame sooner or later, together with the camera.
        if speech["ada"][number] < len(SPOKEN_MOUTHS):
            assert 0 < changed < rest.size // 20
        else:
            assert changed == 0


@pytest.mark.parametrize("movement", MOVES, ids=lambda move: move.kind)
def test_frames_repeat_only_where_neither_camera_nor_mouth_moves(movement: Movement, tmp_path: Path) -> None:
    made = scene(tmp_path, movement)
    speech = made.voices.speech(made.shot, made.shots, made.plates)
    view = view_of(made.shot, made.plates, made.book, None, *SIZE, speech)
    drawn = frames(made, speech)
    repeated = [number for number in range(1, len(drawn)) if view.repeats(number)]
    assert all(np.array_equal(drawn[number], drawn[number - 1]) for number in repeated)
    changes = [number for number in range(1, 48) if speech["ada"][number] != speech["ada"][number - 1]]
    assert changes
    assert all(set(range(number - 1, number + 2)) - set(repeated) for number in changes)


@pytest.mark.parametrize(
    "views", ["000111222333444555", "012345678888888888", "000000000111111111", "001122334455667788"]
)
def test_mouths_change_with_the_camera_within_a_frame_of_the_voice_and_none_is_lost(views: str) -> None:
    """Mouths on twos, as letters; the camera's views as digits."""
    said = "aabbccddccbbaaddbb"
    turns = tuple(Turn(VEIL, bytes(shape == own for shape in said)) for own in "abcd")
    (layer,) = in_step((Layer(1.0, Extent(2, 2, 1.0), None, (), turns),), [int(view) for view in views])
    seen = ["".join(own for own, turn in zip("abcd", layer.turns, strict=True) if turn.shown[n]) for n in range(18)]
    assert all(len(shape) == 1 and shape in said[max(0, n - 1) : n + 2] for n, shape in enumerate(seen))
    assert [shape for shape, _ in groupby(seen)] == [shape for shape, _ in groupby(said)]
    assert frames_that_differ(seen, views) <= frames_that_differ(said, views)


def test_mouths_between_two_frames_of_the_camera_cost_no_frame_of_their_own() -> None:
    turns = tuple(Turn(VEIL, bytes(shape == own for shape in "aabbccbbaabb")) for own in "abc")
    (layer,) = in_step((Layer(1.0, Extent(2, 2, 1.0), None, (), turns),), [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6])
    assert {n for n in range(1, 12) if any(turn.changes(n) for turn in layer.turns)} == {1, 3, 5, 7, 9}


def frames_that_differ(mouths: Sequence[str], views: str) -> int:
    return sum(pair[0] != pair[1] for pair in pairwise(zip(mouths, views, strict=True)))


def test_pictures_without_mouths_stay_as_they_are(tmp_path: Path) -> None:
    made = scene(tmp_path, Movement(), mouths=False)
    assert made.voices.speech(made.shot, made.shots, made.plates) == {}


def test_what_is_said_decides_the_key_of_a_shot_only_where_a_mouth_shows_it(tmp_path: Path) -> None:
    able, unable = scene(tmp_path / "a", Movement()), scene(tmp_path / "b", Movement(), mouths=False)
    assert able.voices.key(able.shot, able.shots.lines, able.plates)
    assert unable.voices.key(unable.shot, unable.shots.lines, unable.plates) == []


def test_a_spoken_episode_is_the_same_with_any_number_of_workers(tmp_path: Path) -> None:
    shots = [
        shot(
            n,
            20,
            framing=Framing(size="mcu", kind="single", subject_ids=("ada",)),
            figures=(Figure(character_id="ada", slot="centre"),),
            movement=MOVES[n % 3],
        )
        for n in range(1, 4)
    ]
    shots = [each.model_copy(update={"start_frame": 20 * n}) for n, each in enumerate(shots)]
    timeline = shot_list(shots, [line(1, 4, 50)])
    streams = set()
    for workers in (1, 3):
        stage = Stage(tmp_path / str(workers))
        manifest, plan = stage.plan(timeline)
        output, _ = stage.render(timeline, workers, with_mouths(plan, stage.blobs), manifest)
        streams.add(output.video_stream_hash)
    assert len(streams) == 1
