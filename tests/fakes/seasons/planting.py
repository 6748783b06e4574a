"""How a contradiction is planted in a clean season: where, what is put there, and what the gate owes for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from schemas.canon import CanonDiff, Judgement
from schemas.script import Scene, Script
from tests.fakes.seasons.telling import claim_of, scene_id, speech
from tests.fakes.seasons.trial import Trial
from tests.fakes.seasons.truth import Key, Said, Shown

PLANTED = "planted"


class Planted(NamedTuple):
    """A script with a contradiction in it. A finding for it bears one of ``codes`` and names one of ``names``."""

    kind: str
    episode: int
    script: Script
    codes: frozenset[str]
    names: frozenset[str]
    severity: str = "block"

    def names_it(self, judgement: Judgement) -> bool:
        told = (judgement.claim, judgement.against_claim)
        ids = {claim.claim_id for claim in told if claim is not None}
        quoted = {word.strip("'.,:;") for word in judgement.message.split()} if not ids else set()
        return bool(self.names & (ids | quoted))

    def found_in(self, diff: CanonDiff) -> bool:
        """Whether the gate has found it."""
        return any(
            each.severity == self.severity and each.code in self.codes and self.names_it(each)
            for each in diff.validation.judgements
        )


class Place(NamedTuple):
    """A scene of the world itself, and a minute of it: its first, before anything, or its last, after everything."""

    episode: int
    number: int
    scene: Shown
    minute: int


@dataclass(slots=True)
class Spot:
    """A clean season under a seed, where a planter looks for what it needs."""

    trial: Trial
    rng: Random

    def places(self) -> Iterator[Place]:
        """Every place where something can be planted, in an order of chance."""
        season = self.trial.season
        found = [
            Place(episode, number, scene, minute)
            for episode in range(season.world.episodes)
            for number, scene in season.actual(episode)
            for minute in (scene.start, scene.end)
        ]
        self.rng.shuffle(found)
        yield from found

    def keys(self, kind: str) -> list[Key]:
        """The matters of a kind, in an order of chance."""
        keys = list(self.trial.season.world.truth.keys(kind))
        self.rng.shuffle(keys)
        return keys

    def standing(self, kind: str) -> Iterator[tuple[Place, Key, object]]:
        """Places with a matter of the kind and its value there, where that value has been told."""
        truth = self.trial.season.world.truth
        for place in self.places():
            for key in self.keys(kind):
                if truth.told(key, place.minute, place.episode):
                    yield place, key, truth.at(key, place.minute)

    def people(self) -> list[str]:
        """Everybody, in an order of chance."""
        people = list(self.trial.season.world.people)
        self.rng.shuffle(people)
        return people

    def lives(self, who: object, place: Place) -> bool:
        """Whether somebody is alive at the place's minute, so that their death is no second contradiction."""
        return self.trial.season.world.truth.at(("alive", str(who)), place.minute) is True

    def other(self, stock: tuple[str, ...] | list[str], *but: object) -> str | None:
        """One of the stock that is none of these."""
        rest = [each for each in stock if each not in but]
        return self.rng.choice(rest) if rest else None

    def plant(self, kind: str, codes: str, place: Place, *said: Said) -> Planted:
        """Claims put into a scene, shown or narrated."""
        told = [each if self.rng.random() < 0.7 else replace(each, modality="narrated") for each in said]
        ids = [f"{PLANTED}.{number}" for number in range(len(told))]
        name = scene_id(place.number)
        claims = [claim_of(each, claim_id, place.episode, name) for each, claim_id in zip(told, ids, strict=True)]
        script = self.trial.scripts[place.episode]
        scene = script.scenes[place.number]
        changed = scene.model_copy(update={"claims": (*scene.claims, *claims)})
        return Planted(
            kind, place.episode, with_scene(script, place.number, changed), frozenset(codes.split()), frozenset(ids)
        )

    def let_speak(self, kind: str, codes: str, place: Place, who: str) -> Planted:
        """A speech put at the end of a scene."""
        script = self.trial.scripts[place.episode]
        scene = script.scenes[place.number]
        said = speech(scene_id(place.number), len(scene.elements), who)
        changed = scene.model_copy(update={"elements": (*scene.elements, said)})
        return Planted(
            kind,
            place.episode,
            with_scene(script, place.number, changed),
            frozenset(codes.split()),
            frozenset((f"implied:{place.number}.{who}.acts",)),
        )


Planter = Callable[[Spot], Planted | None]


def with_scene(script: Script, number: int, scene: Scene) -> Script:
    """The script with one scene replaced."""
    scenes = (*script.scenes[:number], scene, *script.scenes[number + 1 :])
    return script.model_copy(update={"scenes": scenes})
