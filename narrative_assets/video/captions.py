"""Caption cues from the spoken lines of a shot list, and their SubRip and WebVTT files.

Words are never changed. Burning cues into the picture is the clip renderer's; judging them is ``quality``'s.

Labels: a speaker is named, in capitals, when not seen (off screen, on a device, a voice-over, or not among the
shot's figures), or when three or more people are in the picture, and then only where the speaker or the scene changes.
Cues of two speakers are timed to the first voice: a hyphen opens each speaker's line.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from narrative_assets.video.linebreaks import LINE_CHARACTERS, Breaks, words_of
from schemas.shots import Shot, ShotList, SpokenLine

CHARACTERS_PER_SECOND = 20
EARLY_FRAMES = 2
GAP_FRAMES = 2
_LABEL_CHARACTERS = 24
_BACKSLASH = "\ue05c"


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
class CaptionLimits:
    """The rules' times in frames at one frame rate (24 per second: 20, 168, 12 and 8 frames)."""

    shortest: int
    longest: int
    half_second: int
    third_second: int
    fps: int

    @classmethod
    def at(cls, fps: int) -> CaptionLimits:
        """5/6 s to 7 s on screen; a half and a third of a second for snapping to cuts."""
        return cls(-(-fps * 5 // 6), fps * 7, (fps + 1) // 2, (fps + 1) // 3, fps)

    def reading(self, characters: int) -> int:
        """Frames that reading ``characters`` takes at 20 characters a second."""
        return -(-characters * self.fps // CHARACTERS_PER_SECOND)


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


def caption_cues(shot_list: ShotList) -> tuple[Cue, ...]:
    """The captions of an episode in order, none overlapping: every spoken word, and sounds where nobody speaks."""
    limits = CaptionLimits.at(shot_list.fps)
    cuts = [shot.start_frame for shot in shot_list.shots if shot.start_frame > 0]
    pieces = _close_together(sorted(_pieces(shot_list, limits), key=lambda piece: piece.start), limits)
    starts = _in_times(pieces, cuts, limits)
    ends = _out_times(pieces, starts, cuts, limits, shot_list.total_frames)
    spoken = [
        Cue(start, end, piece.lines, piece.speakers[0][0], _names(piece), piece.spoken, piece.italic)
        for piece, start, end in zip(pieces, starts, ends, strict=True)
    ]
    return tuple(sorted([*spoken, *_sounds(shot_list, spoken, limits)], key=lambda cue: cue.start_frame))


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


def _pieces(shot_list: ShotList, limits: CaptionLimits) -> Iterable[_Piece]:
    lines = sorted(shot_list.lines, key=lambda line: line.start_frame)
    shot_starts = [shot.start_frame for shot in shot_list.shots]
    last: tuple[str, str] | None = None
    for index, line in enumerate(lines):
        shot = shot_list.shots[max(0, bisect.bisect_right(shot_starts, line.start_frame) - 1)]
        label = _label(line) if last != (line.scene_id, line.speaker_id) and _hidden(line, shot) else ""
        last = (line.scene_id, line.speaker_id)
        yield from _pieces_of_line(line, label, _overlapped(lines, index), limits)


def _hidden(line: SpokenLine, shot: Shot) -> bool:
    """Whether the picture does not tell who speaks."""
    seen = {figure.character_id for figure in shot.figures}
    return line.heard != "on_screen" or line.speaker_id not in seen or len(seen) > 2


def _label(line: SpokenLine) -> str:
    name = " ".join(line.speaker_name.split()).upper()
    return name[:_LABEL_CHARACTERS].strip() + ": " if name else ""


def _overlapped(lines: Sequence[SpokenLine], index: int) -> bool:
    """Whether another line sounds at the same time, or follows so fast that the two may have to share a cue."""
    line = lines[index]
    for other in (*lines[max(0, index - 3) : index], *lines[index + 1 : index + 4]):
        if other.start_frame < line.start_frame + line.frames and line.start_frame < other.start_frame + other.frames:
            return True
    return False


def _pieces_of_line(line: SpokenLine, label: str, overlapped: bool, limits: CaptionLimits) -> list[_Piece]:
    """One line cut into pieces that fit a cue; overlapping speech gets single lines, with room for a hyphen."""
    width = LINE_CHARACTERS - 1 if overlapped else LINE_CHARACTERS
    breaks = Breaks(words_of(line.text, width - len(label)), width, 1 if overlapped else 2)
    frames = [*word_frames(line, [word.offset for word in breaks.words]), line.frames]
    bounds = _bounds(breaks, frames, len(label), limits)
    italic = line.heard == "voice_over" or line.delivery == "sung"
    return [
        _Piece(
            line.start_frame + frames[first],
            line.start_frame + frames[end],
            breaks.lines(first, end, label if first == 0 else ""),
            ((line.speaker_id, line.speaker_name),),
            ((line.line_id, " ".join(word.text for word in breaks.words[first:end])),),
            italic,
        )
        for first, end in bounds
    ]


def _bounds(breaks: Breaks, frames: Sequence[int], indent: int, limits: CaptionLimits) -> list[tuple[int, int]]:
    """The cheapest way to cut a line's words into cues, as (first word, end) pairs."""
    count = len(breaks.words)
    costs: list[int] = [0] + [10**12] * count
    opens = [0] * (count + 1)
    for end in range(1, count + 1):
        for first in range(end - 1, -1, -1):
            setting = breaks.split(first, end, indent if first == 0 else 0)
            if setting is None:
                break
            after = breaks.costs[end - 1] if end < count else 0
            cost = costs[first] + 40 + setting[0] + after + _time_cost(frames, first, end, limits)
            if cost < costs[end]:
                costs[end], opens[end] = cost, first
    bounds: list[tuple[int, int]] = []
    end = count
    while end > 0:
        bounds.append((opens[end], end))
        end = opens[end]
    return bounds[::-1]


def _time_cost(frames: Sequence[int], first: int, end: int, limits: CaptionLimits) -> int:
    """What a cue of these words costs for being too short, too long, or for telling what follows a pause."""
    heard = frames[end] - frames[first]
    cost = 120 if heard < limits.shortest + GAP_FRAMES else 0
    if heard > limits.longest:
        cost += 1_000 + heard
    pauses = sum(1 for i in range(first, end - 1) if frames[i + 1] - frames[i] > limits.fps * 3 // 2)
    return cost + 80 * pauses


def _close_together(pieces: Sequence[_Piece], limits: CaptionLimits) -> list[_Piece]:
    """Pieces with those merged that sound at once or follow too fast to be read one by one."""
    merged: list[_Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is not None:
            needed = max(limits.shortest, limits.reading(last.characters) if piece.start < last.voice_end else 0)
            if piece.start < last.start + needed + GAP_FRAMES - EARLY_FRAMES:
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


def _in_times(pieces: Sequence[_Piece], cuts: Sequence[int], limits: CaptionLimits) -> list[int]:
    """In-times with the voice, moved to a cut nearby: at most 2 frames early, a third of a second late."""
    starts: list[int] = []
    for index, piece in enumerate(pieces):
        earliest = starts[-1] + GAP_FRAMES + 1 if starts else 0
        latest = pieces[index + 1].start if index + 1 < len(pieces) else piece.voice_end
        if index and piece.start < starts[-1] + limits.shortest + GAP_FRAMES:
            earliest = max(earliest, min(starts[-1] + limits.shortest + GAP_FRAMES, piece.start + EARLY_FRAMES))
        snapped = _snapped_in(piece.start, cuts, limits)
        late_room = min(piece.voice_end, latest) - limits.shortest
        starts.append(max(earliest, snapped if snapped <= max(piece.start, late_room) else piece.start))
    return starts


def _snapped_in(start: int, cuts: Sequence[int], limits: CaptionLimits) -> int:
    place = bisect.bisect_right(cuts, start)
    if place and 0 < start - cuts[place - 1] <= EARLY_FRAMES:
        return cuts[place - 1]
    if place < len(cuts):
        ahead = cuts[place] - start
        if ahead <= limits.third_second:
            return cuts[place]
        if limits.half_second - EARLY_FRAMES <= ahead < limits.half_second:
            return cuts[place] - limits.half_second
    return start


def _out_times(
    pieces: Sequence[_Piece], starts: Sequence[int], cuts: Sequence[int], limits: CaptionLimits, total_frames: int
) -> list[int]:
    """Out-times after the voice: long enough to read, off before a cut, two frames before the next cue."""
    ends = []
    for index, (piece, start) in enumerate(zip(pieces, starts, strict=True)):
        last = index + 1 == len(pieces)
        limit = total_frames if last else starts[index + 1] - GAP_FRAMES
        needed = max(piece.voice_end, start + max(limits.shortest, limits.reading(piece.characters)))
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


def _names(piece: _Piece) -> str:
    return " / ".join(name for _, name in piece.speakers)


def _sounds(shot_list: ShotList, spoken: Sequence[Cue], limits: CaptionLimits) -> list[Cue]:
    """Sound effects in brackets where no caption stands; a tag is told again only after ten seconds."""
    cues: list[Cue] = []
    told: dict[str, int] = {}
    starts = [cue.start_frame for cue in spoken]
    free_from = 0
    for sound in sorted(shot_list.sound_cues, key=lambda cue: (cue.start_frame, cue.cue_id)):
        start = sound.start_frame
        place = bisect.bisect_right(starts, start)
        before = max(free_from, spoken[place - 1].end_frame + GAP_FRAMES if place else 0)
        after = spoken[place].start_frame - GAP_FRAMES if place < len(spoken) else shot_list.total_frames
        end = min(after, start + max(limits.shortest, min(sound.frames, 2 * limits.fps)))
        recent = sound.tag in told and start - told[sound.tag] < 10 * limits.fps
        if start < before or end - start < limits.shortest or recent:
            continue
        if after < shot_list.total_frames and 0 < after - end < limits.half_second - GAP_FRAMES:
            end = after
        name = sound.tag.replace("_", " ").replace("-", " ")[: LINE_CHARACTERS - 2]
        cues.append(Cue(start, end, (f"[{name}]",), "", ""))
        told[sound.tag], free_from = start, end + GAP_FRAMES
    return cues


def to_srt(cues: Sequence[Cue], fps: int) -> bytes:
    """The cues as a SubRip file: UTF-8, line feeds, whole milliseconds."""
    return _written(cues, fps, "srt", lambda line: line.replace("-->", "-- >"))


def to_vtt(cues: Sequence[Cue], fps: int) -> bytes:
    """The cues as a WebVTT file: UTF-8, line feeds, whole milliseconds, markup characters escaped."""
    return _written(cues, fps, "vtt", lambda line: line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _written(cues: Sequence[Cue], fps: int, form: str, escape: Callable[[str], str]) -> bytes:
    from pysubs2 import SSAEvent, SSAFile

    subtitles = SSAFile()
    for cue in cues:
        # pysubs2 takes a backslash for the start of its own markup, so it travels under another name.
        text = "\n".join(escape(line) for line in cue.lines).replace("\\", _BACKSLASH)
        text = f"<i>{text}</i>" if cue.italic else text
        subtitles.append(
            SSAEvent(start=milliseconds(cue.start_frame, fps), end=milliseconds(cue.end_frame, fps), text=text)
        )
    written: str = subtitles.to_string(form, keep_ssa_tags=True)
    return written.replace(_BACKSLASH, "\\").encode("utf-8")


def milliseconds(frame: int, fps: int) -> int:
    """The time of a frame in whole milliseconds, halves rounded up."""
    return (2_000 * frame + fps) // (2 * fps)
