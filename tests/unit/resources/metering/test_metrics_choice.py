"""The collector that the environment names, what StatsD is sent, and what is served over http."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from resources.checkup.findings import Check, Verdict, examine
from resources.checkup.models import figures
from resources.metering.configured import configured_metrics, metrics
from resources.metering.prometheus import PrometheusMetrics
from resources.metering.site import routes
from resources.metering.statsd import StatsdMetrics
from resources.metrics import NoMetrics
from schemas.errors import InputError


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(5)
        yield heard


def test_the_environment_chooses(tmp_path: Path) -> None:
    assert isinstance(configured_metrics({}), NoMetrics)
    assert isinstance(configured_metrics({"NARRATIVE_METRICS": "none"}), NoMetrics)
    chosen = configured_metrics({"NARRATIVE_METRICS": "prometheus", "NARRATIVE_ARTIFACTS": str(tmp_path)})
    assert isinstance(chosen, PrometheusMetrics)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "environment",
    [
        {"NARRATIVE_METRICS": "graphite"},
        {"NARRATIVE_METRICS": "statsd", "NARRATIVE_STATSD_PORT": "none"},
        {"NARRATIVE_METRICS": "statsd", "NARRATIVE_STATSD_PORT": "65536"},
    ],
)
def test_what_cannot_be_chosen_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(InputError):
        configured_metrics(environment)


def test_a_wrong_choice_fails_no_run_and_is_told_by_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATIVE_METRICS", "graphite")
    metrics.cache_clear()
    try:
        assert isinstance(metrics(), NoMetrics)
    finally:
        metrics.cache_clear()
    (found,) = examine([Check("figures", lambda: figures({"NARRATIVE_METRICS": "graphite"}))])
    assert found.finding.verdict is Verdict.FAILED and "graphite" in found.finding.message
    assert figures({}).message == "Nothing is counted."


def test_statsd_is_sent_each_figure(listener: socket.socket) -> None:
    pytest.importorskip("statsd", reason="statsd is not installed")
    port = str(listener.getsockname()[1])
    chosen = configured_metrics({"NARRATIVE_METRICS": "statsd", "NARRATIVE_STATSD_PORT": port})
    chosen.count("narrative_test_total", 2, to="torch", frm="a b:c|d")
    chosen.observe("narrative_test_seconds", 0.25)
    chosen.gauge("narrative_test_state", 2, task="language")
    assert [listener.recv(512) for _ in range(3)] == [
        b"narrative_test_total.a_b_c_d.torch:2|c",
        b"narrative_test_seconds:250.000000|ms",
        b"narrative_test_state.language:2|g",
    ]


def test_statsd_folds_what_is_too_much(listener: socket.socket) -> None:
    pytest.importorskip("statsd", reason="statsd is not installed")
    metrics = StatsdMetrics("127.0.0.1", listener.getsockname()[1], most=1)
    metrics.count("n", who="a")
    metrics.count("n", who="b")
    assert [listener.recv(512) for _ in range(3)] == [
        b"n.a:1|c",
        b"narrative_metrics_series_folded_total.n:1|c",
        b"n.other:1|c",
    ]


def test_statsd_without_a_daemon_goes_unnoticed() -> None:
    pytest.importorskip("statsd", reason="statsd is not installed")
    metrics = StatsdMetrics("127.0.0.1", 9)
    for _ in range(3):
        metrics.count("narrative_test_total")


def fetched(environment: dict[str, str], path: str) -> tuple[int, bytes]:
    """Status and body of a GET."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": [], "query_string": b""}
    asyncio.run(Starlette(routes=routes(environment))(scope, receive, send))
    return int(sent[0]["status"]), b"".join(message.get("body", b"") for message in sent)


def test_figures_and_health_are_served(tmp_path: Path) -> None:
    environment = {"NARRATIVE_METRICS": "prometheus", "NARRATIVE_METRICS_FOLDER": str(tmp_path / "figures")}
    metrics = configured_metrics(environment)
    metrics.count("narrative_model_tokens_total", 7, runtime="torch")
    assert isinstance(metrics, PrometheusMetrics)
    metrics.write()
    status, body = fetched(environment, "/metrics")
    assert status == 200
    assert b'narrative_model_tokens_total{runtime="torch"} 7.0' in body
    assert b"# HELP narrative_model_tokens_total Tokens read and written." in body
    assert fetched(environment, "/healthz") == (200, b"ok\n")
    assert fetched({}, "/healthz") == (200, b"ok\n")


def test_without_prometheus_nothing_is_served_and_the_reason_is_said() -> None:
    status, body = fetched({}, "/metrics")
    assert status == 404 and b"NARRATIVE_METRICS=prometheus" in body


def test_figures_that_cannot_be_read_are_not_shown_as_none(tmp_path: Path) -> None:
    (tmp_path / "folded.total").mkdir()
    environment = {"NARRATIVE_METRICS": "prometheus", "NARRATIVE_METRICS_FOLDER": str(tmp_path)}
    assert fetched(environment, "/metrics")[0] == 503
