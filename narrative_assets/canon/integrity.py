"""Whether a diff can be folded at all: whom it names, whose ancestor it makes whom, and from when it speaks of whom.

It looks at any diff, those that a person writes too; whether a story may tell it is the gate's business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from narrative_assets.canon.fold import stale_changes
from narrative_assets.canon.identity import episode_order
from narrative_assets.canon.kinds import RULES
from narrative_assets.canon.words import date
from schemas.canon import Canon, CanonDiff, Fact, Relationship
from schemas.errors import InputError, KinshipCycle, SubjectNotYet, UnknownEntity
from schemas.story import EntityRef, FlagValue, NumberValue

_PARENT = ("parent_of", "child_of")


def require_sound(canon: Canon, diff: CanonDiff) -> None:
    """Refuse a diff that canon cannot take up, whoever wrote it.

    Raises InputError for a change of a fact that does not stand, UnknownEntity for a name that neither canon nor
    the diff introduces, KinshipCycle for somebody who becomes their own ancestor, and SubjectNotYet for a fact
    dated before its subject's birth or making.
    """
    _require_standing(canon, diff)
    _require_known(canon, diff)
    facts = _facts_after(canon, diff)
    _require_no_cycle(canon, diff, facts)
    _require_begun(diff, facts)


def _require_standing(canon: Canon, diff: CanonDiff) -> None:
    stale = stale_changes(canon, diff)
    if stale:
        raise InputError(
            f"{_name(diff)} changes {_words(stale[0])} ({stale[0].fact_id}), which canon does not hold.",
            remedy="Judge the episode again, or change a fact that stands in canon.",
        )
    for change in diff.modified_facts:
        if (change.before.subject, change.before.predicate) != (change.after.subject, change.after.predicate):
            raise InputError(
                f"{_name(diff)} turns {_words(change.before)} into {_words(change.after)}.",
                remedy="Remove the one fact and add the other.",
            )


def _require_known(canon: Canon, diff: CanonDiff) -> None:
    known = _entities(canon, diff)
    for what, entity in _named(diff):
        if entity not in known:
            raise UnknownEntity(
                f"{_name(diff)}: {what} names {entity!r}, whom neither canon nor the diff introduces.",
                remedy="Add the character, place or thing to the diff, or correct the id.",
            )
    threads = {thread.thread_id for thread in canon.threads}
    for thread in diff.threads:
        planted = thread.planted_in
        if thread.thread_id not in threads and planted and episode_order(planted) < episode_order(diff.episode_id):
            raise UnknownEntity(
                f"{_name(diff)}: the thread {thread.thread_id!r} was planted in {planted}, and canon does not know it.",
                remedy="Open the thread in this episode, or correct its id.",
            )


def _entities(canon: Canon, diff: CanonDiff) -> set[str]:
    return {
        *(character.character_id for character in (*canon.characters, *diff.added_characters)),
        *(location.location_id for location in (*canon.locations, *diff.added_locations)),
        *(thing.thing_id for thing in (*canon.things, *diff.added_things)),
        *(rule.rule_id for rule in canon.world_rules),
    }


def _named(diff: CanonDiff) -> Iterator[tuple[str, str]]:
    """What names whom, in words and as an id. Events introduce themselves."""
    for fact in (*diff.added_facts, *(change.after for change in diff.modified_facts)):
        rule = RULES.get(fact.predicate)
        if rule is not None and rule.subject == "event":
            continue
        yield f"the fact {_words(fact)}", fact.subject
        if isinstance(fact.object, EntityRef):
            yield f"the fact {_words(fact)}", fact.object.entity
    for bond in diff.added_relationships:
        for entity in (bond.subject, bond.object):
            yield f"the relationship {bond.subject} {bond.relation} {bond.object}", entity
    for event in diff.added_events:
        for entity in (*event.participants, *((event.location_id,) if event.location_id else ())):
            yield f"the event {event.event_id}", entity


def _facts_after(canon: Canon, diff: CanonDiff) -> list[Fact]:
    """The facts that stand once the diff is folded."""
    standing = {fact.fact_id: fact for fact in canon.persistent_states}
    for fact in diff.removed_facts:
        standing.pop(fact.fact_id, None)
    for change in diff.modified_facts:
        standing.pop(change.before.fact_id, None)
        standing[change.after.fact_id] = change.after
    standing.update({fact.fact_id: fact for fact in diff.added_facts})
    return list(standing.values())


def _require_no_cycle(canon: Canon, diff: CanonDiff, facts: Iterable[Fact]) -> None:
    """Walks down from those whom the diff makes parents; canon's own lines stood before."""
    children: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for parent, child in _bonds(facts, (*canon.relationships, *diff.added_relationships)):
        children[parent][child] = None
    brought = (*diff.added_facts, *(change.after for change in diff.modified_facts))
    for parent in dict.fromkeys(parent for parent, _ in _bonds(brought, diff.added_relationships)):
        line = _way_down(parent, children)
        if line:
            raise KinshipCycle(
                f"{_name(diff)} makes {parent!r} their own ancestor: {' > '.join(line)}.",
                remedy="Turn one parent and child around, or make it an adoption (adopted_by).",
            )


