"""Exchanges that can be put into a beat of any plot: what one is, where there is room, and how its slots are filled."""

from __future__ import annotations

from dataclasses import dataclass

from narrative_assets.writing.casting import Casting, role_slots
from narrative_assets.writing.templates import Speech, TemplateBeat
from schemas.project import CastMember

Room = tuple[TemplateBeat, CastMember]
"""A beat with room for a remark, and the one with whom the lead would exchange it."""


@dataclass(frozen=True)
class Exchange:
    """Lines that can be put into a beat: the speeches, who plays their roles, and the slots to fill.

    ``weight`` is how readily it falls when time is short; ``threads`` are the threads it touches;
    one that ``opens`` them never falls.
    """

    beat_id: str
    speeches: tuple[Speech, ...]
    people: dict[str, CastMember]
    slots: dict[str, str]
    weight: int
    threads: tuple[str, ...] = ()
    opens: bool = False


def rooms_of(casting: Casting, taken: tuple[Exchange, ...] = ()) -> list[Room]:
    """The rooms that the plot's beats leave, in order, without those already taken."""
    used = {exchange.beat_id for exchange in taken}
    rooms = []
    for beat in casting.plot.beats:
        partner = next((casting.people[r] for r in ("b", "c") if r in beat.present and r in casting.people), None)
        if beat.room is not None and beat.id not in used and "a" in beat.present and partner is not None:
            rooms.append((beat, partner))
    return rooms


def exchange_slots(casting: Casting, people: dict[str, CastMember]) -> dict[str, str]:
    """The casting's slots and those of the exchange's own roles."""
    slots = casting.slots(casting.plot.beats[0])
    for role, member in people.items():
        slots |= role_slots(role, member)
    return slots
