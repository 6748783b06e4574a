"""`narrative metrics` as a person runs it: served over http while processes count, and shown once."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes.dagster_site import free_port
from tests.fakes.terminal import ROOT, narrative


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server of the figures below ``tmp_path``."""
    port = str(free_port())
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NARRATIVE_METRICS": "prometheus"}
    command = [sys.executable, "-m", "narrative_assets", "metrics", "serve", "--port", port]
    server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with suppress(urllib.error.URLError):
                fetched(f"http://127.0.0.1:{port}/healthz")
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


def fetched(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server
        return str(answer.read().decode())


@pytest.mark.slow
def test_what_processes_count_is_served_and_shown(address: str, tmp_path: Path) -> None:
    assert fetched(f"{address}/healthz") == "ok\n"
    assert fetched(f"{address}/metrics") == ""
    child = [sys.executable, "-m", "tests.fakes.counting_child", str(tmp_path / "artifacts" / ".metrics"), "a", "end"]
    subprocess.run(child, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    served = fetched(f"{address}/metrics")
    assert 'narrative_test_total{who="a"} 2.0' in served
    assert narrative("metrics", "show", cwd=tmp_path).out == served


def test_a_server_of_nothing_is_refused(tmp_path: Path) -> None:
    done = narrative("metrics", "serve", cwd=tmp_path)
    assert done.code == 3 and "NARRATIVE_METRICS=prometheus" in done.err
