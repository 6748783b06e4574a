"""Sample arithmetic for the mixer: WAV bytes, resampling, gain, fades and adding into a bus.

Samples are 16-bit integers. Filters have integer taps, so that their sums are exact in 64-bit floats and
come out the same in whatever order a processor adds them. What plays when is ``sound``'s business.
"""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from schemas.errors import MediaError

Samples = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int32]

_TAP_BITS = 18
_FADE_BITS = 15
_HALF_TAPS = 16
_CHUNK = 1 << 16
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


def wav_bytes(pcm: Samples, sample_rate: int) -> bytes:
    """A 16-bit WAV file of ``pcm``, of shape (frames,) or (frames, channels)."""
    return b"".join(wav_parts(pcm, sample_rate))


def wav_parts(pcm: Samples, sample_rate: int) -> Iterator[bytes]:
    """The bytes of ``wav_bytes`` one stretch after the other."""
    channels = 1 if pcm.ndim == 1 else int(pcm.shape[1])
    size = pcm.size * 2
    form = struct.pack("<IHHIIHH", 16, 1, channels, sample_rate, sample_rate * channels * 2, channels * 2, 16)
    yield b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + form + b"data" + struct.pack("<I", size)
    for place in range(0, len(pcm), _CHUNK):
        yield pcm[place : place + _CHUNK].astype("<i2", copy=False).tobytes()


