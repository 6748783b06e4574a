"""Small model folders with real files: safetensors, ONNX and a tokenizer, each a few kilobytes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from resources.inventory.adding import add
from resources.inventory.folder import InventoryFolder
from resources.inventory.offers import Said, offered
from schemas.models import ModelEntry

SAID = Said(model_id="tiny", task="embedding", licence="MIT", source="made for a test")


def tiny_model(folder: Path) -> Path:
    """A folder with 12 weights, a word-level tokenizer of four pieces and a configuration."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True)
    save_file({"weight": np.arange(12, dtype=np.float16).reshape(3, 4)}, folder / "model.safetensors")
    (folder / "config.json").write_text('{"hidden_size": 4, "max_position_embeddings": 64, "vocab_size": 4}')
    (folder / "tokenizer.json").write_text(_tokenizer())
    return folder


def tiny_graph(path: Path) -> Path:
    """An ONNX file that doubles what it is given."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    twice = numpy_helper.from_array(np.full((2,), 2, dtype=np.float32), "twice")
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("given", "doubled")]
    node = helper.make_node("Mul", ["given", "twice"], ["doubled"])
    graph = helper.make_graph([node], "doubling", values[:1], values[1:], [twice])
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), path)
    return path


def added(root: Path, source: Path, said: Said = SAID) -> tuple[InventoryFolder, ModelEntry]:
    """The models folder ``root`` after ``source`` was added to it."""
    folder = InventoryFolder(root)
    with offered(source, said) as offer:
        return folder, add(folder, offer)


def _tokenizer() -> str:
    from tokenizers import Tokenizer, models

    vocabulary = {"[UNK]": 0, "the": 1, "lamp": 2, "burns": 3}
    return json.dumps(json.loads(Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]")).to_str()))
