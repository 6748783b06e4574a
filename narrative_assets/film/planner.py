"""The way from a script to a locked shot list: cast, speak, cover each scene on its own, lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from narrative_assets.film.blocking import block
from narrative_assets.film.breakdown import ActionMoment, PropMoment, SignMoment, break_down
from narrative_assets.film.casting import cast_voices, delivered
from narrative_assets.film.coverage import Floor, cover_action, cover_prop, cover_sign, open_scene
from narrative_assets.film.dialogue import cover_speech, share_shots
from narrative_assets.film.draft import DraftScene, Spoken
from narrative_assets.film.lock import lock_shots
from narrative_assets.film.names import Names
from narrative_assets.film.pace import Pace, never_three_alike, tempo
from narrative_assets.film.setting import ambience, environment
from narrative_assets.film.speech import SpeechTimer, take_frames, word_cues
from schemas.errors import MediaError
from schemas.project import Project
from schemas.script import DialogueElement, Scene, Script
from schemas.shots import ShotList


def plan_shots(
    script: Script,
    project: Project,
    script_hash: str,
    speech: SpeechTimer,
    on_line: Callable[[int, int], None] | None = None,
) -> ShotList:
    """Shot list of ``script`` at the project's frame rate, timed by the voice and locked.

    Every line is spoken once, all in one call of ``speech``; ``on_line`` then hears (done, total) for each.
    A scene's shots depend on that scene alone and on whether its place was seen before, so that an edit in
    one scene moves the others without changing them. Raises MediaError for a voice that answers wrongly and
    InputError for an episode beyond the contract's bounds.
    """
    spoken = speak(script, project, speech, on_line)
    names = Names(script.cast)
    seen: set[str] = set()
    drafts: list[DraftScene] = []
    for scene in script.scenes:
        drafts.append(_cover(scene, project, names, spoken, scene.heading.place_id not in seen))
        seen.add(scene.heading.place_id)
    return lock_shots(script, project, script_hash, drafts)


def speak(
    script: Script, project: Project, speech: SpeechTimer, on_line: Callable[[int, int], None] | None = None
) -> dict[str, Spoken]:
    """Every dialogue element of ``script`` by id, with its voice, its length in frames and its words."""
    voices = cast_voices(script, project)
    elements = [e for scene in script.scenes for e in scene.elements if isinstance(e, DialogueElement)]
    requests = [(e.text, delivered(voices[e.speaker_id], e.emotion, e.delivery)) for e in elements]
    takes = speech.time_all(requests) if requests else []
    if len(takes) != len(requests):
        raise MediaError(
            f"The voice returned {len(takes)} takes for {len(requests)} lines of episode {script.episode_id}.",
            remedy="Check the speech adapter: it must return one take per line, in order.",
        )
    spoken: dict[str, Spoken] = {}
    for done, (element, (text, voice), take) in enumerate(zip(elements, requests, takes, strict=True), start=1):
        frames = take_frames(take, project.fps)
        spoken[element.element_id] = Spoken(element, voice, frames, word_cues(take, text, project.fps))
        if on_line is not None:
            on_line(done, len(elements))
    return spoken


def _cover(scene: Scene, project: Project, names: Names, spoken: Mapping[str, Spoken], new_place: bool) -> DraftScene:
    breakdown = share_shots(break_down(scene, names), spoken, project.fps)
    floor = Floor(
        scene,
        breakdown,
        block(breakdown),
        spoken,
        Pace(project.fps, tempo(project.target_duration)),
        salt=str(project.seed),
    )
    first = open_scene(floor, new_place)
    for index, moment in enumerate(breakdown.moments[first:], start=first):
        if isinstance(moment, ActionMoment):
            cover_action(floor, index, moment)
        elif isinstance(moment, PropMoment):
            cover_prop(floor, moment)
        elif isinstance(moment, SignMoment):
            cover_sign(floor, moment)
        else:
            cover_speech(floor, index, moment)
    return DraftScene(
        scene,
        environment(scene, project),
        tuple(never_three_alike(floor.shots, project.fps)),
        ambience(scene, project),
        breakdown.closing,
    )
