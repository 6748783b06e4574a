"""The cache's limit: the least recently used goes first, what artifacts refer to never, what has ended always."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event, select, update

from resources import cache_index, pruning
from resources.pruning import cache_figures, cache_limit, keep_within_limit, prune, referred_blobs
from resources.registry import ArtifactStore, Production
from resources.tables import CacheRow
from schemas.errors import InputError
from tests.fakes.artifacts import sample


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


def keep(
    store: ArtifactStore, name: str, used: str, *, size: int = 100, expires: str = "", figures: object = ()
) -> str:
    """An entry whose file has ``size`` bytes, last used on the day ``used``."""
    blob = store.blobs.put(name.encode().ljust(size, b"."), "image/png")
    store.cache("picture", name.ljust(64, "0"), blob.sha256, {"more": figures}, expires)
    with store.engine.begin() as connection:
        connection.execute(update(CacheRow).where(CacheRow.key == name.ljust(64, "0")).values(last_used=used))
    return blob.sha256


def kept(store: ArtifactStore) -> set[str]:
    """The names of the entries that are there, without using them."""
    with store.engine.connect() as connection:
        return {key.rstrip("0") for key in connection.scalars(select(CacheRow.key))}


def given(store: ArtifactStore) -> set[str]:
    """The names of the entries that the store gives, using them."""
    return {name for name in "abc" if store.pieces.get("picture", name.ljust(64, "0")) is not None}


def test_what_was_used_longest_ago_goes_first_and_its_file_with_it(store: ArtifactStore) -> None:
    files = {name: keep(store, name, f"2026-01-0{day}") for name, day in (("a", 3), ("b", 1), ("c", 2))}
    pruned = prune(store, 150)
    assert (pruned.entries, pruned.files, pruned.bytes, pruned.left_bytes, pruned.over) == (2, 2, 200, 100, 0)
    assert kept(store) == {"a"}
    assert [store.blobs.intact(files[name]) for name in "abc"] == [True, False, False]


def test_a_rehearsal_says_the_same_and_removes_nothing(store: ArtifactStore) -> None:
    for name in ("a", "b"):
        keep(store, name, "2026-01-01")
    assert prune(store, 100, rehearse=True).entries == 1
    assert kept(store) == {"a", "b"}


def test_nothing_goes_while_the_cache_is_within_its_limit(store: ArtifactStore) -> None:
    keep(store, "a", "2020-01-01")
    assert prune(store, 100).entries == 0
    assert kept(store) == {"a"}


def test_what_an_artifact_refers_to_stays_and_does_not_count(store: ArtifactStore) -> None:
    used = keep(store, "a", "2020-01-01")
    keep(store, "b", "2021-01-01")
    plan = sample("RenderPlan")
    asset = plan.assets[0]  # type: ignore[attr-defined]
    blob = asset.blob.model_copy(update={"uri": f"blob:sha256:{used}"})
    plan = plan.model_copy(update={"assets": (asset.model_copy(update={"blob": blob}),)})
    digest = store.save(plan, Production(project="p", episode="s01e01", stage_key="k" * 64, code_version="1"))
    assert {used, digest} <= referred_blobs(store)
    pruned = prune(store, 0)
    assert (pruned.entries, pruned.left_bytes) == (1, 0)
    assert kept(store) == {"a"}
    assert store.blobs.intact(used)


def test_a_file_that_two_entries_share_stays_until_both_are_gone(store: ArtifactStore) -> None:
    first = keep(store, "a", "2020-01-01")
    keep(store, "b", "2021-01-01", figures=[f"blob:sha256:{first}"])
    keep(store, "c", "2022-01-01")
    prune(store, 200)
    assert (kept(store), store.blobs.intact(first)) == ({"c"}, False)


def test_what_was_used_today_stays_and_the_excess_is_told(
    store: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "today", lambda: "2026-01-02")
    keep(store, "a", "2026-01-01")
    keep(store, "b", "2026-01-02")
    pruned = prune(store, 20)
    assert (kept(store), pruned.left_bytes, pruned.over) == ({"b"}, 100, 80)


def test_what_has_ended_is_not_given_and_goes_first_whatever_the_limit(
    store: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pruning, cache_index):
        monkeypatch.setattr(module, "today", lambda: "2026-01-02")
    keep(store, "a", "2026-01-02", expires="2026-01-01")
    keep(store, "b", "2026-01-02", expires="2026-01-02")
    assert given(store) == {"b"}
    pruned = prune(store, 10**9)
    assert (pruned.entries, pruned.expired, pruned.files) == (1, 1, 1)


def test_a_use_is_noted_by_the_day_and_written_in_one_step(store: ArtifactStore) -> None:
    for name in ("a", "b", "c"):
        keep(store, name, "2026-01-01")
    written = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: written.append(call[2]))
    for _ in range(5):
        assert given(store) == {"a", "b", "c"}
    assert not any(statement.startswith("UPDATE") for statement in written)
    store.pieces.flush()
    assert sum(statement.startswith("UPDATE") for statement in written) == 1
    (figures,) = cache_figures(store)
    assert figures.oldest_use == figures.newest_use > "2026-01-01"
    written.clear()
    given(store)
    store.pieces.flush()
    assert not any(statement.startswith("UPDATE") for statement in written)


def test_the_figures_tell_what_the_cache_alone_holds(store: ArtifactStore) -> None:
    keep(store, "a", "2026-01-01", size=300)
    keep(store, "b", "2026-01-03", size=200)
    (figures,) = cache_figures(store)
    assert (figures.namespace, figures.entries, figures.files, figures.bytes, figures.own_bytes) == (
        "picture", 2, 2, 500, 500,
    )  # fmt: skip
    assert (figures.oldest_use, figures.newest_use, figures.expired) == ("2026-01-01", "2026-01-03", 0)


def test_a_run_prunes_once_a_day_and_only_above_the_limit(
    store: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, "a", "2026-01-01")
    assert keep_within_limit(store) is None
    monkeypatch.setenv("NARRATIVE_CACHE_GB", "0")
    assert keep_within_limit(store) is None
    assert kept(store) == {"a"}
    (store.root / store.tenant / ".cache-pruned").unlink()
    keep(store, "a", "2026-01-01")
    pruned = keep_within_limit(store)
    assert pruned is not None
    assert (pruned.entries, kept(store)) == (1, set())


@pytest.mark.parametrize("stated", ["lots", "-1", "nan", "1e12"])
def test_a_limit_that_is_no_size_is_refused_in_words(stated: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATIVE_CACHE_GB", stated)
    with pytest.raises(InputError, match="which is no size"):
        cache_limit()


def test_bytes_read_before_are_not_read_again_until_something_touches_the_file(
    store: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resources import blobs

    digest = store.blobs.put(b"picture", "image/png").sha256
    monkeypatch.setattr(blobs, "_SETTLED_NS", 0)
    assert store.blobs.intact(digest)
    reads: list[Path] = []
    true_hash = blobs.file_sha256
    monkeypatch.setattr(blobs, "file_sha256", lambda path: (reads.append(path), true_hash(path))[1])
    assert store.blobs.intact(digest)
    assert reads == []
    store.blobs.path(digest).write_bytes(b"picturf")
    assert not store.blobs.intact(digest)
    assert len(reads) == 1
    assert store.blobs.damaged() == (1, [digest])
