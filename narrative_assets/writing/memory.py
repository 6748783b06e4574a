"""Remarks on the past: exchanges about earlier events, kept things and open questions.

An event is only spoken of as the writer remembers it where the context pack tells it in the same words;
any other event is quoted as the pack has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from narrative_assets.writing.casting import Casting, foresee, role_slots
from narrative_assets.writing.season import IMPORTED_PLOT, Season
from narrative_assets.writing.seeding import shuffled
from narrative_assets.writing.templates import Echo, Speech, TemplateBeat, threads
from narrative_assets.writing.wording import cost_clause, fill, place_name, prop_name, rule_sentence, short_name
from schemas.project import CastMember, Project
from schemas.story import ContextItem, ContextPack, EntityRef

MAX_MEMORY_WORDS = 22


@dataclass(frozen=True)
class Exchange:
    """Lines that can be put into a beat: the speeches, who plays their roles, and the slots to fill."""

    beat_id: str
    speeches: tuple[Speech, ...]
    people: dict[str, CastMember]
    slots: dict[str, str]
    weight: int
    threads: tuple[str, ...] = ()


def recalled(project: Project, season: Season, index: int, context: ContextPack) -> dict[str, tuple[Casting, set[str]]]:
    """Earlier written episodes, newest first: their castings and the beats whose event the context confirms."""
    _, castings = foresee(project, season, index)
    told = {(item.source.split(" ")[0], item.text) for item in context.past_events}
    found: dict[str, tuple[Casting, set[str]]] = {}
    for episode_id in reversed(season.episode_ids[:index]):
        casting = castings.get(episode_id)
        if casting is None:
            continue
        beats = {beat.id for beat in casting.plot.beats if (episode_id, event_text(casting, beat)) in told}
        if beats:
            found[episode_id] = casting, beats
    return found


def event_text(casting: Casting, beat: TemplateBeat) -> str:
    """The sentence by which a beat's event is remembered, empty where it has none."""
    return fill(beat.event, casting.slots(beat)) if beat.event else ""


def callbacks(
    project: Project, season: Season, index: int, context: ContextPack, casting: Casting
) -> tuple[Exchange, ...]:
    """Exchanges about what happened before, for the rooms that the plot's beats leave, best first."""
    rooms = _rooms(casting)
    exchanges: list[Exchange] = []
    spoken: set[str] = set()
    for episode_id, (old, beats) in recalled(project, season, index, context).items():
        found = _echo(project, season, episode_id, old, beats, casting, rooms)
        if found is not None:
            exchanges.append(found)
            spoken.add(episode_id)
            rooms = [room for room in rooms if room[0].id != found.beat_id]
        if len(exchanges) == 2 or not rooms:
            break
    if not exchanges and rooms:
        exchanges += _quote(project, season, index, context, casting.people["a"], rooms)
        rooms = rooms[len(exchanges) :]
    return (*exchanges, *_keepsake(project, season, index, context, casting, rooms))


def touch(
    project: Project, season: Season, index: int, context: ContextPack, casting: Casting, taken: set[str]
) -> Exchange | None:
    """One exchange that touches a thread still open, in an episode that neither opens nor settles one."""
    episode_id = season.episode_ids[index]
    rooms = [room for room in _rooms(casting) if room[0].id not in taken]
    running = [t.thread_id for t in context.open_threads if t.thread_id in {s.thread_id for s in season.threads}]
    if season.position(episode_id) != "middle" or not rooms or not running:
        return None
    thread_id = shuffled(sorted(running), project, "touch", season.number)[index % len(running)]
    kind, _, whose = thread_id.partition("-")
    keeper = next((member for member in project.cast if member.id == whose), None)
    for beat, partner in rooms:
        people = {"a": casting.people["a"], "x": partner}
        slots = _exchange_slots(casting, people)
        key = kind
        if kind == "rule":
            rule = next((rule for rule in project.world_rules if rule.id == whose), casting.rule)
            slots |= {"rule": rule_sentence(rule), "cost": cost_clause(rule)}
        if kind == "secret" and keeper is not None:
            key = "secret_here" if keeper.id == partner.id else "secret_away"
            people["s"] = keeper
            slots["s"] = short_name(keeper)
        choices = threads().touches[key]
        earlier = sum(season.position(e) == "middle" for e in season.written() if season.index(e) < index)
        speeches = shuffled(choices, project, "touch", key, season.number)[earlier % len(choices)]
        return Exchange(beat.id, speeches, people, slots, weight=2, threads=(thread_id,))
    return None


