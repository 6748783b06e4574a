"""Sample arithmetic for the mixer: reading WAV bytes, resampling, gain, fades and loops.

Samples are 16-bit integers. Filters have integer taps, so that their sums are exact in 64-bit floats and
come out the same in whatever order a processor adds them. What plays when is ``sound``'s business.
"""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.errors import MediaError

Samples = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]
Stretch = npt.NDArray[np.float32]
"""Samples as 32-bit floats, which hold sums of 16-bit samples exactly."""
Levels = npt.NDArray[np.int32]

_TAP_BITS = 18
_FADE_BITS = 15
_HALF_TAPS = 16
_CHUNK = 1 << 16
_SMALL_PRODUCT = 1 << 18
_MOST_BEATS, _MOST_CHUNKS = 4_096, 64
_SMALL_STEP = 64
"""A step between neighbouring samples that nobody hears, whatever lies around it."""


def decode_wav(data: bytes, name: str) -> tuple[Samples, int]:
    """Samples (frames, channels) as 16-bit integers, and the sample rate, of an uncompressed WAV file.

    8, 16, 24 and 32-bit integers and 32 and 64-bit floats are read. Raises MediaError naming ``name``.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise _unreadable(name, "it is no WAV file")
    octets = memoryview(data)
    form: tuple[int, int, int, int] | None = None
    position = 12
    while position + 8 <= len(data):
        chunk, size = data[position : position + 4], struct.unpack_from("<I", data, position + 4)[0]
        body = octets[position + 8 : position + 8 + size]
        if chunk == b"fmt " and len(body) >= 16:
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
            kind = struct.unpack_from("<H", body, 24)[0] if kind == 0xFFFE and len(body) >= 26 else kind
            form = (kind, channels, rate, bits)
        elif chunk == b"data" and form is not None:
            return _samples(body, form, name), form[2]
        position += 8 + size + size % 2
    raise _unreadable(name, "it holds no sound")


def beats_of(data: bytes) -> int:
    """How many beats a WAV file says it has, as loops do in an ``acid`` chunk; 0 where it says nothing."""
    position = 12
    for _ in range(_MOST_CHUNKS):
        if position + 8 > len(data):
            break
        chunk, size = data[position : position + 4], struct.unpack_from("<I", data, position + 4)[0]
        if chunk == b"acid" and size >= 24 and position + 32 <= len(data):
            kind, beats = struct.unpack_from("<I8xI", data, position + 8)
            return int(beats) if not kind & 1 and beats <= _MOST_BEATS else 0
        position += 8 + size + size % 2
    return 0


def _samples(body: memoryview, form: tuple[int, int, int, int], name: str) -> Samples:
    kind, channels, rate, bits = form
    if not 1 <= channels <= 32 or not 4_000 <= rate <= 384_000 or (kind, bits) not in _READERS:
        raise _unreadable(name, f"format {kind}, {channels} channels, {rate} Hz, {bits} bits is not supported")
    frame = channels * bits // 8
    return _READERS[kind, bits](body[: len(body) // frame * frame]).reshape(-1, channels)


def _from_8(body: memoryview) -> Samples:
    return ((np.frombuffer(body, np.uint8).astype(np.int16) - 128) << 8).astype(np.int16)


def _from_16(body: memoryview) -> Samples:
    return np.frombuffer(body, "<i2").astype(np.int16, copy=False)


def _from_24(body: memoryview) -> Samples:
    octets = np.frombuffer(body, np.uint8).reshape(-1, 3)
    return np.ascontiguousarray(octets[:, 1:]).view("<i2").reshape(-1).astype(np.int16)


def _from_32(body: memoryview) -> Samples:
    return (np.frombuffer(body, "<i4") >> 16).astype(np.int16)


def _from_float(dtype: str, body: memoryview) -> Samples:
    values = np.frombuffer(body, dtype)
    pcm = np.empty(len(values), np.int16)
    for place in range(0, len(values), _CHUNK):
        piece = values[place : place + _CHUNK].astype(np.float64)
        piece = np.clip(np.nan_to_num(piece, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
        pcm[place : place + _CHUNK] = np.rint(piece * 32_767.0)
    return pcm


_READERS: dict[tuple[int, int], Callable[[memoryview], Samples]] = {
    (1, 8): _from_8,
    (1, 16): _from_16,
    (1, 24): _from_24,
    (1, 32): _from_32,
    (3, 32): functools.partial(_from_float, "<f4"),
    (3, 64): functools.partial(_from_float, "<f8"),
}


def _unreadable(name: str, why: str) -> MediaError:
    return MediaError(
        f"The sound {name} cannot be read: {why}.", remedy="Give it as an uncompressed WAV file of 8 to 32 bits."
    )


def mono(pcm: Samples) -> Samples:
    """One channel: the mean of all, shape (frames,)."""
    if pcm.shape[1] == 1:
        return pcm[:, 0]
    return saturated(pcm.astype(np.int32).sum(axis=1) // pcm.shape[1])


def stereo(pcm: Samples) -> Samples:
    """Two channels, shape (frames, 2): a single one is doubled, those beyond the second are left out."""
    return np.repeat(pcm, 2, axis=1) if pcm.shape[1] == 1 else pcm[:, :2]


def saturated(values: npt.NDArray[np.integer]) -> Samples:
    """``values`` limited to what 16 bits hold."""
    whole: Samples = np.clip(values, -32_768, 32_767).astype(np.int16)
    return whole


def rounded(values: npt.NDArray[np.floating]) -> Samples:
    """``values``, which are overwritten, as the nearest integers that 16 bits hold."""
    np.rint(values, out=values)
    whole: Samples = np.clip(values, -32_768, 32_767, out=values).astype(np.int16)
    return whole


def gain(pcm: Samples, centibel: int) -> Samples:
    """``pcm`` louder or softer by hundredths of a decibel, rounded to integers."""
    if centibel == 0 or pcm.size == 0:
        return pcm
    factor = np.float32(linear(centibel))
    out = np.empty(pcm.shape, np.int16)
    for place in range(0, len(pcm), _CHUNK):
        out[place : place + _CHUNK] = rounded(pcm[place : place + _CHUNK] * factor)
    return out


def linear(centibel: int) -> float:
    """A gain as a fraction of 2 to the 20th, the same on every machine."""
    steps: int = round(10.0 ** (centibel / 2_000) * (1 << 20))
    return steps / (1 << 20)


def resample(pcm: Samples, rate: int, target: int) -> Samples:
    """``pcm`` (frames,) or (frames, channels) at another sample rate, by a linear-phase windowed sinc."""
    if rate == target or pcm.size == 0:
        return pcm
    if pcm.ndim == 2:
        out = np.empty((-(-len(pcm) * target // rate), pcm.shape[1]), np.int16)
        for channel in range(pcm.shape[1]):
            out[:, channel] = resample(pcm[:, channel], rate, target)
        return out
    return _filtered(pcm, -(-len(pcm) * target // rate), _resampler(rate, target))


@dataclass(frozen=True)
class _Filter:
    """A filter that repeats: ``step_in`` samples give ``step_out``, a few of them from each part's own taps.

    A part is (where its input starts, its first output, taps of shape (inputs, outputs)).
    """

    step_in: int
    step_out: int
    parts: tuple[tuple[int, int, Floats], ...]


def _filtered(pcm: Samples, length: int, by: _Filter) -> Samples:
    """``length`` samples from mono ``pcm``."""
    blocks = -(-length // by.step_out)
    before = max(0, -min(start for start, _, _ in by.parts))
    reach = max(start + len(taps) for start, _, taps in by.parts) + before
    out = np.empty((blocks, by.step_out), np.int16)
    # Small products stay on one thread: a mix shares its machine with the encoders.
    rows = max(1, min(_CHUNK // by.step_out, _SMALL_PRODUCT // max(taps.size for _, _, taps in by.parts)))
    for first in range(0, blocks, rows):
        count = min(rows, blocks - first)
        start = first * by.step_in - before
        padded = np.zeros((count - 1) * by.step_in + reach, np.float64)
        piece = pcm[max(0, start) : max(0, start + len(padded))]
        padded[max(0, -start) : max(0, -start) + len(piece)] = piece
        for place, column, taps in by.parts:
            windows = np.lib.stride_tricks.sliding_window_view(padded[place + before :], len(taps))[:: by.step_in]
            sums = np.ascontiguousarray(windows[:count]) @ taps
            sums *= 2.0**-_TAP_BITS
            out[first : first + count, column : column + taps.shape[1]] = rounded(sums)
    return out.reshape(-1)[:length]


@functools.cache
def _resampler(rate: int, target: int) -> _Filter:
    """A windowed sinc from one rate to another."""
    common = math.gcd(rate, target)
    repeats = max(1, 48 * common // rate)
    step_in, step_out = rate // common * repeats, target // common * repeats
    cutoff = min(1.0, target / rate) * 0.94
    reach = math.ceil(_HALF_TAPS / min(1.0, target / rate))

    def taps(distance: Floats) -> Floats:
        shape = np.sqrt(np.clip(1 - (distance / reach) ** 2, 0, 1))
        window = np.where(np.abs(distance) <= reach, np.i0(9.0 * shape) / np.i0(9.0), 0.0)
        return np.asarray(cutoff * np.sinc(cutoff * distance) * window)

    return _Filter(step_in, step_out, _parts(step_out, rate / target, reach, 32, taps))


def band_limited(pcm: Samples, rate: int) -> Samples:
    """Mono ``pcm`` as a telephone passes it: 300 to 3,400 Hz, same length."""
    return _filtered(pcm, len(pcm), _telephone(rate)) if len(pcm) else pcm


@functools.cache
def _telephone(rate: int) -> _Filter:
    """A band-pass filter."""
    half = max(8, rate // 180)
    low, high = 2 * 300 / rate, min(2 * 3_400 / rate, 1.0)

    def taps(distance: Floats) -> Floats:
        window = np.where(np.abs(distance) <= half, 0.54 + 0.46 * np.cos(np.pi * distance / half), 0.0)
        return np.asarray((high * np.sinc(high * distance) - low * np.sinc(low * distance)) * window)

    return _Filter(256, 256, _parts(256, 1.0, half, 64, taps))


def _parts(
    step_out: int, pace: float, reach: int, width: int, taps: Callable[[Floats], Floats]
) -> tuple[tuple[int, int, Floats], ...]:
    """Taps for every ``width`` outputs, which lie ``pace`` inputs apart and look ``reach`` inputs either way."""
    parts = []
    for column in range(0, step_out, width):
        places = np.arange(column, min(column + width, step_out)) * pace
        start, end = math.floor(places[0]) - reach, math.ceil(places[-1]) + reach + 1
        distance = (np.arange(start, end)[:, None] - places[None, :]).astype(np.float64)
        parts.append((start, column, _integer_taps(taps(distance))))
    return tuple(parts)


def _integer_taps(taps: Floats) -> Floats:
    return np.rint(taps * (1 << _TAP_BITS))


def fade_curve(length: int) -> Levels:
    """A rising equal-power fade of ``length`` samples; full level is 2 to the 15th."""
    steps = (np.arange(length) + 0.5) / max(1, length)
    curve: Levels = np.rint(np.sin(steps * (math.pi / 2)) * (1 << _FADE_BITS)).astype(np.int32)
    return curve


def decibel_curve(length: int, centibel: int) -> Levels:
    """A fall from full level to ``centibel``, straight in decibels; full level is 2 to the 15th."""
    steps = (np.arange(length) + 1) / max(1, length)
    curve: Levels = np.rint(10.0 ** (steps * centibel / 2_000) * (1 << _FADE_BITS)).astype(np.int32)
    return curve


def scaled_by(pcm: Samples, curve: Levels | int) -> Samples:
    """``pcm`` times a level of at most 2 to the 15th, a curve over its frames or one for all."""
    level = np.asarray(curve, np.float32) * np.float32(2.0**-_FADE_BITS)
    return rounded(times(pcm, level))


def times(pcm: Samples, level: Stretch | np.float32) -> Stretch:
    """``pcm`` (frames,) or (frames, channels) times a level for each of its frames, or one for all."""
    out = pcm.astype(np.float32)
    # A channel at a time: NumPy takes three times as long to spread a column over two.
    for channel in out.T if out.ndim == 2 else (out,):
        np.multiply(channel, level, out=channel)
    return out


def add_to(total: Stretch, pcm: Samples) -> None:
    """Add ``pcm`` (frames, channels) to ``total``; a single channel is heard on all of it."""
    if pcm.shape == total.shape:
        total += pcm
        return
    for channel in total.T:
        np.add(channel, pcm[:, 0], out=channel)


def ends_meet(loop: Samples, reach: int) -> bool:
    """Whether ``loop`` (frames, channels) goes on from its end to its start without a step larger than those around it.

    Around it means ``reach`` frames on either side.
    """
    near = np.concatenate((loop[-reach:], loop[:reach])).astype(np.int32)
    steps = np.abs(np.diff(near, axis=0))
    seam = min(reach, len(loop)) - 1
    return bool((steps[seam] <= np.delete(steps, seam, axis=0).max(axis=0, initial=_SMALL_STEP)).all())


def crossing(loop: Samples, seam: int) -> Samples:
    """How the last ``seam`` frames of ``loop`` cross into its first, of shape (seam, channels)."""
    rise = fade_curve(seam)
    end = scaled_by(loop[len(loop) - seam :], rise[::-1].copy())
    return saturated(scaled_by(loop[:seam], rise).astype(np.int32) + end)
