"""Planters for contradictions about people: who they are, whose kin, alive or dead, what they know, can and wear.

Each returns None where the season gives no occasion; what it plants cannot be true of the season as told.
"""

from __future__ import annotations

from schemas.script import ScriptCharacter
from tests.fakes.seasons.founding import COATS, EYES, HAIR, YEAR
from tests.fakes.seasons.geography import DAY
from tests.fakes.seasons.planting import Planted, Planter, Spot
from tests.fakes.seasons.truth import Said


def another_name(spot: Spot) -> Planted | None:
    place = next(spot.places())
    who = spot.people()[0]
    at = (place.minute, place.minute)
    return spot.plant("name", "name", place, Said(who, "name", "Xaver Quist", at))


def another_name_in_the_cast(spot: Spot) -> Planted | None:
    place = next(spot.places())
    script = spot.trial.scripts[place.episode]
    who = spot.people()[0]
    cast = tuple(
        ScriptCharacter(character_id=who, name="Xaver Quist", species=member.species)
        if member.character_id == who
        else member
        for member in script.cast
    )
    changed = script.model_copy(update={"cast": cast})
    return Planted("name", place.episode, changed, frozenset(("name",)), frozenset((f"cast:{who}.name",)))


def _birth_told(spot: Spot, who: str, episode: int) -> bool:
    person = spot.trial.season.world.people[who]
    told = spot.trial.season.world.truth.told(("born", who), 10**9, episode)
    return person.species == "human" and (person.years is not None or told)


def wrong_age(spot: Spot) -> Planted | None:
    for place in spot.places():
        for who in spot.people():
            if _birth_told(spot, who, place.episode):
                age = (place.minute - spot.trial.season.world.people[who].born) // YEAR
                wrong = age + spot.rng.randint(3, 40) * spot.rng.choice((1, -1))
                if wrong >= 0:
                    said = Said(who, "age", wrong, (place.minute, place.minute))
                    return spot.plant("age", "age born", place, said)
    return None


def wrong_birth(spot: Spot) -> Planted | None:
    for place in spot.places():
        for who in spot.people():
            if _birth_told(spot, who, place.episode):
                shift = spot.rng.randint(3, 30) * YEAR * spot.rng.choice((1, -1))
                born = spot.trial.season.world.people[who].born + shift
                said = Said(who, "born", born, (place.minute, place.minute), unit="minute")
                return spot.plant("birth", "birth born age", place, said)
    return None


def parent_younger_than_child(spot: Spot) -> Planted | None:
    people = spot.trial.season.world.people
    for place in spot.places():
        known = [who for who in spot.people() if _birth_told(spot, who, place.episode)]
        for parent in known:
            for child in known:
                if people[parent].born > people[child].born + 2 * YEAR:
                    said = Said(parent, "parent_of", child, (place.minute, place.minute))
                    if spot.rng.random() < 0.4:
                        said = Said(child, "child_of", parent, (place.minute, place.minute))
                    return spot.plant("birth", "born kinship parent_age birth age", place, said)
    return None


def acting_dead(spot: Spot) -> Planted | None:
    for place, (_, who), alive in spot.standing("alive"):
        if alive or spot.trial.season.world.truth.since(("alive", who), place.minute) >= place.scene.start:
            continue
        at = (place.minute, place.minute)
        way = spot.rng.choice(("speaks", "acts", "does", "alive", "uses"))
        if way == "speaks":
            return spot.let_speak("dead acting", "dead_acting", place, who)
        said = {
            "acts": Said(who, "acts", True, at, presence="bodily"),
            "does": Said(who, "does", "sings a song", at),
            "alive": Said(who, "alive", True, at),
            "uses": Said(who, "uses", spot.trial.season.world.things[0], at),
        }[way]
        codes = "dead_acting alive" if way == "alive" else "dead_acting"
        if way == "uses":
            codes = "dead_acting holder uses destroyed"
        return spot.plant("dead acting", codes, place, said)
    return None


