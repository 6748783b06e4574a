"""What the files of a model say of it: format, number type, vector length, longest input, tokenizer, task.

Read from headers and configuration files; no weight is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resources.inventory.refusing import safetensors_header
from schemas.errors import ContractError, InputError, ModelRefused
from schemas.models import Format, ModelRuntime, Quantisation, Task
from schemas.reading import parse_json

_TOKENIZERS = ("tokenizer.json", "tokenizer.json.gz", "tokenizer.model", "vocab.txt")
_TYPES: dict[str, Quantisation] = {
    "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I8": "int8", "U8": "int8",
    "FLOAT": "float32", "FLOAT16": "float16", "BFLOAT16": "bfloat16", "INT8": "int8", "UINT8": "int8",
    "INT4": "int4", "UINT4": "int4",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What was read; None, empty or ``none`` where the files do not say. ``task`` is a guess."""

    format: Format
    runtimes: tuple[ModelRuntime, ...]
    task: Task | None
    tokenizer: str
    quantisation: Quantisation
    dimensions: int | None
    context: int | None
    vocabulary: int | None


def facts_of(folder: Path, paths: Sequence[str]) -> Facts:
    """The facts of the model whose files ``paths`` lie below ``folder``.

    Raises InputError for files that are no model, ModelRefused for one that keeps weights elsewhere.
    """
    kind = format_of(paths)
    config = _config(folder, paths, "config.json")
    task = _task(kind, config, paths)
    tokenizer = _tokenizer(kind, paths)
    sentences = _config(folder, paths, "sentence_bert_config.json")
    return Facts(
        format=kind,
        runtimes=_runtimes(kind, task, tokenizer),
        task=task,
        tokenizer=tokenizer,
        quantisation=_quantisation(kind, [folder / path for path in paths]),
        dimensions=_number(config.get("hidden_size")),
        context=_number(sentences.get("max_seq_length") or config.get("max_position_embeddings")),
        vocabulary=_number(config.get("vocab_size")),
    )


def format_of(paths: Sequence[str]) -> Format:
    """The format of the weights, the one that runs in most places first. Raises InputError for no model at all."""
    if any(path.endswith(".onnx") for path in paths):
        return "onnx"
    if any(path.endswith(".safetensors") for path in paths):
        return "safetensors"
    if any(path.endswith(".mlmodel") for path in paths):
        return "coreml"
    if _tokenizer("tokenizer", paths):
        return "tokenizer"
    raise InputError(
        "These files are no model: no ONNX, safetensors, Core ML package or tokenizer is among them.",
        remedy="Give the folder that holds the weights.",
    )


def _tokenizer(kind: Format, paths: Sequence[str]) -> str:
    """The tokenizer among the files; of a model that is nothing else, the vocabulary whatever it is called."""
    for name in _TOKENIZERS:
        if name in paths:
            return name
    own = [path for path in paths if path.endswith((".json.gz", ".model", ".tiktoken"))]
    return own[0] if kind == "tokenizer" and own else ""


def _runtimes(kind: Format, task: Task | None, tokenizer: str) -> tuple[ModelRuntime, ...]:
    if kind == "onnx":
        return ("onnxruntime",)
    if kind == "coreml":
        return ("coreml",)
    if kind == "tokenizer":
        return ("sentencepiece",) if tokenizer.endswith(".model") else ("tokenizers",)
    return ("onnxruntime", "torch") if task == "embedding" else ("torch",)


def _task(kind: Format, config: dict[str, Any], paths: Sequence[str]) -> Task | None:
    if kind == "tokenizer":
        return "tokenizer"
    if "modules.json" in paths or "1_Pooling/config.json" in paths:
        return "embedding"
    architectures = config.get("architectures")
    written = isinstance(architectures, list) and any(str(each).endswith("ForCausalLM") for each in architectures)
    return "language" if written else None


def _quantisation(kind: Format, files: Sequence[Path]) -> Quantisation:
    types: set[str] = set()
    for file in files:
        if kind == "safetensors" and file.suffix == ".safetensors":
            types |= {str(tensor["dtype"]) for tensor in safetensors_header(file).values()}
        elif kind == "onnx" and file.suffix == ".onnx":
            types |= _onnx_types(file)
    kinds = {_TYPES[each] for each in types if each in _TYPES}
    return "mixed" if len(kinds) > 1 else next(iter(kinds), "none")


def _onnx_types(file: Path) -> set[str]:
    """The number types of the weights; none where the onnx package is not there to read them."""
    try:
        import onnx
    except ImportError:
        return set()
    try:
        graph = onnx.load(file, load_external_data=False).graph
    except Exception as error:  # protobuf and onnx have no common root for what they raise
        raise ModelRefused(f"{file.name} is no ONNX file: {error}", remedy="Fetch it again.") from error
    if any(weights.data_location == onnx.TensorProto.EXTERNAL for weights in graph.initializer):
        raise ModelRefused(
            f"{file.name} keeps weights in another file.", remedy="Export it as a single file (external_data=False)."
        )
    names = onnx.TensorProto.DataType.Name
    return {names(weights.data_type) for weights in graph.initializer if weights.dims}


def _config(folder: Path, paths: Sequence[str], name: str) -> dict[str, Any]:
    if name not in paths:
        return {}
    try:
        found = parse_json((folder / name).read_bytes(), name)
    except ContractError as error:
        raise ModelRefused(error.message, remedy="Fetch the model again.") from error
    return found if isinstance(found, dict) else {}


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
