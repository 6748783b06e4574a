"""What is said of earlier episodes: exchanges about their events, and quotes where no exchange fits.

An event is only spoken of as the writer remembers it where the context pack tells it in the same words;
any other event is quoted as the pack has it. No exchange is used twice in a season.
"""

from __future__ import annotations

import re
from dataclasses import replace

from narrative_assets.writing.casting import Casting, cast_plot
from narrative_assets.writing.exchanges import Exchange, Room, exchange_slots, rooms_of
from narrative_assets.writing.season import Season, State
from narrative_assets.writing.seeding import shuffled
from narrative_assets.writing.templates import Echo, TemplateBeat, plots, threads
from narrative_assets.writing.wording import fill, place_name, prop_name, short_name
from schemas.project import CastMember, Project
from schemas.story import ContextPack

MAX_ECHOES = 2
MAX_MEMORY_WORDS = 22
_ORDER = {"b": 0, "c": 0, "other": 1, "any": 2}

Recalled = dict[str, tuple[Casting, set[str]]]
"""Earlier episodes in the order they come to mind: the casting and the beats whose event is remembered."""


def event_text(casting: Casting, beat: TemplateBeat) -> str:
    """The sentence by which a beat's event is remembered, empty where it has none."""
    return fill(beat.event, casting.slots(beat)) if beat.event else ""


def plots_told(context: ContextPack, season: int) -> frozenset[str]:
    """The plots whose events the context tells of this season, whoever played in them."""
    told = [item.text for item in context.past_events if item.source.startswith(f"s{season:02d}")]
    shapes = {
        plot.id: [re.sub(r"\\{\w+\\}", ".+", re.escape(beat.event)) for beat in plot.beats if beat.event]
        for plot in plots().values()
    }
    return frozenset(
        plot_id for plot_id, forms in shapes.items() if any(re.fullmatch(form, text) for form in forms for text in told)
    )


def callbacks(
    project: Project,
    season: Season,
    index: int,
    context: ContextPack,
    casting: Casting,
    state: State,
    castings: dict[str, Casting],
) -> tuple[Exchange, ...]:
    """At most two exchanges about what happened before, for the rooms that the plot's beats leave.

    ``state`` and ``castings`` are what ``foresee`` tells of the episodes before.
    """
    told = {(item.source.split(" ")[0], item.text) for item in context.past_events}
    spoken = _spoken_before(project, season, index, castings)
    foreseen = cast_plot(project, season, index, state, casting.plot)
    planned = _echoes(project, _recalled(season, index, castings, None), foreseen, spoken) if foreseen else []
    meant = {key for _, key in planned}
    found = _echoes(project, _recalled(season, index, castings, told), casting, spoken, meant)
    exchanges = tuple(exchange for exchange, _ in found) or _quote(project, season, index, context, casting)
    return (*(replace(exchange, weight=0) for exchange in exchanges[:1]), *exchanges[1:])


def _recalled(season: Season, index: int, castings: dict[str, Casting], told: set[tuple[str, str]] | None) -> Recalled:
    """What can be remembered at episode ``index``; to a finale the season's beginning comes first.

    ``told`` are the events that the context confirms, None for all.
    """
    found: Recalled = {}
    order = list(reversed(season.episode_ids[:index]))
    if season.position(season.episode_ids[index]) in ("finale", "farewell"):
        order = [*order[-1:], *order[:-1]]
    for episode_id in order:
        casting = castings.get(episode_id)
        if casting is None:
            continue
        beats = {beat.id for beat in casting.plot.beats if beat.event}
        if told is not None:
            by_id = {beat.id: beat for beat in casting.plot.beats}
            beats = {one for one in beats if (episode_id, event_text(casting, by_id[one])) in told}
        if beats:
            found[episode_id] = casting, beats
    return found


def _spoken_before(project: Project, season: Season, index: int, castings: dict[str, Casting]) -> set[str]:
    """Keys of the exchanges that the earlier episodes of the season will have used."""
    spoken: set[str] = set()
    for earlier, episode_id in enumerate(season.episode_ids[:index]):
        casting = castings.get(episode_id)
        if casting is not None:
            found = _echoes(project, _recalled(season, earlier, castings, None), casting, spoken)
            spoken |= {key for _, key in found}
    return spoken


