"""Single sounds with a beginning and an end: impacts, doors, bells, water. Mono, floating point, any level.

Impacts are filtered noise under half a second; bodies that ring are sums of decaying partials (after Farnell).
Voices of people and animals live in ``calls``, what goes on and on in ``textures``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from narrative_assets.media.pcm import (
    RATE,
    Wave,
    at_peak,
    band,
    bell_curve,
    decay,
    edges,
    noise,
    peak,
    place,
    shaped,
    together,
    tone,
)

Points = Sequence[tuple[float, float]]
Strike = Callable[[int], Wave]
"""A single sound from a seed."""


def span(seconds: float) -> int:
    """Samples in ``seconds``."""
    return round(seconds * RATE)


def burst(seed: int, low: float, high: float, fade: float) -> Wave:
    """Noise between ``low`` and ``high`` Hz that dies away in ``fade`` seconds."""
    count = span(fade * 1.1)
    return edges(shaped(noise(seed, count), band(low, high)) * decay(count, fade), 0.001, fade * 0.1)


def partials(hertz: Sequence[float], levels: Sequence[float], fades: Sequence[float]) -> Wave:
    """A struck body: a sum of decaying sines."""
    count = span(max(fades) * 1.05)
    body = np.zeros(count)
    for frequency, level, fade in zip(hertz, levels, fades, strict=True):
        body += level * tone(frequency, count) * decay(count, fade)
    return edges(body, 0.0008, 0.02)


def glide(points: Points, count: int) -> Wave:
    """A line through (share of the length, value) over ``count`` samples."""
    where, values = zip(*points, strict=True)
    return np.asarray(np.interp(np.arange(count) / count, where, values), dtype=np.float64)


def sequence(*events: tuple[float, Wave, float]) -> Wave:
    """Sounds at (seconds, sound, level), as long as the last of them lasts."""
    track = np.zeros(max(span(at) + len(sound) for at, sound, _ in events))
    for at, sound, level in events:
        place(track, sound * level, span(at))
    return track


def impact(seed: int) -> Wave:
    """Something heavy lands: a falling low tone under a dull burst."""
    count = span(0.45)
    body = tone(glide(((0, 120), (0.2, 62), (1, 44)), count), count) * decay(count, 0.4)
    return sequence(
        (0, edges(body, 0.002, 0.05), 1.0), (0, burst(seed, 0, 500, 0.16), 1.2), (0, burst(seed, 900, 4_000, 0.03), 0.3)
    )


def slam(seed: int) -> Wave:
    """A door thrown shut: the impact, the panel's ring, a rattle."""
    panel = partials((92, 187, 311, 468), (1.0, 0.7, 0.5, 0.3), (0.45, 0.35, 0.25, 0.18))
    rattle = burst(seed + 1, 1_200, 5_000, 0.07)
    return sequence((0, impact(seed), 0.9), (0, panel, 0.4), (0.05, rattle, 0.12), (0.11, rattle, 0.06))


def door(seed: int) -> Wave:
    """A handle, a short creak and the door falling to."""
    latch = partials((1_850, 2_930, 4_210), (1.0, 0.6, 0.4), (0.05, 0.04, 0.03))
    panel = partials((104, 208, 335), (1.0, 0.5, 0.3), (0.3, 0.22, 0.15))
    shut = sequence((0, panel, 0.5), (0, burst(seed, 60, 700, 0.14), 0.8))
    return sequence(
        (0, latch, 0.2), (0.07, latch, 0.14), (0.14, creak(seed, 0.45), 0.13), (0.62, shut, 1.0), (0.67, latch, 0.16)
    )


def creak(seed: int, seconds: float = 1.1) -> Wave:
    """Wood that sticks and slips: a slow, uneven pulse train through the panel's resonances."""
    count = span(seconds)
    dice = random.Random(seed)
    pulses, at = np.zeros(count), 0.0
    while at < seconds:
        pulses[min(count - 1, span(at))] = dice.uniform(0.5, 1.0)
        rate = 38 + 60 * (0.5 - abs(at / seconds - 0.5)) * 2
        at += dice.uniform(0.85, 1.15) / rate
    gains = together(peak(620, 9), peak(1_130, 11), peak(2_350, 13), levels=(1.0, 0.8, 0.4))
    return at_peak(edges(shaped(pulses, gains), 0.1, seconds * 0.3), 0.7)


def knock(seed: int) -> Wave:
    """Three raps on wood."""
    rap = sequence(
        (0, partials((176, 418, 771, 1_240), (1.0, 0.7, 0.35, 0.2), (0.12, 0.09, 0.06, 0.04)), 0.6),
        (0, burst(seed, 300, 2_500, 0.03), 0.6),
    )
    return sequence((0, rap, 0.9), (0.19, rap, 1.0), (0.37, rap, 0.85))


