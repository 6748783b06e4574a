"""A small server that speaks OpenAI's protocol on loopback. It stands in for a real one, which cannot be had here; its
words come from a backend or a function, its lines are tones and its pictures stripes, and it can hang, break off,
answer an error or garbage.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from narrative_assets.writing.language import Answer, Prompt

Behaviour = Literal[
    "well", "hang", "drip", "break", "error", "busy", "refuse", "garbage", "huge", "redirect", "decline"
]
Writer = Callable[[Prompt, dict[str, Any], int], Answer]
MODEL = "tiny"
_PATHS = ("/v1/chat/completions", "/v1/audio/speech", "/v1/images/generations")
_RATE = 24_000
_FINISH = {"whole": "stop", "early": "stop"}


class OpenAiServer(ThreadingHTTPServer):
    """``asked`` holds each request's body, ``keys`` the authorization that came with it."""

    daemon_threads = True

    def __init__(self, writer: Writer | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.writer = writer
        self.speaker: Callable[[dict[str, Any]], bytes] = spoken
        self.behaviour: Behaviour = "well"
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some tests are about."""


@contextmanager
def openai_server(writer: Writer | None = None) -> Iterator[OpenAiServer]:
    """A running server; its thread and sockets end with the ``with``."""
    server = OpenAiServer(writer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: OpenAiServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self._misbehaves():
            return
        self._reply(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        self.server.keys.append(self.headers["Authorization"])
        if self._misbehaves():
            return
        if asked["model"] != MODEL or self.path not in _PATHS:
            self._reply(404, {"error": {"message": f"no model {asked['model']}"}})
            return
        if self.path == "/v1/audio/speech":
            self._send(200, self.server.speaker(asked), "audio/flac")
            return
        if self.path == "/v1/images/generations":
            self._reply(
                200, {"data": [{"b64_json": base64.b64encode(striped(asked["prompt"], asked["size"])).decode()}]}
            )
            return
        system, user = (message["content"] for message in asked["messages"])
        schema = asked["response_format"]["json_schema"]["schema"]
        assert self.server.writer is not None
        answer = self.server.writer(Prompt(system, user), schema, asked["seed"])
        self._reply(200, _completion(answer))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""

    def _misbehaves(self) -> bool:
        behaviour = self.server.behaviour
        if behaviour == "hang":
            self.server.over.wait(30)
        elif behaviour == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.server.over.wait(0.05):
                self.wfile.write(b"x")
        elif behaviour == "break":
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"choices": [')
        elif behaviour == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif behaviour == "decline":
            self._reply(200, {"choices": [{"message": {"content": None, "refusal": "No."}, "finish_reason": "stop"}]})
        elif behaviour in ("error", "busy", "refuse"):
            status = {"error": 500, "busy": 429, "refuse": 401}[behaviour]
            self._reply(status, {"error": {"message": f"key was {self.headers['Authorization']}"}})
        elif behaviour in ("garbage", "huge"):
            self._send(200, b"<html>" if behaviour == "garbage" else b" " * (5 * 1024 * 1024))
        self.close_connection = behaviour != "well"
        return behaviour != "well"

    def _reply(self, status: int, value: Any) -> None:
        self._send(status, json.dumps(value).encode())

    def _send(self, status: int, data: bytes, media_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _completion(answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text}
    usage = {"prompt_tokens": answer.prompt_tokens, "completion_tokens": answer.tokens}
    finish = _FINISH.get(answer.stopped, "length")
    return {"choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage}


def spoken(asked: dict[str, Any]) -> bytes:
    """A tone as FLAC, as high as its voice's name is long: 60 ms a letter at speed 1, a fifth of a second of silence
    around it.
    """
    seconds = 0.06 * len(asked["input"]) / asked["speed"]
    time = np.arange(int(seconds * _RATE)) / _RATE
    tone = 0.3 * np.sin(2 * np.pi * 40 * len(asked["voice"]) * time)
    return flac(np.concatenate([np.zeros(_RATE // 5), tone, np.zeros(_RATE // 5)]), _RATE)


def flac(sound: NDArray[np.float64], rate: int) -> bytes:
    """Mono FLAC of samples between -1 and 1."""
    samples = np.rint(sound * 32_767).astype(np.int16)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=rate, layout="mono")
        for at in range(0, len(samples), 4_096):
            frame = av.AudioFrame.from_ndarray(samples[None, at : at + 4_096], format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate, at
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def striped(prompt: str, size: str) -> bytes:
    """A PNG of two colours that depend on the prompt."""
    width, height = map(int, size.split("x"))
    colours = hashlib.sha256(prompt.encode()).digest()
    picture = Image.new("RGB", (width, height), tuple(colours[:3]))
    picture.paste(tuple(colours[3:6]), (0, height // 2, width, height))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
