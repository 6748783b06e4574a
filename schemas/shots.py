"""The ShotList contract: an episode broken into shots with locked timing.

Every number of time is an absolute or relative count of frames; the lock covers all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.base import (
    Artifact,
    CentiBel,
    ElementId,
    EpisodeId,
    Fps,
    Frames,
    Line,
    Part,
    Permille,
    PositiveFrames,
    Sha256,
    Slug,
    Text,
)
from schemas.canonical import content_hash
from schemas.errors import TimingLockError
from schemas.project import Voice
from schemas.story import Emotion, EmotionName, TimeOfDay

ShotSize = Literal["els", "ls", "mls", "ms", "mcu", "cu", "bcu", "ecu"]
ShotKind = Literal[
    "title", "establishing", "master", "two_shot", "over_the_shoulder", "single", "reaction",
    "insert", "cutaway", "pov", "credits",
]  # fmt: skip
Pose = Literal["stand", "walk", "sit", "point", "raise_hand", "slump", "recoil", "embrace", "hold_prop", "run"]


class Framing(Part):
    """Where the camera stands: size by where the body is cut, kind, angle, and whom it is about."""

    size: ShotSize
    kind: ShotKind
    angle: Literal["eye", "high", "low", "overhead"] = "eye"
    subject_ids: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    over_shoulder_of: Slug | None = None


class Movement(Part):
    """A camera move over the whole shot. ``amount`` is the share of the frame travelled or scaled (permille)."""

    kind: Literal["static", "push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down"] = "static"
    amount: Permille = 0


class Figure(Part):
    """A character in the picture: where, facing which way, feeling what, doing what."""

    character_id: Slug
    slot: Literal["far_left", "left", "centre", "right", "far_right"]
    facing: Literal["left", "right", "front", "away"] = "front"
    expression: Emotion = Emotion()
    pose: Pose = "stand"
    speaking: bool = False


class Environment(Part):
    place_id: Slug
    place_name: Line
    interior: bool
    place_kind: Slug = "place"
    time_of_day: TimeOfDay
    notes: Text = ""


class WordCue(Part):
    """A word as spoken: its place in the line's text and its frame from the start of the line."""

    text_offset: Annotated[int, Field(ge=0, le=8_000)]
    text_length: Annotated[int, Field(ge=1, le=8_000)]
    frame: Frames


class SpokenLine(Part):
    """A line of dialogue on the timeline, with its measured length in frames."""

    line_id: ElementId
    element_id: ElementId
    scene_id: ElementId
    speaker_id: Slug
    speaker_name: Line
    text: Text
    emotion: Emotion = Emotion()
    delivery: Literal["plain", "whisper", "shout", "stutter", "sung"] = "plain"
    heard: Literal["on_screen", "off_screen", "voice_over", "device"] = "on_screen"
    voice: Voice
    start_frame: Frames
    frames: PositiveFrames
    words: Annotated[tuple[WordCue, ...], Field(max_length=4_000)] = ()


class SoundCue(Part):
    """A sound effect on the timeline, by tag."""

    cue_id: ElementId
    tag: Slug
    shot_id: ElementId
    start_frame: Frames
    frames: PositiveFrames
    level: CentiBel = -1400


class PromptFields(Part):
    """What a picture generator may be told, field by field; never a paragraph."""

    subject: Line = ""
    motion: Line = ""
    style: Line = ""
    mood: Line = ""


class ShotAudio(Part):
    """What is heard in a shot. Lead and tail are frames by which the scene's sound precedes or outlasts it."""

    line_ids: Annotated[tuple[ElementId, ...], Field(max_length=200)] = ()
    sound_cue_ids: Annotated[tuple[ElementId, ...], Field(max_length=100)] = ()
    music_mood: EmotionName = "neutral"
    sound_lead_frames: Frames = 0
    sound_tail_frames: Frames = 0


class LowerThird(Part):
    """A caption that introduces a character: over which frames of the shot, from the shot's first."""

    character_id: Slug
    title: Line
    subtitle: Line = ""
    start_frame: Frames
    frames: PositiveFrames


class Shot(Part):
    """One uninterrupted view."""

    shot_id: ElementId
    scene_id: ElementId
    start_frame: Frames
    duration_frames: PositiveFrames
    framing: Framing
    movement: Movement = Movement()
    figures: Annotated[tuple[Figure, ...], Field(max_length=20)] = ()
    environment: Environment
    action_beats: Annotated[tuple[Text, ...], Field(max_length=40)] = ()
    props: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    screen_text: Text = ""
    transition_in: Literal["cut", "dissolve", "fade"] = "cut"
    transition_frames: Frames = 0
    fade_out_frames: Frames = 0
    lower_third: LowerThird | None = None
    audio: ShotAudio = ShotAudio()
    prompt: PromptFields = PromptFields()
    element_ids: Annotated[tuple[ElementId, ...], Field(max_length=500)] = ()


