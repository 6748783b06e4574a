"""Voices: who speaks with which, and how a feeling or a manner of delivery bends it.

A voice is chosen from the character alone, so a newcomer never changes anybody else's.
"""

from __future__ import annotations

from narrative_assets.film.dice import draw
from schemas.project import Project, Voice
from schemas.script import Script, ScriptCharacter
from schemas.story import Emotion

BASES = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029")
_PITCH = {"she": (60, 82), "he": (18, 44), "they": (38, 62), "it": (4, 96)}
_SMALL = frozenset({"dog", "cat", "bird", "mouse", "rabbit", "fox", "child", "fairy", "chihuahua", "squirrel"})
_LARGE = frozenset({"bear", "giant", "dragon", "troll", "whale", "horse", "cow", "ogre", "elephant"})

# At full intensity: change of rate in percent, of pitch in steps, of level in hundredths of a decibel.
# After the vocal cues of emotion in acted speech: joy, fear and anger quicken, sadness slows and sinks.
_FEELING: dict[str, tuple[int, int, int]] = {
    "neutral": (0, 0, 0),
    "joy": (10, 10, 100),
    "amusement": (6, 7, 0),
    "tenderness": (-12, -2, -250),
    "awe": (-14, 4, -150),
    "curiosity": (3, 6, 0),
    "determination": (-4, -4, 150),
    "surprise": (8, 14, 150),
    "unease": (-4, 3, -150),
    "fear": (14, 12, -50),
    "sadness": (-18, -9, -250),
    "anger": (10, -3, 300),
    "disgust": (-8, -6, 0),
}
_DELIVERY: dict[str, tuple[int, int, int]] = {
    "plain": (0, 0, 0),
    "whisper": (-8, -6, -900),
    "shout": (5, 10, 400),
    "stutter": (-14, 3, -50),
    "sung": (-22, 8, 50),
}


def cast_voices(script: Script, project: Project) -> dict[str, Voice]:
    """Voice of every character of ``script``: the project's where it gives one, else chosen from the character."""
    given = {member.id: member.voice for member in project.cast}
    return {member.character_id: given.get(member.character_id) or _chosen(member) for member in script.cast}


def delivered(voice: Voice, emotion: Emotion, delivery: str) -> Voice:
    """``voice`` as it sounds with this feeling and delivery, within the limits of the contract."""
    rate, pitch, level = (part * emotion.intensity // 1000 for part in _FEELING[emotion.name])
    manner = _DELIVERY[delivery]
    return voice.model_copy(
        update={
            "words_per_minute": _within(80, 300, voice.words_per_minute * (100 + rate + manner[0]) // 100),
            "pitch": _within(0, 99, voice.pitch + pitch + manner[1]),
            "level": _within(-12_000, 4_000, voice.level + level + manner[2]),
        }
    )


def _chosen(member: ScriptCharacter) -> Voice:
    who = member.character_id
    low, high = _PITCH[member.pronouns]
    pitch = draw(low, high, "pitch", who)
    rate = draw(146, 176, "rate", who)
    age = member.age_years if member.species == "human" else None
    if age is not None and age < 14:
        pitch, rate = pitch + 14, rate + 8
    elif age is not None and age >= 65:
        pitch, rate = pitch - 7, rate - 14
    pitch += 16 * (member.species in _SMALL) - 16 * (member.species in _LARGE)
    return Voice(
        base=BASES[draw(0, len(BASES) - 1, "base", who)],
        words_per_minute=_within(80, 300, rate),
        pitch=_within(0, 99, pitch),
    )


def _within(low: int, high: int, value: int) -> int:
    return min(high, max(low, value))
