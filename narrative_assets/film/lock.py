"""Locks the timing: drafts become shots, lines and cues at absolute frames, under one hash.

Nothing is decided here but identifiers, transitions between scenes and what sounds in which shot; who is
introduced where is asked of ``introductions``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from narrative_assets.film.cards import (
    CREDITS_FADE_MS,
    FADE_MS,
    TITLE_FADE_MS,
    awaited_attributions,
    credit_lines,
    credits_card,
    title_card,
)
from narrative_assets.film.dice import draw, joined_id
from narrative_assets.film.draft import DraftScene, DraftShot
from narrative_assets.film.introductions import introduce
from narrative_assets.film.pace import film_frames, frames_in
from narrative_assets.film.prompts import prompt
from narrative_assets.film.setting import scene_title, time_jumps
from narrative_assets.film.sound import DraftCue, place_cues
from schemas.errors import InputError
from schemas.project import Project
from schemas.script import Script, ScriptCharacter
from schemas.shots import (
    Environment,
    Shot,
    ShotAudio,
    ShotCharacter,
    ShotList,
    ShotScene,
    SoundCue,
    SpokenLine,
    timing_lock,
)

Transition = Literal["cut", "dissolve", "fade"]
_MOST_SCENES = 1_998
_MOST = 20_000


@dataclass
class _Reel:
    """The timeline while it grows."""

    shots: list[Shot]
    scenes: list[ShotScene]
    lines: list[SpokenLine]
    cues: list[SoundCue]
    frame: int = 0


def lock_shots(script: Script, project: Project, script_hash: str, drafts: Sequence[DraftScene]) -> ShotList:
    """The finished shot list: title, the scenes of ``drafts`` in order, credits, all under the timing lock.

    Raises InputError for an episode that is longer than a shot list can hold.
    """
    _require_bounds(script, drafts)
    fps = project.fps
    reel = _Reel([], [], [], [])
    names = _card_ids(script)
    _add_card(reel, names[0], title_card(script, project, fps), drafts[0], project)
    cast = {member.character_id: member for member in script.cast}
    for index, draft in enumerate(drafts):
        opening = _opening(drafts[index - 1] if index else None, draft, fps)
        closes = index == len(drafts) - 1 or _fades_out(draft)
        _add_scene(reel, draft, cast, project, opening, closes)
    credits = credit_lines(script)
    awaited = awaited_attributions(script, project)
    _add_card(reel, names[1], credits_card(credits, fps, awaited), drafts[-1], project)
    shots = introduce(reel.shots, script, project, fps)
    lines, cues = tuple(reel.lines), tuple(reel.cues)
    return ShotList(
        project_id=script.project_id,
        episode_id=script.episode_id,
        title=script.title,
        series_title=project.title,
        language=script.language,
        script_hash=script_hash,
        fps=fps,
        total_frames=reel.frame,
        timing_lock_hash=timing_lock(fps, reel.frame, shots, lines, cues),
        characters=tuple(_character(member, project) for member in script.cast),
        scenes=tuple(reel.scenes),
        shots=shots,
        lines=lines,
        sound_cues=cues,
        credits=credits,
    )


def _require_bounds(script: Script, drafts: Sequence[DraftScene]) -> None:
    shots = sum(len(draft.shots) for draft in drafts)
    if len(drafts) > _MOST_SCENES or shots > _MOST - 2:
        raise InputError(
            f"Episode {script.episode_id} has {len(drafts)} scenes and {shots} shots; a shot list holds "
            f"{_MOST_SCENES} scenes and {_MOST - 2} shots.",
            remedy="Split the screenplay into several episodes.",
        )


def _card_ids(script: Script) -> tuple[str, str]:
    """Scene ids for title and credits that no scene of the script bears."""
    taken = {scene.scene_id for scene in script.scenes}
    suffix = "-card" * next(
        n for n in range(len(taken) + 1) if not taken & {f"title{'-card' * n}", f"credits{'-card' * n}"}
    )
    return f"title{suffix}", f"credits{suffix}"


def _opening(before: DraftScene | None, draft: DraftScene, fps: int) -> tuple[Transition, int]:
    """How a scene comes in: as its author wrote, dissolved over a jump in time, else cut; the first fades in."""
    asked = draft.shots[0].transition or (before.closing if before else None)
    kind = asked.transition if asked else "cut"
    if before is None or kind in ("fade_in", "fade_out"):
        return "fade", frames_in(FADE_MS, fps)
    if kind == "dissolve" or time_jumps(before.scene, draft.scene):
        return "dissolve", film_frames(draw(16, 24, "dissolve", draft.scene.heading.raw), fps)
    return "cut", 0


def _fades_out(draft: DraftScene) -> bool:
    return draft.closing is not None and draft.closing.transition == "fade_out"


def _add_card(reel: _Reel, scene_id: str, card: DraftShot, beside: DraftScene, project: Project) -> None:
    """Add a card, set in the place of the scene it stands beside."""
    fade = frames_in(TITLE_FADE_MS if card.framing.kind == "title" else CREDITS_FADE_MS, project.fps)
    scene, place = beside.scene, beside.environment
    reel.shots.append(
        Shot(
            shot_id=joined_id(scene_id) + "-sh001",
            scene_id=scene_id,
            start_frame=reel.frame,
            duration_frames=card.frames,
            framing=card.framing,
            movement=card.movement,
            environment=place,
            screen_text=card.screen_text,
            transition_in="fade",
            transition_frames=fade if card.framing.kind == "title" else frames_in(FADE_MS, project.fps),
            fade_out_frames=fade,
            audio=ShotAudio(music_mood=scene.mood),
            prompt=prompt(card, beside, {}, project.visual_style),
        )
    )
    title = card.framing.kind.capitalize()
    reel.scenes.append(_shot_scene(scene_id, title, place, reel.frame, card.frames, beside, ()))
    reel.frame += card.frames


def _shot_scene(
    scene_id: str,
    title: str,
    place: Environment,
    start: int,
    frames: int,
    draft: DraftScene,
    ambience: tuple[str, ...],
) -> ShotScene:
    return ShotScene(
        scene_id=scene_id,
        title=title,
        place_id=place.place_id,
        time_of_day=place.time_of_day,
        start_frame=start,
        duration_frames=frames,
        music_mood=draft.scene.mood,
        tension=draft.scene.tension,
        ambience=ambience,
    )


def _add_scene(
    reel: _Reel,
    draft: DraftScene,
    cast: Mapping[str, ScriptCharacter],
    project: Project,
    opening: tuple[Transition, int],
    closes: bool,
) -> None:
    scene, fps, start = draft.scene, project.fps, reel.frame
    cues = place_cues(draft.shots, fps)
    starts = _starts(draft)
    lines = _lines(draft, starts, start, cast)
    heard = _heard(lines, [start + at for at in starts])
    ids = [_shot_id(scene.scene_id, number) for number in range(1, len(draft.shots) + 1)]
    for index, shot in enumerate(draft.shots):
        coming = opening if index == 0 else _within(shot, fps)
        fades = (closes and index == len(draft.shots) - 1) or _fades_before(draft, index + 1)
        reel.shots.append(
            Shot(
                shot_id=ids[index],
                scene_id=scene.scene_id,
                start_frame=start + starts[index],
                duration_frames=shot.frames,
                framing=shot.framing,
                movement=shot.movement,
                figures=shot.figures,
                environment=draft.environment,
                action_beats=shot.beats,
                props=shot.props,
                screen_text=shot.screen_text,
                transition_in=coming[0],
                transition_frames=min(coming[1], shot.frames // 2),
                fade_out_frames=min(frames_in(FADE_MS, fps), shot.frames // 2) if fades else 0,
                audio=_audio(draft, index, heard[index], cues, fps),
                prompt=prompt(shot, draft, cast, project.visual_style),
                element_ids=_element_ids(draft, index),
            )
        )
    reel.lines += lines
    reel.cues += [
        SoundCue(
            cue_id=c.cue_id, tag=c.tag, shot_id=ids[c.shot], start_frame=start + c.start, frames=c.frames, level=c.level
        )
        for c in cues
    ]
    frames = starts[-1] + draft.shots[-1].frames
    reel.scenes.append(
        _shot_scene(scene.scene_id, scene_title(scene), draft.environment, start, frames, draft, draft.ambience)
    )
    reel.frame += frames


def _starts(draft: DraftScene) -> list[int]:
    """First frame of every shot, from the scene's start."""
    starts, at = [], 0
    for shot in draft.shots:
        starts.append(at)
        at += shot.frames
    return starts


