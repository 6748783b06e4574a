"""A contradiction on its way through the graph: blocked, waived by name, decided in review, or mended in the script."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.terminal import narrative, small_project


def aged(folder: Path, **changes: Any) -> Path:
    """The small project with a screenplay in which Mara is 45; the project says 30."""
    path = small_project(folder)
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, **changes}), encoding="utf-8")
    screenplay = path.parent / "ferry.fountain"
    screenplay.write_text(screenplay.read_text(encoding="utf-8").replace("MARA, 30,", "MARA, 45,"), encoding="utf-8")
    return path


def log(folder: Path) -> dict[str, Any]:
    return narrative("canon", "log", "ferry", "--json", cwd=folder).json


def finding(message: str) -> str:
    """The id that the message names the finding by."""
    return message.partition("finding ")[2][:16]


def test_a_contradiction_is_waived_by_name_for_as_long_as_the_waiver_says(tmp_path: Path) -> None:
    path = aged(tmp_path)
    blocked = narrative("write", path, "--json", cwd=tmp_path)
    assert blocked.code == 4
    found = finding(blocked.episode["error"]["message"])
    waived = narrative(
        "canon",
        "waive",
        "ferry/s01e01",
        found,
        "--by",
        "Ines",
        "--reason",
        "She lies about it.",
        "--json",
        cwd=tmp_path,
    )
    assert waived.code == 0, waived.out
    assert (waived.json["name"], waived.json["expires_after"]) == ("Ines", "s01e01")
    assert narrative("write", path, "--json", cwd=tmp_path).code == 0
    checked = narrative("canon", "check", "ferry", "--json", cwd=tmp_path)
    (judged,) = [j for j in checked.json["episodes"]["s01e01"]["judgements"] if j["waiver"]]
    assert (checked.code, judged["verdict"], judged["severity"]) == (0, "contradiction", "info")
    assert "Ines" in narrative("canon", "check", "ferry", cwd=tmp_path).out


def test_in_review_a_person_decides_about_a_contradiction(tmp_path: Path) -> None:
    path = aged(tmp_path, continuity_mode="review")
    waiting = narrative("write", path, "--json", cwd=tmp_path)
    assert waiting.code == 6
    (asked,) = log(tmp_path)["waiting"]
    assert asked["state"] == "waiting"
    refused = narrative("canon", "approve", "ferry/s01e01", asked["content_hash"], "--by", " ", "--json", cwd=tmp_path)
    assert refused.code == 3
    script = json.loads((tmp_path / "artifacts/local/ferry/s01e01/Script.json").read_text(encoding="utf-8"))
    assert script["kind"] == "Script"
    other = next(
        record["content_hash"]
        for record in narrative("artifacts", "ls", "--json", cwd=tmp_path).json
        if record["kind"] == "Script"
    )
    wrong = narrative("canon", "approve", "ferry/s01e01", other, "--by", "Ines", "--json", cwd=tmp_path)
    assert (wrong.code, wrong.json["error"]) == (3, "ApprovalMismatch")
    assert log(tmp_path)["entries"] == []
    decided = narrative(
        "canon", "approve", "ferry/s01e01", asked["content_hash"], "--by", "Ines", "--notes", "Meant.", cwd=tmp_path
    )
    assert decided.code == 0, decided.err
    assert narrative("write", path, "--json", cwd=tmp_path).code == 0
    (entry,) = log(tmp_path)["entries"]
    assert (entry["approver"], entry["notes"]) == ("Ines", "Meant.")


def test_an_imported_script_is_mended_only_where_the_project_allows_it(tmp_path: Path) -> None:
    path = aged(tmp_path, auto_repair="all")
    done = narrative("write", path, "--json", cwd=tmp_path)
    assert done.code == 0, done.out
    script = json.loads((tmp_path / "artifacts/local/ferry/s01e01/Script.json").read_text(encoding="utf-8"))
    told = " ".join(element.get("text", "") for scene in script["scenes"] for element in scene["elements"])
    assert "MARA, 30," in told
    assert "45" not in told
    records = narrative("artifacts", "ls", "--json", cwd=tmp_path).json
    (repaired,) = [record["content_hash"] for record in records if record["kind"] == "RepairLog"]
    changes = narrative("artifacts", "show", repaired, "--json", cwd=tmp_path).json["artifact"]["changes"]
    assert changes and all(change["code"] == "age" and change["why"] for change in changes)


@pytest.mark.parametrize(("mode", "code"), [("fail_closed", 15), ("warn_only", 0)])
def test_words_that_the_rating_does_not_allow_stop_the_episode_or_warn(mode: str, code: int, tmp_path: Path) -> None:
    path = small_project(tmp_path)
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "rating": "G", "safety_mode": mode}), encoding="utf-8")
    screenplay = path.parent / "ferry.fountain"
    text = screenplay.read_text(encoding="utf-8").replace("Is this the last one?", "Is this the last fucking one?")
    screenplay.write_text(text, encoding="utf-8")
    done = narrative("write", path, "--json", cwd=tmp_path)
    assert done.code == code, done.out
    records = narrative("artifacts", "ls", "--json", cwd=tmp_path).json
    (report,) = [record["content_hash"] for record in records if record["kind"] == "SafetyReport"]
    shown = narrative("artifacts", "show", report, "--json", cwd=tmp_path).json["artifact"]
    assert shown["verdict"] == ("blocked" if code else "warned")
    assert shown["findings"][0]["element_id"]
    assert bool(log(tmp_path)["entries"]) is (code == 0)
