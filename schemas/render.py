"""The RenderPlan and RenderOutput contracts: which source each need is met from, and what was made."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.assets import FigureVariant
from schemas.base import (
    Artifact,
    BlobUri,
    CentiBel,
    Count,
    ElementId,
    EpisodeId,
    Fps,
    Frames,
    Line,
    MediaType,
    Part,
    PositiveFrames,
    Sha256,
    Slug,
    Text,
)
from schemas.project import RenderProfile


class Rights(Part):
    """Licence and origin of an asset (plan section 25.2)."""

    license_type: Line
    attribution: Text = ""
    purchase_record: Line = ""
    provider_or_model: Line = ""
    retrieval_date: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
    redistributable: bool = False
    rights_override: bool = False
    approver_id: Line = ""


class BlobRef(Part):
    """Stored bytes: address, type, size, and pixels or samples where they have them."""

    uri: BlobUri
    media_type: MediaType
    size_bytes: Count
    width: Annotated[int, Field(ge=1, le=100_000)] | None = None
    height: Annotated[int, Field(ge=1, le=100_000)] | None = None
    samples: Count | None = None
    sample_rate: Annotated[int, Field(ge=1, le=768_000)] | None = None

    @property
    def sha256(self) -> str:
        """The content hash inside the address, 64 hex digits."""
        return self.uri.rpartition(":")[2]


class VariantPicture(Part):
    """The picture of one variant of a character pack."""

    variant: FigureVariant
    picture: BlobRef


class ResolvedAsset(Part):
    """A need that is met: from where, with which bytes, under which licence."""

    status: Literal["resolved"] = "resolved"
    need_id: ElementId
    source: Literal["library", "cache", "search", "generated_local", "generated_external"]
    blob: BlobRef | None = None
    variants: Annotated[tuple[VariantPicture, ...], Field(max_length=200)] = ()
    rights: Rights
    fallbacks: Annotated[tuple[BlobRef, ...], Field(max_length=10)] = ()

    @model_validator(mode="after")
    def _has_bytes(self) -> Self:
        if self.blob is None and not self.variants:
            raise ValueError(f"{self.need_id}: a resolved asset needs a blob or variants")
        return self


class Placeholder(Part):
    """A need that is not met: what was wanted, why it is missing, and what stands in for it."""

    status: Literal["placeholder"] = "placeholder"
    need_id: ElementId
    wanted: Line
    reason: Literal["not_in_library", "licence_unknown", "unreadable", "too_large", "wrong_type"]
    detail: Line = ""
    stand_in: BlobRef | None = None
    variants: Annotated[tuple[VariantPicture, ...], Field(max_length=200)] = ()
    rights: Rights


PlannedAsset = Annotated[ResolvedAsset | Placeholder, Field(discriminator="status")]


class RenderPlan(Artifact):
    """An episode's needs mapped to sources, under one profile and one timing lock."""

    VERSION: ClassVar[str] = "1.0.0"

    project_id: Slug
    episode_id: EpisodeId
    shot_list_hash: Sha256
    asset_manifest_hash: Sha256
    timing_lock_hash: Sha256
    profile: RenderProfile
    fps: Fps
    aspect: Annotated[str, Field(pattern=r"^[0-9]{1,5}:[0-9]{1,5}$")]
    assets: Annotated[tuple[PlannedAsset, ...], Field(max_length=50_000)]
    attributions: Annotated[tuple[Line, ...], Field(max_length=500)] = ()

    def placeholders(self) -> tuple[Placeholder, ...]:
        """The needs that nothing met, in plan order."""
        return tuple(asset for asset in self.assets if isinstance(asset, Placeholder))


class RenderedShot(Part):
    """A shot's clip: the key it was rendered under and the hash of its elementary stream."""

    shot_id: ElementId
    frames: PositiveFrames
    clip_key: Sha256
    clip_hash: Sha256
    mean_luma: Annotated[int, Field(ge=0, le=255)]


class CaptionFile(Part):
    format: Literal["srt", "vtt"]
    language: Line
    file: BlobRef


class Stem(Part):
    name: Literal["dialogue", "music", "effects", "mix"]
    file: BlobRef


class Chapter(Part):
    title: Line
    start_frame: Frames
    frames: PositiveFrames


class Loudness(Part):
    """Measured on the finished mix, in hundredths of LUFS, dBTP and LU."""

    integrated: CentiBel
    true_peak: CentiBel
    gain: CentiBel
    duck_depth: CentiBel = 0


class QualityFinding(Part):
    """One gate's figure: what was measured, the limit, and whether it holds."""

    gate: Slug
    passed: bool
    measured: Line
    limit: Line
    message: Text = ""


class RenderOutput(Artifact):
    """A finished episode: files by content, what was measured on them, and what they came from."""

    VERSION: ClassVar[str] = "1.0.0"

    project_id: Slug
    episode_id: EpisodeId
    profile_id: Slug
    shot_list_hash: Sha256
    asset_manifest_hash: Sha256
    render_plan_hash: Sha256
    timing_lock_hash: Sha256
    video: BlobRef
    video_stream_hash: Sha256
    audio_pcm_hash: Sha256
    captions: Annotated[tuple[CaptionFile, ...], Field(max_length=20)]
    stems: Annotated[tuple[Stem, ...], Field(max_length=10)] = ()
    contact_sheet: BlobRef | None = None
    fps: Fps
    total_frames: PositiveFrames
    shots: Annotated[tuple[RenderedShot, ...], Field(min_length=1, max_length=20_000)]
    chapters: Annotated[tuple[Chapter, ...], Field(max_length=2_000)] = ()
    loudness: Loudness
    quality: Annotated[tuple[QualityFinding, ...], Field(max_length=200)] = ()
    placeholder_need_ids: Annotated[tuple[ElementId, ...], Field(max_length=50_000)] = ()
    encoder: Line
