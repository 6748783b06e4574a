"""A project leaves in one file and arrives whole: nothing is made again, and every hash is the same."""

import json
from pathlib import Path

import pytest

from tests.fakes.terminal import narrative

pytestmark = pytest.mark.slow


def test_an_imported_project_is_used_again_in_every_stage_with_the_same_hashes(
    finished_once: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "ferry.zip"
    assert narrative("archive", "export", "ferry", archive, cwd=finished_once).code == 0
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    done = narrative("archive", "import", archive, "--json", cwd=there)
    assert done.code == 0, done.err
    assert done.json["outcome"] == "imported"
    assert (there / "ferry" / "library" / "props" / "nothing-needed.licence.json").is_file()
    again = narrative("archive", "export", "ferry", tmp_path / "again.zip", cwd=there)
    assert again.code == 0, again.err
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()

    run = narrative("run", "ferry/project.json", "--json", cwd=there)
    assert run.code == 0, run.out
    kinds = ["Script", "ShotList", "AssetManifest", "RenderPlan", "RenderOutput", "PublishRecord"]
    hashes = {row["kind"]: row["hash"] for row in run.episode["artifacts"]}
    stored = narrative("artifacts", "ls", "ferry/s01e01", "--json", cwd=finished_once).json
    for kind in kinds:
        assert hashes[kind] in {row["content_hash"] for row in stored if row["kind"] == kind}
    assert len(run.episode["reused"]) == 11
    assert run.episode["shots"]["rendered"] == 0
    video = (there / run.episode["video"]).read_bytes()
    assert video == (finished_once / "artifacts/local/ferry/s01e01/preview_local/episode.mp4").read_bytes()
    assert narrative("artifacts", "verify", cwd=there).code == 0
    assert narrative("canon", "log", "ferry", "--json", cwd=there).json["entries"]

    second = narrative("archive", "import", archive, "--json", cwd=there)
    assert (second.code, second.json["outcome"]) == (0, "unchanged")


def test_a_project_that_differs_is_only_replaced_when_asked(ferry: Path, tmp_path: Path) -> None:
    archive = tmp_path / "ferry.zip"
    assert narrative("archive", "export", "ferry", archive, cwd=ferry).code == 0
    there = tmp_path / "there"
    there.mkdir()
    assert narrative("archive", "import", archive, cwd=there).code == 0
    path = there / "ferry" / "project.json"
    document = json.loads(path.read_text())
    document["title"] = "The First Ferry"
    path.write_text(json.dumps(document))
    assert narrative("episodes", "ferry/project.json", cwd=there).code == 0
    refused = narrative("archive", "import", archive, cwd=there)
    assert refused.code == 3
    assert "is here already and differs" in refused.err
    assert json.loads(path.read_text())["title"] == "The First Ferry"
    replaced = narrative("archive", "import", archive, "--replace", "--json", cwd=there)
    assert (replaced.code, replaced.json["outcome"]) == (0, "replaced")
    assert json.loads(path.read_text())["title"] == "The Last Ferry"


def test_files_of_others_are_not_written_over(ferry: Path, tmp_path: Path) -> None:
    archive = tmp_path / "ferry.zip"
    assert narrative("archive", "export", "ferry", archive, cwd=ferry).code == 0
    there = tmp_path / "there"
    (there / "ferry").mkdir(parents=True)
    (there / "ferry" / "ferry.fountain").write_text("Mine.")
    done = narrative("archive", "import", archive, cwd=there)
    assert done.code == 3
    assert "holds other files than the archive" in done.err
    assert (there / "ferry" / "ferry.fountain").read_text() == "Mine."
    elsewhere = narrative("archive", "import", archive, "--to", "other", cwd=there)
    assert elsewhere.code == 0, elsewhere.err


def test_an_unknown_project_is_answered_in_words(tmp_path: Path) -> None:
    done = narrative("archive", "export", "nobody", tmp_path / "x.zip", "--json", cwd=tmp_path)
    assert done.code == 3
    assert "is not known here" in done.json["message"]
    assert not (tmp_path / "x.zip").exists()
