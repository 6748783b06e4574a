"""The images as they are written: pinned, non-root, checked, without secrets. No container engine runs these tests."""

import json
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docker.dockerfile import FILE, context_files, steps
from tests.fakes.terminal import ROOT

COMPOSE = ROOT / "docker" / "compose.yaml"
IMAGES = ("code", "webserver", "daemon", "worker")
_PINNED = re.compile(r"^[a-z0-9_/-]+:v?\d+\.\d+[\w.-]*$")


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def test_hadolint_finds_nothing() -> None:
    program = Path(sysconfig.get_path("scripts")) / "hadolint"
    if not program.is_file():
        pytest.skip("not run: hadolint is not installed")
    done = subprocess.run([program, FILE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_base_is_a_stage_or_pinned_by_its_version() -> None:
    froms = [step for step in steps() if step.word == "FROM"]
    stages = {step.stage for step in froms}
    assert stages >= set(IMAGES)
    for step in froms:
        base = step.rest.split()[0]
        assert base in stages or _PINNED.match(base), base


def test_nothing_is_fetched_by_address_and_every_source_is_there() -> None:
    assert not [step for step in steps() if step.word == "ADD"]
    assert "://" not in "".join(step.rest for step in steps() if step.word in ("RUN", "COPY"))
    inside = context_files()
    for step in steps():
        if step.word == "COPY" and "--from" not in step.rest:
            for source in step.copied[0]:
                assert any(name == source or name.startswith(f"{source}/") for name in inside), source


def test_the_context_holds_no_settings_of_a_machine_and_no_results() -> None:
    assert not [name for name in context_files() if name.startswith((".env", "artifacts", ".dagster", "tests", ".git"))]


def test_requirements_are_installed_with_their_hashes() -> None:
    installs = [part for step in steps() if step.word == "RUN" for part in step.rest.split("&&") if "install" in part]
    assert len(installs) == 3
    assert all("--require-hashes -r" in part or "--no-deps" in part for part in installs)


@pytest.mark.parametrize("image", IMAGES)
def test_each_image_runs_as_a_plain_user_and_can_be_asked_for_its_health(image: str) -> None:
    users = [step.rest for step in steps() if step.stage in ("base", image) and step.word == "USER"]
    assert users
    assert users[-1].split(":")[0] not in ("root", "0")
    assert [step for step in steps() if step.stage == image and step.word == "HEALTHCHECK"]


def test_no_layer_holds_a_secret() -> None:
    for step in steps():
        if step.word in ("ENV", "ARG", "RUN"):
            assert not re.search(r"(?i)(password|secret|token|access_key)\s*=", step.rest), step


def test_compose_fits_the_compose_specification(compose: Any) -> None:
    specification = pytest.importorskip("compose_spec", reason="compose-spec is not installed")
    # As compose does it: the variables first, what they stand in for after that.
    filled = re.sub(r"\$\{\w+:\?[^}]*\}", "/filled/in", json.dumps(compose))
    read = specification.PyCompose.from_json(filled)
    assert len(compose["services"]) == 13
    assert read.get_service("worker-media") is not None
    with pytest.raises(ValueError):
        specification.PyCompose.from_json(json.dumps({"services": {"a": {"imagine": "x"}}}))


def test_compose_builds_each_image_and_serves_each_queue(compose: Any) -> None:
    services = compose["services"].values()
    assert {each["build"]["target"] for each in services if "build" in each} == set(IMAGES)
    queues = {each["environment"].get("NARRATIVE_QUEUE") for each in services if "environment" in each} - {None}
    assert queues == {"cpu_queue", "local_ai_queue", "media_queue", "external_ai_queue"}


def test_compose_pins_what_it_takes_and_locks_what_it_runs(compose: Any) -> None:
    for name, service in compose["services"].items():
        assert _PINNED.match(service["image"]), name
        assert service["read_only"] is True, name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert "build" in service or service["user"] not in ("root", "0"), name


def test_compose_takes_every_secret_from_outside() -> None:
    for line in COMPOSE.read_text(encoding="utf-8").splitlines():
        name, _, value = line.strip().partition(": ")
        if re.search(r"PASSWORD|PASS$|SECRET|ACCESS_KEY|AUTH$", name):
            assert value.startswith("${") and ":?" in value, line
    assert not re.search(r"://\w*:(?!\$\{)[^@\s]+@", COMPOSE.read_text(encoding="utf-8"))


def test_prometheus_scrapes_only_services_that_are_there(compose: Any) -> None:
    scraped = yaml.safe_load((ROOT / "docker" / "prometheus.yaml").read_text(encoding="utf-8"))["scrape_configs"]
    hosts = {
        target.partition(":")[0] for job in scraped for each in job["static_configs"] for target in each["targets"]
    }
    assert hosts - {"127.0.0.1"} <= set(compose["services"])
    assert "metrics" in hosts
    assert compose["services"]["metrics"]["environment"]["NARRATIVE_METRICS"] == "prometheus"
