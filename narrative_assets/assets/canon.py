"""Canon assets: what an episode changes in what is true, its record, and canon as it stands after it."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetExecutionContext, Output, ResourceParam, asset

from narrative_assets.assets import views
from narrative_assets.assets.continuity import (
    canon_after,
    canon_for,
    ends_season,
    standing,
    standing_waivers,
    waiver_parents,
)
from narrative_assets.assets.memory import remember
from narrative_assets.assets.refusals import shown_as_checks
from narrative_assets.assets.stage import Desk, hashes, open_desk
from narrative_assets.canon import (
    GATE_VERSION,
    blocking,
    canon_page,
    episode_record,
    propose_diff,
    require_clean,
    rules_of,
)
from narrative_assets.partitions import EPISODES
from resources.durable import write_durably
from resources.queues import LOCAL_AI
from resources.studio import Studio
from schemas.canon import Canon, CanonDiff
from schemas.canonical import content_hash
from schemas.errors import CanonMoved
from schemas.script import Script
from schemas.story import Episode, StoryArc

_CANON: dict[str, Any] = {
    "group_name": "b_canon",
    "partitions_def": EPISODES,
    "owners": ["team:writers"],
    "tags": {"narrative/scope": "episode"},
    "kinds": {"python", "json"},
    "output_required": False,
    "io_manager_key": "episode_io",
    "pool": LOCAL_AI,
}
_ATTEMPTS = 5


@asset(**{**_CANON, "tags": {**_CANON["tags"], "narrative/asks": "person"}}, code_version="2")
def canon_diff(
    context: AssetExecutionContext, studio: ResourceParam[Studio], script: Script
) -> Iterator[Output[CanonDiff]]:
    """The facts an episode adds and changes. A contradiction stops the episode here: nothing is rendered."""
    desk = open_desk(context, studio)
    with desk.at_work():
        position, base = canon_for(desk, script)
        base_hash, waivers = content_hash(base), standing_waivers(desk)
        yield desk.produce(
            CanonDiff,
            code_version="2",
            parents={
                **hashes(script=script, canon=base_hash, project=content_hash(desk.story_part())),
                **waiver_parents(waivers),
            },
            parameters={"season_end": ends_season(desk.project, desk.entry.id), "gate": GATE_VERSION},
            compute=lambda: propose_diff(
                base,
                script,
                content_hash(script),
                base_hash,
                rules=rules_of(desk.project),
                waivers=waivers,
                season_end=ends_season(desk.project, desk.entry.id),
            ),
            describe=views.diff,
            accept=lambda diff, digest: _settle(desk, script, diff, digest, position),
        )


def _settle(desk: Desk, script: Script, diff: CanonDiff, digest: str, position: int) -> None:
    """Log a clean and approved diff. Raises CanonConflict, ApprovalPending or CanonMoved, with nothing logged.

    In review mode a person decides about contradictions too.
    """
    if desk.project.continuity_mode == "strict":
        shown_as_checks(desk, diff, lambda: require_clean(diff))
    desk.require_approval("approve_canon_diff", digest, always=bool(blocking(diff)))
    decision = desk.studio.approvals.newest("approve_canon_diff", digest)
    approver, notes = (decision.approver, decision.notes) if decision else ("canon gate", "")
    for attempt in range(_ATTEMPTS):
        try:
            desk.studio.canon.append(desk.project, diff, digest, approver=approver, notes=notes, expected=position)
            return
        except CanonMoved:
            # What moved may not bear on this script; then the judgement stands, and only the position is old.
            position, base = canon_for(desk, script)
            if content_hash(base) != diff.base_canon_hash or attempt == _ATTEMPTS - 1:
                raise


@asset(**_CANON, code_version="1")
def episode(
    context: AssetExecutionContext,
    studio: ResourceParam[Studio],
    story_arc: StoryArc,
    script: Script,
    canon_diff: CanonDiff,
) -> Iterator[Output[Episode]]:
    """The record of the finished episode: its summary, what is new in it and which threads stay open."""
    desk = open_desk(context, studio)
    with desk.at_work():
        after = canon_after(desk)
        yield desk.produce(
            Episode,
            code_version="1",
            parents=hashes(
                story_arc=story_arc,
                script=script,
                canon_diff=canon_diff,
                threads=content_hash([thread.model_dump(mode="json") for thread in after.threads]),
            ),
            compute=lambda: episode_record(content_hash(story_arc), script, canon_diff, after),
            describe=views.episode,
            accept=lambda *_: remember(desk),
        )


@asset(**_CANON, code_version="1")
def canon(
    context: AssetExecutionContext, studio: ResourceParam[Studio], canon_diff: CanonDiff
) -> Iterator[Output[Canon]]:
    """All that is true once the episode is settled, with the log of what made it so."""
    desk = open_desk(context, studio)
    with desk.at_work():
        yield desk.produce(
            Canon,
            code_version="1",
            parents={**standing(desk, after=True)},
            compute=lambda: canon_after(desk),
            describe=lambda made: views.canon(made, studio.canon.entries(desk.project.id), rules_of(desk.project)),
            accept=lambda made, _: _write_page(desk, made),
        )


def _write_page(desk: Desk, canon: Canon) -> None:
    """Canon for people beside the episode."""
    folder = desk.studio.store.episode_folder(desk.project.id, desk.entry.id)
    write_durably(folder / "Canon.md", canon_page(canon, rules=rules_of(desk.project)).encode())
