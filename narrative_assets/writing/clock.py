"""Story time: times of day, travel between places and when a scene can start. All in minutes since the epoch."""

from __future__ import annotations

import heapq

from schemas.project import Project
from schemas.story import TimeOfDay

DAY = 1440
UNKNOWN_TRAVEL = 10
_SPANS: tuple[tuple[TimeOfDay, int, int], ...] = (
    ("dawn", 300, 420),
    ("morning", 420, 660),
    ("day", 660, 840),
    ("afternoon", 840, 1020),
    ("dusk", 1020, 1140),
    ("evening", 1140, 1260),
)
_FIRST_MINUTE: dict[TimeOfDay, int] = {
    "dawn": 330,
    "morning": 480,
    "day": 690,
    "afternoon": 870,
    "dusk": 1035,
    "evening": 1155,
    "night": 1290,
}


def time_of_day(minute: int) -> TimeOfDay:
    """The time of day at a story minute; the night runs from 21:00 to 05:00."""
    clock = minute % DAY
    return next((name for name, start, end in _SPANS if start <= clock < end), "night")


def wait_for(minute: int, wanted: TimeOfDay | None) -> int:
    """The first minute from ``minute`` on that lies in the wanted time of day."""
    if wanted is None or time_of_day(minute) == wanted:
        return minute
    first = minute - minute % DAY + _FIRST_MINUTE[wanted]
    return first if first >= minute else first + DAY


def travel_minutes(project: Project, start: str, end: str) -> int:
    """Minutes from place to place: as given, else over the shortest known way; ten where none is known."""
    if start == end:
        return 0
    roads = _roads(project)
    given = [minutes for other, minutes in roads.get(start, ()) if other == end]
    if given:
        return min(given)
    reached: set[str] = set()
    queue = [(0, start)]
    while queue:
        minutes, place = heapq.heappop(queue)
        if place == end:
            return minutes
        if place in reached:
            continue
        reached.add(place)
        for other, further in roads.get(place, ()):
            heapq.heappush(queue, (minutes + further, other))
    return UNKNOWN_TRAVEL


def _roads(project: Project) -> dict[str, list[tuple[str, int]]]:
    roads: dict[str, list[tuple[str, int]]] = {}
    for place in project.places:
        for other, minutes in sorted(place.minutes_to.items()):
            roads.setdefault(place.id, []).append((other, minutes))
            roads.setdefault(other, []).append((place.id, minutes))
    return roads
