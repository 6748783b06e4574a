"""Rules of continuity as data: what a predicate obeys, and what a world allows.

How a trait is checked is the business of ``narrative_assets.canon.kinds``; a project adds rules of its own here
without touching the gate.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Line, Part, Slug, StoryMinute
from schemas.story import ChangeKind, Value

SubjectKind = Literal["character", "place", "thing", "event", "rule", "any"]
Minutes = Annotated[int, Field(ge=0, le=10**11)]


class PredicateRule(Part):
    """What a predicate obeys. ``code`` names its contradiction; ``permits`` are the changes that excuse one.

    ``says`` and ``denies`` put it into words, for example ``{subject} wears {value}``.
    ``lasting_flag`` is the state that lasts: for flags the flag, for other values whether it is affirmed;
    ``reached_once_by`` are the events that reach it and cannot happen while it lasts. ``holds_for`` is how many
    story minutes a value stands after it was last told (None: until something ends it). ``excludes`` are
    predicates that cannot hold of the same two at the same time; ``inverse`` is the one that says the same the
    other way round. ``ageing_species`` are those whose years are counted. ``lasting_values`` are words for what
    stays until an event ends it, ``opposite_values`` those that none of them goes with.
    """

    predicate: Slug
    code: Slug
    traits: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    permits: Annotated[tuple[ChangeKind, ...], Field(max_length=40)] = ()
    says: Line = ""
    denies: Line = ""
    subject: SubjectKind = "any"
    severity: Literal["block", "warn"] = "block"
    lasting_flag: bool = True
    reached_once_by: Annotated[tuple[ChangeKind, ...], Field(max_length=40)] = ()
    bodily: bool = False
    symmetric: bool = False
    momentary: bool = False
    inverse: Slug | None = None
    excludes: Annotated[tuple[Slug, ...], Field(max_length=40)] = ()
    holds_for: Minutes | None = None
    lasting_values: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    opposite_values: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    ageing_species: Annotated[tuple[Slug, ...], Field(max_length=200)] = ("human",)


class Condition(Part):
    """Something that holds at a moment. Without a subject it is said of whoever the rule is applied to."""

    subject: Slug | None = None
    predicate: Slug
    object: Value | None = None
    polarity: Literal["affirmed", "denied"] = "affirmed"


class RuleTerms(Part):
    """A world rule as it can be judged: when it applies, what it forbids, demands, costs and rations.

    It applies to claims of ``predicate`` (of ``object``, of the ``subjects`` or ``species``, where given), while it
    is in force. ``requires`` must hold at that moment; each of ``costs`` must be told of the one who pays within
    ``cost_within`` minutes; at most ``at_most`` times are allowed to one subject in any ``window`` minutes.
    A claim whose change event names what permits it (``permitted_by``) is a declared exception.
    """

    predicate: Slug
    object: Value | None = None
    subjects: Annotated[tuple[Slug, ...], Field(max_length=500)] = ()
    species: Annotated[tuple[Slug, ...], Field(max_length=200)] = ()
    exempt: Annotated[tuple[Slug, ...], Field(max_length=500)] = ()
    forbidden: bool = False
    requires: Annotated[tuple[Condition, ...], Field(max_length=20)] = ()
    costs: Annotated[tuple[Condition, ...], Field(max_length=20)] = ()
    cost_within: Minutes = 60
    at_most: Annotated[int, Field(ge=1, le=100_000)] | None = None
    window: Minutes = 1_440
    in_force_from: StoryMinute | None = None
    in_force_until: StoryMinute | None = None
