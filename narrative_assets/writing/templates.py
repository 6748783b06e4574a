"""The story templates as typed data: plots with their beats and lines, thread exchanges, house defaults.

The words live in ``templates/``; choosing and filling them is the business of other modules.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from schemas.story import ChangeKind, EmotionName, TimeOfDay

Position = Literal["opening", "middle", "finale", "own", "farewell"]
ThreadKind = Literal["secret", "rule", "want", "trust", "fear", "own"]
Role = Literal["a", "b", "c"]
Speaker = Literal["a", "b", "c", "x", "s"]
"""``a`` leads, ``b`` is the partner, ``c`` the third; in exchanges ``x`` answers and ``s`` keeps the secret."""


def _tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class TemplatePart(BaseModel):
    """A piece of template data; an unknown field is a mistake in the data."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Speech(TemplatePart):
    """One line. ``say`` maps letters of manners (t, b, w, d, y, x, f, p) to the words for them."""

    by: Speaker
    to: Role | None = None
    e: EmotionName | None = None
    d: Literal["plain", "whisper", "shout"] = "plain"
    say: Annotated[dict[str, str], Field(min_length=1)]


class Deed(TemplatePart):
    """Something to be seen or heard. ``s`` are sound tags (``@place``: a sound of the place), ``p``: the prop shows."""

    do: Annotated[tuple[str, ...], BeforeValidator(_tuple)]
    s: tuple[str, ...] = ()
    p: bool = False


class Writing(TemplatePart):
    """Words that are seen."""

    sign: str
    carrier: str


class Choice(TemplatePart):
    """Items that are taken together: where time allows (``opt``, 1 first) or under a condition (``if``)."""

    opt: Literal[1, 2, 3] | None = None
    condition: Literal["finale"] | None = Field(default=None, alias="if")
    items: tuple[Speech | Deed, ...]


Item = Speech | Deed | Writing | Choice


class Lesson(TemplatePart):
    """What a character learns, as a clause that begins with "that" or "what"."""

    who: Role
    what: str


class Truth(TemplatePart):
    """What a beat makes true: a predicate of a role or of the prop, about a role (``whom``) or in words (``text``);
    without either, what the role has learnt earlier in the plot.

    ``once`` is for what happens only once in a life. ``change`` is the kind of event that permits it.
    """

    who: Role | Literal["prop"]
    what: str
    whom: Role | None = None
    text: str | None = None
    denied: bool = False
    change: ChangeKind | None = None
    once: bool = False


class TemplateBeat(TemplatePart):
    """A scene of a plot: where, who, why, and its items in order.

    ``gap`` are minutes after the beat before, ``time`` a time of day to wait for, ``room`` where a remark
    on the past may go, ``spare`` marks a beat that short episodes leave out.
    """

    id: str
    room: Literal["start", "before", "end"] | None = None
    at: str
    present: str
    gap: int
    time: TimeOfDay | None = None
    minutes: int
    emotion: EmotionName
    strength: int
    tension: int
    spare: bool = False
    goal: str
    conflict: str
    outcome: str
    event: str | None = None
    event_of: Role = "a"
    move_to: Role | None = None
    learn: Lesson | None = None
    threads: tuple[ThreadKind, ...] = ()
    closes: tuple[ThreadKind, ...] = ()
    truths: tuple[Truth, ...] = ()
    items: tuple[Item, ...]


class Echo(TemplatePart):
    """An exchange in a later episode about the event of beat ``of``.

    ``partner`` is who has to answer: the same ``b`` or ``c``, another, or anyone. Slots with ``o_`` are the
    fillers of the old episode.
    """

    of: str
    partner: Literal["b", "c", "other", "any"]
    items: tuple[Speech, ...]


class Plot(TemplatePart):
    """A plot: who it needs, where it can stand in a season, its beats and how it is remembered."""

    id: str
    fits: tuple[Position, ...]
    cast_min: int
    cast_max: int = 1_000
    b_role: str | None = None
    prop_start: Literal["none", "a", "b"] | None = None
    roles: dict[str, tuple[str, ...]]
    places: dict[str, Literal["in", "out", "any"]]
    starts: TimeOfDay
    titles: tuple[str, ...]
    logline: str
    beats: tuple[TemplateBeat, ...]
    echoes: tuple[Echo, ...] = ()


class ActName(TemplatePart):
    name: str
    purpose: str


class Threads(TemplatePart):
    """Questions of the season's threads, and exchanges that touch on them, on keepsakes and on the past."""

    questions: dict[str, str]
    plants: dict[str, tuple[tuple[Speech, ...], ...]]
    touches: dict[str, tuple[tuple[Speech, ...], ...]]
    turns: tuple[str, ...]
    keepsakes: tuple[tuple[Speech, ...], ...]
    memories: tuple[tuple[Speech, ...], ...]


class House(TemplatePart):
    """Names of acts, what stands in for what a project leaves open, and words that come before names."""

    acts: dict[str, tuple[ActName, ...]]
    defaults: dict[str, str]
    titles_before_names: tuple[str, ...]


def _data(*path: str) -> Any:
    text = resources.files("narrative_assets.writing").joinpath("templates", *path).read_text(encoding="utf-8")
    return json.loads(text)


@functools.cache
def plots() -> dict[str, Plot]:
    """All plots by id, in the order of their ids."""
    folder = resources.files("narrative_assets.writing").joinpath("templates", "plots")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    loaded = [Plot.model_validate(_data("plots", name)) for name in names]
    return {plot.id: plot for plot in loaded}


@functools.cache
def threads() -> Threads:
    """The exchanges that belong to no single plot."""
    return Threads.model_validate(_data("threads.json"))


@functools.cache
def house() -> House:
    """The writer's house data."""
    return House.model_validate(_data("house.json"))
