"""Secrets: the truths that wait for their reveal, found by what they say.

Who may play with them is judged in ``narrative_assets.canon.kinds.reveals``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from narrative_assets.canon.identity import episode_order
from narrative_assets.canon.rules import RuleBook, rule_for
from narrative_assets.canon.statements import EVER, Statement, from_fact, matter, plain_words
from narrative_assets.canon.words import assertion
from narrative_assets.canon.world import World
from schemas.canon import Fact
from schemas.story import TextValue

_ABOUT_A_TRUTH = frozenset({"reveals", "knows", "relies_on"})


class Secrets:
    """The truths that an episode may not give away yet, found by what they say."""

    def __init__(self, facts: Iterable[Fact], episode_id: str, world: World) -> None:
        """``facts`` are looked through once; those revealed in ``episode_id`` or before are no secrets."""
        self._by_matter: defaultdict[tuple[str, ...], list[Statement]] = defaultdict(list)
        self._ids: set[str] = set()
        self._by_words: defaultdict[str, list[Statement]] = defaultdict(list)
        here = episode_order(episode_id)
        for fact in facts:
            if fact.revealed_in is not None and episode_order(fact.revealed_in) > here:
                self._keep(from_fact(fact), fact, world)

    def _keep(self, secret: Statement, fact: Fact, world: World) -> None:
        self._ids.add(fact.fact_id)
        self._by_matter[matter(secret, rule_for(secret.predicate, world.rules))].append(secret)
        words = {plain_words(fact.fact_id), plain_words(assertion(secret, world))}
        if isinstance(secret.value, TextValue):
            words.add(plain_words(secret.value.text))
        for each in sorted(words):
            self._by_words[each].append(secret)

    def __bool__(self) -> bool:
        return bool(self._by_matter)

    def __contains__(self, fact: Fact) -> bool:
        return fact.fact_id in self._ids

    def told_by(self, statement: Statement, rules: RuleBook) -> Statement | None:
        """The secret that the statement gives away, by saying the same or by naming it."""
        for secret in self._by_matter.get(matter(statement, rule_for(statement.predicate, rules)), ()):
            start = secret.earliest
            until = EVER if secret.ends is None else secret.ends
            begun = start <= statement.latest
            if secret.flag is statement.flag and begun and (statement.earliest < until or until == start):
                return secret
        if statement.predicate in _ABOUT_A_TRUTH and isinstance(statement.value, TextValue) and statement.affirmed:
            return next(iter(self._by_words.get(plain_words(statement.value.text), ())), None)
        return None
