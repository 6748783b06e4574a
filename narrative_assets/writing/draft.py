"""The draft of an episode: every line and deed its plots offer, and the choice of those that fit the time.

Seconds are estimated here from lines and words, as they came out on average. The real timing is film's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from narrative_assets.writing.arc import best_casting, season_start
from narrative_assets.writing.casting import Casting, cast_plot, foresee, role_slots
from narrative_assets.writing.exchanges import Exchange
from narrative_assets.writing.memory import callbacks, plots_told
from narrative_assets.writing.season import Season, State, corrected
from narrative_assets.writing.seeding import seed_for, shuffled
from narrative_assets.writing.templates import Choice, Deed, Item, Speech, TemplateBeat, Writing, plots, threads
from narrative_assets.writing.touches import keepsake, must_be_touched, touch
from narrative_assets.writing.wording import fill
from schemas.project import CastMember, Project
from schemas.story import ContextPack, Emotion

LINE_SECONDS, WORD_SECONDS = 1.65, 0.21
"""A line's pauses and its share of a shot, and each of its words."""
DEED_SECONDS, DEED_WORD_SECONDS = 0.3, 0.2
PROP_SECONDS = 1.0
"""What a look at a prop adds."""
SIGN_SECONDS = 4.0
SCENE_SECONDS = 1.4
"""What the first look at a place adds."""
FRAME_SECONDS = 10.0
"""Title (5 s) and credits (5 s)."""
PAST, TOUCH, OPENS = ".past", ".touch", ".opens"
"""Ends of the keys of remarks: on what was, on a thread that runs, and those by which one opens."""
AIM = 0.5
"""Where in the project's window of durations an episode is aimed at."""
SLACK = 1.09
"""By how much an episode may pass its aim before a scene falls."""
FAR_TOO_LONG = 1.2
"""Beyond this many times its aim an episode loses scenes that are not spare."""
ENOUGH = 0.85
"""Below this share of its aim an episode takes in a side plot."""
_WEIGHTS: dict[int | None, int] = {None: 0, 1: 1, 2: 2, 3: 4}
_AFFINITY = {
    "terse": "tbpf", "blunt": "btpf", "warm": "wdpf", "dreamy": "dwpf",
    "wry": "yxpt", "excitable": "xywp", "formal": "fpwt", "plain": "pftw",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A speech as it will be said."""

    speaker: CastMember
    to: tuple[str, ...]
    text: str
    emotion: Emotion
    delivery: str


@dataclass(frozen=True)
class Picture:
    """A deed as it will be seen."""

    text: str
    who: tuple[str, ...]
    sounds: tuple[str, ...]
    shows_prop: bool


@dataclass(frozen=True)
class Sign:
    text: str
    carrier: str


@dataclass(frozen=True)
class Unit:
    """Pieces that stand or fall together. ``weight`` 0 is always told; the others wait for time, low ones first."""

    key: str
    weight: int
    pieces: tuple[Line | Picture | Sign, ...]

    def seconds(self) -> float:
        """How long the pieces take, estimated."""
        return sum(_piece_seconds(piece) for piece in self.pieces)


def _piece_seconds(piece: Line | Picture | Sign) -> float:
    if isinstance(piece, Line):
        return LINE_SECONDS + WORD_SECONDS * len(piece.text.split())
    if isinstance(piece, Picture):
        look = PROP_SECONDS if piece.shows_prop else 0
        return DEED_SECONDS + look + DEED_WORD_SECONDS * len(piece.text.split())
    return SIGN_SECONDS


@dataclass(frozen=True)
class SceneDraft:
    """One beat with everything it offers."""

    beat: TemplateBeat
    casting: Casting
    units: tuple[Unit, ...]
    threads: tuple[str, ...] = ()

    def without(self, remarks: str) -> SceneDraft:
        """The scene with its remarks of one kind as something that can be left out."""
        units = (
            replace(unit, weight=max(1, unit.weight)) if unit.key.endswith(remarks) else unit for unit in self.units
        )
        return replace(self, units=tuple(units))

    def told_threads(self, chosen: set[str]) -> tuple[str, ...]:
        """The threads that its exchanges touch, where those are told."""
        told = {unit.key for unit in self.units if unit.weight == 0 or unit.key in chosen}
        return self.threads if any(key.endswith((TOUCH, OPENS)) for key in told) else ()

    @property
    def function(self) -> str:
        """The beat's name across plots: "found_keep"."""
        return f"{self.casting.plot.id}_{self.beat.id}"

    def seconds(self, chosen: set[str]) -> float:
        """How long the scene takes with the chosen units."""
        told = (unit.seconds() for unit in self.units if unit.weight == 0 or unit.key in chosen)
        return SCENE_SECONDS + sum(told)


def main_casting(
    project: Project, season: Season, index: int, context: ContextPack, foreseen: State
) -> tuple[Casting, State]:
    """The casting of the episode's plot by what the context says; another plot where this one cannot be cast."""
    state = corrected(foreseen, context)
    plot = plots().get(season.plots[season.episode_ids[index]])
    casting = cast_plot(project, season, index, state, plot) if plot else None
    if casting is not None:
        return casting, state
    told = plots_told(context, season.number) | frozenset(season.plots.values())
    return best_casting(project, season, index, state, told), state


def aim_seconds(project: Project) -> float:
    """The length an episode is written for."""
    window = project.target_duration
    return window.min_seconds + AIM * (window.max_seconds - window.min_seconds)


def draft_episode(
    project: Project, season: Season, index: int, context: ContextPack, deadline: str = "dark"
) -> tuple[SceneDraft, ...]:
    """The scenes of an episode in order: the plot's, with scenes of side plots between where there is time."""
    foreseen, castings = foresee(project, season, index, season_start(project, season.number))
    casting, state = main_casting(project, season, index, context, foreseen)
    extras = callbacks(project, season, index, context, casting, foreseen, castings)
    first = extras[:1] + touch(project, season, index, context, casting, extras[:1])
    if len(first) == 1 and must_be_touched(project, season, index):
        first = touch(project, season, index, context, casting, ()) or first
    extras = first + tuple(extra for extra in extras[1:] if extra.beat_id not in {one.beat_id for one in first})
    extras += keepsake(project, season, index, context, casting, extras)
    scenes = [_scene(project, season, index, casting, beat, extras, deadline) for beat in casting.plot.beats]
    aim = aim_seconds(project)
    scenes = _without_spare(scenes, aim)
    for side in _side_plots(project, season, index, state, casting):
        added = [_scene(project, season, index, side, beat, (), deadline) for beat in side.plot.beats]
        both = _without_spare(_interleaved(scenes, added), aim)
        if _longest(scenes) >= aim * ENOUGH or _bare(both) > aim * SLACK:
            break
        scenes = both
    return tuple(scenes)


def fit(project: Project, scenes: tuple[SceneDraft, ...], seed: int) -> set[str]:
    """The keys of the optional units that bring the episode nearest to its length without passing it."""
    aim = aim_seconds(project)
    total = _bare(list(scenes))
    waiting = [unit for scene in scenes for unit in scene.units if unit.weight > 0]
    chosen: set[str] = set()
    for unit in sorted(shuffled(waiting, project, "fit", seed), key=lambda unit: unit.weight):
        if total + unit.seconds() <= aim + 2:
            chosen.add(unit.key)
            total += unit.seconds()
    return chosen


def _bare(scenes: list[SceneDraft]) -> float:
    """Seconds of an episode without anything optional."""
    return FRAME_SECONDS + sum(scene.seconds(set()) for scene in scenes)


def _longest(scenes: list[SceneDraft]) -> float:
    """Seconds of an episode with everything optional."""
    every = {unit.key for scene in scenes for unit in scene.units}
    return FRAME_SECONDS + sum(scene.seconds(every) for scene in scenes)


def _without_spare(scenes: list[SceneDraft], aim: float) -> list[SceneDraft]:
    """Spare scenes fall, the last first, while even the bare story is too long; then others that change nothing."""
    kept = list(scenes)
    for scene in reversed(scenes):
        if _bare(kept) > aim * SLACK and scene.beat.spare:
            kept.remove(scene)
    for scene in reversed(kept[1:-1]):
        if _bare(kept) > aim * FAR_TOO_LONG and not _matters(scene.beat):
            kept.remove(scene)
    if _bare(kept) > aim * SLACK:
        kept = [scene.without(TOUCH) for scene in kept]
    return [scene.without(PAST) for scene in kept] if _bare(kept) > aim * FAR_TOO_LONG else kept


def _matters(beat: TemplateBeat) -> bool:
    """Whether a beat changes what is true, so that the story makes no sense without it."""
    return bool(beat.move_to or beat.closes or beat.event or beat.learn or beat.truths)


def _side_plots(project: Project, season: Season, index: int, state: State, main: Casting) -> Iterator[Casting]:
    """Castings of other plots that move no prop, the least used in the season first."""
    quiet = [p for p in plots().values() if p.prop_start is None and p.id != main.plot.id and "middle" in p.fits]
    order = shuffled(quiet, project, "side", season.number, index)
    for plot in sorted(order, key=lambda p: season.uses(p.id, len(season.episode_ids))):
        casting = cast_plot(project, season, index, state, plot)
        if casting is not None:
            yield replace(casting, people={**casting.people, "a": main.people["a"]})


def _interleaved(main: list[SceneDraft], side: list[SceneDraft]) -> list[SceneDraft]:
    """The scenes of both in turn; the main plot begins and ends."""
    merged: list[SceneDraft] = []
    step = max(1, len(main) // (len(side) + 1))
    rest = list(side)
    for number, scene in enumerate(main, start=1):
        merged.append(scene)
        if rest and number % step == 0 and number < len(main):
            merged.append(rest.pop(0))
    return merged[:-1] + rest + merged[-1:]


def _scene(
    project: Project,
    season: Season,
    index: int,
    casting: Casting,
    beat: TemplateBeat,
    extras: tuple[Exchange, ...],
    deadline: str,
) -> SceneDraft:
    slots = casting.slots(beat, deadline)
    people: dict[str, CastMember] = {role: m for role, m in casting.people.items() if role in beat.present}
    writer = _Writer(project, season, index, casting, beat)
    units = [
        unit
        for number, item in enumerate(beat.items)
        if (unit := writer.unit(f"{casting.plot.id}_{beat.id}.{number}", item, slots, people)) is not None
    ]
    own = [extra for extra in extras if extra.beat_id == beat.id]
    for extra in own:
        place = {"before": 0, "start": 1, "end": len(units) - 1}[beat.room or "start"]
        pieces: list[Line | Picture] = [writer.speech(speech, extra.slots, extra.people) for speech in extra.speeches]
        turn = [writer.turn(extra)] if beat.room != "before" else []
        pieces = [*turn, *pieces] if beat.room == "end" else [*pieces, *turn]
        kind = OPENS if extra.opens else TOUCH if extra.threads else PAST
        key = f"{casting.plot.id}_{beat.id}{kind}"
        units.insert(place, Unit(key, extra.weight, tuple(pieces)))
    return SceneDraft(beat, casting, tuple(units), tuple(t for extra in own for t in extra.threads))


class _Writer:
    """Turns template items of one beat into pieces, in the manners of those who speak."""

    def __init__(self, project: Project, season: Season, index: int, casting: Casting, beat: TemplateBeat) -> None:
        self._project, self._casting, self._beat = project, casting, beat
        self._place = casting.place(beat)
        self._seed = seed_for(project, "words", season.number, index, casting.plot.id, beat.id)

    def unit(self, key: str, item: Item, slots: dict[str, str], people: dict[str, CastMember]) -> Unit | None:
        """The unit of an item, or None where it does not apply or needs somebody who is not there."""
        weight = 0
        items: tuple[Item, ...] = (item,)
        if isinstance(item, Choice):
            if item.condition == "finale" and not self._casting.finale:
                return None
            weight, items = _WEIGHTS[item.opt], item.items
        pieces = [piece for each in items if (piece := self._piece(each, slots, people)) is not None]
        return Unit(key, weight, tuple(pieces)) if len(pieces) == len(items) else None

    def _piece(self, item: Item, slots: dict[str, str], people: dict[str, CastMember]) -> Line | Picture | Sign | None:
        if isinstance(item, Speech):
            words = " ".join(item.say.values())
            if item.by not in people or _absent(words, self._casting):
                return None
            return self.speech(item, slots, people)
        if isinstance(item, Deed):
            text = item.do[(self._seed + self._casting.round) % len(item.do)]
            return None if _absent(text, self._casting) else self._picture(item, text, slots, people)
        if isinstance(item, Writing):
            return Sign(fill(item.sign, slots).upper(), item.carrier)
        return None

    def speech(self, speech: Speech, slots: dict[str, str], people: dict[str, CastMember]) -> Line:
        """A line in its speaker's manner; where the plot is used again, in the next best words."""
        speaker = people[speech.by]
        others = [m.id for role, m in people.items() if m.id != speaker.id and role != "s"]
        to = (people[speech.to].id,) if speech.to in people else tuple(dict.fromkeys(others))[:1]
        beat = self._beat
        return Line(
            speaker=speaker,
            to=to,
            text=fill(_in_manner(speech.say, speaker.manner, self._casting.round), slots),
            emotion=Emotion(name=speech.e or beat.emotion, intensity=beat.strength if speech.e else beat.strength // 2),
            delivery=speech.d,
        )

    def turn(self, extra: Exchange) -> Picture:
        """The moment between a remark on the past and the business at hand: ``u`` spoke last, ``v`` did not."""
        last = extra.speeches[-1].by
        people = {"u": extra.people[last], "v": extra.people["x" if last == "a" else "a"]}
        slots = {name: word for role, member in people.items() for name, word in role_slots(role, member).items()}
        turns = threads().turns
        deed = Deed(do=(turns[self._seed % len(turns)],))
        return self._picture(deed, deed.do[0], slots, people)

    def _picture(self, deed: Deed, text: str, slots: dict[str, str], people: dict[str, CastMember]) -> Picture:
        named = {match[1] for match in re.finditer(r"\{([abcuv])\}", text)}
        place_sounds = self._place.sounds
        sounds = [
            tag if tag != "@place" else place_sounds[self._seed % len(place_sounds)]
            for tag in deed.s
            if tag != "@place" or place_sounds
        ]
        return Picture(
            text=fill(text, slots),
            who=tuple(member.id for role, member in people.items() if role in named),
            sounds=tuple(dict.fromkeys(sounds)),
            shows_prop=deed.p and self._casting.prop is not None,
        )


def _absent(text: str, casting: Casting) -> bool:
    """Whether the words name a role that nobody plays."""
    return "c" not in casting.people and re.search(r"\{c[_}]", text) is not None


def _in_manner(say: dict[str, str], manner: str, turn: int) -> str:
    """The words for a manner: its own, else those of the nearest; ``turn`` moves on to the next nearest."""
    nearest = dict.fromkeys(
        text for letter in (*_AFFINITY[manner], *"tbwdyxfp") for key, text in say.items() if letter in key
    )
    order = [*nearest, *(text for text in say.values() if text not in nearest)]
    return order[turn % len(order)]
