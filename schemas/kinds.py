"""Every published contract by name."""

from __future__ import annotations

from schemas.assets import AssetManifest
from schemas.base import Artifact
from schemas.canon import Canon, CanonDiff
from schemas.models import ModelInventory, ModelSmokeReport
from schemas.package import RenderPackageRequest, RenderPackageResponse
from schemas.packs import CharacterPack
from schemas.project import Project
from schemas.provider import ProviderCapabilities
from schemas.publication import PublishRecord
from schemas.render import RenderOutput, RenderPlan
from schemas.repair import RepairLog
from schemas.run import RunSummary
from schemas.safety import SafetyReport
from schemas.script import Script
from schemas.shots import ShotList
from schemas.story import ContextPack, Episode, EpisodePlan, StoryArc

KINDS: dict[str, type[Artifact]] = {
    contract.__name__: contract
    for contract in (
        Project,
        Canon,
        CanonDiff,
        StoryArc,
        EpisodePlan,
        Episode,
        ContextPack,
        Script,
        RepairLog,
        SafetyReport,
        ShotList,
        AssetManifest,
        CharacterPack,
        RenderPlan,
        RenderOutput,
        PublishRecord,
        RenderPackageRequest,
        RenderPackageResponse,
        ProviderCapabilities,
        RunSummary,
        ModelInventory,
        ModelSmokeReport,
    )
}

PROFILED = frozenset({"RenderPlan", "RenderOutput", "PublishRecord"})
"""Kinds that depend on the render profile; all others are shared by an episode's profiles."""
