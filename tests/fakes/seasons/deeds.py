"""What people do with things and words in a scene: each deed changes the truth as it must and claims it.

A deed takes the scene, a minute of it and a source of chance; it returns False where it cannot happen then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.fakes.seasons.founding import DEEDS, SECRETS, SKILLS, YEAR, Founding
from tests.fakes.seasons.geography import HOUR, SLOT, light
from tests.fakes.seasons.truth import Key, Plain, Said, Shown


@dataclass(slots=True)
class Stage:
    """One deed under way: the scene, its minute, and who is there and alive."""

    world: Founding
    scene: Shown
    minute: int
    rng: Random
    alive: list[str]

    def now(self, key: Key) -> Plain | None:
        return self.world.truth.at(key, self.minute)

    def claim(self, key: Key | None, subject: str, predicate: str, value: Plain, **more: Any) -> None:
        """Tell something; ``key`` is the matter whose value this tells."""
        at = more.pop("at", (self.minute, self.minute))
        said = Said(subject, predicate, value, at, **more)
        self.scene.claims.append(said)
        if key is not None:
            self.world.truth.mention(key, at[0], self.scene, said)

    def change(self, key: Key, value: Plain | None) -> bool:
        """Make something so from this minute on, unless another scene has changed or told it for later."""
        if not self.open(key):
            return False
        self.world.truth.put(key, self.minute, value)
        self.scene.steady = False
        return True

    def open(self, key: Key) -> bool:
        """Whether nothing is known of the matter from this minute on."""
        told = self.world.truth.mentions(key)
        return self.world.truth.changed(key) < self.minute and all(each.minute < self.minute for each in told)

    def one(self) -> str:
        return self.rng.choice(self.alive)

    def held(self) -> list[str]:
        """The whole things that those present hold."""
        return [thing for thing in self.world.things if self.now(("holder", thing)) in self.alive]


Deed = Callable[[Stage], bool]


def tell_person(stage: Stage) -> bool:
    """Age, birth, eyes, hair, clothes, name or skill of somebody, as they are."""
    who = stage.world.people[stage.one()]
    what = stage.rng.choice(("age", "eyes", "hair", "wears", "name", "can", "born"))
    span = (stage.scene.start, stage.scene.end)
    if what == "age":
        years = who.years if who.species == "elf" else (stage.minute - who.born) // YEAR
        stage.claim(("age", who.id), who.id, "age", years or 0)
    elif what == "born":
        if who.species != "human":
            return False
        stage.claim(("born", who.id), who.id, "born", who.born, unit="minute", at=span, modality="narrated")
    elif what == "can":
        skill = stage.rng.choice(SKILLS)
        able = stage.now(("can", who.id, skill))
        if able is None:
            return False
        stage.claim(("can", who.id, skill), who.id, "can", skill, polarity="affirmed" if able else "denied")
    else:
        value = stage.now((what, who.id))
        at = span if what == "eyes" else (stage.minute, stage.minute)
        stage.claim((what, who.id), who.id, what, str(value), at=at)
    return True


def tell_kin(stage: Stage) -> bool:
    """A parent, child, sibling or spouse, told from either side."""
    kind = stage.rng.choice(("parent", "sibling", "spouse"))
    if kind == "spouse":
        one = stage.one()
        other = stage.now(("spouse", one))
        if other is None:
            return False
        stage.claim(("spouse", one), one, "spouse_of", other)
        stage.world.truth.mention(("spouse", str(other)), stage.minute, stage.scene)
        return True
    keys = stage.world.truth.keys(kind)
    if not keys:
        return False
    key = stage.rng.choice(keys)
    one, other = key[1], key[2]
    if stage.rng.random() < 0.5:
        one, other = other, one
    predicate = "sibling_of" if kind == "sibling" else ("parent_of" if one == key[1] else "child_of")
    stage.claim(key, one, predicate, other, modality="narrated")
    return True


def tell_thing(stage: Stage) -> bool:
    """Who holds or owns a thing, or that somebody uses what they hold."""
    held = stage.held()
    if not held:
        return False
    thing = stage.rng.choice(held)
    who = str(stage.now(("holder", thing)))
    what = stage.rng.choice(("holds", "uses", "owns"))
    if what == "owns":
        owner = stage.now(("owner", thing))
        if owner is None:
            return False
        stage.claim(("owner", thing), str(owner), "owns", thing)
        return True
    first = not stage.world.truth.told(("holder", thing), stage.minute, stage.scene.episode)
    stage.claim(("holder", thing), who, "holds" if first else what, thing)
    return True


def tell_weather(stage: Stage) -> bool:
    """Light and weather of the place, where they hold for the whole scene; that the weather has just turned."""
    scene = stage.scene
    sky = stage.world.geography.weather(scene.place, scene.start, scene.end)
    bright = light(scene.start, scene.end)
    turned = "begin" if scene.start % SLOT < HOUR else None
    for predicate, value, change in (("weather", sky, turned), ("light", bright, None)):
        if value is not None and scene.place in stage.world.geography.places:
            at = (scene.start, scene.end)
            stage.claim((predicate, scene.place), scene.place, predicate, value, at=at, change=change)
    return True


def hand_over(stage: Stage) -> bool:
    """Give or lend: the holder changes, the owner sometimes."""
    held = stage.held()
    if not held or len(stage.alive) < 2:
        return False
    thing = stage.rng.choice(held)
    giver = str(stage.now(("holder", thing)))
    taker = stage.rng.choice([each for each in stage.alive if each != giver])
    if not stage.change(("holder", thing), taker):
        return False
    stage.claim(("holder", thing), taker, "holds", thing, change="transfer")
    if stage.now(("owner", thing)) == giver and stage.rng.random() < 0.3 and stage.change(("owner", thing), taker):
        stage.claim(("owner", thing), taker, "owns", thing, change="transfer")
    return True


def lose_or_find(stage: Stage) -> bool:
    """Lose a thing in hand, or come by one that nobody holds."""
    who = stage.one()
    free = [
        thing
        for thing in stage.world.things
        if stage.now(("holder", thing)) is None
        and stage.now(("exists", thing))
        and stage.world.truth.told(("holder", thing), stage.minute, stage.scene.episode)
    ]
    held = [thing for thing in stage.held() if stage.now(("holder", thing)) == who]
    if free and (not held or stage.rng.random() < 0.6):
        thing = stage.rng.choice(free)
        if not stage.change(("holder", thing), who):
            return False
        stage.claim(("holder", thing), who, "holds", thing, change=stage.rng.choice(("return", "transfer")))
        return True
    if not held:
        return False
    thing = stage.rng.choice(held)
    if not stage.change(("holder", thing), None):
        return False
    stage.claim(("holder", thing), who, "holds", thing, polarity="denied")
    return True


def destroy(stage: Stage) -> bool:
    held = stage.held()
    if not held or sum(bool(stage.now(("exists", thing))) for thing in stage.world.things) < 3:
        return False
    thing = stage.rng.choice(held)
    if thing == stage.world.things[0] or not stage.change(("exists", thing), False):
        return False
    stage.change(("holder", thing), None)
    stage.claim(("exists", thing), thing, "exists", False, change="destroy")
    return True


def count(stage: Stage) -> bool:
    """Count coins, or gain or spend some."""
    keys = [key for key in stage.world.truth.keys("count") if key[1] in stage.alive]
    if not keys:
        return False
    key = stage.rng.choice(keys)
    have, change = int(stage.now(key) or 0), None
    if stage.rng.random() < 0.5:
        step = stage.rng.randint(-min(have, 9), 9)
        if step and stage.change(key, have + step):
            have, change = have + step, "gain" if step > 0 else "spend"
    stage.claim(key, key[1], "has_count", have, unit="coins", change=change)
    return True


def untrue_word(stage: Stage) -> bool:
    """A lie, a rumour, a belief or a plan that is not so; it changes nothing."""
    who, speaker = stage.one(), stage.one()
    modality = stage.rng.choice(("lied", "rumoured", "believed", "planned", "said", "reported"))
    holder = speaker if modality in ("lied", "believed", "said") else None
    thing = stage.rng.choice(stage.world.things)
    secret, place = stage.rng.choice(SECRETS), stage.rng.choice(stage.world.geography.places)
    subject, predicate, value = stage.rng.choice(
        (
            (who, "name", "Ulf Liar"), (who, "age", 3), (who, "holds", thing), (who, "eyes", "violet"),
            (who, "located_at", place), (who, "alive", False), (who, "knows", secret), (who, "relies_on", secret),
            (who, "does", "conjures fire"), (thing, "exists", False), (who, "wears", "a gown of leaves"),
            (who, "first_time", stage.rng.choice(DEEDS)),
        )
    )  # fmt: skip
    stage.claim(None, subject, predicate, value, modality=modality, holder=holder)
    return True


def vague_word(stage: Stage) -> bool:
    """What is so at some point of a long time, or is not certain."""
    who = stage.one()
    wide = (stage.scene.start - stage.rng.randint(60, 900), stage.scene.end + stage.rng.randint(60, 900))
    if stage.rng.random() < 0.5:
        stage.claim(None, who, "located_at", stage.scene.place, at=wide, modality="narrated")
    else:
        place = stage.rng.choice(stage.world.geography.places)
        stage.claim(None, who, "located_at", place, certainty=500)
    return True


def phone(stage: Stage) -> bool:
    """Somebody is heard from far away or, once dead, from a recording, is seen on a screen or only spoken of."""
    who = stage.rng.choice(list(stage.world.people))
    if who in stage.scene.present:
        return False
    stage.scene.says.append((who, stage.rng.choice(("device", "voice_over"))))
    presence = stage.rng.choice(("voice", "video", "image", "mention"))
    stage.claim(None, who, "located_at", stage.scene.place, presence=presence)
    return True
