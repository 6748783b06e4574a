"""Sounds that go on: weather, water, engines, crowds, rooms. Mono, floating point, any level.

A take that loops is built on circular filters, whole turns and wrapped events: its end joins its start.
Single sounds live in ``strikes``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from narrative_assets.media import calls, strikes
from narrative_assets.media.pcm import (
    RATE,
    TURN,
    Wave,
    at_peak,
    band,
    noise,
    peak,
    place,
    seed_of,
    shaped,
    sine,
    together,
    tone,
    whole_turns,
)


@dataclass(frozen=True)
class Take:
    """How much is wanted: samples, the seed, and whether the end must join the start."""

    count: int
    seed: int
    loop: bool = False

    @property
    def seconds(self) -> float:
        return self.count / RATE

    def part(self, name: str) -> int:
        """A seed of its own for one layer."""
        return seed_of(self.seed, name)


Texture = Callable[[Take], Wave]


def hiss(take: Take, name: str, low: float, high: float, steep: int = 2) -> Wave:
    """Noise between ``low`` and ``high`` Hz, its loudest sample at 1 whatever the band."""
    return at_peak(shaped(noise(take.part(name), take.count), band(low, high, steep)), 1.0)


def resonant(take: Take, name: str, centres: tuple[float, ...], narrow: float) -> Wave:
    """Noise through resonances at ``centres`` Hz, its loudest sample at 1."""
    gains = together(*(peak(centre, narrow) for centre in centres))
    return at_peak(shaped(noise(take.part(name), take.count), gains), 1.0)


def slow(take: Take, name: str, hertz: float) -> Wave:
    """A slow irregular curve between 0 and 1 that moves about ``hertz`` times a second and loops.

    It is computed every 128 samples and drawn with straight lines between them.
    """
    dice = random.Random(take.part(name))
    at = np.arange(0, take.count + 128, 128)
    curve, weight = np.zeros(len(at)), 0.0
    for factor in (0.5, 0.8, 1.0, 1.5, 2.2):
        share, turns = dice.uniform(0.5, 1.0), max(1, round(hertz * factor * take.seconds))
        curve += share * sine(round(dice.random() * TURN) + at * turns % take.count * TURN // take.count)
        weight += share
    return np.asarray(np.interp(np.arange(take.count), at, 0.5 + 0.5 * curve / weight), dtype=np.float64)


def hum(take: Take, hertz: float, levels: tuple[float, ...]) -> Wave:
    """Harmonics of ``hertz`` at ``levels``, rounded to whole turns in the take."""
    turns = max(1, round(hertz * take.seconds))
    tones = (level * whole_turns(turns * n, take.count, 0.13 * n) for n, level in enumerate(levels, start=1))
    return sum(tones, start=np.zeros(take.count))


def scattered(take: Take, name: str, strike: strikes.Strike, a_second: float, levels: tuple[float, float]) -> Wave:
    """Single sounds at random times, ``a_second`` of them on average, out of six different ones.

    Where the take has a beginning, the first sounds at once: an effect says soon what it is.
    """
    dice = random.Random(take.part(name))
    kit = [strike(take.part(f"{name}{number}")) for number in range(6)]
    track = np.zeros(take.count)
    for number in range(max(1, round(a_second * take.seconds))):
        at = dice.randrange(take.count) if number or take.loop else RATE // 20
        place(track, dice.choice(kit) * dice.uniform(*levels), at, loop=take.loop)
    return track


def steady(take: Take, name: str, strike: strikes.Strike, every: float, levels: tuple[float, ...]) -> Wave:
    """The same sound every ``every`` seconds or nearly so, its level running through ``levels``."""
    dice = random.Random(take.part(name))
    beats = max(1, int(take.seconds / every)) if take.loop else max(1, -(-take.count // round(every * RATE)))
    period = take.count / beats if take.loop else every * RATE
    track = np.zeros(take.count)
    for beat in range(beats):
        sound = strike(take.part(f"{name}{beat % 4}")) * levels[beat % len(levels)] * dice.uniform(0.9, 1.0)
        place(track, sound, round(beat * period), loop=take.loop)
    return track


def room(take: Take) -> Wave:
    """The air of a quiet room, with a trace of mains hum."""
    return (
        hiss(take, "air", 30, 260, 1)
        + 0.12 * hiss(take, "breath", 300, 2_400, 1)
        + 0.02 * hum(take, 50, (1.0, 0.5, 0.2))
    )


def wind(take: Take) -> Wave:
    """Gusts: a dull body, a rush and a howl that comes and goes with them."""
    gust = slow(take, "gust", 0.3)
    howl = resonant(take, "howl", (410, 655), 10)
    return (
        hiss(take, "body", 70, 420) * (0.35 + 0.65 * gust)
        + 0.5 * hiss(take, "rush", 400, 1_500) * gust**2
        + 0.7 * howl * gust**3
    )


def breeze(take: Take) -> Wave:
    """A light wind in leaves."""
    gust = slow(take, "gust", 0.4)
    return 0.4 * hiss(take, "body", 120, 500) + 0.5 * hiss(take, "leaves", 1_500, 4_800) * (0.15 + gust**2)


def rain(take: Take) -> Wave:
    """Rain: a bed of hiss, and drops that are clicks in small resonators."""
    hits = np.where(noise(take.part("drops"), take.count) > 0.9993, noise(take.part("size"), take.count), 0.0)
    patter = shaped(hits, together(peak(2_300, 3), peak(3_900, 4), peak(6_100, 4), levels=(0.8, 1.0, 0.6)))
    bed = hiss(take, "bed", 900, 5_500) * (0.8 + 0.2 * slow(take, "gust", 0.4))
    return 0.6 * bed + 0.5 * at_peak(patter, 1.0) + 0.25 * hiss(take, "ground", 120, 600)


def sea(take: Take) -> Wave:
    """Waves that gather, break and draw back over stones."""
    waves = max(1, round(take.seconds / 5))
    swell = 0.5 + 0.5 * whole_turns(waves, take.count, -0.25)
    behind = 0.5 + 0.5 * whole_turns(waves, take.count, -0.42)
    deep = hiss(take, "deep", 60, 420) * (0.4 + 0.6 * swell)
    return deep + 0.8 * hiss(take, "break", 400, 2_600) * swell**4 + 0.35 * hiss(take, "foam", 2_000, 5_500) * behind**3


def water(take: Take) -> Wave:
    """Running water: a soft rush and rising bubbles."""
    return 0.35 * hiss(take, "rush", 350, 2_400) + scattered(take, "bubbles", strikes.drip, 26, (0.05, 0.3))


def engine(take: Take) -> Wave:
    """An engine idling: harmonics of its firing, roughened."""
    firing = hum(take, 46, (0.6, 1.0, 0.55, 0.7, 0.35, 0.3, 0.2, 0.15))
    chug = 0.75 + 0.25 * whole_turns(max(1, round(11.5 * take.seconds)), take.count)
    return 0.5 * firing * chug + 0.4 * hiss(take, "air", 60, 900, 1) * chug


def traffic(take: Take) -> Wave:
    """A street at some distance: tyres and motors passing."""
    passing = 0.3 + 0.7 * slow(take, "passing", 0.25) ** 2
    far = hiss(take, "far", 40, 260) + 0.45 * hiss(take, "tyres", 400, 1_900, 1) * passing
    return far * passing + 0.06 * hum(take, 62, (1.0, 0.8, 0.5, 0.3)) * passing


def crowd(take: Take) -> Wave:
    """Many people talking: voices that nobody can make out."""
    track = 0.15 * hiss(take, "room", 60, 400)
    for voice in range(9):
        name, centre = f"voice{voice}", 260.0 + 70 * voice
        syllables = slow(take, f"{name}s", 3.4) ** 2 * (0.3 + slow(take, f"{name}p", 0.5))
        track += resonant(take, name, (centre, centre * 2.6), 3.5) * syllables
    return track


def fire(take: Take) -> Wave:
    """A fire: a low flutter and crackling wood."""
    flutter = hiss(take, "flutter", 40, 300) * (0.5 + 0.5 * slow(take, "lick", 5.0))
    return 0.6 * flutter + 0.12 * hiss(take, "air", 800, 3_000) + scattered(take, "crackle", crackle, 9, (0.1, 0.9))


def crackle(seed: int) -> Wave:
    """One snap of burning wood."""
    return strikes.burst(seed, 900 + seed % 9 * 180, 5_200, 0.012 + seed % 4 * 0.006)


def static(take: Take) -> Wave:
    """A radio between stations: rushing noise and crackle."""
    return 0.6 * hiss(take, "rush", 900, 5_000) * (0.7 + 0.3 * slow(take, "fade", 1.2)) + scattered(
        take, "pops", crackle, 12, (0.1, 0.5)
    )


def radio(take: Take) -> Wave:
    """A voice on a distant station: speech rhythm in a narrow band, with a heterodyne whistle."""
    voice = resonant(take, "voice", (520, 1_500, 2_400), 5)
    spoken = voice * slow(take, "syllables", 4.2) ** 2 * (0.25 + slow(take, "phrases", 0.6))
    narrow = shaped(
        spoken * 3 + 0.12 * hum(take, 140, (1.0, 0.8, 0.6, 0.4, 0.3)) * slow(take, "pitch", 4.2), band(350, 2_800, 3)
    )
    return narrow + 0.16 * static(take) + 0.02 * hum(take, 1_480, (1.0,)) * slow(take, "whistle", 0.7)


def electricity(take: Take) -> Wave:
    """Mains hum and the spit of a bad contact."""
    spit = hiss(take, "spit", 1_500, 7_000) * slow(take, "arc", 9.0) ** 6
    return 0.3 * hum(take, 100, (1.0, 0.7, 0.5, 0.35, 0.25, 0.2)) + 3.0 * spit


def machine(take: Take) -> Wave:
    """Apparatus at work: a fan and a transformer."""
    return 0.25 * hum(take, 100, (1.0, 0.5, 0.25)) + 0.5 * hiss(take, "fan", 150, 1_400, 1)


def crickets(take: Take) -> Wave:
    """A summer night: two crickets over a trace of wind."""
    track = 0.1 * hiss(take, "air", 100, 700, 1)
    for number, (pitch, rate) in enumerate(((4_350, 2.7), (4_820, 2.2))):
        chirps = np.maximum(0.0, whole_turns(round(rate * take.seconds), take.count, 0.3 * number))
        wings = 0.5 + 0.5 * whole_turns(round(38 * take.seconds), take.count)
        track += 0.3 * whole_turns(round(pitch * take.seconds), take.count) * chirps**3 * wings
    return track


def footsteps(take: Take) -> Wave:
    """Someone walks."""
    return steady(take, "steps", strikes.step, 0.54, (1.0, 0.85))


def running(take: Take) -> Wave:
    """Someone runs."""
    return steady(take, "steps", strikes.step, 0.31, (1.0, 0.9))


def clock(take: Take) -> Wave:
    """A clock on a wall."""
    return steady(take, "tick", strikes.tick, 0.5, (1.0, 0.7))


def typing(take: Take) -> Wave:
    """Keys, unevenly."""
    return scattered(take, "keys", strikes.click, 6.5, (0.3, 1.0))


def applause(take: Take) -> Wave:
    """Many hands."""
    return scattered(take, "hands", strikes.clap, 90, (0.1, 0.8))


def heart(take: Take) -> Wave:
    """A heart beating."""
    return steady(take, "heart", strikes.heartbeat, 0.86, (1.0,))


def siren(take: Take) -> Wave:
    """An alarm that rises and falls, far enough away to be borne."""
    sweep = 760 + 240 * whole_turns(max(1, round(0.5 * take.seconds)), take.count, -0.25)
    total = int(np.sum(np.rint(sweep * 1_024))) / 1_024
    fitted = sweep * (round(total / RATE) * RATE / total)
    track = tone(fitted, take.count) + 0.25 * tone(fitted * 2, take.count)
    return shaped(track, band(300, 2_000))


def train(take: Take) -> Wave:
    """A train from inside: rumble and the rail joints in pairs."""

    def joints(seed: int) -> Wave:
        return strikes.sequence((0, strikes.impact(seed), 0.7), (0.16, strikes.impact(seed + 1), 0.5))

    return 0.7 * hiss(take, "rumble", 40, 320) + steady(take, "joints", joints, 1.1, (1.1, 1.0))


def rustle(take: Take) -> Wave:
    """Paper or cloth."""
    return hiss(take, "rustle", 1_400, 5_000) * slow(take, "hand", 5.0) ** 3


def birds(take: Take) -> Wave:
    """Birds in the trees."""
    return 0.05 * hiss(take, "air", 200, 2_000, 1) + scattered(take, "song", calls.chirp, 0.9, (0.15, 0.6))


def gulls(take: Take) -> Wave:
    """Gulls over water."""
    return 0.12 * sea(take) + scattered(take, "cry", calls.gull, 0.3, (0.2, 0.6))


def rumble(take: Take) -> Wave:
    """The ground trembles."""
    return hiss(take, "deep", 24, 110) * (0.4 + 0.6 * slow(take, "roll", 0.9)) + 0.3 * hiss(
        take, "stones", 150, 700
    ) * slow(take, "loose", 3.0)


def singing(take: Take) -> Wave:
    """Voices humming a chord, far off."""
    track = np.zeros(take.count)
    for number, pitch in enumerate((220.0, 277.2, 329.6)):
        voice = hum(take, pitch, (1.0, 0.6, 0.4, 0.3, 0.2, 0.15)) + hum(take, pitch * 1.006, (0.7, 0.4, 0.3))
        track += shaped(voice, together(peak(620, 2.5), peak(1_080, 4))) * (
            0.4 + 0.6 * slow(take, f"breath{number}", 0.5)
        )
    return track
