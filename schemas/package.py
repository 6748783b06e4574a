"""The RenderPackage v1 request and response (plan section 21): the Video Engine's public interface."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.assets import AssetManifest
from schemas.base import Artifact, BlobUri, Line, Part, Sha256, Slug, Text
from schemas.render import RenderPlan
from schemas.run import RunSummary
from schemas.shots import ShotList

Output = Literal["video", "captions", "audio_stems", "run_summary"]
HttpsUrl = Annotated[str, Field(pattern=r"^https?://[^\s\x00]{1,2000}$")]


class PackageInputs(Part):
    """Each input is inline or an address of stored bytes; never prose."""

    shotlist_ref: ShotList | BlobUri
    asset_manifest_ref: AssetManifest | BlobUri
    render_plan_ref: RenderPlan | BlobUri


class LoggingOptions(Part):
    trace_level: Literal["debug", "info", "warning", "error"] = "info"
    redact: Annotated[tuple[Slug, ...], Field(max_length=50)] = ()


class RenderPackageRequest(Artifact):
    """Ask for a render. Replaying an ``idempotency_key`` returns the stored result."""

    VERSION: ClassVar[str] = "1.0.0"

    request_id: UUID
    idempotency_key: Annotated[str, Field(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    tenant_id: Slug
    render_profile: Slug
    inputs: PackageInputs
    desired_outputs: Annotated[tuple[Output, ...], Field(min_length=1, max_length=4)] = ("video", "captions")
    callbacks: Annotated[tuple[HttpsUrl, ...], Field(max_length=10)] = ()
    logging_options: LoggingOptions = LoggingOptions()

    @model_validator(mode="after")
    def _one_profile(self) -> Self:
        plan = self.inputs.render_plan_ref
        if isinstance(plan, RenderPlan) and plan.profile.id != self.render_profile:
            raise ValueError(f"render_profile is {self.render_profile!r}; the plan is for {plan.profile.id!r}")
        return self


class PackageError(Part):
    code: Slug
    message: Text
    stage: Slug
    recoverable: bool


class CallbackOutcome(Part):
    """Whether a callback was told, and why not. The address is without what may be secret in it."""

    url: Line
    sent: bool = False
    reason: Line = ""


class RenderPackageResponse(Artifact):
    """What became of a request. ``degraded``: rendered, with stand-ins or with advice from the gates."""

    VERSION: ClassVar[str] = "1.1.0"

    request_id: UUID
    status: Literal["queued", "in_progress", "completed", "failed", "degraded"]
    artifact_uris: Annotated[dict[Slug, BlobUri], Field(max_length=100)] = {}
    lineage_hashes: Annotated[dict[Line, Sha256], Field(max_length=100)] = {}
    run_summary: RunSummary | None = None
    errors: Annotated[tuple[PackageError, ...], Field(max_length=1_000)] = ()
    callbacks: Annotated[tuple[CallbackOutcome, ...], Field(max_length=10)] = ()
