"""The IO manager: artifacts in the readable folder of their episode, written in one step and verified on reading."""

from functools import lru_cache

from dagster import InputContext, IOManager, MetadataValue, OutputContext

from resources.durable import write_durably
from resources.registry import ArtifactStore
from schemas.base import Artifact
from schemas.canonical import canonical_json, sha256_hex
from schemas.errors import InputError
from schemas.kinds import KINDS, PROFILED
from schemas.reading import read_bytes

_HELD = 16
"""Artifacts kept as objects: those of one episode, which several stages and checks read."""


def kind_of(asset_name: str) -> str:
    """The contract that an asset holds: ``shot_list`` is a ShotList."""
    return "".join(word.capitalize() for word in asset_name.split("_"))


class EpisodeIOManager(IOManager):
    """Keeps ``{tenant}/{project}/{episode}/[profile/]Kind.json`` and the head of each kind in step.

    Not a UPathIOManager: the head decides which bytes are read, not a path, and that class logs two events for every
    artifact read, a third of what a run writes into Dagster's log.
    """

    def __init__(self, store: ArtifactStore, profile: str) -> None:
        self._store = store
        self._profile = profile
        self._read = lru_cache(maxsize=_HELD)(self._read_verified)

    def handle_output(self, context: OutputContext, obj: Artifact) -> None:
        """Write the readable copy and move the episode's head to it."""
        data = canonical_json(obj)
        project, episode = context.partition_key.split("/")
        profile = self._scope(obj.kind)
        target = self._store.episode_folder(project, episode, profile) / f"{obj.kind}.json"
        if not target.is_file() or target.read_bytes() != data:
            write_durably(target, data)
            self._store.show(target)
        self._store.set_head(project, episode, profile, obj.kind, sha256_hex(data))
        context.add_output_metadata({"path": MetadataValue.path(target), "schema_version": obj.schema_version})

    def load_input(self, context: InputContext) -> Artifact:
        """The artifact that the head names: the readable copy is for people and may have been edited."""
        kind = kind_of(context.asset_key.path[-1])
        project, episode = context.asset_partition_keys[0].split("/")
        digest = self._store.head(project, episode, self._scope(kind), kind)
        if digest is None:
            raise InputError(
                f"{project}/{episode} has no {kind} yet.", remedy="Materialize what comes before it first."
            )
        return self._read(digest, kind, f"{kind} of {project}/{episode}")

    def _scope(self, kind: str) -> str:
        return self._profile if kind in PROFILED else ""

    def _read_verified(self, digest: str, kind: str, where: str) -> Artifact:
        return read_bytes(self._store.blobs.read(digest), KINDS[kind], where=where)
