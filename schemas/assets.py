"""The AssetManifest contract: what an episode needs, before anyone decides where it comes from."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

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
from schemas.canonical import sha256_hex
from schemas.project import Look, Voice
from schemas.shots import Pose, Shot
from schemas.story import Emotion, EmotionName, TimeOfDay

MouthShape = Literal["own", "shut", "open", "wide", "round"]
SPOKEN_MOUTHS: tuple[MouthShape, ...] = ("shut", "open", "wide", "round")
"""The shapes of a mouth that speaks, in the order in which they are kept."""


class FigureVariant(Part):
    """One picture of a character: a pose with an expression. A mouth that speaks takes a shape of its own."""

    pose: Pose
    expression: EmotionName
    mouth: MouthShape = "own"


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
    speaking: Annotated[tuple[FigureVariant, ...], Field(max_length=200)] = ()
    """Those of the variants that are seen speaking, near enough for a mouth to be told."""


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
    theme: Line = ""
    """What the music shares with that of other scenes: all of one theme has one key and one beat."""


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


def background_need_id(place_id: str, time_of_day: str) -> str:
    """Id of the background of a place at a time of day."""
    return _need_id("background", f"{place_id}:{time_of_day}")


def character_need_id(character_id: str) -> str:
    """Id of a character's pack of pictures."""
    return _need_id("character", character_id)


def insert_need_id(shot: Shot) -> str | None:
    """Id of the thing that ``shot`` shows close, or None where it shows a place or people.

    Words to be read come first (``sign:``), then the first prop (``prop:``), then the shot itself.
    """
    close = shot.framing.kind == "insert" or (
        shot.framing.kind in ("cutaway", "pov") and not shot.figures and bool(shot.screen_text or shot.props)
    )
    if not close:
        return None
    if shot.screen_text:
        return _need_id("sign", shot.element_ids[0] if shot.element_ids else shot.shot_id)
    return _need_id("prop", shot.props[0] if shot.props else shot.shot_id)


def line_need_id(line_id: str) -> str:
    """Id of a line to be spoken."""
    return _need_id("line", line_id)


def sound_need_id(tag: str) -> str:
    """Id of a sound effect."""
    return _need_id("sound", tag)


def ambience_need_id(tag: str) -> str:
    """Id of a background sound."""
    return _need_id("ambience", tag)


def music_need_id(scene_id: str) -> str:
    """Id of the music under a scene."""
    return _need_id("music", scene_id)


def _need_id(what: str, name: str) -> str:
    """``what:name``, its tail replaced by its hash where it would outgrow an ElementId."""
    whole = f"{what}:{name}"
    return whole if len(whole) <= 128 else f"{whole[:87]}.{sha256_hex(whole.encode())[:40]}"
