"""Keys that are no episode, as somebody may add them in the UI: refused in words, and nothing is written."""

from pathlib import Path

import pytest
from dagster import DagsterInstance

from narrative_assets.definitions import defs
from narrative_assets.partitions import EPISODES
from tests.fakes.in_process import project_in

KEYS = [
    "ferry/s01e01,ferry/s01e02",
    "ferry,s01e01",
    "ferry/s01e99",
    "ferry/../s01e01",
    "ferry/s01e01/../../../up",
    "../ferry/s01e01",
    "..",
    "/etc/s01e01",
    "nobody/s01e01",
    "ferry/S01E01",
    "ferry/s01e01\n",
]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_is_no_episode_is_refused_in_words(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NARRATIVE_ARTIFACTS", str(tmp_path / "here" / "artifacts"))
    project_in(tmp_path / "here")
    before = files(tmp_path)
    with DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(EPISODES.name or "", [key])
        done = defs.resolve_job_def("make_episode").execute_in_process(
            instance=instance,
            partition_key=key,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )
    assert not done.success
    [failed] = [event for event in done.get_step_failure_events() if event.step_key == "story_arc"]
    said = failed.step_failure_data.user_failure_data
    assert said is not None
    assert "has no episode" in said.description or "is not known here" in said.description
    assert files(tmp_path) == before


def files(folder: Path) -> dict[Path, int]:
    """What lies there but for the registry's own files."""
    return {path: path.stat().st_size for path in folder.rglob("*") if path.is_file() and "registry" not in path.name}
