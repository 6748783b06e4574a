"""When captions come and go: with the voice, moved to cuts nearby, long enough to be read, two frames apart.

Times are frames on the timeline. What a caption says is settled before, in ``captions``.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

CHARACTERS_PER_SECOND = 20
SYNC_FRAMES = 1
"""How far a caption may stand from the word that opens it where no cut draws it away."""
GAP_FRAMES = 2


@dataclass(frozen=True)
class CaptionLimits:
    """The rules' times in frames at one frame rate (24 per second: 20, 168, 12 and 8 frames), and a reading speed."""

    shortest: int
    longest: int
    half_second: int
    third_second: int
    fps: int
    characters_per_second: int = CHARACTERS_PER_SECOND

    @classmethod
    def at(cls, fps: int) -> CaptionLimits:
        """5/6 s to 7 s on screen; a half and a third of a second for snapping to cuts."""
        return cls(-(-fps * 5 // 6), fps * 7, (fps + 1) // 2, (fps + 1) // 3, fps)

    def reading(self, characters: int) -> int:
        """Frames that reading ``characters`` takes."""
        return -(-characters * self.fps // self.characters_per_second)

    def needed(self, characters: int) -> int:
        """Frames that a caption of ``characters`` should stand."""
        return max(self.shortest, self.reading(characters))


@dataclass(frozen=True)
class Heard:
    """When the words of a caption are heard, and how many characters it shows."""

    start: int
    voice_end: int
    characters: int


def in_times(heard: Sequence[Heard], cuts: Sequence[int], limits: CaptionLimits) -> list[int]:
    """First frame of every caption: on its word, or at a cut nearby.

    A caption goes back to a cut less than half a second before it unless somebody still speaks there, and on to
    one up to a third of a second ahead if enough of its words follow. One that follows too fast waits a frame.
    """
    starts: list[int] = []
    for index, piece in enumerate(heard):
        before = heard[index - 1] if index else None
        latest = heard[index + 1].start if index + 1 < len(heard) else piece.voice_end
        start = snapped_in(piece.start, cuts, limits)
        if start > piece.start and start > min(piece.voice_end, latest) - limits.shortest:
            start = piece.start
        if before is None:
            starts.append(start)
            continue
        free = max(starts[-1] + limits.needed(before.characters), before.voice_end) + GAP_FRAMES
        if start < piece.start and start < free:
            start = piece.start
        crowded = min(starts[-1] + limits.shortest + GAP_FRAMES, piece.start + SYNC_FRAMES)
        starts.append(max(start, crowded, starts[-1] + GAP_FRAMES + 1))
    return starts


def snapped_in(start: int, cuts: Sequence[int], limits: CaptionLimits) -> int:
    """Where the cuts around ``start`` draw an in-time, whoever speaks."""
    place = bisect.bisect_right(cuts, start)
    if place and start - cuts[place - 1] < limits.half_second:
        return cuts[place - 1]
    ahead = cuts[place] - start if place < len(cuts) else limits.half_second
    if ahead <= limits.third_second:
        return start + ahead
    return start + ahead - limits.half_second if ahead < limits.half_second else start


def out_times(
    heard: Sequence[Heard], starts: Sequence[int], cuts: Sequence[int], limits: CaptionLimits, total_frames: int
) -> list[int]:
    """Frame after the last of every caption: read and heard, off before a cut, two frames before the next.

    A gap under half a second to the next caption is closed to two frames.
    """
    ends = []
    for index, (piece, start) in enumerate(zip(heard, starts, strict=True)):
        last = index + 1 == len(heard)
        limit = total_frames if last else starts[index + 1] - GAP_FRAMES
        needed = max(piece.voice_end, start + limits.needed(piece.characters))
        end = max(needed, piece.voice_end + limits.half_second)
        end = min(_snapped_out(end, needed, cuts, limits), start + limits.longest, limit)
        if not last and limit - end < limits.half_second - GAP_FRAMES:
            end = min(limit, start + limits.longest)
        ends.append(max(end, start + 1))
    return ends


def _snapped_out(end: int, needed: int, cuts: Sequence[int], limits: CaptionLimits) -> int:
    """Two frames before a cut within half a second, unless the words still need the time."""
    first = bisect.bisect_left(cuts, end - limits.half_second)
    for cut in cuts[first : bisect.bisect_right(cuts, end + limits.half_second)]:
        if cut - GAP_FRAMES >= needed:
            return cut - GAP_FRAMES
    return end
