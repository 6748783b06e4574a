"""Lines and pictures by a server, against a stub of one: what it is asked, what comes back, what goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from narrative_assets.media.intake import TakenSound, open_picture, take_sound
from narrative_assets.media.ports import LibraryMiss
from resources.inference.openai_media import OpenAiPlates, OpenAiSpeech
from resources.inference.openai_server import ModelServer, ServedModel
from schemas.errors import InputError, ModelError, ModelUnavailable
from tests.fakes.openai_server import MODEL, Behaviour, OpenAiServer, openai_server

KEY = "sk-very-hidden"


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with openai_server() as running:
        yield running


def speech(server: OpenAiServer, seconds: float = 5.0) -> OpenAiSpeech:
    return OpenAiSpeech(ServedModel(server.address, MODEL, "K"), seconds=seconds, environment={"K": KEY})


def plates(server: OpenAiServer, seconds: float = 5.0) -> OpenAiPlates:
    return OpenAiPlates(ServedModel(server.address, MODEL, "K"), seconds=seconds, environment={"K": KEY})


def test_a_line_is_asked_for_in_a_voice_at_a_speed(server: OpenAiServer) -> None:
    taken = take_sound(speech(server).speak("No oil.", "nova", 1.25), 1)
    assert isinstance(taken, TakenSound)
    assert server.asked == [
        {"model": MODEL, "input": "No oil.", "voice": "nova", "response_format": "flac", "speed": 1.25}
    ]
    assert server.keys == [f"Bearer {KEY}"]


def test_no_speed_is_asked_for_that_servers_refuse(server: OpenAiServer) -> None:
    for speed in (0.01, 40.0):
        speech(server).speak("A line.", "nova", speed)
    assert [asked["speed"] for asked in server.asked] == [0.25, 4.0]


def test_a_line_that_no_server_takes_is_not_cut_unseen(server: OpenAiServer) -> None:
    with pytest.raises(ModelError, match="5,000 letters is too long"):
        speech(server).speak("x" * 5_000, "nova", 1.0)
    assert server.asked == []


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(1586, 892, "1536x1024"), (892, 1586, "1024x1536"), (1080, 1080, "1024x1024"), (1200, 1080, "1024x1024")],
)
def test_a_picture_is_asked_for_in_the_nearest_shape(server: OpenAiServer, width: int, height: int, size: str) -> None:
    picture = open_picture(plates(server).picture("A pier.", width, height))
    assert not isinstance(picture, LibraryMiss)
    assert f"{picture.width}x{picture.height}" == size == server.asked[0]["size"]
    assert server.asked[0]["prompt"] == "A pier."
    assert server.asked[0]["response_format"] == "b64_json"


CALLS: tuple[Callable[[OpenAiServer], bytes], ...] = (
    lambda server: speech(server, 0.5).speak("A line.", "nova", 1.0),
    lambda server: plates(server, 0.5).picture("A pier.", 100, 100),
)


@pytest.mark.parametrize("call", CALLS, ids=["speech", "plates"])
@pytest.mark.parametrize("behaviour", ["hang", "drip", "break", "error", "busy"])
def test_a_server_that_is_not_well_is_unavailable_in_time(
    server: OpenAiServer, call: Callable[[OpenAiServer], bytes], behaviour: Behaviour
) -> None:
    server.behaviour = behaviour
    began = time.monotonic()
    with pytest.raises(ModelUnavailable) as found:
        call(server)
    assert time.monotonic() - began < 3
    assert KEY not in found.value.message


@pytest.mark.parametrize("call", CALLS, ids=["speech", "plates"])
@pytest.mark.parametrize("behaviour", ["refuse", "redirect"])
def test_a_refusal_is_an_error_that_never_shows_the_key(
    server: OpenAiServer, call: Callable[[OpenAiServer], bytes], behaviour: Behaviour
) -> None:
    server.behaviour = behaviour
    with pytest.raises(ModelError) as found:
        call(server)
    assert not isinstance(found.value, ModelUnavailable)
    assert KEY not in found.value.message + found.value.remedy


def test_an_answer_without_a_picture_is_an_error(server: OpenAiServer) -> None:
    server.behaviour = "garbage"
    with pytest.raises(ModelError, match="holds no picture"):
        plates(server).picture("A pier.", 100, 100)


def test_readiness_names_a_model_that_is_not_there(server: OpenAiServer) -> None:
    assert speech(server).readiness().ready
    other = OpenAiSpeech(ServedModel(server.address, "other"))
    assert other.readiness().reason == "The model server has no 'other'."


def test_home_is_this_machine_and_no_other() -> None:
    def at_home(host: str) -> bool:
        return ModelServer(ServedModel(f"http://{host}/v1", MODEL)).at_home

    assert all(map(at_home, ("localhost:8080", "127.0.0.1", "127.9.9.9:1", "[::1]:11434")))
    assert not any(map(at_home, ("example.org", "10.0.0.7", "localhost.example.org")))
    with pytest.raises(InputError):
        at_home("user:word@localhost")
