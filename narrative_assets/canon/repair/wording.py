"""The sentences that a repair may add, from a data file; which variant is chosen by what it is for."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files

from schemas.canonical import content_hash


def wording(kind: str, where: str, **slots: str) -> str:
    """A sentence of that kind for the place ``where`` in the script, with its slots filled.

    The same place and slots give the same sentence. Raises KeyError for a kind that the data does not hold.
    """
    variants = _variants()[kind]
    chosen = variants[int(content_hash([kind, where, slots])[:8], 16) % len(variants)]
    said = chosen.format(**slots)
    return said[:1].upper() + said[1:]


@lru_cache(maxsize=1)
def _variants() -> dict[str, list[str]]:
    data = files("narrative_assets.canon.repair").joinpath("wording.json").read_text(encoding="utf-8")
    found: dict[str, list[str]] = json.loads(data)
    return found
