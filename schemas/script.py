"""The Script contract: a scene-based screenplay with structured claims and no camera words."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.base import Artifact, ElementId, EpisodeId, Line, Part, Seed, Sha256, Slug, Text
from schemas.story import (
    Claim,
    Emotion,
    EmotionName,
    NarrativeFrame,
    SourceSpan,
    StoryInterval,
    StoryThread,
    TimeOfDay,
)

Pronouns = Literal["she", "he", "they", "it"]


class ScriptCharacter(Part):
    """Who takes part in an episode, under every name the script uses."""

    character_id: Slug
    name: Line
    aliases: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    description: Text = ""
    pronouns: Pronouns = "they"
    species: Slug = "human"
    age_years: Annotated[int, Field(ge=0, le=100_000)] | None = None


class SceneHeading(Part):
    """``raw`` is the heading as written; the other fields are what it means."""

    setting: Literal["int", "ext", "int_ext"]
    place_id: Slug
    place_name: Line
    time_of_day: TimeOfDay
    raw: Line


class ActionElement(Part):
    """What can be seen or heard, in prose."""

    type: Literal["action"] = "action"
    element_id: ElementId
    text: Text
    character_ids: Annotated[tuple[Slug, ...], Field(max_length=60)] = ()
    props: Annotated[tuple[Slug, ...], Field(max_length=40)] = ()
    sounds: Annotated[tuple[Slug, ...], Field(max_length=40)] = ()
    emotion: Emotion = Emotion()
    source: SourceSpan


class DialogueElement(Part):
    """One speech. ``text`` is every spoken word, unchanged; ``raw`` keeps the markup and the line breaks."""

    type: Literal["dialogue"] = "dialogue"
    element_id: ElementId
    speaker_id: Slug
    cue: Line
    text: Annotated[str, Field(min_length=1, max_length=8_000, pattern=r"^[^\x00]*$")]
    raw: Text = ""
    parenthetical: Line = ""
    addressee_ids: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    emotion: Emotion = Emotion()
    delivery: Literal["plain", "whisper", "shout", "stutter", "sung"] = "plain"
    heard: Literal["on_screen", "off_screen", "voice_over", "device"] = "on_screen"
    dual_with: ElementId | None = None
    source: SourceSpan


class SignElement(Part):
    """Words that are seen: a sign, a screen, a letter."""

    type: Literal["sign"] = "sign"
    element_id: ElementId
    text: Text
    carrier: Line = ""
    source: SourceSpan


class TransitionElement(Part):
    """A change between scenes as the author wrote it (FADE IN, DISSOLVE TO)."""

    type: Literal["transition"] = "transition"
    element_id: ElementId
    transition: Literal["cut", "dissolve", "fade_in", "fade_out"]
    raw: Line
    source: SourceSpan


Element = Annotated[ActionElement | DialogueElement | SignElement | TransitionElement, Field(discriminator="type")]


class AuthorNote(Part):
    """A remark of the author that is neither seen nor heard: rights, a synopsis, a word to the reader."""

    text: Text
    source: SourceSpan


class Scene(Part):
    """A unit of place and time. ``present`` is who is bodily there at some point of it."""

    scene_id: ElementId
    heading: SceneHeading
    story_time: StoryInterval
    frame: NarrativeFrame = NarrativeFrame()
    beat_id: ElementId | None = None
    summary: Text = ""
    mood: EmotionName = "neutral"
    tension: Annotated[int, Field(ge=0, le=1000)] = 400
    present: Annotated[tuple[Slug, ...], Field(max_length=60)] = ()
    elements: Annotated[tuple[Element, ...], Field(max_length=20_000)] = ()
    claims: Annotated[tuple[Claim, ...], Field(max_length=5_000)] = ()


class Script(Artifact):
    """An episode's screenplay."""

    VERSION: ClassVar[str] = "1.1.0"

    project_id: Slug
    episode_id: EpisodeId
    title: Line
    logline: Text = ""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en-US"
    origin: Literal["generated", "imported"]
    seed: Seed | None = None
    plan_hash: Sha256 | None = None
    authors: Annotated[tuple[Line, ...], Field(max_length=40)] = ()
    licence: Line = ""
    attribution: Text = ""
    notes: Annotated[tuple[AuthorNote, ...], Field(max_length=20_000)] = ()
    cast: Annotated[tuple[ScriptCharacter, ...], Field(max_length=500)]
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1, max_length=2_000)]
    threads_opened: Annotated[tuple[StoryThread, ...], Field(max_length=100)] = ()
    threads_touched: Annotated[tuple[Slug, ...], Field(max_length=100)] = ()
    threads_closed: Annotated[tuple[Slug, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _ids_known_and_unique(self) -> Self:
        known = {member.character_id for member in self.cast}
        if len(known) != len(self.cast):
            raise ValueError("cast: a character_id stands twice")
        seen: set[str] = set()
        for scene in self.scenes:
            for identifier in (scene.scene_id, *(element.element_id for element in scene.elements)):
                if identifier in seen:
                    raise ValueError(f"scenes: the id {identifier!r} stands twice")
                seen.add(identifier)
            speakers = {e.speaker_id for e in scene.elements if isinstance(e, DialogueElement)}
            unknown = sorted((speakers | set(scene.present)) - known)
            if unknown:
                raise ValueError(f"scene {scene.scene_id}: {unknown[0]!r} is not in the cast")
        return self
