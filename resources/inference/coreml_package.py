"""What a Core ML package holds: its inputs, outputs, operations and weights, and a hash that is the same everywhere.

Works on every host that coremltools installs on: nothing is compiled and no Core ML is asked.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resources.blobs import file_sha256
from schemas.errors import ModelRefused, ModelUnavailable

Arrays = Mapping[str, NDArray[Any]]
_WEIGHTS = Path("Data") / "com.apple.CoreML" / "weights"
_PLACEHOLDER = "main"


@dataclass(frozen=True)
class PackageFacts:
    """Names with type and shape, such as ``int32[8]``; the operations but for constants, in their order; how many
    values of each type the weights have.
    """

    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    operations: tuple[str, ...]
    weights: Mapping[str, int]


def coremltools() -> Any:
    """The library, without its warnings about what only a Mac has. Raises ModelUnavailable where it is missing."""
    logging.getLogger("coremltools").setLevel(logging.ERROR)
    try:
        import coremltools
    except ImportError as error:
        raise ModelUnavailable(
            f"Core ML packages cannot be read: {error.name or 'coremltools'} is not installed.",
            remedy="Install narrative-assets[coreml].",
        ) from error
    return coremltools


def describe(package: Path) -> PackageFacts:
    """The facts of an ML Program. Raises ModelRefused for anything else, ModelUnavailable without coremltools."""
    program = program_of(package)
    main = program.functions[_PLACEHOLDER]
    weights: dict[str, int] = {}
    for operation in main.operations:
        value = operation.outputs[0].val if operation.op_type == "const" else None
        if isinstance(value, np.ndarray) and value.ndim:
            weights[str(value.dtype)] = weights.get(str(value.dtype), 0) + value.size
    return PackageFacts(
        inputs={name: _typed(variable) for name, variable in main.inputs.items()},
        outputs={variable.name: _typed(variable) for variable in main.outputs},
        operations=tuple(each.op_type for each in main.operations if each.op_type != "const"),
        weights=weights,
    )


def canonical_hash(package: Path) -> str:
    """SHA-256 of what the package computes: its graph and its weights, 64 hex digits.

    The files' own bytes differ from save to save (random identifiers in the manifest, the order of maps, the day of
    conversion), so the graph is serialized anew without its metadata. The same under one version of protobuf.
    """
    spec = _spec(package)
    spec.description.ClearField("metadata")
    digest = hashlib.sha256(spec.SerializeToString(deterministic=True))
    for path in sorted((package / _WEIGHTS).rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(package).as_posix()} {file_sha256(path)}\n".encode())
    return digest.hexdigest()


def program_of(package: Path) -> Any:
    """The package's program with its weights, as coremltools holds it in memory. Raises ModelRefused."""
    spec = _spec(package)
    from coremltools.converters.mil.frontend.milproto.load import load

    if spec.WhichOneof("Type") != "mlProgram":
        raise _refused(package, "it is no ML Program")
    try:
        return load(spec, specification_version=spec.specificationVersion, file_weights_dir=str(package / _WEIGHTS))
    except Exception as error:  # coremltools has no root for what it raises
        raise _refused(package, str(error) or type(error).__name__) from error


def values(package: Path, inputs: Arrays) -> dict[str, NDArray[Any]]:
    """What the saved graph makes of ``inputs``, operation by operation, as coremltools works out constants in numpy.

    It shows that a conversion kept the model's meaning where there is no Core ML to ask; Core ML itself rounds
    otherwise. Raises ModelRefused for an operation whose value coremltools cannot work out.
    """
    main = program_of(package).functions[_PLACEHOLDER]
    from coremltools.converters.mil import Builder
    from coremltools.converters.mil.mil import Function

    known: dict[str, Any] = {name: np.asarray(inputs[name]) for name in main.inputs}
    with Function({}, opset_version=main.opset_version):
        for operation in main.operations:
            if operation.op_type == "const":
                known[operation.outputs[0].name] = operation.outputs[0].val
                continue
            made = getattr(Builder, operation.op_type)(**_arguments(operation, known))
            for output, result in zip(operation.outputs, made if isinstance(made, tuple) else (made,), strict=True):
                if result.val is None:
                    raise _refused(package, f"the value of {operation.op_type} cannot be worked out")
                known[output.name] = result.val
    return {variable.name: np.asarray(known[variable.name]) for variable in main.outputs}


def _arguments(operation: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in operation.inputs.items() if value is not None}
    return {
        name: [known[each.name] for each in value] if isinstance(value, list | tuple) else known[value.name]
        for name, value in given.items()
    }


def _spec(package: Path) -> Any:
    coremltools()
    from coremltools.models.utils import load_spec

    if not package.is_dir():
        raise ModelRefused(f"There is no Core ML package {package.name}.", remedy="Give the folder *.mlpackage.")
    try:
        return load_spec(str(package))
    except Exception as error:  # coremltools has no root for what it raises
        raise _refused(package, str(error) or type(error).__name__) from error


def _typed(variable: Any) -> str:
    from coremltools.converters.mil.mil import types

    return f"{types.builtin_to_string(variable.dtype)}[{', '.join(map(str, variable.shape))}]"


def _refused(package: Path, why: str) -> ModelRefused:
    return ModelRefused(f"{package.name} is refused: {' '.join(why.split())[:250]}.", remedy="Convert the model again.")
