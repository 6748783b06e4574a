"""Embeddings: the same vector whatever stands beside, by every runtime, from files that are what they should be."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.inference.hashed_embedding import HashedEmbedding
from resources.inference.onnx_embedding import OnnxEmbedding, SessionSettings
from resources.inference.sentence_model import packaged_minilm
from resources.inference.torch_embedding import TorchEmbedding
from schemas.errors import ModelError, ModelRefused
from tests.fakes.terminal import ROOT

TEXTS = (
    "Mara gives Pip the brass key.",
    "Mara gives Pip the brass key.\n",
    "The lamp goes out during the storm.",
    "",
    "🙂 Ünïcödé and 漢字, all in one line.",
    "A ferry leaves the quay at dusk; nobody is on it.",
    " ".join(["rain"] * 600),
)
HASHED = "df8032d2b519b3a3"  # pragma: allowlist secret
IN_A_PROCESS_OF_ITS_OWN = """
import sys, hashlib
from pathlib import Path
from resources.inference.onnx_embedding import OnnxEmbedding
from resources.inference.sentence_model import packaged_minilm
from tests.unit.resources.memory.test_embeddings import TEXTS
vectors = OnnxEmbedding(packaged_minilm(), Path(sys.argv[1])).embed(TEXTS)
print(hashlib.sha256(vectors.tobytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def minilm(cache: Path) -> Iterator[OnnxEmbedding]:
    backend = OnnxEmbedding(packaged_minilm(), cache)
    yield backend
    backend.close()


def test_vectors_are_unit_vectors_of_the_stated_length(minilm: OnnxEmbedding) -> None:
    vectors = minilm.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), minilm.dimensions) == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert minilm.embed([]).shape == (0, 384)


@pytest.mark.slow
def test_onnxruntime_and_transformers_agree(minilm: OnnxEmbedding) -> None:
    reference = TorchEmbedding(packaged_minilm())
    assert reference.readiness().ready
    difference = np.abs(minilm.embed(TEXTS) - reference.embed(TEXTS)).max()
    reference.close()
    assert difference < 1e-6  # 2.0e-7 was measured over 200 texts


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None)
def test_a_text_has_the_same_bits_alone_and_in_company(minilm: OnnxEmbedding, texts: list[str]) -> None:
    together = minilm.embed(texts)
    alone = np.concatenate([minilm.embed([text]) for text in texts])
    assert together.tobytes() == alone.tobytes()


def test_texts_of_one_length_share_a_batch_without_touching_each_other(minilm: OnnxEmbedding) -> None:
    words = ("lamp", "door", "rain", "boat", "rope")
    texts = [f"the {a} and the {b} by the {c}" for a in words for b in words for c in words]
    assert len({len(ids) for ids in minilm.model.tokens(texts)}) == 1
    alone = np.concatenate([minilm.embed([text]) for text in texts[::11]])
    assert minilm.embed(texts)[::11].tobytes() == alone.tobytes()


def test_the_settings_of_the_session_change_no_vector(minilm: OnnxEmbedding, cache: Path) -> None:
    other = OnnxEmbedding(packaged_minilm(), cache, SessionSettings(threads=2, arena=False, batch_tokens=64))
    assert other.embed(TEXTS).tobytes() == minilm.embed(TEXTS).tobytes()


def test_what_exceeds_the_limit_is_cut_off(minilm: OnnxEmbedding) -> None:
    assert len(minilm.model.tokens(TEXTS[-1:])[0]) == 256
    longer = minilm.embed([TEXTS[-1] + " and then the lamp went out"])
    assert longer.tobytes() == minilm.embed(TEXTS[-1:]).tobytes()


def test_likeness_follows_meaning(minilm: OnnxEmbedding) -> None:
    asked, near, far = minilm.embed(["Who owns the car?", "The automobile belongs to Ada.", "Soup is served cold."])
    assert asked @ near > asked @ far + 0.2


def test_another_process_gets_the_same_bits(minilm: OnnxEmbedding, cache: Path) -> None:
    here = hashlib.sha256(minilm.embed(TEXTS).tobytes()).hexdigest()
    command = [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN, str(cache)]
    there = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert there.stdout.strip() == here


def test_the_graph_is_made_once_and_again_when_it_is_damaged(minilm: OnnxEmbedding, cache: Path) -> None:
    before = minilm.embed(TEXTS[:1])
    (graph,) = cache.glob("*.onnx")
    whole, made = graph.read_bytes(), graph.stat().st_mtime_ns
    OnnxEmbedding(packaged_minilm(), cache).embed(TEXTS[:1])
    assert graph.stat().st_mtime_ns == made
    graph.write_bytes(whole[: len(whole) // 2])
    again = OnnxEmbedding(packaged_minilm(), cache).embed(TEXTS[:1])
    assert graph.read_bytes() == whole
    assert again.tobytes() == before.tobytes()


def test_files_that_are_not_the_model_s_are_refused(tmp_path: Path) -> None:
    real = packaged_minilm()
    (tmp_path / "tokenizer.json").symlink_to(real.folder / "tokenizer.json")
    (tmp_path / "model.safetensors").write_bytes(b"not a model")
    stranger = replace(real, folder=tmp_path)
    with pytest.raises(ModelRefused, match="checksum"):
        OnnxEmbedding(stranger, tmp_path).embed(["text"])
    with pytest.raises(ModelRefused, match="checksum"):
        TorchEmbedding(stranger).embed(["text"])
    (tmp_path / "model.safetensors").unlink()
    assert not OnnxEmbedding(stranger, tmp_path).readiness().ready
    with pytest.raises(ModelRefused, match="No such file"):
        OnnxEmbedding(stranger, tmp_path).embed(["text"])


def test_text_without_a_unicode_form_is_an_error_in_words(minilm: OnnxEmbedding) -> None:
    with pytest.raises(ModelError, match="surrogate"):
        minilm.embed(["\ud800"])


def test_the_hashed_embedding_is_the_same_everywhere_and_near_for_the_same_words() -> None:
    backend = HashedEmbedding(64)
    vectors = backend.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 64)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert hashlib.sha256(vectors.tobytes()).hexdigest()[:16] == HASHED
    assert vectors.tobytes() == np.concatenate([backend.embed([text]) for text in TEXTS]).tobytes()
    key, near, far = HashedEmbedding().embed(["the brass key", "Pip drops a key of brass.", "Rain over the harbour"])
    assert key @ near > key @ far
    assert "spelling" in backend.readiness().reason
