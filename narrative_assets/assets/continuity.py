"""What the story assets ask of canon: what bears on them, what it stands on, and a script that agrees with it."""

from collections.abc import Sequence
from functools import partial

from narrative_assets.assets.stage import Desk, hashes
from narrative_assets.assets.waiting import await_episode
from narrative_assets.canon import REPAIR_VERSION, episode_order, repair_script, rules_of
from narrative_assets.writing.context import assemble_context
from resources.registry import stage_key
from resources.studio import Studio
from schemas.canon import Canon, Waiver
from schemas.canonical import content_hash
from schemas.project import Project
from schemas.repair import RepairLog
from schemas.script import Script


def require_order(desk: Desk) -> None:
    """See to it that every earlier episode is settled, waiting a little for one that is being written right now.

    Raises StoryOrderPending for one that is on its way, StoryOrderError for one that nobody is making.
    """
    for episode_id in in_story_order(desk.project):
        if episode_order(episode_id) >= episode_order(desk.entry.id):
            return
        settled = partial(_settled, desk, episode_id)
        if not settled():
            await_episode(desk.context, desk.project.id, episode_id, settled)


def _settled(desk: Desk, episode_id: str) -> bool:
    return episode_id in desk.studio.canon.standing(desk.project.id, before=desk.entry.id)


def in_story_order(project: Project) -> list[str]:
    """The ids of the project's episodes as the story goes."""
    return sorted((entry.id for entry in project.episodes), key=episode_order)


def ends_season(project: Project, episode_id: str) -> bool:
    """Whether no further episode of the season follows."""
    season, number = episode_order(episode_id)
    return not any(s == season and n > number for s, n in map(episode_order, in_story_order(project)))


def following(episode_id: str) -> str:
    """The id after this one: canon as of it holds all that the episode has settled."""
    season, _, number = episode_id.partition("e")
    return f"{season}e{int(number) + 1:0{len(number)}d}"


def standing(desk: Desk, *, after: bool = False) -> dict[str, str]:
    """The hashes of what canon stands on before the episode (or right after it), by role."""
    before = following(desk.entry.id) if after else desk.entry.id
    diffs = desk.studio.canon.standing(desk.project.id, before=before)
    found = {"project": content_hash(desk.story_part())}
    for episode_id, stack in diffs.items():
        found |= {f"diff_{episode_id}" + (f"_{n}" if n else ""): digest for n, digest in enumerate(stack)}
    return found


def canon_for(desk: Desk, script: Script) -> tuple[int, Canon]:
    """The log's position and, as of it, the part of canon that bears on the script; kept for lineage."""
    require_order(desk)
    position = desk.studio.canon.head(desk.project.id)
    part = desk.studio.canon.scoped(desk.project, script, desk.entry.id)
    desk.keep(part, standing(desk))
    return position, part


def canon_for_writer(desk: Desk) -> Canon:
    """The part of canon that the episode's own people, places and things stand in; kept for lineage."""
    require_order(desk)
    part = canon_of_cast(desk.studio, desk.project, desk.entry.id)
    desk.keep(part, standing(desk))
    return part


def canon_of_cast(studio: Studio, project: Project, episode_id: str) -> Canon:
    """The part of canon before the episode that the project's people, places and things stand in."""
    own = {member.id for member in project.cast} | {place.id for place in project.places}
    return studio.canon.relevant(project, episode_id, own | {prop.id for prop in project.props})


def past(studio: Studio, project: Project, episode_id: str) -> str | None:
    """A hash of all of canon that a written episode relies on, as it stands now; None where none was written."""
    written = studio.store.head(project.id, episode_id, "", "Script")
    if written is None:
        return None
    pack = assemble_context(project, canon_of_cast(studio, project, episode_id), episode_id, studio.tokens)
    judged = studio.canon.scoped(project, studio.store.load(written, Script), episode_id)
    return content_hash(hashes(context=pack, canon=judged))


def stands_on(studio: Studio, project: Project, episode_id: str) -> set[str]:
    """What ``past`` said when the standing plan and diff of a written episode were made, whichever way they were."""
    found = []
    for kind, role in (("EpisodePlan", "context"), ("CanonDiff", "canon")):
        digest = studio.store.head(project.id, episode_id, "", kind)
        records = studio.store.made(digest) if digest else []
        found.append({each.parents[role] for each in records if role in each.parents})
    return {content_hash(hashes(context=pack, canon=canon)) for pack in found[0] for canon in found[1]}


def canon_after(desk: Desk) -> Canon:
    """All of canon right after the episode."""
    return desk.studio.canon.canon(desk.project, following(desk.entry.id))


def standing_waivers(desk: Desk) -> tuple[Waiver, ...]:
    """The waivers that have not expired before this episode."""
    here = episode_order(desk.entry.id)
    every = desk.studio.canon.waivers(desk.project.id)
    return tuple(waiver for waiver in every if episode_order(waiver.expires_after) >= here)


def waiver_parents(waivers: Sequence[Waiver]) -> dict[str, str]:
    """The waivers as an input of a stage."""
    return hashes(waivers=content_hash([each.model_dump(mode="json") for each in waivers])) if waivers else {}


def agreed(desk: Desk, draft: Script, canon: Canon, waivers: Sequence[Waiver], log_key: str) -> Script:
    """The draft, mended where it contradicts canon and the project allows that; the changes are kept as a log."""
    allowed = {"off": (), "generated": ("generated",), "all": ("generated", "imported")}[desk.project.auto_repair]
    if draft.origin not in allowed:
        return draft
    mended, log = repair_script(
        canon,
        draft,
        content_hash(canon),
        rules=rules_of(desk.project),
        waivers=waivers,
        season_end=ends_season(desk.project, desk.entry.id),
    )
    if log.changes or log.unresolved:
        desk.keep(log, hashes(canon=canon), key=log_key)
    return mended


def repair_log(desk: Desk, log_key: str) -> RepairLog | None:
    """What was mended in the script with this key, if anything was."""
    return desk.studio.store.find(log_key, RepairLog)


def repair_key(script_parents: dict[str, str]) -> str:
    """The key under which the log of a script's repair is kept."""
    return stage_key("RepairLog", script_parents, {}, REPAIR_VERSION)
