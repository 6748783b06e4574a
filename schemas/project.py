"""The Project contract: what a person writes to start a series, and the policies it runs under."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.base import (
    Artifact,
    CentiBel,
    ElementId,
    EpisodeId,
    Fps,
    Line,
    MicroDollars,
    Part,
    Permille,
    Seed,
    Slug,
    StoryMinute,
    Text,
)
from schemas.rules import PredicateRule, RuleTerms
from schemas.script import Pronouns
from schemas.story import TimeOfDay, Value

Manner = Literal["plain", "terse", "warm", "wry", "formal", "excitable", "blunt", "dreamy"]


class Voice(Part):
    """A voice locked to a character: a plain base voice, its speed (words a minute), pitch and level."""

    base: Slug = "en-us"
    words_per_minute: Annotated[int, Field(ge=80, le=300)] = 160
    pitch: Annotated[int, Field(ge=0, le=99)] = 50
    level: CentiBel = 0


class Look(Part):
    """What keeps a character recognisable in every picture. Colours are ``#rrggbb``."""

    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] | None = None
    accent: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] | None = None
    build: Literal["slight", "average", "tall", "broad", "child", "small_animal", "large_animal", "cloud"] | None = None
    hair: Literal["none", "short", "long", "bun", "curly", "hat", "hood"] | None = None
    garment: Literal["coat", "dress", "shirt", "overalls", "cloak", "none"] | None = None


class CastMember(Part):
    """A character of the series. Want, fear and secret drive the template writer.

    ``alias_scenes`` names the scenes of imported screenplays, such as ``s01e01/sc03``, in which the aliases mean
    this member, where others bear them too; empty is everywhere.
    """

    id: Slug
    name: Line
    aliases: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    alias_scenes: Annotated[tuple[ElementId, ...], Field(max_length=200)] = ()
    pronouns: Pronouns = "they"
    species: Slug = "human"
    age_years: Annotated[int, Field(ge=0, le=100_000)] | None = None
    role: Literal["protagonist", "ally", "rival", "mentor", "stranger", "crowd"] = "ally"
    occupation: Line = ""
    description: Text = ""
    want: Line = ""
    fear: Line = ""
    secret: Line = ""
    manner: Manner = "plain"
    home: Slug | None = None
    look: Look = Look()
    voice: Voice | None = None


class Place(Part):
    """Somewhere a scene can happen. ``details`` are noun phrases that can be seen there."""

    id: Slug
    name: Line
    interior: bool = False
    kind: Slug = "place"
    description: Text = ""
    details: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    sounds: Annotated[tuple[Slug, ...], Field(max_length=10)] = ()
    minutes_to: Annotated[dict[Slug, Annotated[int, Field(ge=0, le=10_000_000)]], Field(max_length=200)] = {}
    clock_ahead: Annotated[int, Field(ge=-1_440, le=1_440)] = 0
    """Minutes that its clock is ahead of the series' clock: another time zone."""


class Prop(Part):
    """A thing that matters to the story."""

    id: Slug
    name: Line
    description: Text = ""
    holder: Slug | None = None


class ProjectRule(Part):
    """A rule of the world in one sentence, what follows when it is pressed, and its terms where it can be judged."""

    id: Slug
    statement: Line
    cost: Line = ""
    terms: RuleTerms | None = None


class EstablishedFact(Part):
    """Something true before the first episode. Story minutes; None is unbounded on that side.

    A ``locked`` fact holds for all its time; any other is known at ``valid_from`` and carried forward.
    """

    subject: Slug
    predicate: Slug
    object: Value
    polarity: Literal["affirmed", "denied"] = "affirmed"
    valid_from: StoryMinute | None = None
    valid_to: StoryMinute | None = None
    locked: bool = False
    revealed_in: EpisodeId | None = None


class ScreenplaySource(Part):
    """A finished screenplay that an episode is made from. The path is relative to the project file."""

    path: Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^[^\x00]*$")]
    licence: Line
    attribution: Text = ""
    source_url: Line = ""


class EpisodeEntry(Part):
    """An episode of the series: written from the arc, or imported where ``screenplay`` is given."""

    id: EpisodeId
    title: Line = ""
    logline: Text = ""
    screenplay: ScreenplaySource | None = None


class DurationWindow(Part):
    min_seconds: Annotated[int, Field(ge=5, le=36_000)] = 60
    max_seconds: Annotated[int, Field(ge=5, le=36_000)] = 90

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_seconds < self.min_seconds:
            raise ValueError("max_seconds lies below min_seconds")
        return self


