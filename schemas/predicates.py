"""The vocabulary of claims and facts: what a predicate is about and which kind of value it takes.

Which rules a predicate obeys is canon's business (``narrative_assets.canon.kinds``); names live here because
writers, importers and the gate must use the same ones. Projects add their own (``Project.predicates``).
"""

from __future__ import annotations

from typing import NamedTuple

from schemas.rules import SubjectKind
from schemas.story import EntityRef, FlagValue, NumberValue, TextValue


class Predicate(NamedTuple):
    """A predicate's name, what its subject is and the value type it takes."""

    name: str
    subject: SubjectKind
    value: type[EntityRef] | type[TextValue] | type[NumberValue] | type[FlagValue]


# Identity and age
NAME = Predicate("name", "character", TextValue)
SAME_AS = Predicate("same_as", "character", EntityRef)  # two ids of one person
AGE = Predicate("age", "character", NumberValue)  # completed; unit: years
BORN = Predicate("born", "character", NumberValue)  # story minute of birth, negative before the epoch; unit: minute
# Life and deeds
ALIVE = Predicate("alive", "character", FlagValue)
ACTS = Predicate("acts", "character", FlagValue)  # takes part bodily: speaks on screen, moves, handles
DOES = Predicate("does", "character", TextValue)  # a deed in a few words, for example "sees snow"
FIRST_TIME = Predicate("first_time", "character", TextValue)  # does that deed for the first time in their life
CAN = Predicate("can", "character", TextValue)  # a skill: "swim"; denied: cannot
# Place
LOCATED_AT = Predicate("located_at", "any", EntityRef)  # a character, thing or vehicle in a place or vehicle
# Possession
HOLDS = Predicate("holds", "character", EntityRef)  # has it on them; the owner may be somebody else
OWNS = Predicate("owns", "character", EntityRef)
USES = Predicate("uses", "character", EntityRef)  # handles a thing: needs it in hand, and whole
EXISTS = Predicate("exists", "thing", FlagValue)  # false once destroyed
HAS_COUNT = Predicate("has_count", "any", NumberValue)  # how many of what the unit names: 5 coins
# Relationships
RELATED = Predicate("related", "character", EntityRef)
PARENT_OF = Predicate("parent_of", "character", EntityRef)
CHILD_OF = Predicate("child_of", "character", EntityRef)  # the same the other way round
ADOPTED_BY = Predicate("adopted_by", "character", EntityRef)  # a parent in law, not by birth
SIBLING_OF = Predicate("sibling_of", "character", EntityRef)
SPOUSE_OF = Predicate("spouse_of", "character", EntityRef)
FRIEND_OF = Predicate("friend_of", "character", EntityRef)
ENEMY_OF = Predicate("enemy_of", "character", EntityRef)
LOVES = Predicate("loves", "character", EntityRef)  # one way only: it may go unreturned
# Knowledge
KNOWS = Predicate("knows", "character", TextValue)
RELIES_ON = Predicate("relies_on", "character", TextValue)  # acts on knowing it
REVEALS = Predicate("reveals", "any", TextValue)  # shows or says a truth openly, to the audience too
# State and appearance
STATE = Predicate("state", "any", TextValue)
WOUNDED = Predicate("wounded", "character", TextValue)  # what is hurt: "left arm"; denied: it is not, or no longer
DISGUISED_AS = Predicate("disguised_as", "character", EntityRef)
WEATHER = Predicate("weather", "place", TextValue)
LIGHT = Predicate("light", "place", TextValue)  # "day", "night", "dusk", "dawn"
EYES = Predicate("eyes", "character", TextValue)  # colour
HAIR = Predicate("hair", "character", TextValue)  # colour and cut
WEARS = Predicate("wears", "character", TextValue)  # the outer garment, as it is seen
# Time
HAPPENED = Predicate("happened", "event", TextValue)
BEGINS = Predicate("begins", "event", FlagValue)
ENDS = Predicate("ends", "event", FlagValue)
LASTS = Predicate("lasts", "event", NumberValue)  # unit: minutes
AFTER = Predicate("after", "event", EntityRef)  # begins once the other event has ended
DUE_BY = Predicate("due_by", "event", NumberValue)  # has ended by this story minute; unit: minute
# The world
IN_FORCE = Predicate("in_force", "rule", FlagValue)  # false once a world rule is repealed

PREDICATES = {value.name: value for value in list(globals().values()) if isinstance(value, Predicate)}
