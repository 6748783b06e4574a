"""Voices: who speaks with which, and how a feeling or a manner of delivery bends it.

A voice is chosen from the character alone, or from it and those before it in the project's cast, so a newcomer
never changes anybody else's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from narrative_assets.film.dice import draw
from schemas.project import Project, Voice
from schemas.script import Script
from schemas.story import Emotion

BASES = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029")
_PITCH = {"she": (60, 82), "he": (18, 44), "they": (38, 62), "it": (4, 96)}
_APART, _ATTEMPTS = 9, 60
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
    """Voice of every character of ``script``: the project's where it gives one, else chosen from the character.

    No two of the project's cast are easily taken for each other: who comes later in the project gives way, so one
    who joins at its end moves nobody. Who belongs to an episode only is chosen from the character alone.
    """
    voices: dict[str, Voice] = {}
    for member in project.cast:
        who = _Who(member.id, member.pronouns, member.species, member.age_years)
        voices[member.id] = member.voice or _apart(who, tuple(voices.values()))
    return {
        member.character_id: voices.get(member.character_id)
        or _chosen(_Who(member.character_id, member.pronouns, member.species, member.age_years))
        for member in script.cast
    }


def confusable(one: Voice, other: Voice) -> bool:
    """Whether two voices are easily taken for each other: one base, and pitches less than nine steps apart."""
    return one.base == other.base and abs(one.pitch - other.pitch) < _APART


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


@dataclass(frozen=True)
class _Who:
    """What a voice is chosen from."""

    name: str
    pronouns: str
    species: str
    age_years: int | None


def _apart(who: _Who, others: Sequence[Voice]) -> Voice:
    """The first choice for ``who`` that none of ``others`` is confused with; the first of all where there is none."""
    choices = [_chosen(who, attempt) for attempt in range(_ATTEMPTS)]
    free = (voice for voice in choices if not any(confusable(voice, other) for other in others))
    return next(free, choices[0])


def _chosen(who: _Who, attempt: int = 0) -> Voice:
    """The voice of a character, or another that would suit as well."""
    again = (str(attempt),) if attempt else ()
    low, high = _PITCH[who.pronouns]
    pitch = draw(low, high, "pitch", who.name, *again)
    rate = draw(146, 176, "rate", who.name)
    age = who.age_years if who.species == "human" else None
    if age is not None and age < 14:
        pitch, rate = pitch + 14, rate + 8
    elif age is not None and age >= 65:
        pitch, rate = pitch - 7, rate - 14
    pitch += 16 * (who.species in _SMALL) - 16 * (who.species in _LARGE)
    return Voice(
        base=BASES[draw(0, len(BASES) - 1, "base", who.name, *again)],
        words_per_minute=_within(80, 300, rate),
        pitch=_within(0, 99, pitch),
    )


def _within(low: int, high: int, value: int) -> int:
    return min(high, max(low, value))
