"""Relationships as canon lists them beside its facts: the same bonds, for those who read who is what to whom."""

from __future__ import annotations

from schemas.canon import Canon, Fact, Relationship
from schemas.predicates import (
    ADOPTED_BY,
    CHILD_OF,
    ENEMY_OF,
    FRIEND_OF,
    LOVES,
    PARENT_OF,
    RELATED,
    SAME_AS,
    SIBLING_OF,
    SPOUSE_OF,
)
from schemas.story import EntityRef, SourceSpan

RELATIONSHIPS = frozenset(
    predicate.name
    for predicate in (
        RELATED, PARENT_OF, CHILD_OF, ADOPTED_BY, SIBLING_OF, SPOUSE_OF, FRIEND_OF, ENEMY_OF, LOVES, SAME_AS,
    )
)  # fmt: skip
"""The predicates that canon also lists as relationships."""


def as_relationship(fact: Fact) -> Relationship | None:
    """The relationship that a fact tells, None for a denial and for a fact of anything else."""
    if fact.predicate not in RELATIONSHIPS or fact.polarity == "denied" or not isinstance(fact.object, EntityRef):
        return None
    return Relationship(
        subject=fact.subject,
        relation=fact.predicate,
        object=fact.object.entity,
        since=fact.valid_from,
        until=fact.valid_to,
        source=fact.established,
    )


def relationships_of_record(canon: Canon) -> list[Fact]:
    """The relationships that canon lists, as facts, where no fact tells them."""
    told = {
        (fact.subject, fact.predicate, fact.object.entity)
        for fact in canon.persistent_states
        if isinstance(fact.object, EntityRef)
    }
    return [
        Fact(
            fact_id=f"relationship:{number}",
            subject=each.subject,
            predicate=each.relation,
            object=EntityRef(entity=each.object),
            valid_from=each.since,
            valid_to=each.until,
            established=each.source,
            source=SourceSpan(document="canon's list of relationships"),
        )
        for number, each in enumerate(canon.relationships)
        if (each.subject, each.relation, each.object) not in told
    ]
