"""The SafetyReport contract: what was found in words and pictures asked for, against the project's rating."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.base import Artifact, ElementId, EpisodeId, Line, Part, Sha256, Slug, Text

Rating = Literal["G", "PG", "PG-13", "R"]


class SafetyFinding(Part):
    """Something that needs a higher rating than the project's, or that no rating allows (``needs`` is None)."""

    category: Slug
    needs: Rating | None
    severity: Literal["block", "warn"]
    scene_id: ElementId | None = None
    element_id: ElementId | None = None
    excerpt: Line
    message: Text
    remedy: Text = ""


class SafetyReport(Artifact):
    """What one enforcement point looked at, under which policy, and what it found. No finding is left out."""

    VERSION: ClassVar[str] = "1.0.0"

    project_id: Slug
    episode_id: EpisodeId
    point: Literal["script", "shot_prompts"]
    policy_version: Line
    rating: Rating
    mode: Literal["fail_closed", "warn_only"]
    subject_hash: Sha256
    texts_checked: Annotated[int, Field(ge=0, le=10_000_000)]
    verdict: Literal["clear", "warned", "blocked"]
    findings: Annotated[tuple[SafetyFinding, ...], Field(max_length=20_000)] = ()
