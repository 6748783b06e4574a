"""Loudness and true peak after ITU-R BS.1770, and the master: one linear gain and a cap on peaks.

Levels are hundredths of LUFS, dBTP or dB. Figures that reach a contract are rounded to these; what multiplies
samples is rounded to binary fractions first, so that every machine makes the same samples.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrative_assets.video.mixing import Floats, Levels, Samples, Stretch, linear, rounded, times
from narrative_assets.video.tracks import Track

Energies = npt.NDArray[np.float32]

SILENCE = -7_000
"""Integrated loudness of silence: the absolute gate of BS.1770, below which nothing counts."""
NO_PEAK = -12_000
MAX_GAIN = 4_000

_FULL_SCALE = 32_768.0
_CHUNK_BLOCKS = 2_048
_STRETCH = 1 << 17
_CAP_BLOCKS = 1 << 16
_TRANSFORM = 1 << 14
_SETTLED = 2_048
_TOGETHER = 4
"""Transforms that are made side by side."""
_SMALL = 128
"""Rows of a product that stays on one thread: a mix shares its machine with the encoders."""
_REACH_MS = 15
_MOST_MADE_UP = 600
_GAIN_STEP = 10
"""The gain moves in tenths of a decibel, so that a changed word seldom changes every sample."""
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
    return next(size for size in range(48, 0, -1) if rate // 10 % size == 0)


class Survey:
    """Measures sound that comes in stretches of any length; what it finds does not depend on where they are cut.

    After ``finish``, ``energies`` holds the sum of squares of each block of the K-weighted sound, full scale being
    1, and ``peaks`` the block's highest sample. A single channel counts as heard from two sides.

    ``before`` is what the same sound measured without its master: where that is a plain gain, its energies are
    known from it but for the rounding of samples.
    """

    def __init__(
        self, rate: int, frames: int, channels: int = 2, *, before: tuple[Survey, Mastering] | None = None
    ) -> None:
        self.rate, self.frames = rate, frames
        self.block = block_samples(rate)
        count = -(-frames // self.block)
        self.energies: Energies = np.zeros(count, np.float32)
        self.peaks: Levels = np.zeros(count, np.int32)
        self._channels = channels
        self._before = before
        self._fresh = (_TRANSFORM - _SETTLED) // self.block * self.block
        self._settled = _TRANSFORM - self._fresh
        self._waiting: Stretch = np.zeros((self._settled, channels), np.float32)
        self._place = 0
        self._loud: list[tuple[int, Stretch]] = []

    def feed(self, mixed: npt.NDArray[np.int16] | Stretch) -> None:
        """Take in the next frames, shape (frames, channels)."""
        whole: Stretch = np.concatenate((self._waiting, mixed.astype(np.float32, copy=False)))
        windows = (len(whole) - self._settled) // self._fresh
        self._measure(whole[: self._settled + windows * self._fresh])
        self._waiting = whole[windows * self._fresh :].copy()

    def finish(self) -> Survey:
        """Measure what is left."""
        missing = -(len(self._waiting) - self._settled) % self._fresh
        self.feed(np.zeros((missing, self._channels), np.int16))
        self._hear()
        return self

    def _measure(self, whole: Stretch) -> None:
        """Peaks of whole transforms' worth of sound, and energies where they are known; the rest is put down as loud.

        Of each transform, what comes before its fresh part only leads in.
        """
        blocks = self._fresh // self.block
        samples = np.abs(whole[self._settled :]).reshape(-1)
        peaks = np.maximum.reduceat(samples, np.arange(0, len(samples), self._channels * self.block))
        place = slice(self._place, self._place + len(peaks))
        self.peaks[place] = peaks[: len(self.peaks[place])]
        for first in range(0, len(peaks), blocks):
            start = first * self.block
            if not peaks[first : first + blocks].any() and not whole[start : start + self._settled].any():
                continue
            at = slice(self._place + first, self._place + first + blocks)
            known = self._known(at)
            if known is not None:
                self.energies[at] = known
                continue
            self._loud.append((at.start, whole[start : start + _TRANSFORM]))
            if len(self._loud) == _TOGETHER:
                self._hear()
        self._place = place.stop

    def _hear(self) -> None:
        """Energies of the K-weighted sound of what was put down as loud."""
        if not self._loud:
            return
        # Always as many side by side, so that the same sound takes the same way through the processor.
        sound: Stretch = np.zeros((_TOGETHER, self._channels, _TRANSFORM), np.float32)
        for row, (_, stretch) in zip(sound, self._loud, strict=False):
            row[:] = stretch.T
        # Only what it scales does NumPy transform in single precision.
        spectra = np.fft.rfft(sound, norm="ortho")
        spectra *= _k_weighting(self.rate)
        heard = np.fft.irfft(spectra, _TRANSFORM, norm="ortho")[:, :, self._settled :]
        np.square(heard, out=heard)
        squares = heard.sum(axis=1).reshape(_TOGETHER, -1, self.block).sum(axis=2)
        squares *= 2 / self._channels * _FULL_SCALE**-2
        for (first, _), found in zip(self._loud, squares, strict=False):
            place = slice(first, first + len(found))
            self.energies[place] = found[: len(self.energies[place])]
        self._loud.clear()

    def _known(self, place: slice) -> Energies | None:
        """Energies that follow from an earlier survey, where no peak is held down nearby."""
        if self._before is None:
            return None
        survey, how = self._before
        if (how.nodes[max(0, place.start - self._settled // self.block - 1) : place.stop + 1] != _UNIT).any():
            return None
        known: Energies = survey.energies[place] * np.float32(linear(how.gain) ** 2)
        return known


def surveyed(pcm: Track, rate: int) -> Survey:
    """A finished survey of ``pcm``, of shape (frames,) or (frames, 2)."""
    survey = Survey(rate, len(pcm), 1 if len(pcm.shape) == 1 else 2)
    for first in range(0, len(pcm), _STRETCH):
        piece = pcm[first : first + _STRETCH]
        survey.feed(piece.reshape(len(piece), -1))
    return survey.finish()


def integrated(pcm: Track, rate: int) -> int:
    """Integrated loudness of ``pcm`` (frames,) or (frames, 2); a single channel counts as heard from two sides.

    ``SILENCE`` where no block passes the gates. Sound of less than 0.4 s is measured as one block.
    """
    return gated(surveyed(pcm, rate).energies, rate)


def finished(survey: Survey, pcm: Track) -> tuple[int, int]:
    """Integrated loudness and highest true peak of ``pcm`` (frames, 2), which ``survey`` has measured."""
    return gated(survey.energies, survey.rate), _highest(pcm, survey.block, survey.peaks)


@functools.cache
def _k_weighting(rate: int) -> npt.NDArray[np.complex64]:
    """Response of the two K-weighting filters on the transform's frequencies, for any sample rate."""
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(_TRANSFORM))
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
    response: npt.NDArray[np.complex64] = (shelf * high_pass).astype(np.complex64)
    return response


