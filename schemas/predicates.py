"""The vocabulary of claims and facts: what a predicate is about and which kind of value it takes.

Which rules a predicate obeys is canon's business (``narrative_assets.canon``); names live here because
writers, importers and the gate must use the same ones.
"""

from __future__ import annotations

from typing import NamedTuple

from schemas.story import EntityRef, FlagValue, NumberValue, TextValue


class Predicate(NamedTuple):
    """A predicate's name, what its subject is and the value type it takes."""

    name: str
    subject: str
    value: type[EntityRef] | type[TextValue] | type[NumberValue] | type[FlagValue]


NAME = Predicate("name", "character", TextValue)
AGE = Predicate("age", "character", NumberValue)  # unit: years
ALIVE = Predicate("alive", "character", FlagValue)
LOCATED_AT = Predicate("located_at", "character", EntityRef)
ACTS = Predicate("acts", "character", FlagValue)  # takes part bodily: speaks on screen, moves, handles
HOLDS = Predicate("holds", "character", EntityRef)
KNOWS = Predicate("knows", "character", TextValue)
RELATED = Predicate("related", "character", EntityRef)
STATE = Predicate("state", "thing", TextValue)
HAPPENED = Predicate("happened", "event", TextValue)

PREDICATES = {
    predicate.name: predicate
    for predicate in (NAME, AGE, ALIVE, LOCATED_AT, ACTS, HOLDS, KNOWS, RELATED, STATE, HAPPENED)
}
