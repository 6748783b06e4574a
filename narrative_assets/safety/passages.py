"""The texts of a script and of a shot list that somebody will hear, read or see, with the minors they concern."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from schemas.project import Project
from schemas.script import ActionElement, DialogueElement, Element, Scene, Script, SignElement
from schemas.shots import Shot, ShotList

ADULT_YEARS = 18


@dataclass(frozen=True)
class Passage:
    """One text. ``minors`` says that it is by, to or about a minor, ``minors_by`` that one is in the scene."""

    text: str
    scene_id: str | None = None
    element_id: str | None = None
    minors: bool = False
    minors_by: bool = False


class _Aged(Protocol):
    @property
    def age_years(self) -> int | None: ...


def _is_minor(person: _Aged) -> bool:
    return person.age_years is not None and person.age_years < ADULT_YEARS


def script_passages(project: Project, script: Script) -> Iterator[Passage]:
    """What a script shows, says and is told by. Authors' notes are left out: nobody hears or sees them."""
    minors = {member.id for member in project.cast if _is_minor(member)}
    minors |= {member.character_id for member in script.cast if _is_minor(member)}
    yield from _texts((script.title, script.logline, *(thread.question for thread in script.threads_opened)))
    for member in script.cast:
        yield from _texts((member.name, *member.aliases, member.description), minors=member.character_id in minors)
    for scene in script.scenes:
        yield from _scene_passages(scene, minors)


def _scene_passages(scene: Scene, minors: set[str]) -> Iterator[Passage]:
    by = any(one in minors for one in scene.present)
    yield from _texts((scene.heading.raw, scene.heading.place_name, scene.summary), scene.scene_id, minors_by=by)
    for element in scene.elements:
        texts, concerned = _element(element)
        concerns = any(one in minors for one in concerned)
        yield from _texts(texts, scene.scene_id, element.element_id, minors=concerns, minors_by=by)


def _element(element: Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts of an element, and those it is by, to or about."""
    if isinstance(element, DialogueElement):
        return (element.cue, element.parenthetical, element.text), (element.speaker_id, *element.addressee_ids)
    if isinstance(element, ActionElement):
        return (element.text,), element.character_ids
    if isinstance(element, SignElement):
        return (element.carrier, element.text), ()
    return (element.raw,), ()


def shot_passages(shots: ShotList) -> Iterator[Passage]:
    """What pictures are asked for with: prompts, what they show, and how people and places are described."""
    minors = {person.character_id for person in shots.characters if _is_minor(person)}
    yield from _texts((shots.series_title, shots.title, *shots.credits))
    for person in shots.characters:
        yield from _texts((person.name, person.description), minors=person.character_id in minors)
    for shot in shots.shots:
        concerns = any(figure.character_id in minors for figure in shot.figures)
        yield from _texts(_shot_texts(shot), shot.scene_id, shot.shot_id, minors=concerns, minors_by=concerns)


def _shot_texts(shot: Shot) -> tuple[str, ...]:
    prompt, place = shot.prompt, shot.environment
    asked = (prompt.subject, prompt.motion, prompt.style, prompt.mood)
    introduced = (shot.lower_third.title, shot.lower_third.subtitle) if shot.lower_third else ()
    return (*asked, place.place_name, place.notes, shot.screen_text, *introduced, *shot.action_beats)


def _texts(
    texts: Iterable[str],
    scene_id: str | None = None,
    element_id: str | None = None,
    *,
    minors: bool = False,
    minors_by: bool = False,
) -> Iterator[Passage]:
    yield from (Passage(text, scene_id, element_id, minors, minors_by) for text in texts if text.strip())
