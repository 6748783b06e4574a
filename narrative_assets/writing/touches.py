"""What is said of open threads and of things that are kept, in episodes between."""

from __future__ import annotations

from narrative_assets.writing.casting import Casting
from narrative_assets.writing.exchanges import Exchange, Room, exchange_slots, rooms_of
from narrative_assets.writing.season import Season
from narrative_assets.writing.seeding import shuffled
from narrative_assets.writing.templates import Speech, threads
from narrative_assets.writing.wording import cost_clause, prop_name, rule_sentence, short_name
from schemas.project import Project
from schemas.story import ContextPack, EntityRef


def touch(
    project: Project, season: Season, index: int, context: ContextPack, casting: Casting, taken: tuple[Exchange, ...]
) -> tuple[Exchange, ...]:
    """An exchange that touches a thread still open, in an episode that neither opens nor settles one.

    The running threads take turns, and each has its exchanges only once.
    """
    rooms = rooms_of(casting, taken)
    own = [thread.thread_id for thread in season.threads]
    running = [one for one in own if one in {thread.thread_id for thread in context.open_threads}]
    if season.position(season.episode_ids[index]) != "middle" or not rooms or not running:
        return ()
    before = _middles_before(season, index)
    thread_id = shuffled(running, project, "touch", season.number)[before % len(running)]
    room = rooms[0]
    key, whose = _key(project, thread_id, room)
    speeches = _unused(project, season, key, thread_id, before // len(running))
    if speeches is None:
        return ()
    return (_touching(project, thread_id, room, casting, speeches, whose),)


def keepsake(
    project: Project, season: Season, index: int, context: ContextPack, casting: Casting, taken: tuple[Exchange, ...]
) -> tuple[Exchange, ...]:
    """An exchange about a thing that the lead holds according to the context."""
    lead = casting.people["a"]
    held = {
        item.value.entity
        for item in context.facts
        if item.predicate == "holds" and item.subject == lead.id and isinstance(item.value, EntityRef)
    }
    props = [prop for prop in project.props if prop.id in held and (not casting.prop or prop.id != casting.prop.id)]
    rooms = rooms_of(casting, taken)
    number = index - 1
    choices = shuffled(threads().keepsakes, project, "keepsake", season.number)
    if not props or not rooms or not 0 <= number < len(choices):
        return ()
    beat, partner = rooms[-1]
    people = {"a": lead, "x": partner}
    slots = exchange_slots(casting, people) | {"k_prop": prop_name(props[0])}
    return (Exchange(beat.id, choices[number], people, slots, weight=3),)


def _middles_before(season: Season, index: int) -> int:
    return sum(season.position(one) == "middle" for one in season.written() if season.index(one) < index)


def _key(project: Project, thread_id: str, room: Room) -> tuple[str, str]:
    """The kind of exchange, and whose secret or which rule it is about."""
    kind, _, whose = thread_id.partition("-")
    if kind != "secret":
        return kind, whose
    return ("secret_here" if whose == room[1].id else "secret_away"), whose


def _unused(project: Project, season: Season, key: str, thread_id: str, turn: int) -> tuple[Speech, ...] | None:
    """The exchange for a thread's turn; threads of one kind share a stock without meeting in it."""
    same = [t.thread_id for t in season.threads if t.thread_id.partition("-")[0] == thread_id.partition("-")[0]]
    choices = shuffled(threads().touches[key], project, "touch", key, season.number)
    mine = choices[same.index(thread_id) :: len(same)]
    return mine[turn] if turn < len(mine) else None


def _touching(
    project: Project, thread_id: str, room: Room, casting: Casting, speeches: tuple[Speech, ...], whose: str
) -> Exchange:
    beat, partner = room
    people = {"a": casting.people["a"], "x": partner}
    slots = exchange_slots(casting, people)
    keeper = next((member for member in project.cast if member.id == whose), None)
    rule = next((rule for rule in project.world_rules if rule.id == whose), casting.rule)
    if thread_id.startswith("secret-") and keeper is not None:
        people["s"] = keeper
        slots["s"] = short_name(keeper)
    if thread_id.startswith("rule-"):
        slots |= {"rule": rule_sentence(rule), "cost": cost_clause(rule)}
    return Exchange(beat.id, speeches, people, slots, weight=1, threads=(thread_id,))
