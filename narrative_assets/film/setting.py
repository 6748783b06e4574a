"""Where a scene happens, in the words that other departments need: environment, title, ambience, jumps in time."""

from __future__ import annotations

from schemas.project import Place, Project
from schemas.script import Scene
from schemas.shots import Environment

_SETTING = {"int": "INT.", "ext": "EXT.", "int_ext": "INT./EXT."}
_JUMP_MINUTES = 60


def environment(scene: Scene, project: Project) -> Environment:
    """Environment of ``scene``: its heading, completed by the project's place where it has one."""
    heading, place = scene.heading, _place(scene, project)
    inside = heading.setting != "ext" if heading.setting != "int_ext" or place is None else place.interior
    notes = [place.description, *place.details] if place else []
    return Environment(
        place_id=heading.place_id,
        place_name=heading.place_name or (place.name if place else ""),
        interior=inside,
        place_kind=place.kind if place else "place",
        time_of_day=heading.time_of_day,
        notes="; ".join(note for note in notes if note)[:8_000],
    )


def scene_title(scene: Scene) -> str:
    """Title for chapters, for example ``EXT. PARK - DAY``."""
    heading = scene.heading
    name = (heading.place_name or heading.place_id.replace("_", " ")).upper()
    return f"{_SETTING[heading.setting]} {name[:270]} - {heading.time_of_day.upper()}"


def ambience(scene: Scene, project: Project) -> tuple[str, ...]:
    """Continuous sounds of the place, as the project names them."""
    place = _place(scene, project)
    return place.sounds if place else ()


def time_jumps(before: Scene, after: Scene) -> bool:
    """True where ``after`` is told an hour or more later, earlier, or on another level of reality."""
    if before.frame != after.frame:
        return True
    ahead = after.story_time.earliest - before.story_time.latest
    return ahead >= _JUMP_MINUTES or after.story_time.latest < before.story_time.earliest


def _place(scene: Scene, project: Project) -> Place | None:
    return next((place for place in project.places if place.id == scene.heading.place_id), None)
