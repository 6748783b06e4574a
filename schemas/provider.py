"""Contracts between the platform and an HQ provider (plan section 22)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.base import Artifact, BlobUri, ElementId, Fps, MicroDollars, Part, Sha256, Slug
from schemas.shots import PromptFields, Shot


class ProviderCapabilities(Artifact):
    """What a provider says it can do."""

    VERSION: ClassVar[str] = "1.0.0"

    provider_id: Slug
    max_clip_duration_sec: Annotated[int, Field(ge=1, le=36_000)]
    supported_aspect_ratios: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9]{1,4}:[0-9]{1,4}$")], ...], Field(min_length=1, max_length=40)
    ]
    supported_fps: Annotated[tuple[Fps, ...], Field(min_length=1, max_length=40)]
    audio_support: bool
    image_to_video: bool
    text_to_video: bool
    max_resolution: Annotated[str, Field(pattern=r"^[0-9]{2,5}x[0-9]{2,5}$")]


class ProviderShotRequest(Part):
    """One shot for a provider: structured fields only, under the timing lock."""

    shot_ref: Shot
    asset_refs: Annotated[tuple[BlobUri, ...], Field(max_length=20)] = ()
    prompt_constraints: PromptFields
    timing_lock_hash: Sha256


class CostEstimate(Part):
    shot_id: ElementId
    estimated_cost: MicroDollars
    estimated_duration_sec: Annotated[int, Field(ge=0, le=864_000)]
    confidence: Literal["low", "medium", "high"]
