"""What an invented world starts from: people and their kin, things, rules, events to come; and its project file.

Whatever the project states is mentioned in the truth as told by the project.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from schemas.predicates import PREDICATES
from schemas.project import Project
from schemas.story import EntityRef, FlagValue, NumberValue, TextValue, Value
from tests.fakes.seasons.geography import DAY, VEHICLE, Geography, lay_out
from tests.fakes.seasons.truth import BEFORE_ALL, Key, Plain, Truth

YEAR = 525_600
FIRST = (
    "Ada", "Bela", "Cleo", "Dora", "Emil", "Fenn", "Gita", "Hugo", "Ilse", "Jory", "Kato", "Lena", "Milo", "Nils",
    "Oona", "Pavel", "Quin", "Rosa", "Sven", "Tova", "Udo", "Vera", "Wim", "Yara", "Zeno",
)  # fmt: skip
LAST = (
    "Abbot", "Birch", "Crane", "Dunmore", "Elster", "Frost", "Gannet", "Harrow", "Ivers", "Jessop", "Kestrel", "Lorne",
    "Marsh", "Norwood", "Oxley", "Pell", "Quarles", "Rudd", "Sorrel", "Thorne", "Usher", "Vickers", "Wren", "Yarrow",
)  # fmt: skip
THINGS = ("lantern", "ledger", "compass", "dagger", "violin", "seal", "map", "ring", "flute")
SECRETS = ("the vault opens at noon", "the bridge is mined", "the heir lives", "the well is dry", "the seal is forged")
SKILLS = ("swim", "pick locks", "read runes", "sail")
DEEDS = ("sees snow", "tastes honey", "climbs the tower", "crosses the sea")
EYES = ("brown", "blue", "green", "grey")
HAIR = ("short black", "long red", "grey braids", "fair curls")
COATS = ("red jacket", "grey cloak", "blue coat", "white apron", "green robe")
PARTS = ("left arm", "right leg", "brow", "ribs")


@dataclass(slots=True)
class Person:
    """``years`` is the age the project gives; an elf's years are not counted."""

    id: str
    name: str
    born: int
    species: str = "human"
    years: int | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the world at large, with when it begins, ends and had to be over."""

    id: str
    begins: int
    ends: int
    due: int
    after: str | None


@dataclass(frozen=True, slots=True)
class WorldLaw:
    """A rule of the world about one deed, of one of the sorts that can be judged."""

    id: str
    sort: str
    deed: str
    exempt: str
    thing: str = ""
    at_most: int = 1
    until: int | None = None

    def terms(self) -> dict[str, Any]:
        said: dict[str, Any] = {"predicate": "does", "object": {"text": self.deed}, "exempt": (self.exempt,)}
        if self.sort == "forbidden":
            said |= {"forbidden": True, "in_force_until": self.until}
        elif self.sort == "requires":
            said |= {"requires": ({"predicate": "holds", "object": {"entity": self.thing}},)}
        elif self.sort == "costs":
            said |= {"costs": ({"predicate": "state", "object": {"text": "exhausted"}},), "cost_within": 60}
        else:
            said |= {"at_most": self.at_most, "window": DAY}
        return said


@dataclass(slots=True)
class Founding:
    """A world before its first scene."""

    seed: int
    geography: Geography
    people: dict[str, Person]
    things: tuple[str, ...]
    laws: tuple[WorldLaw, ...]
    happenings: tuple[Happening, ...]
    episodes: int
    parents: dict[str, list[str]] = field(default_factory=dict)
    reveals: dict[Key, int] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    truth: Truth = field(default_factory=Truth)

    @property
    def project_id(self) -> str:
        return f"season_{self.seed}"

    def project(self) -> Project:
        """The project file of the world."""
        holders = {thing: self.truth.at(("holder", thing), 0) for thing in self.things}
        return Project.model_validate(
            {
                "id": self.project_id,
                "title": f"Season {self.seed}",
                "cast": [
                    {"id": each.id, "name": each.name, "species": each.species, "age_years": each.years}
                    for each in self.people.values()
                ],
                "places": [
                    *(
                        {"id": place, "name": place.title(), "minutes_to": self.geography.roads[place]}
                        for place in self.geography.places
                    ),
                    {"id": VEHICLE, "name": VEHICLE.title()},
                ],
                "props": [{"id": thing, "name": thing.title(), "holder": holders[thing]} for thing in self.things],
                "world_rules": [
                    {"id": law.id, "statement": f"On who {law.deed}.", "terms": law.terms()} for law in self.laws
                ],
                "facts": self.facts,
                "episodes": [{"id": episode_id(number)} for number in range(self.episodes)],
            }
        )


def episode_id(number: int) -> str:
    return f"s01e{number + 1:02d}"


def value_of(predicate: str, plain: Plain, unit: str) -> Value:
    """The contract's value of a plain one."""
    kind = PREDICATES[predicate].value
    if kind is EntityRef:
        return EntityRef(entity=str(plain))
    if kind is NumberValue:
        return NumberValue(number=int(plain), unit=unit)
    return FlagValue(flag=bool(plain)) if kind is FlagValue else TextValue(text=str(plain))


