"""Story assets: the season's arc, the episode's plan, and its script (written, or imported from a screenplay)."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetExecutionContext, Output, ResourceParam, asset

from narrative_assets.assets import views, words
from narrative_assets.assets.continuity import (
    agreed,
    canon_for,
    canon_for_writer,
    ends_season,
    repair_key,
    repair_log,
    standing_waivers,
    waiver_parents,
)
from narrative_assets.assets.memory import recall_for
from narrative_assets.assets.refusals import shown_as_checks
from narrative_assets.assets.safety import judged_script
from narrative_assets.assets.stage import Desk, hashes, open_desk
from narrative_assets.canon import GATE_VERSION, REPAIR_VERSION
from narrative_assets.partitions import EPISODES
from narrative_assets.safety import require_safe
from narrative_assets.writing.arc import plan_arc
from narrative_assets.writing.context import assemble_context, standing_hash
from narrative_assets.writing.fountain import Screenplay, parse_screenplay
from narrative_assets.writing.imported import import_script, imported_arc, imported_plan
from narrative_assets.writing.plan import plan_episode
from narrative_assets.writing.recall import with_recall
from narrative_assets.writing.script import draft_script
from resources.inference.configured import Wording
from resources.queues import LOCAL_AI
from resources.studio import Studio
from schemas.canonical import content_hash
from schemas.project import ScreenplaySource
from schemas.script import Script
from schemas.story import ContextPack, EpisodePlan, StoryArc

_STORY: dict[str, Any] = {
    "group_name": "a_story",
    "partitions_def": EPISODES,
    "owners": ["team:writers"],
    "tags": {"narrative/scope": "episode"},
    "output_required": False,
    "io_manager_key": "episode_io",
    "pool": LOCAL_AI,
}


@asset(**_STORY, kinds={"python", "json"}, code_version="1")
def story_arc(context: AssetExecutionContext, studio: ResourceParam[Studio]) -> Iterator[Output[StoryArc]]:
    """The season's shape: acts, what each episode asks, and the threads planted and paid off."""
    desk = open_desk(context, studio)
    season = int(desk.entry.id[1:3])
    make = imported_arc if desk.entry.screenplay else plan_arc
    with desk.at_work():
        yield desk.produce(
            StoryArc,
            code_version="1",
            parents=hashes(project=content_hash(desk.story_part())),
            parameters={"season": season, "imported": desk.entry.screenplay is not None},
            compute=lambda: make(desk.project, season),
            describe=views.arc,
        )


# No pool: it may wait for the episode before, whose own stages need the pool's slots to get on.
@asset(**{**_STORY, "pool": None}, kinds={"python", "json"}, code_version="3")
def episode_plan(
    context: AssetExecutionContext, studio: ResourceParam[Studio], story_arc: StoryArc
) -> Iterator[Output[EpisodePlan]]:
    """What happens, beat by beat, on top of canon as it stands before the episode."""
    desk = open_desk(context, studio)
    with desk.at_work():
        pack, past = _context_pack(desk)
        yield desk.produce(
            EpisodePlan,
            code_version="3",
            parents={**hashes(story_arc=story_arc), **past, **_sources(desk)},
            compute=lambda: _plan(desk, story_arc, pack),
            describe=views.plan,
        )


@asset(**_STORY, kinds={"python", "markdown"}, code_version="3")
def script(
    context: AssetExecutionContext,
    studio: ResourceParam[Studio],
    language: ResourceParam[Wording],
    story_arc: StoryArc,
    episode_plan: EpisodePlan,
) -> Iterator[Output[Script]]:
    """The screenplay: scenes, dialogue, actions, and what they claim about the world.

    A language model, where one is configured, words the lines; what does not fit is not taken. Where the draft
    contradicts canon and the project allows it, its segments are mended before anything is settled.
    """
    desk = open_desk(context, studio)
    with desk.at_work():
        pack, past = _context_pack(desk)
        sources = {**hashes(story_arc=story_arc, episode_plan=episode_plan), **past, **_sources(desk)}
        worded = {} if desk.entry.screenplay or not language.identity else {"language": language.identity}
        draft = desk.drafted(
            Script,
            {**sources, **{name: content_hash(by) for name, by in worded.items()}},
            "2",
            lambda: _draft(desk, story_arc, episode_plan, pack, language),
        )
        _, base = canon_for(desk, draft)
        waivers = standing_waivers(desk)
        parents = {**sources, **hashes(canon=base), **waiver_parents(waivers)}
        log_key = repair_key(parents)
        yield desk.produce(
            Script,
            code_version="3",
            parents=parents,
            parameters={
                "season_end": ends_season(desk.project, desk.entry.id),
                "gate": GATE_VERSION,
                "repair": REPAIR_VERSION,
                **worded,
            },
            compute=lambda: agreed(desk, draft, base, waivers, log_key),
            describe=lambda made: {
                **views.script(made),
                **views.repairs(repair_log(desk, log_key)),
                **views.safety(judged_script(desk, made)),
                **words.shown(desk.model_use),
            },
            accept=lambda made, _: shown_as_checks(desk, made, lambda: require_safe(judged_script(desk, made))),
        )


def _plan(desk: Desk, arc: StoryArc, pack: ContextPack) -> EpisodePlan:
    if desk.entry.screenplay:
        screenplay, _ = _screenplay(desk, desk.entry.screenplay)
        return imported_plan(screenplay, desk.project, desk.entry.id, pack, standing_hash(pack, ()))
    return plan_episode(desk.project, arc, pack, desk.entry.id)


def _draft(desk: Desk, arc: StoryArc, plan: EpisodePlan, pack: ContextPack, language: Wording) -> Script:
    if desk.entry.screenplay:
        screenplay, _ = _screenplay(desk, desk.entry.screenplay)
        return import_script(screenplay, desk.project, desk.entry.id, pack, content_hash(plan))
    made = draft_script(desk.project, arc, plan, pack, content_hash(plan), language.model, language.latitude)
    if language.model is not None:
        desk.model_use = words.model_use(made, language.model.told())
    return made.script


def _context_pack(desk: Desk) -> tuple[ContextPack, dict[str, str]]:
    """All that the episode may rely on, and its hashes: ``context`` is what canon gives, ``recall`` what was recalled.

    They are apart because memory is no truth: a change of it alone makes no written episode stale. Raises
    StoryOrderError while an earlier episode is not settled.
    """
    canon = canon_for_writer(desk)
    pack = assemble_context(desk.project, canon, desk.entry.id, desk.studio.tokens)
    desk.keep(pack, hashes(canon=canon))
    whole = with_recall(desk.project, pack, desk.studio.tokens, recall_for(desk))
    if whole == pack:
        return pack, hashes(context=pack)
    desk.keep(whole, hashes(context=pack))
    return whole, hashes(context=pack, recall=whole)


def _sources(desk: Desk) -> dict[str, str]:
    """Hashes of what the project and, for an imported episode, the screenplay contribute."""
    found = hashes(project=content_hash(desk.story_part()))
    if desk.entry.screenplay:
        found["screenplay"] = _screenplay(desk, desk.entry.screenplay)[1]
    return found


def _screenplay(desk: Desk, source: ScreenplaySource) -> tuple[Screenplay, str]:
    """The parsed screenplay and the hash of its bytes."""
    data, digest = desk.studio.projects.source(desk.project.id, source.path)
    return parse_screenplay(data, source.path), digest