class RenderProfile(Part):
    """How an episode is rendered. Timing is no part of it: the shot list holds that."""

    id: Slug = "preview_local"
    width: Annotated[int, Field(ge=64, le=7_680, multiple_of=2)] = 1280
    height: Annotated[int, Field(ge=64, le=7_680, multiple_of=2)] = 720
    quantizer: Annotated[int, Field(ge=1, le=51)] = 23
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"] = "ultrafast"
    burn_captions: bool = False
    lower_thirds: bool = True
    motion: Literal["flat", "two_planes", "layered"] = "two_planes"
    """How depth shows when the camera moves: one picture, people before their place, or every layer by itself."""
    sample_rate: Literal[44_100, 48_000] = 48_000
    loudness: CentiBel = -1600
    true_peak: CentiBel = -100
    duck: CentiBel = -1200


class CostPolicy(Part):
    """What a run may spend. Nothing external is used unless allowed here."""

    allow_external: bool = False
    max_run: MicroDollars = 0
    max_day: MicroDollars = 0
    external_approval: Literal["auto", "threshold", "manual"] = "manual"
    approval_threshold: MicroDollars = 0


class HumanCheckpoints(Part):
    """Where a person decides before the work goes on (plan section 27)."""

    approve_canon_diff: bool = True
    approve_character_packs: bool = False
    approve_shotlist_timing_lock: bool = True
    approve_external_spend: bool = True
    timeout_hours: Annotated[int, Field(ge=1, le=8_760)] = 72
    """After so long without a decision the episode is paused: it keeps waiting, and nothing fails."""


class Project(Artifact):
    """A series: its idea, cast, places and rules, its episodes, and the policies that hold for it."""

    VERSION: ClassVar[str] = "1.1.0"

    id: Slug
    title: Line
    genre: Line = "drama"
    visual_style: Line = "flat graphic animatic"
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en-US"
    premise: Text = ""
    theme: Line = ""
    tone: Annotated[tuple[Line, ...], Field(max_length=10)] = ()
    target_duration: DurationWindow = DurationWindow()
    fps: Fps = 24
    seed: Seed = 1
    rating: Literal["G", "PG", "PG-13", "R"] = "PG"
    safety_mode: Literal["fail_closed", "warn_only"] = "fail_closed"
    continuity_mode: Literal["strict", "review"] = "strict"
    auto_repair: Literal["off", "generated", "all"] = "generated"
    """Which scripts may be rewritten where they contradict canon: none, those the platform wrote, or imported too."""
    context_tokens: Annotated[int, Field(ge=256, le=1_000_000)] = 4_000
    licence: Line = "proprietary_cleared"
    cast: Annotated[tuple[CastMember, ...], Field(max_length=500)] = ()
    places: Annotated[tuple[Place, ...], Field(max_length=500)] = ()
    props: Annotated[tuple[Prop, ...], Field(max_length=500)] = ()
    world_rules: Annotated[tuple[ProjectRule, ...], Field(max_length=500)] = ()
    predicates: Annotated[tuple[PredicateRule, ...], Field(max_length=200)] = ()
    facts: Annotated[tuple[EstablishedFact, ...], Field(max_length=20_000)] = ()
    episodes: Annotated[tuple[EpisodeEntry, ...], Field(min_length=1, max_length=1_000)]
    start_time_of_day: TimeOfDay = "morning"
    render_profiles: Annotated[tuple[RenderProfile, ...], Field(min_length=1, max_length=40)] = (RenderProfile(),)
    music_intensity: Permille = 500
    cost_policy: CostPolicy = CostPolicy()
    asset_sources: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    """External sources that may be searched for pictures and sounds, in order. Empty searches none."""
    human_checkpoints: HumanCheckpoints = HumanCheckpoints()

    @model_validator(mode="after")
    def _ids_unique_and_known(self) -> Self:
        for label, ids in (
            ("cast", [member.id for member in self.cast]),
            ("places", [place.id for place in self.places]),
            ("props", [prop.id for prop in self.props]),
            ("episodes", [episode.id for episode in self.episodes]),
            ("render_profiles", [profile.id for profile in self.render_profiles]),
        ):
            twice = sorted({identifier for identifier in ids if ids.count(identifier) > 1})
            if twice:
                raise ValueError(f"{label}: the id {twice[0]!r} stands twice")
        places = {place.id for place in self.places}
        for member in self.cast:
            if member.home is not None and member.home not in places:
                raise ValueError(f"cast: {member.id} has the home {member.home!r}, which is no place of the project")
        members = {member.id for member in self.cast}
        for prop in self.props:
            if prop.holder is not None and prop.holder not in members:
                raise ValueError(f"props: {prop.id} is held by {prop.holder!r}, who is not in the cast")
        return self
