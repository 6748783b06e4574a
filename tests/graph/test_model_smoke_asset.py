"""The models' smoke test as an asset and once a day: it passes without models and fails on other bytes alone."""

from pathlib import Path
from typing import Any

import pytest
from dagster import AssetKey, DagsterInstance, DefaultScheduleStatus, ExecuteInProcessResult

from narrative_assets.definitions import defs
from resources.registry import ArtifactStore
from schemas.models import ModelSmokeReport
from tests.fakes.model_folders import added, tiny_model


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NARRATIVE_ARTIFACTS", str(tmp_path / "artifacts"))
    monkeypatch.delenv("NARRATIVE_MODELS", raising=False)
    return tmp_path


def materialized() -> tuple[ExecuteInProcessResult, dict[str, Any]]:
    with DagsterInstance.ephemeral() as instance:
        done = defs.resolve_job_def("smoke_models").execute_in_process(
            instance=instance,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )
        event = instance.get_latest_materialization_event(AssetKey("model_smoke"))
        shown = event.asset_materialization.metadata if event and event.asset_materialization else {}
        return done, {name: value.value for name, value in shown.items()}


def test_it_passes_without_models_and_says_so(root: Path) -> None:
    done, shown = materialized()
    assert done.success
    assert shown["said"] == "There are no models, so none can be broken."
    assert not (root / "models").exists()


def test_the_report_is_kept_as_an_artifact_and_other_bytes_fail_the_run(root: Path) -> None:
    folder, _ = added(root / "models", tiny_model(root / "from"))
    done, shown = materialized()
    assert done.success and shown["said"] == "1 opened."
    store = ArtifactStore.configured()
    assert store.load(str(shown["content_hash"]), ModelSmokeReport).models[0].outcome == "opened"
    (folder.root / "tiny" / "config.json").write_text("{}")
    done, _ = materialized()
    assert not done.success
    (failure,) = done.get_failed_step_keys() and [event for event in done.all_events if event.is_step_failure]
    assert "1 failed." in str(failure.event_specific_data)
    assert [record.kind for record in store.records()] == ["ModelSmokeReport", "ModelSmokeReport"]


def test_it_is_looked_at_every_day_unless_switched_off() -> None:
    (schedule,) = (each for each in defs.schedules or [] if each.name == "daily_model_smoke")
    assert schedule.default_status is DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "smoke_models"
