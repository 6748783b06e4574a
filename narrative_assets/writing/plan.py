"""The episode plan: beats with goal, conflict and outcome, set in story time and place.

Words are the business of ``script``; which plot and people, of ``arc`` and ``casting``.
"""

from __future__ import annotations

from narrative_assets.writing.arc import episode_logline, episode_title
from narrative_assets.writing.casting import Casting
from narrative_assets.writing.clock import time_of_day, travel_minutes, wait_for
from narrative_assets.writing.context import standing_hash
from narrative_assets.writing.draft import SceneDraft, draft_episode, fit
from narrative_assets.writing.season import IMPORTED_PLOT, PERSONAL, Season, episode_order, kind_of, season_of, whose
from narrative_assets.writing.seeding import seed_for
from narrative_assets.writing.wording import fill
from schemas.errors import InputError
from schemas.project import Project
from schemas.story import Beat, ContextPack, Emotion, EntityRef, EpisodePlan, StoryArc, StoryInterval, StoryThread

REST_MINUTES = 60
"""What lies at least between two episodes."""


def plan_episode(project: Project, arc: StoryArc, context: ContextPack, episode_id: str) -> EpisodePlan:
    """The plan of one episode on top of ``context``. Beats follow one another in story time and never overlap.

    Raises InputError for an episode that the arc does not have or that has a screenplay of its own.
    """
    season, index = place_in_season(arc, episode_id)
    drafts = draft_episode(project, season, index, context)
    main = next(scene.casting for scene in drafts)
    entry = next((entry for entry in project.episodes if entry.id == episode_id), None)
    opened, closed = _threads(season, episode_id, context, drafts)
    alive = {thread.thread_id for thread in (*context.open_threads, *opened)}
    beats = _beats(project, season, index, context, drafts, alive)
    named = {name for beat in beats for name in (*beat.present, beat.place_id)}
    named |= {scene.casting.prop.id for scene in drafts if scene.casting.prop is not None}
    return EpisodePlan(
        project_id=project.id,
        episode_id=episode_id,
        title=(entry.title if entry else "") or _title(project, arc, main, episode_id),
        logline=(entry.logline if entry else "") or episode_logline(main),
        plot=main.plot.id,
        seed=seed_for(project, "episode", episode_id),
        context_hash=standing_hash(context, named),
        beats=beats,
        threads_opened=opened,
        threads_closed=closed,
    )


def place_in_season(arc: StoryArc, episode_id: str) -> tuple[Season, int]:
    """The season of the arc and the episode's place in it."""
    season = season_of(arc)
    if episode_id not in season.episode_ids or season.plots[episode_id] == IMPORTED_PLOT:
        raise InputError(
            f"The arc of season {arc.season} has no episode {episode_id} to be written from templates.",
            remedy="Make the arc again from the project, or import the episode's screenplay.",
        )
    return season, season.index(episode_id)


def _title(project: Project, arc: StoryArc, casting: Casting, episode_id: str) -> str:
    """The arc's title, unless another plot had to be cast."""
    planned = next(episode for episode in arc.episodes if episode.episode_id == episode_id)
    return planned.title if planned.plot == casting.plot.id else episode_title(project, casting, episode_id)


def _threads(
    season: Season, episode_id: str, context: ContextPack, drafts: tuple[SceneDraft, ...]
) -> tuple[tuple[StoryThread, ...], tuple[str, ...]]:
    """Threads opened here, and those answered here: what is open, due, and told by a scene with whom it is about.

    What the last episode of a season leaves unanswered is declared: it is carried over into the next.
    """
    already = {thread.thread_id: thread for thread in context.open_threads}
    opened = {t.thread_id: t for t in season.threads if t.planted_in == episode_id and t.thread_id not in already}
    running = already | opened | {t.thread_id: t for t in season.threads if t.thread_id in already}
    kinds = {kind for scene in drafts for kind in scene.beat.closes}
    partner = next(scene.casting for scene in drafts).people["b"].id
    closed = tuple(
        thread.thread_id
        for thread in running.values()
        if kind_of(thread.thread_id) in kinds
        and _is_due(thread, episode_id)
        and (kind_of(thread.thread_id) not in PERSONAL or whose(thread.thread_id) == partner)
    )
    if episode_id == season.written()[-1]:
        for thread in running.values():
            if thread.thread_id not in closed and not thread.carried_over and not thread.red_herring:
                opened[thread.thread_id] = thread.model_copy(update={"carried_over": True, "due_by": None})
    return tuple(opened.values()), closed


