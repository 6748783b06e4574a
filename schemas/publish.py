"""The JSON Schemas as published: one file a contract under ``schemas/published``.

``python -m schemas.publish`` writes them; a test fails when they drift from the models.
"""

from __future__ import annotations

import json
from pathlib import Path

from schemas.base import Artifact
from schemas.kinds import KINDS

PUBLISHED = Path(__file__).parent / "published"


def json_schema(contract: type[Artifact]) -> str:
    """The contract's JSON Schema (draft 2020-12) as text, with kind and version required."""
    schema = contract.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = f"urn:narrative:{contract.__name__}:{contract.VERSION}"
    schema["properties"]["kind"] = {"const": contract.__name__}
    required = {"kind", "schema_version", *schema.get("required", [])}
    schema["required"] = sorted(required)
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def publish(folder: Path = PUBLISHED) -> None:
    """Write every schema into ``folder``."""
    folder.mkdir(exist_ok=True)
    for name, contract in sorted(KINDS.items()):
        (folder / f"{name}.schema.json").write_text(json_schema(contract), encoding="utf-8")


if __name__ == "__main__":
    publish()
