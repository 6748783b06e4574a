"""The context pack: what an episode may rely on of the past, each item with its source. No old script is read.

Only what bears on the project's own people, places and props gets in, so other edits of canon change nothing.
"""

from __future__ import annotations

from schemas.canon import Canon, Fact, TimelineEvent
from schemas.canonical import content_hash
from schemas.errors import InputError, StoryOrderError
from schemas.project import Project
from schemas.story import ContextItem, ContextPack, EntityRef, NumberValue, Telling, TextValue, Value

MAX_FACTS = 200
MAX_EVENTS = 40
_PREDICATES = ("alive", "located_at", "holds", "knows", "state")
"""What the writer asks of a fact; of facts with other predicates it makes no use."""
_VERBS = {"located_at": "is at", "holds": "holds", "knows": "knows", "state": "is", "alive": "is"}


def assemble_context(project: Project, canon: Canon, episode_id: str) -> ContextPack:
    """The facts, events, threads and summary that ``episode_id`` may rely on, and the hash of just these.

    Raises InputError for another project's canon and StoryOrderError for canon as of another episode.
    """
    if canon.project_id != project.id:
        raise InputError(
            f"Canon belongs to project {canon.project_id!r}, not to {project.id!r}.",
            remedy="Read the canon of the project that the episode belongs to.",
        )
    if canon.as_of != episode_id:
        raise StoryOrderError(
            f"Canon stands before {canon.as_of}; {episode_id} needs it as of {episode_id}.",
            remedy=f"Read canon as of {episode_id}.",
        )
    names = _names(project, canon)
    pack = ContextPack(
        project_id=project.id,
        episode_id=episode_id,
        canon_hash="0" * 64,
        facts=tuple(_fact_item(fact, names) for fact in _facts(project, canon)),
        past_events=tuple(_event_item(event) for event in _events(project, canon, episode_id)),
        last_summary=canon.last_summary,
        open_threads=tuple(thread for thread in canon.threads if not thread.closed),
        story_minute=canon.story_minute,
    )
    return pack.model_copy(update={"canon_hash": content_hash(pack.model_dump(mode="json", exclude={"canon_hash"}))})


def _names(project: Project, canon: Canon) -> dict[str, str]:
    """Names by id: canon's for things and places it knows, the project's for the rest."""
    names = {member.id: member.name for member in project.cast}
    names |= {place.id: place.name for place in project.places}
    names |= {prop.id: prop.name for prop in project.props}
    names |= {place.location_id: place.name for place in canon.locations}
    names |= {thing.thing_id: thing.name for thing in canon.things}
    return names | {person.character_id: person.name for person in canon.characters}


def _facts(project: Project, canon: Canon) -> list[Fact]:
    """Current facts about the project's cast and props, the newest kept where there are too many."""
    own = {member.id for member in project.cast} | {prop.id for prop in project.props}
    current = [
        fact
        for fact in canon.persistent_states
        if fact.subject in own
        and fact.predicate in _PREDICATES
        and fact.polarity == "affirmed"
        and (fact.valid_to is None or fact.valid_to > canon.story_minute)
    ]
    current.sort(key=lambda fact: (fact.valid_from or 0, fact.fact_id))
    return sorted(current[-MAX_FACTS:], key=lambda fact: fact.fact_id)


def _events(project: Project, canon: Canon, episode_id: str) -> list[TimelineEvent]:
    """Earlier events, in the order of the telling: those with more of the cast and the later ones are kept."""
    cast = {member.id for member in project.cast}
    earlier = [event for event in canon.timeline_events if _order(event.telling) < _episode_order(episode_id)]
    earlier.sort(key=lambda event: (_order(event.telling), event.story_time.earliest, event.event_id))

    def weight(entry: tuple[int, TimelineEvent]) -> tuple[bool, int]:
        return bool(cast & set(entry[1].participants)), entry[0]

    kept = sorted(sorted(enumerate(earlier), key=weight)[-MAX_EVENTS:], key=lambda entry: entry[0])
    return [event for _, event in kept]


def _order(telling: Telling) -> tuple[int, int]:
    return _episode_order(telling.episode_id)


def _episode_order(episode_id: str) -> tuple[int, int]:
    return int(episode_id[1:3]), int(episode_id[4:])


def source_of(telling: Telling | None, fallback: str) -> str:
    """Where something was told: "s01e02 sc03"."""
    if telling is None:
        return fallback
    return " ".join(part for part in (telling.episode_id, telling.scene_id) if part)


def _fact_item(fact: Fact, names: dict[str, str]) -> ContextItem:
    subject = names.get(fact.subject, fact.subject)
    return ContextItem(
        text=f"{subject} {_VERBS[fact.predicate]} {_words(fact.object, names)}.",
        source=source_of(fact.established, fact.source.document),
        fact_id=fact.fact_id,
        subject=fact.subject,
        predicate=fact.predicate,
        value=fact.object,
    )


def _words(value: Value, names: dict[str, str]) -> str:
    if isinstance(value, EntityRef):
        return names.get(value.entity, value.entity)
    if isinstance(value, TextValue):
        return value.text
    if isinstance(value, NumberValue):
        return f"{value.number} {value.unit}"
    return "alive" if value.flag else "dead"


def _event_item(event: TimelineEvent) -> ContextItem:
    return ContextItem(text=event.summary, source=source_of(event.telling, event.event_id), fact_id=event.event_id)
