"""The gates of the captions: words unchanged, times with the voice, sizes and lengths within the rules.

Times are held against the voices on the timeline, not against what the captioner believed of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from narrative_assets.video.caption_timing import GAP_FRAMES, SYNC_FRAMES, CaptionLimits, snapped_in
from narrative_assets.video.captions import Cue, word_frames
from narrative_assets.video.findings import finding, several
from narrative_assets.video.linebreaks import LINE_CHARACTERS, NEVER, break_cost
from schemas.render import QualityFinding
from schemas.shots import ShotList, SpokenLine


def caption_findings(
    shot_list: ShotList, cues: Sequence[Cue], subtitles: Sequence[Cue] = ()
) -> tuple[QualityFinding, ...]:
    """The gates of the captions, named ``caption_``, and those of ``subtitles`` of speech alone, if there are any."""
    return tuple(
        judged(shot_list, judged_cues, f"{name}_{rule}")
        for name, judged_cues in (("caption", cues), ("subtitle", subtitles))
        if judged_cues or name == "caption"
        for rule, judged in (("words", caption_words), ("sync", caption_sync), ("limits", caption_limits))
    )


def caption_words(shot_list: ShotList, cues: Sequence[Cue], gate: str = "caption_words") -> QualityFinding:
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
        gate,
        not changed,
        f"{len(changed)} of {len(shot_list.lines)} lines differ",
        "0 lines differ",
        f"Lines whose captions differ from what is said: {several(changed)}." if changed else "",
    )


def caption_sync(shot_list: ShotList, cues: Sequence[Cue], gate: str = "caption_sync") -> QualityFinding:
    """Captions stand within a frame of the word that opens them; else a cut nearby has drawn them away.

    Where another voice sounds at the same time the two share or wait: that is counted and breaks nothing.
    """
    limits = CaptionLimits.at(shot_list.fps)
    cuts = sorted({shot.start_frame for shot in shot_list.shots})
    worst, farthest, moved, forced, on_word = 0, 0, 0, 0, 0
    wrong: list[str] = []
    for cue, voice, alone in _voices(shot_list, cues):
        late = cue.start_frame - voice
        if abs(late) <= SYNC_FRAMES:
            on_word, worst = on_word + 1, max(worst, abs(late))
        elif cue.start_frame == snapped_in(voice, cuts, limits):
            moved, farthest = moved + 1, max(farthest, abs(late))
        elif not alone and late > 0:
            forced += 1
        else:
            wrong.append(f"{cue.spoken[0][0]} at frame {cue.start_frame} ({late:+d})")
    measured = f"{on_word} on their word within {worst} frames, {moved} moved up to {farthest} frames to a cut"
    return finding(
        gate,
        not wrong,
        measured + (f", {forced} wait for another voice" if forced else "") + (f", {len(wrong)} off" if wrong else ""),
        f"{SYNC_FRAMES} frame from the word, or less than half a second to a cut",
        f"Captions away from their voice: {several(wrong)}." if wrong else "",
    )


def caption_limits(shot_list: ShotList, cues: Sequence[Cue], gate: str = "caption_limits") -> QualityFinding:
    """Sizes, lengths and gaps. Where the voices leave no time, a short caption is counted and breaks nothing."""
    limits = CaptionLimits.at(shot_list.fps)
    wrong: list[str] = []
    forced = parted = 0
    for cue, following in [*pairwise(cues), *((cue, None) for cue in cues[-1:])]:
        free_to = shot_list.total_frames if following is None else following.start_frame - GAP_FRAMES
        wrong += [f"frame {cue.start_frame}: {problem}" for problem in _problems(cue, free_to, limits)]
        needed = limits.needed(sum(len(line) for line in cue.lines))
        forced += cue.end_frame - cue.start_frame < needed
        parted += _parts_a_phrase(cue)
    message = f"Captions against the rules: {several(wrong)}." if wrong else ""
    if forced:
        message = f"{message} {forced} captions are as fast as their voices.".strip()
    return finding(
        gate,
        not wrong,
        f"{len(wrong)} of {len(cues)} captions break a rule, {forced} as fast as their voices, {parted} part a phrase",
        f"2 lines of {LINE_CHARACTERS} characters, {limits.characters_per_second} characters a second, 5/6 s to 7 s, "
        "2 frames apart",
        message,
    )


def _problems(cue: Cue, free_to: int, limits: CaptionLimits) -> Iterator[str]:
    """What a caption breaks of the rules, where up to ``free_to`` no other stands."""
    if len(cue.lines) > 2 or any(len(line) > LINE_CHARACTERS for line in cue.lines):
        yield f"more than 2 lines of {LINE_CHARACTERS}"
    if cue.end_frame > free_to:
        yield "no gap before the next"
    shown = cue.end_frame - cue.start_frame
    if not 0 < shown <= limits.longest:
        yield f"{shown} frames on screen"
    needed = limits.needed(sum(len(line) for line in cue.lines))
    if shown < needed and cue.end_frame < min(free_to, cue.start_frame + limits.longest):
        yield f"{shown} frames where {needed} are needed and more are free"


def _voices(shot_list: ShotList, cues: Sequence[Cue]) -> Iterator[tuple[Cue, int, bool]]:
    """Each spoken caption, the frame at which its first word is heard, and whether no other line sounds then."""
    lines = {line.line_id: line for line in shot_list.lines}
    beside = _beside_another(shot_list.lines)
    read: dict[str, int] = {}
    for cue in cues:
        voices = []
        for line_id, words in cue.spoken:
            if line_id in lines:
                line, before = lines[line_id], read.get(line_id, 0)
                voices.append((line.start_frame + word_frames(line, [_offset(line.text, before)])[0], line))
                read[line_id] = before + len(_letters(words))
        if voices:
            at, own = min(voices, key=lambda voice: voice[0])
            yield cue, at, own.line_id not in beside


def _beside_another(lines: Sequence[SpokenLine]) -> frozenset[str]:
    """The lines that sound while another does."""
    found: set[str] = set()
    sounding: SpokenLine | None = None
    for line in sorted(lines, key=lambda line: line.start_frame):
        if sounding is not None and line.start_frame < sounding.start_frame + sounding.frames:
            found |= {line.line_id, sounding.line_id}
        if sounding is None or line.start_frame + line.frames > sounding.start_frame + sounding.frames:
            sounding = line
    return frozenset(found)


def _parts_a_phrase(cue: Cue) -> bool:
    """Whether the second line of one speaker's caption parts words that belong together."""
    if len(cue.lines) < 2 or len(cue.spoken) > 1:
        return False
    left, right = cue.lines[0].split(), cue.lines[1].split()
    return bool(left and right) and break_cost(left[-1], right[0]) >= NEVER


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
