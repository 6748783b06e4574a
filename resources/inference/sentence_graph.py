"""The ONNX graph of a BERT sentence encoder, made from safetensors: encoder, mean pooling and normalisation.

The look-up of words stays outside: from a mapped file it costs the rows that are used, in the graph all of them.
Texts of one call have one length, so no mask is needed and no padding computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resources.inference.sentence_model import SentenceModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnx import ModelProto, NodeProto, TensorProto

GRAPH_VERSION = "2"
INPUT, OUTPUT = "words", "vectors"
_OPSET = 20
_PAGE = 4_096


def sentence_graph(model: SentenceModel, weights: str) -> tuple[bytes, bytes]:
    """An ONNX file, and the file named ``weights`` that is to lie beside it: mapped, it never is in memory twice.

    ``words`` (texts, tokens, dimensions), word and position embeddings summed, go in, unit ``vectors`` (texts,
    dimensions) come out. Raises ModelRefused for weights that are not the model's.
    """
    from onnx import TensorProto, checker, helper

    graph = _Graph(model)
    graph.encode()
    words: tuple[str | int, ...] = ("texts", "tokens", model.dimensions)
    whole = helper.make_graph(
        graph.nodes,
        "sentence_encoder",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, words)],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, (words[0], words[2]))],
        graph.constants,
    )
    made = helper.make_model(whole, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=10)
    checker.check_model(made)
    data = _moved(made, weights)
    return bytes(made.SerializeToString()), data


def _moved(made: ModelProto, name: str) -> bytes:
    """What the larger tensors hold, each at the start of a page; in the model only its place is left."""
    from onnx.external_data_helper import set_external_data

    data = bytearray()
    for tensor in made.graph.initializer:
        values = tensor.raw_data
        if len(values) < _PAGE:
            continue
        data.extend(bytes(-len(data) % _PAGE))
        set_external_data(tensor, name, len(data), len(values))
        tensor.ClearField("raw_data")
        data.extend(values)
    return bytes(data)


class _Graph:
    """Nodes and constants while they are gathered. Rows of all texts lie under one another: one Gemm serves them."""

    def __init__(self, model: SentenceModel) -> None:
        self.model = model
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._weights: Any = None

    def encode(self) -> None:
        """Gather the whole graph, one tensor in memory at a time."""
        import numpy as np
        from safetensors import safe_open

        self.constant("flat", np.array([-1, self.model.dimensions], np.int64))
        self.constant("heads", np.array([self.model.heads, self.model.dimensions // self.model.heads], np.int64))
        with safe_open(self.model.weights, framework="np") as weights:
            self._weights = weights
            self.node("Shape", [INPUT], "shape")
            self.node("Shape", [INPUT], "rows", start=0, end=2)
            self.node("Concat", ["rows", "heads"], "by_head", axis=0)
            self.node("Reshape", [INPUT, "flat"], "summed")
            rows = self.normalised("summed", "embeddings.LayerNorm", "x")
            for number in range(self.model.layers):
                rows = self.layer(number, rows)
            self._weights = None
        self.pool(rows)

    def layer(self, number: int, rows: str) -> str:
        """One layer: attention and its sum, then the inner product and its sum."""
        prefix, at = f"encoder.layer.{number}.", f"l{number}."
        attended = self.linear(
            self.attention(prefix, at, rows), f"{prefix}attention.output.dense", f"{at}attention.out"
        )
        summed = self.node("Add", [attended, rows], f"{at}attention.sum")
        middle = self.normalised(summed, f"{prefix}attention.output.LayerNorm", f"{at}middle")
        inner = self.node("Gelu", [self.linear(middle, f"{prefix}intermediate.dense", f"{at}inner")], f"{at}gelu")
        outer = self.linear(inner, f"{prefix}output.dense", f"{at}outer")
        summed = self.node("Add", [outer, middle], f"{at}sum")
        return self.normalised(summed, f"{prefix}output.LayerNorm", f"{at}x")

    def attention(self, prefix: str, at: str, rows: str) -> str:
        """Queries, keys and values from one product; the queries' scale is in their weights."""
        import numpy as np

        scale = np.float32((self.model.dimensions // self.model.heads) ** -0.5)
        names = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        weights = [self.weight(f"{name}.weight").T for name in names]
        biases = [self.weight(f"{name}.bias") for name in names]
        joined = np.concatenate([weights[0] * scale, *weights[1:]], axis=1)
        self.constant(f"{at}qkv.weight", joined)
        self.constant(f"{at}qkv.bias", np.concatenate([biases[0] * scale, *biases[1:]]))
        product = self.node("Gemm", [rows, f"{at}qkv.weight", f"{at}qkv.bias"], f"{at}qkv")
        self.node("Split", [product], f"{at}q", f"{at}k", f"{at}v", axis=1, num_outputs=3)
        for part, order in (("q", (0, 2, 1, 3)), ("k", (0, 2, 3, 1)), ("v", (0, 2, 1, 3))):
            self.node("Reshape", [f"{at}{part}", "by_head"], f"{at}{part}.heads")
            self.node("Transpose", [f"{at}{part}.heads"], f"{at}{part}.turned", perm=order)
        scores = self.node("MatMul", [f"{at}q.turned", f"{at}k.turned"], f"{at}scores")
        shares = self.node("Softmax", [scores], f"{at}shares", axis=-1)
        mixed = self.node("MatMul", [shares, f"{at}v.turned"], f"{at}mixed")
        turned = self.node("Transpose", [mixed], f"{at}mixed.turned", perm=(0, 2, 1, 3))
        return self.node("Reshape", [turned, "flat"], f"{at}attended")

    def pool(self, rows: str) -> None:
        """The direction of each text's sum of rows. ReduceMean adds up differently with what stands beside."""
        import numpy as np
        from onnx import helper

        self.constant("one", np.array([1], np.int64))
        self.node("Shape", [INPUT], "tokens", start=1, end=2)
        self.node("Concat", ["one", "tokens"], "row", axis=0)
        self.node("ConstantOfShape", ["row"], "ones", value=helper.make_tensor("value", 1, [1], [1.0]))
        self.node("Reshape", [rows, "shape"], "by_text")
        self.node("MatMul", ["ones", "by_text"], "sums")
        self.node("Squeeze", ["sums", "one"], "sum")
        self.node("LpNormalization", ["sum"], OUTPUT, axis=-1, p=2)

    def linear(self, rows: str, name: str, out: str) -> str:
        """Rows times a weight, plus its bias."""
        self.constant(f"{out}.weight", self.weight(f"{name}.weight").T)
        self.constant(f"{out}.bias", self.weight(f"{name}.bias"))
        return self.node("Gemm", [rows, f"{out}.weight", f"{out}.bias"], out)

    def normalised(self, rows: str, name: str, out: str) -> str:
        """Each row centred, scaled and shifted."""
        for part in ("weight", "bias"):
            self.constant(f"{out}.norm.{part}", self.weight(f"{name}.{part}"))
        inputs = [rows, f"{out}.norm.weight", f"{out}.norm.bias"]
        return self.node("LayerNormalization", inputs, out, axis=-1, epsilon=self.model.epsilon)

    def node(self, kind: str, inputs: list[str], *outputs: str, **attributes: Any) -> str:
        """Add a node; returns the name of its first output."""
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, list(outputs), **attributes))
        return outputs[0]

    def constant(self, name: str, values: NDArray[Any]) -> None:
        """Add a tensor that is part of the file."""
        import numpy as np
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))

    def weight(self, name: str) -> NDArray[np.float32]:
        """One tensor of the model."""
        found: NDArray[np.float32] = self._weights.get_tensor(name)
        return found
