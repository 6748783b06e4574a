"""Bad input ends in one clear sentence or in a finished video; nothing is half-published and no traceback is shown."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes.terminal import Done, narrative, small_project


def said(done: Done) -> str:
    assert "Traceback" not in done.err + done.out, done.err
    return done.err


def edit(project: Path, change: Callable[[dict], None]) -> None:
    document = json.loads(project.read_text())
    change(document)
    project.write_text(json.dumps(document))


def nothing_published(folder: Path) -> bool:
    return not list(folder.rglob("*.mp4"))


def test_truncated_json_is_named_with_the_place(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    project.write_text(project.read_text()[:200])
    done = narrative("run", project, cwd=tmp_path)
    assert done.code == 3
    assert "project.json is not valid JSON" in said(done)


def test_a_folder_where_a_file_was_expected_is_named(tmp_path: Path) -> None:
    done = narrative("run", small_project(tmp_path).parent, cwd=tmp_path)
    assert done.code == 3
    assert "is a folder; a file was expected" in said(done)


def test_a_binary_file_as_a_screenplay_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film.fountain").write_bytes(bytes(range(256)) * 40)
    done = narrative("import", "film.fountain", cwd=tmp_path)
    assert done.code == 3
    assert "film.fountain" in said(done)
    assert not (tmp_path / "film").exists()


def test_an_empty_screenplay_is_refused(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    (project.parent / "ferry.fountain").write_text("\n\n")
    done = narrative("run", project, cwd=tmp_path)
    assert done.code == 3
    assert "ferry.fountain" in said(done)
    assert nothing_published(tmp_path)


@pytest.mark.slow
def test_a_screenplay_without_dialogue_becomes_a_video(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    (project.parent / "ferry.fountain").write_text("EXT. QUAY - DUSK\n\nThe ferry leaves. A bell rings.\n")
    done = narrative("run", project, "--json", cwd=tmp_path)
    assert done.code == 0, said(done)
    assert Path(done.episode["video"]).is_file()


@pytest.mark.slow
def test_a_project_without_characters_becomes_a_video(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    edit(project, lambda document: document.update(cast=[]))
    done = narrative("run", project, "--json", cwd=tmp_path)
    assert done.code == 0, said(done)


@pytest.mark.slow
def test_a_series_to_be_written_without_characters_is_refused_in_words(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    edit(project, lambda document: document.update(cast=[], episodes=[{"id": "s01e01"}]))
    done = narrative("run", project, cwd=tmp_path)
    assert done.code == 3
    assert "cast" in said(done)
    assert nothing_published(tmp_path)


@pytest.mark.slow
def test_a_screenplay_of_ten_thousand_lines_is_planned(tmp_path: Path) -> None:
    scene = "EXT. QUAY - DUSK\n\nMara waits.\n\nMARA\nIs this the last one?\n\nOTTO\nIt is.\n\n"
    (tmp_path / "long.fountain").write_text(scene * 1_000)
    done = narrative("import", "long.fountain", cwd=tmp_path)
    assert done.code == 0, said(done)
    assert narrative("episodes", "long/project.json", cwd=tmp_path).code == 0


@pytest.mark.slow
def test_a_huge_image_in_the_library_is_listed_and_replaced(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    backgrounds = project.parent / "library" / "backgrounds"
    backgrounds.mkdir(parents=True)
    Image.new("1", (12_000, 12_000)).save(backgrounds / "quay.png")
    (backgrounds / "quay.licence.json").write_text(json.dumps({"license_type": "CC0"}))
    done = narrative("run", project, "--json", cwd=tmp_path)
    assert done.code == 0, said(done)
    plan = Path(next(row["path"] for row in done.episode["artifacts"] if row["kind"] == "RenderPlan"))
    reasons = {asset["need_id"]: asset.get("reason") for asset in json.loads(plan.read_text())["assets"]}
    assert "too_large" in [reason for need, reason in reasons.items() if need.startswith("background:quay")]


@pytest.mark.slow
def test_a_contradiction_stops_the_episode_and_names_both_facts(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    screenplay = project.parent / "ferry.fountain"
    screenplay.write_text(screenplay.read_text().replace("MARA, 30,", "MARA, 45,"))
    done = narrative("run", project, cwd=tmp_path)
    assert done.code == 4
    assert "30" in said(done) and "45" in said(done) and "Mara" in said(done)
    assert nothing_published(tmp_path)


@pytest.mark.slow
def test_an_empty_library_gives_a_video_and_a_list_of_placeholders(tmp_path: Path) -> None:
    done = narrative("run", small_project(tmp_path), "--json", cwd=tmp_path)
    assert done.code == 0, said(done)
    output = Path(next(row["path"] for row in done.episode["artifacts"] if row["kind"] == "RenderOutput"))
    listed = json.loads(output.read_text())["placeholder_need_ids"]
    assert "background:quay:dusk" in listed
    assert any(need.startswith("character:") for need in listed)


@pytest.mark.slow
def test_an_episode_waits_for_its_approval_and_goes_on_after_it(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    edit(project, lambda document: document["human_checkpoints"].update(approve_shotlist_timing_lock=True))
    waiting = narrative("run", project, "--json", cwd=tmp_path)
    assert waiting.code == 6
    error = waiting.episode["error"]
    assert error["error"] == "ApprovalPending"
    digest = error["message"].split("timing_lock ")[1].split()[0]
    assert narrative("approve", "approve_shotlist_timing_lock", digest, "--by", "Ines", cwd=tmp_path).code == 0
    done = narrative("run", project, "--json", cwd=tmp_path)
    assert done.code == 0, said(done)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("run", "none.json"), 3, "There is no file none.json"),
        (("artifacts", "show", "abcdef123456"), 3, "No artifact has a hash"),  # pragma: allowlist secret
        (("approve", "approve_anything", "abcdef12", "--by", "x"), 3, "There is no checkpoint"),
        (("validate", "none.json"), 3, "There is no file"),
        (("run",), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_meant_is_answered_in_words(
    arguments: tuple[str, ...], code: int, words: str, tmp_path: Path
) -> None:
    done = narrative(*arguments, cwd=tmp_path)
    assert done.code == code
    assert words in said(done)
