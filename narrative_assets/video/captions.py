"""Caption cues from the spoken lines of a shot list: speech alone, and with all that the hard of hearing need.

Words are never changed. Times are settled in ``caption_timing``, files written in ``caption_files``.

Labels (in the second set): a speaker is named, in capitals, when not seen (off screen, on a device, a voice-over, or
not among the shot's figures), or when three or more people are in the picture, and then only where the speaker or
the scene changes. A manner of speaking is named where it begins. Songs stand between notes.
Cues of two speakers are timed to the first voice: a hyphen opens each speaker's line.
"""

from __future__ import annotations

import bisect
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Literal

from narrative_assets.video.caption_sounds import told_sounds
from narrative_assets.video.caption_timing import (
    GAP_FRAMES,
    SYNC_FRAMES,
    CaptionLimits,
    Heard,
    in_times,
    out_times,
)
from narrative_assets.video.linebreaks import LINE_CHARACTERS, Breaks, words_of
from schemas.assets import music_need_id
from schemas.render import RenderPlan
from schemas.shots import Shot, ShotList, SpokenLine

Purpose = Literal["subtitles", "sdh"]
_LABEL_CHARACTERS = 24
_MANNERS = {"whisper": "(whispering)", "shout": "(shouting)", "stutter": "(stuttering)"}
_NOTE = "\u266a"


@dataclass(frozen=True)
class Cue:
    """A caption: on screen from ``start_frame`` up to, not including, ``end_frame``.

    ``spoken`` holds (line id, words) for each line it shows, labels and hyphens left out; a sound has none.
    """

    start_frame: int
    end_frame: int
    lines: tuple[str, ...]
    speaker_id: str
    speaker: str
    spoken: tuple[tuple[str, str], ...] = ()
    italic: bool = False


@dataclass(frozen=True)
class CaptionSets:
    """The captions of an episode: speech alone, and with speakers, manners, sounds and music."""

    subtitles: tuple[Cue, ...]
    sdh: tuple[Cue, ...]


@dataclass(frozen=True)
class _Piece:
    """A cue before its times are settled: when its words are heard, and by whom."""

    start: int
    voice_end: int
    lines: tuple[str, ...]
    speakers: tuple[tuple[str, str], ...]
    spoken: tuple[tuple[str, str], ...]
    italic: bool

    @property
    def characters(self) -> int:
        return sum(len(line) for line in self.lines)


