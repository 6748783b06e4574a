"""What models make for a plan: asked once and kept, in the time of the lock, and no more than said where they fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from narrative_assets.media.intake import TakenSound, take_sound
from narrative_assets.media.ports import LineWish, Made, PlateWish, SearchMiss
from resources.inference.configured_media import configured_plates, configured_speech
from resources.model_media import ModelPlates, ModelVoices, voice_named
from resources.registry import ArtifactStore
from schemas.errors import InputError, RightsError
from schemas.project import Voice
from tests.fakes.openai_server import OpenAiServer, openai_server

PIER = PlateWish("A pier.", 640, 360)
LINE = LineWish("No oil tonight, none.", Voice(pitch=20), Voice(pitch=20), 28_000, 22_050)


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with openai_server() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


def said(server: OpenAiServer, task: str, **settings: str) -> dict[str, str]:
    told = {"": "openai:tiny", "_URL": server.address, "_LICENCE": "generated_local", "_VOICES": "onyx,alloy,coral"}
    return {f"NARRATIVE_{task}{end}": value for end, value in (told | settings).items()}


def plates(store: ArtifactStore, server: OpenAiServer, *, fresh: bool = False, **settings: str) -> ModelPlates:
    model = configured_plates(said(server, "IMAGE_PLATE", **settings))
    assert model is not None
    return ModelPlates(store, model, fresh=fresh)


def voices(store: ArtifactStore, server: OpenAiServer, **settings: str) -> ModelVoices:
    model = configured_speech(said(server, "SPEECH", **settings))
    assert model is not None
    return ModelVoices(store, model)


def made(found: Made | SearchMiss) -> Made:
    assert isinstance(found, Made)
    return found


def missed(found: Made | SearchMiss) -> SearchMiss:
    assert isinstance(found, SearchMiss)
    return found


def test_a_picture_is_asked_for_once_and_kept(store: ArtifactStore, server: OpenAiServer) -> None:
    first = made(plates(store, server).picture(PIER))
    again = made(plates(store, server).picture(PIER))
    assert first == again
    assert len(server.asked) == 1
    assert first.rights.license_type == "generated_local"
    assert first.rights.provider_or_model.startswith("openai: tiny at 127.0.0.1")
    assert first.rights.retrieval_date
    made(plates(store, server, fresh=True).picture(PIER))
    assert len(server.asked) == 2


def test_a_line_fills_its_time_to_the_sample(store: ArtifactStore, server: OpenAiServer) -> None:
    taken = take_sound(made(voices(store, server).line(LINE)).data, 1)
    assert isinstance(taken, TakenSound)
    assert taken.samples == LINE.samples * taken.sample_rate // LINE.sample_rate
    assert [asked["voice"] for asked in server.asked] == ["onyx"]


def test_a_character_moved_keeps_the_voice_and_changes_the_pace(store: ArtifactStore, server: OpenAiServer) -> None:
    angry = LineWish(LINE.text, Voice(pitch=80, words_per_minute=200), Voice(pitch=20), 28_000, 22_050)
    voices(store, server).line(angry)
    assert (server.asked[0]["voice"], server.asked[0]["speed"]) == ("onyx", 1.25)


def test_a_line_that_takes_too_long_is_asked_for_faster(store: ArtifactStore, server: OpenAiServer) -> None:
    brief = LineWish(LINE.text, LINE.voice, LINE.unmoved, 14_000, 22_050)
    made(voices(store, server).line(brief))
    assert [asked["speed"] for asked in server.asked] == [1.0, pytest.approx(2.08, abs=0.03)]


def test_a_model_that_heeds_no_speed_is_told_of_and_asked_no_more(store: ArtifactStore, server: OpenAiServer) -> None:
    steady = server.speaker

    def slow(asked: dict[str, Any]) -> bytes:
        return steady(asked | {"speed": 0.3})

    server.speaker = slow
    miss = missed(voices(store, server).line(LINE))
    assert miss.reached, "asking another time would change nothing"
    assert "takes 4.3 s over a line of 1.3 s" in miss.detail


def test_a_server_that_is_down_is_asked_once_a_run(store: ArtifactStore, server: OpenAiServer) -> None:
    server.behaviour = "error"
    desk = plates(store, server)
    assert not missed(desk.picture(PIER)).reached
    asked = len(server.asked)
    assert not missed(desk.picture(PlateWish("A tower.", 640, 360))).reached
    assert len(server.asked) == asked


def test_voices_stand_from_low_to_high() -> None:
    names = ("onyx", "echo", "alloy", "nova")
    assert [voice_named(names, pitch) for pitch in (0, 24, 25, 50, 75, 99)] == [
        "onyx", "onyx", "echo", "alloy", "nova", "nova"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "error", "said_of_it"),
    [
        ({"": "torch:x"}, InputError, "names 'torch:x'"),
        ({"": "openai:"}, InputError, "names 'openai:'"),
        ({"_URL": ""}, InputError, "_URL no server"),
        ({"_URL": "file:///etc/passwd"}, InputError, "no plain http or https address"),
        ({"_SECONDS": "soon"}, InputError, "_SECONDS is 'soon'"),
        ({"_LICENCE": ""}, RightsError, "the licence is not stated"),
        ({"_LICENCE": "CC-BY-NC-4.0"}, RightsError, "not among the licences"),
    ],
)
def test_what_cannot_be_meant_is_said_before_a_run(
    server: OpenAiServer, settings: dict[str, str], error: type[Exception], said_of_it: str
) -> None:
    for task, read in (("SPEECH", configured_speech), ("IMAGE_PLATE", configured_plates)):
        with pytest.raises(error, match=said_of_it):
            read(said(server, task, **settings))


def test_a_speaker_needs_voices_and_nobody_is_configured_by_default(server: OpenAiServer) -> None:
    with pytest.raises(InputError, match="_VOICES no voice"):
        configured_speech(said(server, "SPEECH", _VOICES=" , "))
    assert configured_speech({}) is None and configured_plates({}) is None
