"""Constrained decoding over scores of chance: always within the schema, always to an end, and the same by the seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from resources.inference.decoding import Budget, Decoded, Grammars, Sampling, Step, decode, repeats
from resources.inference.model_files import ModelFolder
from resources.inference.schema_bounds import bounds
from resources.inference.tokenizers import Tokenizer, open_tokenizer
from schemas.errors import ModelError
from tests.fakes.tiny_models import VOCABULARY, write_words


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    }  # fmt: skip


def words(least: int, most: int) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most}


SCHEMA = closed(
    id={"const": "sc01.e01"},
    number={"type": "integer", "minimum": -7, "maximum": 1000},
    text=words(1, 60),
    list={"type": "array", "minItems": 1, "maxItems": 6, "items": {"enum": ["alpha", "beta b", "gämma"]}},
    parts={"type": "array", "minItems": 0, "maxItems": 4, "items": closed(a=words(0, 9), b={"type": "boolean"})},
    either={"anyOf": [{"type": "null"}, words(2, 5)]},
)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    root = tmp_path_factory.mktemp("models")
    (root / "m").mkdir()
    write_words(root / "m", {})
    return open_tokenizer(ModelFolder(root, "m"))


@pytest.fixture(scope="module")
def grammars(tokenizer: Tokenizer) -> Grammars:
    return Grammars(tokenizer)


def chance(seed: int) -> Step:
    scores = np.random.default_rng(seed)
    return lambda ids: scores.normal(0, 3, VOCABULARY).astype(np.float32)


def fond_of(tokenizer: Tokenizer, wanted: bytes) -> Step:
    liked = np.array([piece == wanted for piece in tokenizer.token_bytes], np.float32) * 50
    return lambda ids: liked


def text(grammars: Grammars, step: Step, schema: dict[str, Any] = SCHEMA, seed: int = 0, **budget: Any) -> Decoded:
    return decode(
        step, grammars._tokenizer, grammars, schema, [0, 5], seed=seed, sampling=Sampling(1.0, 1.0),
        budget=Budget(**budget),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(25))
def test_any_scores_give_json_under_the_schema_without_white_space_or_nul(grammars: Grammars, seed: int):
    found = text(grammars, chance(seed), seed=seed)
    value = json.loads(found.text)
    assert found.stopped == "whole"
    jsonschema.validate(value, SCHEMA)
    assert found.text == json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert "\0" not in json.dumps(value)
    assert len(found.text.encode()) <= bounds(SCHEMA).longest


@pytest.mark.parametrize("seed", range(25))
def test_a_budget_of_the_closing_bound_always_gives_whole_json(grammars: Grammars, seed: int):
    found = text(grammars, chance(seed), seed=seed, tokens=bounds(SCHEMA).closing)
    assert found.stopped == "whole"
    jsonschema.validate(json.loads(found.text), SCHEMA)


def test_a_budget_that_ends_in_the_middle_closes_what_is_open(grammars: Grammars, tokenizer: Tokenizer):
    loath_to_end = np.array([-100 * (b'"' in piece) for piece in tokenizer.token_bytes], np.float32)
    long = closed(text=words(1, 2_000))
    limit = bounds(long).closing + 100
    for seed in range(5):
        found = text(grammars, lambda ids: loath_to_end, long, seed, tokens=limit)
        assert found.stopped == "whole"
        assert 100 <= len(found.ids) < limit
    assert text(grammars, chance(1), long, tokens=5).stopped == "length"


def test_the_seed_alone_decides_among_the_same_scores(grammars: Grammars):
    texts = [text(grammars, lambda ids: np.zeros(VOCABULARY, np.float32), seed=seed).text for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_what_is_settled_is_not_asked_of_the_model(grammars: Grammars):
    asked: list[int] = []

    def step(ids: list[int]) -> Any:
        asked.append(len(ids))
        return np.zeros(VOCABULARY, np.float32)

    found = text(grammars, step, closed(id={"const": "x" * 200}, on={"type": "boolean"}))
    assert len(asked) == 1
    assert asked[0] > 100
    assert found.stopped == "whole"


def test_a_model_that_repeats_itself_is_cut(grammars: Grammars, tokenizer: Tokenizer):
    found = text(grammars, fond_of(tokenizer, b" ch"), closed(text=words(1, 4_000)))
    assert found.stopped == "repetition"
    assert len(found.ids) < 60


@pytest.mark.parametrize(
    ("ids", "said"),
    [([7] * 24, True), ([7] * 23, False), ([1, 2, 3, 4, 5] * 6, True), ([1, 2, 3, 4, 5] * 5, False), ([], False)],
)
def test_repetition_is_one_passage_six_times_over(ids: list[int], said: bool):
    assert repeats([99, 98, *ids]) is said


def test_time_that_runs_out_is_said(grammars: Grammars):
    ticks = iter(range(10_000))
    found = text(grammars, chance(1), seconds=8.0, clock=lambda: float(next(ticks)))
    assert found.stopped == "time"
    assert SCHEMA["properties"]["id"]["const"] in found.text


@pytest.mark.parametrize(
    ("schema", "named"),
    [
        ({"type": "array", "maxItems": 3, "items": {"const": 1}, "uniqueItems": True}, "uniqueItems"),
        ({"const": 2, "not": {"const": 2}}, "not"),
        ({"type": "string", "maxLength": 3, "format": "zip-code"}, "zip-code"),
        (closed(text={"type": "string"}), r"\$\.text is a string without maxLength"),
        (closed(many={"type": "array", "items": {"const": 1}}), r"\$\.many is a list without maxItems"),
        (closed(n={"type": "integer", "minimum": 0}), "without minimum and maximum"),
        ({"type": "object", "properties": {}}, "properties of any name"),
        ({"$ref": "#/$defs/a", "$defs": {"a": closed(a={"$ref": "#/$defs/a"})}}, "holds itself"),
        ({"type": "number"}, "is of type 'number'"),
        ({"$ref": "#/$defs/none"}, "not there"),
    ],
)
def test_a_schema_that_cannot_be_kept_to_or_need_never_end_is_refused_at_once(
    grammars: Grammars, schema: dict[str, Any], named: str
):
    with pytest.raises(ModelError, match=named):
        grammars.of(schema)


def test_a_grammar_is_compiled_once_and_each_text_begins_it_anew(grammars: Grammars):
    assert grammars.of(SCHEMA) is grammars.of(json.loads(json.dumps(SCHEMA)))
    assert text(grammars, chance(3)).text == text(grammars, chance(3)).text


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_scores_that_are_no_numbers_are_named(grammars: Grammars, broken: float):
    step: Callable[[list[int]], Any] = lambda ids: np.full(VOCABULARY, broken, np.float32)  # noqa: E731
    with pytest.raises(ModelError, match="no numbers"):
        text(grammars, step)


def test_the_place_of_the_models_folder_does_not_matter(tmp_path: Path, grammars: Grammars):
    (tmp_path / "m").mkdir()
    write_words(tmp_path / "m", {})
    other = Grammars(open_tokenizer(ModelFolder(tmp_path, "m")))
    assert text(other, chance(4)) == text(grammars, chance(4))
