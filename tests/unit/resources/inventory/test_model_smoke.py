"""The smoke report: it fails on other bytes alone; what cannot be opened here is not run, with the reason."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from resources.inventory.adding import add
from resources.inventory.folder import InventoryFolder
from resources.inventory.offers import Said, from_package
from resources.inventory.smoke import in_words, smoke
from tests.fakes.model_folders import SAID, added, tiny_graph, tiny_model


def test_every_kind_of_model_is_opened(tmp_path: Path) -> None:
    folder, _ = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    tiny_graph(tmp_path / "graph" / "model.onnx")
    added(folder.root, tmp_path / "graph", replace(SAID, model_id="graph"))
    add(folder, from_package("narrative-assets", Said()))
    report = smoke(folder)
    assert {each.model_id: (each.outcome, each.detail) for each in report.models} == {
        "tiny": ("opened", "1 tensors, 4 pieces"),
        "graph": ("opened", "1 inputs and 1 outputs"),
        "mistral-7b-v0.1": ("opened", "32000 pieces"),
    }
    assert report.passed and in_words(report) == "3 opened."
    assert smoke(folder) == report


def test_other_bytes_fail_it(tmp_path: Path) -> None:
    folder, _ = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    with (folder.root / "tiny" / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"\x7f")
    report = smoke(folder)
    assert not report.passed
    assert [(each.outcome, each.detail) for each in report.models] == [
        ("failed", "model.safetensors differs from its recorded hash")
    ]


def test_a_missing_file_is_not_run(tmp_path: Path) -> None:
    folder, _ = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    (folder.root / "tiny" / "model.safetensors").unlink()
    report = smoke(folder)
    assert report.passed and report.models[0].outcome == "not_run"
    assert in_words(report) == "1 not run."


@pytest.mark.parametrize(("module", "named"), [("safetensors", "safetensors"), ("tokenizers", "tokenizers")])
def test_a_library_that_is_not_installed_is_named(
    module: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    monkeypatch.setitem(sys.modules, module, None)
    report = smoke(folder)
    assert report.passed and report.models[0].outcome == "not_run"
    assert named in report.models[0].detail and "not installed" in report.models[0].detail


def test_files_that_no_runtime_can_open_are_not_run(tmp_path: Path) -> None:
    source = tiny_model(tmp_path / "from")
    (source / "tokenizer.json").write_text('{"version": "none"}')
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "model.onnx").write_bytes(tiny_graph(tmp_path / "whole.onnx").read_bytes()[:40])
    folder, _ = added(tmp_path / "models", source)
    report = smoke(folder)
    assert [(each.outcome, "tokenizer.json" in each.detail) for each in report.models] == [("not_run", True)]
    assert report.passed


def test_no_models_pass_and_it_says_so(tmp_path: Path) -> None:
    report = smoke(InventoryFolder(tmp_path / "models"))
    assert report.passed and in_words(report) == "There are no models, so none can be broken."
    assert not (tmp_path / "models").exists()
