"""The canon asset: what an episode changes in what is true, judged by the gate and logged when approved."""

from collections.abc import Iterator

from dagster import AssetExecutionContext, Output, ResourceParam, asset

from narrative_assets.assets import views
from narrative_assets.assets.stage import Desk, hashes, open_desk
from narrative_assets.canon import canon_as_of, propose_diff, require_clean
from narrative_assets.partitions import EPISODES
from resources.durable import write_durably
from resources.studio import Studio
from schemas.canon import CanonDiff
from schemas.canonical import canonical_json, content_hash
from schemas.script import Script


@asset(
    group_name="b_canon",
    partitions_def=EPISODES,
    owners=["team:writers"],
    kinds={"python", "json"},
    output_required=False,
    io_manager_key="episode_io",
    pool="cpu_queue",
    code_version="1",
)
def canon_diff(
    context: AssetExecutionContext, studio: ResourceParam[Studio], script: Script
) -> Iterator[Output[CanonDiff]]:
    """The facts an episode adds and changes. A contradiction stops the episode here: nothing is rendered."""
    desk = open_desk(context, studio)
    with desk.at_work():
        canon = desk.canon()
        canon_hash = content_hash(canon)
        yield desk.produce(
            CanonDiff,
            code_version="1",
            parents=hashes(script=script, canon=canon_hash),
            compute=lambda: propose_diff(canon, script, content_hash(script), canon_hash),
            describe=views.diff,
            accept=lambda diff, digest: _settle(desk, diff, digest),
        )


def _settle(desk: Desk, diff: CanonDiff, digest: str) -> None:
    """Log a clean and approved diff, and write the project's canon as it stands now. Raises CanonConflict."""
    require_clean(diff)
    desk.require_approval("approve_canon_diff", digest)
    decision = desk.studio.approvals.newest("approve_canon_diff", digest)
    desk.studio.canon.append(diff, digest, decision.approver if decision else "canon gate")
    diffs = desk.studio.canon.diffs(desk.project.id)
    head = canon_as_of(desk.project, diffs, _after(diffs[-1].episode_id))
    folder = desk.studio.store.root / desk.studio.store.tenant / desk.project.id
    write_durably(folder / "Canon.json", canonical_json(head))


def _after(episode_id: str) -> str:
    """The id that follows in the season: canon as of it holds all that the season has settled."""
    season, _, number = episode_id.partition("e")
    return f"{season}e{int(number) + 1:0{len(number)}d}"