def bang(seed: int) -> Wave:
    """A shot or a bang: a crack and its answer from the walls."""
    return sequence(
        (0, burst(seed, 300, 9_000, 0.12), 1.0),
        (0, burst(seed + 1, 45, 420, 0.5), 1.6),
        (0.11, burst(seed + 2, 150, 1_800, 0.45), 0.2),
    )


def boom(seed: int) -> Wave:
    """An explosion: a crack, a long low roll, falling debris."""
    dice = random.Random(seed)
    debris = [(dice.uniform(0.3, 1.7), burst(seed + n, 600, 3_500, 0.06), dice.uniform(0.03, 0.12)) for n in range(14)]
    roll = sequence((0, burst(seed, 30, 170, 2.3), 2.4), (0, burst(seed + 1, 80, 900, 0.9), 0.7))
    return sequence((0, roll, 1.0), (0, bang(seed), 0.5), *debris)


def crash(seed: int) -> Wave:
    """Things falling over: impacts, shards and metal, thinning out."""
    dice = random.Random(seed)
    metal = partials((430, 1_013, 1_740, 2_610), (0.8, 1.0, 0.6, 0.4), (0.5, 0.4, 0.3, 0.2))
    parts = [(0.0, impact(seed), 1.0), (0.0, glass(seed), 0.5)]
    for number in range(7):
        at = 0.12 + 1.2 * dice.random() ** 1.6
        parts.append((at, dice.choice((metal, impact(seed + number))), dice.uniform(0.1, 0.35) * (1.5 - at)))
    return sequence(*parts)


def glass(seed: int) -> Wave:
    """A pane breaks: one burst, then shards that ring high."""
    dice = random.Random(seed)
    parts = [(0.0, burst(seed, 1_800, 11_000, 0.09), 0.7)]
    for _ in range(22):
        first = dice.uniform(2_600, 6_200)
        shard = partials((first, first * 1.47, first * 2.09), (1.0, 0.5, 0.3), (dice.uniform(0.08, 0.4), 0.12, 0.07))
        parts.append((0.75 * dice.random() ** 2, shard, dice.uniform(0.04, 0.2)))
    return sequence(*parts)


def clink(seed: int) -> Wave:
    """Glass touched: two light notes."""
    base = 1_980.0 + seed % 5 * 70
    note = partials((base, base * 2.32, base * 4.1), (1.0, 0.45, 0.2), (0.5, 0.28, 0.12))
    return sequence((0, note, 0.5), (0.13, note, 0.28))


def stone(seed: int) -> Wave:
    """A stone thrown: three bounces, closer and softer."""
    hit = sequence(
        (0, partials((1_420, 2_310, 3_350), (1.0, 0.6, 0.3), (0.05, 0.035, 0.02)), 0.6),
        (0, burst(seed, 300, 2_400, 0.03), 0.7),
    )
    return sequence((0, hit, 1.0), (0.24, hit, 0.6), (0.4, hit, 0.35))


def splat(seed: int) -> Wave:
    """Something wet hits a wall."""
    wet = burst(seed, 180, 2_200, 0.16)
    return sequence((0, wet, 1.0), (0.04, burst(seed + 1, 900, 4_500, 0.2), 0.3), (0.17, drip(seed), 0.2))


def bell(seed: int) -> Wave:
    """A bell: hum, prime, tierce, quint, nominal and two above."""
    base = 311.0 + seed % 5
    ratios = (0.5, 1.0, 1.183, 1.506, 2.0, 2.514, 3.011)
    ring = partials(
        [base * 2 * ratio for ratio in ratios],
        (0.5, 0.9, 0.6, 0.3, 0.8, 0.25, 0.2),
        (3.0, 2.4, 1.9, 1.4, 1.5, 0.9, 0.7),
    )
    return sequence((0, ring, 0.5), (0, burst(seed, 1_500, 5_000, 0.02), 0.2))


def phone(seed: int) -> Wave:
    """A telephone: two rings of a trilling pair of bells."""
    count = span(0.42)
    trill = 0.55 + 0.45 * tone(21.0, count)
    chime = tone(1_210.0, count) + 0.6 * tone(1_523.0, count) + 0.25 * tone(2_418.0 + seed % 7, count)
    ring = edges(chime * trill, 0.006, 0.08)
    return sequence((0, ring, 0.3), (0.58, ring, 0.3))


