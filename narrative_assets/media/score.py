"""The music: for a mood and a tension, sixteen bars that loop, in stereo, on the key and the beat of their theme.

All music of one theme shares its tonic and its bar, so that one mood can give way to another on a bar line as in
one score. Two chords carry each mood (Murphy's moves: M4m sadness, M5m romance, m2M mystery ...), set on the
degree of the key where they lie best; pace, register, density, articulation and brightness follow mood and tension
(Eerola 2013). Everything is written around the loop's seam, the tail of the last bar into the first. Where music
lies under a scene and how loud is the mixer's business.
"""

from __future__ import annotations

import functools
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

BARS, BEATS = 16, 4
BED_RMS, BED_PEAK = 0.09, 0.75
LEVELS = 5
_TABLE_BITS = 11
_TRIADS = {"major": (0, 4, 7), "minor": (0, 3, 7)}
_BEAT_HUNDREDTHS = (58, 60, 62, 64, 66)

Quality = Literal["major", "minor"]
Contour = Literal["rise", "fall", "arch", "still"]
Figure = Literal["none", "arpeggio", "broken", "pulse"]


@dataclass(frozen=True)
class Ground:
    """What all music of a theme stands on: the tonic as a pitch class, and the samples of a beat."""

    tonic: int
    beat: int


