"""How long things last: frames from seconds and words, cut points within a line, never three alike.

Lengths are integers throughout: the lognormal is a table of its quantiles, so no platform's rounding enters.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from narrative_assets.film.dice import draw
from narrative_assets.film.draft import DraftShot, Spoken
from schemas.project import DurationWindow

LONG_LINE_MS = 5_000
"""A line beyond this is cut to the listener's reaction."""

# 32 quantiles of a lognormal of mean 1 and sigma 0.4, in permille: narrower than a whole film's spread,
# because a scene's shots of one kind differ less than a film's shots of all kinds.
_LOGNORMAL = (
    390, 472, 524, 564, 600, 632, 662, 691, 719, 746, 773, 799, 826, 853, 881, 909,
    938, 968, 999, 1032, 1066, 1103, 1143, 1186, 1233, 1287, 1348, 1420, 1510, 1628, 1805, 2185,
)  # fmt: skip
_CLAUSE_MARKS = frozenset(",;:.!?…–—-")
_GAP = {"anger": 6, "fear": 6, "surprise": 7, "joy": 8, "amusement": 8, "determination": 8, "disgust": 8,
        "curiosity": 9, "neutral": 9, "unease": 10, "awe": 11, "tenderness": 11, "sadness": 11}  # fmt: skip


def frames_in(milliseconds: int, fps: int) -> int:
    """Frames nearest to ``milliseconds``, at least 1."""
    return max(1, (milliseconds * fps + 500) // 1000)


def film_frames(count: int, fps: int) -> int:
    """``count`` frames of 24 a second, at ``fps``; at least 1."""
    return max(1, (count * fps + 12) // 24)


@dataclass(frozen=True)
class Pace:
    """The frame rate, and the share (permille) of their full length that pictures without speech get."""

    fps: int
    tempo: int

    def frames(self, milliseconds: int) -> int:
        """Frames of a picture that would last ``milliseconds`` at full tempo; 1.1 s at least."""
        return frames_in(max(1_100, milliseconds * self.tempo // 1_000), self.fps)


def mean_ms(tension: int) -> int:
    """Mean shot length of a scene: 4.4 s at rest, 2.8 s at full tension."""
    return 4_400 - tension * 1_600 // 1000


def tempo(target: DurationWindow) -> int:
    """How long pictures without speech last, in permille of a long film's: 550 for a minute, 1000 from five on.

    A constant of the project, so that a change in one scene never reaches another through the length of the whole.
    """
    middle = (target.min_seconds + target.max_seconds) // 2
    return min(1_000, max(550, 400 + 2 * middle))


def opening_frames(tension: int, words: int, new_place: bool, pace: Pace, *what: str) -> int:
    """A scene's first shot: 1.5 times the mean in a new place, 1.2 times in a known one, 9 s at most."""
    share = 150 if new_place else 120
    length = mean_ms(tension) * share * draw(94, 106, "opening", *what) // 10_000
    return pace.frames(min(9_000, max(length, _performed_ms(words))))


def action_frames(tension: int, words: int, pace: Pace, *what: str) -> int:
    """An action's shot: the longer of its performance and a lognormal draw, from 1.6 to 11.5 s at full tempo.

    A short action never outstays its few words, whatever was drawn.
    """
    drawn = mean_ms(tension) * _LOGNORMAL[draw(0, 31, "length", *what)] // 1_000
    drawn = min(drawn, 2_400 + 250 * words)
    return pace.frames(min(11_500, max(1_600, drawn, _performed_ms(words))))


def sign_frames(words: int, fps: int) -> int:
    """Reading time: the longer of 3 s and 0.3 s a word, 6.75 s at most so that it may still be varied below 7."""
    return -(-min(6_750, max(3_000, 300 * words)) * fps // 1000)


def insert_frames(fps: int, *what: str) -> int:
    """A look at a thing: 1.2 to 1.85 s."""
    return frames_in(draw(1_200, 1_850, "insert", *what), fps)


def gap_frames(emotion: str, fps: int, *what: str) -> int:
    """Silence before an answer: 6 to 12 frames of 24, by feeling."""
    return film_frames(_GAP[emotion] + draw(0, 1, "gap", *what), fps)


def tail_frames(fps: int, *what: str) -> int:
    """Frames from the end of a line to the cut: 4 to 6 of 24."""
    return film_frames(draw(4, 6, "tail", *what), fps)


def _performed_ms(words: int) -> int:
    return 700 + 260 * words


def line_cuts(spoken: Spoken, fps: int, with_listener: bool) -> list[int]:
    """Frames within a long line at which the picture cuts, rising; empty for a line up to 5 s.

    With a listener they come in pairs: away from the speaker for 1 to 2 s, and back. Without one, a cut
    about every four seconds. Clause ends are preferred, then word starts, then the bare frame.
    """

    def length(milliseconds: int) -> int:
        return frames_in(milliseconds, fps)

    clauses, words = _boundaries(spoken)
    cuts: list[int] = []
    at, what = 0, spoken.element.text
    while spoken.frames - at > length(LONG_LINE_MS):
        latest = spoken.frames - length(2_400)
        target = at + length(draw(2_800, 3_800, "away", what, len(cuts)))
        away = _nearest(target, at + length(1_800), min(latest, at + length(5_500)), clauses, words)
        cuts.append(away)
        at = away
        if with_listener:
            latest = min(away + length(2_000), spoken.frames - length(1_200))
            target = away + length(draw(1_200, 1_700, "back", what, len(cuts)))
            at = _nearest(target, away + length(1_000), latest, clauses, words)
            cuts.append(at)
    return cuts


def _boundaries(spoken: Spoken) -> tuple[list[int], list[int]]:
    """Frames at which a clause starts, and at which any word starts."""
    text = spoken.element.text
    clauses: list[int] = []
    words: list[int] = []
    end = 0
    for cue in spoken.words:
        between = text[end : cue.text_offset] if cue.text_offset >= end else ""
        last = text[max(0, end - 1) : end]
        if end and (last in _CLAUSE_MARKS or _CLAUSE_MARKS & set(between)):
            clauses.append(cue.frame)
        words.append(cue.frame)
        end = cue.text_offset + cue.text_length
    return clauses, words


def _nearest(target: int, low: int, high: int, clauses: list[int], words: list[int]) -> int:
    for frames in (clauses, words):
        inside = frames[bisect_left(frames, low) : bisect_right(frames, high)]
        if inside:
            return min(inside, key=lambda frame: (abs(frame - target), frame))
    return min(high, max(low, target))


def never_three_alike(shots: Sequence[DraftShot], fps: int) -> list[DraftShot]:
    """``shots`` with every third of three equal lengths made two film frames longer where it can stretch."""
    step = film_frames(2, fps)
    varied = list(shots)
    for index in range(2, len(varied)):
        shot = varied[index]
        if not shot.frames == varied[index - 1].frames == varied[index - 2].frames:
            continue
        longer = replace(shot, frames=shot.frames + step)
        if shot.elastic == "lead":
            longer = replace(longer, lines=tuple(replace(n, offset=n.offset + step) for n in shot.lines))
        elif shot.elastic == "neither":
            following = varied[index + 1]
            varied[index + 1] = replace(following, frames=following.frames - step)
        varied[index] = longer
    return varied
