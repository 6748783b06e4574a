"""One tiny Llama in torch and in onnxruntime: the same scores, the same texts, and faults told in sentences."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from narrative_assets.writing.language import Prompt
from resources.inference.decoding import Sampling, Step
from resources.inference.local_language import LanguageSettings, LocalLanguage
from resources.inference.model_cache import ModelCache
from resources.inference.onnx_language import OnnxLanguage
from resources.inference.torch_language import TorchLanguage
from schemas.errors import ModelError, ModelRefused
from tests.fakes.tiny_models import END, VOCABULARY, models

SETTINGS = LanguageSettings(sampling=Sampling(1.0, 1.0), tokens=200)
SCHEMA = {
    "type": "object",
    "properties": {"a": {"const": "b"}, "text": {"type": "string", "minLength": 1, "maxLength": 40}},
    "required": ["a", "text"],
    "additionalProperties": False,
}
PROMPT = Prompt("You write.", f"Write now, {END} not later. " * 20)
KINDS: dict[str, tuple[type[LocalLanguage], str]] = {
    "torch": (TorchLanguage, "tiny"),
    "onnxruntime": (OnnxLanguage, "tiny-onnx"),
}


class Figures:
    def __init__(self) -> None:
        self.seen: Counter[tuple[str, ...]] = Counter()

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        self.seen[name, *labels.values()] += int(amount)

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        assert seconds >= 0
        self.seen[name, *labels.values()] += 1

    def gauge(self, name: str, value: float, **labels: str) -> None:
        pass


@pytest.fixture(scope="module")
def backends() -> dict[str, LocalLanguage]:
    return {name: kind(models(), folder, SETTINGS) for name, (kind, folder) in KINDS.items()}


def steps(backend: LocalLanguage) -> Step:
    with backend._cache.using(backend._key, backend._loaded) as model:
        return model.begin()


@pytest.mark.parametrize("length", [1, 7, 128, 129, 300])
def test_torch_and_onnxruntime_give_the_same_scores(backends: dict[str, LocalLanguage], length: int):
    ids = np.random.default_rng(length).integers(2, VOCABULARY, length).tolist()
    torch, onnx = (steps(backends[name])(ids) for name in KINDS)
    assert np.abs(torch - onnx).max() < 1e-5


def greedy(backend: LocalLanguage, cached: bool) -> list[int]:
    ids, step = [0, 77, 5], steps(backend)
    found = list(ids)
    for _ in range(100):
        scores = step(ids) if cached else steps(backend)(found)
        ids = [int(scores.argmax())]
        found += ids
    return found


def test_greedy_text_is_the_same_in_both_runtimes_with_the_past_kept_and_without(backends: dict[str, LocalLanguage]):
    texts = {tuple(greedy(backends[name], cached)) for name in KINDS for cached in (True, False)}
    assert len(texts) == 1


@pytest.mark.parametrize("name", list(KINDS))
def test_the_same_prompt_schema_and_seed_give_the_same_answer_and_another_seed_another(
    backends: dict[str, LocalLanguage], name: str
):
    kind, folder = KINDS[name]
    backend, again = backends[name], kind(models(), folder, SETTINGS)
    first = backend.complete(PROMPT, SCHEMA, 3)
    assert first == again.complete(PROMPT, SCHEMA, 3) != backend.complete(PROMPT, SCHEMA, 4)
    assert first.stopped == "whole"
    assert set(json.loads(first.text)) == {"a", "text"}
    assert first.backend == backend.identity
    assert folder in first.backend


def test_on_a_gpu_torch_writes_whole_json_and_the_same_twice():
    import torch

    if not torch.cuda.is_available():
        pytest.skip("not run: there is no CUDA device")
    kind, folder = KINDS["torch"]
    first, again = (kind(models(), folder, replace(SETTINGS, device="cuda")) for _ in range(2))
    answer = first.complete(PROMPT, SCHEMA, 3)
    assert answer.stopped == "whole"
    assert answer == again.complete(PROMPT, SCHEMA, 3)


_ELSEWHERE = """
import sys
from pathlib import Path
from tests.unit.resources.inference import test_local_language as here
backend = here.OnnxLanguage(Path(sys.argv[1]), "tiny-onnx", here.SETTINGS)
print(backend.identity, backend.complete(here.PROMPT, here.SCHEMA, 3).text)
assert "torch" not in sys.modules
"""


def test_another_process_writes_the_same_and_needs_no_torch(backends: dict[str, LocalLanguage], repository: Path):
    told = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, str(models())], cwd=repository, capture_output=True, check=True, text=True
    )
    backend = backends["onnxruntime"]
    assert told.stdout.strip() == f"{backend.identity} {backend.complete(PROMPT, SCHEMA, 3).text}"


def test_figures_are_told_under_one_set_of_names():
    figures = Figures()
    backend = OnnxLanguage(models(), "tiny-onnx", SETTINGS, metrics=figures)
    answer = backend.complete(PROMPT, SCHEMA, 1)
    labels = ("language", "onnxruntime")
    assert figures.seen == {
        ("narrative_model_load_seconds", *labels): 1,
        ("narrative_model_tokenize_seconds", *labels): 1,
        ("narrative_model_predict_seconds", *labels): 1,
        ("narrative_model_tokens_total", *labels): answer.tokens,
        ("narrative_model_prompt_tokens_total", *labels): answer.prompt_tokens,
    }


def test_a_model_is_loaded_at_the_first_call_kept_and_let_go():
    cache = ModelCache()
    backend = OnnxLanguage(models(), "tiny-onnx", SETTINGS, cache=cache)
    assert backend.readiness().ready
    assert len(cache) == 0
    backend.complete(PROMPT, SCHEMA, 1)
    assert len(cache) == 1
    backend.close()
    assert len(cache) == 0


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("tiny", "tiny-onnx"):
        shutil.copytree(models() / name, tmp_path / name)
    return tmp_path


def configure(folder: Path, **change: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


@pytest.mark.parametrize(
    ("name", "change", "named"),
    [
        ("onnxruntime", {"vocab_size": VOCABULARY + 1}, "logits of 2,048 tokens"),
        ("onnxruntime", {"eos_token_id": 4}, "not one model"),
        ("onnxruntime", {"auto_map": {"AutoModel": "evil.Model"}}, "code of its own"),
        ("onnxruntime", {"max_position_embeddings": None}, "max_position_embeddings"),
        ("torch", {"hidden_size": 128}, "cannot be made a model"),
        ("torch", {"num_hidden_layers": 3}, "lacks model.layers.2"),
        ("torch", {"model_type": "../../evil"}, "cannot be made a model"),
    ],
)
def test_a_model_that_does_not_hang_together_is_refused_by_name(
    copied: Path, name: str, change: dict[str, Any], named: str
):
    kind, folder = KINDS[name]
    configure(copied / folder, **change)
    with pytest.raises(ModelRefused, match=named):
        kind(copied, folder, SETTINGS).complete(PROMPT, SCHEMA, 1)


def test_a_graph_that_is_no_language_model_is_refused(copied: Path):
    from onnx import TensorProto, helper

    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [3]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", sides[:1], sides[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    (copied / "tiny-onnx" / "model.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelRefused, match="takes x and not ids"):
        OnnxLanguage(copied, "tiny-onnx", SETTINGS).complete(PROMPT, SCHEMA, 1)


def test_a_prompt_beyond_the_context_is_told(copied: Path):
    configure(copied / "tiny-onnx", max_position_embeddings=50)
    with pytest.raises(ModelError, match="takes in 50"):
        OnnxLanguage(copied, "tiny-onnx", SETTINGS).complete(PROMPT, SCHEMA, 1)


def test_what_is_missing_is_told_without_loading(copied: Path):
    (copied / "tiny-onnx" / "model.onnx").unlink()
    assert "model.onnx" in OnnxLanguage(copied, "tiny-onnx", SETTINGS).readiness().reason
    assert "no model 'other'" in TorchLanguage(copied, "other", SETTINGS).readiness().reason
    with pytest.raises(ModelError, match="'cuda' here"):
        OnnxLanguage(models(), "tiny-onnx", LanguageSettings(device="cuda")).complete(PROMPT, SCHEMA, 1)


def test_another_digest_than_the_stated_one_is_refused(copied: Path):
    with pytest.raises(ModelRefused, match="is expected"):
        OnnxLanguage(copied, "tiny-onnx", SETTINGS, sha256={"model.onnx": "0" * 64}).complete(PROMPT, SCHEMA, 1)


def test_identity_follows_the_files_and_the_settings(copied: Path):
    before = OnnxLanguage(copied, "tiny-onnx", SETTINGS).identity
    assert OnnxLanguage(models(), "tiny-onnx", SETTINGS).identity == before
    assert OnnxLanguage(copied, "tiny-onnx", LanguageSettings(tokens=9)).identity != before
    configure(copied / "tiny-onnx", hidden_act="gelu")
    assert OnnxLanguage(copied, "tiny-onnx", SETTINGS).identity != before


def chatting(copied: Path, template: str) -> OnnxLanguage:
    words = copied / "tiny-onnx" / "tokenizer_config.json"
    words.write_text(json.dumps(json.loads(words.read_text()) | {"chat_template": template}))
    return OnnxLanguage(copied, "tiny-onnx", SETTINGS)


def test_a_chat_template_shapes_the_prompt_in_a_sandbox(copied: Path):
    plain = OnnxLanguage(copied, "tiny-onnx", SETTINGS).complete(PROMPT, SCHEMA, 1)
    shaped = chatting(copied, "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}")
    assert shaped.complete(PROMPT, SCHEMA, 1).prompt_tokens > plain.prompt_tokens
    for hostile in (
        "{{ ''.__class__.__mro__[1].__subclasses__() }}{{ x.y.z }}",
        "{{ raise_exception('no system role') }}",
        "{% for i in range(99999) %}{{ 'x' * 99999 }}{% endfor %}",
        "{% for",
    ):
        with pytest.raises(ModelRefused, match="cannot be followed"):
            chatting(copied, hostile).complete(PROMPT, SCHEMA, 1)
