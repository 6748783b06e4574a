"""The vector memory that the environment names; off where it names none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from resources.inference.backends import EmbeddingBackend
from resources.memory.store import VectorMemory
from resources.memory.wanted import Wanted
from resources.registry import ArtifactStore
from schemas.errors import InputError, ModelError
from schemas.story import RecalledItem

RECALL = "NARRATIVE_RECALL"
"""One of ``WAYS``; empty or ``off`` recalls nothing."""
WAYS = ("minilm", "minilm-torch", "hashed", "server")
_SERVER = ("NARRATIVE_EMBEDDING_URL", "NARRATIVE_EMBEDDING_MODEL", "NARRATIVE_EMBEDDING_DIMENSIONS")
_KEY = "NARRATIVE_EMBEDDING_KEY"


class MemoryRecall:
    """The writing engine's port over a vector memory. What lies in the future has no part, not even in the weights
    of words: an episode that is written again recalls what it recalled.
    """

    def __init__(self, memory: VectorMemory) -> None:
        self._memory = memory

    def recall(self, project_id: str, before: str, query: str, most: int) -> Sequence[RecalledItem]:
        """The nearest passages told before an episode. Raises ModelError, StorageError."""
        found = (hit.item for hit in self._memory.search(query, Wanted(project_id, before), most, apart=True))
        return [
            RecalledItem(text=each.text, source=each.source, passage=each.kind, source_hash=each.source_hash)
            for each in found
        ]


def configured_memory(store: ArtifactStore, way: str = "") -> VectorMemory | None:
    """The tenant's memory, embedded in the named way or as ``NARRATIVE_RECALL`` says; None where it is off.

    Raises InputError for a way that there is not, ModelError where its model is not installed.
    """
    folder = store.root / store.tenant
    backend = configured_embedding(folder, way)
    if backend is None:
        return None
    found = backend.readiness()
    if not found.ready:
        raise ModelError(found.reason, remedy=found.remedy)
    return VectorMemory(folder / "memory", backend)


def configured_embedding(folder: Path, way: str = "") -> EmbeddingBackend | None:
    """What embeds a tenant's memory, whether or not it is ready on this host; None where recall is off.

    Prepared models are kept below ``folder``. Raises InputError for a way that there is not, ModelError where the
    way's model is no part of this installation.
    """
    way = way or os.environ.get(RECALL, "") or "off"
    return None if way == "off" else _backend(way, folder / "models", _server() if way == "server" else ())


@lru_cache(maxsize=4)
def _backend(way: str, cache: Path, server: tuple[str, ...]) -> EmbeddingBackend:
    """One backend for the whole process: a model is loaded once."""
    from resources.inference.hashed_embedding import HashedEmbedding
    from resources.inference.onnx_embedding import OnnxEmbedding
    from resources.inference.openai_embedding import OpenAiEmbedding
    from resources.inference.sentence_model import packaged_minilm
    from resources.inference.torch_embedding import TorchEmbedding

    if way == "hashed":
        return HashedEmbedding()
    if way == "minilm":
        return OnnxEmbedding(packaged_minilm(), cache)
    if way == "minilm-torch":
        return TorchEmbedding(packaged_minilm())
    if way == "server":
        address, model, dimensions, key = server
        return OpenAiEmbedding(address, model, int(dimensions), key=key)
    raise InputError(f"{RECALL} is {way[:40]!r}.", remedy="Set it to off, " + ", ".join(WAYS) + ".")


def _server() -> tuple[str, ...]:
    found = tuple(os.environ.get(name, "") for name in _SERVER)
    for name, value in zip(_SERVER, found, strict=True):
        if not value or (name.endswith("DIMENSIONS") and not value.isdecimal()):
            raise InputError(f"{name} is {value[:80]!r}.", remedy="Set " + ", ".join(_SERVER) + ".")
    return (*found, os.environ.get(_KEY, ""))