def _shot_id(scene_id: str, number: int) -> str:
    suffix = f"-sh{number:03d}"
    return (
        f"{scene_id}{suffix}"
        if len(scene_id) + len(suffix) <= 128
        else joined_id(scene_id[:100], scene_id)[:118] + suffix
    )


def _within(shot: DraftShot, fps: int) -> tuple[Transition, int]:
    """A transition that the author wrote inside a scene."""
    kind = shot.transition.transition if shot.transition else "cut"
    if kind == "dissolve":
        return "dissolve", film_frames(18, fps)
    return ("cut", 0) if kind == "cut" else ("fade", frames_in(FADE_MS, fps))


def _fades_before(draft: DraftScene, index: int) -> bool:
    """True where the author fades out before shot ``index`` of the scene."""
    coming = draft.shots[index].transition if index < len(draft.shots) else None
    return coming is not None and coming.transition == "fade_out"


def _element_ids(draft: DraftScene, index: int) -> tuple[str, ...]:
    shot = draft.shots[index]
    before = (shot.transition.element_id,) if shot.transition else ()
    after = (draft.closing.element_id,) if draft.closing and index == len(draft.shots) - 1 else ()
    return (*before, *shot.element_ids, *after)[:500]


def _lines(
    draft: DraftScene, starts: list[int], scene_start: int, cast: Mapping[str, ScriptCharacter]
) -> list[SpokenLine]:
    found = []
    for index, shot in enumerate(draft.shots):
        for line in shot.lines:
            element, spoken = line.spoken.element, line.spoken
            found.append(
                SpokenLine(
                    line_id=element.element_id,
                    element_id=element.element_id,
                    scene_id=draft.scene.scene_id,
                    speaker_id=element.speaker_id,
                    speaker_name=cast[element.speaker_id].name,
                    text=element.text,
                    emotion=element.emotion,
                    delivery=element.delivery,
                    heard=element.heard,
                    voice=spoken.voice,
                    start_frame=scene_start + starts[index] + line.offset,
                    frames=spoken.frames,
                    words=spoken.words,
                )
            )
    return found


