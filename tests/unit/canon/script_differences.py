"""Two scripts compared segment by segment, and what a repair's log says it touched: both as the same sort of keys."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.repair import RepairLog
from schemas.script import Scene, Script

Key = tuple[str, ...]
_THREADS = ("threads_opened", "threads_touched", "threads_closed")


def differing(before: Script, after: Script) -> set[Key]:
    """The segments in which the scripts differ; ``("else", …)`` for any other field."""
    return {*_of_script(before, after), *_of_scenes(before, after)}


def logged(log: RepairLog) -> set[Key]:
    """The segments that a log names."""
    return {
        tuple(
            part
            for part in ("text" if each.element_id else each.segment, each.scene_id, each.element_id or each.claim_id)
            if part
        )
        for each in log.changes
    }


def _of_script(before: Script, after: Script) -> Iterator[Key]:
    for field in Script.model_fields:
        if getattr(before, field) == getattr(after, field) or field == "scenes":
            continue
        if field == "cast":
            ids = [[member.character_id for member in script.cast] for script in (before, after)]
            yield ("cast",) if ids[0] == ids[1] else ("else", "cast")
        else:
            yield ("thread",) if field in _THREADS else ("else", field)


def _of_scenes(before: Script, after: Script) -> Iterator[Key]:
    if [scene.scene_id for scene in before.scenes] != [scene.scene_id for scene in after.scenes]:
        yield ("else", "scenes")
    for one, other in zip(before.scenes, after.scenes, strict=True):
        for field in Scene.model_fields:
            if field in ("elements", "claims") or getattr(one, field) == getattr(other, field):
                continue
            segment = {
                "present": "presence",
                "heading": "heading",
                "story_time": "heading",
                "frame": "heading",
                "summary": "summary",
            }
            yield (segment.get(field, "else"), one.scene_id)
        yield from _of_parts("text", one.scene_id, _elements(one), _elements(other))
        yield from _of_parts("claim", one.scene_id, _claims(one), _claims(other))


def _of_parts(kind: str, scene_id: str, before: dict[str, object], after: dict[str, object]) -> Iterator[Key]:
    kept = [key for key in after if key in before]
    if kept != [key for key in before if key in after]:
        yield ("else", scene_id, kind)
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield (kind, scene_id, key)


def _elements(scene: Scene) -> dict[str, object]:
    return {element.element_id: element for element in scene.elements}


def _claims(scene: Scene) -> dict[str, object]:
    return {claim.claim_id: claim for claim in scene.claims}