def found(seed: int) -> Founding:
    """The world of a seed."""
    rng = Random(seed)
    episodes = 24 if rng.random() < 0.02 else rng.randint(2, 6)
    geography = lay_out(seed, rng)
    people = _people(rng)
    things = tuple(rng.sample(THINGS, rng.randint(4, 7)))
    world = Founding(
        seed=seed,
        geography=geography,
        people=people,
        things=things,
        laws=_laws(rng, list(people), things),
        happenings=_happenings(rng),
        episodes=episodes,
    )
    for member in people.values():
        world.truth.put(("name", member.id), BEFORE_ALL, member.name)
        world.truth.put(("alive", member.id), BEFORE_ALL, True)
        world.truth.mention(("name", member.id), BEFORE_ALL, None)
        world.truth.mention(("alive", member.id), BEFORE_ALL, None)
    _kin(world, rng)
    _bodies(world, rng)
    _belongings(world, rng)
    _minds(world, rng)
    return world


def state(world: Founding, key: Key, fact: tuple[str, str, Plain], since: int | None = 0, **more: Any) -> None:
    """Make something true from the start, and let the project say so."""
    subject, predicate, plain = fact
    unit = more.pop("unit", "minute")
    standing: Plain | None = more.pop("standing", plain)
    world.truth.put(key, BEFORE_ALL if since is None else since, standing)
    if "revealed_in" not in more:
        world.truth.mention(key, BEFORE_ALL if since is None else since, None)
    value = value_of(predicate, plain, unit).model_dump()
    world.facts.append({"subject": subject, "predicate": predicate, "object": value, "valid_from": since, **more})


def _people(rng: Random) -> dict[str, Person]:
    firsts, lasts = rng.sample(FIRST, 12), rng.sample(LAST, 12)
    people: dict[str, Person] = {}
    for number in range(rng.randint(5, 9)):
        ages = ((55, 80), (25, 45), (6, 19))[number % 3]
        born = -rng.randint(ages[0] * YEAR, ages[1] * YEAR)
        person = Person(firsts[number].lower(), f"{firsts[number]} {lasts[number]}", born)
        if number > 2 and rng.random() < 0.15:
            person.species, person.years = "elf", rng.randint(100, 900)
        elif rng.random() < 0.7:
            person.years = -born // YEAR
        people[person.id] = person
    if rng.random() < 0.3:
        (elder,) = rng.sample([each for each in people.values() if each.species == "human"], 1)
        people["twin"] = Person("twin", f"{firsts[11]} {lasts[11]}", elder.born, years=elder.years)
    return people


def _laws(rng: Random, people: list[str], things: tuple[str, ...]) -> tuple[WorldLaw, ...]:
    exempt = rng.choice(people)
    return (
        WorldLaw("no_fire", "forbidden", "conjures fire", exempt, until=rng.choice((None, None, 40 * DAY))),
        WorldLaw("gate_key", "requires", "opens the sealed gate", exempt, thing=things[0]),
        WorldLaw("touch_tires", "costs", "heals by touch", exempt),
        WorldLaw("few_runes", "limit", "casts the runes", exempt, at_most=rng.randint(1, 3)),
    )


def _happenings(rng: Random) -> tuple[Happening, ...]:
    begins = rng.randint(10, 900)
    events: list[Happening] = []
    for number in range(rng.randint(4, 8)):
        ends = begins + rng.randint(30, 3 * DAY)
        earlier = rng.choice(events).id if events and rng.random() < 0.7 else None
        events.append(Happening(f"event_{number}", begins, ends, ends + rng.randint(0, DAY), earlier))
        begins = ends + rng.randint(1, DAY)
    return tuple(events)