def _echoes(
    project: Project, recalled: Recalled, casting: Casting, spoken: set[str], meant: set[str] | None = None
) -> list[tuple[Exchange, str]]:
    """Exchanges about different earlier episodes, each with its key.

    ``meant`` are the ones that the season's plan gives to this episode: others are left to the later ones.
    """
    found: list[tuple[Exchange, str]] = []
    for episode_id, (old, beats) in recalled.items():
        rooms = rooms_of(casting, tuple(exchange for exchange, _ in found))
        if len(found) == MAX_ECHOES or not rooms:
            break
        echo = _echo(project, episode_id, old, beats, casting, rooms, spoken)
        if echo is not None and meant is not None and echo[1] not in meant:
            continue
        found += [echo] if echo is not None else []
    return found


def _echo(
    project: Project,
    episode_id: str,
    old: Casting,
    beats: set[str],
    casting: Casting,
    rooms: list[Room],
    spoken: set[str],
) -> tuple[Exchange, str] | None:
    """An exchange about an old episode that was not used yet, with somebody who was part of it if possible."""
    lead = casting.people["a"]
    if old.people["a"].id != lead.id:
        return None
    numbered = shuffled(list(enumerate(old.plot.echoes)), project, "echo", episode_id)
    for number, echo in sorted(numbered, key=lambda entry: _ORDER[entry[1].partner]):
        key = f"{old.plot.id}.{number}"
        if key in spoken or echo.of not in beats:
            continue
        for beat, partner in rooms:
            if _answers(echo, partner, old):
                people = {"a": lead, "x": partner}
                slots = exchange_slots(casting, people) | _old_slots(old)
                return Exchange(beat.id, echo.items, people, slots, weight=1), key
    return None


def _answers(echo: Echo, partner: CastMember, old: Casting) -> bool:
    """Whether the partner is who the exchange needs; nobody answers one that speaks of them by name."""
    roles = {role for role, member in old.people.items() if member.id == partner.id}
    if echo.partner in ("b", "c"):
        return echo.partner in roles
    words = " ".join(text for speech in echo.items for text in speech.say.values())
    return not any(f"{{o_{role}}}" in words for role in roles)


def _old_slots(old: Casting) -> dict[str, str]:
    slots = {"o_prop": prop_name(old.prop)}
    slots |= {f"o_{role}": short_name(member) for role, member in old.people.items()}
    return slots | {f"o_p{key}": place_name(place) for key, place in old.places.items()}


def _quote(
    project: Project, season: Season, index: int, context: ContextPack, casting: Casting
) -> tuple[Exchange, ...]:
    """An exchange that quotes the newest short event that does not speak of the one who quotes it."""
    choices = shuffled(threads().memories, project, "memory", season.number)
    if not context.past_events or index >= len(choices) + 1:
        return ()
    told = _quotable(project, season, index, context)
    for beat, partner in rooms_of(casting):
        for text in told:
            if short_name(partner) not in text:
                people = {"x": partner, "a": casting.people["a"]}
                slots = {"memory": text.strip().rstrip(".") + "."}
                return (Exchange(beat.id, choices[index - 1], people, slots, weight=1),)
    return ()


def _quotable(project: Project, season: Season, index: int, context: ContextPack) -> list[str]:
    """What the context tells that can be said aloud, the newest first.

    Of a finished screenplay that is the logline, not its stage directions.
    """
    imported = {entry.id: entry.logline for entry in project.episodes if entry.screenplay is not None}
    logline = imported.get(season.episode_ids[index - 1], "")
    told = [logline] if logline and context.last_summary.startswith(logline) else []
    return told + [
        item.text
        for item in reversed(context.past_events)
        if len(item.text.split()) <= MAX_MEMORY_WORDS and item.source.split(" ")[0] not in imported
    ]
