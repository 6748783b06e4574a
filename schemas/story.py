"""Contracts of the story: time, emotion, claims, StoryArc, EpisodePlan, Episode and ContextPack.

The Script has a module of its own (``schemas.script``), canon too (``schemas.canon``).
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.base import (
    Artifact,
    ElementId,
    EpisodeId,
    Line,
    Part,
    Permille,
    Seed,
    Sha256,
    Slug,
    StoryMinute,
    Text,
)

EmotionName = Literal[
    "neutral", "joy", "amusement", "tenderness", "awe", "curiosity", "determination",
    "surprise", "unease", "fear", "sadness", "anger", "disgust",
]  # fmt: skip
TimeOfDay = Literal["dawn", "morning", "day", "afternoon", "dusk", "evening", "night"]


class Emotion(Part):
    """A feeling and how strong it is (permille)."""

    name: EmotionName = "neutral"
    intensity: Permille = 0


class StoryInterval(Part):
    """When something holds or happens in story time, as far as known. Minutes since the epoch."""

    earliest: StoryMinute
    latest: StoryMinute

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.latest < self.earliest:
            raise ValueError(f"latest ({self.latest}) lies before earliest ({self.earliest})")
        return self


class Telling(Part):
    """Where in the telling something is said or shown."""

    episode_id: EpisodeId
    scene_id: ElementId | None = None
    element_id: ElementId | None = None


class SourceSpan(Part):
    """Where a statement comes from: a document and its lines (counted from 1), or a generator."""

    document: Line
    first_line: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    last_line: Annotated[int, Field(ge=1, le=10_000_000)] | None = None


class EntityRef(Part):
    """Value: another entity."""

    entity: Slug


class TextValue(Part):
    """Value: words."""

    text: Line


class NumberValue(Part):
    """Value: an integer with its unit, for example 37 years."""

    number: Annotated[int, Field(ge=-(10**12), le=10**12)]
    unit: Slug


class FlagValue(Part):
    """Value: yes or no."""

    flag: bool


Value = EntityRef | TextValue | NumberValue | FlagValue


class NarrativeFrame(Part):
    """The level of reality a claim belongs to. ``frame_id`` names the thread of it: two dreams differ."""

    kind: Literal["actual", "flashback", "flash_forward", "dream", "hallucination", "nested_story", "hypothetical"] = (
        "actual"
    )
    frame_id: Slug = "actual"
    parent_id: Slug | None = None


ChangeKind = Literal[
    "transfer", "heal", "injure", "disguise", "rename", "move", "reveal", "return", "repeal",
    "create", "destroy", "learn", "forget", "die", "resurrect", "age", "relate", "dress", "gain", "spend",
    "begin", "end",
]  # fmt: skip


class ChangeEvent(Part):
    """The event that permits a change of state, and what allows it."""

    kind: ChangeKind
    permitted_by: Line = ""


class Claim(Part):
    """One structured assertion about the world: who or what, since when, how it is told and on whose word.

    Example: ``mara`` ``located_at`` ``{entity: lighthouse}`` at story minute 480 to 490, shown, bodily.
    ``personal_time`` is the subject's own clock, for those who travel in time.
    """

    claim_id: ElementId
    subject: Slug
    mention: Line = ""
    predicate: Slug
    object: Value
    polarity: Literal["affirmed", "denied"] = "affirmed"
    story_time: StoryInterval
    personal_time: StoryInterval | None = None
    telling: Telling
    frame: NarrativeFrame = NarrativeFrame()
    modality: Literal["shown", "narrated", "said", "believed", "reported", "rumoured", "lied", "planned"] = "shown"
    holder: Slug | None = None
    certainty: Permille = 1000
    presence: Literal["bodily", "voice", "video", "image", "mention"] | None = None
    appears_as: bool = False
    change: ChangeEvent | None = None
    source: SourceSpan

    @model_validator(mode="after")
    def _holder_named(self) -> Self:
        if self.modality in ("said", "believed", "lied") and self.holder is None:
            raise ValueError(f"a claim that is {self.modality} needs a holder")
        return self


class StoryThread(Part):
    """An open question that the season plants, touches and pays off.

    ``due_by`` is the last episode that may answer it. A thread that is ``carried_over`` outlives its season on
    purpose; a ``red_herring`` needs no answer.
    """

    thread_id: Slug
    question: Line
    planted_in: EpisodeId | None = None
    pays_off_in: EpisodeId | None = None
    due_by: EpisodeId | None = None
    closed: bool = False
    carried_over: bool = False
    red_herring: bool = False


class Act(Part):
    number: Annotated[int, Field(ge=1, le=12)]
    name: Line
    purpose: Line
    episode_ids: Annotated[tuple[EpisodeId, ...], Field(min_length=1, max_length=200)]


class ArcEpisode(Part):
    """An episode's place in the season."""

    episode_id: EpisodeId
    title: Line
    logline: Text
    plot: Slug
    act: Annotated[int, Field(ge=1, le=12)]
    tension: Permille


