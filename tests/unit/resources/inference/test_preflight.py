"""What is said of a host and of a run before it starts."""

import importlib.metadata
import platform
import socket
import sys
from pathlib import Path

import pytest

from resources.checkup import models as checks
from resources.checkup.findings import Verdict
from resources.inference.backends import Readiness
from resources.inference.preflight import (
    Capability,
    Preflight,
    capabilities,
    onnxruntime,
    planned,
    preflight,
    servers,
    torch,
)
from resources.inventory.folder import InventoryFolder
from schemas.errors import ContractError
from schemas.models import ModelInventory
from tests.fakes.backends import ScriptedLanguage
from tests.fakes.dagster_site import free_port
from tests.fakes.model_folders import added, tiny_model

NONE = ModelInventory(models=())
NO = Readiness(False, "nobody listens", "Start the server.")


def test_tasks_without_a_backend_say_what_is_used_instead() -> None:
    plans = {plan.task: plan for plan in (planned(task, (), NONE) for task in ("language", "speech", "image_plate"))}
    assert {task: plan.uses for task, plan in plans.items()} == {
        "language": "template",
        "speech": "espeak",
        "image_plate": "painter",
    }
    assert "no backend is configured" in plans["language"].why


def test_the_first_backend_that_is_ready_is_used_and_the_others_say_why_not() -> None:
    backends = [
        ScriptedLanguage("openai", "x", ready=NO),
        ScriptedLanguage("torch", "x"),
        ScriptedLanguage("coreml", "x"),
    ]
    plan = planned("language", backends, NONE)
    assert (plan.uses, plan.why) == ("torch", "ready")
    assert plan.considered[0] == ("openai", NO)
    plan = planned("language", backends[:1], NONE)
    assert plan.uses == "template" and "openai: nobody listens" in plan.why


def test_models_of_the_task_are_named(tmp_path: Path) -> None:
    folder, _ = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    assert "the inventory holds tiny" in planned("embedding", (), folder.inventory()).why
    assert "inventory" not in planned("language", (), folder.inventory()).why


def test_the_runtimes_of_this_host_are_told_by_their_versions() -> None:
    found = {each.name: each for each in capabilities({})}
    for name in ("onnxruntime", "torch"):
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            assert (found[name].available, found[name].detail) == (False, "not installed")
        else:
            assert found[name].available and version in found[name].detail
    assert found["coreml"].available is (platform.system() == "Darwin" and "coremltools" in found["coreml"].detail)
    assert found["openai"].detail == "no address is configured"


def test_a_runtime_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert onnxruntime() == Capability("onnxruntime", False, "not installed")


@pytest.mark.slow
def test_torch_itself_is_asked_for_cuda_where_there_is_a_driver(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    (tmp_path / "version").write_text("a driver")
    found = torch(tmp_path / "version")
    assert found.available and ("with CUDA on" in found.detail or "without CUDA" in found.detail)


def test_a_server_is_asked_whether_it_listens() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        there = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        (found,) = servers({"NARRATIVE_LANGUAGE_URL": there})
        assert found.available and "NARRATIVE_LANGUAGE_URL answers" in found.detail
    for address in (f"http://127.0.0.1:{free_port()}/v1", "ftp://host", "http://", "http://[", "http://h:99999"):
        (found,) = servers({"NARRATIVE_EMBEDDING_URL": address})
        assert not found.available and "cannot be reached" in found.detail


def test_the_doctor_warns_of_what_is_configured_and_not_ready(tmp_path: Path) -> None:
    before = preflight({}, NONE, {"language": [ScriptedLanguage("openai", "x", ready=NO)]})
    finding = checks.tasks(before)
    assert finding.verdict is Verdict.WARNING
    assert "language: template" in finding.message and "nobody listens" in finding.message
    assert finding.remedy == "Start the server."
    plain = checks.tasks(Preflight((), before.plans[1:]))
    assert plain.verdict is Verdict.OK and plain.message == "embedding: none; speech: espeak; image plate: painter."


def test_the_doctor_reads_the_inventory(tmp_path: Path) -> None:
    assert checks.inventory(InventoryFolder(tmp_path / "models")).verdict is Verdict.NOT_RUN
    folder, _ = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    assert checks.inventory(folder).verdict is Verdict.OK
    (folder.root / "tiny" / "inventory.json").write_text("{}")
    with pytest.raises(ContractError):
        checks.inventory(folder)