def mono(pcm: Samples) -> Samples:
    """One channel: the mean of all, shape (frames,)."""
    if pcm.shape[1] == 1:
        return pcm[:, 0]
    return saturated(pcm.astype(np.int32).sum(axis=1) // pcm.shape[1])


def stereo(pcm: Samples) -> Samples:
    """Two channels, shape (frames, 2): a single one is doubled, those beyond the second are left out."""
    return np.repeat(pcm, 2, axis=1) if pcm.shape[1] == 1 else pcm[:, :2]


def saturated(values: npt.NDArray[np.integer] | Floats) -> Samples:
    """``values`` limited to what 16 bits hold."""
    return np.clip(values, -32_768, 32_767).astype(np.int16)


def gain(pcm: Samples, centibel: int) -> Samples:
    """``pcm`` louder or softer by hundredths of a decibel, rounded to integers."""
    if centibel == 0 or pcm.size == 0:
        return pcm
    factor = round(10.0 ** (centibel / 2_000) * 65_536)
    out = np.empty(pcm.shape, np.int16)
    for place in range(0, len(pcm), _CHUNK):
        piece = pcm[place : place + _CHUNK].astype(np.int64)
        out[place : place + _CHUNK] = saturated((piece * factor + 32_768) >> 16)
    return out


def resample(pcm: Samples, rate: int, target: int) -> Samples:
    """``pcm`` (frames,) or (frames, channels) at another sample rate, by a linear-phase windowed sinc."""
    if rate == target or pcm.size == 0:
        return pcm
    if pcm.ndim == 2:
        out = np.empty((-(-len(pcm) * target // rate), pcm.shape[1]), np.int16)
        for channel in range(pcm.shape[1]):
            out[:, channel] = resample(pcm[:, channel], rate, target)
        return out
    return _filtered(pcm, -(-len(pcm) * target // rate), *_resampler(rate, target))


def _filtered(pcm: Samples, length: int, step_in: int, step_out: int, taps: Floats) -> Samples:
    """``length`` samples from mono ``pcm``: each ``step_in`` of them and their surroundings give ``step_out``."""
    blocks = -(-length // step_out)
    before = (taps.shape[0] - step_in) // 2
    out = np.empty((blocks, step_out), np.int16)
    rows = max(1, _CHUNK // step_out)
    for first in range(0, blocks, rows):
        count = min(rows, blocks - first)
        start = first * step_in - before
        padded = np.zeros(count * step_in + taps.shape[0], np.float64)
        piece = pcm[max(0, start) : start + len(padded)]
        padded[max(0, -start) : max(0, -start) + len(piece)] = piece
        windows = np.lib.stride_tricks.sliding_window_view(padded, taps.shape[0])[::step_in][:count]
        out[first : first + count] = _scaled(windows @ taps)
    return out.reshape(-1)[:length]


@functools.cache
def _resampler(rate: int, target: int) -> tuple[int, int, Floats]:
    """A windowed sinc in the shape that ``_filtered`` takes: (samples in, samples out, taps)."""
    common = math.gcd(rate, target)
    repeats = max(1, 48 * common // rate)
    step_in, step_out = rate // common * repeats, target // common * repeats
    cutoff = min(1.0, target / rate) * 0.94
    reach = math.ceil(_HALF_TAPS / min(1.0, target / rate))
    places = np.arange(step_out) * (rate / target)
    distance = (np.arange(-reach, step_in + reach)[:, None] - places[None, :]).astype(np.float64)
    inside = np.abs(distance) <= reach
    window = np.where(inside, np.i0(9.0 * np.sqrt(np.clip(1 - (distance / reach) ** 2, 0, 1))) / np.i0(9.0), 0.0)
    return step_in, step_out, _integer_taps(cutoff * np.sinc(cutoff * distance) * window)


def band_limited(pcm: Samples, rate: int) -> Samples:
    """Mono ``pcm`` as a telephone passes it: 300 to 3,400 Hz, same length."""
    return _filtered(pcm, len(pcm), *_telephone(rate)) if len(pcm) else pcm


@functools.cache
def _telephone(rate: int) -> tuple[int, int, Floats]:
    """A band-pass filter in the shape that ``_filtered`` takes."""
    half, step = max(8, rate // 180), 256
    low, high = 2 * 300 / rate, min(2 * 3_400 / rate, 1.0)
    distance = np.arange(-half, step + half)[:, None] - np.arange(step)[None, :].astype(np.float64)
    window = np.where(np.abs(distance) <= half, 0.54 + 0.46 * np.cos(np.pi * distance / half), 0.0)
    return step, step, _integer_taps((high * np.sinc(high * distance) - low * np.sinc(low * distance)) * window)


def _integer_taps(taps: Floats) -> Floats:
    return np.rint(taps * (1 << _TAP_BITS))


def _scaled(sums: Floats) -> Samples:
    return saturated(np.rint(sums * 2.0**-_TAP_BITS))


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
    level = curve[:, None] if not isinstance(curve, int) and pcm.ndim == 2 else curve
    return ((pcm.astype(np.int32) * level + (1 << (_FADE_BITS - 1))) >> _FADE_BITS).astype(np.int16)


def add(bus: Samples, start: int, pcm: Samples) -> None:
    """Add ``pcm`` into ``bus`` from frame ``start`` on; what lies outside the bus is left out."""
    first, end = max(0, start), min(len(bus), start + len(pcm))
    for place in range(first, end, _CHUNK):
        stop = min(end, place + _CHUNK)
        total = bus[place:stop].astype(np.int32) + pcm[place - start : stop - start]
        bus[place:stop] = saturated(total)


def ends_meet(loop: Samples, reach: int) -> bool:
    """Whether ``loop`` (frames, 2) goes on from its end to its start without a step larger than those around it.

    Around it means ``reach`` frames on either side.
    """
    near = np.concatenate((loop[-reach:], loop[:reach])).astype(np.int32)
    steps = np.abs(np.diff(near, axis=0))
    seam = min(reach, len(loop)) - 1
    return bool((steps[seam] <= np.delete(steps, seam, axis=0).max(axis=0, initial=_SMALL_STEP)).all())


def add_looped(bus: Samples, span: tuple[int, int], loop: Samples, seam: int, fades: tuple[int, int]) -> None:
    """Repeat ``loop`` over the frames ``span`` of ``bus``, faded at both ends; all lengths in frames.

    Each turn crosses into the next over ``seam`` frames; 0 sets them end to end.
    """
    start, length = span[0], span[1] - span[0]
    if length <= 0 or len(loop) == 0:
        return
    fade_in, fade_out = (min(fade, length // 2) for fade in fades)
    parts = ((0, fade_in), (fade_in, length - fade_out), (length - fade_out, length))
    curves = (fade_curve(fade_in), None, fade_curve(fade_out)[::-1])
    turns = _turns(loop, min(seam, len(loop) // 2), length)
    for (first, stop), curve in zip(parts, curves, strict=True):
        for begin, end, source in turns:
            for place in range(max(first, begin), min(stop, end), _CHUNK):
                piece = source[place - begin : min(stop, end, place + _CHUNK) - begin]
                if curve is not None:
                    piece = scaled_by(piece, curve[place - first : place - first + len(piece)])
                add(bus, start + place, piece)


def _turns(loop: Samples, seam: int, length: int) -> list[tuple[int, int, Samples]]:
    """What sounds over ``length`` frames, as (first, end, samples): the loop, and between turns the crossing."""
    if length <= len(loop) or seam == 0:
        return [(begin, min(length, begin + len(loop)), loop) for begin in range(0, length, len(loop))]
    period = len(loop) - seam
    rise = fade_curve(seam)
    crossing = scaled_by(loop[:seam], rise).astype(np.int32) + scaled_by(loop[period:], rise[::-1])
    turns = [(0, period, loop)]
    for begin in range(period, length, period):
        turns.append((begin, begin + seam, saturated(crossing)))
        turns.append((begin + seam, begin + period, loop[seam:period]))
    return [(begin, min(length, end), source) for begin, end, source in turns if begin < length]
