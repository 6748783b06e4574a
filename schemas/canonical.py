"""Canonical JSON (RFC 8785) and the content hash: the identity of everything stored."""

from __future__ import annotations

import hashlib
import weakref
from typing import Any

import rfc8785
from pydantic import BaseModel

from schemas.errors import ContractError


def canonical_json(value: BaseModel | Any) -> bytes:
    """Bytes of ``value`` as canonical JSON. Raises ContractError for what JSON cannot hold exactly."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    try:
        return rfc8785.dumps(plain)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise ContractError(
            f"This value has no canonical JSON: {error}.",
            remedy="Use finite numbers, integers within 2^53 and text without lone surrogates.",
        ) from error


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def content_hash(value: BaseModel | Any) -> str:
    """SHA-256 of the canonical JSON of ``value``, 64 hex digits. That of a frozen model is computed once."""
    if not isinstance(value, BaseModel) or not value.model_config.get("frozen"):
        return sha256_hex(canonical_json(value))
    key = id(value)
    known = _hashes.get(key)
    if known is not None and known[0]() is value:
        return known[1]
    digest = sha256_hex(canonical_json(value))
    _hashes[key] = (weakref.ref(value, lambda _: _hashes.pop(key, None)), digest)
    return digest


_hashes: dict[int, tuple[weakref.ref[BaseModel], str]] = {}
"""By the identity of models that are alive: equal ones need not be compared, and none is kept alive by this."""
