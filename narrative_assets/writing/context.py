"""The context pack: what an episode may rely on of the past, each item with its source. No old script is read.

Its rank is decided in ``context_relevance``, its room in ``context_budget``; here both come together.
"""

from __future__ import annotations

from collections.abc import Collection

from narrative_assets.writing.context_budget import Budget, TokenCounter, item_line, thread_line
from narrative_assets.writing.context_relevance import (
    Focus,
    episode_order,
    focus_of,
    plain_words,
    ranked_events,
    ranked_facts,
    ranked_threads,
    told_order,
)
from schemas.canon import Canon, Fact, TimelineEvent
from schemas.canonical import content_hash
from schemas.errors import InputError, StoryOrderError
from schemas.predicates import KNOWS
from schemas.project import Project
from schemas.story import ContextItem, ContextPack, EntityRef, NumberValue, StoryThread, Telling, TextValue, Value

MAX_THREADS, MAX_FACTS, MAX_EVENTS = 100, 5_000, 2_000
"""What the contract holds; the budget is nearly always less."""
_VERBS = {
    "located_at": "is at",
    "holds": "holds",
    "knows": "knows",
    "state": "is",
    "alive": "is",
    "exists": "is",
    "in_force": "is",
    "wounded": "is wounded:",
    "disguised_as": "passes for",
}
_FLAGS = {"alive": ("dead", "alive"), "exists": ("destroyed", "whole"), "in_force": ("repealed", "in force")}


def standing_hash(pack: ContextPack, entities: Collection[str]) -> str:
    """64 hex digits of what a plan that names ``entities`` stands on: how they are, where and with what, what is open,
    and the minute.

    What is known or remembered, or of others, is left out: a plan that makes use of it reads differently itself.
    """
    named = frozenset(entities)
    facts = [
        item.model_dump(mode="json")
        for item in pack.facts
        if item.subject in named
        and item.predicate != KNOWS.name
        and (not isinstance(item.value, EntityRef) or item.value.entity in named)
    ]
    threads = [thread.model_dump(mode="json") for thread in pack.open_threads]
    return content_hash([pack.project_id, pack.episode_id, facts, threads, pack.story_minute])


def assemble_context(project: Project, canon: Canon, episode_id: str, tokens: TokenCounter) -> ContextPack:
    """The facts, threads, summary and events that ``episode_id`` may rely on, within ``project.context_tokens``.

    ``canon_hash`` covers just these. Room goes to the state of the series' people, places and props first, then
    to open threads, the last summary, past events by relevance, and what people know.
    Raises InputError for another project's canon and StoryOrderError for canon as of another episode.
    """
    _require_canon(project, canon, episode_id)
    focus, names, budget = focus_of(project, episode_id), _names(project, canon), Budget(tokens, project.context_tokens)

    def fact_line(fact: Fact) -> str:
        return item_line(_fact_item(fact, names))

    facts = ranked_facts(canon, focus, episode_id)
    states = budget.fitting((fact for fact in facts if fact.predicate != "knows"), fact_line, MAX_FACTS)
    threads = budget.fitting(ranked_threads(canon, episode_id), thread_line, MAX_THREADS)
    summary, recalled = _past(canon, focus, episode_id, _restated(project, states, names), budget)
    known = (fact for fact in facts if fact.predicate == "knows")
    kept = [*states, *budget.fitting(known, fact_line, MAX_FACTS - len(states))]
    pack = ContextPack(
        project_id=project.id,
        episode_id=episode_id,
        canon_hash="0" * 64,
        facts=tuple(_fact_item(fact, names) for fact in sorted(kept, key=lambda fact: fact.fact_id)),
        past_events=tuple(_event_item(event) for event in sorted(recalled, key=told_order)),
        last_summary=summary,
        open_threads=tuple(sorted(threads, key=_planted_order)),
        story_minute=canon.story_minute,
        tokenizer=tokens.name,
        token_budget=budget.limit,
        tokens=budget.spent,
        left_out=budget.left_out,
    )
    return pack.model_copy(update={"canon_hash": content_hash(pack.model_dump(mode="json", exclude={"canon_hash"}))})


def source_of(telling: Telling | None, fallback: str) -> str:
    """Where something was told: "s01e02 sc03"."""
    if telling is None:
        return fallback
    return " ".join(part for part in (telling.episode_id, telling.scene_id) if part)


def _require_canon(project: Project, canon: Canon, episode_id: str) -> None:
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


def _names(project: Project, canon: Canon) -> dict[str, str]:
    """Names by id: canon's for things and places it knows, the project's for the rest."""
    names = {member.id: member.name for member in project.cast}
    names |= {place.id: place.name for place in project.places}
    names |= {prop.id: prop.name for prop in project.props}
    names |= {rule.id: f'the rule "{rule.statement.rstrip(".")}"' for rule in project.world_rules}
    names |= {place.location_id: place.name for place in canon.locations}
    names |= {thing.thing_id: thing.name for thing in canon.things}
    return names | {person.character_id: person.name for person in canon.characters}


def _planted_order(thread: StoryThread) -> tuple[tuple[int, int], str]:
    return episode_order(thread.planted_in or "s00e00"), thread.thread_id


def _past(
    canon: Canon, focus: Focus, episode_id: str, restated: set[str], budget: Budget
) -> tuple[str, list[TimelineEvent]]:
    """The last summary and the events with room for them; what stands twice stands with its source only.

    A line of the summary gives way to the event that says the same, and both to a fact of the pack (``restated``).
    """
    lines = list(dict.fromkeys(line for line in canon.last_summary.split("\n") if plain_words(line)))
    ranked = ranked_events(canon, focus, episode_id, {plain_words(line) for line in lines})
    events = [event for event in ranked if plain_words(event.summary) not in restated]
    told = restated | {plain_words(event.summary) for event in events}
    summary = [line for line in lines if plain_words(line) not in told and budget.takes(line)]
    return "\n".join(summary), budget.fitting(events, lambda event: item_line(_event_item(event)), MAX_EVENTS)


def _restated(project: Project, facts: list[Fact], names: dict[str, str]) -> set[str]:
    """The plain words by which these facts might be told again, under any name of their subject."""
    others = {member.id: (member.name.split(" ")[0], *member.aliases) for member in project.cast}
    return {
        plain_words(_fact_text(fact, names, name))
        for fact in facts
        for name in (names.get(fact.subject, fact.subject), *others.get(fact.subject, ()))
    }


def _fact_item(fact: Fact, names: dict[str, str]) -> ContextItem:
    return ContextItem(
        text=_fact_text(fact, names, names.get(fact.subject, fact.subject)),
        source=source_of(fact.established, fact.source.document),
        fact_id=fact.fact_id,
        subject=fact.subject,
        predicate=fact.predicate,
        value=fact.object,
    )


def _fact_text(fact: Fact, names: dict[str, str], subject: str) -> str:
    return f"{subject} {_VERBS[fact.predicate]} {_words(fact.object, names, fact.predicate).rstrip('.')}."


def _words(value: Value, names: dict[str, str], predicate: str) -> str:
    if isinstance(value, EntityRef):
        return names.get(value.entity, value.entity)
    if isinstance(value, TextValue):
        return value.text
    if isinstance(value, NumberValue):
        return f"{value.number} {value.unit}"
    return _FLAGS.get(predicate, ("no", "yes"))[value.flag]


def _event_item(event: TimelineEvent) -> ContextItem:
    return ContextItem(text=event.summary, source=source_of(event.telling, event.event_id), fact_id=event.event_id)
