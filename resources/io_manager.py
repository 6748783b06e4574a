"""The IO manager: artifacts in the readable folder of their episode, written in one step and verified on reading."""

import hashlib
from pathlib import Path
from typing import Any

from dagster import InputContext, MetadataValue, OutputContext, UPathIOManager
from upath import UPath

from resources.durable import write_durably
from resources.registry import ArtifactStore
from schemas.base import Artifact
from schemas.canonical import canonical_json
from schemas.errors import InputError
from schemas.kinds import KINDS, PROFILED
from schemas.reading import read_bytes


def kind_of(asset_name: str) -> str:
    """The contract that an asset holds: ``shot_list`` is a ShotList."""
    return "".join(word.capitalize() for word in asset_name.split("_"))


class EpisodeIOManager(UPathIOManager):
    """Keeps ``{tenant}/{project}/{episode}/[profile/]Kind.json`` and the head of each kind in step."""

    def __init__(self, store: ArtifactStore, profile: str) -> None:
        self._store = store
        self._profile = profile
        super().__init__(base_path=UPath(store.root / store.tenant))

    def get_path_for_partition(self, context: InputContext | OutputContext, path: UPath, partition: str) -> UPath:
        """Override: the episode's own folder instead of one folder an asset."""
        kind = kind_of(context.asset_key.path[-1])
        folder = self._base_path / partition
        return (folder / self._profile if kind in PROFILED else folder) / f"{kind}.json"

    def dump_to_path(self, context: OutputContext, obj: Artifact, path: UPath) -> None:
        """Write the readable copy and move the episode's head to it."""
        data = canonical_json(obj)
        target = Path(str(path))
        if not target.is_file() or target.read_bytes() != data:
            write_durably(target, data)
        project, episode = context.partition_key.split("/")
        profile = self._profile if obj.kind in PROFILED else ""
        self._store.set_head(project, episode, profile, obj.kind, hashlib.sha256(data).hexdigest())

    def load_from_path(self, context: InputContext, path: UPath) -> Any:
        """The artifact that the head names: the readable copy is for people and may have been edited."""
        kind = kind_of(context.asset_key.path[-1])
        project, episode = context.asset_partition_keys[0].split("/")
        digest = self._store.head(project, episode, self._profile if kind in PROFILED else "", kind)
        if digest is None:
            raise InputError(
                f"{project}/{episode} has no {kind} yet.", remedy="Materialize what comes before it first."
            )
        return read_bytes(self._store.blobs.read(digest), KINDS[kind], where=f"{kind} of {project}/{episode}")

    def path_exists(self, path: UPath) -> bool:
        """Override: the head decides, not the readable copy."""
        return True

    def get_metadata(self, context: OutputContext, obj: Any) -> dict[str, MetadataValue]:
        """What the UI shows beside every artifact."""
        return {"schema_version": MetadataValue.text(obj.schema_version)}
