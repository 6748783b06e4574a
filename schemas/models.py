"""The ModelInventory contract: which model files there are, whose they are, and what may be done with them.

One entry a model; the inventory of one model and that of all of them are the same contract. Paths are below the
model's own folder and never lead out of it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.base import Artifact, Count, Line, Part, Sha256, Text

ModelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$", max_length=64)]
ModelPath = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}){0,7}$", max_length=300
    ),
]
"""A file below the model's folder. No part begins with a dot, so none leads up."""
Task = Literal["language", "embedding", "speech", "image_plate", "tokenizer"]
Format = Literal["safetensors", "onnx", "coreml", "tokenizer"]
ModelRuntime = Literal["onnxruntime", "torch", "coreml", "tokenizers", "sentencepiece"]
Quantisation = Literal["none", "float32", "float16", "bfloat16", "int8", "int4", "mixed"]
Use = Literal["use", "redistribute", "outputs"]
USES: tuple[Use, ...] = ("use", "redistribute", "outputs")


class ModelFile(Part):
    """One file of a model: where it lies below the model's folder, and its bytes by hash."""

    path: ModelPath
    size_bytes: Count
    sha256: Sha256


class LicenceStatement(Part):
    """A licence as one place states it, as an SPDX expression. Several places may differ: all of them are kept."""

    expression: Line
    stated_in: Line


class LicenceVerdict(Part):
    """Whether the licence allows one use: working with the model, passing it on, publishing what it makes."""

    use: Use
    allowed: bool
    reason: Line


class ModelEntry(Part):
    """One model: its files, its origin, what it is for, what runs it, and what its licence allows.

    ``dimensions`` is the length of a vector or hidden state, ``context`` the longest input in tokens; None where the
    files do not say. ``tokenizer`` is a path of ``files``, empty where there is none. ``licence`` joins all
    ``statements`` with AND.
    """

    model_id: ModelId
    task: Task
    source: Line
    provenance: Text
    files: Annotated[tuple[ModelFile, ...], Field(min_length=1, max_length=500)]
    size_bytes: Count
    format: Format
    runtimes: Annotated[tuple[ModelRuntime, ...], Field(min_length=1, max_length=5)]
    tokenizer: Annotated[str, StringConstraints(max_length=300, pattern=r"^[A-Za-z0-9_./+-]*$")] = ""
    quantisation: Quantisation = "none"
    dimensions: Count | None = None
    context: Count | None = None
    vocabulary: Count | None = None
    licence: Line
    statements: Annotated[tuple[LicenceStatement, ...], Field(min_length=1, max_length=10)]
    verdicts: Annotated[tuple[LicenceVerdict, ...], Field(min_length=3, max_length=3)]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        paths = [file.path for file in self.files]
        if len({path.casefold() for path in paths}) != len(paths):
            raise ValueError(f"{self.model_id}: a file stands twice")
        if self.size_bytes != sum(file.size_bytes for file in self.files):
            raise ValueError(f"{self.model_id}: size_bytes is not the sum of its files")
        if self.tokenizer and self.tokenizer not in paths:
            raise ValueError(f"{self.model_id}: the tokenizer {self.tokenizer!r} is not among its files")
        if tuple(verdict.use for verdict in self.verdicts) != USES:
            raise ValueError(f"{self.model_id}: verdicts are wanted for {', '.join(USES)}, in this order")
        return self


class ModelInventory(Artifact):
    """Models sorted by id. It names no time and no host, so the same files give the same inventory everywhere."""

    VERSION: ClassVar[str] = "1.0.0"

    models: Annotated[tuple[ModelEntry, ...], Field(max_length=1_000)]

    @model_validator(mode="after")
    def _sorted(self) -> Self:
        ids = [model.model_id for model in self.models]
        if ids != sorted(set(ids)):
            raise ValueError("models are sorted by model_id, each once")
        return self


class ModelSmoke(Part):
    """How one model fared: ``failed`` only where a file differs from its recorded hash, ``not_run`` where it could
    not be opened here, and why.
    """

    model_id: ModelId
    outcome: Literal["opened", "not_run", "failed"]
    detail: Line


class ModelSmokeReport(Artifact):
    """Whether every model of an inventory has the recorded bytes and opens, without anything being downloaded."""

    VERSION: ClassVar[str] = "1.0.0"

    inventory_hash: Sha256
    models: Annotated[tuple[ModelSmoke, ...], Field(max_length=1_000)]

    @property
    def passed(self) -> bool:
        """Whether no file differs from its recorded hash."""
        return all(model.outcome != "failed" for model in self.models)
