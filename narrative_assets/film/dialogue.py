"""Covers speech: which lines share a shot, who is seen while they sound, and where the picture cuts.

The measured lines rule: a shot is as long as what is said in it, and the pauses around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from narrative_assets.film.breakdown import Breakdown, Moment, SpeechMoment
from narrative_assets.film.camera import STRONG, angle_for, is_close, movement_for, speech_size
from narrative_assets.film.coverage import Floor, in_hands, in_picture
from narrative_assets.film.dice import draw
from narrative_assets.film.draft import DraftLine, DraftShot, Spoken
from narrative_assets.film.figures import Acting, felt_as, figures, heard_as
from narrative_assets.film.pace import LONG_LINE_MS, film_frames, frames_in, gap_frames, line_cuts, tail_frames
from narrative_assets.film.prose import pose_of
from schemas.script import DialogueElement
from schemas.shots import Framing, Pose, ShotSize
from schemas.story import Emotion

_SHORT_MS = 2_300
_WORD_MS = 1_300
_SHARED_MS = 6_000
_INTERRUPTED = ("--", "—", "–")
_EARLY = 5
_SHORTEST_MS = 1_000


def share_shots(breakdown: Breakdown, spoken: Mapping[str, Spoken], fps: int) -> Breakdown:
    """``breakdown`` with short lines of one or two people joined, so that one shot carries them."""
    moments: list[Moment] = []
    for moment in breakdown.moments:
        last = moments[-1] if moments else None
        if (
            isinstance(moment, SpeechMoment)
            and isinstance(last, SpeechMoment)
            and moment.transition is None
            and _may_share(last, moment, spoken, fps, len(breakdown.participants) > 3)
        ):
            moments[-1] = replace(last, utterances=last.utterances + moment.utterances)
        else:
            moments.append(moment)
    return replace(breakdown, moments=tuple(moments))


def _may_share(last: SpeechMoment, moment: SpeechMoment, spoken: Mapping[str, Spoken], fps: int, crowded: bool) -> bool:
    """Lines share a shot when one person goes on, two answer each other quickly, or several throw in a word each."""
    lines = last.elements + moment.elements
    lengths = [spoken[line.element_id].frames for line in lines]
    speakers = {line.speaker_id for line in lines}
    if len(speakers) == 1 or max(lengths) <= frames_in(_WORD_MS, fps):
        suited = True
    else:
        quick = max(lengths) <= frames_in(_SHORT_MS, fps) or min(lengths) <= frames_in(_WORD_MS, fps)
        suited = quick and len(speakers) == 2 and not crowded
    plain = all(line.heard == "on_screen" and line.emotion.intensity <= STRONG for line in lines)
    single = all(len(utterance) == 1 for utterance in last.utterances + moment.utterances)
    fits = len(lines) <= 4 and sum(lengths) <= frames_in(_SHARED_MS, fps)
    return suited and plain and single and fits and not _breaks_off(last.elements[-1])


def _breaks_off(line: DialogueElement) -> bool:
    return line.text.rstrip().rstrip("\"'”’").endswith(_INTERRUPTED)


def cover_speech(floor: Floor, index: int, moment: SpeechMoment) -> None:
    """Shots of a speech moment: one, or for a long line the speaker, the listener and the speaker again."""
    following = floor.breakdown.moments[index + 1] if index + 1 < len(floor.breakdown.moments) else None
    lines, total = _timed(floor, moment, following)
    main, relief, partner = _views(floor, index, moment)
    longest = max((line.spoken for line in lines), key=lambda spoken: spoken.frames)
    cuts = line_cuts(longest, floor.fps, relief is not None) if len(moment.utterances) == 1 else []
    edges = [0, *(lines[0].offset + cut for cut in cuts), total]
    emotion = _strongest(moment)
    floor.going.clear()
    rising = floor.camera.rises(emotion)
    peak = floor.breakdown.peak_element_id in {line.element_id for line in moment.elements}
    for number, (start, stop) in enumerate(pairwise(edges)):
        wanted = relief if relief is not None and number % 2 else _closer(main, number)
        wide = floor.wide(index, tuple(dict.fromkeys((*_seen_speakers(moment), *wanted.subject_ids)))[:5])
        at_peak = peak and number % 2 == 0 and not floor.unmet(wanted.subject_ids)
        wanted = wide if is_close(wanted) and floor.unmet(in_picture(wanted)) else wanted
        framing = floor.camera.settle(wanted, wide, emotion, at_peak)
        floor.position = 1 if framing.kind == "master" else floor.position + 1
        last = number == len(edges) - 2
        shot = _segment(floor, moment, framing, lines, (start, stop), partner)
        what = f"{floor.salt}\x1f{moment.elements[0].text}"
        move = movement_for(framing, shot.frames, floor.fps, rising and last, None, "right", what)
        offset_lines = tuple(replace(line, offset=line.offset - start) for line in shot.lines)
        floor.shots.append(
            replace(
                shot,
                movement=move,
                lines=offset_lines,
                transition=moment.transition if number == 0 else None,
                elastic=_elastic(number == 0, last),
            )
        )


def _closer(main: Framing, number: int) -> Framing:
    """The speaker's view after the second return in a long line: a clean single, one size closer."""
    if number < 4 or main.kind not in ("over_the_shoulder", "single") or main.size not in ("ms", "mcu"):
        return main
    size: ShotSize = "mcu" if main.size == "ms" else "cu"
    return main.model_copy(update={"size": size, "kind": "single", "over_shoulder_of": None})