def death_before_a_deed(spot: Spot) -> Planted | None:
    """A death told of somebody who speaks on screen at a later time, with no way back told."""
    season = spot.trial.season
    for place in spot.places():
        for who in spot.people():
            later = any(
                scene.start > place.minute and (who, "on_screen") in scene.says
                for episode in range(place.episode + 1)
                for _, scene in season.actual(episode)
            )
            if later and season.world.truth.changed(("alive", who)) < 0:
                said = Said(who, "alive", False, (place.minute, place.minute), change="die")
                planted = spot.plant("dead acting", "dead_acting alive", place, said)
                return planted
    return None


def denied_bond(spot: Spot) -> Planted | None:
    """What one side is, the other is too."""
    kind = spot.rng.choice(("sibling", "spouse", "bond"))
    for place, key, value in spot.standing(kind):
        if value is None:
            continue
        at = (place.minute, place.minute)
        if kind == "sibling":
            said = Said(key[2], "sibling_of", key[1], at, polarity="denied")
        elif kind == "spouse":
            said = Said(str(value), "spouse_of", key[1], at, polarity="denied")
        else:
            said = Said(key[2], str(value), key[1], at, polarity="denied")
        return spot.plant("symmetric", "relation relationship sibling spouse friend enemy", place, said)
    return None


def two_at_once(spot: Spot) -> Planted | None:
    """Friend and enemy, or two spouses."""
    kind = spot.rng.choice(("spouse", "bond"))
    for place, key, value in spot.standing(kind):
        if value is None:
            continue
        at = (place.minute, place.minute)
        if kind == "bond":
            rival = "enemy_of" if value == "friend_of" else "friend_of"
            one, other = key[1:] if spot.rng.random() < 0.5 else (key[2], key[1])
            return spot.plant(
                "exclusive", "relation relationship exclusive friend enemy", place, Said(one, rival, other, at)
            )
        living = [who for who in spot.people() if spot.lives(who, place)]
        third = spot.other(living, key[1], value)
        if third is not None and key[1] in living and value in living:
            codes = "relation relationship spouse exclusive"
            return spot.plant("exclusive", codes, place, Said(key[1], "spouse_of", third, at))
    return None


def own_ancestor(spot: Spot) -> Planted | None:
    parents = spot.trial.season.world.parents
    for place, (_, parent, child), _ in spot.standing("parent"):
        grand = parents.get(parent, [])
        told = [
            each
            for each in grand
            if spot.trial.season.world.truth.told(("parent", each, parent), place.minute, place.episode)
        ]
        top = told[0] if told and spot.rng.random() < 0.6 else parent
        said = Said(child, "parent_of", top, (place.minute, place.minute))
        if spot.rng.random() < 0.4:
            said = Said(top, "child_of", child, (place.minute, place.minute))
        return spot.plant("kinship cycle", "kinship relation cycle ancestry born birth", place, said)
    return None


def known_too_early(spot: Spot) -> Planted | None:
    """Somebody acts on what they come to know later in the same episode."""
    truth = spot.trial.season.world.truth
    for place in spot.places():
        for key in spot.keys("knows"):
            learnt = [
                each
                for each in truth.mentions(key)
                if each.claim and each.claim.change == "learn" and each.scene and each.scene.actual
            ]
            first = min(learnt, key=lambda each: each.minute, default=None)
            if (
                not spot.lives(key[1], place)
                or first is None
                or first.episode != place.episode
                or truth.at(key, 0)
                or place.minute >= first.minute
            ):
                continue
            said = Said(key[1], "relies_on", key[2], (place.minute, place.minute))
            return spot.plant("knowledge", "knowledge", place, said)
    return None


def relied_on_unknown(spot: Spot) -> Planted | None:
    for place, (_, who, secret), knows in spot.standing("knows"):
        if not knows and spot.lives(who, place):
            said = Said(who, "relies_on", secret, (place.minute, place.minute))
            return spot.plant("knowledge", "knowledge", place, said)
    return None


def forgot_silently(spot: Spot) -> Planted | None:
    for place, (_, who, secret), knows in spot.standing("knows"):
        if knows:
            said = Said(who, "knows", secret, (place.minute, place.minute), polarity="denied")
            return spot.plant("knowledge", "knowledge", place, said)
    return None


