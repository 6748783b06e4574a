"""The music bed: for a mood and a tension, eight bars that loop, in stereo.

Two chords carry each mood (Murphy's moves: M4m sadness, M5m romance, m2M mystery ...); tempo, register, density
and brightness follow mood and tension (Eerola 2013). Everything is written around the loop's seam, the tail of
the last bar into the first. Where music lies under a scene and how loud is the mixer's business.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from narrative_assets.media.pcm import (
    RATE,
    TAU,
    TURN,
    Pcm,
    Wave,
    at_rms,
    band,
    bell_curve,
    decay,
    edges,
    place,
    seed_of,
    settle,
    shaped,
    whole_turns,
)

BARS, BEATS = 8, 4
BED_RMS, BED_PEAK = 0.09, 0.75
LEVELS = 5
_TABLE_BITS = 11
_TRIADS = {"major": (0, 4, 7), "minor": (0, 3, 7)}

Quality = Literal["major", "minor"]
Contour = Literal["rise", "fall", "arch", "still"]


@dataclass(frozen=True)
class Mood:
    """How a feeling sounds.

    ``first`` moves up by ``step`` semitones to ``second``; ``colour`` is the tone added to both chords. ``root``
    and ``sings`` are MIDI notes (chords lie around the first, the motif around the second), ``beat`` is in
    hundredths of a second at rest, ``notes`` how many the two-bar motif has, ``ring`` how long they sound (s).
    """

    first: Quality
    step: int
    second: Quality
    colour: int
    root: int
    beat: int
    sings: int
    notes: int
    contour: Contour
    ring: float
    bright: float


MOODS: dict[str, Mood] = {
    "neutral": Mood("major", 2, "major", 14, 60, 70, 74, 4, "still", 1.6, 0.35),
    "joy": Mood("major", 2, "major", 14, 62, 52, 79, 8, "rise", 1.1, 0.55),
    "amusement": Mood("major", 2, "major", 9, 65, 54, 77, 7, "arch", 0.6, 0.5),
    "tenderness": Mood("major", 5, "minor", 11, 60, 74, 76, 4, "arch", 2.0, 0.3),
    "awe": Mood("major", 8, "major", 14, 57, 74, 79, 4, "rise", 2.4, 0.45),
    "curiosity": Mood("minor", 5, "major", 10, 62, 58, 77, 6, "arch", 0.9, 0.45),
    "determination": Mood("major", 2, "major", 14, 55, 56, 69, 5, "rise", 1.2, 0.5),
    "surprise": Mood("major", 8, "major", 11, 63, 54, 80, 6, "rise", 0.9, 0.55),
    "unease": Mood("minor", 2, "major", 10, 57, 70, 71, 3, "still", 1.8, 0.3),
    "fear": Mood("minor", 6, "minor", 8, 53, 62, 68, 4, "fall", 1.5, 0.3),
    "sadness": Mood("major", 4, "minor", 14, 57, 75, 71, 4, "fall", 2.2, 0.25),
    "anger": Mood("minor", 11, "major", 10, 50, 54, 62, 6, "fall", 0.7, 0.6),
    "disgust": Mood("minor", 8, "minor", 6, 54, 66, 66, 4, "fall", 1.0, 0.35),
}
# Echo delays in samples (primes, so that they never fall together), left and right, in three stages.
_ECHOES = (
    ((1_399, 2_251, 3_407), (1_511, 2_113, 3_581)),
    ((5_413, 8_011, 10_993), (5_801, 7_717, 11_503)),
    ((19_051, 27_701, 38_923), (18_307, 28_837, 37_361)),
)
_ECHO_LEVELS = (0.72, 0.55, 0.4)


def intensity(tension: int) -> int:
    """The tension (permille) as one of five levels, 0 to 4; beds of one level are the same."""
    return min(LEVELS - 1, max(0, tension) * LEVELS // 1_000)


def bed(mood: str, tension: int) -> Pcm:
    """Sixteen to twenty-four seconds of music, shape (samples, 2), 48 kHz, 16 bits, whose end joins its start.

    ``mood`` is an emotion's name, ``tension`` permille. Raises KeyError for a mood that is none.
    """
    colour, level = MOODS[mood], intensity(tension)
    beat = max(50, colour.beat - 2 * level) * RATE // 100
    count = BARS * BEATS * beat
    sides = [np.zeros(count), np.zeros(count)]
    chords = (_chord(colour, 0), _chord(colour, 1))
    for segment in range(4):
        at, notes = segment * 2 * BEATS * beat, chords[segment % 2]
        _pad(sides, colour, notes, at, 2 * BEATS * beat, level)
        _bass(sides, notes[0], at, beat, level)
        _motif(sides, colour, mood, notes, segment, at, beat)
    wet = _echoes(sides)
    mixed = np.stack([dry + 0.32 * echo for dry, echo in zip(sides, wet, strict=True)], axis=1)
    return at_rms(mixed, BED_RMS, BED_PEAK)


def _chord(mood: Mood, which: int) -> tuple[int, ...]:
    """Root, third, fifth and colour tone as MIDI notes from the root's register upward."""
    root = mood.root + (mood.step if which else 0)
    if root - mood.root > 6:
        root -= 12
    return tuple(root + interval for interval in (*_TRIADS[mood.second if which else mood.first], mood.colour))


