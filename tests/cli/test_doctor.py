"""`narrative doctor` as a person runs it, over real broken configurations of Dagster and of the stores."""

import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from narrative_assets.cli.checkup import dagster_checks
from resources.checkup.findings import Verdict, examine
from resources.checkup.surroundings import Surroundings
from tests.fakes.dagster_site import free_port
from tests.fakes.terminal import ROOT, Done, narrative

SETTINGS = yaml.safe_load((ROOT / "dagster.yaml").read_text(encoding="utf-8"))


def _verdicts(done: Done) -> dict[str, str]:
    return {each["name"]: each["verdict"] for each in done.json["checks"]}


@pytest.fixture
def ports() -> tuple[str, ...]:
    return "--port", str(free_port()), "--media-port", str(free_port())


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with the settings of this project."""
    for name in ("dagster.yaml", "workspace.yaml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


@pytest.mark.slow
def test_a_sound_machine_passes_and_is_told_what_was_not_run(site: Path, ports: tuple[str, ...]) -> None:
    done = narrative("doctor", "--json", *ports, cwd=site)
    assert done.code == 0, done.out + done.err
    found = _verdicts(done)
    assert {name for name, verdict in found.items() if verdict == "not run"} == {
        "project files",
        "object store",
        "broker",
        "daemon",
        "models",
    }
    uses = {plan["task"]: plan["uses"] for plan in done.json["preflight"]["plans"]}
    assert uses == {"language": "template", "embedding": "none", "speech": "espeak", "image_plate": "painter"}
    assert done.json["counts"]["failed"] == 0
    assert not (site / "artifacts").exists()


@pytest.mark.slow
def test_what_embeds_the_memory_is_told_before_a_run(site: Path, ports: tuple[str, ...]) -> None:
    done = narrative("doctor", "--json", *ports, cwd=site, NARRATIVE_RECALL="minilm-torch")
    (plan,) = [each for each in done.json["preflight"]["plans"] if each["task"] == "embedding"]
    assert plan["uses"] == "torch" and "all-minilm-l6-v2 on torch" in plan["why"]
    assert _verdicts(done)["recall"] == "ok"
    wrong = narrative("doctor", "--json", *ports, cwd=site, NARRATIVE_RECALL="telepathy")
    assert wrong.code == 3
    assert _verdicts(wrong)["recall"] == "failed"


@pytest.mark.slow
def test_every_wrong_address_is_named_with_its_remedy_and_no_password(site: Path) -> None:
    (site / "workspace.yaml").write_text("load_from:\n  - python_module: narrative_assets.nowhere\n")
    (site / "artifacts").write_text("in the way")
    env = {
        "NARRATIVE_DATABASE": "postgresql://{}@db:5432/narrative".format("ida:hushdb"),
        "NARRATIVE_OBJECTS_URL": "bucket",
        "NARRATIVE_BROKER": f"redis://:hushredis@127.0.0.1:{free_port()}/0",
        "NARRATIVE_LANGUAGE_URL": "http://{}@127.0.0.1:{}/v1".format("ida:hushmodel", free_port()),
    }
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = ("--port", str(holder.getsockname()[1]))
        done = narrative("doctor", "--json", *taken, cwd=site, **env)
        shown = narrative("doctor", *taken, cwd=site, **env)
    assert done.code == shown.code == 3
    wrong = {name for name, verdict in _verdicts(done).items() if verdict == "failed"}
    assert wrong == {"artifact folder", "database", "object store", "broker", "code location"}
    assert _verdicts(done)["model runtimes"] == "warning"
    assert _verdicts(done)["UI port"] == _verdicts(done)["run launcher"] == "warning"
    said = {each["name"]: each for each in done.json["checks"]}
    assert "narrative_assets.nowhere" in said["code location"]["message"]
    assert all(each["remedy"] for each in said.values() if each["verdict"] in ("failed", "warning"))
    for out in (done.out, done.err, shown.out, shown.err):
        assert "hush" not in out
        assert "Traceback" not in out


def _looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, broker: str = "") -> dict[str, Any]:
    """What the checks of Dagster, all but the slow code location, find over these settings."""
    home = folder / "home"
    home.mkdir()
    said = settings if isinstance(settings, str) else yaml.safe_dump(settings)
    (home / "dagster.yaml").write_text(said, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    return _again(folder, broker)


def _again(folder: Path, broker: str = "") -> dict[str, Any]:
    with dagster_checks(Surroundings(folder, broker=broker)) as checks:
        quick = [each for each in checks if each.name != "code location"]
        return {each.name: each.finding for each in examine(quick)}


def _failed(found: dict[str, Any]) -> set[str]:
    return {name for name, finding in found.items() if finding.verdict is Verdict.FAILED}


def test_the_settings_of_this_project_are_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _looked_at(tmp_path, monkeypatch, SETTINGS)
    assert not _failed(found)
    assert found["daemon"].verdict is Verdict.NOT_RUN


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("run monitoring", {"run_monitoring": {"enabled": False}}),
        ("run monitoring", {"run_monitoring": {"enabled": True, "poll_interval_seconds": 10}}),
        ("run retries", {"run_retries": {"enabled": False}}),
        ("run limits", {"concurrency": {"pools": {"default_limit": 2}}}),
        (
            "run limits",
            {
                "concurrency": {
                    "runs": {"tag_concurrency_limits": SETTINGS["concurrency"]["runs"]["tag_concurrency_limits"][:2]}
                }
            },
        ),
        (
            "run limits",
            {
                "concurrency": {
                    "runs": {"tag_concurrency_limits": SETTINGS["concurrency"]["runs"]["tag_concurrency_limits"][2:]}
                }
            },
        ),
    ],
)
def test_a_setting_that_seasons_need_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, changed: dict[str, Any]
) -> None:
    found = _looked_at(tmp_path, monkeypatch, {**SETTINGS, **changed})
    assert _failed(found) == {name}
    assert "dagster.yaml" in found[name].remedy


def test_runs_that_are_not_queued_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator = {"module": "dagster.core.run_coordinator", "class": "DefaultRunCoordinator"}
    found = _looked_at(tmp_path, monkeypatch, {**SETTINGS, "run_coordinator": coordinator})
    assert "not queued" in found["run limits"].message


@pytest.mark.parametrize(
    "settings",
    [
        "run_monitoring: [",
        {**SETTINGS, "run_monitorin": {"enabled": True}},
        {**SETTINGS, "run_launcher": {"module": "nowhere.at_all", "class": "Launcher"}},
    ],
)
def test_settings_that_do_not_load_are_one_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    found = _looked_at(tmp_path, monkeypatch, settings)
    assert _failed(found) == {"Dagster settings"}
    assert "dagster.yaml" in found["Dagster settings"].message


def test_a_database_of_runs_that_is_not_up_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("dagster_postgres", reason="dagster-postgres is not installed")
    url = "postgresql+psycopg2://{}@127.0.0.1:{}/dagster".format("ida:hush", free_port())
    found = _looked_at(tmp_path, monkeypatch, {**SETTINGS, "storage": {"postgres": {"postgres_url": url}}})
    assert _failed(found) == {"Dagster settings"}
    assert all("hush" not in each.message + each.remedy for each in found.values())
    assert found["run monitoring"].verdict is Verdict.NOT_RUN


def test_pools_without_limit_or_with_none_through_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dagster import DagsterInstance

    concurrency = {**SETTINGS["concurrency"], "pools": {"granularity": "op"}}
    found = _looked_at(tmp_path, monkeypatch, {**SETTINGS, "concurrency": concurrency})
    assert found["pools"].verdict is Verdict.WARNING
    with DagsterInstance.get() as instance:
        instance.event_log_storage.set_concurrency_slots("media_queue", 0)
    again = _again(tmp_path)
    assert again["pools"].verdict is Verdict.FAILED
    assert "media_queue" in again["pools"].message


def test_a_daemon_that_fell_silent_is_told_from_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from dagster import DagsterInstance
    from dagster._daemon.types import DaemonHeartbeat

    assert _looked_at(tmp_path, monkeypatch, SETTINGS)["daemon"].verdict is Verdict.NOT_RUN
    with DagsterInstance.get() as instance:
        for kind in instance.get_required_daemon_types():
            age = 10_000 if kind == "SENSOR" else 0
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - age, kind, "one", []))
    found = _again(tmp_path)["daemon"]
    assert found.verdict is Verdict.FAILED
    assert "sensor" in found.message
    with DagsterInstance.get() as instance:
        instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), "SENSOR", "one", []))
    found = _again(tmp_path)["daemon"]
    assert found.verdict is Verdict.OK


def test_a_broker_that_no_launcher_uses_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _looked_at(tmp_path, monkeypatch, SETTINGS, broker="redis://host")
    assert found["run launcher"].verdict is Verdict.WARNING


def test_runs_that_go_to_workers_need_the_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("dagster_celery", reason="dagster-celery is not installed")
    launcher = {"module": "dagster_celery.launcher", "class": "CeleryRunLauncher"}
    settings = {
        **SETTINGS,
        "run_launcher": {**launcher, "config": {"broker": "redis://host", "backend": "redis://host"}},
    }
    assert _failed(_looked_at(tmp_path, monkeypatch, settings)) == {"run launcher"}