@dataclass(frozen=True)
class _Marks:
    """What stands around a line's words: before its first words, before later ones, after all."""

    first: str = ""
    later: str = ""
    after: str = ""

    def set(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        return (*lines[:-1], lines[-1] + self.after)


def caption_sets(shot_list: ShotList, plan: RenderPlan) -> CaptionSets:
    """Both sets of captions; music is told where ``plan`` has any."""
    needs = {asset.need_id for asset in plan.assets}
    scored = {scene.scene_id for scene in shot_list.scenes if music_need_id(scene.scene_id) in needs}
    return CaptionSets(caption_cues(shot_list, "subtitles"), caption_cues(shot_list, "sdh", scored=scored))


def caption_cues(
    shot_list: ShotList, purpose: Purpose = "sdh", *, scored: Collection[str] | None = ()
) -> tuple[Cue, ...]:
    """The captions of an episode in order, none overlapping: every spoken word, and what ``purpose`` adds to them.

    ``scored`` are the ids of the scenes with music; None means every scene.
    """
    limits = CaptionLimits.at(shot_list.fps)
    cuts = [shot.start_frame for shot in shot_list.shots if shot.start_frame > 0]
    pieces = _close_together(sorted(_pieces(shot_list, purpose, limits), key=lambda piece: piece.start), limits)
    heard = [Heard(piece.start, piece.voice_end, piece.characters) for piece in pieces]
    starts = in_times(heard, cuts, limits)
    ends = out_times(heard, starts, cuts, limits, shot_list.total_frames)
    spoken = [
        Cue(start, end, piece.lines, piece.speakers[0][0], _names(piece), piece.spoken, piece.italic)
        for piece, start, end in zip(pieces, starts, ends, strict=True)
    ]
    if purpose == "subtitles":
        return tuple(spoken)
    told = told_sounds(shot_list, list(zip(starts, ends, strict=True)), scored, limits)
    sounds = [Cue(each.start, each.end, (each.text,), "", "") for each in told]
    return tuple(sorted([*spoken, *sounds], key=lambda cue: cue.start_frame))


def word_frames(line: SpokenLine, offsets: Sequence[int]) -> list[int]:
    """Frame at which each text offset is heard, from the line's start: from its word cues, else by share of text."""
    known_at = [0, *(word.text_offset for word in line.words), max(1, len(line.text))]
    known = [0, *(word.frame for word in line.words), line.frames]
    frames, latest = [], 0
    for offset in offsets:
        place = max(0, bisect.bisect_right(known_at, offset) - 1)
        upper = min(place + 1, len(known) - 1)
        span = known_at[upper] - known_at[place]
        share = (known[upper] - known[place]) * (offset - known_at[place]) // span if span > 0 else 0
        latest = min(max(latest, known[place] + share), line.frames - 1)
        frames.append(latest)
    return frames


def _pieces(shot_list: ShotList, purpose: Purpose, limits: CaptionLimits) -> Iterable[_Piece]:
    lines = sorted(shot_list.lines, key=lambda line: line.start_frame)
    shot_starts = [shot.start_frame for shot in shot_list.shots]
    last: SpokenLine | None = None
    for index, line in enumerate(lines):
        shot = shot_list.shots[max(0, bisect.bisect_right(shot_starts, line.start_frame) - 1)]
        marks = _marks(line, last, shot) if purpose == "sdh" else _Marks()
        last = line
        yield from _pieces_of_line(line, marks, _overlapped(lines, index), limits)


def _marks(line: SpokenLine, last: SpokenLine | None, shot: Shot) -> _Marks:
    """Who speaks and how, where the picture does not tell and the caption before did not."""
    same = last is not None and (last.scene_id, last.speaker_id) == (line.scene_id, line.speaker_id)
    named = _hidden(line, shot) and not same
    manner = "" if same and last is not None and last.delivery == line.delivery else _MANNERS.get(line.delivery, "")
    name = " ".join(line.speaker_name.split()).upper()[: _LABEL_CHARACTERS - len(manner)].strip() if named else ""
    label = (f"{name}: " if name else "") + (f"{manner} " if manner else "")
    if line.delivery != "sung":
        return _Marks(label)
    return _Marks(f"{label}{_NOTE} ", f"{_NOTE} ", f" {_NOTE}")


def _hidden(line: SpokenLine, shot: Shot) -> bool:
    """Whether the picture does not tell who speaks."""
    seen = {figure.character_id for figure in shot.figures}
    return line.heard != "on_screen" or line.speaker_id not in seen or len(seen) > 2


def _overlapped(lines: Sequence[SpokenLine], index: int) -> bool:
    """Whether another line sounds at the same time, or follows so fast that the two may have to share a cue."""
    line = lines[index]
    for other in (*lines[max(0, index - 3) : index], *lines[index + 1 : index + 4]):
        if other.start_frame < line.start_frame + line.frames and line.start_frame < other.start_frame + other.frames:
            return True
    return False


def _pieces_of_line(line: SpokenLine, marks: _Marks, overlapped: bool, limits: CaptionLimits) -> list[_Piece]:
    """One line cut into pieces that fit a cue; overlapping speech gets single lines, with room for a hyphen."""
    width = LINE_CHARACTERS - len(marks.after) - (1 if overlapped else 0)
    breaks = Breaks(words_of(line.text, width - len(marks.first)), width, 1 if overlapped else 2)
    frames = [*word_frames(line, [word.offset for word in breaks.words]), line.frames]
    setting = (line.text, width - len(marks.first), width, breaks.max_lines, len(marks.first), len(marks.later))
    bounds = _bounds(setting, tuple(frames), limits)
    italic = line.heard == "voice_over" or line.delivery == "sung"
    return [
        _Piece(
            line.start_frame + frames[first],
            line.start_frame + frames[end],
            marks.set(breaks.lines(first, end, marks.later if first else marks.first)),
            ((line.speaker_id, line.speaker_name),),
            ((line.line_id, " ".join(word.text for word in breaks.words[first:end])),),
            italic,
        )
        for first, end in bounds
    ]


_Setting = tuple[str, int, int, int, int, int]
"""A text, the longest word, the width and count of its lines, and how much of a first line a label takes: at the
start of the text, and later.
"""


@lru_cache(maxsize=4_096)
def _bounds(setting: _Setting, frames: tuple[int, ...], limits: CaptionLimits) -> tuple[tuple[int, int], ...]:
    """The cheapest way to cut a line's words into cues, as (first word, end) pairs.

    Kept, for both sets of captions cut most lines alike.
    """
    text, longest, width, most, at_first, later = setting
    breaks = Breaks(words_of(text, longest), width, most)
    count = len(breaks.words)
    pauses = [0, *accumulate(after - at > limits.fps * 3 // 2 for at, after in pairwise(frames))]
    costs: list[int] = [0] + [10**12] * count
    opens = [0] * (count + 1)
    for end in range(1, count + 1):
        after = breaks.costs[end - 1] if end < count else 0
        for first in range(end - 1, -1, -1):
            if breaks.length(first, end) > most * width:
                break
            told = pauses[end - 1] - pauses[first]
            cost = costs[first] + 40 + after + 80 * told + _time_cost(frames[end] - frames[first], limits)
            # How the words are set can only add to it.
            split = breaks.split(first, end, later if first else at_first) if cost < costs[end] else None
            if split is not None and cost + split[0] < costs[end]:
                costs[end], opens[end] = cost + split[0], first
    bounds: list[tuple[int, int]] = []
    end = count
    while end > 0:
        bounds.append((opens[end], end))
        end = opens[end]
    return tuple(bounds[::-1])


def _time_cost(heard: int, limits: CaptionLimits) -> int:
    """What a cue costs for being too short or too long."""
    cost = 120 if heard < limits.shortest + GAP_FRAMES else 0
    return cost + 1_000 + heard if heard > limits.longest else cost


def _close_together(pieces: Sequence[_Piece], limits: CaptionLimits) -> list[_Piece]:
    """Pieces with those merged that sound at once or follow too fast to be read one by one."""
    merged: list[_Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is not None:
            needed = max(limits.shortest, limits.reading(last.characters) if piece.start < last.voice_end else 0)
            if piece.start < last.start + needed + GAP_FRAMES - SYNC_FRAMES:
                pair = _shared(last, piece, limits)
                if pair is not None:
                    merged[-1] = pair
                    continue
        merged.append(piece)
    return merged


def _shared(first: _Piece, second: _Piece, limits: CaptionLimits) -> _Piece | None:
    """Two one-line pieces as one cue, with a hyphen for each speaker where they differ. None if that cannot be."""
    if len(first.lines) + len(second.lines) > 2 or len(first.speakers) > 1:
        return None
    dash = "-" if first.speakers != second.speakers else ""
    lines = tuple(dash + line for line in (*first.lines, *second.lines))
    end = max(first.voice_end, second.voice_end)
    if any(len(line) > LINE_CHARACTERS for line in lines) or end - first.start > limits.longest:
        return None
    speakers = first.speakers if not dash else first.speakers + second.speakers
    spoken = first.spoken + second.spoken
    return replace(
        first, voice_end=end, lines=lines, speakers=speakers, spoken=spoken, italic=first.italic and second.italic
    )


def _names(piece: _Piece) -> str:
    return " / ".join(name for _, name in piece.speakers)
