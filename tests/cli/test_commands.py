"""The command line over a finished episode: what it lists, shows, traces and says of a season's order."""

import json
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from schemas.script import Script
from tests.fakes.terminal import ROOT, narrative, small_project


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    done = narrative("run", small_project(folder), "--json", cwd=folder)
    assert done.code == 0, done.err
    return folder


def test_every_artifact_is_listed_with_its_record(finished: Path) -> None:
    records = narrative("artifacts", "ls", "ferry/s01e01", "--json", cwd=finished).json
    assert {record["kind"] for record in records} >= {"Script", "ShotList", "RenderPlan", "RenderOutput"}
    for record in records:
        assert record["compute_origin"] == "local"
        assert record["parents"] and record["created_at"] and record["licence"]
    assert narrative("artifacts", "ls", "ferry/s01e99", "--json", cwd=finished).json == []


def test_lineage_leads_from_the_video_to_the_screenplay(finished: Path) -> None:
    records = narrative("artifacts", "ls", "--json", cwd=finished).json
    video = next(record for record in records if record["kind"] == "RenderOutput")
    tree = narrative("artifacts", "lineage", video["content_hash"][:12], "--json", cwd=finished).json
    script = tree["parents"]["shot_list"]["parents"]["script"]
    assert script["kind"] == "Script"
    assert len(script["parents"]["screenplay"]["hash"]) == 64
    assert "ShotList" in narrative("artifacts", "lineage", video["content_hash"], cwd=finished).out


def test_lineage_leads_through_what_the_writer_relied_on(finished: Path) -> None:
    records = narrative("artifacts", "ls", "--json", cwd=finished).json
    script = next(record for record in records if record["kind"] == "Script")
    tree = narrative("artifacts", "lineage", script["content_hash"], "--json", cwd=finished).json
    assert tree["parents"]["context"]["kind"] == "ContextPack"
    assert tree["parents"]["context"]["parents"]["canon"]["kind"] == "Canon"


def test_a_forced_run_makes_everything_anew_with_the_same_bytes(finished: Path) -> None:
    before = narrative("run", "ferry/project.json", "--json", cwd=finished)
    forced = narrative("run", "ferry/project.json", "--json", "--force", cwd=finished)
    assert forced.code == 0, forced.err
    assert forced.episode["reused"] == []
    assert forced.episode["shots"]["reused"] == 0
    assert forced.episode["artifacts"] == before.episode["artifacts"]


def test_an_artifact_is_shown_whole_and_its_file_is_valid(finished: Path) -> None:
    path = finished / "artifacts" / "local" / "ferry" / "s01e01" / "Script.json"
    records = narrative("artifacts", "ls", "--json", cwd=finished).json
    digest = next(record["content_hash"] for record in records if record["kind"] == "Script")
    shown = narrative("artifacts", "show", digest[:10], "--json", cwd=finished).json
    assert shown["artifact"] == json.loads(path.read_text())
    assert narrative("validate", path, "--json", cwd=finished).json == {
        "valid": True,
        "kind": "Script",
        "schema_version": Script.VERSION,
    }


def test_the_episodes_say_how_far_they_are(finished: Path) -> None:
    rows = narrative("episodes", "ferry/project.json", "--json", cwd=finished).json["episodes"]
    assert rows == [
        {
            "episode": "s01e01",
            "title": "The Last Ferry",
            "source": "ferry.fountain",
            "canon": "settled",
            "rendered": "preview_local",
        }
    ]


def test_an_episode_before_its_time_is_refused_in_words(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "lighthouse", tmp_path / "lighthouse")
    done = narrative("run", "lighthouse/project.json", "--episode", "s01e02", cwd=tmp_path)
    assert done.code == 5
    assert "lighthouse/s01e02 builds on s01e01" in done.err
    assert "Run lighthouse/s01e01 first." in done.err


def test_two_processes_never_make_the_same_episode_at_once(finished: Path) -> None:
    with FileLock(finished / "artifacts" / "local" / ".locks" / "ferry-s01e01.lock"):
        done = narrative("run", "ferry/project.json", cwd=finished)
    assert done.code == 3
    assert "Another process is working on ferry/s01e01." in done.err


def test_an_unknown_episode_or_profile_is_answered_with_what_there_is(finished: Path) -> None:
    episode = narrative("run", "ferry/project.json", "--episode", "s09e09", cwd=finished)
    profile = narrative("run", "ferry/project.json", "--profile", "imax", cwd=finished)
    assert (episode.code, profile.code) == (3, 3)
    assert "Its episodes: s01e01." in episode.err
    assert "There are: preview_local, standard_local," in profile.err


def test_a_decision_about_the_wrong_thing_is_refused(finished: Path) -> None:
    records = narrative("artifacts", "ls", "--json", cwd=finished).json
    script = next(record["content_hash"] for record in records if record["kind"] == "Script")
    done = narrative("approve", "approve_canon_diff", script[:12], "--by", "Ines", cwd=finished)
    assert done.code == 3
    assert "is a Script; approve_canon_diff decides on a CanonDiff." in done.err
    diff = next(record["content_hash"] for record in records if record["kind"] == "CanonDiff")
    nameless = narrative("approve", "approve_canon_diff", diff[:12], "--by", " ", cwd=finished)
    assert nameless.code == 3
    assert "needs the name" in nameless.err
