"""Embeddings by a server that speaks OpenAI's protocol: /v1/embeddings, within a limit of time and size."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from resources.inference.backends import EmbeddingBackend, Readiness, Runtime
from resources.inference.openai_server import ModelServer, ServedModel
from schemas.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_TEXTS = 64
_MOST_BYTES = 64 * 1024**2


class OpenAiEmbedding(EmbeddingBackend):
    """Embeds with ``model`` on the server at ``address``, such as ``http://127.0.0.1:11434/v1``.

    ``seconds`` is the time for one request of up to 64 texts. What stands beside a text is the server's affair.
    Raises InputError for an address that is not of http or https.
    """

    runtime: Runtime = "openai"

    def __init__(self, address: str, model: str, dimensions: int, *, key: str = "", seconds: float = 30.0) -> None:
        self._server = ModelServer(ServedModel(address, model, "KEY" if key else ""), {"KEY": key})
        self._dimensions = dimensions
        self._seconds = seconds

    @property
    def identity(self) -> str:
        """The model by the name it is asked for, and the length of its vectors; the server may change it unseen."""
        return f"openai {self._server.served.model}, {self._dimensions} dimensions"

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        return self._dimensions

    def readiness(self) -> Readiness:
        """Whether the server answers within a second and lists the model."""
        return self._server.readiness()

    def close(self) -> None:
        """Nothing is held between calls."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape ``(len(texts), dimensions)``.

        Raises ModelUnavailable for a server that does not answer in time, ModelError for an answer that is none.
        """
        import numpy as np

        vectors = np.empty((len(texts), self._dimensions), np.float32)
        for at in range(0, len(texts), _MOST_TEXTS):
            some = list(texts[at : at + _MOST_TEXTS])
            asked = {"model": self._server.served.model, "input": some, "encoding_format": "float"}
            data = self._server.post("/embeddings", asked, self._seconds, _MOST_BYTES, "encoding_format float")
            vectors[at : at + len(some)] = self._vectors(data, len(some))
        return vectors

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

    def _wrong(self, what: str) -> ModelError:
        return ModelError(
            f"The embedding server {self._server.host} answers {self._server.served.model} with {what}.",
            remedy="Look at the model's name, its dimensions and the key.",
        )
