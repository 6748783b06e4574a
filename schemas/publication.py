"""The PublishRecord contract: what a published episode consists of, what it was made from, which gates it passed."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from schemas.base import Artifact, EpisodeId, Fps, Line, Part, PositiveFrames, Sha256, Slug, Text
from schemas.render import BlobRef

FileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]


class PublishedFile(Part):
    """A file of the published episode: its name in the folder, and its bytes by content."""

    name: FileName
    file: BlobRef


class PassedGate(Part):
    """A gate that let the episode through: it held, it only advises, or a person overrode it, by name and reason."""

    judged: Annotated[str, StringConstraints(max_length=64)]
    """The contract that it judges."""
    gate: Slug
    outcome: Literal["held", "advised", "overridden"]
    measured: Line
    limit: Line
    by: Line = ""
    reason: Text = ""


class PublishRecord(Artifact):
    """An episode under one profile as it was published. It names no time and no place, so it is the same everywhere."""

    VERSION: ClassVar[str] = "1.0.0"

    project_id: Slug
    episode_id: EpisodeId
    profile_id: Slug
    title: Line
    script_hash: Sha256
    canon_diff_hash: Sha256
    shot_list_hash: Sha256
    asset_manifest_hash: Sha256
    render_plan_hash: Sha256
    render_output_hash: Sha256
    timing_lock_hash: Sha256
    fps: Fps
    total_frames: PositiveFrames
    files: Annotated[tuple[PublishedFile, ...], Field(min_length=1, max_length=50)]
    attributions: Annotated[tuple[Line, ...], Field(max_length=500)] = ()
    gates: Annotated[tuple[PassedGate, ...], Field(max_length=300)]