class ShotScene(Part):
    """A scene's stretch of the timeline and what sounds under it."""

    scene_id: ElementId
    title: Line
    place_id: Slug
    time_of_day: TimeOfDay
    start_frame: Frames
    duration_frames: PositiveFrames
    music_mood: EmotionName = "neutral"
    tension: Permille = 400
    ambience: Annotated[tuple[Slug, ...], Field(max_length=10)] = ()


class ShotCharacter(Part):
    """A character as the picture department needs to know them."""

    character_id: Slug
    name: Line
    description: Text = ""
    species: Slug = "human"
    pronouns: Literal["she", "he", "they", "it"] = "they"
    age_years: Annotated[int, Field(ge=0, le=100_000)] | None = None


def said_in_shots(shot_list: ShotList) -> tuple[tuple[SpokenLine, ...], ...]:
    """For each shot the lines that somebody in the picture is seen to say, near enough for a mouth to be told."""
    lines = sorted(shot_list.lines, key=lambda line: line.start_frame)
    longest = max((line.frames for line in lines), default=0)
    said: list[tuple[SpokenLine, ...]] = []
    first = 0
    for shot in shot_list.shots:
        end = shot.start_frame + shot.duration_frames
        while first < len(lines) and lines[first].start_frame + longest < shot.start_frame:
            first += 1
        last = bisect_left(lines, end, lo=first, key=lambda line: line.start_frame)
        said.append(spoken_in(shot, lines[first:last]))
    return tuple(said)


def spoken_in(shot: Shot, lines: Iterable[SpokenLine]) -> tuple[SpokenLine, ...]:
    """The lines among ``lines`` that somebody in the picture is seen to say, near enough for a mouth to be told."""
    if shot.framing.size in ("els", "ls"):
        return ()
    over = shot.framing.over_shoulder_of
    seen = {f.character_id for f in shot.figures if f.facing != "away" and f.character_id != over}
    end = shot.start_frame + shot.duration_frames
    return tuple(
        line
        for line in lines
        if line.speaker_id in seen
        and line.heard == "on_screen"
        and line.start_frame < end
        and line.start_frame + line.frames > shot.start_frame
    )


def timing_lock(
    fps: int, total_frames: int, shots: tuple[Shot, ...], lines: tuple[SpokenLine, ...], cues: tuple[SoundCue, ...]
) -> str:
    """SHA-256 over every integer of time in a shot list, in timeline order."""
    introduced = [(shot.shot_id, shot.lower_third) for shot in shots if shot.lower_third]
    return content_hash(
        {
            "fps": fps,
            "total_frames": total_frames,
            "shots": [[s.shot_id, s.start_frame, s.duration_frames, s.transition_frames] for s in shots],
            "lines": [[n.line_id, n.start_frame, n.frames] for n in lines],
            "cues": [[c.cue_id, c.start_frame, c.frames] for c in cues],
            "lower_thirds": [[shot_id, third.start_frame, third.frames] for shot_id, third in introduced],
        }
    )


def require_lock(stage: str, expected: str, found: str) -> None:
    """Raise TimingLockError unless ``found`` is the lock of the shot list that ``stage`` works on."""
    if expected != found:
        raise TimingLockError(
            f"{stage}: the timing lock is {expected[:12]}…, but its input was made for {found[:12]}….",
            remedy="Make the earlier stages again from this shot list.",
        )


class ShotList(Artifact):
    """The timeline authority for every render: shots, spoken lines and cues, under one lock."""

    VERSION: ClassVar[str] = "1.0.0"

    project_id: Slug
    episode_id: EpisodeId
    title: Line
    series_title: Line = ""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en-US"
    script_hash: Sha256
    fps: Fps
    total_frames: PositiveFrames
    timing_lock_hash: Sha256
    characters: Annotated[tuple[ShotCharacter, ...], Field(max_length=500)] = ()
    scenes: Annotated[tuple[ShotScene, ...], Field(min_length=1, max_length=2_000)]
    shots: Annotated[tuple[Shot, ...], Field(min_length=1, max_length=20_000)]
    lines: Annotated[tuple[SpokenLine, ...], Field(max_length=20_000)] = ()
    sound_cues: Annotated[tuple[SoundCue, ...], Field(max_length=20_000)] = ()
    credits: Annotated[tuple[Line, ...], Field(max_length=2_000)] = ()
    """Blocks of lines parted by an empty line: first the title, then blocks that each open with their heading."""

    @model_validator(mode="after")
    def _gapless_and_locked(self) -> Self:
        frame = 0
        for shot in self.shots:
            if shot.start_frame != frame:
                raise ValueError(f"shot {shot.shot_id} starts at frame {shot.start_frame}; {frame} was due")
            frame += shot.duration_frames
        if frame != self.total_frames:
            raise ValueError(f"shots add up to {frame} frames; total_frames says {self.total_frames}")
        lock = timing_lock(self.fps, self.total_frames, self.shots, self.lines, self.sound_cues)
        if lock != self.timing_lock_hash:
            raise ValueError("timing_lock_hash does not fit the frames in this shot list")
        return self
