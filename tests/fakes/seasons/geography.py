"""Places of an invented world: ways between them, and the light and weather that place and time bring."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from random import Random

NAMES = ("harbour", "mill", "abbey", "market", "quarry", "orchard", "station", "fort", "marsh", "tower")
VEHICLE = "ferry"
HOUR = 60
DAY = 24 * HOUR
SLOT = 360
WEATHERS = ("rain", "sun", "fog", "snow", "wind")


@dataclass(frozen=True, slots=True)
class Geography:
    """``roads`` are what the project file states; ``ways`` are the shortest times over them, in minutes."""

    seed: int
    places: tuple[str, ...]
    roads: dict[str, dict[str, int]]
    ways: dict[tuple[str, str], int]

    def minutes(self, start: str, end: str) -> int:
        """The shortest way."""
        return self.ways[start, end]

    def weather(self, place: str, start: int, end: int) -> str | None:
        """The weather all through a stretch of time; None where it turns within it."""
        if start // SLOT != end // SLOT:
            return None
        return Random(f"{self.seed}/{place}/{start // SLOT}").choice(WEATHERS)


def light(start: int, end: int) -> str | None:
    """Day or night all through a stretch of time; None at its edges."""
    hours = {minute % DAY // 60 for minute in (start, end)}
    if end - start > 120:
        return None
    if all(9 <= hour < 16 for hour in hours):
        return "day"
    return "night" if all(hour >= 23 or hour < 4 for hour in hours) else None


def time_of_day(minute: int) -> str:
    """The word of a heading for a clock time."""
    hour = minute % DAY // 60
    bounds = ((4, "night"), (7, "dawn"), (11, "morning"), (14, "day"), (17, "afternoon"), (19, "dusk"), (22, "evening"))
    return next((word for bound, word in bounds if hour < bound), "night")


def lay_out(seed: int, rng: Random) -> Geography:
    """Some places on a tree of roads, with a few more roads across it."""
    places = tuple(rng.sample(NAMES, rng.randint(4, 8)))
    roads: dict[str, dict[str, int]] = {place: {} for place in places}
    for number, place in enumerate(places[1:], start=1):
        roads[rng.choice(places[:number])][place] = _length(rng)
    for _ in range(rng.randint(0, 3)):
        start, end = rng.sample(places, 2)
        if end not in roads[start] and start not in roads[end]:
            roads[start][end] = _length(rng)
    return Geography(seed, places, roads, _shortest(places, roads))


def _length(rng: Random) -> int:
    return rng.choice((5, 10, 20, 45, 90, 240, 600))


def _shortest(places: tuple[str, ...], roads: dict[str, dict[str, int]]) -> dict[tuple[str, str], int]:
    ways = {(one, other): 0 if one == other else 10**7 for one, other in product(places, places)}
    for start, ends in roads.items():
        for end, minutes in ends.items():
            ways[start, end] = ways[end, start] = minutes
    for middle, start, end in product(places, places, places):
        ways[start, end] = min(ways[start, end], ways[start, middle] + ways[middle, end])
    return ways
