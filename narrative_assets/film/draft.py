"""Shots and lines while a scene is being planned: frames count from the scene's or the shot's own start.

Absolute frames, identifiers and the lock come later (``lock``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from schemas.project import Voice
from schemas.script import DialogueElement, Scene, TransitionElement
from schemas.shots import Environment, Figure, Framing, Movement, WordCue
from schemas.story import Emotion


@dataclass(frozen=True)
class Spoken:
    """A dialogue element with its voice and its measured length."""

    element: DialogueElement
    voice: Voice
    frames: int
    words: tuple[WordCue, ...] = ()


@dataclass(frozen=True)
class DraftLine:
    """A line that starts in a shot, ``offset`` frames after the shot does."""

    spoken: Spoken
    offset: int


@dataclass(frozen=True)
class DraftSound:
    """A sound that an action asks for."""

    element_id: str
    tag: str


@dataclass(frozen=True)
class DraftShot:
    """A shot without its place on the timeline.

    ``elastic`` says where it may grow: before its line, after everything, or only at its neighbour's expense.
    """

    framing: Framing
    frames: int
    movement: Movement = field(default_factory=Movement)
    figures: tuple[Figure, ...] = ()
    beats: tuple[str, ...] = ()
    props: tuple[str, ...] = ()
    screen_text: str = ""
    carrier: str = ""
    element_ids: tuple[str, ...] = ()
    lines: tuple[DraftLine, ...] = ()
    sounds: tuple[DraftSound, ...] = ()
    emotion: Emotion = field(default_factory=Emotion)
    elastic: Literal["lead", "tail", "neither"] = "tail"
    transition: TransitionElement | None = None


@dataclass(frozen=True)
class DraftScene:
    """A scene planned on its own: nothing in it depends on another scene but whether its place is new."""

    scene: Scene
    environment: Environment
    shots: tuple[DraftShot, ...]
    ambience: tuple[str, ...] = ()
    closing: TransitionElement | None = None
