"""The AssetManifest contract: what an episode needs, before anyone decides where it comes from."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.base import (
    Artifact,
    ElementId,
    EpisodeId,
    Fps,
    Line,
    Part,
    Permille,
    PositiveFrames,
    Sha256,
    Slug,
    Text,
)
from schemas.project import Look, Voice
from schemas.shots import Pose
from schemas.story import Emotion, EmotionName, TimeOfDay


class FigureVariant(Part):
    """One picture of a character: a pose with an expression."""

    pose: Pose
    expression: EmotionName


class CharacterPackNeed(Part):
    """Pictures of one character in every pose and expression the shots ask for."""

    need_id: ElementId
    character_id: Slug
    name: Line
    description: Text = ""
    species: Slug = "human"
    pronouns: Line = "they"
    age_years: Annotated[int, Field(ge=0, le=100_000)] | None = None
    look: Look = Look()
    variants: Annotated[tuple[FigureVariant, ...], Field(min_length=1, max_length=200)]


class BackgroundNeed(Part):
    """One place at one time of day."""

    need_id: ElementId
    place_id: Slug
    name: Line
    interior: bool
    place_kind: Slug = "place"
    time_of_day: TimeOfDay
    description: Text = ""
    details: Annotated[tuple[Line, ...], Field(max_length=20)] = ()


class PropNeed(Part):
    """A thing seen close: a prop, a sign, a screen (then ``screen_text`` is what it says)."""

    need_id: ElementId
    name: Line
    screen_text: Text = ""


class VoiceLineNeed(Part):
    """A line to be spoken, with the frames the lock gives it."""

    need_id: ElementId
    speaker_id: Slug
    text: Text
    emotion: Emotion = Emotion()
    delivery: Slug = "plain"
    heard: Slug = "on_screen"
    voice: Voice
    frames: PositiveFrames


class SoundNeed(Part):
    need_id: ElementId
    tag: Slug
    frames: PositiveFrames


class MusicNeed(Part):
    """A stretch of music under a scene."""

    need_id: ElementId
    mood: EmotionName
    tension: Permille
    frames: PositiveFrames


class AssetManifest(Artifact):
    """Everything the shots of an episode need. It names no provider, no file and no price."""

    VERSION: ClassVar[str] = "1.0.0"

    project_id: Slug
    episode_id: EpisodeId
    shot_list_hash: Sha256
    timing_lock_hash: Sha256
    fps: Fps
    visual_style: Line = ""
    character_packs: Annotated[tuple[CharacterPackNeed, ...], Field(max_length=500)] = ()
    backgrounds: Annotated[tuple[BackgroundNeed, ...], Field(max_length=2_000)] = ()
    props: Annotated[tuple[PropNeed, ...], Field(max_length=2_000)] = ()
    voice_lines: Annotated[tuple[VoiceLineNeed, ...], Field(max_length=20_000)] = ()
    sounds: Annotated[tuple[SoundNeed, ...], Field(max_length=2_000)] = ()
    ambience: Annotated[tuple[SoundNeed, ...], Field(max_length=2_000)] = ()
    music: Annotated[tuple[MusicNeed, ...], Field(max_length=2_000)] = ()
