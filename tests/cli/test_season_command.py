"""`narrative season`: written in story order, filmed behind; what fails or waits keeps back only what builds on it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from tests.fakes.short_season import short_season
from tests.fakes.terminal import ROOT, Done, narrative

pytestmark = pytest.mark.slow


def statuses(done: Done) -> dict[str, str]:
    return {each["episode"]: each["status"] for each in done.json["episodes"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the season was killed while the first episode was filmed, and then made whole."""
    folder = tmp_path_factory.mktemp("season")
    project = short_season(folder, 2)
    command = [sys.executable, "-m", "narrative_assets", "season", str(project)]
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith(("NARRATIVE_", "DAGSTER_"))
    }
    started = subprocess.Popen(
        command, cwd=folder, env={**surroundings, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 120
    while time.monotonic() < until and not list(folder.rglob("AssetManifest.json")):
        time.sleep(0.05)
    started.send_signal(signal.SIGKILL)
    started.wait()
    done = narrative("season", project, "--json", cwd=folder)
    assert done.code == 0, done.err + done.out
    assert statuses(done) == {"s01e01": "succeeded", "s01e02": "succeeded"}
    assert "script" in done.episode["reused"]
    return folder


def test_a_killed_season_goes_on_where_it_was_and_ends_whole(made: Path) -> None:
    log = narrative("canon", "log", "lighthouse", "--json", cwd=made).json
    assert [entry["episode_id"] for entry in log["entries"]] == ["s01e01", "s01e02"]
    assert len(list(made.rglob("preview_local/episode.mp4"))) == 2
    assert len(list(made.rglob("published/episode.mp4"))) == 2


def test_made_again_everything_stored_is_used_and_it_is_said_in_one_table(made: Path) -> None:
    done = narrative("season", made / "lighthouse" / "project.json", cwd=made)
    assert done.code == 0
    assert done.out.count("succeeded") == 2 and "episode.mp4" in done.out
    again = narrative("season", made / "lighthouse" / "project.json", "--json", cwd=made)
    assert all({"script", "render_output"} <= set(each["reused"]) for each in again.json["episodes"])
    for each in again.json["episodes"]:
        summary = json.loads(Path(each["run_summary"]).read_text(encoding="utf-8"))
        told = [stage["stage"] for stage in summary["stages"]]
        assert told[0] == "story_arc" and told[-1] == "publish_record", (
            "the run that writes is told of by the one that films"
        )
        assert len(told) == len(set(told)) == 11


def test_an_episode_that_cannot_be_made_now_keeps_back_nobody_whose_past_is_settled(made: Path) -> None:
    with FileLock(made / "artifacts" / "local" / ".locks" / "lighthouse-s01e01.lock"):
        done = narrative("season", made / "lighthouse" / "project.json", "--json", cwd=made)
    assert statuses(done) == {"s01e01": "failed", "s01e02": "succeeded"}
    assert done.code == 3
    assert "Another process is working on lighthouse/s01e01" in done.episode["error"]["message"]


def test_two_seasons_of_one_project_at_once_are_refused_in_words(made: Path) -> None:
    with FileLock(made / "artifacts" / "local" / ".locks" / "lighthouse-season.lock"):
        done = narrative("season", made / "lighthouse" / "project.json", cwd=made)
    assert done.code == 3
    assert "Another process is working on a season of lighthouse" in done.err


def test_what_waits_for_a_person_keeps_back_what_builds_on_it(tmp_path: Path) -> None:
    project = short_season(tmp_path, 2, human_checkpoints={"approve_canon_diff": True})
    done = narrative("season", project, "--json", cwd=tmp_path)
    assert (done.code, statuses(done)) == (6, {"s01e01": "waiting", "s01e02": "waiting"})
    assert done.json["episodes"][1]["error"]["message"].startswith("lighthouse/s01e02 builds on s01e01")


def test_a_season_that_the_project_has_not_is_named_in_words(tmp_path: Path) -> None:
    done = narrative("season", short_season(tmp_path, 2), "--season", "4", cwd=tmp_path)
    assert done.code == 3
    assert "Its seasons: s01" in done.err
