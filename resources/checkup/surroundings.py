"""What the environment says of where things are kept: the folder, the database, the object store, the broker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Surroundings:
    """Where a deployment keeps what it makes. An empty address means that the part is not used."""

    root: Path
    tenant: str = "local"
    database: str = ""
    objects: str = ""
    objects_endpoint: str = ""
    broker: str = ""

    @classmethod
    def read(cls, root: Path, environment: Mapping[str, str]) -> Surroundings:
        """The surroundings that ``environment`` names, over the artifact folder ``root``."""
        return cls(
            root=root,
            tenant=environment.get("NARRATIVE_TENANT") or "local",
            database=environment.get("NARRATIVE_DATABASE", ""),
            objects=environment.get("NARRATIVE_OBJECTS_URL", ""),
            objects_endpoint=environment.get("NARRATIVE_OBJECTS_ENDPOINT", ""),
            broker=environment.get("NARRATIVE_BROKER", ""),
        )

    @property
    def database_url(self) -> str:
        """The registry's address: the one given, or SQLite in the artifact folder."""
        return self.database or f"sqlite:///{self.root / 'registry.sqlite'}"
