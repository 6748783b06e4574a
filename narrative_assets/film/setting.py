"""Where a scene happens, in the words that other departments need: environment, title, ambience, jumps in time."""

from __future__ import annotations

import re

from schemas.project import Place, Project
from schemas.script import Scene
from schemas.shots import Environment

_SETTING = {"int": "INT.", "ext": "EXT.", "int_ext": "INT./EXT."}
_JUMP_MINUTES = 60
_MOST_TAGS = 4
_KINDS: tuple[tuple[frozenset[str], str, bool], ...] = (
    (frozenset({"park", "garden", "meadow", "forest", "wood", "woods", "field", "farm", "orchard"}), "birdsong", False),
    (frozenset({"street", "road", "city", "town", "square", "intersection", "crossing", "alley"}), "traffic", False),
    (
        frozenset({"harbour", "harbor", "pier", "jetty", "beach", "shore", "coast", "rocks", "sea", "island"}),
        "sea",
        False,
    ),
    (frozenset({"mountain", "peak", "hill", "cliff", "desert", "moor", "rooftop", "roof", "bridge"}), "wind", False),
    (frozenset({"river", "stream", "brook", "waterfall", "canal"}), "water", False),
    (frozenset({"market", "fair", "festival", "stadium"}), "crowd", False),
    (frozenset({"cafe", "bar", "pub", "restaurant", "tavern", "inn", "canteen"}), "crowd", True),
    (frozenset({"office", "control", "laboratory", "lab", "ship", "spaceship", "bridge", "server"}), "machine", True),
    (frozenset({"hall", "library", "study", "parlour", "classroom", "kitchen", "museum"}), "clock", True),
    (frozenset({"car", "bus", "truck", "van"}), "engine", True),
    (frozenset({"train", "carriage", "subway", "metro"}), "train", True),
    (frozenset({"cave", "tunnel", "sewer", "cellar", "dungeon"}), "water", True),
)
"""Kinds of place or words in its name, what goes on there, and whether that is indoors."""
_WEATHER = (
    ("storm", re.compile(r"\b(?:thunderstorms?|storms?|stormy|tempest|gale)\b")),
    ("rain", re.compile(r"\b(?:rain(?:s|ing|y|fall)?|drizzl\w+|downpour)\b")),
    ("wind", re.compile(r"\b(?:wind|windy|gusts?|breeze)\b")),
)


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
    """Continuous sounds of the place, at least one: the project's own, else those of its kind; then air and weather.

    An inner room has its air under everything. Out of doors birds sing by day and crickets by night, and the
    weather that the scene's action tells of is heard.
    """
    place = _place(scene, project)
    where = environment(scene, project)
    words = {where.place_kind, *where.place_id.split("_"), *where.place_name.lower().split()}
    tags = list(place.sounds) if place and place.sounds else _sounds_of(words, where.interior)
    if where.interior:
        return tuple(dict.fromkeys([*tags[:_MOST_TAGS], "room"]))
    if where.time_of_day in ("night", "evening"):
        tags = ["crickets" if "bird" in tag else tag for tag in tags]
    told = " ".join(element.text for element in scene.elements if element.type == "action").lower()
    tags += [tag for tag, tells in _WEATHER if tells.search(told)]
    return tuple(dict.fromkeys(tags[:_MOST_TAGS] or ["breeze"]))


def _sounds_of(words: set[str], interior: bool) -> list[str]:
    """What a place sounds like by its kind or its name; nothing of its own where neither says anything."""
    return [tag for kinds, tag, inside in _KINDS if kinds & words and inside is interior][:2]


def time_jumps(before: Scene, after: Scene) -> bool:
    """True where ``after`` is told an hour or more later, earlier, or on another level of reality."""
    if before.frame != after.frame:
        return True
    ahead = after.story_time.earliest - before.story_time.latest
    return ahead >= _JUMP_MINUTES or after.story_time.latest < before.story_time.earliest


def _place(scene: Scene, project: Project) -> Place | None:
    return next((place for place in project.places if place.id == scene.heading.place_id), None)
