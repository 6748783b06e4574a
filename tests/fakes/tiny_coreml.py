"""A small ML Program made without torch: an embedding, a layer norm, one head of attention and an output layer.

``python -m tests.fakes.tiny_coreml FOLDER`` saves it and prints its canonical hash.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

PIECES, LENGTH, WIDTH, SEED = 32, 8, 16, 7
_EPSILON = 1e-5


def weights() -> dict[str, np.ndarray]:
    """The weights, the same every time."""
    dice = np.random.default_rng(SEED)
    drawn = {"embedding": dice.standard_normal((PIECES, WIDTH))}
    for name in ("query", "key", "value", "output"):
        drawn[name] = dice.standard_normal((WIDTH, WIDTH)) * 0.2
    return {name: each.astype(np.float32) for name, each in drawn.items()}


def in_numpy(ids: np.ndarray) -> np.ndarray:
    """What the program says of ``ids``, in float32, written down apart from it."""
    own = weights()
    x = own["embedding"][ids]
    normed = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + _EPSILON)
    scores = (normed @ own["query"]) @ (normed @ own["key"]).T * WIDTH**-0.5
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    shares /= shares.sum(-1, keepdims=True)
    return (x + shares @ (normed @ own["value"])) @ own["output"]


def save(folder: Path, *, half: bool = True) -> Path:
    """The program as a package in ``folder``, its weights in half or in full precision."""
    from resources.inference.coreml_package import coremltools

    tools = coremltools()
    precision = tools.precision.FLOAT16 if half else tools.precision.FLOAT32
    model = tools.convert(
        _program(tools),
        convert_to="mlprogram",
        minimum_deployment_target=tools.target.iOS17,
        compute_precision=precision,
        skip_model_load=True,
    )
    package = folder / "tiny.mlpackage"
    model.save(str(package))
    return package


def _program(tools: Any) -> Any:
    from coremltools.converters.mil import Builder as mb  # noqa: N813 - as Apple's documents call it
    from coremltools.converters.mil.mil import types

    own = weights()

    @mb.program(input_specs=[mb.TensorSpec(shape=(LENGTH,), dtype=types.int32)], opset_version=tools.target.iOS17)
    def program(ids: Any) -> Any:
        x = mb.gather(x=own["embedding"], indices=ids, axis=0)
        ones, zeros = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)
        normed = mb.layer_norm(x=x, axes=[-1], gamma=ones, beta=zeros, epsilon=np.float32(_EPSILON))
        query, key, value = (mb.matmul(x=normed, y=own[name]) for name in ("query", "key", "value"))
        scores = mb.mul(x=mb.matmul(x=query, y=key, transpose_y=True), y=np.float32(WIDTH**-0.5))
        heard = mb.matmul(x=mb.softmax(x=scores, axis=-1), y=value)
        return mb.matmul(x=mb.add(x=x, y=heard), y=own["output"], name="scores")

    return program


if __name__ == "__main__":
    sys.modules["torch"] = None  # type: ignore[assignment] - it is not needed, and takes seconds to import
    from resources.inference.coreml_package import canonical_hash

    print(canonical_hash(save(Path(sys.argv[1]))))