def _kin(world: Founding, rng: Random) -> None:
    humans = [each for each in world.people.values() if each.species == "human" and each.id != "twin"]
    for child in humans:
        older = [each for each in humans if each.born < child.born - 18 * YEAR]
        if older and rng.random() < 0.6:
            for parent in rng.sample(older, min(len(older), rng.randint(1, 2))):
                world.parents.setdefault(child.id, []).append(parent.id)
                fact = (parent.id, "parent_of", child.id)
                if rng.random() < 0.3:
                    fact = (child.id, "child_of", parent.id)
                state(world, ("parent", parent.id, child.id), fact, None, standing=True, locked=rng.random() < 0.5)
    for one in humans:
        for other in humans:
            common = set(world.parents.get(one.id, ())) & set(world.parents.get(other.id, ()))
            if one.id < other.id and common:
                state(world, ("sibling", one.id, other.id), (one.id, "sibling_of", other.id), None, standing=True)
    for child in humans:
        foster = rng.choice(humans)
        if rng.random() < 0.15 and foster.id != child.id and child.id not in world.parents:
            state(world, ("adopted", child.id), (child.id, "adopted_by", foster.id), 0)
    adults = [each.id for each in humans if each.born < -20 * YEAR]
    rng.shuffle(adults)
    for wife, husband in zip(adults[::2], adults[1::2], strict=False):
        line = {wife, husband, *world.parents.get(wife, ()), *world.parents.get(husband, ())}
        shared = set(world.parents.get(wife, ())) & set(world.parents.get(husband, ()))
        strangers = len(line) == 2 + len(world.parents.get(wife, ())) + len(world.parents.get(husband, ()))
        if strangers and not shared and rng.random() < 0.6:
            world.truth.put(("spouse", husband), 0, wife)
            world.truth.mention(("spouse", husband), 0, None)
            state(world, ("spouse", wife), (wife, "spouse_of", husband), 0)


def _bodies(world: Founding, rng: Random) -> None:
    for member in world.people.values():
        if member.species == "human" and (member.years is None or rng.random() < 0.3):
            state(world, ("born", member.id), (member.id, "born", member.born), None)
        eyes, hair = rng.choice(EYES), rng.choice(HAIR)
        if rng.random() < 0.6:
            state(world, ("eyes", member.id), (member.id, "eyes", eyes), None)
        else:
            world.truth.put(("eyes", member.id), BEFORE_ALL, eyes)
        world.truth.put(("hair", member.id), 0, hair)
        world.truth.put(("wears", member.id), 0, rng.choice(COATS))
        for skill in rng.sample(SKILLS, 2):
            able = rng.random() < 0.7
            polarity = "affirmed" if able else "denied"
            state(world, ("can", member.id, skill), (member.id, "can", skill), 0, standing=able, polarity=polarity)


def _belongings(world: Founding, rng: Random) -> None:
    people = list(world.people)
    for thing in world.things:
        world.truth.put(("exists", thing), BEFORE_ALL, True)
        holder = rng.choice(people) if rng.random() < 0.8 else None
        world.truth.put(("holder", thing), 0, holder)
        if holder is not None:
            world.truth.mention(("holder", thing), 0, None)
            if rng.random() < 0.5:
                owner = rng.choice(people)
                state(world, ("owner", thing), (owner, "owns", thing), 0, standing=owner)
    for member in people[:3]:
        state(world, ("count", member, "coins"), (member, "has_count", rng.randint(3, 60)), 0, unit="coins")


def _minds(world: Founding, rng: Random) -> None:
    for member in world.people:
        for secret in rng.sample(SECRETS, 2):
            knows = rng.random() < 0.5
            polarity = "affirmed" if knows else "denied"
            state(world, ("knows", member, secret), (member, "knows", secret), 0, standing=knows, polarity=polarity)
    for member in rng.sample(list(world.people), 2):
        episode = rng.randint(1, world.episodes - 1)
        key = ("truth", member)
        state(
            world, key, (member, "state", f"the lost heir of {member}"), None,
            revealed_in=episode_id(episode), locked=rng.random() < 0.5,
        )  # fmt: skip
        world.reveals[key] = episode
