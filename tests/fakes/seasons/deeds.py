"""What people do in a scene and what is said of it: each deed changes the truth as it must and claims it.

A deed takes the scene, a minute of it and a source of chance; it returns False where it cannot happen then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.fakes.seasons.founding import COATS, DEEDS, HAIR, PARTS, SECRETS, SKILLS, YEAR, Founding
from tests.fakes.seasons.geography import DAY, HOUR, SLOT, light
from tests.fakes.seasons.truth import BEFORE_ALL, Key, Plain, Said, Shown


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


def learn(stage: Stage) -> bool:
    """Learn a secret, rely on one that is known, or lose it."""
    who, secret = stage.one(), stage.rng.choice(SECRETS)
    key = ("knows", who, secret)
    if not stage.now(key):
        if not stage.change(key, True):
            return False
        stage.claim(key, who, "knows", secret, change="learn")
    elif stage.rng.random() < 0.1 and stage.change(key, False):
        stage.claim(key, who, "knows", secret, polarity="denied", change="forget")
    else:
        stage.claim(key, who, stage.rng.choice(("knows", "relies_on")), secret)
    return True


def hurt(stage: Stage) -> bool:
    """Wound somebody, or tell that a wound has been tended and closed."""
    who, part = stage.one(), stage.rng.choice(PARTS)
    key = ("wounded", who, part)
    if stage.now(key):
        long_ago = stage.minute - stage.world.truth.since(key, stage.minute) > YEAR
        if not stage.change(key, False):
            return False
        stage.claim(key, who, "wounded", part, polarity="denied", change=None if long_ago else "heal")
        return True
    if not stage.change(key, True):
        return False
    stage.claim(key, who, "wounded", part, change="injure")
    return True


def dress(stage: Stage) -> bool:
    """Put on another garment, or have one's hair cut or dyed."""
    who = stage.one()
    predicate, stock = stage.rng.choice((("wears", COATS), ("hair", HAIR)))
    value = stage.rng.choice([each for each in stock if each != stage.now((predicate, who))])
    if not stage.change((predicate, who), value):
        return False
    stage.claim((predicate, who), who, predicate, value, change="dress")
    return True


def train(stage: Stage) -> bool:
    """Use a skill, gain one by learning, or lose it by a wound."""
    who, skill = stage.one(), stage.rng.choice(SKILLS)
    key = ("can", who, skill)
    able = bool(stage.now(key))
    if able and stage.rng.random() < 0.4:
        stage.claim(None, who, "does", skill)
        return True
    if stage.rng.random() < 0.5 or not stage.change(key, not able):
        return False
    polarity = "denied" if able else "affirmed"
    stage.claim(key, who, "can", skill, polarity=polarity, change="injure" if able else "learn")
    return True


def first_deed(stage: Stage) -> bool:
    """Do something for the first time, or again."""
    who, deed = stage.one(), stage.rng.choice(DEEDS)
    key = ("did", who, deed)
    if stage.now(key):
        stage.claim(key, who, "does", deed)
    elif stage.change(key, True):
        stage.claim(key, who, stage.rng.choice(("first_time", "does")), deed)
    else:
        return False
    return True


def befriend(stage: Stage) -> bool:
    """Friendship and enmity between two, told from either side; love, which nobody needs to return."""
    if len(stage.alive) < 2:
        return False
    one, other = stage.rng.sample(stage.alive, 2)
    if stage.rng.random() < 0.2:
        stage.claim(None, one, "loves", other)
        return True
    first, second = sorted((one, other))
    key = ("bond", first, second)
    bond = stage.now(key)
    change = None
    if bond is None or stage.rng.random() < 0.3:
        before, bond = bond, "enemy_of" if bond == "friend_of" else "friend_of"
        if not stage.change(key, bond):
            return False
        if before is not None:
            stage.claim(None, one, str(before), other, polarity="denied", change="relate")
        change = "relate"
    stage.claim(key, one, str(bond), other, change=change)
    return True