def _heard(lines: list[SpokenLine], starts: list[int]) -> list[list[str]]:
    """For each shot (by its first frame) the ids of the lines that sound in it."""
    heard: list[list[str]] = [[] for _ in starts]
    for line in lines:
        index = bisect_right(starts, line.start_frame) - 1
        while index < len(starts) and starts[index] < line.start_frame + line.frames:
            heard[index].append(line.line_id)
            index += 1
    return heard


def _audio(draft: DraftScene, index: int, heard: list[str], cues: tuple[DraftCue, ...], fps: int) -> ShotAudio:
    """What sounds in a shot; the scene's sound comes in before its first picture and outlasts its last."""
    what = draft.scene.heading.raw
    return ShotAudio(
        line_ids=tuple(heard[:200]),
        sound_cue_ids=tuple(cue.cue_id for cue in cues if cue.shot == index)[:100],
        music_mood=draft.scene.mood,
        sound_lead_frames=film_frames(draw(12, 24, "lead", what), fps) if index == 0 else 0,
        sound_tail_frames=film_frames(draw(12, 24, "tail", what), fps) if index == len(draft.shots) - 1 else 0,
    )


def _character(member: ScriptCharacter, project: Project) -> ShotCharacter:
    """A character for the picture department: the script's words, completed by the project's."""
    known = next((other for other in project.cast if other.id == member.character_id), None)
    return ShotCharacter(
        character_id=member.character_id,
        name=member.name,
        description=member.description or (known.description if known else ""),
        species=member.species,
        pronouns=member.pronouns,
        age_years=member.age_years if member.age_years is not None or known is None else known.age_years,
    )