def _elastic(opens_line: bool, ends_line: bool) -> Literal["lead", "tail", "neither"]:
    return "lead" if opens_line else "tail" if ends_line else "neither"


def _timed(floor: Floor, moment: SpeechMoment, following: Moment | None) -> tuple[list[DraftLine], int]:
    """Lines with their offsets, and the frames from the first cut to the last; keeps tail and spill for the next."""
    fps, first = floor.fps, moment.elements[0]
    if floor.spill:
        at = floor.spill + film_frames(2, fps)
    elif floor.tail is not None:
        at = max(film_frames(2, fps), gap_frames(first.emotion.name, fps, floor.salt, first.text) - floor.tail)
    else:
        at = film_frames(draw(6, 10, "lead", floor.salt, first.text), fps)
    lines: list[DraftLine] = []
    for number, utterance in enumerate(moment.utterances):
        if number:
            at += gap_frames(utterance[0].emotion.name, fps, floor.salt, utterance[0].text)
        lines += [DraftLine(floor.spoken[line.element_id], at) for line in utterance]
        at += max(floor.spoken[line.element_id].frames for line in utterance)
    floor.spill = film_frames(_EARLY, fps) if _interrupted(floor, moment, following) else 0
    floor.tail = tail_frames(fps, floor.salt, moment.elements[-1].text)
    hold = film_frames(draw(10, 14, "hold", floor.salt, first.text), fps) if following is None else 0
    total = at - floor.spill if floor.spill else at + floor.tail + hold
    missing = max(0, frames_in(_SHORTEST_MS, fps) - total)
    return [replace(line, offset=line.offset + missing) for line in lines], total + missing


def _interrupted(floor: Floor, moment: SpeechMoment, following: Moment | None) -> bool:
    """True where somebody else cuts in on the last line, which is neither very short nor cut up itself."""
    last = moment.elements[-1]
    if not isinstance(following, SpeechMoment) or len(moment.utterances[-1]) > 1 or not _breaks_off(last):
        return False
    frames = floor.spoken[last.element_id].frames
    ordinary = frames_in(_SHORTEST_MS, floor.fps) <= frames <= frames_in(LONG_LINE_MS, floor.fps)
    return ordinary and following.elements[0].speaker_id != last.speaker_id


def _strongest(moment: SpeechMoment) -> Emotion:
    return max((line.emotion for line in moment.elements), key=lambda emotion: emotion.intensity)


def _seen_speakers(moment: SpeechMoment) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.speaker_id for line in moment.elements if line.heard == "on_screen"))


def _views(floor: Floor, index: int, moment: SpeechMoment) -> tuple[Framing, Framing | None, str | None]:
    """The view that carries the speech, the one to cut away to (None: only the speaker), and who listens."""
    seen = _seen_speakers(moment)
    emotion = _strongest(moment)
    size = speech_size(floor.position, emotion.intensity, floor.scene.tension)
    if not seen:
        return _unseen_views(floor, index, moment.elements[0], size)
    speaker = _leading(floor, moment, seen)
    partner = _partner(floor, index, moment, speaker)
    if partner is None:
        return _single(speaker, size, emotion), None, None
    if len(floor.stage.on(index)) > 3 or len(seen) > 2:
        wide, before = floor.wide(index, seen), floor.camera.previous
        opens = floor.position == 0 and before is not None and set(before.subject_ids) != set(wide.subject_ids)
        main = wide if opens or len(seen) > 1 else _single(speaker, size, emotion)
    elif floor.position == 0 or (len(seen) > 1 and floor.position % 3 == 0):
        pair = floor.stage.sorted((speaker, partner))
        main = Framing(size="ms", kind="two_shot", subject_ids=pair)
    elif len(seen) > 1 or floor.position <= 2 or (emotion.intensity <= STRONG and floor.position % 4 == 1):
        over: ShotSize = "ms" if size == "ms" else "mcu"
        main = Framing(size=over, kind="over_the_shoulder", subject_ids=(speaker,), over_shoulder_of=partner)
    else:
        main = _single(speaker, size, emotion)
    mirrored: ShotSize = main.size if main.kind in ("single", "over_the_shoulder") else "mcu"
    return main, Framing(size=mirrored, kind="reaction", subject_ids=(partner,)), partner