def _is_due(thread: StoryThread, episode_id: str) -> bool:
    """Whether the time to answer a thread has come: as planned, or later where it was left open."""
    return thread.pays_off_in is not None and episode_order(thread.pays_off_in) <= episode_order(episode_id)


def _beats(
    project: Project,
    season: Season,
    index: int,
    context: ContextPack,
    drafts: tuple[SceneDraft, ...],
    alive: set[str],
) -> tuple[Beat, ...]:
    episode_id = season.episode_ids[index]
    times = _schedule(project, index, context, drafts)
    chosen = fit(project, drafts, seed_for(project, "episode", episode_id))
    beats = []
    for number, (scene, time) in enumerate(zip(drafts, times, strict=True), start=1):
        beat, slots = scene.beat, scene.casting.slots(scene.beat)
        beats.append(
            Beat(
                beat_id=f"{episode_id}.b{number:02d}",
                function=scene.function,
                place_id=scene.casting.place(beat).id,
                time_of_day=time_of_day(time.earliest),
                story_time=time,
                present=tuple(member.id for member in scene.casting.present(beat)),
                goal=fill(beat.goal, slots),
                conflict=fill(beat.conflict, slots),
                outcome=fill(beat.outcome, slots),
                emotion=Emotion(name=beat.emotion, intensity=beat.strength),
                tension=beat.tension,
                threads=_beat_threads(season, scene, alive, chosen),
                seconds=max(1, round(scene.seconds(chosen))),
            )
        )
    return tuple(beats)


def _beat_threads(season: Season, scene: SceneDraft, alive: set[str], chosen: set[str]) -> tuple[str, ...]:
    """Ids of the running threads that a beat works on."""
    kinds, people = {*scene.beat.threads, *scene.beat.closes}, scene.casting.people
    own = [
        thread.thread_id
        for thread in season.threads
        if kind_of(thread.thread_id) in kinds
        and (kind_of(thread.thread_id) not in PERSONAL or whose(thread.thread_id) == people["b"].id)
        and (kind_of(thread.thread_id) != "rule" or whose(thread.thread_id) == scene.casting.rule.id)
    ]
    return tuple(thread for thread in dict.fromkeys((*own, *scene.told_threads(chosen))) if thread in alive)


def _schedule(
    project: Project, index: int, context: ContextPack, drafts: tuple[SceneDraft, ...]
) -> list[StoryInterval]:
    """When each scene happens: after the one before, with time for everybody in it to get there."""
    where = {
        item.subject: item.value.entity
        for item in context.facts
        if item.predicate == "located_at" and item.subject and isinstance(item.value, EntityRef)
    }
    fresh = index == 0 and context.story_minute == 0
    starts = project.start_time_of_day if fresh else drafts[0].casting.plot.starts
    clock = wait_for(context.story_minute + (0 if fresh else REST_MINUTES), starts)
    free = dict.fromkeys(where, context.story_minute)
    times = []
    for scene in drafts:
        place, people = scene.casting.place(scene.beat).id, [m.id for m in scene.casting.present(scene.beat)]
        arrivals = [free[one] + travel_minutes(project, where[one], place) for one in people if one in where]
        clock = wait_for(max([clock + scene.beat.gap, *arrivals]), scene.beat.time)
        times.append(StoryInterval(earliest=clock, latest=clock + scene.beat.minutes))
        clock += scene.beat.minutes + 1
        where |= dict.fromkeys(people, place)
        free |= dict.fromkeys(people, clock)
    return times
