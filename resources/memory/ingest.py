"""Episodes into memory: what is settled in canon and not held yet, or held as it was before a rewrite."""

from __future__ import annotations

from collections.abc import Sequence

from narrative_assets.canon import rules_of
from resources.memory.items import items_of
from resources.memory.store import Replaced, VectorMemory
from resources.studio import Studio
from schemas.canon import CanonDiff
from schemas.canonical import content_hash
from schemas.project import Project
from schemas.script import Script

RECIPE_VERSION = "1"
"""Raise it when items are made otherwise from the same episode."""


def ingest_settled(studio: Studio, memory: VectorMemory, project: Project, before: str = "") -> dict[str, Replaced]:
    """Bring memory up to canon, for episodes before one where one is named; what changed, by episode.

    Memory is derived: whoever reads it calls this first, and so finds what canon stands on at that moment.
    """
    held, names, rules, done = memory.sources(project.id), names_of(project), rules_of(project), {}
    words = {name: [rule.says, rule.denies] for name, rule in rules.items()}
    for episode_id, hashes in studio.canon.standing(project.id, before=before).items():
        source = content_hash([RECIPE_VERSION, names, words, *hashes])
        if held.get(episode_id) == source:
            continue
        diffs = [studio.canon.diff(each) for each in hashes]
        script = _script(studio, diffs)
        if script is not None:
            items = items_of(script, diffs, names | _added(diffs), rules, source)
            done[episode_id] = memory.replace_episode(project.id, episode_id, items)
    standing = studio.canon.standing(project.id)
    for episode_id in sorted(held.keys() - standing.keys()):
        done[episode_id] = memory.replace_episode(project.id, episode_id, ())
    return done


def names_of(project: Project) -> dict[str, str]:
    """The names of a project's people, places and things by id."""
    names = {member.id: member.name for member in project.cast}
    names |= {place.id: place.name for place in project.places}
    return names | {prop.id: prop.name for prop in project.props}


def _added(diffs: Sequence[CanonDiff]) -> dict[str, str]:
    names = {each.character_id: each.name for diff in diffs for each in diff.added_characters}
    names |= {each.location_id: each.name for diff in diffs for each in diff.added_locations}
    return names | {each.thing_id: each.name for diff in diffs for each in diff.added_things}


def _script(studio: Studio, diffs: Sequence[CanonDiff]) -> Script | None:
    """The script that the diffs were made from; None where there are amendments alone."""
    found = next((diff.script_hash for diff in diffs if diff.script_hash is not None), None)
    return studio.store.load(found, Script) if found is not None else None
