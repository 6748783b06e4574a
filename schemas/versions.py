"""Schema versions: what a reader accepts, and the steps that bring older documents up to date."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from schemas.base import Artifact
from schemas.errors import ContractError

Document = dict[str, Any]

MIGRATIONS: dict[tuple[str, int], Callable[[Document], Document]] = {}
"""Step from major version N of a kind to N+1, keyed by (kind, N)."""


def upgrade(document: Document, contract: type[Artifact], where: str) -> Document:
    """``document`` at the contract's major version. Raises ContractError when there is no way there.

    A newer minor version is accepted: its unknown fields are kept.
    """
    name, current = contract.__name__, _major(contract.VERSION)
    version = document.get("schema_version")
    if not isinstance(version, str) or not re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", version):
        found = "is missing" if version is None else f"is {str(version)[:40]!r}"
        raise ContractError(
            f"{where}: schema_version {found}; a version such as {contract.VERSION!r} was expected.",
            remedy=f'Set "schema_version": "{contract.VERSION}".',
        )
    if _major(version) > current:
        raise ContractError(
            f"{where}: {name} {version} is newer than this program, which reads up to {current}.x.",
            remedy="Update the program, or export the document at an older version.",
        )
    for major in range(_major(version), current):
        step = MIGRATIONS.get((name, major))
        if step is None:
            raise ContractError(
                f"{where}: {name} {version} is too old: no migration leads from {major}.x to {major + 1}.x.",
                remedy="Produce it again from its inputs.",
            )
        document = step(document)
    return document


def _major(version: str) -> int:
    return int(version.partition(".")[0])