def buzz(seed: int) -> Wave:
    """A telephone that hums on a table: two short buzzes."""
    count = span(0.34)
    motor = sum((tone(152.0 * n + seed % 3, count) / n for n in range(1, 12)), start=np.zeros(count))
    shake = 0.7 + 0.3 * tone(38.0, count)
    one = edges(shaped(motor * shake, together(peak(310, 2), peak(1_150, 3), levels=(1.0, 0.5))), 0.015, 0.05)
    return sequence((0, one, 0.6), (0.48, one, 0.6))


def beep(seed: int) -> Wave:
    """An instrument's two soft beeps."""
    count = span(0.13)
    pitch = 940.0 + 40 * (seed % 4)
    one = edges(tone(pitch, count) + 0.12 * tone(2 * pitch, count), 0.008, 0.03)
    return sequence((0, one, 0.5), (0.2, one, 0.5))


def click(seed: int) -> Wave:
    """A switch: down and back."""
    down = partials((2_480, 3_910, 1_330), (1.0, 0.5, 0.6), (0.025, 0.018, 0.03))
    return sequence((0, down, 0.5), (0, burst(seed, 1_500, 6_000, 0.012), 0.5), (0.085, down, 0.28))


def horn(seed: int) -> Wave:
    """A car's two-note horn."""
    count = span(0.55)
    notes = np.zeros(count)
    for pitch in (392.0, 494.0 + seed % 3):
        for number in range(1, 9):
            notes += tone(pitch * number, count) / number
    return edges(shaped(notes, band(250, 2_600)), 0.02, 0.08)


def whoosh(seed: int, seconds: float = 0.8, low: float = 300.0, high: float = 2_600.0) -> Wave:
    """Something passes: noise whose colour rises and falls with its loudness."""
    count = span(seconds)
    dark = shaped(noise(seed, count), band(low * 0.6, low * 2))
    bright = shaped(noise(seed + 1, count), band(low * 1.6, high))
    swell = bell_curve(count)
    return dark * swell + bright * swell * swell


def fwoosh(seed: int) -> Wave:
    """A flame or a beam catches: a rising rush with a low body."""
    count = span(1.1)
    rise = glide(((0, 0.0), (0.25, 1.0), (0.5, 0.6), (1, 0.0)), count)
    rush = shaped(noise(seed, count), band(180, 3_400)) * rise
    return edges(rush + 0.9 * shaped(noise(seed + 1, count), band(50, 220)) * rise, 0.03, 0.3)


def splash(seed: int) -> Wave:
    """Something falls into water: a slap, spray, bubbles."""
    dice = random.Random(seed)
    parts = [(0.0, burst(seed, 300, 3_200, 0.4), 1.0), (0.03, burst(seed + 1, 2_500, 9_000, 0.6), 0.35)]
    parts += [(dice.uniform(0.12, 0.8), drip(seed + n), dice.uniform(0.1, 0.3)) for n in range(9)]
    return sequence(*parts)


def drip(seed: int) -> Wave:
    """One drop: a bubble whose pitch rises as it closes."""
    count = span(0.07)
    low = 620.0 + seed % 7 * 90
    return edges(tone(glide(((0, low), (1, low * 2.1)), count), count) * decay(count, 0.08), 0.002, 0.01)


def thunder(seed: int) -> Wave:
    """A crack, and rolls of low noise that swell and fade."""
    dice = random.Random(seed)
    parts = [(0.0, burst(seed, 200, 5_000, 0.3), 0.5)]
    for number in range(6):
        at, fade = 0.04 + 1.9 * dice.random(), dice.uniform(1.0, 1.8)
        roll = edges(burst(seed + number, 25, dice.uniform(90, 260), fade), 0.22, 0.2 * fade)
        parts.append((at, roll, 2.6 - 0.8 * at))
    parts.append((0.0, burst(seed + 9, 30, 420, 1.2), 1.6))
    return edges(sequence(*parts), 0.004, 0.6)


def step(seed: int) -> Wave:
    """One footstep: heel, then sole."""
    return sequence(
        (0, burst(seed, 50, 380, 0.09), 1.0),
        (0, burst(seed + 1, 900, 3_200, 0.02), 0.2),
        (0.055, burst(seed + 2, 700, 3_800, 0.06), 0.16),
    )


def tick(seed: int) -> Wave:
    """One tick of a clock."""
    return partials((2_240 + seed % 2 * 410, 3_720, 1_180), (1.0, 0.5, 0.4), (0.03, 0.02, 0.04))


def clap(seed: int) -> Wave:
    """One pair of hands."""
    return burst(seed, 700 + seed % 5 * 120, 3_000 + seed % 7 * 300, 0.045)


def heartbeat(seed: int) -> Wave:
    """Two dull beats."""
    beat = partials((48 + seed % 3, 71), (1.0, 0.6), (0.22, 0.16))
    return sequence((0, beat, 1.0), (0.26, beat, 0.7))
