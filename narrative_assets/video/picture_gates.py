"""Gates of the picture, judged on what was measured of every frame as it was made: black, frozen, pace.

Flashes have a module of their own (``flash_gate``). Nothing is decoded again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from narrative_assets.video.clips import ClipFigures
from narrative_assets.video.findings import finding, several
from schemas.render import QualityFinding
from schemas.shots import Shot, ShotList

BLACK_LUMA = 17
LONGEST_STILL_S = 12
MEAN_SHOT_S = (1.5, 9.0)
SHORT_S, LONG_S = 1, 12
SHORT_SHARE, LONG_SHARE = 100, 50
"""Permille of the shots that may be shorter than a second, and longer than twelve."""
_ENOUGH_SHOTS = 10
_CARDS = ("title", "credits")
_FIELDS = 16 * 9
_FEWEST_FRAMES, _LEAST_MOVE = 24, 20


def black_frames(shot_list: ShotList, clips: Sequence[ClipFigures]) -> QualityFinding:
    """No picture is black but in a fade."""
    black: list[str] = []
    for shot, clip in zip(shot_list.shots, clips, strict=False):
        first, last = _clear(shot, clip)
        if shot.transition_in == "dissolve":
            first = 0
        frames = sum(1 for luma in clip.luma[first:last] if luma <= BLACK_LUMA)
        if frames:
            black.append(f"{shot.shot_id} ({frames} frames)")
    return finding(
        "black_frames",
        not black,
        f"{len(black)} shots with black frames",
        "0 shots, fades apart",
        f"Black: {several(black)}. Look at their pictures and replace them." if black else "",
    )


def frozen_pictures(shot_list: ShotList, clips: Sequence[ClipFigures]) -> QualityFinding:
    """A shot planned to move does, and no picture stands long without any change, speech or effect.

    Shots planned to stand still may; cards and shots too short to show a move are left out.
    """
    stuck = [
        shot.shot_id
        for shot, clip in zip(shot_list.shots, clips, strict=False)
        if _planned_to_move(shot) and clip.frames >= _FEWEST_FRAMES and not _changes_at_all(shot, clip)
    ]
    still = [
        f"{shot_id} ({frames / shot_list.fps:.1f} s)"
        for shot_id, frames in _stills(shot_list, clips)
        if frames > LONGEST_STILL_S * shot_list.fps
    ]
    message = f"Planned to move, and standing: {several(stuck)}. Render them again. " if stuck else ""
    message += f"Without change or sound: {several(still)}. Shorten them, or let the camera move." if still else ""
    return finding(
        "frozen_pictures",
        not stuck and not still,
        f"{len(stuck)} shots stand that should move, {len(still)} pictures stand too long",
        f"0 shots; {LONGEST_STILL_S} s without change or sound",
        message.strip(),
    )


def pacing(shot_list: ShotList) -> QualityFinding:
    """Shots of a length that can be watched: their mean, how many are very short or long, never three alike."""
    fps = shot_list.fps
    shots = [shot for shot in shot_list.shots if shot.framing.kind not in _CARDS]
    lengths = [shot.duration_frames for shot in shots] or [fps]
    mean = sum(lengths) / len(lengths) / fps
    short = sum(length < SHORT_S * fps for length in lengths)
    long = sum(length > LONG_S * fps for length in lengths)
    alike = [
        shots[n].shot_id
        for n in range(2, len(shots))
        if lengths[n] == lengths[n - 1] == lengths[n - 2] and shots[n].scene_id == shots[n - 2].scene_id
    ]
    wrong = []
    if len(lengths) >= _ENOUGH_SHOTS:
        if not MEAN_SHOT_S[0] <= mean <= MEAN_SHOT_S[1]:
            wrong.append(
                f"The mean shot lasts {mean:.1f} s: {'split long' if mean > MEAN_SHOT_S[1] else 'join short'} shots."
            )
        if short * 1_000 > SHORT_SHARE * len(lengths):
            wrong.append(f"{short} shots are shorter than {SHORT_S} s: join some.")
        if long * 1_000 > LONG_SHARE * len(lengths):
            wrong.append(f"{long} shots are longer than {LONG_S} s: cut away once in each.")
    if alike:
        wrong.append(f"Third of three alike: {several(alike)}. Make it longer or shorter.")
    return finding(
        "pacing",
        not wrong,
        f"mean {mean:.1f} s, median {median(lengths) / fps:.1f} s, {short} under {SHORT_S} s, {long} over {LONG_S} s, "
        f"{len(alike)} times three alike in {len(lengths)} shots",
        f"mean {MEAN_SHOT_S[0]} to {MEAN_SHOT_S[1]} s, {SHORT_SHARE // 10} % under {SHORT_S} s, "
        f"{LONG_SHARE // 10} % over {LONG_S} s, never three alike",
        " ".join(wrong),
    )


def _clear(shot: Shot, clip: ClipFigures) -> tuple[int, int]:
    """The frames of a clip (first, after the last) that no transition covers."""
    first = shot.transition_frames if shot.transition_in != "cut" else 0
    return first, max(first, clip.frames - shot.fade_out_frames)


def _planned_to_move(shot: Shot) -> bool:
    move = shot.movement
    return move.kind != "static" and move.amount >= _LEAST_MOVE and shot.framing.kind not in _CARDS


def _changes_at_all(shot: Shot, clip: ClipFigures) -> bool:
    first, last = _clear(shot, clip)
    frames = _frames(clip)[first:last]
    return len(frames) < _FEWEST_FRAMES or any(frame != frames[0] for frame in frames)


def _frames(clip: ClipFigures) -> list[bytes]:
    """What is known of each frame: its grid, or its mean."""
    if clip.grid:
        return [clip.grid[at : at + _FIELDS] for at in range(0, len(clip.grid), _FIELDS)]
    return [bytes((luma,)) for luma in clip.luma]


def _stills(shot_list: ShotList, clips: Sequence[ClipFigures]) -> Iterator[tuple[str, int]]:
    """The longest stretch (shot it starts in, frames) of each shot without change, speech, effect or card."""
    heard = sorted(
        [(line.start_frame, line.start_frame + line.frames) for line in shot_list.lines]
        + [(cue.start_frame, cue.start_frame + cue.frames) for cue in shot_list.sound_cues]
    )
    next_heard, run, began, before = 0, 0, "", b""
    longest: dict[str, int] = {}
    for shot, clip in zip(shot_list.shots, clips, strict=False):
        for offset, frame in enumerate(_frames(clip)):
            at = shot.start_frame + offset
            while next_heard < len(heard) and heard[next_heard][1] <= at:
                next_heard += 1
            sounding = any(start <= at < end for start, end in heard[next_heard : next_heard + 4])
            same = frame == before and not sounding and shot.framing.kind not in _CARDS
            run, began = (run + 1, began) if same else (0, shot.shot_id)
            before = frame
            longest[began] = max(longest.get(began, 0), run + 1 if run else 0)
    yield from longest.items()