def _denominator(k: float, q: float, turn: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    return (1 + k / q + k * k) + 2 * (k * k - 1) * turn + (1 - k / q + k * k) * turn**2


def gated(energies: Energies, rate: int) -> int:
    """Integrated loudness of block energies: 0.4 s windows every 0.1 s, gated at -70 LUFS and 10 LU below the rest."""
    per_hop = rate // 10 // block_samples(rate)
    hops = len(energies) // per_hop
    if hops < 4:
        total = float(energies.sum(dtype=np.float64))
        powers = np.array([total / max(1, len(energies) * block_samples(rate))])
    else:
        tenths = energies[: hops * per_hop].reshape(hops, per_hop).sum(axis=1, dtype=np.float64)
        powers = (tenths[:-3] + tenths[1:-2] + tenths[2:-1] + tenths[3:]) / (0.4 * rate)
    powers = powers[powers > _power(SILENCE)]
    if len(powers) == 0:
        return SILENCE
    powers = powers[powers > powers.mean() * 0.1]
    return max(SILENCE, round(100 * (-0.691 + 10 * math.log10(float(powers.mean())))))


def _power(loudness: int) -> float:
    return float(10.0 ** ((loudness / 100 + 0.691) / 10))


def true_peak(pcm: Track, rate: int) -> int:
    """Highest true peak of ``pcm`` (frames, 2), four times oversampled; ``NO_PEAK`` for silence."""
    return finished(surveyed(pcm, rate), pcm)[1]


def _highest(pcm: Track, block: int, peaks: Levels) -> int:
    """The highest true peak, given the highest sample of each block."""
    best = float(peaks.max(initial=0))
    if best == 0:
        return NO_PEAK
    for _, between in _between(pcm, block, peaks, best / _OVERSHOOT):
        best = max(best, float(between.max()))
    return _decibels(best)


def _decibels(peak: float) -> int:
    return max(NO_PEAK, round(2_000 * math.log10(peak / _FULL_SCALE)))


def _true_peaks(mixed: Track, block: int, peaks: Levels, threshold: float) -> Energies:
    """True peak of each block of ``mixed`` whose surroundings reach ``threshold``; the sample peak of the others.

    Where 16 bits could not hold the sum, the most that its true peak may be.
    """
    found = peaks.astype(np.float32)
    for place, between in _between(mixed, block, peaks, threshold):
        found[place] = np.maximum(found[place], between)
    beyond = peaks > _FULL_SCALE - 1
    found[beyond] = peaks[beyond] * _OVERSHOOT
    return found


def _between(
    mixed: Track, block: int, peaks: Levels, threshold: float
) -> Iterator[tuple[npt.NDArray[np.intp], Floats]]:
    """Blocks of ``mixed`` whose surroundings reach ``threshold``, stretch by stretch, and their true peaks."""
    length, around = len(mixed), _BEFORE + _AFTER
    step, taps = _oversampler(block)
    for start in range(0, len(peaks), _CHUNK_BLOCKS):
        stop = min(len(peaks), start + _CHUNK_BLOCKS)
        near = np.pad(peaks[max(0, start - 1) : stop + 1], (int(start == 0), int(stop == len(peaks))))
        blocks = np.flatnonzero(np.maximum(near[1:-1], np.maximum(near[2:], near[:-2])) >= threshold)
        if len(blocks) == 0:
            continue
        first, end = start * block, min(length, stop * block)
        low, high = max(0, first - _BEFORE), min(length, end + _AFTER)
        padded = np.zeros(((stop - start) * block + around, 2), np.float64)
        offset = _BEFORE - (first - low)
        padded[offset : offset + high - low] = mixed[low:high]
        highest = np.zeros(len(blocks))
        for channel in (0, 1):
            windows = np.lib.stride_tricks.sliding_window_view(padded[:, channel], block + around)[::block][blocks]
            for place in range(0, block, step):
                for row in range(0, len(blocks), _SMALL):
                    part = windows[row : row + _SMALL, place : place + step + around] @ taps
                    np.maximum(highest[row : row + _SMALL], np.abs(part).max(axis=1), out=highest[row : row + _SMALL])
        yield start + blocks, highest * _TAP_SCALE


@functools.cache
def _oversampler(block: int) -> tuple[int, Floats]:
    """A divisor of ``block``, and the matrix from so many samples and their surroundings to four times as many."""
    step = next(size for size in range(16, 0, -1) if block % size == 0)
    matrix = np.zeros((step + _BEFORE + _AFTER, 4 * step), np.float64)
    for sample in range(step):
        for phase in range(4):
            matrix[sample : sample + 12, 4 * sample + phase] = _TAPS[phase, ::-1]
    return step, matrix


def mastering(survey: Survey, mixed: Track, target: int, ceiling: int) -> Mastering:
    """The gain and peak cap that bring the surveyed ``mixed`` to ``target`` loudness and its true peaks to ``ceiling``.

    Holding peaks down costs some loudness; the gain makes up for it, by 6 dB at most. Silence gets gain 0.
    """
    block, rate, energies, peaks = survey.block, survey.rate, survey.energies, survey.peaks
    loudness = gated(energies, rate)
    if loudness <= SILENCE:
        return Mastering(0, block, np.full(len(peaks) + 1, _UNIT, np.int32))
    start = max(-MAX_GAIN, min(MAX_GAIN, _stepped(target - loudness)))
    # Rounding lifts a peak by hundredths of a decibel, and meters with a longer filter read 0.15 dB more than this one.
    limit = 10.0 ** ((ceiling - 20) / 2_000) * _FULL_SCALE
    chosen, seen_to = start, start + 100
    true_peaks = _true_peaks(mixed, block, peaks, limit / linear(seen_to) / _OVERSHOOT)
    nodes = _nodes(true_peaks, limit, chosen, block, rate)
    for _ in range(12):
        short = target - gated(_capped(energies, nodes, chosen), rate)
        better = max(-MAX_GAIN, min(_stepped(chosen + short), start + _MOST_MADE_UP, MAX_GAIN))
        if better == chosen:
            break
        chosen = better
        if chosen > seen_to:
            seen_to = start + _MOST_MADE_UP
            true_peaks = _true_peaks(mixed, block, peaks, limit / linear(seen_to) / _OVERSHOOT)
        nodes = _nodes(true_peaks, limit, chosen, block, rate)
    return Mastering(chosen, block, nodes)


def _stepped(centibel: int) -> int:
    return round(centibel / _GAIN_STEP) * _GAIN_STEP


def _capped(energies: Energies, nodes: Levels, centibel: int) -> Energies:
    """Energies of the blocks under the cap and a gain."""
    level: Energies = (nodes[:-1] + nodes[1:]) * np.float32(1 / (2 * _UNIT))
    np.square(level, out=level)
    level *= energies
    level *= np.float32(10.0 ** (centibel / 1_000))
    return level


def _nodes(true_peaks: Energies, limit: float, centibel: int, block: int, rate: int) -> Levels:
    """Level of the cap at each block's edge: it falls over the 30 ms before a peak and rises over the 30 ms after."""
    reach = max(1, _REACH_MS * rate // 1_000 // block)
    factor = linear(centibel)
    smooth = np.full(len(true_peaks), _UNIT, np.int32)
    for first in range(0, len(smooth), _CAP_BLOCKS):
        end = min(len(smooth), first + _CAP_BLOCKS)
        low = max(0, first - 2 * reach)
        near = true_peaks[low : end + 2 * reach].astype(np.float64) * factor
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


def level_of(how: Mastering, first: int, end: int) -> Energies | np.float32:
    """What samples ``first`` to ``end`` are multiplied by: one level for all, or one for each frame."""
    block, factor = how.block, np.float32(linear(how.gain))
    start, stop = first // block, -(-end // block)
    nodes = how.nodes[start : stop + 1]
    if bool((nodes == _UNIT).all()):
        return factor
    steps = np.arange(block, dtype=np.float32) / np.float32(block)
    edges = nodes.astype(np.float32)
    curve = edges[:-1, None] + np.diff(edges)[:, None] * steps
    curve *= factor * np.float32(1 / _UNIT)
    return curve.reshape(-1)[first - start * block : end - start * block]


def mastered(stem: Samples, level: Energies | np.float32) -> Samples:
    """A stretch of a stem, of shape (frames,) or (frames, channels), under what ``level_of`` gives for it."""
    if not stem.any():
        return stem
    return rounded(times(stem, level))
