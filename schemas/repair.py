"""The RepairLog contract: what a continuity repair changed in a script, and why."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.base import Artifact, ElementId, EpisodeId, Line, Part, Sha256, Slug, Text
from schemas.canon import FindingId, Judgement


class RepairChange(Part):
    """One change of one segment. ``before`` or ``after`` is empty where something was added or removed.

    ``segment`` says what was touched; ``element_id`` or ``claim_id`` which one, where it is one.
    """

    code: Slug
    finding_id: FindingId
    action: Literal["rewritten", "removed", "added"]
    segment: Literal["dialogue", "action", "sign", "heading", "summary", "presence", "claim", "cast", "thread"]
    scene_id: ElementId | None = None
    element_id: ElementId | None = None
    claim_id: ElementId | None = None
    before: Text = ""
    after: Text = ""
    why: Text


class RepairLog(Artifact):
    """What was changed in a script so that it agrees with canon, and what could not be mended."""

    VERSION: ClassVar[str] = "1.0.0"

    project_id: Slug
    episode_id: EpisodeId
    repair_version: Line
    original_hash: Sha256
    repaired_hash: Sha256
    changes: Annotated[tuple[RepairChange, ...], Field(max_length=20_000)] = ()
    unresolved: Annotated[tuple[Judgement, ...], Field(max_length=20_000)] = ()