def healed_at_once(spot: Spot) -> Planted | None:
    for place, key, wounded in spot.standing("wounded"):
        if wounded and place.minute - spot.trial.season.world.truth.since(key, place.minute) < DAY:
            said = Said(key[1], "wounded", key[2], (place.minute, place.minute), polarity="denied")
            return spot.plant("wound", "wound wounded state", place, said)
    return None


def other_eyes(spot: Spot) -> Planted | None:
    for place, (_, who), eyes in spot.standing("eyes"):
        said = Said(who, "eyes", spot.other(EYES, eyes) or "", (place.minute, place.minute))
        return spot.plant("appearance", "appearance eyes", place, said)
    return None


def other_looks(spot: Spot) -> Planted | None:
    """Other hair or clothes on a day on which they have been seen, with no change between."""
    predicate, stock = spot.rng.choice((("wears", COATS), ("hair", HAIR)))
    truth = spot.trial.season.world.truth
    for place in spot.places():
        for key in spot.keys(predicate):
            since = truth.since(key, place.minute)
            seen = any(
                since <= each.minute <= place.minute
                and each.minute // DAY == place.minute // DAY
                and each.scene is not None
                and each.scene.actual
                and each.episode <= place.episode
                for each in truth.mentions(key)
            )
            if seen:
                other = spot.other(stock, truth.at(key, place.minute)) or ""
                said = Said(key[1], predicate, other, (place.minute, place.minute))
                return spot.plant("appearance", "appearance wears hair", place, said)
    return None


def lost_skill(spot: Spot) -> Planted | None:
    for place, (_, who, skill), able in spot.standing("can"):
        if able:
            said = Said(who, "can", skill, (place.minute, place.minute), polarity="denied")
            return spot.plant("ability", "ability", place, said)
    return None


def beyond_their_skill(spot: Spot) -> Planted | None:
    """A deed by somebody of whom it has been told that they cannot do it."""
    for place, (_, who, skill), able in spot.standing("can"):
        if not able and spot.lives(who, place):
            said = Said(who, "does", skill, (place.minute, place.minute))
            return spot.plant("ability", "ability", place, said)
    return None


def first_time_again(spot: Spot) -> Planted | None:
    for place, (_, who, deed), did in spot.standing("did"):
        earlier = spot.trial.season.world.truth.since(("did", who, deed), place.minute) < place.minute
        if did and earlier and spot.lives(who, place) and not _has_forgotten(spot, who, place.minute):
            said = Said(who, "first_time", deed, (place.minute, place.minute))
            return spot.plant("first time", "first_time", place, said)
    return None


def _has_forgotten(spot: Spot, who: str, minute: int) -> bool:
    """Whether they have ever lost knowledge by then: how much more went with it nobody tells."""
    truth = spot.trial.season.world.truth
    return any(
        key[1] == who and truth.at(key, minute) is False and truth.since(key, minute) > 0 for key in truth.keys("knows")
    )


def done_before_the_first_time(spot: Spot) -> Planted | None:
    truth = spot.trial.season.world.truth
    for place in spot.places():
        for key in spot.keys("did"):
            firsts = [
                each
                for each in truth.mentions(key)
                if each.claim and each.claim.predicate == "first_time" and each.scene and each.scene.actual
            ]
            told = any(each.minute > place.minute and each.episode <= place.episode for each in firsts)
            if told and spot.lives(key[1], place):
                said = Said(key[1], "does", key[2], (place.minute, place.minute))
                return spot.plant("first time", "first_time", place, said)
    return None


PEOPLE: tuple[Planter, ...] = (
    another_name, another_name_in_the_cast, wrong_age, wrong_birth, parent_younger_than_child, acting_dead,
    death_before_a_deed, denied_bond, two_at_once, own_ancestor, known_too_early, relied_on_unknown, forgot_silently,
    healed_at_once, other_eyes, other_looks, lost_skill, beyond_their_skill,
    first_time_again, done_before_the_first_time,
)  # fmt: skip
