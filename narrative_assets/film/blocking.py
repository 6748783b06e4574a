"""Who stands where: left-to-right order fixed for a scene, facing, and who is on at which moment.

The camera stays on one side of the line: of two people the same one is always on the left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from narrative_assets.film.breakdown import ActionMoment, Breakdown, Moment, SpeechMoment

Slot = Literal["far_left", "left", "centre", "right", "far_right"]
Facing = Literal["left", "right", "front", "away"]
MOST_FIGURES = 5

# The first two named face each other near the middle; later ones stand outside them or between.
_PLACES: dict[int, tuple[Slot, ...]] = {
    1: ("centre",),
    2: ("left", "right"),
    3: ("left", "right", "centre"),
    4: ("left", "right", "far_left", "far_right"),
    5: ("left", "right", "centre", "far_left", "far_right"),
}
_RANK: dict[Slot, int] = {"far_left": 0, "left": 1, "centre": 2, "right": 3, "far_right": 4}
_SPREAD: dict[int, tuple[Slot, ...]] = {
    2: ("left", "right"),
    3: ("left", "centre", "right"),
    4: ("far_left", "left", "right", "far_right"),
    5: ("far_left", "left", "centre", "right", "far_right"),
}


@dataclass(frozen=True)
class Stage:
    """Blocking of one scene: ``order`` runs from left to right, entrances and exits are indexes of moments."""

    order: tuple[str, ...]
    slots: Mapping[str, Slot]
    enters: Mapping[str, int]
    leaves: Mapping[str, int]

    def on(self, moment: int) -> tuple[str, ...]:
        """Who is on at ``moment``, from left to right."""
        return tuple(who for who in self.order if self.enters.get(who, 0) <= moment <= self.leaves.get(who, moment))

    def sorted(self, people: Iterable[str]) -> tuple[str, ...]:
        """``people`` who have a place here, once each, from left to right."""
        wanted = set(people)
        return tuple(who for who in self.order if who in wanted)

    def framed(self, first: Iterable[str], others: Iterable[str] = ()) -> tuple[str, ...]:
        """Up to five people from left to right: ``first`` before ``others``."""
        chosen = list(dict.fromkeys((*first, *others)))[:MOST_FIGURES]
        return self.sorted(chosen)

    def arranged(self, people: tuple[str, ...]) -> tuple[Slot, ...]:
        """Slots in the picture for ``people`` (in stage order): their own, moved inwards when one or two fill it.

        Where own slots would fall together the picture is spread evenly, in the same order.
        """
        own = [self.slots[who] for who in people]
        if len(people) <= 2:
            inner: dict[Slot, Slot] = {"far_left": "left", "far_right": "right"}
            closer = [inner.get(slot, slot) for slot in own]
            own = closer if len(set(closer)) == len(closer) else own
        return tuple(own) if len(set(own)) == len(own) else _SPREAD[len(people)]

    def facing(self, who: str, towards: str | None) -> Facing:
        """Screen direction in which ``who`` looks at ``towards``; without a partner, to the middle."""
        if towards is not None and towards != who and towards in self.slots:
            return "right" if self.order.index(towards) > self.order.index(who) else "left"
        rank = _RANK[self.slots[who]]
        return "front" if rank == 2 else "right" if rank < 2 else "left"


def block(breakdown: Breakdown) -> Stage:
    """Blocking of a scene from who takes part and from its entrances and exits."""
    people = breakdown.participants
    places = _PLACES[min(max(len(people), 1), MOST_FIGURES)]
    slots = {who: places[index % len(places)] for index, who in enumerate(people)}
    order = tuple(sorted(people, key=lambda who: (_RANK[slots[who]], people.index(who))))
    enters: dict[str, int] = {}
    leaves: dict[str, int] = {}
    for index, moment in enumerate(breakdown.moments):
        for who in _concerned(moment):
            if leaves.get(who, index) < index:
                del leaves[who]
        if isinstance(moment, ActionMoment):
            enters.update({who: index for beat in moment.beats for who in beat.entering if who not in enters})
            leaves.update({who: index for beat in moment.beats for who in beat.leaving})
    return Stage(order, slots, enters, leaves)


def _concerned(moment: Moment) -> tuple[str, ...]:
    if isinstance(moment, ActionMoment):
        return tuple(who for beat in moment.beats for who in beat.subjects)
    if isinstance(moment, SpeechMoment):
        return tuple(line.speaker_id for line in moment.elements if line.heard == "on_screen")
    return ()