def wed(stage: Stage) -> bool:
    """Marry, or part."""
    who = stage.one()
    spouse = stage.now(("spouse", who))
    truth = stage.world.truth
    if spouse is not None:
        if stage.rng.random() < 0.6 or not stage.open(("spouse", str(spouse))):
            return False
        if not stage.change(("spouse", who), None):
            return False
        truth.put(("spouse", str(spouse)), stage.minute, None)
        stage.claim(("spouse", who), who, "spouse_of", spouse, polarity="denied", change="relate")
        truth.mention(("spouse", str(spouse)), stage.minute, stage.scene)
        return True
    grown = [
        each
        for each in stage.alive
        if each != who
        and stage.now(("spouse", each)) is None
        and stage.minute - stage.world.people[each].born > 20 * YEAR
        and stage.open(("spouse", each))
        and not _kin(stage.world, who, each)
    ]
    if not grown or stage.minute - stage.world.people[who].born < 20 * YEAR:
        return False
    other = stage.rng.choice(grown)
    if not stage.change(("spouse", who), other):
        return False
    truth.put(("spouse", other), stage.minute, who)
    stage.claim(("spouse", who), who, "spouse_of", other, change="relate")
    truth.mention(("spouse", other), stage.minute, stage.scene)
    return True


def _kin(world: Founding, one: str, other: str) -> bool:
    shared = set(world.parents.get(one, ())) & set(world.parents.get(other, ()))
    return bool(shared) or other in _ancestors(world, one) or one in _ancestors(world, other)


def _ancestors(world: Founding, who: str) -> set[str]:
    found = set(world.parents.get(who, ()))
    return found | {each for parent in found for each in _ancestors(world, parent)}


def rename(stage: Stage) -> bool:
    who = stage.one()
    name = f"{who.title()} {stage.rng.choice(('Holm', 'Ash', 'Vale', 'Reed', 'Stone'))}{stage.scene.episode}son"
    if stage.world.truth.changed(("name", who)) > BEFORE_ALL or not stage.change(("name", who), name):
        return False
    stage.claim(("name", who), who, "name", name, change="rename")
    return True


def disguise(stage: Stage) -> bool:
    """Pass for somebody else for a while."""
    who = stage.one()
    key = ("disguise", who)
    model = stage.now(key)
    if model is not None:
        if not stage.change(key, None):
            return False
        stage.claim(key, who, "disguised_as", model, polarity="denied", change="disguise")
        return True
    others = [each for each in stage.world.people if each != who]
    other = stage.rng.choice(others)
    if not stage.change(key, other):
        return False
    stage.claim(key, who, "disguised_as", other, change="disguise")
    stage.claim(None, who, "name", stage.world.people[other].name, appears_as=True)
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


def die(stage: Stage) -> bool:
    """Die, or come back from death where something permits it."""
    dead = [each for each in stage.world.people if not stage.now(("alive", each))]
    if dead and stage.rng.random() < 0.5:
        who = stage.rng.choice(dead)
        if stage.world.truth.since(("alive", who), stage.minute) > stage.minute - DAY:
            return False
        if not stage.change(("alive", who), True):
            return False
        stage.claim(("alive", who), who, "alive", True, change="resurrect", permitted_by="the well of return")
        return True
    if len(stage.alive) < 2 or len(dead) > len(stage.world.people) // 3:
        return False
    who = stage.rng.choice(stage.alive)
    spouse = stage.now(("spouse", who))
    if (spouse is not None and not stage.open(("spouse", str(spouse)))) or not stage.change(("alive", who), False):
        return False
    stage.change(("grave", who), stage.scene.place)
    for one in (who, spouse) if spouse is not None else ():
        stage.world.truth.put(("spouse", str(one)), stage.minute, None)
    stage.claim(("alive", who), who, "alive", False, change="die")
    stage.alive.remove(who)
    return True


def mourn(stage: Stage) -> bool:
    """The dead lie where they died."""
    world = stage.world
    graves = [key for key in world.truth.keys("grave") if stage.now(key) == stage.scene.place]
    dead = [key[1] for key in graves if not stage.now(("alive", key[1]))]
    if not dead or stage.scene.place not in world.geography.places:
        return False
    who = stage.rng.choice(dead)
    stage.claim(("alive", who), who, "alive", False)
    stage.claim(None, who, "located_at", stage.scene.place, presence="bodily")
    return True


COMMON: tuple[Deed, ...] = (
    tell_person, tell_person, tell_person, tell_kin, tell_thing, tell_thing, tell_weather, hand_over, hand_over,
    lose_or_find, count, learn, learn, hurt, dress, train, first_deed, first_deed, befriend, befriend, untrue_word,
    untrue_word, vague_word, phone,
)  # fmt: skip
RARE: tuple[Deed, ...] = (destroy, wed, rename, disguise, die, die, mourn)
