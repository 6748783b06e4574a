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
from schemas.shots import Framing, Movement

IsoDate = Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]


class Rights(Part):
    """Licence and origin of an asset (plan section 25.2)."""

    license_type: Line
    attribution: Text = ""
    purchase_record: Line = ""
    provider_or_model: Line = ""
    retrieval_date: IsoDate = ""
    expires: IsoDate = ""
    """The last day on which the licence allows the use; empty is without end."""
    title: Line = ""
    author: Line = ""
    source_url: Line = ""
    licence_url: Line = ""
    redistributable: bool = False
    rights_override: bool = False
    approver_id: Line = ""
    override_reason: Line = ""
    """Why a named person lets the file in against its licence."""


AssetSource = Literal["library", "cache", "search", "generated_local", "generated_external"]


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


class MouthStrip(Part):
    """A speaking face: boxes of one size side by side, one for each of ``SPOKEN_MOUTHS``; ``left`` and ``top`` are
    where such a box lies in the variant's own picture, in pixels.
    """

    picture: BlobRef
    left: Count
    top: Count


class VariantPicture(Part):
    """The picture of one variant of a character pack, and its mouth where it is seen speaking."""

    variant: FigureVariant
    picture: BlobRef
    mouths: MouthStrip | None = None


class PlateLayer(Part):
    """One layer of a place, farthest first. ``depth`` is how far it follows the camera: 0 the sky, 1000 the actors."""

    depth: Annotated[int, Field(ge=0, le=2_000)]
    picture: BlobRef


class Candidate(Part):
    """Something that could have met a need: where it was found, and why it was taken or not."""

    source: AssetSource
    name: Line
    chosen: bool = False
    reason: Line = ""
    licence_type: Line = ""


class ResolvedAsset(Part):
    """A need that is met: from where, with which bytes, under which licence."""

    status: Literal["resolved"] = "resolved"
    need_id: ElementId
    source: AssetSource
    blob: BlobRef | None = None
    layers: Annotated[tuple[PlateLayer, ...], Field(max_length=8)] = ()
    variants: Annotated[tuple[VariantPicture, ...], Field(max_length=200)] = ()
    rights: Rights
    considered: Annotated[tuple[Candidate, ...], Field(max_length=50)] = ()
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
    layers: Annotated[tuple[PlateLayer, ...], Field(max_length=8)] = ()
    variants: Annotated[tuple[VariantPicture, ...], Field(max_length=200)] = ()
    rights: Rights
    considered: Annotated[tuple[Candidate, ...], Field(max_length=50)] = ()


PlannedAsset = Annotated[ResolvedAsset | Placeholder, Field(discriminator="status")]


class TakeAsset(Part):
    """Another picture for a need, in one take of one shot."""

    need_id: ElementId
    picture: BlobRef
    rights: Rights


class Take(Part):
    """One candidate for a shot: what it shows differently. What is None or empty is as the shot list has it."""

    take_id: Slug
    origin: Literal["planned", "local", "external"] = "planned"
    note: Line = ""
    framing: Framing | None = None
    movement: Movement | None = None
    mirrored: bool = False
    assets: Annotated[tuple[TakeAsset, ...], Field(max_length=50)] = ()


class ShotTakes(Part):
    """The candidates for a shot and which of them is in the film."""

    shot_id: ElementId
    chosen: Slug
    takes: Annotated[tuple[Take, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _chosen_is_there(self) -> Self:
        ids = [take.take_id for take in self.takes]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{self.shot_id}: a take stands twice")
        if self.chosen not in ids:
            raise ValueError(f"{self.shot_id}: the chosen take {self.chosen!r} is not among its takes")
        return self

    def take(self) -> Take:
        """The take that is in the film."""
        return next(take for take in self.takes if take.take_id == self.chosen)


class UsedPack(Part):
    """The version of a character's pack that an episode's pictures were made under."""

    character_id: Slug
    version: Annotated[int, Field(ge=1, le=100_000)]
    pack_hash: Sha256


class RenderPlan(Artifact):
    """An episode's needs mapped to sources, under one profile and one timing lock."""

    VERSION: ClassVar[str] = "1.1.0"

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
    takes: Annotated[tuple[ShotTakes, ...], Field(max_length=20_000)] = ()
    packs: Annotated[tuple[UsedPack, ...], Field(max_length=500)] = ()

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
    """Captions as a file. ``sdh`` names speakers and sounds for the deaf and hard of hearing."""

    format: Literal["srt", "vtt", "ttml"]
    purpose: Literal["subtitles", "sdh"] = "sdh"
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
