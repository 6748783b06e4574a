"""Loudness and true peak after ITU-R BS.1770, and the master: one linear gain and a cap on peaks.

Levels are hundredths of LUFS, dBTP or dB. Figures that reach a contract are rounded to these; what multiplies
samples is rounded to binary fractions first, so that every machine makes the same samples.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrative_assets.video.mixing import Floats, Levels, Samples, saturated

SILENCE = -7_000
"""Integrated loudness of silence: the absolute gate of BS.1770, below which nothing counts."""
NO_PEAK = -12_000
MAX_GAIN = 4_000

_FULL_SCALE = 32_768.0
_CHUNK_BLOCKS = 2_048
_CAP_BLOCKS = 1 << 16
_TRANSFORM = 1 << 14
_SETTLED = 2_048
_THREADS, _ROWS = 2, 4
_REACH_MS = 15
_MOST_MADE_UP = 600
_UNIT = 1 << 16
# Table of BS.1770-4, annex 2, times 2 to the 13th: two of the four phases, the others mirror them.
_PHASE_0 = (14, 90, -161, 272, -487, 1125, 7964, -838, 390, -218, 122, -68)
_PHASE_1 = (-239, 240, -424, 730, -1364, 3810, 6388, -1641, 832, -477, 271, -155)
_TAPS = np.array([_PHASE_0, _PHASE_1, _PHASE_1[::-1], _PHASE_0[::-1]], np.float64)
_TAP_SCALE = 2.0**-13
_OVERSHOOT = float(np.abs(_TAPS).sum(axis=1).max()) * _TAP_SCALE
"""No true peak lies higher above the samples around it than this factor."""
_BEFORE, _AFTER = 5, 6


@dataclass(frozen=True)
class Mastering:
    """How the stems become the finished sound: a linear gain, and where peaks are held down."""

    gain: int
    block: int
    nodes: Levels
    """Level of the peak cap at every block's edge; 2 to the 16th is full level."""