class StoryArc(Artifact):
    """A season's shape: acts, the question each episode asks, and threads planted and paid off."""

    VERSION: ClassVar[str] = "1.0.0"

    project_id: Slug
    season: Annotated[int, Field(ge=1, le=99)]
    title: Line
    premise: Text
    theme: Line
    origin: Literal["generated", "imported"] = "generated"
    seed: Seed
    acts: Annotated[tuple[Act, ...], Field(min_length=1, max_length=12)]
    episodes: Annotated[tuple[ArcEpisode, ...], Field(min_length=1, max_length=200)]
    threads: Annotated[tuple[StoryThread, ...], Field(max_length=100)] = ()


class Beat(Part):
    """One step of an episode's plot; the writer turns it into a scene."""

    beat_id: ElementId
    function: Slug
    place_id: Slug
    time_of_day: TimeOfDay
    story_time: StoryInterval
    present: Annotated[tuple[Slug, ...], Field(max_length=40)]
    goal: Text
    conflict: Text
    outcome: Text
    emotion: Emotion
    tension: Permille
    threads: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    seconds: Annotated[int, Field(ge=1, le=36_000)]


class EpisodePlan(Artifact):
    """What happens in an episode, beat by beat, before a word of it is written.

    ``context_hash`` is what of the context pack the plan stands on.
    """

    VERSION: ClassVar[str] = "1.0.0"

    project_id: Slug
    episode_id: EpisodeId
    title: Line
    logline: Text
    plot: Slug
    origin: Literal["generated", "imported"] = "generated"
    seed: Seed
    context_hash: Sha256
    beats: Annotated[tuple[Beat, ...], Field(min_length=1, max_length=400)]
    threads_opened: Annotated[tuple[StoryThread, ...], Field(max_length=40)] = ()
    threads_closed: Annotated[tuple[Slug, ...], Field(max_length=40)] = ()


class Episode(Artifact):
    """The record of a finished episode that later ones may rely on (plan section 5.4)."""

    VERSION: ClassVar[str] = "1.0.0"

    project_id: Slug
    episode_id: EpisodeId
    episode_number: Annotated[int, Field(ge=1, le=999)]
    arc_reference: Sha256
    title: Line
    summary: Text
    new_facts: Annotated[tuple[ElementId, ...], Field(max_length=20_000)] = ()
    unresolved_threads: Annotated[tuple[StoryThread, ...], Field(max_length=100)] = ()


class ContextItem(Part):
    """One thing the writer may rely on, with where it comes from; a fact also as data."""

    text: Text
    source: Line
    fact_id: ElementId | None = None
    subject: Slug | None = None
    predicate: Slug | None = None
    value: Value | None = None


class RecalledItem(Part):
    """A passage of an earlier episode that was found again by likeness: a help to wording. It is no fact, nothing is
    judged by it, and ``canon_hash`` does not cover it. ``source_hash`` is what it was taken from.
    """

    text: Annotated[Text, Field(min_length=1)]
    source: Line
    passage: Literal["episode", "scene", "event", "fact"]
    source_hash: Sha256


class ContextPack(Artifact):
    """All that a generation step gets to see of the past (plan section 6.4). No old script is read.

    ``tokens`` is its length as ``tokenizer`` counts it, at most ``token_budget``; ``left_out`` is how many items
    the budget had no room for. ``recalled`` is in the pack only where something was recalled, in order of nearness;
    a pack without it is the same to the byte as one of version 1.1.0.
    """

    VERSION: ClassVar[str] = "1.2.0"
    WITHOUT_RECALL: ClassVar[str] = "1.1.0"

    project_id: Slug
    episode_id: EpisodeId
    canon_hash: Sha256
    facts: Annotated[tuple[ContextItem, ...], Field(max_length=5_000)] = ()
    past_events: Annotated[tuple[ContextItem, ...], Field(max_length=2_000)] = ()
    last_summary: Text = ""
    open_threads: Annotated[tuple[StoryThread, ...], Field(max_length=100)] = ()
    story_minute: StoryMinute = 0
    tokenizer: Line = ""
    token_budget: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    tokens: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    left_out: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    recalled: Annotated[
        tuple[RecalledItem, ...], Field(min_length=1, max_length=200, exclude_if=lambda items: not items)
    ] = ()

    @model_validator(mode="before")
    @classmethod
    def _stamp(cls, data: Any) -> Any:
        """Stamp a pack without recall as the version that had none: what was made from such a pack stays current."""
        if isinstance(data, dict):
            version = cls.VERSION if data.get("recalled") else cls.WITHOUT_RECALL
            return {"kind": cls.__name__, "schema_version": version, **data}
        return data
