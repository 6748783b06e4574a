"""What plays when: voices, cues and beds placed in samples, and any stretch of the three buses they add up to.

A stretch depends on nothing but its own place, so the buses can be read in pieces of any size, in any order and
twice. Which sounds there are and how loud is ``sound``'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from narrative_assets.video import mixing
from narrative_assets.video.mixing import Samples, Stretch
from narrative_assets.video.tracks import Track

Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Placed:
    """A sound that plays once from ``start`` on, its last ``fade`` frames faded out."""

    start: int
    pcm: Track
    length: int
    level: float = 1.0
    fade: int = 0

    def add(self, total: Stretch, first: int) -> None:
        """Add to ``total`` (frames, channels), which starts at ``first``, what of this lies in it."""
        low, high = max(first, self.start), min(first + len(total), self.start + self.length)
        if low >= high:
            return
        begin, end = low - self.start, high - self.start
        piece = _columns(self.pcm[begin:end])
        if self.level != 1:
            piece = mixing.rounded(piece * np.float32(self.level))
        mixing.add_to(total[low - first : high - first], _faded(piece, begin, self.length, 0, self.fade))


@dataclass(frozen=True, eq=False)
class Bed:
    """A loop over a span of frames, faded at both ends; it begins ``phase`` frames into the loop.

    Each turn crosses into the next over ``len(crossing)`` frames; none sets them end to end.
    """

    span: Span
    loop: Track
    crossing: Samples
    fades: tuple[int, int]
    phase: int = 0

    def add(self, total: Stretch, first: int) -> None:
        """Add to ``total`` (frames, 2), which starts at ``first``, what of this lies in it."""
        start, end = self.span
        low, high = max(first, start), min(first + len(total), end)
        if low >= high or len(self.loop) == 0:
            return
        length = end - start
        fade_in, fade_out = (min(fade, length // 2) for fade in self.fades)
        place = low
        while place < high:
            piece = self._piece(place - start + self.phase, high - place)
            part = total[place - first : place - first + len(piece)]
            mixing.add_to(part, _faded(piece, place - start, length, fade_in, fade_out))
            place += len(piece)

    def _piece(self, position: int, most: int) -> Samples:
        """Up to ``most`` frames of the endless loop from ``position`` on."""
        seam = len(self.crossing)
        if self.span[1] - self.span[0] <= len(self.loop) and not self.phase:
            seam = 0
        period = len(self.loop) - seam
        turn, at = divmod(position, period)
        if seam and turn and at < seam:
            return _columns(self.crossing[at : at + most])
        return _columns(self.loop[at : min(at + most, period)])


@dataclass(frozen=True)
class Ducking:
    """Where music lies low: spans without their ramps, and the level's fall and rise; 2 to the 15th is full."""

    spans: tuple[Span, ...] = ()
    floor: int = 1 << 15
    fall: mixing.Levels = field(default_factory=lambda: np.zeros(0, np.int32))
    rise: mixing.Levels = field(default_factory=lambda: np.zeros(0, np.int32))

    def levels(self, first: int, end: int) -> mixing.Levels | None:
        """The level of each frame; None where all are full."""
        near = [span for span in self.spans if span[0] - len(self.fall) < end and span[1] + len(self.rise) > first]
        if not near:
            return None
        levels = np.full(end - first, 1 << 15, np.int32)
        for start, stop in near:
            _lay(levels, start - len(self.fall) - first, self.fall)
            levels[max(0, start - first) : max(0, stop - first)] = self.floor
            _lay(levels, stop - first, self.rise)
        return levels

    def within(self, first: int, end: int) -> list[slice]:
        """The parts of a stretch that lie fully low, counted from its start."""
        return [slice(max(a, first) - first, min(b, end) - first) for a, b in self.spans if a < end and b > first]


@dataclass(frozen=True)
class Swells:
    """Places where the music rises a little: each a centre, half its width and the curve over it."""

    centres: tuple[int, ...] = ()
    curve: Stretch = field(default_factory=lambda: np.zeros(0, np.float32))

    def levels(self, first: int, end: int) -> Stretch | None:
        """What each frame is multiplied by; None where that is 1 for all."""
        half = len(self.curve) // 2
        near = [centre - half for centre in self.centres if centre - half < end and centre + half > first]
        if not near:
            return None
        levels = np.ones(end - first, np.float32)
        for start in near:
            low, high = max(first, start), min(end, start + len(self.curve))
            place = slice(low - first, high - first)
            levels[place] = np.maximum(levels[place], self.curve[low - start : high - start])
        return levels


@dataclass(frozen=True)
class Timeline:
    """An episode's sound, not yet mastered."""

    frames: int
    voices: Sequence[Placed]
    music: Sequence[Bed]
    effects: Sequence[Placed | Bed]
    ducking: Ducking = Ducking()
    swells: Swells = Swells()

    def dialogue(self, first: int, end: int) -> Samples:
        """The voices, of shape (frames, 1)."""
        return _bus(self.voices, first, end, 1)

    def clear_music(self, first: int, end: int) -> Samples:
        """The music before it makes room for speech, of shape (frames, 2)."""
        music = _bus(self.music, first, end, 2)
        swell = self.swells.levels(first, end)
        return music if swell is None else mixing.rounded(mixing.times(music, swell))

    def ducked(self, music: Samples, first: int) -> Samples:
        """``music`` as it lies under speech."""
        levels = self.ducking.levels(first, first + len(music))
        return music if levels is None else mixing.scaled_by(music, levels)

    def sounds(self, first: int, end: int) -> Samples:
        """Room tone and cues, of shape (frames, 2)."""
        return _bus(self.effects, first, end, 2)

    def stems(self, first: int, end: int) -> tuple[Samples, Samples, Samples]:
        """Dialogue (frames, 1), music under it and effects (frames, 2)."""
        music = self.ducked(self.clear_music(first, end), first)
        return self.dialogue(first, end), music, self.sounds(first, end)


def _bus(parts: Sequence[Placed | Bed], first: int, end: int, channels: int) -> Samples:
    total = np.zeros((end - first, channels), np.float32)
    for part in parts:
        part.add(total, first)
    return mixing.rounded(total)


def _columns(pcm: Samples) -> Samples:
    return pcm if pcm.ndim == 2 else pcm[:, None]


def _faded(piece: Samples, at: int, length: int, fade_in: int, fade_out: int) -> Samples:
    """``piece``, which begins ``at`` frames into a sound of ``length``, under that sound's fades."""
    if at < fade_in:
        rise = mixing.fade_curve(fade_in)[at : at + len(piece)]
        piece = np.concatenate((mixing.scaled_by(piece[: len(rise)], rise), piece[len(rise) :]))
    begin = length - fade_out
    if at + len(piece) > begin and fade_out:
        whole = max(0, begin - at)
        fall = mixing.fade_curve(fade_out)[::-1][at + whole - begin : at + len(piece) - begin]
        piece = np.concatenate((piece[:whole], mixing.scaled_by(piece[whole:], fall.copy())))
    return piece


def _lay(levels: mixing.Levels, start: int, curve: mixing.Levels) -> None:
    """Write a curve into ``levels`` from ``start`` on, as far as it lies inside."""
    low, high = max(0, start), min(len(levels), start + len(curve))
    if low < high:
        levels[low:high] = curve[low - start : high - start]
