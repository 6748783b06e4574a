"""`narrative ui` before Dagster starts: a port that is taken, a second one over the same state, its settings."""

import socket
from pathlib import Path

import pytest
from filelock import FileLock

from narrative_assets.cli.instance import dagster_home
from tests.fakes.terminal import ROOT, narrative


@pytest.mark.parametrize("option", ["--port", "--media-port"])
def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path, option: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = narrative("ui", option, str(port), cwd=tmp_path)
    assert done.code == 3
    assert f"Port {port}" in done.err
    assert option in done.err
    assert "Traceback" not in done.err


def test_a_second_one_over_the_same_state_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / ".dagster" / "locks" / "ui.lock"
    lock.parent.mkdir(parents=True)
    with FileLock(lock):
        done = narrative("ui", cwd=tmp_path)
    assert done.code == 3
    assert "Another `narrative ui`" in done.err


def test_a_folder_of_one_s_own_gets_the_settings_that_runs_wait_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", "")
    assert (dagster_home() / "dagster.yaml").read_bytes() == (ROOT / "dagster.yaml").read_bytes()
