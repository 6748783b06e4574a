"""Graphs in ONNX, checked before the runtime opens them: one file, within a size, and nothing it could not run."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resources.inference.model_files import ModelFolder

GRAPH = "model.onnx"
MOST_GRAPH = 2**31 - 1
"""What a single ONNX file can hold."""
_STANDARD = ("", "ai.onnx")
_PACKED = (21, 22)
"""Four-bit integers, two to a byte."""
_COMPLEX = (14, 15)


def onnx_graph(folder: ModelFolder, name: str = GRAPH, most_bytes: int = MOST_GRAPH) -> bytes:
    """The bytes of a graph that the installed runtime can run; what was checked is what is handed out.

    Raises ModelRefused for external data, tensors that lie about their size, and operators that are not there.
    """
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from onnx import ModelProto

    data = folder.read(name, min(most_bytes, MOST_GRAPH))
    model = ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError as error:
        raise folder.refused(name, "is no ONNX graph") from error
    if not model.opset_import or not model.graph.node:
        raise folder.refused(name, "is no ONNX graph")
    for tensor in _tensors(model):
        _check_tensor(folder, name, tensor)
    _check_operators(folder, name, model)
    return data


def _check_tensor(folder: ModelFolder, name: str, tensor: Any) -> None:
    from onnx import TensorProto

    if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
        raise folder.refused(
            name,
            f"keeps {tensor.name!r} in another file",
            "Save the model as one file (save(..., external_data=False)).",
        )
    if any(size < 0 for size in tensor.dims) or not (1 <= tensor.data_type <= 16 or tensor.data_type in _PACKED):
        raise folder.refused(name, f"gives {tensor.name!r} no sound shape or kind")
    count, held = math.prod(tensor.dims), _numbers_held(tensor)
    if held != count:
        raise folder.refused(name, f"states {count:,} numbers for {tensor.name!r} and holds {held:,}")


def _numbers_held(tensor: Any) -> int:
    """How many numbers a tensor's own bytes are."""
    from onnx import helper

    kind, count = tensor.data_type, math.prod(tensor.dims)
    if tensor.HasField("raw_data"):
        if kind in _PACKED:
            return count if len(tensor.raw_data) == (count + 1) // 2 else 2 * len(tensor.raw_data)
        return len(tensor.raw_data) // helper.tensor_dtype_to_np_dtype(kind).itemsize
    held = len(getattr(tensor, helper.tensor_dtype_to_field(kind)))
    return held // 2 if kind in _COMPLEX else held


def _check_operators(folder: ModelFolder, name: str, model: Any) -> None:
    opsets = {_domain(each.domain): each.version for each in model.opset_import}
    newest = _newest_opset()
    if opsets.get("", 1) > newest:
        raise folder.refused(
            name, f"needs opset {opsets['']} and this runtime knows {newest}", f"Export it with opset {newest}."
        )
    own = {(_domain(each.domain), each.name) for each in model.functions}
    for node in _nodes(model):
        domain = _domain(node.domain)
        if (domain, node.op_type) in own or _runs(domain, node.op_type, opsets.get(domain, 0)):
            continue
        told = f"{domain}.{node.op_type}" if domain else node.op_type
        raise folder.refused(
            name,
            f"needs the operator {told} (opset {opsets.get(domain, 'none')}), which this runtime lacks",
            "Export the model without it.",
        )


def _runs(domain: str, operator: str, version: int) -> bool:
    """Whether the runtime has a kernel for an operator at that version, or knows it as made of others."""
    from onnx import defs

    if any(first <= version <= last for first, last in _kernels().get((domain, operator), ())):
        return True
    try:
        schema: Any = defs.get_schema(operator, version, domain)
    except defs.SchemaError:
        return False
    return bool(schema.has_function or schema.has_context_dependent_function)


@functools.cache
def _kernels() -> dict[tuple[str, str], set[tuple[int, int]]]:
    """The versions of each operator that the runtime has a kernel for."""
    from onnxruntime.capi import onnxruntime_pybind11_state as runtime

    found: dict[tuple[str, str], set[tuple[int, int]]] = {}
    for kernel in runtime.get_all_opkernel_def():
        found.setdefault((_domain(kernel.domain), kernel.op_name), set()).add(tuple(kernel.version_range))
    return found


@functools.cache
def _newest_opset() -> int:
    from onnxruntime.capi import onnxruntime_pybind11_state as runtime

    known = runtime.get_all_operator_schema()
    return int(max(each.since_version for each in known if each.domain in _STANDARD))


def _domain(name: str) -> str:
    return "" if name in _STANDARD else name


def _graphs(model: Any) -> Iterator[Any]:
    """The graph and those inside its nodes, and inside the functions it brings along."""
    waiting = [model.graph, *model.functions]
    while waiting:
        graph = waiting.pop()
        yield graph
        for node in graph.node:
            for attribute in node.attribute:
                waiting.extend([attribute.g] if attribute.HasField("g") else [])
                waiting.extend(attribute.graphs)


def _nodes(model: Any) -> Iterator[Any]:
    for graph in _graphs(model):
        yield from graph.node


def _tensors(model: Any) -> Iterator[Any]:
    """Every constant of the graph, wherever it stands."""
    for graph in _graphs(model):
        if hasattr(graph, "initializer"):
            yield from graph.initializer
            for sparse in graph.sparse_initializer:
                yield from (sparse.values, sparse.indices)
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.HasField("t"):
                    yield attribute.t
                yield from attribute.tensors
                if attribute.HasField("sparse_tensor"):
                    yield from (attribute.sparse_tensor.values, attribute.sparse_tensor.indices)
