"""The season's arc: acts, a plot for each episode, and the threads planted and paid off.

What happens inside an episode is the business of ``plan``.
"""

from __future__ import annotations

from narrative_assets.writing.casting import Casting, cast_plot, foresee, state_after
from narrative_assets.writing.season import IMPORTED_PLOT, Season, State, first_state, lead, rules_of
from narrative_assets.writing.seeding import seed_for, shuffled
from narrative_assets.writing.templates import Plot, house, plots, threads
from narrative_assets.writing.wording import fill, rule_sentence, short_name, want_phrase
from schemas.errors import InputError
from schemas.project import CastMember, EpisodeEntry, Project, ProjectRule
from schemas.story import Act, ArcEpisode, StoryArc, StoryThread

EPISODES_PER_SECRET = 3


def plan_arc(project: Project, season: int) -> StoryArc:
    """The arc of one season of the project, the same for the same project.

    Raises InputError where the season has no episodes, or the project no place or fewer than two characters.
    """
    entries = _entries(project, season)
    written = [entry.id for entry in entries if entry.screenplay is None]
    hero = _require_story(project)
    seasonal = Season(
        number=season,
        episode_ids=tuple(entry.id for entry in entries),
        plots={entry.id: IMPORTED_PLOT for entry in entries if entry.screenplay is not None},
        threads=_threads(project, season, hero, written),
    )
    seasonal = _choose_plots(project, seasonal)
    numbers = _act_numbers(len(entries))
    return StoryArc(
        project_id=project.id,
        season=season,
        title=f"{project.title}: season {season}",
        premise=project.premise,
        theme=project.theme,
        seed=seed_for(project, "arc", season),
        acts=_acts(hero, entries, numbers),
        episodes=_episodes(project, seasonal, entries, numbers),
        threads=seasonal.threads,
    )


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


def _threads(project: Project, season: int, hero: CastMember, written: list[str]) -> tuple[StoryThread, ...]:
    """The season's questions: what the lead wants, what the rule costs, and who hides what."""
    if not written:
        return ()
    questions, slots = threads().questions, {"a": short_name(hero), "a_want": want_phrase(hero)}
    rule = _season_rule(project, season)
    found = [
        _thread(f"want-{hero.id}", fill(questions["want"], slots), written[0], written[-1]),
        _thread(f"rule-{rule.id}", fill(questions["rule"], {"rule": rule_sentence(rule)}), written[0], written[-1]),
    ]
    keepers = _keepers(project, season, hero, len(written))
    secrets = len(keepers)
    for number, keeper in enumerate(keepers):
        planted, paid = _span(len(written), secrets, number)
        question = fill(questions["secret"], slots | {"s": short_name(keeper)})
        found.append(_thread(f"secret-{keeper.id}", question, written[planted], written[paid]))
    return tuple(found)


def _thread(thread_id: str, question: str, planted: str, paid: str) -> StoryThread:
    return StoryThread(thread_id=thread_id[:64], question=question[:300], planted_in=planted, pays_off_in=paid)


def _season_rule(project: Project, season: int) -> ProjectRule:
    return shuffled(rules_of(project), project, "season-rule", season)[0]


def _keepers(project: Project, season: int, hero: CastMember, episodes: int) -> list[CastMember]:
    """Whose secrets come out this season, in seeded order: written ones before others, none of an earlier season."""
    others = [member for member in project.cast if member.id != hero.id and member.role != "crowd"]
    others = others or [member for member in project.cast if member.id != hero.id]
    order = shuffled(others, project, "secrets")
    order = [member for member in order if member.secret.strip()] or order[:1]
    told = sum(
        _secrets(sum(int(entry.id[1:3]) == earlier and entry.screenplay is None for entry in project.episodes))
        for earlier in range(1, season)
    )
    return order[told : told + _secrets(episodes)]


def _secrets(episodes: int) -> int:
    """How many secrets a season of so many written episodes has room for."""
    return max(1, episodes // EPISODES_PER_SECRET) if episodes else 0


def _span(episodes: int, secrets: int, number: int) -> tuple[int, int]:
    """Where secret ``number`` is planted and paid off: the first spans the season, the others follow inside it."""
    if number == 0:
        return 0, episodes - 1
    stretch = episodes / secrets
    planted = round((number - 1) * stretch) + 1
    return planted, min(max(planted + 1, round(number * stretch)), episodes - 2)


def _choose_plots(project: Project, season: Season) -> Season:
    """A plot for every written episode, each judged by the state that the earlier ones leave behind."""
    state = first_state(project)
    for index, episode_id in enumerate(season.episode_ids):
        if season.plots.get(episode_id) == IMPORTED_PLOT:
            continue
        casting = best_casting(project, season, index, state)
        season.plots[episode_id] = casting.plot.id
        state = state_after(state, casting)
    return season


def best_casting(project: Project, season: Season, index: int, state: State) -> Casting:
    """The casting of the plot that suits the episode best. Raises InputError where no plot can be cast."""
    for plot in _candidates(project, season, index):
        casting = cast_plot(project, season, index, state, plot)
        if casting is not None:
            return casting
    raise InputError(
        f"Episode {season.episode_ids[index]} of project {project.id!r} has too few living characters for any plot.",
        remedy="Add a character to the cast.",
    )


def _candidates(project: Project, season: Season, index: int) -> list[Plot]:
    """All plots, the fitting ones first, then the least used; the one just used comes last."""
    position = season.position(season.episode_ids[index])
    before = season.plots.get(season.episode_ids[index - 1]) if index else None
    first = index == 0 and season.number == 1

    def rank(plot: Plot) -> tuple[bool, bool, int]:
        return position not in plot.fits, plot.id == before, season.uses(plot.id, index)

    known = [plot for plot in plots().values() if plot.b_role is None or first]
    return sorted(shuffled(known, project, "plot", season.number, index), key=rank)


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
    project: Project, season: Season, entries: list[EpisodeEntry], numbers: list[int]
) -> tuple[ArcEpisode, ...]:
    _, castings = foresee(project, season, len(entries))
    last = max(1, len(entries) - 1)
    return tuple(
        ArcEpisode(
            episode_id=entry.id,
            title=entry.title or episode_title(project, castings.get(entry.id), entry.id),
            logline=entry.logline or episode_logline(castings.get(entry.id)),
            plot=season.plots[entry.id],
            act=act,
            tension=350 + 550 * index // last if len(entries) > 1 else 700,
        )
        for index, (entry, act) in enumerate(zip(entries, numbers, strict=True))
    )


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
