"""Documents drawn from a published JSON Schema, for property tests: valid by the schema, otherwise anything."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from schemas.kinds import KINDS
from schemas.publish import json_schema

Schema = dict[str, Any]
_ANY_TEXT = {"^[^\\x00]*$": "\0", "^[^\\x00\\r\\n]*$": "\0\r\n"}
_MOST_ITEMS, _LONGEST_TEXT = 2, 40


def documents(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Documents that the published schema of ``kind`` allows, lists and texts kept short."""
    schema = json.loads(json_schema(KINDS[kind]))
    fixed = {"kind": st.just(kind), "schema_version": st.just(KINDS[kind].VERSION)}
    return _objects({**schema, "$defs": schema.get("$defs", {})}, schema.get("$defs", {}), fixed)


def _values(schema: Schema, definitions: Schema) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return st.deferred(lambda: _values(definitions[schema["$ref"].rpartition("/")[2]], definitions))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of([_values(each, definitions) for each in schema[several]])
    return _BY_TYPE[schema["type"]](schema, definitions)


def _strings(schema: Schema, definitions: Schema) -> st.SearchStrategy[str]:
    if schema.get("format") == "uuid":
        return st.uuids().map(str)
    pattern = schema.get("pattern", "^[^\\x00]*$")
    if pattern in _ANY_TEXT:
        letters = st.characters(codec="utf-8", exclude_characters=_ANY_TEXT[pattern])
        longest = min(_LONGEST_TEXT, schema.get("maxLength", _LONGEST_TEXT))
        return st.text(letters, min_size=schema.get("minLength", 0), max_size=longest)
    return st.from_regex(pattern.removesuffix("$") + r"\Z", fullmatch=True).filter(
        lambda text: schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 10**6)
    )


def _integers(schema: Schema, definitions: Schema) -> st.SearchStrategy[int]:
    step = schema.get("multipleOf", 1)
    low, high = schema.get("minimum", -(2**53) + 1), schema.get("maximum", 2**53 - 1)
    return st.integers(-(-low // step), high // step).map(lambda number: number * step)


def _arrays(schema: Schema, definitions: Schema) -> st.SearchStrategy[list[Any]]:
    least = schema.get("minItems", 0)
    return st.lists(_values(schema["items"], definitions), min_size=least, max_size=max(least, _MOST_ITEMS))


def _objects(
    schema: Schema, definitions: Schema, fixed: dict[str, st.SearchStrategy[Any]] | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        ((pattern, values),) = (
            schema["patternProperties"].items()
            if "patternProperties" in schema
            else [("^[a-z]{1,9}$", schema["additionalProperties"])]
        )
        keys = _strings({"pattern": pattern}, definitions)
        return st.dictionaries(keys, _values(values, definitions), max_size=_MOST_ITEMS)
    fields = {name: _values(each, definitions) for name, each in schema["properties"].items()} | (fixed or {})
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: values for name, values in fields.items() if name in required},
        optional={name: values for name, values in fields.items() if name not in required},
    )


_BY_TYPE = {
    "string": _strings,
    "integer": _integers,
    "boolean": lambda schema, definitions: st.booleans(),
    "null": lambda schema, definitions: st.none(),
    "array": _arrays,
    "object": _objects,
}
