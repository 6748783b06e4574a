"""The store keeps what it was given, finds it by key, and notices damage."""

from pathlib import Path

import pytest

from resources.blobs import BlobFolder
from resources.registry import ArtifactStore, Production, stage_key
from schemas.errors import InputError, IntegrityError
from schemas.story import ContextPack


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


def pack(summary: str = "All is well.") -> ContextPack:
    return ContextPack(project_id="p", episode_id="s01e01", canon_hash="0" * 64, last_summary=summary)


def production(key: str = "k" * 64, **changes: object) -> Production:
    return Production(project="p", episode="s01e01", stage_key=key, code_version="1", **changes)  # type: ignore[arg-type]


def test_an_artifact_is_found_under_its_stage_key(store: ArtifactStore) -> None:
    digest = store.save(pack(), production())
    assert store.find("k" * 64, ContextPack) == pack()
    assert store.load(digest, ContextPack) == pack()
    assert store.find("x" * 64, ContextPack) is None


def test_saving_twice_changes_nothing(store: ArtifactStore) -> None:
    assert store.save(pack(), production()) == store.save(pack(), production())
    assert len(store.records()) == 1


def test_a_damaged_artifact_is_not_found_but_named(store: ArtifactStore) -> None:
    digest = store.save(pack(), production())
    store.blobs.path(digest).write_bytes(b"{}")
    assert store.find("k" * 64, ContextPack) is None
    with pytest.raises(IntegrityError, match="has changed on disk"):
        store.load(digest, ContextPack)
    assert [(record.content_hash, why.split("… ")[1]) for record, why in store.verify()] == [
        (digest, "has changed on disk.")
    ]


def test_a_damaged_blob_is_put_right_by_storing_it_again(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path)
    ref = blobs.put(b"picture", "image/png")
    blobs.path(ref.sha256).write_bytes(b"broken")
    blobs.put(b"picture", "image/png")
    assert blobs.read(ref) == b"picture"


def test_a_blob_that_is_gone_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match=r"is missing.*Run the episode again"):
        BlobFolder(tmp_path).read("a" * 64)


def test_tenants_do_not_see_each_other(tmp_path: Path) -> None:
    ours = ArtifactStore(tmp_path, tenant="ours")
    theirs = ArtifactStore(tmp_path, tenant="theirs")
    digest = ours.save(pack(), production())
    ours.set_head("p", "s01e01", "", "ContextPack", digest)
    assert theirs.find("k" * 64, ContextPack) is None
    assert theirs.head("p", "s01e01", "", "ContextPack") is None
    assert theirs.records() == []
    with pytest.raises(IntegrityError):
        theirs.load(digest, ContextPack)


def test_a_record_is_found_by_the_first_digits_of_its_hash(store: ArtifactStore) -> None:
    digest = store.save(pack(), production(parents={"canon": "1" * 64}, parameters={"seed": 7}))
    record = store.record(digest[:8])
    assert (record.kind, record.content_hash, record.parents, record.parameters) == (
        "ContextPack",
        digest,
        {"canon": "1" * 64},
        {"seed": 7},
    )
    for prefix in ("", "abc", "0" * 12, "%"):
        with pytest.raises(InputError):
            store.record(prefix)


def test_a_stage_key_changes_with_inputs_parameters_and_code() -> None:
    base = stage_key("Script", {"plan": "a"}, {"seed": 1}, "1")
    assert base == stage_key("Script", {"plan": "a"}, {"seed": 1}, "1")
    others = [
        stage_key("ShotList", {"plan": "a"}, {"seed": 1}, "1"),
        stage_key("Script", {"plan": "b"}, {"seed": 1}, "1"),
        stage_key("Script", {"plan": "a"}, {"seed": 2}, "1"),
        stage_key("Script", {"plan": "a"}, {"seed": 1}, "2"),
    ]
    assert len({base, *others}) == 5
