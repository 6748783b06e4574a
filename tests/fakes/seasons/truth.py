"""What is so in an invented world, minute by minute, and where it is told. The gate has no part in it.

A ``Track`` is the history of one matter (who holds the key, what colour somebody's hair is); a ``Mention`` says
which scene tells the value that stood at a minute.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

Plain = str | int | bool
Key = tuple[str, ...]
BEFORE_ALL = -(10**10)
PROJECT = -1
"""The episode number of what the project file states."""


@dataclass(frozen=True, slots=True)
class Said:
    """A claim in plain values; ``at`` is its story time, first and last minute."""

    subject: str
    predicate: str
    value: Plain
    at: tuple[int, int]
    unit: str = "years"
    polarity: str = "affirmed"
    modality: str = "shown"
    holder: str | None = None
    presence: str | None = None
    appears_as: bool = False
    certainty: int = 1000
    change: str | None = None
    permitted_by: str = ""


@dataclass(slots=True, eq=False)
class Shown:
    """A scene as it happens. ``steady``: it changes nothing, so it may be told later than it happened."""

    episode: int
    place: str
    start: int
    end: int
    present: list[str]
    says: list[tuple[str, str]] = field(default_factory=list)
    claims: list[Said] = field(default_factory=list)
    frame: tuple[str, str] = ("actual", "actual")
    steady: bool = True

    @property
    def actual(self) -> bool:
        return self.frame[0] == "actual"


class Mention(NamedTuple):
    """The value at ``minute`` is told in ``scene``; None stands for the project file."""

    minute: int
    scene: Shown | None
    claim: Said | None

    @property
    def episode(self) -> int:
        return PROJECT if self.scene is None else self.scene.episode


class Truth:
    """Every track of a world, and every mention of its values."""

    def __init__(self) -> None:
        self._minutes: dict[Key, list[int]] = {}
        self._values: dict[Key, list[Plain | None]] = {}
        self._mentions: defaultdict[Key, list[Mention]] = defaultdict(list)

    def put(self, key: Key, minute: int, value: Plain | None) -> None:
        """From ``minute`` on the matter stands at ``value``."""
        minutes = self._minutes.setdefault(key, [])
        if minutes and minutes[-1] >= minute:
            raise ValueError(f"{key} changed at {minutes[-1]} already")
        minutes.append(minute)
        self._values.setdefault(key, []).append(value)

    def at(self, key: Key, minute: int) -> Plain | None:
        """The value at ``minute``; None where there is none yet."""
        position = bisect_right(self._minutes.get(key, []), minute)
        return self._values[key][position - 1] if position else None

    def changed(self, key: Key) -> int:
        """The minute of the last change of all."""
        return self._minutes[key][-1] if key in self._minutes else BEFORE_ALL

    def since(self, key: Key, minute: int) -> int:
        """Since when the value at ``minute`` has stood."""
        position = bisect_right(self._minutes.get(key, []), minute)
        return self._minutes[key][position - 1] if position else BEFORE_ALL

    def until(self, key: Key, minute: int) -> int | None:
        """The next change after ``minute``."""
        minutes = self._minutes.get(key, [])
        position = bisect_right(minutes, minute)
        return minutes[position] if position < len(minutes) else None

    def mention(self, key: Key, minute: int, scene: Shown | None, claim: Said | None = None) -> None:
        self._mentions[key].append(Mention(minute, scene, claim))

    def mentions(self, key: Key) -> list[Mention]:
        return self._mentions.get(key, [])

    def told(self, key: Key, minute: int, episode: int) -> bool:
        """Whether the value that stands at ``minute`` has been told for a minute up to then, in the actual world,
        by the end of ``episode``.
        """
        since = self.since(key, minute)
        return any(
            since <= each.minute <= minute and each.episode <= episode and (each.scene is None or each.scene.actual)
            for each in self.mentions(key)
        )

    def keys(self, kind: str) -> list[Key]:
        """The keys of one kind, in the order in which they came up."""
        return [key for key in self._minutes if key[0] == kind]
