"""One model of a server that speaks OpenAI's protocol (Ollama, vLLM, LocalAI and others), whatever it is asked for."""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resources.inference.backends import Readiness
from resources.inference.deadline_http import Call, answered, require_web_address
from schemas.errors import InputError, ModelError, ModelUnavailable

LOOK_SECONDS = 1.0
_MOST_DETAIL = 300
_BUSY = (408, 425, 429)


@dataclass(frozen=True)
class ServedModel:
    """``address`` ends where the path of a task is put on, usually in ``/v1``; ``key_variable`` names the environment
    variable that holds the key, none where no key is wanted.
    """

    address: str
    model: str
    key_variable: str = ""


class ModelServer:
    """Asks a server for one model. Raises InputError for an address that is not of http or https."""

    def __init__(self, served: ServedModel, environment: Mapping[str, str] = os.environ) -> None:
        self.host = require_web_address(served.address)
        self.served = served
        self._environment = environment

    @property
    def at_home(self) -> bool:
        """Whether the server is this machine's own."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def readiness(self) -> Readiness:
        """Whether the server answers within a second and lists the model."""
        start = "Start the server, or name another address."
        try:
            status, body = self._ask("GET", "/models", b"", LOOK_SECONDS, 4 << 20)
        except (ModelError, InputError) as error:
            return Readiness(False, error.message, error.remedy or start)
        if status != 200:
            return Readiness(False, f"The model server answered {status} when asked for its models.", start)
        try:
            # Ollama lists by their full name what it may be asked for without the tag.
            names = [str(each["id"]).removesuffix(":latest") for each in json.loads(body)["data"]]
        except (ValueError, RecursionError, KeyError, TypeError):
            return Readiness(False, "The model server lists no models in OpenAI's form.", start)
        if self.served.model.removesuffix(":latest") not in names:
            return Readiness(False, f"The model server has no {self.served.model!r}.", "Load it there.")
        return Readiness(True, f"The model server has {self.served.model}.")

    def post(self, path: str, asked: Mapping[str, Any], seconds: float, most_bytes: int, hint: str) -> bytes:
        """What the server answers to ``asked``, sent as JSON; ``hint`` is what it has to support.

        Raises ModelUnavailable for a server that does not answer or is not well, ModelError for one that refuses.
        """
        status, data = self._ask("POST", path, json.dumps(asked).encode(), seconds, most_bytes)
        if status == 200:
            return data
        detail = data[: 4 * _MOST_DETAIL].decode("utf-8", errors="replace")
        # A server may repeat what it was sent.
        key = self._key()
        detail = " ".join((detail.replace(key, "…") if key else detail).split())[:_MOST_DETAIL]
        if status >= 500 or status in _BUSY:
            raise ModelUnavailable(f"The model server answered {status}: {detail}", remedy="Run again later.")
        raise ModelError(
            f"The model server refused with {status}: {detail}",
            remedy=f"Look at the model's name, the key and what the server supports ({hint}).",
        )

    def _ask(self, method: str, path: str, body: bytes, seconds: float, most_bytes: int) -> tuple[int, bytes]:
        headers = [("Content-Type", "application/json"), ("Accept-Encoding", "identity")]
        key = self._key()
        if key:
            headers.append(("Authorization", f"Bearer {key}"))
        if body:
            headers.append(("Content-Length", str(len(body))))
        address = self.served.address.rstrip("/") + path
        return answered(Call(method, address, seconds, most_bytes, tuple(headers), body))

    def _key(self) -> str:
        name = self.served.key_variable
        key = self._environment.get(name, "") if name else ""
        if name and (not key or not key.isascii() or not key.isprintable()):
            raise InputError(f"The variable {name} holds no key for the model server.", remedy=f"Set {name}.")
        return key