def _bonds(facts: Iterable[Fact], relationships: Iterable[Relationship]) -> Iterator[tuple[str, str]]:
    """Parent and child, of every bond by birth that stands."""
    told = [
        (fact.predicate, fact.subject, fact.object.entity)
        for fact in facts
        if fact.polarity == "affirmed" and fact.valid_to is None and isinstance(fact.object, EntityRef)
    ]
    told += [(each.relation, each.subject, each.object) for each in relationships if each.until is None]
    for predicate, subject, other in told:
        if predicate in _PARENT:
            yield (subject, other) if predicate == "parent_of" else (other, subject)


def _way_down(start: str, children: dict[str, dict[str, None]]) -> list[str]:
    """The way from parent to child that leads from ``start`` back to it, empty where there is none."""
    above: dict[str, str] = {}
    level = [start]
    while level:
        found = [(child, parent) for parent in level for child in children.get(parent, ())]
        level = []
        for child, parent in found:
            if child == start:
                line = [start, parent]
                while line[-1] != start:
                    line.append(above[line[-1]])
                return line[::-1]
            if child not in above:
                above[child] = parent
                level.append(child)
    return []


def _require_begun(diff: CanonDiff, facts: Iterable[Fact]) -> None:
    """No fact lies before its subject's birth or making, whichever of the two the diff brings."""
    begins: dict[str, tuple[int, Fact]] = {}
    dated: dict[str, Fact] = {}
    for fact in facts:
        start = _beginning(fact)
        if start is not None:
            begins[fact.subject] = (start, fact)
        elif fact.valid_from is not None and fact.personal_time is None:
            first = dated.get(fact.subject)
            if first is None or fact.valid_from < (first.valid_from or 0):
                dated[fact.subject] = fact
    touched = {fact.subject for fact in (*diff.added_facts, *(change.after for change in diff.modified_facts))}
    for subject, (start, beginning) in begins.items():
        first = dated.get(subject)
        if subject in touched and first is not None and first.valid_from is not None and first.valid_from < start:
            raise SubjectNotYet(
                f"{_name(diff)}: {_words(first)} from {date(first.valid_from)} on, but {_words(beginning)}: "
                f"{subject!r} is not there before {date(start)}.",
                remedy=f"Date the fact at {date(start)} or later, or correct the beginning.",
            )


def _beginning(fact: Fact) -> int | None:
    """The story minute before which its subject is not there: a birth, or the making of a thing."""
    if fact.polarity == "denied" or fact.valid_to is not None:
        return None
    if fact.predicate == "born" and isinstance(fact.object, NumberValue):
        return fact.object.number
    made = fact.predicate == "exists" and isinstance(fact.object, FlagValue) and fact.object.flag
    return fact.valid_from if made else None


def _words(fact: Fact) -> str:
    value = fact.object
    said = value.entity if isinstance(value, EntityRef) else " ".join(map(str, value.model_dump().values()))
    return f"“{fact.subject} {'not ' if fact.polarity == 'denied' else ''}{fact.predicate} {said}”"


def _name(diff: CanonDiff) -> str:
    author = f" by {diff.author}" if diff.author else ""
    return f"The {'amendment' if diff.origin == 'amendment' else 'diff'} of {diff.episode_id}{author}"
