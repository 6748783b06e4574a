"""Mouths that move with the voice: which shape a speaker's mouth has in each frame of a shot.

The loudness of the spoken line opens the mouth, the letters of its words round it. How a mouth looks is the
picture department's business, laying it over a face ``picture``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from narrative_assets.video.captions import word_frames
from narrative_assets.video.mixing import Samples
from schemas.assets import SPOKEN_MOUTHS, MouthShape
from schemas.shots import Shot, SpokenLine

HOLD = 2
"""Frames a mouth keeps its shape at least: drawn speech is shot on twos."""
AT_REST = 255
_SHUT, _WIDE = 0.10, 0.52
"""Shares of a line's loud level below which the mouth is shut, and from which it is wide."""
_LOUD = 92
_ROUNDED = frozenset("ouwOUW")

Hear = Callable[[SpokenLine], tuple[Samples, int] | None]
"""The samples (one channel) and the sample rate of a spoken line, or None where nothing was recorded."""


@dataclass(frozen=True)
class MouthCue:
    """A mouth's shape from ``frame`` on, counted from the shot's first."""

    frame: int
    shape: MouthShape


def shot_mouths(shot: Shot, said: Sequence[SpokenLine], fps: int, hear: Hear) -> dict[str, tuple[MouthCue, ...]]:
    """Mouth cues by character for the lines ``said`` in ``shot``; at rest before, between and after."""
    cues: dict[str, list[MouthCue]] = {}
    for line in said:
        heard = hear(line)
        if heard is not None:
            shapes = mouth_shapes(line, *heard, fps)
            cues.setdefault(line.speaker_id, []).extend(_within(shot, line.start_frame - shot.start_frame, shapes))
    return {who: tuple(_merged(own)) for who, own in sorted(cues.items())}


def shot_speech(shot: Shot, said: Sequence[SpokenLine], fps: int, hear: Hear) -> dict[str, bytes]:
    """By character who speaks one of the lines ``said`` in ``shot``: which of ``SPOKEN_MOUTHS`` they show in each
    frame, a byte each, or ``AT_REST`` for the mouth of their picture.
    """
    return {who: _by_frame(cues, shot.duration_frames) for who, cues in shot_mouths(shot, said, fps, hear).items()}


def _by_frame(cues: Sequence[MouthCue], frames: int) -> bytes:
    shown = bytearray([AT_REST]) * frames
    for cue, end in zip(cues, [*(cue.frame for cue in cues[1:]), frames], strict=True):
        number = SPOKEN_MOUTHS.index(cue.shape) if cue.shape in SPOKEN_MOUTHS else AT_REST
        shown[cue.frame : end] = bytes([number]) * (end - cue.frame)
    return bytes(shown)


def mouth_shapes(line: SpokenLine, pcm: Samples, rate: int, fps: int) -> tuple[MouthShape, ...]:
    """A shape for every frame of ``line`` from its samples, shape (samples,), at ``rate`` a second."""
    levels = _levels(pcm, rate, fps, line.frames)
    loud = int(np.percentile(levels, _LOUD, method="nearest")) if len(levels) else 0
    shapes: list[MouthShape] = []
    if loud == 0:
        return tuple(shapes + ["own"] * line.frames)
    letters = _letters(line)
    for frame in range(0, line.frames, HOLD):
        # The louder of the frames held decides, so that a short syllable is not missed.
        level = int(levels[frame : frame + HOLD].max(initial=0))
        shape = _shape(level / loud, letters[frame])
        shapes.extend([shape] * min(HOLD, line.frames - frame))
    return tuple(shapes)


def _levels(pcm: Samples, rate: int, fps: int, frames: int) -> np.ndarray:
    """Mean of the absolute samples of each frame, as integers."""
    sums = np.concatenate(([0], np.cumsum(np.abs(pcm.astype(np.int64)))))
    edges = np.minimum(np.arange(frames + 1) * rate // fps, len(pcm))
    lengths = np.maximum(1, np.diff(edges))
    levels: np.ndarray = (sums[edges[1:]] - sums[edges[:-1]]) // lengths
    return levels


def _shape(share: float, letter: str) -> MouthShape:
    if share < _SHUT:
        return "shut"
    if letter in _ROUNDED:
        return "round"
    return "wide" if share >= _WIDE else "open"


def _letters(line: SpokenLine) -> str:
    """The letter spoken in each frame, as far as the word events tell."""
    frames = word_frames(line, range(len(line.text)))
    spoken = [" "] * line.frames
    for place, letter in zip(frames, line.text, strict=True):
        if letter.isalpha() and spoken[place] not in _ROUNDED:
            spoken[place] = letter
    for frame in range(1, line.frames):
        if spoken[frame] == " ":
            spoken[frame] = spoken[frame - 1]
    return "".join(spoken)


def _within(shot: Shot, first: int, shapes: Sequence[MouthShape]) -> Iterator[MouthCue]:
    """The cues of one line that fall into the shot, and the rest after it."""
    for index, shape in enumerate(shapes):
        if 0 <= first + index < shot.duration_frames:
            yield MouthCue(first + index, shape)
    if 0 < first + len(shapes) < shot.duration_frames:
        yield MouthCue(first + len(shapes), "own")


def _merged(cues: Sequence[MouthCue]) -> Iterator[MouthCue]:
    """Changes only, in order; the mouth is at rest at the start."""
    shape: MouthShape = "own"
    for cue in sorted(cues, key=lambda cue: cue.frame):
        if cue.shape != shape:
            shape = cue.shape
            yield cue
