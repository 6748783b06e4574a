"""A long season in the canon store: reads give what all of canon gives, and look at no more rows as it grows."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, inspect

from benchmarks import continuity_season as bench
from narrative_assets.canon import CanonSource, propose_diff, rules_of, scoped_canon
from narrative_assets.canon.history import Placed, Span, kept, over_at
from narrative_assets.canon.index import CanonIndex
from resources import database
from resources.canon_store import CanonStore, source
from resources.canon_store.log import find_head
from resources.canon_store.source import StoredCanon
from schemas.canon import Canon, CanonDiff, Fact, FactChange
from schemas.canonical import canonical_json, content_hash
from schemas.story import EntityRef, FlagValue, Value
from tests.fakes.canon_diffs import PEOPLE, PLACES, diff, fact, project

EPISODES = 12
AFTER = "s02e01"
THINGS = ("brass_key", "lamp", "rope")
TEXTS = ("wet", "tired", "the way", "who lit the fire")


@pytest.fixture
def store(engine: Engine) -> CanonStore:
    return CanonStore(engine, "studio-a")


def grown(store: CanonStore, dice: random.Random) -> None:
    """Episodes that tell much of a few people, often of the same minute, and end some of what was told before."""
    standing: list[Fact] = []
    for number in range(1, EPISODES + 1):
        episode = f"s01e{number:02d}"
        told = {each.fact_id: each for each in (_random_fact(dice, episode, number) for _ in range(25))}
        ended = [each for each in standing if each.valid_to is None and dice.random() < 0.3]
        changes = [
            FactChange(before=each, after=each.model_copy(update={"valid_to": number * 100}), reason="over")
            for each in ended
        ]
        given = diff(episode, *told.values(), story_minute=number * 100, modified_facts=tuple(changes))
        store.append(project(), given, content_hash(given), approver="Ana")
        standing = [each for each in standing if each not in ended] + list(told.values())


def _random_fact(dice: random.Random, episode: str, number: int) -> Fact:
    predicate = dice.choice(("located_at", "acts", "holds", "holds", "owns", "knows", "state", "hair"))
    value: str | bool | Value = dice.choice(TEXTS)
    if predicate == "located_at":
        value = EntityRef(entity=dice.choice(PLACES))
    elif predicate in ("holds", "owns", "knows") and dice.random() < 0.8:
        value = EntityRef(entity=dice.choice(THINGS))
    elif predicate == "acts":
        value = FlagValue(flag=dice.random() < 0.9)
    start = (number - 1) * 100 + dice.randrange(0, 100, 20)
    end = dice.choice((None, start, start + 30, start + 200))
    denied = "denied" if dice.random() < 0.1 else "affirmed"
    return fact(episode, dice.choice(PEOPLE), predicate, value, start, valid_to=end, polarity=denied)


def spans() -> Iterator[Span]:
    for start in (-5, 130, 500, 1_190, 5_000):
        yield Span(
            start=start,
            whereabouts=frozenset({"located_at", "acts"}),
            in_hand=frozenset({"holds", "owns"}),
            by_value=frozenset({"knows", "state"}),
            texts=frozenset(TEXTS[:2]),
        )
        yield Span(start=start, in_hand=frozenset({"holds"}))
    yield Span()


def asked(canon: CanonSource, span: Span) -> list[list[str]]:
    """What a source gives, without what the span leaves out."""

    def left(facts: Iterable[Placed[Fact]], bound: Iterable[str]) -> list[str]:
        return sorted({each.fact_id for _, each in kept(dict(facts).items(), span, set(bound))})

    return [
        *[left(canon.facts_about(some, span), some) for some in (PEOPLE, PEOPLE[:1], THINGS, ())],
        *[left(canon.facts_of(some, "located_at", span), ()) for some in (THINGS, THINGS[1:2], PLACES, ())],
        *[left(canon.facts_since(("holds", "state"), minute), ()) for minute in (-5, 300, 5_000)],
    ]


@pytest.mark.parametrize("seed", range(4))
def test_facts_without_their_past_are_those_of_all_of_canon(engine: Engine, store: CanonStore, seed: int) -> None:
    grown(store, random.Random(seed))
    for as_of in ("s01e01", "s01e02", "s01e07", "s01e12", AFTER):
        whole = CanonIndex(store.canon(project(), as_of))
        with engine.connect() as connection:
            head = find_head(connection, "studio-a", "lighthouse")
            assert head is not None
            stored = StoredCanon(connection, "studio-a", head.series, "lighthouse", as_of)
            for span in spans():
                assert asked(stored, span) == asked(whole, span), (as_of, span)


@pytest.mark.parametrize("seed", range(3))
def test_what_concerns_a_few_is_the_newest_that_stands(
    store: CanonStore, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in (("MOST_WORDS", 9), ("MOST_FACTS", 8), ("_MERGED", 3)):
        monkeypatch.setattr(source, name, most)
    grown(store, random.Random(seed))
    for as_of in ("s01e01", "s01e03", "s01e09", AFTER):
        whole = store.canon(project(), as_of)
        for subjects in (PEOPLE, PEOPLE[1:2]):
            found = store.relevant(project(), as_of, subjects)
            assert list(found.persistent_states) == _standing(whole, subjects), as_of
            assert found.story_minute == whole.story_minute
            assert found.last_summary == whole.last_summary


def _standing(canon: Canon, subjects: Iterable[str]) -> list[Fact]:
    concerned, minute = set(subjects), canon.story_minute
    theirs = [
        placed
        for placed in enumerate(canon.persistent_states)
        if placed[1].subject in concerned and over_at(placed[1]) > minute
    ]
    piling_up = [placed for placed in theirs if placed[1].predicate in ("knows", "state")]
    others = [placed for placed in theirs if placed not in piling_up]
    newest = sorted([*piling_up[-9:], *others[-8:]], key=lambda placed: placed[0])
    return [each for _, each in newest if each.valid_to is None or each.valid_to > minute]


def _told(store: CanonStore, number: int) -> tuple[Canon, CanonDiff]:
    script = bench.episode(number)
    part = store.scoped(bench.project(), script, script.episode_id)
    return part, propose_diff(part, script, "0" * 64, "0" * 64, rules=rules_of(bench.project()))


def test_a_long_season_is_judged_on_its_part_as_on_all_of_canon(store: CanonStore) -> None:
    parts: dict[int, Canon] = {}
    for number in range(1, 21):
        parts[number], proposed = _told(store, number)
        store.append(bench.project(), proposed, content_hash(proposed), approver="Ana")
    for number in (1, 2, 13, 20):
        script = bench.episode(number)
        whole = store.canon(bench.project(), script.episode_id)
        of_all = scoped_canon(CanonIndex(whole), script, script.episode_id, rules=rules_of(bench.project()))
        assert canonical_json(parts[number]) == canonical_json(of_all)
        assert canonical_json(_told(store, number)[0]) == canonical_json(of_all)


def test_an_episode_looks_at_no_more_rows_however_many_there_are(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in (("MOST_WORDS", 40), ("MOST_EVENTS", 20)):
        monkeypatch.setattr(source, name, most)
    engine = database.open_database(sqlite_url)
    steps: list[int] = []
    event.listen(engine, "checkout", lambda opened, *_: opened.set_progress_handler(lambda: steps.append(1), 50))
    store = CanonStore(engine, "studio-a")
    heroes = [member.id for member in bench.project().cast]
    worked: dict[int, int] = {}
    for number in range(1, 41):
        steps.clear()
        store.relevant(bench.project(), bench.episode_id(number), heroes)
        _, proposed = _told(store, number)
        store.append(bench.project(), proposed, content_hash(proposed), approver="Ana")
        worked[number] = len(steps)
    engine.dispose()
    late, early = (statistics.median(worked[number] for number in some) for some in (range(31, 41), range(6, 16)))
    assert 0 < late < 1.15 * early


def test_a_database_of_the_revision_before_is_upgraded_with_its_canon(database_url: str) -> None:
    _at_revision(database_url, "0004")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "_HEAD", "0004")
        engine = database.open_database(database_url)
        store = CanonStore(engine, "studio-a")
        grown(store, random.Random(5))
        before = canonical_json(store.canon(project(), AFTER))
        engine.dispose()
    engine = database.open_database(database_url)
    names = {index["name"] for index in inspect(engine).get_indexes("canon_states")}
    assert {"canon_states_by_matter", "canon_states_by_text", "canon_states_by_object_until"} <= names
    store = CanonStore(engine, "studio-a")
    assert canonical_json(store.canon(project(), AFTER)) == before
    assert store.verify(project()) == []
    engine.dispose()


def _at_revision(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
