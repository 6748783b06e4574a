"""Samples: exact noise, table oscillators, envelopes, circular filters, levels, and WAV bytes.

Sounds themselves are composed in ``foley``, ``textures``, ``strikes`` and ``score``. To give the same bytes on
every machine, phases and chance are integers, and every value that comes from a transcendental function or a
transform is put on a grid of 2^-24 at once: processors differ only far below it.
"""

from __future__ import annotations

import hashlib
import io
import math
import struct
import wave
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

RATE = 48_000
TAU = 2.0 * math.pi
Wave = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Pcm = npt.NDArray[np.int16]

_GRID = float(1 << 24)
_TABLE_BITS = 12
TURN = 1 << 32
"""One turn of a phase."""


def settle(values: Wave) -> Wave:
    """``values`` on the grid of 2^-24."""
    return np.asarray(np.rint(values * _GRID) / _GRID, dtype=np.float64)


_SINE: Wave = settle(np.sin(np.arange((1 << _TABLE_BITS) + 1) * (TAU / (1 << _TABLE_BITS))))


def seed_of(*parts: object) -> int:
    """A 64-bit seed from words and numbers, by SHA-256."""
    return int.from_bytes(hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()[:8], "big")


def noise(seed: int, count: int) -> Wave:
    """White noise in [-1, 1), ``count`` samples: splitmix64 over a counter, exact everywhere."""
    state = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return np.asarray((state >> np.uint64(40)).astype(np.float64) / (1 << 23) - 1.0, dtype=np.float64)


def sine(phase: Ints) -> Wave:
    """Sine of phases given in units of 2^-32 turns, by table and straight lines between its entries."""
    wrapped = phase & (TURN - 1)
    index = wrapped >> (32 - _TABLE_BITS)
    share = (wrapped & ((1 << (32 - _TABLE_BITS)) - 1)).astype(np.float64) / (1 << (32 - _TABLE_BITS))
    low = _SINE[index]
    return np.asarray(low + (_SINE[index + 1] - low) * share, dtype=np.float64)


def tone(hertz: float | Wave, count: int, phase: float = 0.0) -> Wave:
    """A sine of ``count`` samples. ``hertz`` may glide (an array of ``count``); ``phase`` is in turns."""
    start = round(phase * TURN)
    if isinstance(hertz, np.ndarray):
        steps = np.rint(hertz * (TURN / RATE)).astype(np.int64)
        return sine(start + np.cumsum(steps) - steps)
    return sine(start + np.arange(count, dtype=np.int64) * round(hertz * TURN / RATE))


