"""Looks a shot list over before anything is rendered: does every picture agree with the story and with its neighbours?

The rules live in ``visual_story`` and ``visual_grammar``; here they are put in order.
"""

from __future__ import annotations

from narrative_assets.film.visual_findings import VisualFinding, scenes_of
from narrative_assets.film.visual_grammar import grammar_findings, travel_findings
from narrative_assets.film.visual_story import clothes_findings, story_findings
from schemas.project import Project
from schemas.script import Script
from schemas.shots import ShotList

__all__ = ["VISUAL_VERSION", "VisualFinding", "look_over"]

VISUAL_VERSION = "1"
"""Changes whenever the same shot list would be judged differently."""


def look_over(shot_list: ShotList, project: Project, script: Script | None = None) -> tuple[VisualFinding, ...]:
    """What in ``shot_list`` would look wrong, in timeline order; empty where all is well.

    Place and time of day, people, props and clothes are held against ``script`` where it is given; sides, lines of
    sight, sizes and directions need the shots alone.
    """
    views = list(scenes_of(shot_list, script))
    found: list[VisualFinding] = []
    for view in views:
        found += story_findings(view, project, script)
        found += grammar_findings(view)
    found += travel_findings(views)
    if script is not None:
        found += clothes_findings(views, project)
    order = {shot.shot_id: index for index, shot in enumerate(shot_list.shots)}
    return tuple(sorted(found, key=lambda each: (min(order[n] for n in each.shot_ids), each.code, each.message)))
