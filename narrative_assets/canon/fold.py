"""Canon as of an episode: the project's own facts with the diffs of earlier episodes folded onto them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from narrative_assets.canon.identity import episode_order, fact_id
from narrative_assets.canon.relations import as_relationship
from schemas.canon import (
    Canon,
    CanonCharacter,
    CanonDiff,
    CanonLocation,
    CanonThing,
    Fact,
    Relationship,
    TimelineEvent,
    WorldRule,
)
from schemas.errors import InputError
from schemas.project import CastMember, EstablishedFact, Project, ProjectRule
from schemas.story import EntityRef, FlagValue, NumberValue, SourceSpan, StoryThread, TextValue, Value

FIRST_MINUTE = 0
"""The story minute at which ages and holders of the project file are true."""


def initial_canon(project: Project, as_of: str) -> Canon:
    """Canon before any episode: cast, places, props and rules of the project file, and the facts they state.

    Everyone is alive and bears their name from the start; ages and holders hold at story minute 0.
    """
    facts = _project_facts(project)
    return Canon(
        project_id=project.id,
        as_of=as_of,
        characters=tuple(
            CanonCharacter(
                character_id=member.id,
                name=member.name,
                aliases=member.aliases,
                pronouns=member.pronouns,
                species=member.species,
                description=member.description,
            )
            for member in project.cast
        ),
        locations=tuple(
            CanonLocation(
                location_id=place.id,
                name=place.name,
                interior=place.interior,
                description=place.description,
                minutes_to=place.minutes_to,
                clock_ahead=place.clock_ahead,
            )
            for place in project.places
        ),
        things=tuple(
            CanonThing(thing_id=prop.id, name=prop.name, description=prop.description) for prop in project.props
        ),
        world_rules=tuple(
            WorldRule(rule_id=rule.id, statement=_in_words(rule), terms=rule.terms) for rule in project.world_rules
        ),
        relationships=tuple(each for fact in facts if (each := as_relationship(fact)) is not None),
        persistent_states=tuple(facts),
    )


def apply_diff(canon: Canon, diff: CanonDiff, as_of: str) -> Canon:
    """``canon`` with an approved diff on top. What the diff ends or removes must stand there to be touched."""
    fold = _Fold.of(canon)
    fold.apply(diff)
    return fold.canon(canon.project_id, as_of)


def canon_as_of(project: Project, diffs: Sequence[CanonDiff], as_of: str) -> Canon:
    """Canon before the episode ``as_of``: the diffs of earlier episodes in story order, whatever their order here.

    A later diff of the same episode replaces an earlier one; amendments are folded on top of it, in the order given.
    ``as_of`` may lie past the last episode. Raises InputError for a diff of another project.
    """
    newest: dict[str, CanonDiff] = {}
    amendments: defaultdict[str, list[CanonDiff]] = defaultdict(list)
    for diff in diffs:
        if diff.project_id != project.id:
            raise InputError(
                f"The diff of {diff.episode_id} belongs to the project {diff.project_id!r}, not to {project.id!r}.",
                remedy="Fold only diffs of one project.",
            )
        if diff.origin == "amendment":
            amendments[diff.episode_id].append(diff)
        else:
            newest[diff.episode_id] = diff
    fold = _Fold.of(initial_canon(project, as_of))
    for episode_id in sorted({*newest, *amendments}, key=episode_order):
        if episode_order(episode_id) < episode_order(as_of):
            for diff in (*((newest[episode_id],) if episode_id in newest else ()), *amendments[episode_id]):
                fold.apply(diff)
    return fold.canon(project.id, as_of)


def stale_changes(canon: Canon, diff: CanonDiff) -> tuple[Fact, ...]:
    """Facts that ``diff`` ends, corrects or removes although canon no longer holds them: an earlier episode was
    rewritten, and the diff has to be judged again. Folding leaves such changes out.
    """
    standing = {fact.fact_id for fact in canon.persistent_states}
    touched = (*(change.before for change in diff.modified_facts), *diff.removed_facts)
    return tuple(fact for fact in touched if fact.fact_id not in standing)


@dataclass
class _Fold:
    """Canon under way: everything by its identity, in the order it came."""

    characters: dict[str, CanonCharacter]
    locations: dict[str, CanonLocation]
    things: dict[str, CanonThing]
    rules: dict[str, WorldRule]
    facts: dict[str, Fact]
    relationships: dict[tuple[str, str, str, int | None], Relationship]
    events: dict[str, TimelineEvent]
    threads: dict[str, StoryThread]
    summary: str = ""
    minute: int = field(default=0)

    @classmethod
    def of(cls, canon: Canon) -> _Fold:
        return cls(
            characters={character.character_id: character for character in canon.characters},
            locations={location.location_id: location for location in canon.locations},
            things={thing.thing_id: thing for thing in canon.things},
            rules={rule.rule_id: rule for rule in canon.world_rules},
            facts={fact.fact_id: fact for fact in canon.persistent_states},
            relationships=_related(canon.relationships),
            events={event.event_id: event for event in canon.timeline_events},
            threads={thread.thread_id: thread for thread in canon.threads},
            summary=canon.last_summary,
            minute=canon.story_minute,
        )

    def apply(self, diff: CanonDiff) -> None:
        """Fold one diff in: removals and changes of what stands, then what is new."""
        for fact in diff.removed_facts:
            self.facts.pop(fact.fact_id, None)
        for change in diff.modified_facts:
            if change.before.fact_id in self.facts:
                self._replace(change.before.fact_id, change.after)
        self.facts.update({fact.fact_id: fact for fact in diff.added_facts})
        self.characters.update({character.character_id: character for character in diff.added_characters})
        self.locations.update({location.location_id: location for location in diff.added_locations})
        self.things.update({thing.thing_id: thing for thing in diff.added_things})
        self.relationships.update(_related(diff.added_relationships))
        self.events.update({event.event_id: event for event in diff.added_events})
        self.threads.update({thread.thread_id: thread for thread in diff.threads})
        if diff.origin == "script" or diff.summary:
            self.summary = diff.summary
        self.minute = max(self.minute, diff.story_minute)

    def canon(self, project_id: str, as_of: str) -> Canon:
        """The contract of what has been folded."""
        return Canon(
            project_id=project_id,
            as_of=as_of,
            characters=tuple(self.characters.values()),
            locations=tuple(self.locations.values()),
            things=tuple(self.things.values()),
            world_rules=tuple(self.rules.values()),
            relationships=tuple(self.relationships.values()),
            timeline_events=tuple(self.events.values()),
            persistent_states=tuple(self.facts.values()),
            threads=tuple(self.threads.values()),
            last_summary=self.summary,
            story_minute=self.minute,
        )

    def _replace(self, old_id: str, after: Fact) -> None:
        if after.fact_id != old_id:
            del self.facts[old_id]
        self.facts[after.fact_id] = after


def _related(relationships: Iterable[Relationship]) -> dict[tuple[str, str, str, int | None], Relationship]:
    return {(each.subject, each.relation, each.object, each.since): each for each in relationships}


def _in_words(rule: ProjectRule) -> str:
    """The rule and what follows when it is pressed, as two sentences."""
    cost = rule.cost.strip().rstrip(".")
    return f"{rule.statement.strip().rstrip('.')}. Otherwise {cost}." if cost else rule.statement.strip()


def _project_facts(project: Project) -> list[Fact]:
    held = [
        _project_fact(project, prop.holder, "holds", EntityRef(entity=prop.id), FIRST_MINUTE)
        for prop in project.props
        if prop.holder is not None
    ]
    stated = [_established(project, each) for each in project.facts]
    return [*(fact for member in project.cast for fact in _facts_of_member(project, member)), *held, *stated]


def _established(project: Project, stated: EstablishedFact) -> Fact:
    fact = _project_fact(project, stated.subject, stated.predicate, stated.object, stated.valid_from)
    polarity = stated.polarity
    return fact.model_copy(
        update={
            "fact_id": fact_id("project", fact.subject, fact.predicate, fact.object, polarity, fact.valid_from),
            "polarity": polarity,
            "valid_to": stated.valid_to,
            "authority": "locked" if stated.locked else "approved",
            "revealed_in": stated.revealed_in,
        }
    )


def _facts_of_member(project: Project, member: CastMember) -> list[Fact]:
    facts = [
        _project_fact(project, member.id, "name", TextValue(text=member.name), None),
        _project_fact(project, member.id, "alive", FlagValue(flag=True), None),
    ]
    if member.age_years is not None:
        age = NumberValue(number=member.age_years, unit="years")
        facts.append(_project_fact(project, member.id, "age", age, FIRST_MINUTE))
    return facts


def _project_fact(project: Project, subject: str, predicate: str, value: Value, valid_from: int | None) -> Fact:
    return Fact(
        fact_id=fact_id("project", subject, predicate, value, "affirmed", valid_from),
        subject=subject,
        predicate=predicate,
        object=value,
        valid_from=valid_from,
        source=SourceSpan(document=f"project {project.id}"),
    )
