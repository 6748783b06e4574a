"""Killed at any moment, the next run does only what is unfinished and ends with the same bytes."""

from pathlib import Path

import pytest

from narrative_assets.assets.stage import STAGES
from tests.fakes.terminal import Done, fingerprints, narrative, small_project

KILLER = ("-m", "tests.fakes.kill_at")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("undisturbed")
    done = narrative("run", small_project(folder), "--json", cwd=folder)
    assert done.code == 0, done.err + done.out
    return fingerprints(folder, done)


def killed_then_run(folder: Path, stage: str, moment: str) -> Done:
    project = small_project(folder)
    killed = narrative(stage, moment, "run", project, "--json", cwd=folder, launcher=KILLER)
    assert killed.code == -9, killed.err
    assert not list(folder.rglob("episode.mp4")) or (moment == "finished" and stage in STAGES[-2:])
    done = narrative("run", project, "--json", cwd=folder)
    assert done.code == 0, done.err + done.out
    return done


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_killed_after_a_stage_only_the_rest_is_done(stage: str, tmp_path: Path, undisturbed: dict[str, str]) -> None:
    done = killed_then_run(tmp_path, stage, "finished")
    finished = STAGES[: STAGES.index(stage) + 1]
    assert tuple(done.episode["reused"]) == finished
    assert fingerprints(tmp_path, done) == undisturbed


@pytest.mark.slow
def test_killed_in_the_middle_of_the_render_finished_shots_are_kept(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    done = killed_then_run(tmp_path, "render_output", "3")
    assert tuple(done.episode["reused"]) == STAGES[: STAGES.index("render_output")]
    assert done.episode["shots"]["reused"] >= 3
    assert done.episode["shots"]["rendered"] >= 1
    assert fingerprints(tmp_path, done) == undisturbed


@pytest.mark.slow
def test_the_dead_run_is_closed_by_the_next_one(tmp_path: Path) -> None:
    from dagster import DagsterInstance

    killed_then_run(tmp_path, "shot_list", "started")
    with DagsterInstance.from_config(str(tmp_path / ".dagster")) as instance:
        assert sorted(run.status.value for run in instance.get_runs()) == ["FAILURE", "SUCCESS"]
