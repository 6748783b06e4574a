"""Reading a document into its contract: limits first, then kind and version, then the fields.

Every way a document can be wrong ends in one ContractError with the place, what was expected and a remedy.
"""

from __future__ import annotations

import codecs
import json
import stat
from pathlib import Path
from typing import Any, TypeVar

import pydantic_core
from pydantic import ValidationError

from schemas.base import Artifact
from schemas.errors import ContractError, InputError
from schemas.kinds import KINDS
from schemas.versions import upgrade

MAX_DOCUMENT_BYTES = 32 * 1024 * 1024
MAX_EXACT_INTEGER = 2**53 - 1

A = TypeVar("A", bound=Artifact)


def read_file(path: Path, contract: type[A]) -> A:
    """The contract stored at ``path``. Raises InputError for the file, ContractError for its content."""
    return read_bytes(read_limited(path), contract, where=path.name)


def read_limited(path: Path) -> bytes:
    """The bytes at ``path``, if it is a regular file of a size a document may have."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"{path} is a folder; a file was expected.", remedy="Give the path of the file itself.")
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{path} is no regular file.", remedy="Copy the document into a file.")
        if status.st_size > MAX_DOCUMENT_BYTES:
            raise _too_large(str(path), status.st_size)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", remedy="Check the path.") from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", remedy="Check the file and its rights."
        ) from error
    except ValueError as error:
        raise InputError(f"{str(path)!r} is no path: {error}.", remedy="Check the path.") from error


def parse_json(data: bytes, where: str) -> Any:
    """JSON as plain Python: no NaN, no key twice, no bottomless nesting, no number beyond exactness.

    Raises ContractError.
    """
    if len(data) > MAX_DOCUMENT_BYTES:
        raise _too_large(where, len(data))
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ContractError(
            f"{where} starts with a byte order mark.", remedy="Save it as UTF-8 without a byte order mark."
        )
    try:
        document = pydantic_core.from_json(data, allow_inf_nan=False)
        json.loads(data, object_pairs_hook=_keys_once)
    except ValueError as error:
        raise ContractError(
            f"{where} is not valid JSON: {error}.", remedy="Mend the place named and try again."
        ) from error
    inexact = _inexact(document, "")
    if inexact is not None:
        place, value = inexact
        raise ContractError(
            f"{where}: {place}: {_shown(value)} cannot be kept exactly.",
            remedy="Use finite numbers, and integers between -(2^53 - 1) and 2^53 - 1.",
        )
    return document


def _too_large(where: str, size: int) -> ContractError:
    return ContractError(
        f"{where} has {size / 1e6:.0f} MB; a document may have {MAX_DOCUMENT_BYTES / 1e6:.0f} MB.",
        remedy="Split it, or remove what does not belong in it.",
    )


def _keys_once(pairs: list[tuple[str, Any]]) -> None:
    """Refuse an object that names a key twice: readers disagree on which of the two counts."""
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise ValueError(f"the key {_shown(key)} stands twice in one object")
        seen.add(key)


def _inexact(value: Any, place: str) -> tuple[str, Any] | None:
    """Place and value of the first number that canonical JSON cannot hold."""
    if isinstance(value, dict):
        return next((found for key, item in value.items() if (found := _inexact(item, _at(place, key)))), None)
    if isinstance(value, list):
        return next((found for i, item in enumerate(value) if (found := _inexact(item, _at(place, i)))), None)
    if isinstance(value, float):
        return None if abs(value) < float("inf") else (place, value)
    return (place, value) if isinstance(value, int) and abs(value) > MAX_EXACT_INTEGER else None


def _at(place: str, step: str | int) -> str:
    return f"{place}.{step}" if place else str(step)


def read_bytes(data: bytes, contract: type[A], *, where: str = "the document") -> A:
    """The contract in ``data``: checked for kind, version, fields and exact representation."""
    document = parse_json(data, where)
    if not isinstance(document, dict):
        raise ContractError(f"{where} holds no JSON object.", remedy=f"A {contract.__name__} is an object: {{…}}.")
    kind = document.get("kind", None)
    if kind != contract.__name__:
        found = "no kind" if kind is None else f"kind {_shown(kind)}"
        raise ContractError(
            f"{where}: {found}; {contract.__name__!r} was expected.", remedy=f'Set "kind": "{contract.__name__}".'
        )
    document = upgrade(document, contract, where)
    try:
        parsed = contract.model_validate_json(pydantic_core.to_json(document))
    except ValidationError as error:
        raise _contract_error(error, where, contract) from error
    coerced = _coerced(document, parsed.model_dump(mode="json"), "")
    if coerced is not None:
        place, found, expected = coerced
        raise ContractError(
            f"{where}: {place}: {_shown(found)} was found where {_shown(expected)} would be expected.",
            remedy=f"See the published schema {contract.__name__}.schema.json.",
        )
    return parsed


def _coerced(found: Any, kept: Any, place: str) -> tuple[str, Any, Any] | None:
    """Place, found and kept value of the first field that changed its type on reading, as ``"24"`` to 24."""
    if isinstance(found, dict) and isinstance(kept, dict):
        pairs = ((_at(place, key), item, kept.get(key)) for key, item in found.items())
    elif isinstance(found, list) and isinstance(kept, list):
        pairs = ((_at(place, i), item, other) for i, (item, other) in enumerate(zip(found, kept, strict=True)))
    elif type(found) is type(kept) or (isinstance(found, float) and found == kept and not isinstance(kept, bool)):
        return None
    else:
        return place, found, kept
    return next((changed for at, item, other in pairs if (changed := _coerced(item, other, at))), None)


def read_any(data: bytes, *, where: str = "the document") -> Artifact:
    """The contract in ``data``, found by its ``kind``."""
    document = parse_json(data, where)
    kind = document.get("kind") if isinstance(document, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise ContractError(
            f"{where}: the kind {_shown(kind)} is unknown.", remedy="Known kinds: " + ", ".join(sorted(KINDS)) + "."
        )
    return read_bytes(data, KINDS[kind], where=where)


def _contract_error(error: ValidationError, where: str, contract: type[Artifact]) -> ContractError:
    """One sentence for the first problem; the count tells of the rest."""
    problems = error.errors(include_url=False, include_context=False)
    first = problems[0]
    place = ".".join(str(step) for step in first["loc"])
    more = f" ({len(problems) - 1} more problem(s) follow it)" if len(problems) > 1 else ""
    value = first.get("input")
    found = "" if first["type"] == "missing" or isinstance(value, dict | list) else f" (found {_shown(value)})"
    message = str(first["msg"]).removeprefix("Value error, ")
    return ContractError(
        f"{where}: {place}: {message}{found}{more}." if place else f"{where}: {message}{more}.",
        remedy=f"See the published schema {contract.__name__}.schema.json.",
    )


def _shown(value: Any) -> str:
    """``value`` as JSON writes it, cut to 80 characters."""
    text = json.dumps(value[:90] if isinstance(value, str) else value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."
