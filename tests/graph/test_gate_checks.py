"""Every gate is a check of its own, made from the list; what blocks does, and what a gate refuses is shown in red."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import AssetCheckKey, AssetKey, DagsterInstance

from narrative_assets.checks.gates import GATE_CHECKS
from narrative_assets.definitions import defs
from resources.gates.catalogue import GATES
from tests.fakes.in_process import project_in, run
from tests.fakes.terminal import SMALL

CONTINUITY = AssetCheckKey(AssetKey("canon_diff"), "continuity")
SAFETY = AssetCheckKey(AssetKey("script"), "content_safety")


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DagsterInstance]:
    monkeypatch.setenv("NARRATIVE_ARTIFACTS", str(tmp_path / "artifacts"))
    with DagsterInstance.ephemeral() as made:
        yield made


def wrote(instance: DagsterInstance, folder: Path, old: str, new: str) -> bool:
    """Whether the small project's episode can be written with ``new`` in its screenplay instead of ``old``."""
    screenplay = (SMALL / "ferry.fountain").read_text(encoding="utf-8").replace(old, new)
    return run(instance, project_in(folder, screenplay), "write_episode").success


def statuses(instance: DagsterInstance, key: AssetCheckKey) -> list[str]:
    history = instance.event_log_storage.get_asset_check_execution_history(key, limit=9)
    return [record.status.value for record in history]


def test_every_gate_of_the_list_is_a_check_with_a_sentence_and_blocks_unless_it_advises() -> None:
    specs = {(spec.asset_key.to_user_string(), spec.name): spec for made in GATE_CHECKS for spec in made.check_specs}
    assert specs.keys() == {(gate.asset, gate.name) for gate in GATES}
    for gate in GATES:
        spec = specs[gate.asset, gate.name]
        assert (spec.description, spec.blocking) == (gate.asks, not gate.advises)
        assert spec.metadata["remedy"] == gate.remedy
    assert {key for _, key in specs if not specs[_, key].blocking} == {"pacing", "glyphs", "runtime"}


def test_all_gates_of_an_asset_are_judged_in_one_step() -> None:
    steps = [node.name for node in defs.resolve_job_def("make_episode").nodes if node.name.endswith("_gates")]
    assert sorted(steps) == [
        "canon_diff_gates", "render_output_gates", "render_plan_gates", "script_gates", "shot_list_gates"
    ]  # fmt: skip


def test_a_clean_script_holds_before_canon(instance: DagsterInstance, tmp_path: Path) -> None:
    assert wrote(instance, tmp_path, "MARA, 30,", "MARA, 30,")
    assert statuses(instance, SAFETY) == ["SUCCEEDED"]
    assert statuses(instance, CONTINUITY) == ["SUCCEEDED"]


def test_a_contradiction_is_a_failed_check_although_there_is_no_diff_to_check(
    instance: DagsterInstance, tmp_path: Path
) -> None:
    assert not wrote(instance, tmp_path, "MARA, 30,", "MARA, 45,")
    assert statuses(instance, SAFETY) == ["SUCCEEDED"]
    assert statuses(instance, CONTINUITY) == ["FAILED"]
    (record,) = instance.event_log_storage.get_asset_check_execution_history(CONTINUITY, limit=9)
    assert record.event is not None
    told = record.event.dagster_event.asset_check_evaluation_data.metadata  # type: ignore[union-attr]
    assert "45" in str(told["found"].value)
    assert "narrative canon waive" in str(told["remedy"].value)


def test_what_the_rating_forbids_is_a_failed_check_of_the_script(instance: DagsterInstance, tmp_path: Path) -> None:
    assert not wrote(instance, tmp_path, "You paid for two.", "You fucking paid for two.")
    assert statuses(instance, SAFETY) == ["FAILED"]
