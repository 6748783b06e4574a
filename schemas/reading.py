"""Reading a document into its contract: limits first, then kind and version, then the fields.

Every way a document can be wrong ends in one ContractError with the place, what was expected and a remedy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import pydantic_core
from pydantic import ValidationError

from schemas.base import Artifact
from schemas.canonical import canonical_json
from schemas.errors import ContractError, InputError
from schemas.kinds import KINDS
from schemas.versions import upgrade

MAX_DOCUMENT_BYTES = 32 * 1024 * 1024

A = TypeVar("A", bound=Artifact)


def read_file(path: Path, contract: type[A]) -> A:
    """The contract stored at ``path``. Raises InputError for the file, ContractError for its content."""
    return read_bytes(read_limited(path), contract, where=path.name)


def read_limited(path: Path) -> bytes:
    """The bytes at ``path``, if it is a regular file of a size a document may have."""
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; a file was expected.", remedy="Give the path of the file itself.")
        size = path.stat().st_size
        if size > MAX_DOCUMENT_BYTES:
            raise ContractError(
                f"{path} has {size / 1e6:.0f} MB; a document may have {MAX_DOCUMENT_BYTES / 1e6:.0f} MB.",
                remedy="Split it, or remove what does not belong in it.",
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", remedy="Check the path.") from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", remedy="Check the file and its rights."
        ) from error


def parse_json(data: bytes, where: str) -> Any:
    """JSON as plain Python: no NaN, no bottomless nesting. Raises ContractError."""
    if len(data) > MAX_DOCUMENT_BYTES:
        raise ContractError(
            f"{where} has {len(data) / 1e6:.0f} MB; a document may have {MAX_DOCUMENT_BYTES / 1e6:.0f} MB.",
            remedy="Split it, or remove what does not belong in it.",
        )
    try:
        return pydantic_core.from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise ContractError(
            f"{where} is not valid JSON: {error}.", remedy="Mend the place named and try again."
        ) from error


def read_bytes(data: bytes, contract: type[A], *, where: str = "the document") -> A:
    """The contract in ``data``: checked for kind, version, fields and exact representation."""
    document = parse_json(data, where)
    if not isinstance(document, dict):
        raise ContractError(f"{where} holds no JSON object.", remedy=f"A {contract.__name__} is an object: {{…}}.")
    kind = document.get("kind", None)
    if kind != contract.__name__:
        found = "no kind" if kind is None else f"kind {str(kind)[:60]!r}"
        raise ContractError(
            f"{where}: {found}; {contract.__name__!r} was expected.", remedy=f'Set "kind": "{contract.__name__}".'
        )
    document = upgrade(document, contract, where)
    try:
        # JSON mode, so that arrays become tuples and nothing else is coerced beyond what JSON needs.
        parsed = contract.model_validate_json(pydantic_core.to_json(document), strict=None)
    except ValidationError as error:
        raise _contract_error(error, where, contract) from error
    except ValueError as error:
        raise ContractError(f"{where} cannot be read as {contract.__name__}: {error}.") from error
    canonical_json(parsed)
    return parsed


def read_any(data: bytes, *, where: str = "the document") -> Artifact:
    """The contract in ``data``, found by its ``kind``."""
    document = parse_json(data, where)
    kind = document.get("kind") if isinstance(document, dict) else None
    if kind not in KINDS:
        raise ContractError(
            f"{where}: the kind {str(kind)[:60]!r} is unknown.", remedy="Known kinds: " + ", ".join(sorted(KINDS)) + "."
        )
    return read_bytes(data, KINDS[kind], where=where)


def _contract_error(error: ValidationError, where: str, contract: type[Artifact]) -> ContractError:
    """One sentence for the first problem; the count tells of the rest."""
    problems = error.errors(include_url=False, include_context=False)
    first = problems[0]
    place = ".".join(str(step) for step in first["loc"]) or "the document itself"
    more = f" ({len(problems) - 1} more problem(s) follow it)" if len(problems) > 1 else ""
    found = "" if first["type"] == "missing" else f" (found {_shown(first.get('input'))})"
    message = str(first["msg"]).removeprefix("Value error, ")
    return ContractError(
        f"{where}: {place}: {message}{found}{more}.",
        remedy=f"See the published schema {contract.__name__}.schema.json.",
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
