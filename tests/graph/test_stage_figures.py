"""What each stage counts for whoever collects it: how long it took, how it ended, whether a stored result served."""

from pathlib import Path

import pytest
from dagster import DagsterInstance

from narrative_assets.assets import stage
from resources.metrics import STAGE_CACHE_HITS, STAGE_SECONDS
from tests.fakes.backends import Noted
from tests.fakes.in_process import project_in, run


def test_a_stage_that_is_made_and_then_reused_is_counted_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = Noted()
    monkeypatch.setattr(stage, "metrics", lambda: noted)
    monkeypatch.setenv("NARRATIVE_ARTIFACTS", str(tmp_path / "artifacts"))
    studio = project_in(tmp_path)
    with DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            assert run(instance, studio, "write_episode", only="story_arc").success
    assert [name for name, _ in noted.observed] == [STAGE_SECONDS] * 2
    assert noted.counts == {(STAGE_CACHE_HITS, "stage=story_arc"): 1}
