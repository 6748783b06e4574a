"""Embeddings by transformers on torch: the reference that the other runtimes are held against."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from resources.inference.backends import EmbeddingBackend, Readiness, Runtime
from resources.inference.sentence_model import SentenceModel
from schemas.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TorchEmbedding(EmbeddingBackend):
    """Embeds with a sentence model, one text at a time, so that none depends on another."""

    runtime: Runtime = "torch"

    def __init__(self, model: SentenceModel) -> None:
        self.model = model

    @property
    def identity(self) -> str:
        """Model, checksums and runtime."""
        return f"{self.model.identity} torch {version('torch')} transformers {version('transformers')}"

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        return self.model.dimensions

    def readiness(self) -> Readiness:
        """Whether torch and transformers are there."""
        try:
            found = version("torch")
            version("transformers")
        except PackageNotFoundError as error:
            return Readiness(False, f"{error.name} is not installed.", "Install torch and transformers.")
        return Readiness(True, f"{self.model.name} on torch {found}.")

    def close(self) -> None:
        """Let go of the model."""
        self.__dict__.pop("_encoder", None)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape ``(len(texts), dimensions)``. Raises ModelError."""
        import numpy as np

        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for number, ids in enumerate(self.model.tokens(texts) if texts else ()):
            vectors[number] = self._vector(ids)
        return vectors

    def _vector(self, ids: list[int]) -> Any:
        import torch

        with torch.inference_mode():
            rows = self._encoder(torch.tensor([ids]))[0]
            return torch.nn.functional.normalize(rows.mean(1))[0].numpy()

    @cached_property
    def _encoder(self) -> Any:
        _ = self.model.weights  # checked before anything is read
        try:
            from transformers import AutoModel

            return AutoModel.from_pretrained(
                self.model.folder, local_files_only=True, use_safetensors=True, trust_remote_code=False
            ).eval()
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise ModelError(
                f"transformers cannot load {self.model.name}: {error}.", remedy="Install torch and transformers again."
            ) from error
