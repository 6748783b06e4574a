"""Canon as a page that people read: who is where and holds what, what is owed, what happened and who says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from narrative_assets.canon.kinds import RULES
from narrative_assets.canon.rules import RuleBook
from narrative_assets.canon.statements import from_fact
from narrative_assets.canon.words import assertion, date, place_in_telling
from narrative_assets.canon.world import World
from schemas.canon import Canon, Fact
from schemas.story import Telling

MAX_EVENTS = 40
MAX_FACTS_EACH = 12
_QUIET = frozenset({"name", "acts"})
"""Predicates that say nothing to a reader beside the heading of their subject."""


def canon_page(canon: Canon, *, rules: RuleBook = RULES) -> str:
    """Canon in Markdown: people, things, rules, threads and the newest events, each fact with its source."""
    world = World(canon, rules=rules)
    standing = _standing(canon)
    parts = [f"# {canon.project_id} before {canon.as_of}", f"The story has come to {date(canon.story_minute)}."]
    parts += _people(canon, standing, world)
    parts += _things(canon, standing, world)
    parts += _section("Rules of the world", (f"- **{rule.rule_id}**: {rule.statement}" for rule in canon.world_rules))
    parts += _section("Open threads", (f"- {_thread(t.question, t.planted_in)}" for t in canon.threads if not t.closed))
    parts += _section(
        "Closed threads",
        (f"- {thread.question} (answered in {thread.pays_off_in})" for thread in canon.threads if thread.closed),
    )
    newest = sorted(canon.timeline_events, key=lambda event: (event.story_time.earliest, event.event_id))[-MAX_EVENTS:]
    parts += _section(
        "What happened last",
        (f"- {date(e.story_time.earliest)}: {e.summary} ({_source(e.telling)})" for e in newest),
    )
    return "\n".join(parts) + "\n"


def _standing(canon: Canon) -> dict[str, list[Fact]]:
    """The facts that hold where the story has come to, by subject, in order of predicate and time."""
    found: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in canon.persistent_states:
        over = fact.valid_to is not None and fact.valid_to <= canon.story_minute
        if not over and fact.predicate not in _QUIET:
            found[fact.subject].append(fact)
    for facts in found.values():
        facts.sort(key=lambda fact: (fact.predicate, fact.valid_from or 0, fact.fact_id))
    return dict(found)


def _people(canon: Canon, standing: dict[str, list[Fact]], world: World) -> list[str]:
    parts = ["", "## People"] if canon.characters else []
    for character in canon.characters:
        also = f", also {', '.join(character.aliases)}" if character.aliases else ""
        parts += ["", f"**{character.name}** (`{character.character_id}`{also})"]
        parts += _facts(standing.get(character.character_id, []), world)
    return parts


def _things(canon: Canon, standing: dict[str, list[Fact]], world: World) -> list[str]:
    named = [(thing.thing_id, thing.name) for thing in canon.things]
    named += [(place.location_id, place.name) for place in canon.locations]
    parts: list[str] = []
    for identifier, name in named:
        facts = standing.get(identifier, [])
        if facts:
            parts += ["", f"**{name}** (`{identifier}`)", *_facts(facts, world)]
    return ["", "## Things and places", *parts] if parts else []


def _facts(facts: list[Fact], world: World) -> Iterator[str]:
    for fact in facts[:MAX_FACTS_EACH]:
        said = assertion(from_fact(fact), world).removeprefix(world.name(fact.subject)).lstrip(": ")
        yield f"- {said} ({_source(fact.established) if fact.established else fact.source.document})"
    if len(facts) > MAX_FACTS_EACH:
        yield f"- and {len(facts) - MAX_FACTS_EACH} more"


def _source(telling: Telling) -> str:
    """Episode and scene: enough to find it again."""
    return place_in_telling(telling.model_copy(update={"element_id": None}))


def _section(title: str, lines: Iterable[str]) -> list[str]:
    told = list(lines)
    return ["", f"## {title}", *told] if told else []


def _thread(question: str, planted_in: str | None) -> str:
    return f"{question} (open since {planted_in})" if planted_in else question
