"""The season's arc: acts, a plot for each episode, and the threads planted and paid off.

What happens inside an episode is the business of ``plan``.
"""

from __future__ import annotations

import functools

from narrative_assets.writing.casting import Casting, cast_plot, foresee, state_after
from narrative_assets.writing.season import IMPORTED_PLOT, Season, State, first_state, lead
from narrative_assets.writing.seeding import seed_for, shuffled
from narrative_assets.writing.templates import Plot, house, plots
from narrative_assets.writing.weave import season_threads
from narrative_assets.writing.wording import fill, short_name
from schemas.errors import InputError
from schemas.project import CastMember, EpisodeEntry, Project
from schemas.story import Act, ArcEpisode, StoryArc

CRESTED, CREST = 12, 120
"""From so many episodes on a season has a crest half-way, and how far it rises above the slope (permille)."""


def plan_arc(project: Project, season: int) -> StoryArc:
    """The arc of one season of the project, the same for the same project.

    Raises InputError where the season has no episodes, or the project no place or fewer than two characters.
    """
    entries = _entries(project, season)
    hero = _require_story(project)
    start = season_start(project, season)
    seasonal = _season(project, season, entries, start)
    numbers = _act_numbers(len(entries))
    return StoryArc(
        project_id=project.id,
        season=season,
        title=f"{project.title}: season {season}",
        premise=project.premise,
        theme=project.theme,
        seed=seed_for(project, "arc", season),
        acts=_acts(hero, entries, numbers),
        episodes=_episodes(project, seasonal, entries, numbers, start),
        threads=seasonal.threads,
    )


def season_start(project: Project, season: int) -> State:
    """Who holds what and how often everybody was used when a season begins: as planned of the seasons before."""
    return _start(project.model_dump_json(), season)


@functools.lru_cache(maxsize=16)
def _start(project_json: str, season: int) -> State:
    project = Project.model_validate_json(project_json)
    before = max((number for entry in project.episodes if (number := int(entry.id[1:3])) < season), default=None)
    if before is None:
        return first_state(project)
    start, entries = season_start(project, before), _entries(project, before)
    return foresee(project, _season(project, before, entries, start), len(entries), start)[0]


def _season(project: Project, number: int, entries: list[EpisodeEntry], start: State) -> Season:
    """The season with a plot for every written episode, each judged by the state that the earlier ones leave."""
    season = Season(
        number=number,
        episode_ids=tuple(entry.id for entry in entries),
        plots={entry.id: IMPORTED_PLOT for entry in entries if entry.screenplay is not None},
        threads=season_threads(project, number),
    )
    state = start
    for index, episode_id in enumerate(season.episode_ids):
        if season.plots.get(episode_id) != IMPORTED_PLOT:
            casting = best_casting(project, season, index, state)
            season.plots[episode_id] = casting.plot.id
            state = state_after(state, casting)
    return season


def _entries(project: Project, season: int) -> list[EpisodeEntry]:
    entries = [entry for entry in project.episodes if int(entry.id[1:3]) == season]
    if not entries:
        raise InputError(
            f"Project {project.id!r} has no episode in season {season}.",
            remedy=f"Add one to episodes, for example s{season:02d}e01.",
        )
    return sorted(entries, key=lambda entry: int(entry.id[4:]))


def _require_story(project: Project) -> CastMember:
    hero = lead(project, first_state(project))
    if hero is None or len(project.cast) < 2 or not project.places:
        raise InputError(
            f"Project {project.id!r} has {len(project.cast)} characters and {len(project.places)} places; "
            "a story from templates needs two characters and one place.",
            remedy="Add them under cast and places, or give every episode a screenplay.",
        )
    return hero


def best_casting(
    project: Project, season: Season, index: int, state: State, told: frozenset[str] = frozenset()
) -> Casting:
    """The casting of the plot that suits the episode best; plots already ``told`` are the last to be taken.

    Raises InputError where no plot can be cast.
    """
    for plot in sorted(_candidates(project, season, index), key=lambda plot: plot.id in told):
        casting = cast_plot(project, season, index, state, plot)
        if casting is not None:
            return casting
    raise InputError(
        f"Episode {season.episode_ids[index]} of project {project.id!r} has too few living characters for any plot.",
        remedy="Add a character to the cast.",
    )


def _candidates(project: Project, season: Season, index: int) -> list[Plot]:
    """All plots: those that answer what is due and fit, then the least used; what a later answer needs waits."""
    episode_id = season.episode_ids[index]
    position, needed = season.position(episode_id), season.closing(episode_id)
    later = season.due_after(index)
    before = season.plots.get(season.episode_ids[index - 1]) if index else None
    first = index == 0 and season.number == 1

    def rank(plot: Plot) -> tuple[int, bool, bool, int, bool]:
        closes = {kind for beat in plot.beats for kind in beat.closes}
        spent = position == "middle" and bool((closes - needed) & later)
        return len(needed - closes), position not in plot.fits, plot.id == before, season.uses(plot.id, index), spent

    known = [plot for plot in plots().values() if plot.b_role is None or first]
    drawn = sorted(known, key=lambda plot: seed_for(project, "plot", season.number, index, plot.id))
    return sorted(drawn, key=rank)


def _act_numbers(episodes: int) -> list[int]:
    """The act of each episode: the first and last quarter are acts of their own from three episodes on."""
    if episodes < 3:
        return list(range(1, episodes + 1))
    quarter = max(1, round(episodes / 4))
    return [1] * quarter + [2] * (episodes - 2 * quarter) + [3] * quarter


def _acts(hero: CastMember, entries: list[EpisodeEntry], numbers: list[int]) -> tuple[Act, ...]:
    names = house().acts[str(numbers[-1])]
    slots = {"a": short_name(hero)}
    return tuple(
        Act(
            number=number,
            name=name.name,
            purpose=fill(name.purpose, slots),
            episode_ids=tuple(entry.id for entry, act in zip(entries, numbers, strict=True) if act == number),
        )
        for number, name in enumerate(names, start=1)
    )


def _episodes(
    project: Project, season: Season, entries: list[EpisodeEntry], numbers: list[int], start: State
) -> tuple[ArcEpisode, ...]:
    _, castings = foresee(project, season, len(entries), start)
    return tuple(
        ArcEpisode(
            episode_id=entry.id,
            title=entry.title or episode_title(project, castings.get(entry.id), entry.id),
            logline=entry.logline or episode_logline(castings.get(entry.id)),
            plot=season.plots[entry.id],
            act=act,
            tension=_tension(index, len(entries)),
        )
        for index, (entry, act) in enumerate(zip(entries, numbers, strict=True))
    )


def _tension(index: int, episodes: int) -> int:
    """How tense an episode is (permille): rising to the end, with a crest half-way through a long season."""
    if episodes == 1:
        return 700
    crest = CREST if episodes >= CRESTED and index == episodes // 2 else 0
    return 350 + 550 * index // (episodes - 1) + crest


def episode_title(project: Project, casting: Casting | None, episode_id: str) -> str:
    """One of the plot's titles; a plot used again takes the next."""
    if casting is None:
        return episode_id.upper()
    titles = shuffled(casting.plot.titles, project, "title", casting.plot.id)
    title = titles[casting.round % len(titles)]
    return fill(title, casting.slots(casting.plot.beats[0]))[:300]


def episode_logline(casting: Casting | None) -> str:
    """The plot's logline with this casting."""
    return fill(casting.plot.logline, casting.slots(casting.plot.beats[0])) if casting else ""