def _leading(floor: Floor, moment: SpeechMoment, seen: tuple[str, ...]) -> str:
    """Whose face the shot is about: of two who share it the one not just seen alone, else who speaks longest."""
    before = floor.camera.previous
    fresh = [who for who in seen if before is None or before.subject_ids != (who,)]

    def spoken(who: str) -> int:
        return sum(floor.spoken[line.element_id].frames for line in moment.elements if line.speaker_id == who)

    return max(fresh or seen, key=spoken)


def _single(who: str, size: ShotSize, emotion: Emotion) -> Framing:
    return Framing(size=size, kind="single", angle=angle_for(emotion), subject_ids=(who,))


def _unseen_views(
    floor: Floor, index: int, line: DialogueElement, size: ShotSize
) -> tuple[Framing, Framing | None, str | None]:
    """Views for a voice without a face: the listener, the device it comes from, or the place."""
    on = floor.stage.on(index)
    away = Framing(size="ls", kind="cutaway")
    if line.heard == "voice_over" and line.speaker_id in on:
        return Framing(size=size, kind="single", subject_ids=(line.speaker_id,)), away, None
    listener = _partner(floor, index, SpeechMoment(((line,),)), line.speaker_id)
    face = Framing(size=size, kind="reaction", subject_ids=(listener,)) if listener else away
    if line.heard != "device":
        return face, away if listener else None, listener
    floor.device_lines += 1
    device = Framing(size="cu", kind="insert")
    return (device, face, listener) if floor.device_lines % 2 else (face, device, listener)


def _partner(floor: Floor, index: int, moment: SpeechMoment, speaker: str) -> str | None:
    """Whom ``speaker`` talks with: the other voice of the moment, the addressee, the last or next to speak, anybody."""
    on = floor.stage.on(index)
    moments = floor.breakdown.moments
    near = (*reversed(moments[max(0, index - 6) : index]), *moments[index + 1 : index + 7])
    candidates = (
        *_seen_speakers(moment),
        *(who for line in moment.elements for who in line.addressee_ids),
        *(who for other in near if isinstance(other, SpeechMoment) for who in reversed(_seen_speakers(other))),
        *floor.breakdown.participants,
    )
    return next((who for who in candidates if who != speaker and who in on), None)


def _segment(
    floor: Floor,
    moment: SpeechMoment,
    framing: Framing,
    lines: list[DraftLine],
    span: tuple[int, int],
    partner: str | None,
) -> DraftShot:
    """The shot from ``span[0]`` to ``span[1]`` (frames from the moment's first cut)."""
    start, stop = span
    emotion = _strongest(moment)
    sounding = [n for n in lines if n.offset < stop and n.offset + n.spoken.frames > start] or lines
    heard = {n.spoken.element.speaker_id: n.spoken.element for n in sounding}
    talking = {who for who, element in heard.items() if element.heard == "on_screen"}
    people = in_picture(framing)
    speaker = next(iter(heard))
    feelings = {who: heard[who].emotion if who in heard else heard_as(emotion) for who in people}
    poses = {**floor.resting_poses(people), **_speaking_poses(floor, heard, people)}
    towards = {who: partner if who == speaker else speaker for who in people}
    if speaker not in people and partner in people:
        towards[partner] = speaker
    if len(people) == 2 and talking.intersection(people):
        # Two who are seen talk to one another, whoever else is heard.
        towards = {who: other for who in people for other in people if who != other}
    device = framing.kind == "insert"
    return DraftShot(
        framing,
        stop - start,
        figures=figures(floor.stage, framing, people, Acting(feelings, poses, towards, speaking=talking)),
        props=(floor.last_props or ("device",)) if device else (),
        element_ids=tuple(line.element_id for line in moment.elements),
        lines=tuple(n for n in lines if start <= n.offset < stop),
        emotion=emotion,
    )


def _speaking_poses(floor: Floor, heard: Mapping[str, DialogueElement], people: tuple[str, ...]) -> dict[str, Pose]:
    poses: dict[str, Pose] = {}
    for who in people:
        element = heard.get(who)
        aside = element.parenthetical if element else ""
        pose = (in_hands(pose_of(aside), aside) or felt_as(element.emotion)) if element else None
        if pose is not None and not (who in floor.seated and pose in ("point", "raise_hand")):
            poses[who] = pose
    if any(element.heard == "device" for element in heard.values()):
        poses.update(dict.fromkeys(people[:1], "hold_prop"))
    return poses
