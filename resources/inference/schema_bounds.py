"""How long a JSON text under a schema can get: at most, and where it is brought to its end as soon as may be.

A schema without a bound is refused, because generation under it may never end. Lengths are bytes of JSON written
without white space, so that a budget of as many tokens always suffices.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from schemas.errors import ModelError

_ESCAPED = 4
"""Bytes that one character may take: UTF-8 takes four at most, and only two-byte escapes are permitted."""
_DEEPEST = 64
_BOOLEAN, _NULL = 5, 4


class Bounds(NamedTuple):
    """``closing`` is what a text still takes whose every open end is closed as soon as the schema allows it."""

    longest: int
    closing: int


def bounds(schema: dict[str, Any]) -> Bounds:
    """The lengths of texts under a schema. Raises ModelError naming what has no bound."""
    return _Measure(schema).of(schema, "$", 0)


class _Measure:
    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root

    def of(self, schema: Any, where: str, depth: int) -> Bounds:
        if not isinstance(schema, dict) or depth > _DEEPEST:
            raise unbounded(where, "may hold anything" if depth <= _DEEPEST else "holds itself")
        if "$ref" in schema:
            return self.of(self._named(schema["$ref"], where), where, depth + 1)
        if "const" in schema:
            return _both(_written(schema["const"]))
        if "enum" in schema:
            return _both(max(map(_written, schema["enum"])))
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self._any(schema[choice], f"{where}.{choice}", depth)
        return self._of_type(schema, where, depth)

    def _of_type(self, schema: dict[str, Any], where: str, depth: int) -> Bounds:
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, where, depth)
        if kind == "array":
            return self._array(schema, where, depth)
        if kind == "string":
            return _string(schema, where)
        if kind == "integer":
            if "minimum" not in schema or "maximum" not in schema:
                raise unbounded(where, "is an integer without minimum and maximum")
            return _both(max(_written(schema["minimum"]), _written(schema["maximum"])))
        if kind in ("boolean", "null"):
            return _both(_BOOLEAN if kind == "boolean" else _NULL)
        raise unbounded(where, f"is of type {kind!r}")

    def _named(self, reference: str, where: str) -> Any:
        found: Any = self._root
        for step in reference.removeprefix("#/").split("/"):
            if not isinstance(found, dict) or step not in found:
                raise unbounded(where, f"refers to {reference!r}, which is not there")
            found = found[step]
        return found

    def _any(self, branches: list[Any], where: str, depth: int) -> Bounds:
        found = [self.of(branch, where, depth + 1) for branch in branches]
        return Bounds(max(each.longest for each in found), max(each.closing for each in found))

    def _object(self, schema: dict[str, Any], where: str, depth: int) -> Bounds:
        if schema.get("additionalProperties") is not False:
            raise unbounded(where, "permits properties of any name")
        longest = closing = 2
        for name, part in schema.get("properties", {}).items():
            found = self.of(part, f"{where}.{name}", depth + 1)
            frame = _written(name) + 2
            longest, closing = longest + frame + found.longest, closing + frame + found.closing
        return Bounds(longest, closing)

    def _array(self, schema: dict[str, Any], where: str, depth: int) -> Bounds:
        first = schema.get("prefixItems", [])
        if "maxItems" not in schema and schema.get("items") is not False:
            raise unbounded(where, "is a list without maxItems")
        most = schema.get("maxItems", len(first))
        found = [self.of(part, f"{where}[{n}]", depth + 1) for n, part in enumerate(first[:most])]
        if most > len(first):
            rest = self.of(schema.get("items"), f"{where}[]", depth + 1)
            found += [rest] * (most - len(first))
        least = found[: schema.get("minItems", 0)]
        # One item more: the list may be about to begin one when closing begins.
        begun = max((each.closing for each in found[len(least) :]), default=0)
        return Bounds(2 + sum(each.longest + 1 for each in found), 3 + sum(each.closing + 1 for each in least) + begun)


def unbounded(where: str, why: str) -> ModelError:
    """The error for a schema that no budget suffices for."""
    return ModelError(
        f"The schema cannot be generated under: {where} {why}.",
        remedy="Give every string a maxLength, every list maxItems, every integer a range, every object its keys.",
    )


def _string(schema: dict[str, Any], where: str) -> Bounds:
    if "maxLength" not in schema:
        raise unbounded(where, "is a string without maxLength")
    most = 2 + _ESCAPED * schema["maxLength"]
    # What a pattern wants before it lets a string end is not known.
    return Bounds(most, most if "pattern" in schema else 2 + _ESCAPED * (schema.get("minLength", 0) + 1))


def _both(length: int) -> Bounds:
    return Bounds(length, length)


def _written(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=True, separators=(",", ":")))
