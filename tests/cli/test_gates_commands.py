"""A gate that fails on a real video: it blocks publishing, is let pass by name for that video alone, and taken back."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.fakes.terminal import Done, narrative

pytestmark = pytest.mark.slow
GATE = "frozen_pictures"
RENDERED = "artifacts/local/ferry/s01e01/preview_local"


def darkened(ferry: Path) -> Path:
    """The finished project with an empty place in it, all black: the camera moves, and nothing is seen to move."""
    screenplay = ferry / "ferry" / "ferry.fountain"
    screenplay.write_text(f"{screenplay.read_text()}\nINT. HOLD - NIGHT\n\nChains and dark water.\n")
    folder = ferry / "ferry" / "library" / "backgrounds"
    folder.mkdir(parents=True)
    Image.new("RGB", (320, 180)).save(folder / "hold.png")
    (folder / "hold.licence.json").write_text('{"license_type": "CC0-1.0"}')
    return ferry


def run(ferry: Path) -> Done:
    return narrative("run", "ferry/project.json", "--json", cwd=ferry)


def gates(ferry: Path, *arguments: str) -> Done:
    return narrative("gates", *arguments, "--json", cwd=ferry)


def hashed(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def judged(ferry: Path, name: str) -> dict[str, Any]:
    return next(each for each in gates(ferry, "ls", "ferry/s01e01").json["gates"] if each["gate"] == name)


def test_a_failed_gate_blocks_until_a_person_lets_exactly_this_video_pass(ferry: Path, tmp_path: Path) -> None:
    published = ferry / RENDERED / "published"
    before = hashed(published)
    blocked = run(darkened(ferry))
    assert blocked.code == 12
    error = blocked.episode["error"]
    assert (error["stage"], error["error"]) == ("render_output", "QualityGate")
    assert error["message"].startswith(f"{GATE}: Planned to move, and standing: sc03-sh001.")
    failed = judged(ferry, GATE)
    assert f"narrative gates override {GATE} {failed['content_hash'][:12]}" in error["remedy"]
    assert (failed["state"], failed["overridable"]) == ("failed", True)

    assert hashed(published) == before
    assert blocked.episode["published"] is None
    assert "PublishRecord" not in {row["kind"] for row in blocked.episode["artifacts"]}
    standing = gates(ferry, "ls", "ferry/s01e01").json["published"]
    assert standing["current"] is False
    assert standing["render_output"] == json.loads((published / "PublishRecord.json").read_text())["render_output_hash"]
    other = gates(ferry, "override", GATE, standing["render_output"], "--by", "Ines", "--reason", "A power cut.")
    assert (other.code, other.json["error"]) == (3, "OverrideRefused")

    passed = gates(ferry, "override", GATE, failed["content_hash"][:12], "--by", "Ines", "--reason", "A power cut.")
    assert passed.code == 0, passed.out
    done = run(ferry)
    assert done.code == 0, done.out
    assert done.episode["reused"][-1] == "render_output"
    assert any(note.startswith(f"{GATE}: ") and note.endswith("Let pass by Ines.") for note in done.episode["notes"])
    record = json.loads((published / "PublishRecord.json").read_text())
    (told,) = [each for each in record["gates"] if each["outcome"] == "overridden"]
    assert (told["gate"], told["by"], told["reason"]) == (GATE, "Ines", "A power cut.")
    assert record["render_output_hash"] == failed["content_hash"]
    assert hashed(published) != before

    archive, there = tmp_path / "ferry.zip", tmp_path / "there"
    there.mkdir()
    assert narrative("archive", "export", "ferry", archive, cwd=ferry).code == 0
    assert narrative("archive", "import", archive, cwd=there).code == 0
    assert judged(there, GATE)["override"]["by"] == "Ines"

    kept = hashed(published)
    assert gates(ferry, "withdraw", GATE, failed["content_hash"][:12], "--by", "Ole", "--reason", "Too dark.").code == 0
    assert run(ferry).code == 12
    assert hashed(published) == kept
    assert gates(ferry, "ls", "ferry/s01e01").json["published"]["current"] is False
    assert [each["event"] for each in gates(ferry, "ls", "ferry/s01e01").json["log"]] == ["overridden", "withdrawn"]


def test_what_is_published_is_whole_credited_and_repeats_to_the_byte(ferry: Path) -> None:
    published = ferry / RENDERED / "published"
    first = hashed(published)
    record = json.loads((published / "PublishRecord.json").read_text())
    assert {each["name"]: each["file"]["uri"][-64:] for each in record["files"]} == {
        name: digest for name, digest in first.items() if name not in ("PublishRecord.json", "run_summary.json")
    }
    assert first.keys() >= {"episode.mp4", "captions.srt", "stem-mix.wav", "contact-sheet.png", "credits.txt"}
    credits = (published / "credits.txt").read_text()
    assert "Mara" in credits and '"THE LAST FERRY" by The project. CC0-1.0.' in credits
    assert {each["outcome"] for each in record["gates"]} == {"held"}
    for path in published.iterdir():
        path.unlink()
    published.rmdir()
    again = run(ferry)
    assert again.code == 0, again.out
    log = {"run_summary.json"}
    assert {n: d for n, d in hashed(published).items() if n not in log} == {
        n: d for n, d in first.items() if n not in log
    }


def test_gates_of_an_episode_that_was_never_run_are_answered_in_words(finished_once: Path) -> None:
    absent = gates(finished_once, "ls", "ferry/s01e09")
    assert (absent.code, absent.json["remedy"]) == (3, "Run ferry/s01e09 first.")
    shown = narrative("gates", "ls", "ferry/s01e01", cwd=finished_once)
    assert shown.code == 0
    assert "visual_continuity" in shown.out and "Published as it stands:" in shown.out
