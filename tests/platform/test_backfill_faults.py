"""A season backfilled with everything real, and a component lost in the middle: it ends whole, nothing made twice."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from narrative_assets.assets.stage import STAGES
from narrative_assets.assets.waiting import ATTEMPT
from resources.registry import ArtifactStore
from resources.studio import RunSettings, Studio
from schemas.render import RenderOutput
from tests.fakes.dagster_site import DagsterSite
from tests.fakes.short_season import short_season

pytestmark = pytest.mark.platform

SEASON = ["lighthouse/s01e01", "lighthouse/s01e02"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DagsterSite]:
    with DagsterSite(tmp_path, [short_season(tmp_path, 2)]) as site:
        yield site


def store_of(site: DagsterSite) -> ArtifactStore:
    return ArtifactStore(site.folder / "artifacts")


def under_way(site: DagsterSite) -> Callable[[], bool]:
    """Whether the first episode is being filmed."""
    return lambda: any((site.folder / "artifacts").rglob("RenderPlan.json"))


def require_whole(site: DagsterSite, backfill: str) -> None:
    """The season is complete, in story order, and no stored shot was rendered a second time."""
    assert site.wait_for_backfill(backfill) == "COMPLETED_SUCCESS"
    store = store_of(site)
    assert store.verify() == []
    log = Studio(store, RunSettings()).canon.entries("lighthouse")
    assert [f"lighthouse/{entry.episode_id}" for entry in log] == SEASON
    for key in SEASON:
        digest = store.head(*key.split("/"), "preview_local", "RenderOutput")
        assert digest is not None
        shots = store.load(digest, RenderOutput).shots
        runs = [run for run in site.runs() if run.episode == key]
        stages = [stage for run in runs for _, stage in store.stages(run.run_id) if stage.stage == "render_output"]
        rendered = sum(stage.units - stage.unit_cache_hits for stage in stages if stage.status == "succeeded")
        assert rendered <= len(shots)


@pytest.mark.parametrize("part", ["dagster._daemon", "dagster_webserver"])
def test_a_lost_service_keeps_nothing_from_ending_once_it_is_started_again(site: DagsterSite, part: str) -> None:
    backfill = site.backfill(SEASON, STAGES)
    site.wait(under_way(site), "the first episode to be filmed")
    assert site.kill(part), f"no process of {part}"
    time.sleep(2)
    site.stop()
    site.start()
    require_whole(site, backfill)


def test_a_lost_worker_is_found_and_its_episode_goes_on(site: DagsterSite) -> None:
    backfill = site.backfill(SEASON, STAGES)
    site.wait(under_way(site), "the first episode to be filmed")
    assert site.kill("multiprocessing.spawn"), "no worker"
    require_whole(site, backfill)


def test_everything_lost_at_once_goes_on_after_a_new_start(site: DagsterSite) -> None:
    backfill = site.backfill(SEASON, STAGES)
    site.wait(under_way(site), "the first episode to be filmed")
    site.kill("")
    site.start()
    require_whole(site, backfill)


def test_artifacts_that_cannot_be_written_hold_the_season_up_and_no_longer(tmp_path: Path) -> None:
    folder = tmp_path / "artifacts"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("not run: only root can make a folder read-only for itself")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(folder)], check=False)
    if mounted.returncode != 0:
        pytest.skip("not run: no tmpfs can be mounted here")
    try:
        with DagsterSite(tmp_path, [short_season(tmp_path, 2)]) as site:
            backfill = site.backfill(SEASON, STAGES)
            site.wait(under_way(site), "the first episode to be filmed")
            # A second mount on top: what is open goes on, whatever is opened from now on is read-only.
            subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
            subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
            site.wait(lambda: any(ATTEMPT in run.tags for run in site.runs()), "a run to meet the refusal")
            assert site.backfill_status(backfill) == "REQUESTED"
            subprocess.run(["umount", "-l", str(folder)], check=True)
            require_whole(site, backfill)
    finally:
        while folder.is_mount():
            subprocess.run(["umount", "-l", str(folder)], check=True)
