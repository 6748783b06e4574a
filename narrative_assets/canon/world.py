"""Who and what there is: names, species, aliases, ways and clocks, from canon and the script together."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Sequence

from narrative_assets.canon.names import same_name
from narrative_assets.canon.rules import RuleBook
from narrative_assets.canon.statements import ACTUAL, value_key
from schemas.canon import Canon, WorldRule
from schemas.script import ActionElement, Script, ScriptCharacter
from schemas.story import Claim, EntityRef, FlagValue, NumberValue, Value


class World:
    """The entities that claims may speak of. The cast of a script is known from its first scene on."""

    def __init__(self, canon: Canon, script: Script | None = None, rules: RuleBook | None = None) -> None:
        self.rules: RuleBook = rules or {}
        self._names: dict[str, str] = {}
        self._aliases: defaultdict[str, list[str]] = defaultdict(list)
        self._cast: dict[str, ScriptCharacter] = {}
        self._species: dict[str, str] = {}
        self._roads: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._clocks: dict[str, int] = {}
        self._ways: dict[str, dict[str, int]] = {}
        self._rules_on: defaultdict[tuple[str, tuple[str, str] | None], list[WorldRule]] = defaultdict(list)
        self._transfers: Counter[tuple[int, str, str]] = Counter()
        self._asked_for: set[str] = set()
        self.costly_rules: list[WorldRule] = []
        self.last_minute = canon.story_minute
        if script is not None:
            self._read_script(script)
        self._read_canon(canon)

    def knows(self, entity: str) -> bool:
        """Whether canon or the script introduces the entity."""
        return entity in self._names

    def stranger(self, claim: Claim) -> str:
        """The first entity of the claim that nobody has introduced, or nothing; events introduce themselves."""
        rule = self.rules.get(claim.predicate)
        if rule is not None and rule.subject == "event":
            return ""
        if not self.knows(claim.subject):
            return claim.subject
        if isinstance(claim.object, EntityRef) and not self.knows(claim.object.entity):
            return claim.object.entity
        return ""

    def name(self, entity: str) -> str:
        """The entity's name, or its id where it has none."""
        return self._names.get(entity) or entity

    def is_character(self, entity: str) -> bool:
        """Whether canon or the cast lists the entity as a character."""
        return entity in self._species

    def species(self, entity: str) -> str:
        """The species of a character; an entity that is none counts as human."""
        return self._species.get(entity, "human")

    def rules_on(self, predicate: str, value: Value) -> Sequence[WorldRule]:
        """The world's rules whose terms speak of a predicate with this value, or with any."""
        of_value = self._rules_on.get((predicate, value_key(value)), [])
        return [*self._rules_on.get((predicate, None), ()), *of_value]

    def transfers(self, scene: int, predicate: str, unit: str) -> int:
        """How many claims of a scene (counted from 0) pass on what is counted in ``unit``."""
        return self._transfers[scene, predicate, unit]

    def in_cast(self, entity: str) -> bool:
        """Whether the script's cast lists the entity."""
        return entity in self._cast

    def asked_for(self, predicate: str) -> bool:
        """Whether a world rule makes something depend on a predicate."""
        return predicate in self._asked_for

    @property
    def rules_look_ahead(self) -> bool:
        """Whether a rule asks for what is told beside or after a deed."""
        return bool(self._asked_for)

    def one_person(self, character: str, known: str, told: str) -> bool:
        """Whether ``told`` may name the character that is known as ``known``: the same name or an alias."""
        if same_name(known, told) or any(same_name(alias, told) for alias in self._aliases[character]):
            return True
        member = self._cast.get(character)
        if member is None or not same_name(member.name, told):
            return False
        return any(same_name(alias, known) for alias in member.aliases)

    def minutes(self, start: str, end: str) -> int | None:
        """Minutes over the shortest known way between two places, None where no way is known."""
        return 0 if start == end else self._ways_from(start).get(end)

    def farthest(self, place: str) -> int:
        """Minutes to the farthest place that a way from ``place`` is known to."""
        return next(reversed(self._ways_from(place).values()), 0)

    def clock_ahead(self, place: str) -> int:
        """Minutes that the clock of a place is ahead of the series' clock."""
        return self._clocks.get(place, 0)

    def _ways_from(self, start: str) -> dict[str, int]:
        """Minutes to every place that can be reached from ``start``, the nearest first; found once for each start."""
        if start not in self._ways:
            reached: dict[str, int] = {}
            queue = [(0, start)] if start in self._roads else []
            while queue:
                minutes, place = heapq.heappop(queue)
                if place in reached:
                    continue
                reached[place] = minutes
                for further, more in self._roads.get(place, {}).items():
                    if further not in reached:
                        heapq.heappush(queue, (minutes + more, further))
            self._ways[start] = reached
        return self._ways[start]

    def _read_script(self, script: Script) -> None:
        for member in script.cast:
            self._cast[member.character_id] = member
            self._names[member.character_id] = member.name
            self._species[member.character_id] = member.species
            self._aliases[member.character_id] += member.aliases
        for number, scene in enumerate(script.scenes):
            for claim in scene.claims:
                passed_on = claim.change is not None and claim.change.kind == "transfer"
                if passed_on and isinstance(claim.object, NumberValue):
                    self._transfers[number, claim.predicate, claim.object.unit] += 1
            if scene.frame.kind == ACTUAL and scene.frame.frame_id == ACTUAL:
                self.last_minute = max(self.last_minute, scene.story_time.latest)
            self._names.setdefault(scene.heading.place_id, scene.heading.place_name)
            for element in scene.elements:
                if isinstance(element, ActionElement):
                    for prop in element.props:
                        self._names.setdefault(prop, prop)

    def _read_canon(self, canon: Canon) -> None:
        """Canon stands over the script: its names are the ones that messages use."""
        for character in canon.characters:
            self._names[character.character_id] = character.name
            self._species[character.character_id] = character.species
            self._aliases[character.character_id] += character.aliases
        for thing in canon.things:
            self._names[thing.thing_id] = thing.name
        for world_rule in canon.world_rules:
            self._names.setdefault(world_rule.rule_id, f"the rule {world_rule.rule_id}")
            if world_rule.terms is not None:
                value = world_rule.terms.object
                key = None if value is None or isinstance(value, FlagValue) else value_key(value)
                self._rules_on[world_rule.terms.predicate, key].append(world_rule)
                conditions = (*world_rule.terms.requires, *world_rule.terms.costs)
                self._asked_for.update(condition.predicate for condition in conditions)
                if world_rule.terms.costs:
                    self.costly_rules.append(world_rule)
        for location in canon.locations:
            self._names[location.location_id] = location.name
        for location in canon.locations:
            self._clocks[location.location_id] = location.clock_ahead
            for other, minutes in location.minutes_to.items():
                self._set_minutes(location.location_id, other, minutes)

    def _set_minutes(self, start: str, end: str, minutes: int) -> None:
        """Both ways alike; where the two ends disagree, the shorter time, which forbids less."""
        for one, other in ((start, end), (end, start)):
            self._roads[one][other] = min(minutes, self._roads[one].get(other, minutes))
