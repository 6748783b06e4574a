"""Object store and broker checks against wrong addresses, missing keys and a real Redis server."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from resources.checkup import broker as broker_module
from resources.checkup import objects as objects_module
from resources.checkup.broker import broker
from resources.checkup.findings import Verdict
from resources.checkup.machine import free_port as port_check
from resources.checkup.objects import object_store
from resources.checkup.surroundings import Surroundings
from tests.fakes.dagster_site import free_port

Redis = Callable[..., int]


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Redis]:
    """Starts Redis servers with the given settings; gives their ports."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("not run: redis-server is not installed")
    redis = pytest.importorskip("redis", reason="the Redis client is not installed")
    running: list[subprocess.Popen[bytes]] = []

    def start(*settings: str) -> int:
        port = free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path), *settings]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        for _ in range(100):
            try:
                redis.Redis(port=port).ping()
            except redis.AuthenticationError:
                return port
            except redis.ConnectionError:
                time.sleep(0.05)
            else:
                return port
        raise AssertionError("Redis did not start")

    yield start
    for process in running:
        process.terminate()
        process.wait(10)


def _broker(address: str) -> Surroundings:
    return Surroundings(Path("artifacts"), broker=address)


def _objects(address: str, endpoint: str = "") -> Surroundings:
    return Surroundings(Path("artifacts"), objects=address, objects_endpoint=endpoint)


def test_what_is_not_named_is_not_run() -> None:
    assert broker(_broker("")).verdict is Verdict.NOT_RUN
    assert object_store(_objects("")).verdict is Verdict.NOT_RUN


def test_a_redis_that_answers_is_ok(redis_server: Redis) -> None:
    assert broker(_broker(f"redis://127.0.0.1:{redis_server()}/0")).verdict is Verdict.OK


def test_a_redis_with_another_password_is_named_and_none_shown(redis_server: Redis) -> None:
    port = redis_server("--requirepass", "rightone")
    assert broker(_broker(f"redis://:rightone@127.0.0.1:{port}/0")).verdict is Verdict.OK
    for address in (f"redis://:wrongone@127.0.0.1:{port}/0", f"redis://127.0.0.1:{port}/0"):
        found = broker(_broker(address))
        assert found.verdict is Verdict.FAILED
        assert "password" in found.message
        assert "wrongone" not in found.message + found.remedy


def test_a_redis_that_drops_keys_is_a_warning(redis_server: Redis) -> None:
    port = redis_server("--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru")
    found = broker(_broker(f"redis://127.0.0.1:{port}/0"))
    assert found.verdict is Verdict.WARNING
    assert "allkeys-lru" in found.message


def test_a_broker_at_a_wrong_port_is_named() -> None:
    pytest.importorskip("redis", reason="the Redis client is not installed")
    found = broker(_broker(f"redis://:hush@127.0.0.1:{free_port()}/0"))
    assert found.verdict is Verdict.FAILED
    assert "cannot be reached" in found.message
    assert "hush" not in found.message + found.remedy


@pytest.mark.parametrize("address", ["127.0.0.1:6379", "amqp://guest@host//", "redis://"])
def test_a_broker_that_is_no_redis_address_is_refused(address: str) -> None:
    found = broker(_broker(address))
    assert found.verdict is Verdict.FAILED
    assert "redis://" in found.remedy


def test_missing_clients_name_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_module, "find_spec", lambda _name: None)
    monkeypatch.setattr(objects_module, "find_spec", lambda _name: None)
    assert "narrative-assets[cluster]" in broker(_broker("redis://host")).remedy
    assert "narrative-assets[cluster]" in object_store(_objects("s3://bucket")).remedy


@pytest.mark.parametrize("address", ["bucket/prefix", "https://host/bucket", "s3://"])
def test_an_object_store_without_a_bucket_is_refused(address: str) -> None:
    found = object_store(_objects(address))
    assert found.verdict is Verdict.FAILED
    assert "s3://BUCKET" in found.remedy


def test_an_object_store_at_a_wrong_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("boto3", reason="boto3 is not installed")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ida")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hushhush")
    found = object_store(_objects("s3://bucket/prefix", f"http://127.0.0.1:{free_port()}"))
    assert found.verdict is Verdict.FAILED
    assert "cannot be reached" in found.message
    assert "NARRATIVE_OBJECTS_ENDPOINT" in found.remedy
    assert "hushhush" not in found.message + found.remedy


def test_an_object_store_without_keys_names_the_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("boto3", reason="boto3 is not installed")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    found = object_store(_objects("s3://bucket", f"http://127.0.0.1:{free_port()}"))
    assert found.verdict is Verdict.FAILED
    assert "AWS_ACCESS_KEY_ID" in found.remedy


def test_a_taken_port_is_a_warning() -> None:
    import socket

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert port_check(port, "videos").verdict is Verdict.WARNING
    assert port_check(port, "videos").verdict is Verdict.OK
