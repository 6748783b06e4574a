"""The doctor's look at a real object store: right, another key, another secret, no such bucket."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from resources.checkup.findings import Verdict
from resources.checkup.objects import object_store
from resources.checkup.surroundings import Surroundings
from tests.cluster.servers import BUCKET, Swift, running, swift_binaries

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swift]:
    binaries = swift_binaries()
    if binaries is None:
        pytest.skip("not run: Swift is not installed (make test-cluster installs it)")
    server = Swift(tmp_path_factory.mktemp("swift"), binaries)
    with running(server):
        yield server


@pytest.fixture
def around(swift: Swift, monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    for name, value in swift.environment.items():
        monkeypatch.setenv(name, value)
    return Surroundings.read(Path("artifacts"), swift.environment)


def test_a_sound_store_keeps_nothing_of_the_check(swift: Swift, around: Surroundings) -> None:
    found = object_store(around)
    assert found.verdict is Verdict.OK, found.message
    assert "Contents" not in swift.client().list_objects_v2(Bucket=BUCKET)


def test_a_bucket_that_is_not_there_is_named(around: Surroundings) -> None:
    found = object_store(replace(around, objects="s3://nowhere/season"))
    assert found.verdict is Verdict.FAILED
    assert "NoSuchBucket" in found.message
    assert "Make the bucket" in found.remedy


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_wrong_key_or_secret_is_named(around: Surroundings, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "test:nobody")
    found = object_store(around)
    assert found.verdict is Verdict.FAILED
    assert "AWS_ACCESS_KEY_ID" in found.remedy
