"""What is lettered over a shot, its lower third and its captions; and what of all lettering a clip's key covers.

Drawing lives in ``lower_thirds`` and ``burned_captions``; the cards that are shots of their own in ``cards`` and
``credits``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from narrative_assets.video.burned_captions import caption_strip
from narrative_assets.video.lower_thirds import lower_third
from narrative_assets.video.overlays import Overlay
from schemas.render import RenderPlan
from schemas.shots import Shot, ShotList

CARDS = ("title", "credits")


class Caption(Protocol):
    """A caption within a shot: frames from the shot's first."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def lines(self) -> tuple[str, ...]: ...
    @property
    def italic(self) -> bool: ...


@dataclass(frozen=True)
class Lettering:
    """What a plan has lettered beyond the shot list: attributions in the credits, and lower thirds or none."""

    attributions: tuple[str, ...] = ()
    lower_thirds: bool = True

    @classmethod
    def of(cls, plan: RenderPlan) -> Lettering:
        """The lettering that ``plan`` asks for."""
        return cls(plan.attributions, plan.profile.lower_thirds)


def overlays(
    shot: Shot, captions: Iterable[Caption], project_id: str, lettering: Lettering, width: int, height: int, fps: int
) -> tuple[Overlay, ...]:
    """All lettering over the frames of ``shot``: its lower third, then its burned-in captions."""
    third = lower_third(shot, project_id, width, height, fps) if lettering.lower_thirds else None
    burned = (Overlay(cue.start, cue.end, caption_strip(cue.lines, width, height, cue.italic)) for cue in captions)
    return (*((third,) if third else ()), *burned)


def card_key(shot: Shot, shot_list: ShotList, lettering: Lettering) -> list[Any]:
    """All that decides a card's lettering besides the frame's size; empty for any other shot."""
    if shot.framing.kind not in CARDS:
        return []
    titles = [shot_list.project_id, shot_list.series_title, shot_list.episode_id, shot_list.title, shot.screen_text]
    named = [list(shot_list.credits), list(lettering.attributions)] if shot.framing.kind == "credits" else []
    return [*titles, *named]


def third_key(shot: Shot, project_id: str, lettering: Lettering) -> list[Any]:
    """All that decides a shot's lower third besides the frame's size; empty where it has none."""
    if shot.lower_third is None or not lettering.lower_thirds:
        return []
    facings = [[figure.character_id, figure.facing] for figure in shot.figures]
    over = shot.framing.over_shoulder_of
    return [project_id, shot.lower_third.model_dump(mode="json"), bool(shot.audio.line_ids), over, facings]
