"""The gates of the captions: words unchanged, times with the voice, sizes and lengths within the rules.

Times are held against the voices on the timeline, not against what the captioner believed of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from narrative_assets.video.captions import EARLY_FRAMES, GAP_FRAMES, CaptionLimits, Cue, word_frames
from narrative_assets.video.findings import finding, several
from narrative_assets.video.linebreaks import LINE_CHARACTERS
from schemas.render import QualityFinding
from schemas.shots import ShotList


def caption_words(shot_list: ShotList, cues: Sequence[Cue]) -> QualityFinding:
    """Every line's words stand in its captions, in order and unchanged, and are what the captions show."""
    told: dict[str, str] = {}
    changed = []
    for cue in cues:
        shown = _letters("".join(cue.lines))
        for line_id, words in cue.spoken:
            told[line_id] = told.get(line_id, "") + _letters(words)
            if _letters(words) not in shown:
                changed.append(line_id)
    changed += [line.line_id for line in shot_list.lines if told.get(line.line_id, "") != _letters(line.text)]
    return finding(
        "caption_words",
        not changed,
        f"{len(changed)} of {len(shot_list.lines)} lines differ",
        "0 lines differ",
        f"Lines whose captions differ from what is said: {several(changed)}." if changed else "",
    )


def caption_sync(shot_list: ShotList, cues: Sequence[Cue]) -> QualityFinding:
    """Captions come with the voice: 2 frames early or late at most, later only where they wait for a cut."""
    limits = CaptionLimits.at(shot_list.fps)
    cuts = {shot.start_frame for shot in shot_list.shots}
    lines = {line.line_id: line for line in shot_list.lines}
    read: dict[str, int] = {}
    worst, wrong = 0, []
    for cue in cues:
        voices = []
        for line_id, words in cue.spoken:
            if line_id in lines:
                line, before = lines[line_id], read.get(line_id, 0)
                voices.append(line.start_frame + word_frames(line, [_offset(line.text, before)])[0])
                read[line_id] = before + len(_letters(words))
        late = cue.start_frame - min(voices, default=cue.start_frame)
        allowed = limits.third_second if cue.start_frame in cuts else EARLY_FRAMES
        if not -EARLY_FRAMES <= late <= allowed:
            wrong.append(f"{cue.spoken[0][0]} at frame {cue.start_frame} ({late:+d})")
            worst = max(worst, abs(late))
    return finding(
        "caption_sync",
        not wrong,
        f"{len(wrong)} captions off by up to {worst} frames" if wrong else "all captions with the voice",
        f"{EARLY_FRAMES} frames, or {limits.third_second} late onto a cut",
        f"Captions away from their voice: {several(wrong)}." if wrong else "",
    )


def caption_limits(shot_list: ShotList, cues: Sequence[Cue]) -> QualityFinding:
    """Sizes, lengths and gaps. Where the voices leave no time, a short caption is counted and breaks nothing."""
    limits = CaptionLimits.at(shot_list.fps)
    wrong: list[str] = []
    forced = 0
    for cue, following in [*pairwise(cues), *((cue, None) for cue in cues[-1:])]:
        free_to = shot_list.total_frames if following is None else following.start_frame - GAP_FRAMES
        where = f"frame {cue.start_frame}"
        if len(cue.lines) > 2 or any(len(line) > LINE_CHARACTERS for line in cue.lines):
            wrong.append(f"{where}: more than 2 lines of {LINE_CHARACTERS}")
        if cue.end_frame > free_to:
            wrong.append(f"{where}: no gap before the next")
        shown = cue.end_frame - cue.start_frame
        if not 0 < shown <= limits.longest:
            wrong.append(f"{where}: {shown} frames on screen")
        needed = max(limits.shortest, limits.reading(sum(len(line) for line in cue.lines)))
        if shown < needed and cue.end_frame < min(free_to, cue.start_frame + limits.longest):
            wrong.append(f"{where}: {shown} frames where {needed} are needed and more are free")
        elif shown < needed:
            forced += 1
    message = f"Captions against the rules: {several(wrong)}." if wrong else ""
    if forced:
        message = f"{message} {forced} captions are as fast as their voices.".strip()
    return finding(
        "caption_limits",
        not wrong,
        f"{len(wrong)} of {len(cues)} captions break a rule",
        "2 lines of 42 characters, 20 characters a second, 5/6 s to 7 s, 2 frames apart",
        message,
    )


def _letters(text: str) -> str:
    return "".join(text.split())


def _offset(text: str, letters: int) -> int:
    """The place in ``text`` of its character number ``letters``, spaces not counted."""
    for offset, character in enumerate(text):
        if character.isspace():
            continue
        if letters == 0:
            return offset
        letters -= 1
    return len(text)
