"""Embeddings over HTTP, asked of a small server of our own: no real one can be had for a test."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from resources.inference.openai_embedding import OpenAiEmbedding
from schemas.errors import InputError, ModelError, ModelUnavailable


class StubServer(ThreadingHTTPServer):
    """Answers with the lengths of texts as vectors, last first, or with what a test sets."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.status, self.body, self.wait = 200, None, 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: StubServer

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"data": [{"id": "small:latest"}]}).encode())

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append({**asked, "path": self.path})
        self.server.keys.append(self.headers.get("authorization", ""))
        time.sleep(self.server.wait)
        rows = [{"index": n, "embedding": [len(text), 1.0]} for n, text in enumerate(asked["input"])]
        body = self.server.body or json.dumps({"data": rows[::-1]})
        self.send_response(self.server.status)
        self.end_headers()
        with suppress(BrokenPipeError):
            self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[StubServer]:
    with StubServer() as stub:
        thread = threading.Thread(target=stub.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield stub
        stub.shutdown()
        thread.join()


def test_vectors_come_in_the_order_of_the_texts_and_are_of_unit_length(server: StubServer) -> None:
    backend = OpenAiEmbedding(server.address, "small", 2, key="k")
    texts = ["x" * length for length in range(1, 101)]
    vectors = backend.embed(texts)
    assert vectors.shape == (100, 2)
    assert np.allclose(vectors[:, 0] / vectors[:, 1], range(1, 101), rtol=1e-5)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert [len(asked["input"]) for asked in server.asked] == [64, 36]
    assert {asked["path"] for asked in server.asked} == {"/v1/embeddings"}
    assert set(server.keys) == {"Bearer k"}
    assert backend.embed([]).shape == (0, 2)
    assert backend.readiness().ready
    backend.close()


def test_a_server_that_is_too_slow_is_unavailable(server: StubServer) -> None:
    server.wait = 0.5
    with pytest.raises(ModelUnavailable, match=r"within 0\.1 seconds"):
        OpenAiEmbedding(server.address, "small", 2, seconds=0.1).embed(["text"])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_cannot_answer_now_is_unavailable(server: StubServer, status: int) -> None:
    server.status = status
    with pytest.raises(ModelUnavailable, match=str(status)):
        OpenAiEmbedding(server.address, "small", 2).embed(["text"])


def test_nobody_at_the_address_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    backend = OpenAiEmbedding(address, "small", 2)
    assert not backend.readiness().ready
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        backend.embed(["text"])


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, "no"),
        (200, "<html>"),
        (200, "[" * 100_000),
        (200, '{"data": 3}'),
        (200, '{"data": []}'),
        (200, '{"data": [{"index": 1, "embedding": [1, 2]}]}'),
        (200, '{"data": [{"index": 0, "embedding": [1, 2, 3]}]}'),
        (200, '{"data": [{"index": 0, "embedding": ["a", 2]}]}'),
        (200, '{"data": [{"index": 0, "embedding": [0, 0]}]}'),
        (200, '{"data": [{"index": 0, "embedding": [1e999, 0]}]}'),
    ],
)
def test_an_answer_that_is_none_is_refused(server: StubServer, status: int, body: str) -> None:
    server.status, server.body = status, body
    with pytest.raises(ModelError) as refused:
        OpenAiEmbedding(server.address, "small", 2).embed(["text"])
    assert not refused.value.transient
    assert refused.value.remedy


@pytest.mark.parametrize("address", ["file:///etc/passwd", "127.0.0.1:80", "http://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="no plain http or https address"):
        OpenAiEmbedding(address, "small", 2)
