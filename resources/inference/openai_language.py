"""A language model on a server that speaks OpenAI's protocol (Ollama, vLLM, llama.cpp and others do).

The server keeps to the schema or does not: what comes back is only called whole where it is JSON.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from narrative_assets.writing.language import Answer, Prompt
from resources.inference.backends import LanguageBackend, Readiness
from resources.inference.decoding import Sampling
from resources.inference.local_language import TASK
from resources.inference.openai_server import ModelServer, ServedModel
from resources.metrics import Metrics, NoMetrics
from schemas.canonical import content_hash
from schemas.errors import ModelError

MOST_ANSWER = 4 * 1024 * 1024
_MOST_DETAIL = 300
_SEEDS = 2**31
"""Servers keep seeds in as few as 31 bits."""


@dataclass(frozen=True)
class ServerSettings:
    """``address`` ends where ``/chat/completions`` is put on, usually in ``/v1``; ``key_variable`` names the
    environment variable that holds the key, none where no key is wanted.
    """

    address: str
    model: str
    key_variable: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    tokens: int = 4_096
    seconds: float = 120.0


class OpenAiLanguage(LanguageBackend):
    """One model of one server. Raises InputError for an address that is not of http or https."""

    runtime = "openai"

    def __init__(
        self,
        settings: ServerSettings,
        *,
        environment: Mapping[str, str] = os.environ,
        metrics: Metrics | None = None,
    ) -> None:
        self.settings = settings
        self._server = ModelServer(ServedModel(settings.address, settings.model, settings.key_variable), environment)
        self._metrics = NoMetrics() if metrics is None else metrics

    @property
    def identity(self) -> str:
        """The model's name and what texts depend on. A server tells no checksum: another model may stand behind it."""
        s = self.settings
        told = [s.address, str(s.sampling.temperature), str(s.sampling.top_p), s.tokens]
        return f"{s.model} over the OpenAI protocol {content_hash(told)[:8]}"

    def readiness(self) -> Readiness:
        """Whether the server answers within a second and lists the model."""
        return self._server.readiness()

    def complete(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
        """What the server's model wrote. Raises ModelUnavailable for a server that does not answer or is not well,
        and ModelError for one that refuses or answers with something else.
        """
        began = time.perf_counter()
        asked = self._request(prompt, schema, seed)
        hint = "response_format json_schema"
        answer = self._answer(self._server.post("/chat/completions", asked, self.settings.seconds, MOST_ANSWER, hint))
        labels = {"task": TASK, "runtime": self.runtime}
        self._metrics.observe("narrative_model_predict_seconds", time.perf_counter() - began, **labels)
        self._metrics.count("narrative_model_prompt_tokens_total", answer.prompt_tokens, **labels)
        self._metrics.count("narrative_model_tokens_total", answer.tokens, **labels)
        return answer

    def close(self) -> None:
        """Nothing is held between calls."""

    def _request(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> dict[str, Any]:
        return {
            "model": self.settings.model,
            "messages": [{"role": "system", "content": prompt.role}, {"role": "user", "content": prompt.task}],
            "seed": seed % _SEEDS,
            "temperature": self.settings.sampling.temperature,
            "top_p": self.settings.sampling.top_p,
            "max_tokens": self.settings.tokens,
            "stream": False,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": schema},
            },
        }

    def _answer(self, data: bytes) -> Answer:
        try:
            told = json.loads(data)
            choice = told["choices"][0]
            message, reason = choice["message"], choice.get("finish_reason")
            usage = told.get("usage") or {}
            prompt_tokens, tokens = (max(0, int(usage.get(f"{side}_tokens", 0))) for side in ("prompt", "completion"))
            text, refusal = message.get("content"), message.get("refusal")
        except (ValueError, RecursionError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise _other() from error
        if refusal:
            raise ModelError(f"The model declined: {str(refusal)[:_MOST_DETAIL]}", remedy="Change the story's words.")
        if not isinstance(text, str):
            raise _other()
        stopped = "length" if reason == "length" else "whole" if _is_json(text) else "early"
        return Answer(text, stopped, prompt_tokens, tokens, self.identity)  # type: ignore[arg-type]


def _other() -> ModelError:
    return ModelError(
        "The model server answered with something that is no chat completion.",
        remedy="Check that the address leads to a server that speaks OpenAI's protocol.",
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