def ground(theme: str) -> Ground:
    """Key and beat of ``theme``, always the same ones."""
    dice = random.Random(seed_of("theme", theme))
    return Ground(dice.randrange(12), dice.choice(_BEAT_HUNDREDTHS) * RATE // 100)


@dataclass(frozen=True)
class Mood:
    """How a feeling sounds.

    ``first`` moves up by ``step`` semitones to ``second``; ``degree`` is how far ``first`` lies above the tonic and
    ``colour`` the tone added to both chords. ``root`` and ``sings`` are MIDI notes that chords and motif lie around.
    ``notes`` is how many the motif has, ``pace`` how many of its steps make a beat, ``ring`` how long they sound
    (s), and ``figure`` what moves beneath it.
    """

    first: Quality
    step: int
    second: Quality
    degree: int
    colour: int
    root: int
    sings: int
    notes: int
    pace: Literal[1, 2]
    contour: Contour
    figure: Figure
    ring: float
    bright: float


MOODS: dict[str, Mood] = {
    "neutral": Mood("major", 2, "major", 5, 14, 60, 74, 4, 1, "still", "broken", 1.6, 0.35),
    "joy": Mood("major", 2, "major", 5, 14, 65, 81, 8, 2, "rise", "arpeggio", 0.9, 0.6),
    "amusement": Mood("major", 2, "major", 0, 9, 65, 77, 7, 2, "arch", "pulse", 0.4, 0.5),
    "tenderness": Mood("major", 5, "minor", 0, 11, 60, 76, 4, 1, "arch", "broken", 2.0, 0.3),
    "awe": Mood("major", 8, "major", 0, 14, 57, 79, 4, 1, "rise", "none", 2.6, 0.45),
    "curiosity": Mood("minor", 5, "major", 2, 10, 62, 77, 6, 2, "arch", "pulse", 0.7, 0.45),
    "determination": Mood("major", 2, "major", 10, 14, 55, 69, 5, 1, "rise", "pulse", 1.2, 0.5),
    "surprise": Mood("major", 8, "major", 0, 11, 63, 80, 6, 2, "rise", "arpeggio", 0.8, 0.55),
    "unease": Mood("minor", 2, "major", 9, 10, 57, 71, 3, 1, "still", "none", 1.8, 0.3),
    "fear": Mood("minor", 6, "minor", 9, 8, 53, 68, 4, 1, "fall", "pulse", 1.5, 0.3),
    "sadness": Mood("major", 4, "minor", 0, 14, 53, 69, 4, 1, "fall", "none", 2.4, 0.25),
    "anger": Mood("minor", 11, "major", 9, 10, 50, 62, 6, 2, "fall", "pulse", 0.6, 0.6),
    "disgust": Mood("minor", 8, "minor", 9, 6, 54, 66, 4, 1, "fall", "none", 1.0, 0.35),
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


def bed(mood: str, tension: int, theme: str = "") -> Pcm:
    """Sixteen bars of music, shape (samples, 2), 48 kHz, 16 bits, whose end joins its start: about forty seconds.

    ``mood`` is an emotion's name, ``tension`` permille; beds of one ``theme`` have one length and one key. The form
    is A A' B A'': the tune, the tune answered, a bridge with less in it, the tune with a second voice. Raises
    KeyError for a mood that is none.
    """
    players = _Band(mood, MOODS[mood], intensity(tension), ground(theme))
    for segment in range(BARS // 2):
        players.play(segment)
    wet = _echoes(players.sides)
    mixed = np.stack([dry + 0.32 * echo for dry, echo in zip(players.sides, wet, strict=True)], axis=1)
    return at_rms(mixed, BED_RMS, BED_PEAK)


def chords(mood: str, theme: str = "") -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Both chords of a mood: root, third, fifth and colour tone as MIDI notes from the root's register upward."""
    return _chords(MOODS[mood], ground(theme))


def _chords(mood: Mood, on: Ground) -> tuple[tuple[int, ...], tuple[int, ...]]:
    root = _near(on.tonic + mood.degree, mood.root)
    # The second root goes the shorter way, up or down.
    second = root + (mood.step if mood.step <= 6 else mood.step - 12)
    return (
        tuple(root + interval for interval in (*_TRIADS[mood.first], mood.colour)),
        tuple(second + interval for interval in (*_TRIADS[mood.second], mood.colour)),
    )


class _Band:
    """The players of one bed, who fill both sides segment by segment: two bars on one chord each."""

    def __init__(self, name: str, mood: Mood, level: int, on: Ground) -> None:
        self.mood, self.level, self.beat = mood, level, on.beat
        self.sides = [np.zeros(BARS * BEATS * on.beat) for _ in range(2)]
        self._chords = _chords(mood, on)
        self._tune = _tune(name, mood)
        self._dice = random.Random(seed_of("touch", name))

    def play(self, segment: int) -> None:
        """Two bars of everybody."""
        section, notes, at = segment // 2, self._chords[segment % 2], segment * 2 * BEATS * self.beat
        bridge = section == 2
        self._pad(notes, at, (3, 3, 8, 0)[section])
        if not bridge or self.level >= 3:
            self._bass(notes[0] - self._chords[0][0], at)
        if not bridge or self.level == LEVELS - 1:
            self._figure(notes, at)
        self._motif(notes, segment, at)

    def _pad(self, notes: Sequence[int], at: int, lift: int) -> None:
        """The chord held, swelling in before ``at`` and out after it, wide in stereo."""
        mood, level, fade = self.mood, self.level, RATE * 3 // 2
        count = 2 * BEATS * self.beat + fade
        table = _table(tuple(1.0 / number ** (2.6 - mood.bright - 0.16 * level) for number in range(1, 8)))
        swell = edges(0.8 + 0.2 * bell_curve(count), fade / RATE, fade / RATE)
        if level >= 3:
            turns = round(6.5 * count / RATE)
            swell *= 1.0 - 0.12 * (level - 2) * (0.5 + 0.5 * whole_turns(turns, count))
        held = [_near(note, mood.root + lift) for note in notes]
        if level == LEVELS - 1 and mood.first == "minor":
            held.append(_near(notes[0] + 1, mood.root + 15))
        for number, note in enumerate(held):
            for side, track in enumerate(self.sides):
                cents = (3.5 if side else -3.5) * (1 if number % 2 else -1)
                weight = 0.55 + 0.45 * ((number + side) % 2)
                voice = _voice(table, _hertz(note, cents), count, 0.17 * number + 0.31 * side)
                place(track, voice * swell * (0.16 * weight / (1 + (number == 4))), at - fade // 2, loop=True)

    def _bass(self, step: int, at: int) -> None:
        """The root below, ``step`` above the first chord's: one note when calm, eighths at the height of tension."""
        beat = self.beat
        every = (8 * beat, 4 * beat, 2 * beat, beat, beat // 2)[self.level]
        ring = min(4.0, 1.6 * every / RATE + 0.25)
        count = round(ring * RATE)
        voice = _voice(_table((1.0, 0.32, 0.1, 0.04)), _hertz(_near(self._chords[0][0], 41) + step, 0.0), count, 0.0)
        struck = edges(voice * decay(count, ring * 1.3), 0.03, 0.12 * ring)
        for start in range(0, 8 * beat, every):
            accent = 0.3 if start % (4 * beat) == 0 else 0.2
            for track in self.sides:
                place(track, struck * accent, at + start, loop=True)

    def _figure(self, notes: Sequence[int], at: int) -> None:
        """What moves under the tune: chord tones in eighths, broken in quarters, or short pulses off the beat."""
        mood, beat = self.mood, self.beat
        if mood.figure == "none":
            return
        low = [_near(note, mood.root + 2) for note in notes[:3]]
        up = sorted({*low, low[0] + 12})
        arpeggio, half = mood.figure == "arpeggio", beat // 2
        for number in range(16 if mood.figure != "broken" else 8):
            if mood.figure == "pulse" and (number % 2 == 0) == (self.level < 3):
                continue
            pitch = up[(number % 4) if arpeggio else (0, 2, 1, 2)[number % 4]] if mood.figure != "pulse" else low[-1]
            ring = 0.35 if mood.figure == "pulse" else 0.8 if arpeggio else 1.6
            sound = _pluck(_hertz(pitch, 0.0), ring, 0.6 * mood.bright)
            when = at + number * (beat if mood.figure == "broken" else half)
            touch = (0.12 if arpeggio else 0.08) + 0.03 * (number % 4 == 0) + 0.01 * self.level
            self._place(sound, touch, 0.5 - 0.3 * (-1) ** number, when)

    def _motif(self, notes: Sequence[int], segment: int, at: int) -> None:
        """The tune; every second time it answers, shorter; in the bridge it is high and sparse.

        It depends on the mood alone, so that a scene which grows tense keeps its tune.
        """
        mood, (starts, line), section = self.mood, self._tune, segment // 2
        ladder = sorted({_near(note, mood.sings) + octave for note in notes for octave in (-12, 0, 12)})
        middle = min(range(len(ladder)), key=lambda index: abs(ladder[index] - mood.sings))
        count = len(starts) if segment % 2 == 0 else max(2, len(starts) * 2 // 3)
        count = max(1, count // 2) if section == 2 else count
        lift = (0, 1, 3, 0)[section]
        for number, start in enumerate(starts[:count]):
            rung = middle + lift + (-line[number] if section == 2 else line[number])
            when = at + start * self.beat // mood.pace
            touch = (0.42 if start % 4 == 0 else 0.32) * (0.7 if section == 2 else 1) + self._dice.uniform(-0.03, 0.03)
            pan = 0.5 + 0.22 * (-1) ** number
            self._place(self._note(ladder, rung), touch, pan, when)
            if section == 3:
                self._place(self._note(ladder, rung - 2), 0.55 * touch, 1 - pan, when)

    def _note(self, ladder: Sequence[int], rung: int) -> Wave:
        return _pluck(_hertz(ladder[min(len(ladder) - 1, max(0, rung))], 0.0), self.mood.ring, self.mood.bright)

    def _place(self, sound: Wave, velocity: float, pan: float, when: int) -> None:
        for track, share in zip(self.sides, (pan, 1.0 - pan), strict=True):
            place(track, sound * (velocity * share), when, loop=True)


def _tune(name: str, mood: Mood) -> tuple[list[int], list[int]]:
    """Where the notes of a mood's tune start, in its steps, and how far up the ladder each lies."""
    dice = random.Random(seed_of("motif", name))
    steps = 8 * mood.pace
    last = steps - (1 if mood.notes > 5 else 2)
    free = [step for step in range(2, last) if step % 4 != 1 or mood.pace == 1]
    starts = [0, *sorted(dice.sample(free, mood.notes - 2)), last]
    return starts, _line(mood.contour, len(starts), dice)


def _line(contour: Contour, count: int, dice: random.Random) -> list[int]:
    """Steps on the ladder of chord tones: an outline with small turns in it."""
    outline: dict[str, Callable[[float], float]] = {
        "rise": lambda share: 3.0 * share - 1.0,
        "fall": lambda share: 2.0 - 3.0 * share,
        "arch": lambda share: 2.5 * (1.0 - abs(2.0 * share - 1.0)) - 0.5,
        "still": lambda share: 0.0,
    }
    return [round(outline[contour](number / max(1, count - 1))) + dice.choice((-1, 0, 0, 1)) for number in range(count)]


@functools.lru_cache(256)
def _pluck(hertz: float, ring: float, bright: float) -> Wave:
    """A soft plucked note: the fundamental rings, what lies above it dies soon."""
    count = round(ring * 1.1 * RATE)
    body = _voice(_table((1.0, 0.18)), hertz, count, 0.0) * decay(count, ring)
    above = _voice(_table((0.0, 0.5, 0.5, 0.25, 0.12)), hertz, count, 0.0) * decay(count, 0.3 * ring)
    return edges(body + bright * above, 0.004, 0.1 * ring)


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


@functools.lru_cache(64)
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
