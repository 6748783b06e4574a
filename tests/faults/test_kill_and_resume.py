"""Killed at any moment, the next run does only what is unfinished and ends with the same bytes."""

from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRun

from narrative_assets.assets.stage import STAGES
from resources.registry import ArtifactStore
from schemas.run import StageRun
from tests.fakes.terminal import Done, fingerprints, narrative, small_project

KILLER = ("-m", "tests.fakes.kill_at")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("undisturbed")
    done = narrative("run", small_project(folder), "--json", cwd=folder)
    assert done.code == 0, done.err + done.out
    return fingerprints(folder, done)


def runs(folder: Path) -> list[DagsterRun]:
    """Dagster's runs, the newest first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(folder / ".dagster"))
        instance = DagsterInstance.get()
    with instance:
        return list(instance.get_runs())


def last_run(folder: Path) -> dict[str, StageRun]:
    """What each finished stage of the newest run did, in their order."""
    store = ArtifactStore(folder / "artifacts")
    return {stage.stage: stage for _, stage in store.stages(runs(folder)[0].run_id)}


def killed_then_run(folder: Path, stage: str, moment: str) -> Done:
    project = small_project(folder)
    killed = narrative(stage, moment, "run", project, "--json", cwd=folder, launcher=KILLER)
    assert killed.code == -9, killed.err
    assert not list(folder.rglob("episode.mp4")) or (moment == "finished" and stage in STAGES[-2:])
    done = narrative("run", project, "--json", cwd=folder)
    assert done.code == 0, done.err + done.out
    return done


@pytest.mark.slow
@pytest.mark.parametrize(
    "stages",
    [("script", "canon", "asset_manifest", "render_output"), pytest.param(STAGES, marks=pytest.mark.soak)],
    ids=["some", "all"],
)
def test_killed_after_one_stage_after_another_every_run_does_only_the_rest(
    tmp_path: Path, undisturbed: dict[str, str], stages: tuple[str, ...]
) -> None:
    """One episode, many runs: each but the last dies as soon as it has finished a later stage."""
    project, begun = small_project(tmp_path), 0
    for stage in stages:
        killed = narrative(stage, "finished", "run", project, "--json", cwd=tmp_path, launcher=KILLER)
        assert killed.code == -9, killed.err
        assert not list(tmp_path.rglob("episode.mp4")) or stage in STAGES[-2:]
        figures = last_run(tmp_path)
        end = STAGES.index(stage) + 1
        assert tuple(figures) == STAGES[:end]
        assert tuple(name for name, run in figures.items() if not run.cache_hit) == STAGES[begun:end]
        begun = end
    done = narrative("run", project, "--json", cwd=tmp_path)
    assert done.code == 0, done.err + done.out
    assert tuple(done.episode["reused"]) == STAGES[:begun]
    assert fingerprints(tmp_path, done) == undisturbed
    assert sorted(run.status.value for run in runs(tmp_path)) == ["FAILURE"] * len(stages) + ["SUCCESS"]


@pytest.mark.slow
def test_killed_in_the_middle_of_the_render_finished_shots_are_kept(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    done = killed_then_run(tmp_path, "render_output", "3")
    assert tuple(done.episode["reused"]) == STAGES[: STAGES.index("render_output")]
    assert done.episode["shots"]["reused"] >= 3
    assert done.episode["shots"]["rendered"] >= 1
    assert fingerprints(tmp_path, done) == undisturbed