def _pad(sides: list[Wave], mood: Mood, notes: Sequence[int], at: int, length: int, level: int) -> None:
    """The chord held for ``length`` samples, swelling in before ``at`` and out after it, wide in stereo."""
    fade = RATE * 3 // 2
    count = length + fade
    table = _table(tuple(1.0 / number ** (2.6 - mood.bright - 0.16 * level) for number in range(1, 8)))
    swell = edges(0.8 + 0.2 * bell_curve(count), fade / RATE, fade / RATE)
    if level >= 3:
        turns = round(6.5 * count / RATE)
        swell *= 1.0 - 0.12 * (level - 2) * (0.5 + 0.5 * whole_turns(turns, count))
    held = [_near(note, mood.root + 3) for note in notes]
    if level == LEVELS - 1 and mood.first == "minor":
        held.append(_near(notes[0] + 1, mood.root + 15))
    for number, note in enumerate(held):
        for side, track in enumerate(sides):
            cents = (3.5 if side else -3.5) * (1 if number % 2 else -1)
            weight = 0.55 + 0.45 * ((number + side) % 2)
            voice = _voice(table, _hertz(note, cents), count, 0.17 * number + 0.31 * side)
            place(track, voice * swell * (0.16 * weight / (1 + (number == 4))), at - fade // 2, loop=True)


def _bass(sides: list[Wave], root: int, at: int, beat: int, level: int) -> None:
    """The root below: one note in two bars when calm, a pulse of eighths at the height of tension."""
    every = (8 * beat, 4 * beat, 2 * beat, beat, beat // 2)[level]
    ring = min(4.0, 1.6 * every / RATE + 0.25)
    count = round(ring * RATE)
    note = _near(root, 41)
    voice = _voice(_table((1.0, 0.32, 0.1, 0.04)), _hertz(note, 0.0), count, 0.0)
    struck = edges(voice * decay(count, ring * 1.3), 0.03, 0.12 * ring)
    for number, start in enumerate(range(at, at + 8 * beat, every)):
        accent = 0.3 if number * every % (4 * beat) == 0 else 0.2
        for track in sides:
            place(track, struck * accent, start, loop=True)


def _motif(sides: list[Wave], mood: Mood, name: str, notes: Sequence[int], segment: int, at: int, beat: int) -> None:
    """A figure of two bars, plucked; the second and fourth time it answers, shorter.

    It depends on the mood alone, so that a scene which grows tense keeps its tune.
    """
    dice = random.Random(seed_of("motif", name))
    last = 15 if mood.notes > 5 else 13
    starts = [*sorted(dice.sample((0, 2, 3, 4, 6, 7, 8, 10, 11, 12), mood.notes - 1)), last]
    ladder = sorted({_near(note, mood.sings) + octave for note in notes for octave in (-12, 0, 12)})
    middle = min(range(len(ladder)), key=lambda index: abs(ladder[index] - mood.sings))
    line = _line(mood.contour, len(starts), dice)
    played = starts if segment % 2 == 0 else starts[: max(2, len(starts) * 2 // 3)]
    for number, start in enumerate(played):
        rung = min(len(ladder) - 1, max(0, middle + line[number] + (segment == 2)))
        sound = _pluck(_hertz(ladder[rung], 0.0), mood)
        pan = 0.5 + 0.22 * (-1) ** number
        when = at + start * beat // 2
        velocity = 0.2 if start % 4 == 0 else 0.15
        for track, share in zip(sides, (pan, 1.0 - pan), strict=True):
            place(track, sound * (velocity * 2 * share), when, loop=True)


def _line(contour: Contour, count: int, dice: random.Random) -> list[int]:
    """Steps on the ladder of chord tones: an outline with small turns in it."""
    outline: dict[str, Callable[[float], float]] = {
        "rise": lambda share: 3.0 * share - 1.0,
        "fall": lambda share: 2.0 - 3.0 * share,
        "arch": lambda share: 2.5 * (1.0 - abs(2.0 * share - 1.0)) - 0.5,
        "still": lambda share: 0.0,
    }
    return [round(outline[contour](number / max(1, count - 1))) + dice.choice((-1, 0, 0, 1)) for number in range(count)]


def _pluck(hertz: float, mood: Mood) -> Wave:
    """A soft plucked note: the fundamental rings, what lies above it dies soon."""
    count = round(mood.ring * 1.1 * RATE)
    body = _voice(_table((1.0, 0.18)), hertz, count, 0.0) * decay(count, mood.ring)
    above = _voice(_table((0.0, 0.5, 0.5, 0.25, 0.12)), hertz, count, 0.0) * decay(count, 0.3 * mood.ring)
    return edges(body + mood.bright * above, 0.004, 0.1 * mood.ring)


def _echoes(sides: Sequence[Wave]) -> list[Wave]:
    """The room: three stages of echoes that run round the loop, their highs and lows taken off."""
    wet = []
    for side, dry in enumerate(sides):
        sound = dry
        for stage in _ECHOES:
            echoed = sound * 0.5
            for delay, level in zip(stage[side], _ECHO_LEVELS, strict=True):
                echoed += level * 0.6 * np.roll(sound, delay)
            sound = echoed
        wet.append(shaped(sound, band(140, 3_200)))
    return wet


def _table(levels: tuple[float, ...]) -> Wave:
    """One turn of a sound with harmonics at ``levels``, and its first value again at the end."""
    turn = np.arange((1 << _TABLE_BITS) + 1) * (TAU / (1 << _TABLE_BITS))
    total = np.zeros(len(turn))
    for number, level in enumerate(levels, start=1):
        total += level * settle(np.sin(number * turn))
    return settle(total / sum(levels))


def _voice(table: Wave, hertz: float, count: int, phase: float) -> Wave:
    """``count`` samples of a table at a pitch, with straight lines between its entries."""
    steps = np.arange(count, dtype=np.int64) * round(hertz * TURN / RATE) + round(phase * TURN)
    wrapped = steps & (TURN - 1)
    index = wrapped >> (32 - _TABLE_BITS)
    share = (wrapped & ((1 << (32 - _TABLE_BITS)) - 1)) * (1.0 / (1 << (32 - _TABLE_BITS)))
    low = table[index]
    return np.asarray(low + (table[index + 1] - low) * share, dtype=np.float64)


def _near(note: int, centre: int) -> int:
    """``note`` in the octave that lies nearest to ``centre``."""
    return note + 12 * round((centre - note) / 12)


def _hertz(note: int, cents: float) -> float:
    """Pitch of a MIDI note, to a millionth of a hertz."""
    return round(440.0 * math.exp2((note - 69 + cents / 100) / 12), 6)
