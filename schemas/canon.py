"""The Canon and CanonDiff contracts: structured truth, and the only way it changes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.base import Artifact, ElementId, EpisodeId, Line, Part, Sha256, Slug, StoryMinute, Text
from schemas.rules import RuleTerms
from schemas.script import Pronouns
from schemas.story import Claim, SourceSpan, StoryInterval, StoryThread, Telling, Value


class CanonCharacter(Part):
    """Identity of a character. What changes about one (age, place, life) stands in facts."""

    character_id: Slug
    name: Line
    aliases: Annotated[tuple[Line, ...], Field(max_length=40)] = ()
    pronouns: Pronouns = "they"
    species: Slug = "human"
    description: Text = ""


class CanonLocation(Part):
    location_id: Slug
    name: Line
    interior: bool = False
    description: Text = ""
    minutes_to: Annotated[dict[Slug, Annotated[int, Field(ge=0, le=10_000_000)]], Field(max_length=200)] = {}
    clock_ahead: Annotated[int, Field(ge=-1_440, le=1_440)] = 0
    """Minutes that its clock is ahead of the series' clock: another time zone."""


class CanonThing(Part):
    thing_id: Slug
    name: Line
    description: Text = ""


class WorldRule(Part):
    """A rule of the world, in words and, where it can be judged, as data."""

    rule_id: Slug
    statement: Text
    terms: RuleTerms | None = None


class Relationship(Part):
    subject: Slug
    relation: Slug
    object: Slug
    since: StoryMinute | None = None
    until: StoryMinute | None = None
    source: Telling | None = None


class TimelineEvent(Part):
    """Something that happened, kept as memory for later episodes. ``subject`` is what the claim told it of."""

    event_id: ElementId
    subject: Slug | None = None
    summary: Text
    story_time: StoryInterval
    location_id: Slug | None = None
    participants: Annotated[tuple[Slug, ...], Field(max_length=60)] = ()
    telling: Telling


class Fact(Part):
    """(subject, predicate, object), where it became true and where it stopped, and on whose word.

    ``valid_from`` and ``valid_to`` are story minutes; None is unbounded on that side. ``observed_to`` is the
    last minute the story tells of it: from there to ``valid_to`` the fact is carried forward, not seen.
    ``sometime`` says that until ``observed_to`` it held at some minute only, as of whoever is present in a scene.
    ``revealed_in`` is the episode before which nobody may show or say it: the truth behind a reveal.
    ``personal_time`` is the subject's own clock, where the story told it.
    """

    fact_id: ElementId
    subject: Slug
    predicate: Slug
    object: Value
    polarity: Literal["affirmed", "denied"] = "affirmed"
    valid_from: StoryMinute | None = None
    valid_to: StoryMinute | None = None
    observed_to: StoryMinute | None = None
    sometime: bool = False
    personal_time: StoryInterval | None = None
    established: Telling | None = None
    revealed_in: EpisodeId | None = None
    authority: Literal["locked", "approved", "imported"] = "approved"
    source: SourceSpan


class Canon(Artifact):
    """All that is true before an episode (``as_of``): the fold of the approved diffs of earlier ones."""

    VERSION: ClassVar[str] = "1.1.0"

    project_id: Slug
    as_of: EpisodeId
    characters: Annotated[tuple[CanonCharacter, ...], Field(max_length=20_000)] = ()
    locations: Annotated[tuple[CanonLocation, ...], Field(max_length=20_000)] = ()
    things: Annotated[tuple[CanonThing, ...], Field(max_length=50_000)] = ()
    world_rules: Annotated[tuple[WorldRule, ...], Field(max_length=5_000)] = ()
    relationships: Annotated[tuple[Relationship, ...], Field(max_length=100_000)] = ()
    timeline_events: Annotated[tuple[TimelineEvent, ...], Field(max_length=200_000)] = ()
    persistent_states: Annotated[tuple[Fact, ...], Field(max_length=2_000_000)] = ()
    threads: Annotated[tuple[StoryThread, ...], Field(max_length=5_000)] = ()
    last_summary: Text = ""
    story_minute: StoryMinute = 0


FindingId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class Waiver(Part):
    """A person's word that a contradiction is meant: which, why, who says so, and up to which episode.

    It binds to ``finding_id``: the same assertion against the same truth, wherever it is told.
    """

    finding_id: FindingId
    code: Slug
    reason: Annotated[Line, Field(min_length=1)]
    name: Annotated[Line, Field(min_length=1)]
    expires_after: EpisodeId


class Judgement(Part):
    """What the gate says of one claim. There is no bare pass: ``honoured`` means compared and agreeing.

    A waived contradiction stays one; its severity falls to ``info`` and the waiver stands beside it.
    """

    verdict: Literal["contradiction", "unsupported", "unknown", "honoured"]
    code: Slug
    severity: Literal["block", "warn", "info"]
    message: Text
    claim: Claim | None = None
    against_fact: Fact | None = None
    against_claim: Claim | None = None
    against_rule: Slug | None = None
    repair: Text = ""
    finding_id: FindingId | None = None
    waiver: Waiver | None = None


class FactChange(Part):
    """A fact that ends or is corrected: the fact as it stood and as it stands now."""

    before: Fact
    after: Fact
    reason: Line


class CanonValidation(Part):
    """What was judged, against which canon, with every judgement that is not ``honoured``."""

    gate_version: Line
    canon_hash: Sha256
    claims_checked: Annotated[int, Field(ge=0, le=1_000_000)]
    honoured: Annotated[int, Field(ge=0, le=1_000_000)]
    judgements: Annotated[tuple[Judgement, ...], Field(max_length=100_000)] = ()


class CanonDiff(Artifact):
    """What an episode changes in canon: proposed by the script, judged by the gate, then approved.

    An ``amendment`` is written by a person (``author``) and is folded after the script's own diff of its episode.
    ``base_canon_hash`` is the part of canon that it was judged against.
    """

    VERSION: ClassVar[str] = "1.1.0"

    project_id: Slug
    episode_id: EpisodeId
    origin: Literal["script", "amendment"] = "script"
    author: Line = ""
    script_hash: Sha256 | None = None
    base_canon_hash: Sha256
    added_characters: Annotated[tuple[CanonCharacter, ...], Field(max_length=1_000)] = ()
    added_locations: Annotated[tuple[CanonLocation, ...], Field(max_length=1_000)] = ()
    added_things: Annotated[tuple[CanonThing, ...], Field(max_length=1_000)] = ()
    added_facts: Annotated[tuple[Fact, ...], Field(max_length=20_000)] = ()
    modified_facts: Annotated[tuple[FactChange, ...], Field(max_length=20_000)] = ()
    removed_facts: Annotated[tuple[Fact, ...], Field(max_length=20_000)] = ()
    added_relationships: Annotated[tuple[Relationship, ...], Field(max_length=5_000)] = ()
    added_events: Annotated[tuple[TimelineEvent, ...], Field(max_length=5_000)] = ()
    threads: Annotated[tuple[StoryThread, ...], Field(max_length=200)] = ()
    summary: Text = ""
    story_minute: StoryMinute = 0
    justification: Text
    provenance: SourceSpan
    validation: CanonValidation