def block_samples(rate: int) -> int:
    """Samples of the small blocks that energies and peaks are kept for: a divisor of a tenth of a second."""
    return next(size for size in range(16, 0, -1) if rate // 10 % size == 0)


def integrated(pcm: Samples, rate: int) -> int:
    """Integrated loudness of ``pcm`` (frames,) or (frames, 2); a single channel counts as heard from two sides.

    ``SILENCE`` where no block passes the gates. Sound of less than 0.4 s is measured as one block.
    """
    energies, _ = _survey((pcm,), rate)
    return gated(energies, rate)


def measured(pcm: Samples, rate: int) -> tuple[int, int]:
    """Integrated loudness and highest true peak of ``pcm`` (frames, 2), in one reading of it."""
    energies, peaks = _survey((pcm,), rate)
    loudness = gated(energies, rate)
    del energies
    return loudness, _highest(pcm, block_samples(rate), peaks)


def _survey(stems: Sequence[Samples], rate: int) -> tuple[Floats, Levels]:
    """Sum of squares of each block of the K-weighted mix, full scale being 1, and the block's highest sample."""
    block, length = block_samples(rate), len(stems[0])
    squares = np.full(block, _FULL_SCALE**-2)
    energies = np.empty(-(-length // block), np.float64)
    peaks = np.empty(len(energies), np.int32)
    fresh = _TRANSFORM - _SETTLED
    # Whole transforms and whole blocks at once.
    batch = math.lcm(fresh, block)
    batch *= max(1, _ROWS * fresh // batch)

    def measure(start: int) -> None:
        stop, first = min(length, start + batch), max(0, start - _SETTLED)
        mixed = _mixed(stems, first, stop)
        place = slice(start // block, -(-stop // block))
        peaks[place] = _highest_samples(mixed[start - first :], block)
        heard = _weighted(mixed, start - first, rate)
        if len(heard) % block:
            heard = np.pad(heard, (0, -len(heard) % block))
        energies[place] = heard.reshape(-1, block) @ squares

    starts = range(0, length, batch)
    if len(starts) == 1:
        measure(0)
        return energies, peaks
    # Each stretch is measured on its own, so the number of threads changes the time and nothing else.
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(measure, starts))
    return energies, peaks


def _weighted(mixed: Levels, before: int, rate: int) -> Floats:
    """Squares of the K-weighted ``mixed`` (frames, 2), both channels added; ``before`` frames only lead in."""
    fresh, length = _TRANSFORM - _SETTLED, len(mixed) - before
    rows = -(-length // fresh)
    # Two channels as one complex signal: a real filter treats both at once.
    padded = np.zeros(rows * fresh + _SETTLED, np.complex128)
    padded.view(np.float64).reshape(-1, 2)[_SETTLED - before : _SETTLED + length] = mixed
    windows = np.lib.stride_tricks.sliding_window_view(padded, _TRANSFORM)[::fresh]
    spectra = np.fft.fft(windows, axis=1)
    spectra *= _k_weighting(rate)
    np.fft.ifft(spectra, axis=1, out=spectra)
    heard = spectra[:, _SETTLED:]
    squares: Floats = np.square(heard.real)
    squares += np.square(heard.imag)
    return squares.reshape(-1)[:length]


@functools.cache
def _k_weighting(rate: int) -> npt.NDArray[np.complex128]:
    """Response of the two K-weighting filters on the transform's frequencies, for any sample rate."""
    turn = np.exp(-2j * np.pi * np.fft.fftfreq(_TRANSFORM))
    shelf_k, shelf_q = math.tan(math.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10.0 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    shelf = (
        (high + band * shelf_k / shelf_q + shelf_k**2)
        + 2 * (shelf_k**2 - high) * turn
        + (high - band * shelf_k / shelf_q + shelf_k**2) * turn**2
    ) / _denominator(shelf_k, shelf_q, turn)
    pass_k, pass_q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    # The standard leaves the high pass's numerator unscaled.
    scale = 1 + pass_k / pass_q + pass_k**2
    high_pass = scale * (1 - turn) ** 2 / _denominator(pass_k, pass_q, turn)
    response: npt.NDArray[np.complex128] = shelf * high_pass
    return response


def _denominator(k: float, q: float, turn: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    return (1 + k / q + k * k) + 2 * (k * k - 1) * turn + (1 - k / q + k * k) * turn**2


def gated(energies: Floats, rate: int) -> int:
    """Integrated loudness of block energies: 0.4 s windows every 0.1 s, gated at -70 LUFS and 10 LU below the rest."""
    per_hop = rate // 10 // block_samples(rate)
    hops = len(energies) // per_hop
    if hops < 4:
        powers = np.array([energies.sum() / max(1, len(energies) * block_samples(rate))])
    else:
        tenths = energies[: hops * per_hop].reshape(hops, per_hop).sum(axis=1)
        powers = (tenths[:-3] + tenths[1:-2] + tenths[2:-1] + tenths[3:]) / (0.4 * rate)
    powers = powers[powers > _power(SILENCE)]
    if len(powers) == 0:
        return SILENCE
    powers = powers[powers > powers.mean() * 0.1]
    return max(SILENCE, round(100 * (-0.691 + 10 * math.log10(float(powers.mean())))))


def _power(loudness: int) -> float:
    return float(10.0 ** ((loudness / 100 + 0.691) / 10))


def true_peak(pcm: Samples, rate: int) -> int:
    """Highest true peak of ``pcm`` (frames, 2), four times oversampled; ``NO_PEAK`` for silence."""
    return measured(pcm, rate)[1]


def _highest(pcm: Samples, block: int, peaks: Levels) -> int:
    """The highest true peak, given the highest sample of each block."""
    best = float(peaks.max(initial=0))
    if best == 0:
        return NO_PEAK
    for _, between in _between((pcm,), block, peaks, best / _OVERSHOOT):
        best = max(best, float(between.max()))
    return _decibels(best)


def _decibels(peak: float) -> int:
    return max(NO_PEAK, round(2_000 * math.log10(peak / _FULL_SCALE)))


def _mixed(stems: Sequence[Samples], first: int, end: int) -> Levels:
    """Sum of the stems over a stretch of frames, shape (frames, 2); a stem of one channel is heard on both."""
    total = np.zeros((end - first, 2), np.int32)
    for stem in stems:
        piece = stem[first:end]
        if stem.ndim == 2:
            total += piece
        else:
            total[:, 0] += piece
            total[:, 1] += piece
    return total


def _chunks(length: int, block: int) -> Iterator[tuple[int, int]]:
    """Stretches of whole blocks, as (first frame, end)."""
    size = _CHUNK_BLOCKS * block
    for first in range(0, length, size):
        yield first, min(length, first + size)


def _highest_samples(mixed: Levels, block: int) -> Levels:
    """Highest absolute sample of each block of ``mixed`` (frames, 2), which starts with a block."""
    high = np.abs(mixed)
    if len(high) % block:
        high = np.pad(high, ((0, -len(high) % block), (0, 0)))
    highest: Levels = high.reshape(-1, 2 * block).max(axis=1)
    return highest


def _true_peaks(stems: Sequence[Samples], block: int, peaks: Levels, threshold: float) -> Floats:
    """True peak of each block of the mix whose surroundings reach ``threshold``; the sample peak of the others."""
    found = peaks.astype(np.float64)
    for place, between in _between(stems, block, peaks, threshold):
        found[place] = np.maximum(found[place], between)
    return found


def _between(
    stems: Sequence[Samples], block: int, peaks: Levels, threshold: float
) -> Iterator[tuple[npt.NDArray[np.intp], Floats]]:
    """Blocks of the mix whose surroundings reach ``threshold``, stretch by stretch, and their true peaks."""
    length = len(stems[0])
    taps = _oversampler(block)
    for first, end in _chunks(length, block):
        start, stop = first // block, -(-end // block)
        near = np.pad(peaks[max(0, start - 1) : stop + 1], (int(start == 0), int(stop == len(peaks))))
        around = np.maximum(near[1:-1], np.maximum(near[2:], near[:-2]))
        blocks = np.flatnonzero(around >= threshold)
        if len(blocks) == 0:
            continue
        low, high = max(0, first - _BEFORE), min(length, end + _AFTER)
        mixed = np.zeros(((stop - start) * block + _BEFORE + _AFTER, 2), np.float64)
        offset = _BEFORE - (first - low)
        mixed[offset : offset + high - low] = _mixed(stems, low, high)
        for channel in (0, 1):
            windows = np.lib.stride_tricks.sliding_window_view(mixed[:, channel], taps.shape[0])[::block][blocks]
            yield start + blocks, np.abs(windows @ taps).max(axis=1) * _TAP_SCALE


@functools.cache
def _oversampler(block: int) -> Floats:
    """Matrix from a block and its surroundings to its four times oversampled values."""
    matrix = np.zeros((block + _BEFORE + _AFTER, 4 * block), np.float64)
    for sample in range(block):
        for phase in range(4):
            matrix[sample : sample + 12, 4 * sample + phase] = _TAPS[phase, ::-1]
    return matrix


def mastering(stems: Sequence[Samples], rate: int, target: int, ceiling: int) -> Mastering:
    """The gain and peak cap that bring the sum of ``stems`` to ``target`` loudness with no true peak above ``ceiling``.

    Holding peaks down costs some loudness; the gain makes up for it, by 6 dB at most. Silence gets gain 0.
    """
    block = block_samples(rate)
    energies, peaks = _survey(stems, rate)
    loudness = gated(energies, rate)
    if loudness <= SILENCE:
        return Mastering(0, block, np.full(len(peaks) + 1, _UNIT, np.int32))
    start = max(-MAX_GAIN, min(MAX_GAIN, target - loudness))
    # Rounding lifts a peak by hundredths of a decibel, and meters with a longer filter read 0.15 dB more than this one.
    limit = 10.0 ** ((ceiling - 20) / 2_000) * _FULL_SCALE
    chosen, seen_to = start, start + 100
    true_peaks = _true_peaks(stems, block, peaks, limit / _factor(seen_to) / _OVERSHOOT)
    nodes = _nodes(true_peaks, limit, chosen, block, rate)
    for _ in range(12):
        short = target - gated(_capped(energies, nodes, chosen), rate)
        better = max(-MAX_GAIN, min(chosen + short, start + _MOST_MADE_UP, MAX_GAIN))
        if better == chosen:
            break
        chosen = better
        if chosen > seen_to:
            seen_to = start + _MOST_MADE_UP
            true_peaks = _true_peaks(stems, block, peaks, limit / _factor(seen_to) / _OVERSHOOT)
        nodes = _nodes(true_peaks, limit, chosen, block, rate)
    return Mastering(chosen, block, nodes)


def _capped(energies: Floats, nodes: Levels, centibel: int) -> Floats:
    """Energies of the blocks under the cap and a gain."""
    level: Floats = (nodes[:-1] + nodes[1:]) / (2 * _UNIT)
    np.square(level, out=level)
    level *= energies
    level *= 10.0 ** (centibel / 1_000)
    return level


def _nodes(true_peaks: Floats, limit: float, centibel: int, block: int, rate: int) -> Levels:
    """Level of the cap at each block's edge: it falls over the 30 ms before a peak and rises over the 30 ms after."""
    reach = max(1, _REACH_MS * rate // 1_000 // block)
    factor = _factor(centibel)
    smooth = np.full(len(true_peaks), _UNIT, np.int32)
    for first in range(0, len(smooth), _CAP_BLOCKS):
        end = min(len(smooth), first + _CAP_BLOCKS)
        low = max(0, first - 2 * reach)
        near = true_peaks[low : end + 2 * reach] * factor
        if near.max() <= limit:
            continue
        levels = np.floor(np.minimum(1.0, limit / np.maximum(near, 1.0)) * _UNIT).astype(np.int64)
        held = _window_minimum(levels, reach)[max(0, first - reach) - low : end + reach - low]
        # Every window that the mean at a block takes in has seen that block, so the mean never exceeds its level.
        missing = (max(0, reach - first), max(0, end + reach - len(smooth)))
        sums = np.pad(np.cumsum(np.pad(held, missing, mode="edge")), (1, 0))
        width = 2 * reach + 1
        smooth[first:end] = (sums[width:] - sums[:-width]) // width
    nodes = np.empty(len(smooth) + 1, np.int32)
    np.minimum(smooth[:-1], smooth[1:], out=nodes[1:-1])
    nodes[0], nodes[-1] = smooth[0], smooth[-1]
    return nodes


def _window_minimum(levels: npt.NDArray[np.int64], reach: int) -> npt.NDArray[np.int64]:
    """Least level within ``reach`` blocks of each, by doubling windows."""
    least = np.pad(levels, reach, constant_values=_UNIT)
    width, seen = 2 * reach + 1, 1
    while seen < width:
        step = min(seen, width - seen)
        least = np.minimum(least[:-step], least[step:])
        seen += step
    return least


def _factor(centibel: int) -> float:
    """A linear gain as a fraction of 2 to the 20th, the same on every machine."""
    steps: int = round(10.0 ** (centibel / 2_000) * (1 << 20))
    return steps / (1 << 20)


def mastered(stems: Sequence[Samples], how: Mastering) -> Samples:
    """Apply ``how`` to every stem in place and return their sum, shape (frames, 2)."""
    length = len(stems[0])
    mix = np.empty((length, 2), np.int16)
    factor = _factor(how.gain)
    steps = np.arange(how.block, dtype=np.float64) / how.block

    def master(stretch: tuple[int, int]) -> None:
        first, end = stretch
        nodes = how.nodes[first // how.block : -(-end // how.block) + 1].astype(np.float64)
        if bool((nodes == _UNIT).all()):
            level: Floats | float = factor
        else:
            curve = nodes[:-1, None] + np.diff(nodes)[:, None] * steps
            level = curve.reshape(-1)[: end - first] * (factor / _UNIT)
        for stem in stems:
            _scale(stem[first:end], level)
        mix[first:end] = saturated(_mixed(stems, first, end))

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(master, _chunks(length, how.block)))
    return mix


def _scale(piece: Samples, level: Floats | float) -> None:
    """Multiply ``piece`` in place by a level, one for all or one for each frame."""
    # Writing into silence would give a bus the memory that it has not used yet.
    if not piece.any():
        return
    scaled = piece * (level[:, None] if isinstance(level, np.ndarray) and piece.ndim == 2 else np.float64(level))
    np.rint(scaled, out=scaled)
    piece[:] = np.clip(scaled, -32_768, 32_767, out=scaled)
