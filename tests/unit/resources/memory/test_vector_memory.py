"""Vector memory: found again by words and likeness, never from the future, never another project's or tenant's."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.inference.hashed_embedding import HashedEmbedding
from resources.memory import store as store_module
from resources.memory.items import MemoryItem, position_of
from resources.memory.ranking import Ranked
from resources.memory.store import Replaced, VectorMemory
from resources.memory.tables import settled
from resources.memory.wanted import Wanted
from schemas.errors import InputError, IntegrityError, NarrativeError, StorageError
from tests.fakes.memory_items import TEXTS, episode_items, item
from tests.fakes.terminal import ROOT

WORDS = [f"{first}{second}" for first in "bcdfg" for second in ("aro", "ile", "upo", "ena")]
KEY = "Where is the brass key?"


@pytest.fixture
def memory(tmp_path: Path) -> VectorMemory:
    return VectorMemory(tmp_path / "memory", HashedEmbedding(64))


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> VectorMemory:
    """Four episodes of one project and one of another; shared by tests that only read."""
    memory = VectorMemory(tmp_path_factory.mktemp("season"), HashedEmbedding(64))
    for episode in ("s01e01", "s01e02", "s01e10", "s02e01"):
        memory.replace_episode("harbour", episode, episode_items(episode))
    memory.replace_episode(
        "harbour", "s01e03", [item("The brass key opens the brother's chest.", "s01e03", revealed_in="s02e01")]
    )
    memory.replace_episode("cove", "s01e01", [item("The brass key of another series.", project_id="cove", kind="fact")])
    return memory


def texts(memory: VectorMemory, query: str, wanted: Wanted, top_k: int = 10) -> list[str]:
    return [hit.item.text for hit in memory.search(query, wanted, top_k)]


def test_what_shares_words_and_likeness_comes_first(season: VectorMemory) -> None:
    (best,) = season.search(KEY, Wanted("harbour", before="s01e02"), top_k=1)
    assert best.item == item(TEXTS[0], "s01e01", 1)
    assert best.rank == Ranked(best.item.item_id, 1 / 61 + 1 / 61, 1, 1)


def test_recall_never_sees_the_future(season: VectorMemory) -> None:
    found = season.search(KEY, Wanted("harbour", before="s01e10"), top_k=100)
    assert {hit.item.episode_id for hit in found} == {"s01e01", "s01e02"}
    assert season.search(KEY, Wanted("harbour", before="s01e01")) == ()
    everything = season.search(KEY, Wanted("harbour"), top_k=100)
    assert {hit.item.episode_id for hit in everything} == {"s01e01", "s01e02", "s01e03", "s01e10", "s02e01"}


def test_apart_the_future_has_no_part_even_in_the_weights_of_words(memory: VectorMemory) -> None:
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    past, query = Wanted("harbour", before="s01e02"), "the brass rope of the keeper"
    before = memory.search(query, past, apart=True)
    assert before == memory.search(query, past)
    later = [f"The rope, the rope, a rope: {word}." for word in WORDS]
    memory.replace_episode("harbour", "s01e02", episode_items("s01e02", later))
    assert memory.search(query, past, apart=True) == before
    assert memory.search(query, past) != before


def test_what_is_revealed_later_stays_out_until_then(season: VectorMemory) -> None:
    secret = "The brass key opens the brother's chest."
    assert secret not in texts(season, secret, Wanted("harbour", before="s01e10"), 100)
    assert texts(season, secret, Wanted("harbour", before="s02e01"), 1) == [secret]


def test_another_project_s_items_are_never_found(season: VectorMemory) -> None:
    assert {hit.item.project_id for hit in season.search(KEY, Wanted("harbour"), 100)} == {"harbour"}
    assert len(season.search(KEY, Wanted("cove"), 100)) == 1


def test_kinds_and_episodes_restrict(season: VectorMemory) -> None:
    assert season.search(KEY, Wanted("harbour", kinds=("fact", "event"))) == ()
    found = season.search(KEY, Wanted("harbour", episodes=("s01e02",), kinds=("scene",)), 100)
    assert {hit.item.episode_id for hit in found} == {"s01e02"}


ATTACKS = ["' OR 1=1 --", "harbour' OR '1'='1", "harbour OR 1=1", "*", "", "x" * 65, "../cove", "Harbour", "h\n"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_but_ids_gets_into_a_filter(attack: str) -> None:
    with pytest.raises(InputError, match="nothing was searched"):
        Wanted(attack)
    with pytest.raises(InputError, match="nothing was searched"):
        Wanted("harbour", episodes=(attack,))
    with pytest.raises(InputError, match="nothing was searched"):
        Wanted("harbour", kinds=(attack,))  # type: ignore[arg-type]
    if attack:
        with pytest.raises(InputError, match="nothing was searched"):
            Wanted("harbour", before=attack)


@given(st.one_of(st.sampled_from([a for a in ATTACKS if a]), st.text(st.characters(codec="utf-8"), max_size=80)))
@settings(max_examples=30, deadline=None)
def test_a_query_is_words_to_look_for_and_nothing_else(season: VectorMemory, query: str) -> None:
    try:
        found = season.search(query, Wanted("cove"), top_k=200)
    except InputError:
        assert not query.strip()
        return
    assert {hit.item.project_id for hit in found} == {"cove"}


@pytest.mark.parametrize(("query", "top_k"), [("", 5), (" \n", 5), ("x" * 2_001, 5), ("key", 0), ("key", 201)])
def test_a_boundless_search_is_refused(season: VectorMemory, query: str, top_k: int) -> None:
    with pytest.raises(InputError, match="A search needs"):
        season.search(query, Wanted("harbour"), top_k)


def test_a_query_without_a_unicode_form_is_an_error_in_words(season: VectorMemory) -> None:
    with pytest.raises(NarrativeError):
        season.search("\ud800 key", Wanted("harbour"))


def test_an_item_is_kept_once(memory: VectorMemory) -> None:
    twice = [item(TEXTS[0]), item(TEXTS[0]), item(TEXTS[1], scene=2)]
    assert memory.replace_episode("harbour", "s01e01", twice) == Replaced(added=2, kept=0, removed=0)
    version = memory.figures().version
    assert memory.replace_episode("harbour", "s01e01", twice) == Replaced(added=0, kept=2, removed=0)
    assert memory.figures().version == version
    assert memory.figures().items == 2


def test_a_rewritten_episode_leaves_nothing_behind(memory: VectorMemory) -> None:
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    memory.replace_episode("harbour", "s01e02", episode_items("s01e02"))
    new = [
        item(TEXTS[0], source_hash="b" * 64),
        item("Mara throws the key into the sea.", scene=2, source_hash="b" * 64),
    ]
    assert memory.replace_episode("harbour", "s01e01", new) == Replaced(added=1, kept=1, removed=5)
    found = memory.search("key rope boat letter", Wanted("harbour", episodes=("s01e01",)), 100)
    assert {hit.item for hit in found} == set(new)
    assert memory.sources("harbour") == {"s01e01": "b" * 64, "s01e02": "a" * 64}
    assert memory.replace_episode("harbour", "s01e02", []) == Replaced(0, 0, 6)
    assert memory.figures().by_episode == {"harbour/s01e01": 2}


def test_items_of_another_episode_are_refused(memory: VectorMemory) -> None:
    with pytest.raises(InputError, match="Not all"):
        memory.replace_episode("harbour", "s01e02", [item(TEXTS[0])])
    assert memory.search(KEY, Wanted("harbour")) == ()


def test_what_is_found_does_not_depend_on_how_the_items_came(memory: VectorMemory, tmp_path: Path) -> None:
    other = VectorMemory(tmp_path / "other", HashedEmbedding(64))
    episodes = [f"s01e{number:02d}" for number in range(1, 10)]
    for episode in episodes:
        memory.replace_episode("harbour", episode, episode_items(episode))
    other.replace_episode("harbour", "s01e01", [item("The key is a brass key, said the brass keeper.")])
    for episode in reversed(episodes):
        other.replace_episode("harbour", episode, episode_items(episode, TEXTS[::-1])[:2])
        other.replace_episode("harbour", episode, episode_items(episode)[::-1])
    for query in (KEY, "storm", "the lamp at night", "rope and letter"):
        for top_k in (1, 3, 10, 60):
            assert memory.search(query, Wanted("harbour"), top_k) == other.search(query, Wanted("harbour"), top_k)


@pytest.mark.parametrize("others", [0, 5, 20])
def test_of_many_equals_the_same_are_found_however_they_came(memory: VectorMemory, tmp_path: Path, others: int) -> None:
    items = [item(f"The brass key, a brass key: {word}", scene=500 + n) for n, word in enumerate(WORDS[:others])]
    items += [item("The key and the door of the tower, which nobody locks.", scene=n) for n in range(1, 90)]
    turned = VectorMemory(tmp_path / "other", HashedEmbedding(64))
    memory.replace_episode("harbour", "s01e01", items)
    turned.replace_episode("harbour", "s01e01", items[::-1])
    found = memory.search("brass key", Wanted("harbour"), 12)
    assert len(found) == 12
    assert found == turned.search("brass key", Wanted("harbour"), 12)


def test_a_new_source_of_the_same_items_is_noted(memory: VectorMemory) -> None:
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    again = memory.replace_episode("harbour", "s01e01", episode_items("s01e01", source_hash="b" * 64))
    assert again == Replaced(added=0, kept=6, removed=0)
    assert memory.sources("harbour") == {"s01e01": "b" * 64}


def test_a_memory_whose_index_was_lost_mends_itself(memory: VectorMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    with monkeypatch.context() as patched:
        patched.setattr(store_module, "settle", lambda table: None)
        memory.replace_episode("harbour", "s01e02", episode_items("s01e02"))
    current = memory.tables.current()
    assert current is not None
    assert not settled(memory.tables.open(current))
    assert memory.search(KEY, Wanted("harbour"), 1)[0].item.text == TEXTS[0]
    assert settled(memory.tables.open(current))


def test_two_writers_lose_nothing(memory: VectorMemory) -> None:
    failed: list[BaseException] = []

    def write(season: int) -> None:
        try:
            own = VectorMemory(memory.tables.folder, HashedEmbedding(64))
            for number in range(1, 5):
                episode = f"s{season:02d}e{number:02d}"
                own.replace_episode("harbour", episode, episode_items(episode))
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(season,)) for season in (1, 2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not failed
    figures = memory.figures()
    assert len(figures.by_episode) == 8
    assert figures.items == 8 * len(TEXTS)


def test_another_model_s_vectors_are_never_mixed_in(memory: VectorMemory) -> None:
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    other = VectorMemory(memory.tables.folder, HashedEmbedding(32))
    for refused in (lambda: other.search(KEY, Wanted("harbour")), other.figures, other.rows):
        with pytest.raises(InputError, match="was made with hashed words and trigrams 1, 64 dimensions") as error:
            refused()
        assert "narrative memory reindex" in error.value.remedy
    with pytest.raises(InputError, match="was made with"):
        other.replace_episode("harbour", "s01e01", [])


def test_reindexing_swaps_the_whole_table(memory: VectorMemory) -> None:
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    before = memory.search(KEY, Wanted("harbour"))
    other = VectorMemory(memory.tables.folder, HashedEmbedding(32))
    assert other.reindex() == len(TEXTS)
    assert {hit.item for hit in other.search(KEY, Wanted("harbour"))} == {hit.item for hit in before}
    assert len(list(memory.tables.folder.glob("*.lance"))) == 1
    assert memory.reindex() == len(TEXTS)
    assert memory.search(KEY, Wanted("harbour")) == before


def test_a_search_goes_on_while_the_table_is_swapped(memory: VectorMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    before = memory.search(KEY, Wanted("harbour"))
    readable = memory._readable

    def swapped_meanwhile(*, whole: bool = True) -> object:
        table = readable(whole=whole)
        monkeypatch.undo()
        VectorMemory(memory.tables.folder, HashedEmbedding(64)).reindex()
        return table

    monkeypatch.setattr(memory, "_readable", swapped_meanwhile)
    assert memory.search(KEY, Wanted("harbour")) == before


def test_another_process_finds_the_same_and_killed_while_reindexing_leaves_the_old_table(
    memory: VectorMemory, tmp_path: Path
) -> None:
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    first = [
        f"{hit.rank.item_id} {hit.rank.score.hex()} {hit.rank.word_rank} {hit.rank.vector_rank}"
        for hit in memory.search(KEY, Wanted("harbour"))
    ]
    many = [item(f"{text} For the {number}th time.", scene=number) for number in range(1, 60) for text in TEXTS]
    memory.replace_episode("harbour", "s01e01", many)
    before = memory.search(KEY, Wanted("harbour"))
    command = [sys.executable, "-m", "tests.fakes.memory_items", str(memory.tables.folder), str(tmp_path / "other")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.splitlines() == first
    assert done.returncode == -9, done.stderr
    assert len(list(memory.tables.folder.glob("*.lance"))) == 2
    assert VectorMemory(memory.tables.folder, HashedEmbedding(64)).search(KEY, Wanted("harbour")) == before
    assert VectorMemory(memory.tables.folder, HashedEmbedding(32)).reindex() == len(many)
    assert len(list(memory.tables.folder.glob("*.lance"))) == 1


def test_a_damaged_memory_is_an_error_in_words(memory: VectorMemory) -> None:
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    folder = memory.tables.folder
    for path in folder.rglob("*.lance"):
        if path.is_file():
            path.write_bytes(b"")
    with pytest.raises(StorageError, match="vector memory cannot be"):
        VectorMemory(folder, HashedEmbedding(64)).search(KEY, Wanted("harbour"))
    (folder / "current.json").write_text('{"table": "../elsewhere"}')
    with pytest.raises(IntegrityError, match=r"current\.json is damaged"):
        VectorMemory(folder, HashedEmbedding(64)).search(KEY, Wanted("harbour"))


def test_positions_follow_the_story() -> None:
    order = ["s01e01", "s01e02", "s01e10", "s01e100", "s02e01", "s10e01"]
    assert sorted(order, key=position_of) == order
    assert position_of("s01e01") + 9_999 < position_of("s01e02")
    assert item("x", "s01e02", 3).position == position_of("s01e02") + 3


def test_an_item_s_identity_is_what_it_says_and_where() -> None:
    first = item(TEXTS[0])
    assert first.item_id == item(TEXTS[0], source_hash="b" * 64, source="elsewhere").item_id
    others = [item(TEXTS[1]), item(TEXTS[0], scene=2), item(TEXTS[0], "s01e02"), item(TEXTS[0], kind="event")]
    assert len({first.item_id, *(other.item_id for other in others)}) == 5
    assert isinstance(first, MemoryItem)
