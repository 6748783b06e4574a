"""The client of OpenAI's protocol against a stub server: what comes back, what goes wrong, and what is never said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from narrative_assets.writing.language import Answer, Prompt
from resources.inference.decoding import Sampling
from resources.inference.local_language import LanguageSettings
from resources.inference.onnx_language import OnnxLanguage
from resources.inference.openai_language import OpenAiLanguage, ServerSettings
from schemas.errors import InputError, ModelError, ModelUnavailable, NarrativeError
from tests.fakes.openai_server import MODEL, Behaviour, OpenAiServer, openai_server
from tests.fakes.tiny_models import models

PROMPT = Prompt("You write.", "Write.")
SCHEMA = {"type": "object", "properties": {"a": {"enum": ["b", "c"]}}, "required": ["a"], "additionalProperties": False}
KEY = "sk-very-hidden"
ENVIRONMENT = {"MODEL_KEY": KEY}


def written(prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
    return Answer('{"a":"b"}', "whole", 5, 7, "stub")


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with openai_server(written) as running:
        yield running


def client(server: OpenAiServer, **settings: Any) -> OpenAiLanguage:
    told = ServerSettings(
        **{"address": server.address, "model": MODEL, "key_variable": "MODEL_KEY", "seconds": 5.0, **settings}
    )
    return OpenAiLanguage(told, environment=ENVIRONMENT)


def test_a_server_is_asked_by_schema_and_seed_and_its_answer_taken(server: OpenAiServer):
    backend = client(server)
    answer = backend.complete(PROMPT, SCHEMA, 2**40 + 3)
    assert (answer.text, answer.stopped, answer.prompt_tokens, answer.tokens) == ('{"a":"b"}', "whole", 5, 7)
    assert answer.backend == backend.identity
    (asked,) = server.asked
    assert asked["response_format"]["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMA}
    assert asked["seed"] == 3
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert server.keys == [f"Bearer {KEY}"]
    assert KEY not in backend.identity


def test_a_local_model_behind_the_server_writes_what_it_writes_in_process():
    local = OnnxLanguage(models(), "tiny-onnx", LanguageSettings(sampling=Sampling(1.0, 1.0), tokens=100))
    with openai_server(local.complete) as server:
        told = client(server).complete(PROMPT, SCHEMA, 4)
    own = local.complete(PROMPT, SCHEMA, 4)
    assert (told.text, told.stopped, told.tokens) == (own.text, own.stopped, own.tokens)


@pytest.mark.parametrize(
    ("behaviour", "error", "named"),
    [
        ("break", ModelUnavailable, "broke off"),
        ("error", ModelUnavailable, "answered 500"),
        ("busy", ModelUnavailable, "answered 429"),
        ("refuse", ModelError, "refused with 401"),
        ("redirect", ModelError, "refused with 302"),
        ("garbage", ModelError, "no chat completion"),
        ("huge", ModelError, "more than"),
        ("decline", ModelError, "declined: No"),
    ],
)
def test_what_goes_wrong_is_told_by_kind_and_never_with_the_key(
    server: OpenAiServer, behaviour: Behaviour, error: type[NarrativeError], named: str
):
    server.behaviour = behaviour
    with pytest.raises(error, match=named) as caught:
        client(server).complete(PROMPT, SCHEMA, 1)
    assert caught.value.transient is (error is ModelUnavailable)
    assert KEY not in str(caught.value)
    assert not client(server).readiness().ready


@pytest.mark.parametrize("behaviour", ["hang", "drip"])
def test_the_time_limit_holds_whatever_the_server_does(server: OpenAiServer, behaviour: Behaviour):
    server.behaviour = behaviour
    began = time.monotonic()
    with pytest.raises(ModelUnavailable, match=r"within 0\.3 seconds"):
        client(server, seconds=0.3).complete(PROMPT, SCHEMA, 1)
    assert time.monotonic() - began < 10
    server.over.set()


def test_text_that_is_no_json_is_called_cut(server: OpenAiServer):
    server.writer = lambda *_: Answer('{"a": ', "whole", 1, 1, "stub")
    assert client(server).complete(PROMPT, SCHEMA, 1).stopped == "early"
    server.writer = lambda *_: Answer('{"a": ', "length", 1, 1, "stub")
    assert client(server).complete(PROMPT, SCHEMA, 1).stopped == "length"


def test_readiness_tells_whether_the_server_has_the_model(server: OpenAiServer):
    assert client(server).readiness().ready
    assert "no 'other'" in client(server, model="other").readiness().reason
    assert "cannot be reached" in client(server, address="http://127.0.0.1:1/v1").readiness().reason
    with pytest.raises(ModelError, match="no model other"):
        client(server, model="other").complete(PROMPT, SCHEMA, 1)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://host/v1",
        "localhost:8000",
        "",
        "http://",
        "http://a:b@host/",
        "http://h:x/",
        "http://h/\r\nX",
    ],
)
def test_only_plain_web_addresses_are_taken(address: str):
    with pytest.raises(InputError, match="no plain http"):
        OpenAiLanguage(ServerSettings(address=address, model=MODEL))


def test_a_key_that_is_named_and_not_there_is_told(server: OpenAiServer):
    with pytest.raises(InputError, match="OTHER_KEY holds no key"):
        client(server, key_variable="OTHER_KEY").complete(PROMPT, SCHEMA, 1)
    assert server.asked == []
    client(server, key_variable="").complete(PROMPT, SCHEMA, 1)
    assert server.keys == [None]
