"""ONNX graphs that the runtime could not run, or that reach outside their file, are refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from resources.inference.model_files import ModelFolder
from resources.inference.onnx_files import onnx_graph
from schemas.errors import ModelRefused


def graph(operator: str = "Add", opset: int = 18, domain: str = "", constant: Any = None) -> onnx.ModelProto:
    tensor = constant if constant is not None else numpy_helper.from_array(np.ones(3, np.float32), "c")
    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [3]) for name in ("x", "y")]
    node = helper.make_node(operator, ["x", "c"], ["y"], domain=domain)
    body = helper.make_graph([node], "g", sides[:1], sides[1:], [tensor])
    opsets = [helper.make_opsetid("", opset), *([helper.make_opsetid(domain, 1)] if domain else [])]
    return helper.make_model(body, opset_imports=opsets, ir_version=10)


def folder(tmp_path: Path, model: onnx.ModelProto | bytes) -> ModelFolder:
    (tmp_path / "m").mkdir(exist_ok=True)
    data = model if isinstance(model, bytes) else model.SerializeToString()
    (tmp_path / "m" / "model.onnx").write_bytes(data)
    return ModelFolder(tmp_path, "m")


def test_what_was_checked_is_what_is_handed_out_and_it_runs(tmp_path: Path):
    import onnxruntime

    data = onnx_graph(folder(tmp_path, graph()))
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    assert session.run(None, {"x": np.zeros(3, np.float32)})[0].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (graph("Teleport"), r"operator Teleport \(opset 18\)"),
        (graph("Teleport", domain="org.example"), r"operator org\.example\.Teleport"),
        (graph(opset=999), "opset 999"),
    ],
)
def test_what_the_runtime_lacks_is_named(tmp_path: Path, model: onnx.ModelProto, named: str):
    with pytest.raises(ModelRefused, match=named):
        onnx_graph(folder(tmp_path, model))


def test_an_operator_inside_a_branch_is_found_too(tmp_path: Path):
    inner = helper.make_graph(
        [helper.make_node("Teleport", ["x"], ["z"])], "b", [], [helper.make_tensor_value_info("z", 1, [3])]
    )
    model = graph()
    model.graph.node.append(helper.make_node("If", ["x"], ["w"], then_branch=inner, else_branch=inner))
    with pytest.raises(ModelRefused, match="Teleport"):
        onnx_graph(folder(tmp_path, model))


def external() -> TensorProto:
    tensor = numpy_helper.from_array(np.ones(3, np.float32), "c")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../secret")
    return tensor


def lying(count: int) -> TensorProto:
    tensor = numpy_helper.from_array(np.ones(3, np.float32), "c")
    tensor.dims[0] = count
    return tensor


def empty_but_large() -> TensorProto:
    return TensorProto(name="c", data_type=TensorProto.FLOAT, dims=[2**40])


@pytest.mark.parametrize(
    ("constant", "named"),
    [
        (external(), "in another file"),
        (lying(2**40), "states 1,099,511,627,776 numbers"),
        (lying(-3), "no sound shape"),
        (empty_but_large(), "and holds 0"),
    ],
)
def test_constants_that_lie_elsewhere_or_lie_about_their_size_are_refused(
    tmp_path: Path, constant: TensorProto, named: str
):
    with pytest.raises(ModelRefused, match=named):
        onnx_graph(folder(tmp_path, graph(constant=constant)))


@pytest.mark.parametrize("data", [b"", b"not a graph", graph().SerializeToString()[:-20]])
def test_what_is_no_graph_is_refused(tmp_path: Path, data: bytes):
    with pytest.raises(ModelRefused, match="no ONNX graph"):
        onnx_graph(folder(tmp_path, data))


def test_a_graph_over_the_limit_is_refused(tmp_path: Path):
    with pytest.raises(ModelRefused, match="at most 10"):
        onnx_graph(folder(tmp_path, graph()), most_bytes=10)
