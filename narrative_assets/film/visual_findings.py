"""What is found when a shot list is looked over before anything is rendered, and the scenes it is looked at by.

The rules themselves live in ``visual_story`` and ``visual_grammar``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from schemas.script import Scene, Script
from schemas.shots import Shot, ShotList, ShotScene

Severity = Literal["error", "warn"]
RANK = {"far_left": 0, "left": 1, "centre": 2, "right": 3, "far_right": 4}
"""Slots from left to right."""
MOVING = ("walk", "run")
_CARDS = ("title", "credits")


@dataclass(frozen=True)
class VisualFinding:
    """Something that would look wrong: which rule, in which shots, what is seen and what to change.

    An ``error`` contradicts the story or turns left and right around; a ``warn`` is a rougher cut than need be.
    """

    code: str
    severity: Severity
    shot_ids: tuple[str, ...]
    message: str
    remedy: str


@dataclass(frozen=True)
class SceneView:
    """A scene's shots in order, how the timeline names it, and the scene of the script, where that is at hand."""

    scene: ShotScene
    shots: tuple[Shot, ...]
    written: Scene | None = None


def scenes_of(shot_list: ShotList, script: Script | None = None) -> Iterator[SceneView]:
    """The scenes of ``shot_list`` in order; cards are left out."""
    written = {scene.scene_id: scene for scene in script.scenes} if script else {}
    known = {scene.scene_id: scene for scene in shot_list.scenes}
    for scene_id, shots in groupby(shot_list.shots, key=lambda shot: shot.scene_id):
        seen = tuple(shot for shot in shots if shot.framing.kind not in _CARDS)
        if seen:
            yield SceneView(known[scene_id], seen, written.get(scene_id))
