"""Settling: how what an episode states is laid into the facts that stand, ending those it replaces.

It takes every statement as true; whether it may be is the gate's business.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from narrative_assets.canon.findings import permitted
from narrative_assets.canon.identity import fact_id
from narrative_assets.canon.rules import RuleBook, rule_for
from narrative_assets.canon.statements import ALWAYS, EXTENT_MINUTES, Statement, from_fact, matter, time_up
from narrative_assets.canon.words import assertion
from narrative_assets.canon.world import World
from schemas.canon import Fact, FactChange
from schemas.story import Claim, EntityRef, FlagValue, NumberValue, TextValue, Value

_EXCLUSIVE = frozenset({"single_valued", "fixed", "kept", "one_place", "counts_years", "one_birth", "rising"})
_Group = tuple[str, ...]


@dataclass
class Settlement:
    """The facts of one matter each in story order, and what an episode has added to and changed in them."""

    episode_id: str
    world: World
    rules: RuleBook
    added: dict[str, Fact] = field(default_factory=dict)
    changed: dict[str, FactChange] = field(default_factory=dict)
    _groups: defaultdict[_Group, list[Fact]] = field(default_factory=lambda: defaultdict(list))

    def load(self, facts: Iterable[Fact], statements: Iterable[Statement]) -> None:
        """Lay out the facts that stand in the matters that ``statements`` touch."""
        predicates = {statement.predicate for statement in statements}
        for predicate in sorted(predicates):
            rule = rule_for(predicate, self.rules)
            predicates.update(rule.excludes, (rule.inverse,) if rule.inverse else ())
        for fact in facts:
            if fact.predicate in predicates:
                self._groups[self._group(from_fact(fact))].append(fact)
        for group in self._groups.values():
            group.sort(key=_start)

    def is_open(self, statement: Statement) -> bool:
        """Whether nothing stands yet in the matter of ``statement``."""
        return not self._groups.get(self._group(statement))

    def begin(self, fact: Fact) -> None:
        """Add a fact that stands before anything the episode states."""
        self.added[fact.fact_id] = fact
        group = self._groups[self._group(from_fact(fact))]
        group.append(fact)
        group.sort(key=_start)

    def settle(self, statement: Statement, claim: Claim) -> None:
        """Lay one statement in: nothing where it stands already, else a new fact that ends the one before it.

        What happens at a moment stands beside its like: each occurrence is a fact of its own.
        """
        if rule_for(statement.predicate, self.rules).momentary:
            occurrence = _new_fact(self.episode_id, statement, claim, statement.latest)
            self.added.setdefault(occurrence.fact_id, occurrence)
            return
        group = self._groups[self._group(statement)]
        position = bisect_right(group, statement.earliest, key=_start)
        before = group[position - 1] if position else None
        after = group[position] if position < len(group) else None
        if before is not None and self._stands(before, statement):
            self._observe(group, position - 1, statement)
            return
        if self._denies_another(before, statement):
            return
        if before is not None and (before.valid_to is None or before.valid_to > statement.earliest):
            group[position - 1] = self._end(before, statement)
        self._end_rivals(statement)
        fact = _new_fact(self.episode_id, statement, claim, _earlier(_from(after), self._time_up(statement)))
        if fact.valid_to is not None and fact.valid_to < statement.latest and self._at_some_point(statement):
            fact = fact.model_copy(update={"valid_to": statement.latest, "observed_to": statement.latest})
        self.added[fact.fact_id] = fact
        group.insert(position, fact)

    def _time_up(self, statement: Statement) -> int | None:
        """Where what stands only for a while ends, None for what stands until something ends it."""
        rule = rule_for(statement.predicate, self.rules)
        return None if rule.holds_for is None else time_up(statement.latest, rule.holds_for)

    def _end_rivals(self, statement: Statement) -> None:
        """End what the event of the statement puts an end to: the relationships that it excludes."""
        rule = rule_for(statement.predicate, self.rules)
        if not statement.affirmed or statement.change is None:
            return
        rivals = [self._group(replace(statement, predicate=predicate)) for predicate in rule.excludes]
        if "one_partner" in rule.traits and isinstance(statement.value, EntityRef):
            pair = {statement.subject, statement.value.entity}
            rivals += [key for key in self._groups if _of_one_of(key, statement.predicate, pair)]
        own = self._group(statement)
        for key in rivals:
            group = self._groups.get(key, [])
            position = bisect_right(group, statement.earliest, key=_start) - 1
            if key == own or position < 0 or not permitted(statement, rule_for(group[position].predicate, self.rules)):
                continue
            rival = group[position]
            if rival.polarity == "affirmed" and (rival.valid_to is None or rival.valid_to > statement.earliest):
                group[position] = self._end(rival, statement)

    def _denies_another(self, before: Fact | None, statement: Statement) -> bool:
        """Whether it only says of somebody that a thing another holds is not theirs: that changes nothing."""
        of_holder = "one_holder" in rule_for(statement.predicate, self.rules).traits
        return of_holder and not statement.affirmed and (before is None or before.subject != statement.subject)

    def _stands(self, fact: Fact, statement: Statement) -> bool:
        """Whether the fact says the same as the statement and still holds.

        Of a place, what was told long before is no evidence for now: somebody may have left and come back.
        """
        known, rule = from_fact(fact), rule_for(statement.predicate, self.rules)
        if fact.valid_to is not None and fact.valid_to <= statement.earliest:
            return False
        if "one_place" in rule.traits and max(known.latest, statement.latest) - known.earliest > EXTENT_MINUTES:
            return known.earliest == statement.earliest and self._says_same(known, statement)
        if "named" in rule.traits and known.affirmed and statement.affirmed and statement.change is None:
            known_as, told = known.value, statement.value
            if isinstance(known_as, TextValue) and isinstance(told, TextValue):
                return self.world.one_person(statement.subject, known_as.text, told.text)
        return self._says_same(known, statement)

    def _observe(self, group: list[Fact], position: int, statement: Statement) -> None:
        """Note on a fact of this episode that it was told of again, later."""
        fact = group[position]
        if fact.fact_id in self.added and fact.observed_to is not None and statement.latest > fact.observed_to:
            update: dict[str, int | None] = {"observed_to": statement.latest}
            if not statement.throughout:
                update["sometime"] = True
            time_is_up = self._time_up(statement)
            if time_is_up is not None:
                after = group[position + 1] if position + 1 < len(group) else None
                update["valid_to"] = _earlier(_from(after), time_is_up)
            group[position] = self.added[fact.fact_id] = fact.model_copy(update=update)

    def _end(self, fact: Fact, statement: Statement) -> Fact:
        """The fact as it stands once the statement has ended it.

        Of a time at some point of which somebody was in a place no part is cut off: that point may lie in it.
        """
        update = {"valid_to": statement.earliest}
        if fact.observed_to is not None and self._at_some_point(fact):
            update["valid_to"] = max(statement.earliest, fact.observed_to)
        elif fact.observed_to is not None and fact.observed_to > statement.earliest:
            update["observed_to"] = max(statement.earliest, fact.valid_from or statement.earliest)
        if update["valid_to"] == fact.valid_to:
            return fact
        ended = fact.model_copy(update=update)
        if fact.fact_id in self.added:
            self.added[fact.fact_id] = ended
            return ended
        reason = f"{self.episode_id} tells: {assertion(statement, self.world)}"[:300]
        self.changed[fact.fact_id] = FactChange(before=fact, after=ended, reason=reason)
        return ended

    def _at_some_point(self, told: Fact | Statement) -> bool:
        """Whether it says only that somebody was in a place at some point of a time."""
        statement = from_fact(told) if isinstance(told, Fact) else told
        return not statement.throughout and "one_place" in rule_for(statement.predicate, self.rules).traits

    def _group(self, statement: Statement) -> _Group:
        """The matter a statement belongs to: within it one fact stands at a time."""
        rule = rule_for(statement.predicate, self.rules)
        value, subject = statement.value, statement.subject
        if "one_holder" in rule.traits and isinstance(value, EntityRef):
            return "of", statement.predicate, value.entity
        if isinstance(value, FlagValue) or (_EXCLUSIVE.intersection(rule.traits) and statement.affirmed):
            return "about", statement.predicate, subject
        if "counted" in rule.traits and isinstance(value, NumberValue):
            return "about", statement.predicate, subject, value.unit
        return "alike", *matter(statement, rule)

    def _says_same(self, known: Statement, statement: Statement) -> bool:
        """Whether both say the same, be it the other way round."""
        one, other = (matter(each, rule_for(each.predicate, self.rules)) for each in (known, statement))
        return one == other and known.flag == statement.flag


def _of_one_of(key: _Group, predicate: str, people: set[str]) -> bool:
    """Whether a matter is a relationship of one of ``people``."""
    return key[:2] == ("alike", predicate) and key[3:4] == ("entity",) and not people.isdisjoint((key[2], key[4]))


def _earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two story minutes, of which None is no bound."""
    return other if one is None else one if other is None else min(one, other)


def _new_fact(episode_id: str, statement: Statement, claim: Claim, valid_to: int | None) -> Fact:
    polarity = "affirmed" if statement.affirmed else "denied"
    value: Value = statement.value
    return Fact(
        fact_id=fact_id(episode_id, statement.subject, statement.predicate, value, polarity, statement.earliest),
        subject=statement.subject,
        predicate=statement.predicate,
        object=value,
        polarity="affirmed" if statement.affirmed else "denied",
        valid_from=statement.earliest,
        valid_to=valid_to,
        observed_to=statement.latest if valid_to is None else min(statement.latest, valid_to),
        sometime=not statement.throughout,
        personal_time=claim.personal_time,
        established=claim.telling,
        source=claim.source,
    )


def _from(fact: Fact | None) -> int | None:
    return fact.valid_from if fact is not None else None


def _start(fact: Fact) -> int:
    return ALWAYS if fact.valid_from is None else fact.valid_from
