"""Why a stage makes again what it had made before: what of its inputs is no longer the same, in words."""

from collections.abc import Mapping

from narrative_assets.writing.context_changes import why_changed
from resources.registry import ArtifactStore
from schemas.errors import NarrativeError
from schemas.story import ContextPack

_MAX_REASONS = 20
_MAX_LENGTH = 300
_WORDS = {
    "project": "the project file has changed",
    "screenplay": "the screenplay has changed",
    "story_arc": "the season's arc has changed",
    "episode_plan": "the episode's plan has changed",
    "draft": "the draft has changed",
    "script": "the script has changed",
    "canon": "canon has changed in what the script speaks of",
    "waivers": "a waiver was added or has expired",
    "shot_list": "the shot list has changed",
    "asset_manifest": "the needs have changed",
    "render_plan": "the render plan has changed",
    "recall": "what is recalled of earlier episodes has changed",
    "takes": "the takes chosen have changed",
    "canon_diff": "what the episode makes true has changed",
}


def reasons_to_remake(
    store: ArtifactStore, before: str | None, parents: Mapping[str, str], code_version: str
) -> tuple[str, ...]:
    """What differs between the record of the artifact with the hash ``before`` and the inputs of now.

    Empty where nothing was made before. A changed context pack is told item by item.
    """
    if before is None:
        return ()
    try:
        record = store.record(before)
    except NarrativeError:
        return ()
    found: list[str] = []
    for name in sorted(parents.keys() | record.parents.keys()):
        old, new = record.parents.get(name), parents.get(name)
        if old == new:
            continue
        told = _context(store, old, new) if name == "context" else []
        found += told or [_WORDS.get(name, f"{name.replace('_', ' ')} has changed")]
    if record.code_version != code_version:
        found.append("the program that makes it has changed")
    if len(found) > _MAX_REASONS:
        found = [*found[: _MAX_REASONS - 1], f"and {len(found) - _MAX_REASONS + 1} more"]
    return tuple(reason[:_MAX_LENGTH] for reason in found)


def _context(store: ArtifactStore, old: str | None, new: str | None) -> list[str]:
    """What came, went or changed in the context pack."""
    try:
        before, after = (store.load(digest, ContextPack) if digest else None for digest in (old, new))
    except NarrativeError:
        return []
    if before is None or after is None:
        return []
    return [change.words for change in why_changed(before, after)]
