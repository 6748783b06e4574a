"""Calls: what people and animals utter, as gliding harmonics behind formants. Mono, floating point, any level.

No words are spoken here: lines belong to the voice. Impacts and bells live in ``strikes``.
"""

from __future__ import annotations

import random

import numpy as np

from narrative_assets.media.pcm import RATE, Wave, band, edges, noise, peak, shaped, together, tone
from narrative_assets.media.strikes import Points, glide, sequence, span


def call(seconds: float, pitch: Points, formants: Points, breath: float, seed: int, harmonics: int = 14) -> Wave:
    """A voiced call: harmonics of a gliding pitch behind formants given as (Hz, narrowness)."""
    count = span(seconds)
    line = glide(pitch, count)
    source = breath * noise(seed, count)
    for number in range(1, harmonics + 1):
        source += tone(line * number, count) / number * (line * number < RATE * 0.42)
    gains = together(*(peak(hertz, narrow) for hertz, narrow in formants))
    return edges(shaped(np.concatenate((source, np.zeros(count // 4))), gains)[:count], 0.02, seconds * 0.35)


def bark(seed: int) -> Wave:
    """A dog barks twice."""

    def woof(top: float) -> Wave:
        pitch = ((0, top * 0.62), (0.25, top), (1, top * 0.5))
        return call(0.2, pitch, ((620, 2.0), (1_250, 3.0), (2_700, 4.0)), 0.5, seed)

    return sequence((0, woof(430.0), 0.9), (0.36, woof(400.0), 1.0))


def yip(seed: int) -> Wave:
    """A small dog's yelp."""
    pitch = ((0, 780), (0.3, 1_380), (1, 820))
    return call(0.17, pitch, ((1_300, 2.0), (2_900, 3.0)), 0.15, seed)


def howl(seed: int) -> Wave:
    """A long howl that rises, holds and sinks."""
    pitch = ((0, 290), (0.18, 520), (0.3, 590), (0.7, 570), (1, 330))
    return call(2.2, pitch, ((600, 2.5), (1_150, 4.0)), 0.06, seed, harmonics=8)


def growl(seed: int) -> Wave:
    """A dog's low growl, rough and rising."""
    voiced = call(0.95, ((0, 84), (0.7, 104), (1, 92)), ((380, 2.0), (900, 3.0), (1_900, 4.0)), 0.5, seed)
    return voiced * (0.65 + 0.35 * tone(27.0, len(voiced)))


def meow(seed: int) -> Wave:
    """A cat."""
    pitch = ((0, 520), (0.3, 760), (0.6, 700), (1, 430))
    return call(0.65, pitch, ((900, 2.0), (1_900, 3.0), (3_300, 4.0)), 0.08, seed)


def laugh(seed: int) -> Wave:
    """A short laugh: five falling syllables."""
    syllables = []
    for number in range(5):
        top = 248.0 - 14 * number
        one = call(
            0.15,
            ((0, top), (0.2, top * 1.12), (1, top * 0.82)),
            ((740, 3.5), (1_220, 4.5), (2_600, 5.0)),
            0.35,
            seed + number,
        )
        syllables.append((0.2 * number, one, 1.0 - 0.13 * number))
    return sequence(*syllables)


def gasp(seed: int) -> Wave:
    """A breath drawn in."""
    count = span(0.5)
    breath = shaped(noise(seed, count), together(peak(1_100, 1.5), peak(2_600, 2.0), levels=(1.0, 0.7)))
    return edges(breath * glide(((0, 0.1), (0.75, 1.0), (1, 0.0)), count), 0.05, 0.06)


def gull(seed: int) -> Wave:
    """A gull: three mewing cries."""
    dice = random.Random(seed)
    cries = []
    for number in range(3):
        top = dice.uniform(1_180, 1_420)
        pitch = ((0, top * 0.72), (0.25, top), (0.6, top * 0.94), (1, top * 0.6))
        cries.append((0.42 * number, call(0.36, pitch, ((1_400, 2.0), (2_900, 2.5)), 0.05, seed + number, 6), 0.9))
    return sequence(*cries)


def chirp(seed: int) -> Wave:
    """A small bird's phrase."""
    dice = random.Random(seed)
    notes, base, at = [], dice.uniform(2_800, 4_200), 0.0
    for _ in range(dice.randint(3, 6)):
        count = span(dice.uniform(0.05, 0.11))
        first, last = base * dice.uniform(0.85, 1.2), base * dice.uniform(0.85, 1.2)
        notes.append(
            (at, edges(tone(glide(((0, first), (1, last)), count), count), 0.012, 0.025), dice.uniform(0.4, 0.8))
        )
        at += count / RATE + dice.uniform(0.02, 0.08)
    return sequence(*notes)


def whistle(seed: int) -> Wave:
    """Two whistled notes."""
    count = span(0.9)
    pitch = glide(((0, 1_180), (0.3, 1_240), (0.45, 1_660), (0.9, 1_640), (1, 1_560)), count)
    breath = 0.05 * shaped(noise(seed, count), band(1_200, 4_000))
    return edges(tone(pitch, count) + breath, 0.05, 0.15)
