"""Speech and pictures by servers that speak OpenAI's protocol: ``/audio/speech`` and ``/images/generations``.

What comes back is only bytes here; whoever asked looks inside.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import time
from collections.abc import Mapping

from resources.inference.backends import Backend, ImagePlateBackend, Readiness, SpeechBackend
from resources.inference.openai_server import ModelServer, ServedModel
from resources.metrics import MODEL_PREDICT, Metrics, NoMetrics
from schemas.errors import ModelError

_MOST_SOUND = 32 << 20
_MOST_PICTURE = 64 << 20
_LONGEST_LINE = 4_096
_SPEEDS = (0.25, 4.0)
_SHAPES = ((1_536, 1_024), (1_024, 1_024), (1_024, 1_536))
"""What image models are asked for, wide, square and upright: all know these sizes, and plates are cut from them."""


class _Served(Backend):
    """One model of one server; ``seconds`` bounds the time for one answer."""

    runtime = "openai"
    task: str

    def __init__(
        self,
        served: ServedModel,
        *,
        seconds: float = 120.0,
        environment: Mapping[str, str] = os.environ,
        metrics: Metrics | None = None,
    ) -> None:
        self._server = ModelServer(served, environment)
        self._seconds = seconds
        self._metrics = metrics or NoMetrics()

    @property
    def identity(self) -> str:
        """The model's name; a server tells no checksum, another model may stand behind it."""
        return f"{self._server.served.model} at {self._server.host}"

    def readiness(self) -> Readiness:
        """Whether the server answers within a second and lists the model."""
        return self._server.readiness()

    def close(self) -> None:
        """Nothing is held between calls."""

    def _answer(self, path: str, asked: Mapping[str, object], most_bytes: int, hint: str) -> bytes:
        began = time.perf_counter()
        asked = {"model": self._server.served.model, **asked}
        answer = self._server.post(path, asked, self._seconds, most_bytes, hint)
        self._metrics.observe(MODEL_PREDICT, time.perf_counter() - began, task=self.task, runtime=self.runtime)
        return answer


class OpenAiSpeech(_Served, SpeechBackend):
    """A model that speaks."""

    task = "speech"

    def speak(self, text: str, voice: str, speed: float) -> bytes:
        """``text`` as FLAC, the one form without loss whose header tells the truth also where it is streamed."""
        if len(text) > _LONGEST_LINE:
            raise ModelError(
                f"A line of {len(text):,} letters is too long for a speech server.", remedy="Cut it into shorter ones."
            )
        speed = round(min(max(speed, _SPEEDS[0]), _SPEEDS[1]), 3)
        asked = {"input": text, "voice": voice, "response_format": "flac", "speed": speed}
        return self._answer("/audio/speech", asked, _MOST_SOUND, "voice, response_format flac")


class OpenAiPlates(_Served, ImagePlateBackend):
    """A model that makes pictures."""

    task = "image_plate"

    def picture(self, words: str, width: int, height: int) -> bytes:
        """A picture in the shape, of those that image models know, that is nearest to ``width`` by ``height``."""
        across, down = min(_SHAPES, key=lambda shape: abs(shape[0] / shape[1] - width / height))
        asked = {"prompt": words, "n": 1, "size": f"{across}x{down}", "response_format": "b64_json"}
        hint = f"size {across}x{down}, response_format b64_json"
        data = self._answer("/images/generations", asked, _MOST_PICTURE, hint)
        try:
            return base64.b64decode(json.loads(data)["data"][0]["b64_json"], validate=True)
        except (ValueError, RecursionError, KeyError, IndexError, TypeError, binascii.Error) as error:
            raise ModelError(
                "The model server answered with something that holds no picture.",
                remedy="Check that it answers /images/generations with b64_json.",
            ) from error
