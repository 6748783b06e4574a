"""Figures of real processes, living, ended and killed, added up as Prometheus fetches them."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from resources.metering.gathering import exposition
from resources.metering.prometheus import PrometheusMetrics
from tests.fakes.terminal import ROOT

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    begun: list[subprocess.Popen[str]] = []

    def begin(label: str, ending: str = "end") -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.fakes.counting_child", str(tmp_path), label, ending]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        begun.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "counted\n"
        if ending != "stay":
            assert process.wait(20) == 0
        return process

    yield begin
    for process in begun:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def values(folder: Path) -> dict[str, float]:
    lines = exposition(folder).decode().splitlines()
    pairs = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in pairs}


def test_the_living_and_the_ended_are_added_up(tmp_path: Path, start: Start) -> None:
    start("a", "stay")
    start("a")
    start("b")
    for _ in range(2):
        found = values(tmp_path)
        assert found['narrative_test_total{who="a"}'] == 4
        assert found['narrative_test_total{who="b"}'] == 2
        assert found['narrative_test_seconds_bucket{le="0.25",who="a"}'] == 0
        assert found['narrative_test_seconds_bucket{le="0.5",who="a"}'] == 2
        assert found['narrative_test_seconds_sum{who="a"}'] == pytest.approx(0.6)
        assert not any("created" in name for name in found)


def test_a_killed_process_keeps_its_counts_and_loses_its_state(tmp_path: Path, start: Start) -> None:
    process = start("a", "stay")
    assert values(tmp_path)['narrative_test_state{who="a"}'] == 1
    process.send_signal(signal.SIGKILL)
    process.wait()
    found = values(tmp_path)
    assert found['narrative_test_total{who="a"}'] == 2
    assert 'narrative_test_state{who="a"}' not in found


def test_the_ended_leave_one_file_behind(tmp_path: Path, start: Start) -> None:
    for _ in range(3):
        start("a")
    assert len(list(tmp_path.glob("*.prom"))) == 3
    exposition(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folded.total", "gathering.busy"]
    start("a")
    assert values(tmp_path)['narrative_test_total{who="a"}'] == 8


def test_a_file_that_was_folded_but_not_removed_counts_once(tmp_path: Path, start: Start) -> None:
    start("a")
    (held,) = tmp_path.glob("*.prom")
    kept = held.read_bytes()
    exposition(tmp_path)
    held.write_bytes(kept)
    assert values(tmp_path)['narrative_test_total{who="a"}'] == 2
    assert not held.exists()
    assert values(tmp_path)['narrative_test_total{who="a"}'] == 2


def test_a_forked_child_counts_its_own_alone(tmp_path: Path, start: Start) -> None:
    start("a", "fork")
    assert values(tmp_path)['narrative_test_total{who="a"}'] == 7


def test_a_forked_child_does_not_end_the_life_of_its_parent(tmp_path: Path) -> None:
    metrics = PrometheusMetrics(tmp_path)
    metrics.count("narrative_test_total")
    metrics.write()
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    assert values(tmp_path)["narrative_test_total"] == 1
    assert len(list(tmp_path.glob("*.prom"))) == 1


def test_too_many_series_become_other_and_are_counted(tmp_path: Path) -> None:
    metrics = PrometheusMetrics(tmp_path, most=10)
    for number in range(25):
        metrics.count("narrative_test_total", who=str(number))
    metrics.count("narrative_test_total", who="3")
    metrics.write()
    found = values(tmp_path)
    assert found['narrative_test_total{who="3"}'] == 2
    assert found['narrative_test_total{who="other"}'] == 15
    assert found['narrative_metrics_series_folded_total{metric="narrative_test_total"}'] == 15
    assert sum(value for name, value in found.items() if name.startswith("narrative_test_total")) == 26


def test_no_call_raises_whatever_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    metrics = PrometheusMetrics(tmp_path / "file" / "folder")
    metrics.count("narrative_test_total", -1)
    metrics.count("not a name!", who="a")
    metrics.count("narrative_test_total", who="a")
    metrics.observe("narrative_test_total", 1.0, who="a")
    metrics.count("narrative_test_total", other="label")
    metrics.write()
    assert (tmp_path / "file").read_text() == "in the way"


def test_what_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    blocked = tmp_path / "figures"
    blocked.write_text("in the way")
    metrics = PrometheusMetrics(blocked, write_seconds=60)
    metrics.count("narrative_test_total")
    metrics.write()
    blocked.unlink()
    metrics.write()
    assert values(blocked)["narrative_test_total"] == 1


def test_a_folder_that_is_not_there_has_no_figures(tmp_path: Path) -> None:
    assert exposition(tmp_path / "none") == b""
    assert not (tmp_path / "none").exists()


def test_the_text_is_read_by_the_library_that_prometheus_gives(tmp_path: Path, start: Start) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    start("a")
    families = {family.name: family.type for family in text_string_to_metric_families(exposition(tmp_path).decode())}
    assert families == {"narrative_test": "counter", "narrative_test_seconds": "histogram"}
    assert re.search(r"^# HELP narrative_test_total ", exposition(tmp_path).decode(), re.MULTILINE)
