"""Every published contract: round trip, unknown fields, published schema, stable identity."""

from __future__ import annotations

import json
import random
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.canonical import canonical_json, content_hash
from schemas.errors import NarrativeError
from schemas.kinds import KINDS
from schemas.publish import PUBLISHED, json_schema
from schemas.reading import read_any, read_bytes
from tests.fakes.artifacts import sample
from tests.fakes.documents import documents

_KEYED_BY_DATA = {"minutes_to", "artifact_uris", "lineage_hashes"}
_UNKNOWN = {"note": "kept", "deep": [{"n": 1, "nothing": None, "share": 0.5}]}
_BOUNDS = {
    "string": ("maxLength", "pattern", "enum", "const", "format"),
    "array": ("maxItems",),
    "integer": ("maximum", "const", "enum"),
}
kinds = pytest.mark.parametrize("kind", sorted(KINDS))


def published(kind: str) -> dict[str, Any]:
    return json.loads((PUBLISHED / f"{kind}.schema.json").read_text(encoding="utf-8"))


def document(kind: str) -> dict[str, Any]:
    return json.loads(canonical_json(sample(kind)))


@kinds
def test_an_artifact_survives_the_way_through_bytes(kind: str) -> None:
    stored = canonical_json(sample(kind))
    again = read_bytes(stored, KINDS[kind])
    assert again == sample(kind)
    assert canonical_json(again) == stored
    assert type(read_any(stored)) is KINDS[kind]


@kinds
def test_unknown_fields_are_kept_at_every_level(kind: str) -> None:
    widened = _widened(document(kind), "")
    read = read_bytes(json.dumps(widened).encode(), KINDS[kind])
    assert json.loads(canonical_json(read)) == widened
    assert content_hash(read) != content_hash(sample(kind))


def _widened(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        inner = {key: _widened(item, key) for key, item in value.items()}
        return inner if field in _KEYED_BY_DATA else {**inner, "unknown_to_us": _UNKNOWN}
    return [_widened(item, field) for item in value] if isinstance(value, list) else value


@kinds
def test_the_published_schema_is_that_of_the_model(kind: str) -> None:
    path = PUBLISHED / f"{kind}.schema.json"
    assert path.is_file(), f"{path.name} is missing. Run: python -m schemas.publish"
    drifted = path.read_text(encoding="utf-8") != json_schema(KINDS[kind])
    assert not drifted, f"{path.name} differs from the model. Run: python -m schemas.publish"


def test_no_schema_is_published_for_a_kind_that_is_gone() -> None:
    assert {path.name for path in PUBLISHED.iterdir()} == {f"{kind}.schema.json" for kind in KINDS}


@kinds
def test_the_sample_is_valid_by_its_published_schema(kind: str) -> None:
    schema = published(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document(kind))


@kinds
def test_the_published_schema_asks_for_kind_and_version(kind: str) -> None:
    validator = jsonschema.Draft202012Validator(published(kind))
    for field in ("kind", "schema_version"):
        assert not validator.is_valid({key: item for key, item in document(kind).items() if key != field})
    assert not validator.is_valid({**document(kind), "kind": "Other"})


@kinds
def test_every_text_list_and_number_of_a_published_schema_is_bounded(kind: str) -> None:
    unbounded = []

    def visit(node: Any, place: str) -> None:
        if isinstance(node, dict):
            bound = _BOUNDS.get(str(node.get("type")), ())
            if bound and not any(key in node for key in bound):
                unbounded.append(place)
            for key, item in node.items():
                visit(item, f"{place}/{key}")
        elif isinstance(node, list):
            for index, item in enumerate(node):
                visit(item, f"{place}/{index}")

    visit(published(kind), kind)
    assert unbounded == []


@kinds
def test_identity_does_not_depend_on_the_order_of_keys_or_on_spacing(kind: str) -> None:
    whole = document(kind)
    for seed in range(3):
        shuffled = _shuffled(whole, random.Random(seed))
        read = read_bytes(json.dumps(shuffled, indent=seed, ensure_ascii=bool(seed)).encode(), KINDS[kind])
        assert content_hash(read) == content_hash(sample(kind))


def _shuffled(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(key, _shuffled(item, dice)) for key, item in value.items()]
        dice.shuffle(items)
        return dict(items)
    return [_shuffled(item, dice) for item in value] if isinstance(value, list) else value


@kinds
def test_what_is_left_at_its_default_has_the_identity_of_what_is_written_out(kind: str) -> None:
    whole = sample(kind)
    defaults = {name for name, field in KINDS[kind].model_fields.items() if field.default == getattr(whole, name)}
    short = {name: value for name, value in document(kind).items() if name not in defaults}
    read = read_bytes(json.dumps(short).encode(), KINDS[kind])
    assert content_hash(read) == content_hash(sample(kind))


@kinds
def test_an_artifact_cannot_be_changed_after_it_was_made(kind: str) -> None:
    with pytest.raises(ValueError, match="frozen"):
        sample(kind).kind = "Other"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"RenderPackageRequest"}))  # it holds three of the others
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_the_schema_allows_is_read_and_kept_or_refused_in_one_sentence(kind: str, data: st.DataObject) -> None:
    drawn = data.draw(documents(kind))
    try:
        read = read_bytes(json.dumps(drawn).encode(), KINDS[kind], where="drawn.json")
    except NarrativeError as error:
        # Rules between fields (a lock, an id that must exist) are beyond a JSON Schema.
        assert str(error).startswith("drawn.json: ")
        assert "\n" not in str(error)
        return
    stored = canonical_json(read)
    again = read_bytes(stored, KINDS[kind])
    assert canonical_json(again) == stored
    assert content_hash(read_bytes(json.dumps(_shuffled(drawn, random.Random(0))).encode(), KINDS[kind])) == (
        content_hash(read)
    )
    kept = json.loads(stored)
    assert {key: kept[key] for key in drawn} == {key: kept[key] for key in kept if key in drawn}
    assert all(kept[key] == item for key, item in drawn.items() if isinstance(item, str | int | bool))


@pytest.mark.parametrize(
    "kind", ["ContextPack", "Episode", "RunSummary", "ProviderCapabilities", "EpisodePlan", "StoryArc"]
)
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_document_without_rules_between_fields_is_never_refused(kind: str, data: st.DataObject) -> None:
    drawn = data.draw(documents(kind).filter(_ordered))
    jsonschema.Draft202012Validator(published(kind)).validate(drawn)
    assert type(read_bytes(json.dumps(drawn).encode(), KINDS[kind])) is KINDS[kind]


def _ordered(value: Any) -> bool:
    """Whether every story interval in ``value`` runs forward: the one rule between fields these kinds have."""
    if isinstance(value, dict):
        if "earliest" in value and value["earliest"] > value["latest"]:
            return False
        return all(_ordered(item) for item in value.values())
    return all(_ordered(item) for item in value) if isinstance(value, list) else True