def whole_turns(turns: int, count: int, phase: float = 0.0) -> Wave:
    """A sine that makes exactly ``turns`` turns in ``count`` samples, so that it loops without a seam."""
    steps = np.arange(count, dtype=np.int64) * turns % count
    return sine(round(phase * TURN) + steps * TURN // count)


def decay(count: int, seconds: float) -> Wave:
    """An exponential decay from 1 that has lost 60 dB after ``seconds``."""
    return settle(np.exp(np.arange(count) * (-6.9078 / (seconds * RATE))))


def bell_curve(count: int) -> Wave:
    """A raised cosine: 0, up to 1 in the middle, back to 0."""
    return 0.5 - 0.5 * sine(np.arange(count, dtype=np.int64) * TURN // max(1, count) + TURN // 4)


def edges(values: Wave, attack: float, release: float) -> Wave:
    """``values`` faded in and out over ``attack`` and ``release`` seconds with raised cosines."""
    shaped = values.copy()
    first, last = (min(len(values) // 2, max(1, round(each * RATE))) for each in (attack, release))
    shaped[:first] *= bell_curve(2 * first)[:first]
    shaped[-last:] *= bell_curve(2 * last)[last:][:last]
    return shaped


def shaped(values: Wave, gain: Callable[[Wave], Wave]) -> Wave:
    """``values`` filtered in a circle: each frequency (Hz) multiplied by ``gain``. The end joins the start."""
    count = len(values)
    spectrum = np.fft.rfft(values)
    hertz = np.arange(len(spectrum), dtype=np.float64) * (RATE / count)
    return settle(np.asarray(np.fft.irfft(spectrum * gain(hertz), count), dtype=np.float64))


def band(low: float, high: float, steep: int = 2) -> Callable[[Wave], Wave]:
    """A gain that passes ``low`` to ``high`` Hz (0 leaves a side open), falling by 6 dB an octave times ``steep``."""

    def gain(hertz: Wave) -> Wave:
        passed = np.ones_like(hertz)
        if high:
            passed /= np.sqrt(1.0 + _power(hertz / high, 2 * steep))
        if low:
            ratio = _power(hertz / low, 2 * steep)
            passed *= np.sqrt(ratio / (1.0 + ratio))
        return passed

    return gain


def peak(hertz: float, quality: float) -> Callable[[Wave], Wave]:
    """A gain that passes one resonance: its centre in Hz and how narrow it is."""

    def gain(frequency: Wave) -> Wave:
        ratio = np.maximum(frequency, 1.0) / hertz
        detuned = quality * (ratio - 1.0 / ratio)
        return np.asarray(1.0 / np.sqrt(1.0 + detuned * detuned), dtype=np.float64)

    return gain


def together(*gains: Callable[[Wave], Wave], levels: Iterable[float] | None = None) -> Callable[[Wave], Wave]:
    """The sum of several gains, each at its level: parallel resonances."""
    weights = tuple(levels) if levels is not None else (1.0,) * len(gains)

    def gain(hertz: Wave) -> Wave:
        total = np.zeros_like(hertz)
        for each, weight in zip(gains, weights, strict=True):
            total += weight * each(hertz)
        return total

    return gain


def place(track: Wave, sound: Wave, at: int, *, loop: bool = False) -> None:
    """Add ``sound`` to ``track`` from sample ``at``; what goes over the end is cut, or wraps where it loops."""
    if not loop:
        room = min(len(sound), len(track) - at)
        if room > 0:
            track[at : at + room] += sound[:room]
        return
    at %= len(track)
    for start in range(0, len(sound), len(track)):
        piece = sound[start : start + len(track)]
        first = min(len(piece), len(track) - at)
        track[at : at + first] += piece[:first]
        track[: len(piece) - first] += piece[first:]


def at_peak(values: Wave, level: float) -> Wave:
    """``values`` scaled so that the loudest sample is ``level`` (1 is full scale)."""
    loudest = float(np.max(np.abs(values)))
    return values * (level / loudest) if loudest > 0 else values


def at_rms(values: Wave, level: float, ceiling: float) -> Pcm:
    """16-bit samples at an effective value of ``level``, or less where a peak would pass ``ceiling``.

    Both are shares of full scale. The sum of squares is taken over integers: exact in any order.
    """
    whole = np.rint(at_peak(values, 1.0) * (1 << 20)).astype(np.int64)
    effective = math.isqrt(max(1, int(np.sum(whole * whole)) // whole.size))
    return to_pcm(whole / float(1 << 20) * min(level * (1 << 20) / effective, ceiling))


def to_pcm(values: Wave) -> Pcm:
    """16-bit samples; 1 is full scale and nothing may lie above it."""
    return np.clip(np.rint(values * 32_767.0), -32_767, 32_767).astype(np.int16)


def wav_bytes(samples: Pcm, rate: int = RATE, beats: int = 0) -> bytes:
    """A WAV file of 16-bit samples: mono from shape (n,), else (n, channels).

    ``beats`` are written into an ``acid`` chunk, as loops carry them: four to the bar.
    """
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    if not beats:
        return buffer.getvalue()
    tempo = 60.0 * rate * beats / len(samples)
    chunk = b"acid" + struct.pack("<IIHHfIHHf", 24, 0, 60, 0x8000, 0.0, beats, 4, 4, tempo)
    plain = buffer.getvalue()
    riff = b"RIFF" + struct.pack("<I", len(plain) - 8 + len(chunk))
    return riff + plain[8:36] + chunk + plain[36:]


def _power(values: Wave, exponent: int) -> Wave:
    """``values`` to a whole power by multiplication alone, which rounds alike everywhere."""
    result = values
    for _ in range(exponent - 1):
        result = result * values
    return result
