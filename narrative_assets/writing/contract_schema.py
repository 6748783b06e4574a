"""Parts of a contract's own JSON Schema, narrowed for one answer; nothing here is wider than the contract."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

_UPPER, _LOWER = ("maxLength", "maxItems", "maximum"), ("minLength", "minItems", "minimum")


def property_schema(contract: type[BaseModel], name: str, **narrower: Any) -> dict[str, Any]:
    """The schema of one field with every reference resolved, and bounds that are at least as tight.

    Patterns are left out: a local model's grammar lets no control sign through, and the contract is checked again
    when the answer is read. Raises ValueError for a bound that is wider than the contract's.
    """
    whole = contract.model_json_schema()
    part = _resolved(whole["properties"][name], whole)
    for key, value in narrower.items():
        own = part.get(key, value)
        if (key in _UPPER and value > own) or (key in _LOWER and value < own):
            raise ValueError(f"{contract.__name__}.{name}: {key} {value} is wider than the contract's {own}")
    kept = {key: value for key, value in part.items() if key not in ("default", "title", "description", "pattern")}
    return kept | narrower


def closed_object(properties: dict[str, Any]) -> dict[str, Any]:
    """An object with exactly these properties, all of them required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def exact_list(items: list[dict[str, Any]]) -> dict[str, Any]:
    """A list of exactly these items, in this order."""
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _resolved(part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    return whole["$defs"][reference.removeprefix("#/$defs/")] if reference else part