def _rooms(casting: Casting) -> list[tuple[TemplateBeat, CastMember]]:
    """Beats with room for a remark, and the one with whom the lead would exchange it."""
    rooms = []
    for beat in casting.plot.beats:
        role = next((role for role in ("b", "c") if role in beat.present and role in casting.people), None)
        if beat.room is not None and "a" in beat.present and role is not None:
            rooms.append((beat, casting.people[role]))
    return rooms


def _echo(
    project: Project,
    season: Season,
    episode_id: str,
    old: Casting,
    beats: set[str],
    casting: Casting,
    rooms: list[tuple[TemplateBeat, CastMember]],
) -> Exchange | None:
    """An exchange about an old episode, with somebody who was part of it if possible."""
    lead = casting.people["a"]
    if old.people["a"].id != lead.id:
        return None
    told = season.uses(old.plot.id, season.index(episode_id))
    order = {"b": 0, "c": 0, "other": 1, "any": 2}
    for echo in sorted(shuffled(old.plot.echoes, project, "echo", episode_id, told), key=lambda e: order[e.partner]):
        for beat, partner in rooms:
            if echo.of in beats and _answers(echo, partner, old):
                people = {"a": lead, "x": partner}
                slots = _exchange_slots(casting, people) | _old_slots(old)
                return Exchange(beat.id, echo.items, people, slots, weight=1)
    return None


def _answers(echo: Echo, partner: CastMember, old: Casting) -> bool:
    """Whether the partner is who the exchange needs; nobody answers one that speaks of them by name."""
    roles = {role for role, member in old.people.items() if member.id == partner.id}
    if echo.partner in ("b", "c"):
        return echo.partner in roles
    words = " ".join(text for speech in echo.items for text in speech.say.values())
    return not any(f"{{o_{role}}}" in words for role in roles)


def _quote(
    project: Project,
    season: Season,
    index: int,
    context: ContextPack,
    lead: CastMember,
    rooms: list[tuple[TemplateBeat, CastMember]],
) -> Iterator[Exchange]:
    """An exchange that quotes the newest short event of the past."""
    events = [item for item in context.past_events if len(item.text.split()) <= MAX_MEMORY_WORDS]
    if not events:
        return
    choices = threads().memories
    speeches = shuffled(choices, project, "memory", season.number)[index % len(choices)]
    beat, partner = rooms[0]
    told = next((e for e in reversed(events) if short_name(partner) not in e.text), None)
    if told is not None:
        yield Exchange(beat.id, speeches, {"x": partner, "a": lead}, {"memory": _sentence(told)}, weight=1)


def _sentence(item: ContextItem) -> str:
    text = item.text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."


def _keepsake(
    project: Project,
    season: Season,
    index: int,
    context: ContextPack,
    casting: Casting,
    rooms: list[tuple[TemplateBeat, CastMember]],
) -> Iterator[Exchange]:
    """An exchange about a thing that the lead holds according to the context."""
    lead = casting.people["a"]
    held = {
        item.value.entity
        for item in context.facts
        if item.predicate == "holds" and item.subject == lead.id and isinstance(item.value, EntityRef)
    }
    props = [prop for prop in project.props if prop.id in held and (not casting.prop or prop.id != casting.prop.id)]
    if not props or not rooms or season.plots.get(season.episode_ids[index]) == IMPORTED_PLOT:
        return
    choices = threads().keepsakes
    speeches = shuffled(choices, project, "keepsake", season.number)[index % len(choices)]
    beat, partner = rooms[-1]
    people = {"a": lead, "x": partner}
    slots = _exchange_slots(casting, people) | {"k_prop": prop_name(props[0])}
    yield Exchange(beat.id, speeches, people, slots, weight=3)


def _exchange_slots(casting: Casting, people: dict[str, CastMember]) -> dict[str, str]:
    slots = casting.slots(casting.plot.beats[0])
    for role, member in people.items():
        slots |= role_slots(role, member)
    return slots


def _old_slots(old: Casting) -> dict[str, str]:
    slots = {"o_prop": prop_name(old.prop)}
    slots |= {f"o_{role}": short_name(member) for role, member in old.people.items()}
    slots |= {f"o_p{key}": place_name(place) for key, place in old.places.items()}
    return slots
