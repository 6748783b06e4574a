"""Blobs in a real object store: any machine has them, nothing wrong is taken, what is away is not taken for absent."""

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from resources.clips import ClipFolder
from resources.objects import blob_origin
from resources.pruning import prune
from resources.registry import ArtifactStore, Production
from resources.tables import CacheRow
from schemas.canonical import sha256_hex
from schemas.errors import IntegrityError, StorageError
from tests.cluster.servers import BUCKET, Swift, swift_binaries
from tests.fakes.artifacts import sample

pytestmark = pytest.mark.cluster

Machine = Callable[..., ArtifactStore]
DATA = b"a picture of a lighthouse" * 1000
DIGEST = sha256_hex(DATA)
_prefixes = (f"test-{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def swift() -> Iterator[Swift]:
    binaries = swift_binaries()
    if binaries is None:
        pytest.skip("not run: swift is not installed")
    with tempfile.TemporaryDirectory(prefix="sw-", ignore_cleanup_errors=True) as folder:
        server = Swift(Path(folder), binaries)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture
def prefix(swift: Swift, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in swift.environment.items():
        monkeypatch.setenv(name, value)
    return next(_prefixes)


@pytest.fixture
def machine(swift: Swift, prefix: str, tmp_path: Path) -> Machine:
    """A machine by name, as a process of its own sees it: its folder, the shared database and object store."""
    database = f"sqlite:///{tmp_path / 'registry.sqlite'}"

    def opened(name: str, tenant: str = "studio") -> ArtifactStore:
        origin = blob_origin(f"s3://{BUCKET}/{prefix}", swift.endpoint, tenant)
        return ArtifactStore(tmp_path / name, tenant=tenant, database=database, origin=origin)

    return opened


@pytest.fixture
def key(prefix: str) -> str:
    return f"{prefix}/studio/{DIGEST[:2]}/{DIGEST}"


def stored(swift: Swift, prefix: str) -> dict[str, int]:
    listed = swift.client().list_objects_v2(Bucket=BUCKET, Prefix=prefix + "/").get("Contents", [])
    return {each["Key"]: each["Size"] for each in listed}


def two_days_old(path: Path) -> None:
    then = time.time() - 2 * 86_400
    os.utime(path, (then, then))


def test_a_blob_reaches_a_machine_whose_folder_is_empty(machine: Machine, swift: Swift, prefix: str, key: str) -> None:
    machine("one").blobs.put(DATA, "image/png")
    assert stored(swift, prefix) == {key: len(DATA)}
    assert machine("two").blobs.read(DIGEST) == DATA
    assert machine("three").blobs.verified_path(DIGEST).read_bytes() == DATA
    assert machine("four").blobs.intact(DIGEST)
    found = machine("five").blobs.present(DIGEST)
    assert found is not None and found.read_bytes() == DATA
    assert machine("six").blobs.size(DIGEST) == len(DATA)


def test_what_is_there_is_not_sent_again(machine: Machine, swift: Swift, key: str) -> None:
    def written() -> Any:
        return swift.client().head_object(Bucket=BUCKET, Key=key)["LastModified"]

    machine("one").blobs.put(DATA, "image/png")
    first = written()
    time.sleep(1.1)  # the store tells times in seconds
    machine("one").blobs.put(DATA, "image/png")
    machine("two").blobs.put(DATA, "image/png")
    assert written() == first


def test_a_blob_that_a_killed_process_wrote_and_did_not_send_is_sent_when_it_is_next_relied_on(
    machine: Machine, swift: Swift, key: str
) -> None:
    machine("one").blobs.put(DATA, "image/png")
    swift.client().delete_object(Bucket=BUCKET, Key=key)
    assert machine("one").blobs.intact(DIGEST)
    assert machine("two").blobs.read(DIGEST) == DATA


def test_an_object_with_other_bytes_is_refused_and_made_good_by_who_makes_it_anew(
    machine: Machine, swift: Swift, key: str
) -> None:
    machine("one").blobs.put(DATA, "image/png")
    swift.client().put_object(Bucket=BUCKET, Key=key, Body=DATA[:-1] + b"!")
    other = machine("two").blobs
    with pytest.raises(IntegrityError, match=f"{DIGEST[:12]}… has changed in the object store"):
        other.read(DIGEST)
    assert not other.intact(DIGEST)
    assert not other.path(DIGEST).exists()
    other.put(DATA, "image/png")
    assert machine("three").blobs.read(DIGEST) == DATA


def test_a_blob_that_is_nowhere_is_said_to_be_missing(machine: Machine) -> None:
    blobs = machine("one").blobs
    assert not blobs.intact(DIGEST)
    assert blobs.present(DIGEST) is None
    with pytest.raises(IntegrityError, match="is missing"):
        blobs.read(DIGEST)


def test_a_damaged_working_copy_is_fetched_anew(machine: Machine) -> None:
    blobs = machine("one").blobs
    blobs.put(DATA, "image/png")
    blobs.path(DIGEST).write_bytes(b"scratched")
    assert blobs.read(DIGEST) == DATA
    assert blobs.path(DIGEST).read_bytes() == DATA


def test_a_clip_is_found_on_a_machine_that_did_not_render_it(machine: Machine, tmp_path: Path) -> None:
    clip = tmp_path / "clip.h264"
    clip.write_bytes(DATA)
    ClipFolder(machine("one")).put("k" * 64, clip, {"frames": 24})
    other = ClipFolder(machine("two"))
    found = other.get("k" * 64)
    assert found is not None and found.read_bytes() == DATA
    assert other.figures("k" * 64) == {"frames": 24}


def test_one_tenant_s_blobs_are_not_another_s(machine: Machine) -> None:
    machine("one").blobs.put(DATA, "image/png")
    assert not machine("one", tenant="rival").blobs.intact(DIGEST)


def test_readable_files_are_found_under_their_tenant_and_kept_up_to_date(
    machine: Machine, swift: Swift, prefix: str
) -> None:
    store = machine("one")
    path = store.episode_folder("ferry", "s01e01") / "Script.json"
    path.parent.mkdir(parents=True)
    for content in (b"{}", b"[]"):
        path.write_bytes(content)
        store.show(path)
        found = swift.client().get_object(Bucket=BUCKET, Key=f"{prefix}/studio/episodes/ferry/s01e01/Script.json")
        assert (found["Body"].read(), found["ContentType"]) == (content, "application/json")


def test_pruning_on_a_machine_with_an_empty_folder_keeps_what_artifacts_refer_to(machine: Machine) -> None:
    store = machine("one")
    blob = store.blobs.put(DATA, "image/png")
    plan = sample("RenderPlan")
    asset = plan.assets[0]  # type: ignore[attr-defined]
    named = asset.blob.model_copy(update={"uri": blob.uri})
    plan = plan.model_copy(update={"assets": (asset.model_copy(update={"blob": named}),)})
    store.save(plan, Production(project="p", episode="s01e01", stage_key="a" * 64, code_version="1"))
    store.cache("picture", "b" * 64, blob.sha256, {})
    with store.engine.begin() as connection:
        connection.execute(update(CacheRow).values(last_used="2001-01-01"))
    prune(machine("two"), 0)
    assert machine("three").blobs.read(DIGEST) == DATA


def test_pruning_on_a_machine_with_an_empty_folder_frees_what_only_the_cache_holds(
    machine: Machine, swift: Swift, prefix: str
) -> None:
    store = machine("one")
    blob = store.blobs.put(DATA, "image/png")
    store.cache("picture", "b" * 64, blob.sha256, {})
    with store.engine.begin() as connection:
        connection.execute(update(CacheRow).values(last_used="2001-01-01"))
    assert prune(machine("two"), 0).bytes == len(DATA)
    assert stored(swift, prefix) == {}


def test_working_copies_beyond_the_limit_go_and_come_back(machine: Machine) -> None:
    blobs = machine("one").blobs
    fresh = blobs.put(b"used just now", "text/plain").sha256
    blobs.put(DATA, "image/png")
    two_days_old(blobs.path(DIGEST))
    assert blobs.trim(10**9) == 0
    assert blobs.trim(0) == len(DATA)
    assert not blobs.path(DIGEST).exists()
    assert blobs.path(fresh).exists()
    assert blobs.read(DIGEST) == DATA


def test_a_working_copy_that_the_store_lacks_is_not_trimmed(machine: Machine, swift: Swift, key: str) -> None:
    blobs = machine("one").blobs
    blobs.put(DATA, "image/png")
    two_days_old(blobs.path(DIGEST))
    swift.client().delete_object(Bucket=BUCKET, Key=key)
    assert blobs.trim(0) == 0
    assert blobs.path(DIGEST).read_bytes() == DATA


def test_wrong_keys_are_said(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    with pytest.raises(
        StorageError, match=r"could not be (read|written): .*(SignatureDoesNotMatch|403|Forbidden)"
    ) as refused:
        machine("one").blobs.put(DATA, "image/png")
    assert "its keys" in refused.value.remedy


def test_the_server_refuses_bytes_that_do_not_fit_their_checksum(swift: Swift, prefix: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"something else")
    origin = blob_origin(f"s3://{BUCKET}/{prefix}", swift.endpoint, "studio")
    assert origin is not None
    with pytest.raises(StorageError, match="BadDigest"):
        origin.send(DIGEST, tmp_path / "file")


@pytest.mark.slow
def test_a_store_that_is_away_is_no_empty_store_and_serves_again_when_it_is_back(
    machine: Machine, swift: Swift
) -> None:
    machine("one").blobs.put(DATA, "image/png")
    other = machine("two").blobs
    swift.stop()
    try:
        for asked in (other.intact, other.present, other.read, other.size):
            with pytest.raises(StorageError, match="could not be read") as away:
                asked(DIGEST)
            assert away.value.transient
    finally:
        swift.start()
    assert other.read(DIGEST) == DATA
