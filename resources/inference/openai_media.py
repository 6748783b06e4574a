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

from resources.inference.backends import ImagePlateBackend, Readiness, SpeechBackend
from resources.inference.openai_server import ModelServer, ServedModel
from resources.metrics import MODEL_PREDICT, Metrics, NoMetrics
from schemas.errors import ModelError

_MOST_SOUND = 32 << 20
_MOST_PICTURE = 64 << 20
_LONGEST_LINE = 4_096
_SPEEDS = (0.25, 4.0)
_SHAPES = ((1_536, 1_024), (1_024, 1_024), (1_024, 1_536))
"""What image models are asked for, wide, square and upright: all know these sizes, and plates are cut from them."""


class OpenAiSpeech(SpeechBackend):
    """One speaking model of one server. ``seconds`` bounds the time for one line."""

    runtime = "openai"

    def __init__(
        self,
        served: ServedModel,
        *,
        seconds: float = 60.0,
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

    def speak(self, text: str, voice: str, speed: float) -> bytes:
        """``text`` as FLAC, the one form without loss whose header tells the truth also where it is streamed."""
        asked = {
            "model": self._server.served.model,
            "input": text[:_LONGEST_LINE],
            "voice": voice,
            "response_format": "flac",
            "speed": round(min(max(speed, _SPEEDS[0]), _SPEEDS[1]), 3),
        }
        began = time.perf_counter()
        sound = self._server.post("/audio/speech", asked, self._seconds, _MOST_SOUND, "voice, response_format flac")
        self._metrics.observe(MODEL_PREDICT, time.perf_counter() - began, task="speech", runtime=self.runtime)
        return sound

    def close(self) -> None:
        """Nothing is held between calls."""


class OpenAiPlates(ImagePlateBackend):
    """One image model of one server. ``seconds`` bounds the time for one picture."""

    runtime = "openai"

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

    def picture(self, words: str, width: int, height: int) -> bytes:
        """A picture in the shape, of those that image models know, that is nearest to ``width`` by ``height``."""
        across, down = min(_SHAPES, key=lambda shape: abs(shape[0] / shape[1] - width / height))
        asked = {
            "model": self._server.served.model,
            "prompt": words,
            "n": 1,
            "size": f"{across}x{down}",
            "response_format": "b64_json",
        }
        began = time.perf_counter()
        hint = f"size {across}x{down}, response_format b64_json"
        data = self._server.post("/images/generations", asked, self._seconds, _MOST_PICTURE, hint)
        self._metrics.observe(MODEL_PREDICT, time.perf_counter() - began, task="image_plate", runtime=self.runtime)
        try:
            return base64.b64decode(json.loads(data)["data"][0]["b64_json"], validate=True)
        except (ValueError, RecursionError, KeyError, IndexError, TypeError, binascii.Error) as error:
            raise ModelError(
                "The model server answered with something that holds no picture.",
                remedy="Check that it answers /images/generations with b64_json.",
            ) from error

    def close(self) -> None:
        """Nothing is held between calls."""
