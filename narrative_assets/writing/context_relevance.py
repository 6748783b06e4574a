"""What of canon bears on an episode, and what of that comes first. How much fits is decided elsewhere.

Only the series' own people, places, props and rules count, so edits of canon about anybody else change nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.canon import Canon, Fact, TimelineEvent
from schemas.project import Project
from schemas.story import EntityRef, StoryThread, TextValue

PREDICATES = (
    "alive", "exists", "holds", "located_at", "disguised_as", "wounded", "state", "in_force", "knows",
)  # fmt: skip
"""What a writer asks of a fact, the most pressing first."""
_ONE_AT_A_TIME = ("alive", "exists", "located_at", "disguised_as", "in_force")
_ROLES = ("protagonist", "mentor", "rival", "ally", "stranger", "crowd")
_RECENT_EPISODES = 12
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_ARTICLES = {"a", "an", "the"}


def episode_order(episode_id: str) -> tuple[int, int]:
    """Season and number of an episode id such as ``s01e03``."""
    return int(episode_id[1:3]), int(episode_id[4:])


def plain_words(text: str) -> str:
    """The words of a sentence without case, marks and articles: equal for two tellings of one thing."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return " ".join(word for word in words if word not in _ARTICLES)


@dataclass(frozen=True)
class Focus:
    """Whom and what an episode is about: everything of the series by weight, more where its logline names it."""

    weights: dict[str, int]

    def __contains__(self, entity: str) -> bool:
        return entity in self.weights

    def weight(self, entities: Iterable[str]) -> int:
        """The summed weight of those entities that belong to the series."""
        return sum(self.weights.get(entity, 0) for entity in set(entities))


def focus_of(project: Project, episode_id: str) -> Focus:
    """Weights of the project's own entities for ``episode_id``: leads before crowds, the named before all."""
    entry = next((entry for entry in project.episodes if entry.id == episode_id), None)
    said = f" {plain_words(f'{entry.title} {entry.logline}')} " if entry else " "

    def named(*names: str) -> int:
        return 20 if any(f" {plain_words(name)} " in said for name in names if plain_words(name)) else 0

    weights = {
        member.id: 10 - _ROLES.index(member.role) + named(member.name, member.name.split(" ")[0], *member.aliases)
        for member in project.cast
    }
    weights |= {prop.id: 4 + named(prop.name) for prop in project.props}
    weights |= {place.id: 2 + named(place.name) for place in project.places}
    return Focus(weights | {rule.id: 6 for rule in project.world_rules})


def ranked_facts(canon: Canon, focus: Focus, episode_id: str) -> list[Fact]:
    """Current facts about the series that may be told by ``episode_id``, each once, the most pressing first."""
    standing: dict[tuple[str, str, str], Fact] = {}
    for fact in sorted(canon.persistent_states, key=lambda fact: (fact.valid_from or 0, fact.fact_id)):
        if fact.subject in focus and _holds(fact, canon.story_minute) and _may_be_told(fact, episode_id):
            key = _slot(fact)
            told = standing.get(key)
            if told is None or told.object != fact.object or told.subject != fact.subject:
                standing[key] = fact
    return sorted(standing.values(), key=lambda fact: (_pressing(fact, focus), fact.fact_id))


def _holds(fact: Fact, minute: int) -> bool:
    begun = fact.valid_from is None or fact.valid_from <= minute
    return (
        fact.predicate in PREDICATES
        and fact.polarity == "affirmed"
        and begun
        and (fact.valid_to is None or fact.valid_to > minute)
    )


def _may_be_told(fact: Fact, episode_id: str) -> bool:
    return fact.revealed_in is None or episode_order(fact.revealed_in) <= episode_order(episode_id)


def _slot(fact: Fact) -> tuple[str, str, str]:
    """Facts of one slot exclude each other: a body is in one place, a thing in one hand."""
    if fact.predicate == "holds" and isinstance(fact.object, EntityRef):
        return "", fact.predicate, fact.object.entity
    if fact.predicate in _ONE_AT_A_TIME:
        return fact.subject, fact.predicate, ""
    value = plain_words(fact.object.text) if isinstance(fact.object, TextValue) else fact.object.model_dump_json()
    return fact.subject, fact.predicate, value


def _pressing(fact: Fact, focus: Focus) -> tuple[int, int, int]:
    """What is known fills the room that states leave; that somebody lives goes without saying."""
    ordinary = fact.predicate in ("alive", "exists", "in_force") and getattr(fact.object, "flag", False)
    tier = 2 if fact.predicate == "knows" else int(ordinary)
    return tier, -focus.weight([fact.subject]), PREDICATES.index(fact.predicate)


def ranked_threads(canon: Canon, episode_id: str) -> list[StoryThread]:
    """Open threads: those due first come first, red herrings last."""

    def due(thread: StoryThread) -> tuple[bool, bool, tuple[int, int], str]:
        limits = [limit for limit in (thread.pays_off_in, thread.due_by) if limit is not None]
        first = min((episode_order(limit) for limit in limits), default=(100, 0))
        return thread.red_herring, first < episode_order(episode_id), first, thread.thread_id

    return sorted((thread for thread in canon.threads if not thread.closed), key=due)


def ranked_events(canon: Canon, focus: Focus, episode_id: str, in_summary: set[str]) -> list[TimelineEvent]:
    """Earlier events that bear on the series, each telling once, the most relevant first.

    ``in_summary`` are the plain words of the last summary's lines: events that stand there come before all.
    """
    planted = {thread.planted_in for thread in canon.threads if not thread.closed}
    seen: set[tuple[str, str]] = set()
    ranked: list[tuple[tuple[int, ...], TimelineEvent]] = []
    for number, event in enumerate(_earlier(canon, episode_id)):
        key = event.telling.episode_id, plain_words(event.summary)
        if key in seen or not key[1] or not _bears_on(event, focus):
            continue
        seen.add(key)
        score = focus.weight(_concerned(event))
        score += 8 * (event.telling.episode_id in planted)
        score += 2 * max(0, _RECENT_EPISODES - _episodes_ago(event, episode_id))
        ranked.append(((-int(key[1] in in_summary), -score, -number), event))
    return [event for _, event in sorted(ranked, key=lambda entry: entry[0])]


def told_order(event: TimelineEvent) -> tuple[tuple[int, int], int, str]:
    """Sort key: the order of the telling, within an episode that of story time."""
    return episode_order(event.telling.episode_id), event.story_time.earliest, event.event_id


def _earlier(canon: Canon, episode_id: str) -> list[TimelineEvent]:
    here = episode_order(episode_id)
    found = [event for event in canon.timeline_events if episode_order(event.telling.episode_id) < here]
    return sorted(found, key=told_order)


def _bears_on(event: TimelineEvent, focus: Focus) -> bool:
    """An event among strangers at a strange place does not; one without participants happens to everybody."""
    return not event.participants or any(one in focus for one in _concerned(event))


def _concerned(event: TimelineEvent) -> tuple[str, ...]:
    return (*event.participants, event.location_id) if event.location_id else event.participants


def _episodes_ago(event: TimelineEvent, episode_id: str) -> int:
    """Distance in the telling; another season counts as a full year of episodes."""
    (season, number), (told_season, told) = episode_order(episode_id), episode_order(event.telling.episode_id)
    return number - told if season == told_season else _RECENT_EPISODES
