"""The record of a finished episode: what later ones may rely on, gathered once its diff is settled."""

from __future__ import annotations

from narrative_assets.canon.identity import episode_order
from schemas.canon import Canon, CanonDiff
from schemas.script import Script
from schemas.story import Episode

MAX_THREADS = 100


def episode_record(arc_hash: str, script: Script, diff: CanonDiff, after: Canon) -> Episode:
    """The record of ``script``'s episode, given its settled diff and canon right ``after`` it.

    ``arc_hash`` (64 hex digits) is the season's arc that the episode belongs to.
    """
    return Episode(
        project_id=script.project_id,
        episode_id=script.episode_id,
        episode_number=episode_order(script.episode_id)[1],
        arc_reference=arc_hash,
        title=script.title,
        summary=diff.summary,
        new_facts=tuple(fact.fact_id for fact in diff.added_facts),
        unresolved_threads=tuple(thread for thread in after.threads if not thread.closed)[:MAX_THREADS],
    )
