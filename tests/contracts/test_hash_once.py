"""The hash of a frozen model is computed once, and is that of its content, whoever else has lived at its address."""

from __future__ import annotations

import gc

import pytest

from schemas import canonical
from schemas.canonical import canonical_json, content_hash, sha256_hex
from schemas.project import Voice


def test_a_model_is_made_canonical_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def counted(value: object) -> bytes:
        made.append(value)
        return canonical_json(value)

    monkeypatch.setattr(canonical, "canonical_json", counted)
    voice = Voice(pitch=7)
    assert content_hash(voice) == content_hash(voice) == sha256_hex(canonical_json(voice))
    assert len(made) == 1
    assert content_hash(voice.model_copy(update={"pitch": 8})) == sha256_hex(canonical_json(Voice(pitch=8)))


def test_models_that_follow_one_another_in_memory_keep_their_own_hashes() -> None:
    for pitch in range(100):
        assert content_hash(Voice(pitch=pitch)) == sha256_hex(canonical_json(Voice(pitch=pitch)))


def test_nothing_is_kept_alive() -> None:
    before = len(canonical._hashes)
    voices = [Voice(pitch=pitch) for pitch in range(50)]
    assert len({content_hash(voice) for voice in voices}) == 50
    del voices
    gc.collect()
    assert len(canonical._hashes) <= before
