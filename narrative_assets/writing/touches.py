"""What is said of open threads and of things that are kept, in episodes between."""

from __future__ import annotations

from dataclasses import replace

from narrative_assets.writing.casting import Casting
from narrative_assets.writing.exchanges import Exchange, Room, exchange_slots, rooms_of
from narrative_assets.writing.season import IMPORTED_PLOT, PERSONAL, Season, episode_order, kind_of, whose
from narrative_assets.writing.seeding import shuffled
from narrative_assets.writing.templates import Speech, threads
from narrative_assets.writing.weave import LONG_SEASON
from narrative_assets.writing.wording import cost_clause, prop_name, rule_sentence, short_name
from schemas.project import Project
from schemas.story import ContextPack, EntityRef, StoryThread


def touch(
    project: Project, season: Season, index: int, context: ContextPack, casting: Casting, taken: tuple[Exchange, ...]
) -> tuple[Exchange, ...]:
    """An exchange that raises a thread planted here, or touches one that runs on through the episode.

    The running threads take turns by the season's plan, and each has its exchanges only once.
    """
    rooms = rooms_of(casting, taken)
    if not rooms:
        return ()
    planted = _planted(season, index)
    if planted is not None:
        return _raised(project, season, planted, casting, rooms)
    thread_id, turn = _turn(project, season, index)
    if thread_id is None or thread_id not in {thread.thread_id for thread in context.open_threads}:
        return ()
    for room in rooms:
        key = _key(thread_id, room)
        speeches = _unused(project, season, key, thread_id, turn)
        if speeches is not None:
            return (_touching(project, thread_id, room, casting, speeches),)
    return ()


def must_be_touched(project: Project, season: Season, index: int) -> bool:
    """Whether it is the first turn of a thread, which then goes before a remark on the past; not in short seasons."""
    thread_id, turn = _turn(project, season, index)
    return len(season.written()) >= LONG_SEASON and thread_id is not None and turn == 0


def _planted(season: Season, index: int) -> str | None:
    """The thread that the episode opens without a plot of its own for it."""
    episode_id = season.episode_ids[index]
    if season.position(episode_id) == "opening":
        return None
    planted = (t.thread_id for t in season.threads if t.planted_in == episode_id)
    return next((one for one in planted if kind_of(one) in threads().plants), None)


def _raised(
    project: Project, season: Season, thread_id: str, casting: Casting, rooms: list[Room]
) -> tuple[Exchange, ...]:
    """The exchange that opens a thread, with the one whom it is about where it is about somebody."""
    choices = shuffled(threads().plants[kind_of(thread_id)], project, "plant", kind_of(thread_id))
    speeches = choices[(season.number - 1) % len(choices)]
    for room in rooms:
        if kind_of(thread_id) not in PERSONAL or room[1].id == whose(thread_id):
            return (replace(_touching(project, thread_id, room, casting, speeches), opens=True),)
    return ()


def _turn(project: Project, season: Season, index: int) -> tuple[str | None, int]:
    """Which thread the plan of the season has touched in an episode between, and how often it was before."""
    touched: dict[str, int] = {}
    for earlier, episode_id in enumerate(season.episode_ids[: index + 1]):
        if season.position(episode_id) != "middle" or season.plots.get(episode_id) == IMPORTED_PLOT:
            continue
        running = [thread.thread_id for thread in season.threads if _runs(thread, episode_id)]
        order = shuffled(running, project, "touch", season.number)
        chosen = min(order, key=lambda one: touched.get(one, 0), default=None)
        if earlier == index:
            return chosen, touched.get(chosen, 0) if chosen else 0
        if chosen is not None and _planted(season, earlier) is None:
            touched[chosen] = touched.get(chosen, 0) + 1
    return None, 0


def _runs(thread: StoryThread, episode_id: str) -> bool:
    """Whether a thread is open on both sides of an episode."""
    planted = thread.planted_in is not None and episode_order(thread.planted_in) < episode_order(episode_id)
    return planted and (thread.pays_off_in is None or episode_order(episode_id) < episode_order(thread.pays_off_in))


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


def _key(thread_id: str, room: Room) -> str:
    """The kind of exchange: what is said to the one whom a thread is about differs from what is said of them."""
    kind = kind_of(thread_id)
    if kind not in PERSONAL:
        return kind
    return f"{kind}_here" if whose(thread_id) == room[1].id else f"{kind}_away"


def _unused(project: Project, season: Season, key: str, thread_id: str, turn: int) -> tuple[Speech, ...] | None:
    """The exchange for a thread's turn; threads of one kind share a stock without meeting in it."""
    same = [t.thread_id for t in season.threads if kind_of(t.thread_id) == kind_of(thread_id)]
    choices = shuffled(threads().touches[key], project, "touch", key, season.number)
    mine = choices[same.index(thread_id) :: len(same)]
    return mine[turn] if turn < len(mine) else None


def _touching(project: Project, thread_id: str, room: Room, casting: Casting, speeches: tuple[Speech, ...]) -> Exchange:
    beat, partner = room
    people = {"a": casting.people["a"], "x": partner}
    slots = exchange_slots(casting, people)
    about = next((member for member in project.cast if member.id == whose(thread_id)), None)
    rule = next((rule for rule in project.world_rules if rule.id == whose(thread_id)), casting.rule)
    if kind_of(thread_id) in PERSONAL and about is not None:
        people["s"] = about
        slots["s"] = short_name(about)
    if kind_of(thread_id) == "rule":
        slots |= {"rule": rule_sentence(rule), "cost": cost_clause(rule)}
    return Exchange(beat.id, speeches, people, slots, weight=0, threads=(thread_id,))
