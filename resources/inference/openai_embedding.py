"""Embeddings by a server that speaks OpenAI's protocol: /v1/embeddings, within a limit of time and size."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from resources.inference.backends import EmbeddingBackend, Readiness, Runtime
from schemas.errors import ModelError, ModelUnavailable

if TYPE_CHECKING:
    import httpcore
    import numpy as np
    from numpy.typing import NDArray

_MOST_TEXTS = 64
_MOST_BYTES = 64 * 1024**2
_WORTH_ANOTHER_TRY = (408, 425, 429, 500, 502, 503, 504)


class OpenAIEmbedding(EmbeddingBackend):
    """Embeds with ``model`` on the server at ``address``, such as ``http://127.0.0.1:11434/v1``.

    ``seconds`` is the time for one request of up to 64 texts. What stands beside a text is the server's affair.
    """

    runtime: Runtime = "openai"

    def __init__(self, address: str, model: str, dimensions: int, *, key: str = "", seconds: float = 30.0) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ModelError(
                f"{address!r} is no address of an embedding server.", remedy="Give http://HOST:PORT/v1 or https://…"
            )
        self._host, self._port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        self._address = f"{address.rstrip('/')}/embeddings"
        self._model, self._dimensions = model, dimensions
        self._key, self._seconds = key, seconds

    @property
    def identity(self) -> str:
        """The model by the name it is asked for, and the length of its vectors; the server may change it unseen."""
        return f"openai {self._model}, {self._dimensions} dimensions"

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        return self._dimensions

    def readiness(self) -> Readiness:
        """Whether somebody listens at the address."""
        try:
            socket.create_connection((self._host, self._port), timeout=1.0).close()
        except OSError as error:
            why = f"{self._host}:{self._port} cannot be reached: {error.strerror or error}."
            return Readiness(False, why, "Start the server, or correct its address.")
        return Readiness(True, f"{self._model} at {self._host}:{self._port}.")

    def close(self) -> None:
        """Close the connections."""
        pool = self.__dict__.pop("_pool", None)
        if pool is not None:
            pool.close()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape ``(len(texts), dimensions)``.

        Raises ModelUnavailable for a server that does not answer in time, ModelError for an answer that is none.
        """
        import numpy as np

        vectors = np.empty((len(texts), self._dimensions), np.float32)
        for at in range(0, len(texts), _MOST_TEXTS):
            some = list(texts[at : at + _MOST_TEXTS])
            vectors[at : at + len(some)] = self._vectors(self._asked(some), len(some))
        return vectors

    def _asked(self, texts: list[str]) -> bytes:
        import httpcore

        body = json.dumps({"model": self._model, "input": texts, "encoding_format": "float"}).encode()
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {self._key}"} if self._key else {})
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self._seconds)
        ends = time.monotonic() + self._seconds
        try:
            with self._pool.stream(
                "POST", self._address, headers=headers, content=body, extensions={"timeout": timeout}
            ) as reply:
                return self._read(reply, ends)
        except httpcore.TimeoutException as error:
            raise self._silent(f"does not answer within {self._seconds:g} s") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise self._silent(f"cannot be reached: {error or type(error).__name__}") from error

    def _read(self, reply: httpcore.Response, ends: float) -> bytes:
        data = bytearray()
        for part in reply.iter_stream():
            data += part
            if time.monotonic() > ends:
                raise self._silent(f"does not answer within {self._seconds:g} s")
            if len(data) > _MOST_BYTES:
                raise self._wrong(f"more than {_MOST_BYTES >> 20} MB")
        if reply.status in _WORTH_ANOTHER_TRY:
            raise self._silent(f"answers with status {reply.status}")
        if reply.status != 200:
            raise self._wrong(f"status {reply.status}")
        return bytes(data)

    def _vectors(self, data: bytes, count: int) -> NDArray[np.float32]:
        import numpy as np

        try:
            rows = sorted(json.loads(data)["data"], key=lambda row: row["index"])
            found = np.array([row["embedding"] for row in rows], np.float64)
            numbers = [row["index"] for row in rows]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise self._wrong("what is no list of embeddings") from error
        if numbers != list(range(count)) or found.shape != (count, self._dimensions):
            raise self._wrong(f"vectors of the shape {found.shape}; ({count}, {self._dimensions}) was asked for")
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and lengths.all()):
            raise self._wrong("vectors that are not finite or have no direction")
        unit: NDArray[np.float32] = (found / lengths).astype(np.float32)
        return unit

    @cached_property
    def _pool(self) -> Any:
        import httpcore

        return httpcore.ConnectionPool(retries=0)

    def _silent(self, how: str) -> ModelUnavailable:
        return ModelUnavailable(
            f"The embedding server {self._host}:{self._port} {how}.", remedy="Start the server, or try again later."
        )

    def _wrong(self, what: str) -> ModelError:
        return ModelError(
            f"The embedding server {self._host}:{self._port} answers {self._model} with {what}.",
            remedy="Look at the model's name, its dimensions and the key.",
        )
