"""How people's lives change in a scene: what they learn, suffer, wear, can, and are to one another.

Deeds with things and words stand in ``deeds``; here is also how often each deed comes up.
"""

from __future__ import annotations

from tests.fakes.seasons.deeds import (
    Deed,
    Stage,
    count,
    destroy,
    hand_over,
    lose_or_find,
    phone,
    tell_kin,
    tell_person,
    tell_thing,
    tell_weather,
    untrue_word,
    vague_word,
)
from tests.fakes.seasons.founding import COATS, DEEDS, HAIR, PARTS, SECRETS, SKILLS, YEAR, Founding
from tests.fakes.seasons.geography import DAY
from tests.fakes.seasons.truth import BEFORE_ALL


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
