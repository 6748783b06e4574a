"""Puts people into a shot: slot, facing, face and pose.

Which people, and in which framing, is decided in ``coverage``; where they stand in the scene in ``blocking``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from narrative_assets.film.blocking import Facing, Stage
from schemas.shots import Figure, Framing, Pose
from schemas.story import Emotion, EmotionName

_HEARD_AS: dict[EmotionName, EmotionName] = {
    "joy": "joy",
    "amusement": "amusement",
    "tenderness": "tenderness",
    "awe": "curiosity",
    "curiosity": "curiosity",
    "determination": "curiosity",
    "surprise": "surprise",
    "unease": "unease",
    "fear": "unease",
    "sadness": "tenderness",
    "anger": "unease",
    "disgust": "unease",
}
_FELT_AS: dict[EmotionName, Pose] = {
    "sadness": "slump",
    "fear": "recoil",
    "surprise": "recoil",
    "disgust": "recoil",
    "anger": "point",
    "joy": "raise_hand",
}


@dataclass(frozen=True)
class Acting:
    """What the people of a shot do: feelings, poses and gazes by character, and who speaks."""

    feelings: Mapping[str, Emotion] = field(default_factory=dict)
    poses: Mapping[str, Pose] = field(default_factory=dict)
    towards: Mapping[str, str | None] = field(default_factory=dict)
    facing: Mapping[str, Facing] = field(default_factory=dict)
    speaking: Collection[str] = ()


def heard_as(emotion: Emotion) -> Emotion:
    """The face of whoever listens to ``emotion``: an answer to it, and weaker."""
    if emotion.name not in _HEARD_AS:
        return Emotion()
    return Emotion(name=_HEARD_AS[emotion.name], intensity=emotion.intensity * 6 // 10)


def felt_as(emotion: Emotion) -> Pose | None:
    """The pose that a strong feeling takes by itself, or None."""
    return _FELT_AS.get(emotion.name) if emotion.intensity >= 600 else None


def figures(stage: Stage, framing: Framing, people: tuple[str, ...], acting: Acting) -> tuple[Figure, ...]:
    """Figures of a shot, from left to right; the shoulder that is looked over is turned away."""
    placed = stage.sorted(people)
    return tuple(
        Figure(
            character_id=who,
            slot=slot,
            facing="away"
            if who == framing.over_shoulder_of
            else acting.facing.get(who) or stage.facing(who, acting.towards.get(who)),
            expression=acting.feelings.get(who, Emotion()),
            pose=acting.poses.get(who, "stand"),
            speaking=who in acting.speaking,
        )
        for who, slot in zip(placed, stage.arranged(placed), strict=True)
    )
