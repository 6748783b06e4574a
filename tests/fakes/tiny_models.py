"""Tiny Llamas of random weights, built on the spot: as safetensors for torch and as one ONNX file with past keys
and values. Their words mean nothing; everything that loads and runs them is real.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

VOCABULARY = 2_048
LAYERS, HEADS, WIDTH = 2, 4, 64
POSITIONS = 4_096
BEGIN, END = "<|begin|>", "<|end|>"
_TEXTS = ("README.md", "docs/using.md", "docs/continuity.md", "docs/picture.md", "examples/lighthouse/project.json")
_BUILDERS = ("torch", "transformers", "onnx", "onnxscript")
_ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def tokenizer_json(size: int = VOCABULARY) -> str:
    """A byte-level vocabulary of that size, trained on texts of this repository."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=[BEGIN, END], initial_alphabet=alphabet)
    tokenizer.train_from_iterator([(_ROOT / name).read_text(encoding="utf-8") for name in _TEXTS], trainer)
    assert tokenizer.get_vocab_size() == size
    return tokenizer.to_str()


@functools.cache
def models() -> Path:
    """A models folder with ``tiny`` (safetensors) and ``tiny-onnx`` (ONNX), built where this source has not been yet.

    The export takes half a minute of one core, so what is built is kept beside pytest's cache, for all its workers.
    """
    from filelock import FileLock

    key = [Path(__file__).read_bytes(), tokenizer_json().encode(), *(version(name).encode() for name in _BUILDERS)]
    kept = _ROOT / ".pytest_cache" / "tiny-models" / hashlib.sha256(b"\0".join(key)).hexdigest()[:16]
    kept.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            building = Path(tempfile.mkdtemp(dir=kept.parent))
            write_torch(building / "tiny")
            write_onnx(building / "tiny-onnx", building / "tiny")
            building.rename(kept)
    return kept


def write_torch(folder: Path, seed: int = 7) -> None:
    """The model as safetensors with its configuration and vocabulary."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    llama = _llama(seed)
    weights = {name: tensor.contiguous().clone() for name, tensor in llama.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    write_words(folder, llama.config.to_dict())


def write_words(folder: Path, config: dict[str, Any]) -> None:
    """What both forms need beside the weights."""
    (folder / "config.json").write_text(json.dumps(config, sort_keys=True, default=str))
    (folder / "tokenizer.json").write_text(tokenizer_json())
    (folder / "tokenizer_config.json").write_text(json.dumps({"bos_token": BEGIN, "eos_token": END}))


def write_onnx(folder: Path, torch_folder: Path, seed: int = 7) -> None:
    """The same model as one ONNX graph: ids, mask, positions and past go in, logits and the longer past come out."""
    import torch

    folder.mkdir(parents=True)
    names = _names("past_key_values"), _names("present")
    past = tuple(torch.zeros(2, HEADS, 5, WIDTH // HEADS) for _ in names[0])
    example = (torch.ones(2, 3, dtype=torch.long), torch.ones(2, 8, dtype=torch.long), torch.ones(2, 3).long(), *past)
    dynamic = torch.export.Dim.DYNAMIC
    shapes = [{0: dynamic, 1: dynamic}] * 3 + [{0: dynamic, 2: dynamic}] * len(past)
    with _quietly():
        program = torch.onnx.export(
            _WithPast.around(_llama(seed)),
            example,
            input_names=["input_ids", "attention_mask", "position_ids", *names[0]],
            output_names=["logits", *names[1]],
            dynamic_shapes=(*shapes[:3], tuple(shapes[3:])),
            opset_version=18,
            dynamo=True,
        )
        assert program is not None
        program.save(str(folder / "model.onnx"), external_data=False)
    write_words(folder, json.loads((torch_folder / "config.json").read_text()))


def _names(kind: str) -> list[str]:
    return [f"{kind}.{layer}.{part}" for layer in range(LAYERS) for part in ("key", "value")]


def _llama(seed: int) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=POSITIONS,
        bos_token_id=0,
        eos_token_id=1,
        tie_word_embeddings=False,
        architectures=["LlamaForCausalLM"],
        initializer_range=0.08,
    )
    return LlamaForCausalLM(config).eval()


class _WithPast:
    """Makes the module that is exported; torch is imported no earlier."""

    @staticmethod
    def around(llama: Any) -> Any:
        import torch
        from transformers import DynamicCache

        class Wrapper(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.llama = llama

            def forward(self, ids: Any, mask: Any, positions: Any, *past: Any) -> Any:
                cache = DynamicCache()
                for layer in range(LAYERS):
                    cache.update(past[2 * layer], past[2 * layer + 1], layer)
                out = self.llama(
                    input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True
                )
                longer = [part for layer in out.past_key_values.layers for part in (layer.keys, layer.values)]
                return (out.logits, *longer)

        return Wrapper().eval()


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keeps the exporter's progress and warnings out of the tests' output."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
