"""Stored files that change or vanish are noticed, and the next run makes them again, byte for byte."""

import json
from pathlib import Path

import pytest

from tests.fakes.terminal import fingerprints, narrative, small_project


@pytest.mark.slow
def test_damaged_and_lost_files_are_named_and_made_again(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    first = narrative("run", project, "--json", cwd=tmp_path)
    before = fingerprints(tmp_path, first)
    blobs = sorted(path for path in (tmp_path / "artifacts" / "local" / "blobs").glob("??/*") if path.is_file())
    for number, path in enumerate(blobs):
        if number % 3 == 0:
            path.unlink()
        elif number % 3 == 1:
            path.write_bytes(path.read_bytes()[:-1] + b"?")
    checked = narrative("artifacts", "verify", "--json", cwd=tmp_path)
    assert checked.code == 9
    assert len(json.loads(checked.out)["damaged"]) >= len(blobs) // 3 - 1
    again = narrative("run", project, "--json", cwd=tmp_path)
    assert again.code == 0, again.err + again.out
    assert fingerprints(tmp_path, again) == before


@pytest.mark.slow
def test_an_edited_readable_copy_changes_nothing_and_is_put_right(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    first = narrative("run", project, "--json", cwd=tmp_path)
    before = fingerprints(tmp_path, first)
    script = Path(next(row["path"] for row in first.episode["artifacts"] if row["kind"] == "Script"))
    script.write_text("{}")
    (script.parent / "preview_local" / "captions.srt").unlink()
    again = narrative("run", project, "--json", cwd=tmp_path)
    assert again.code == 0, again.err + again.out
    assert script.read_text() != "{}"
    assert fingerprints(tmp_path, again) == before
