"""Eight processes that approve diffs of one project at once: nothing is lost, and each position has one winner."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from narrative_assets.canon import canon_as_of
from resources.canon_store import CanonStore
from resources.database import open_database
from schemas.canonical import canonical_json
from tests.fakes.canon_diffs import project

WRITERS = 8


@pytest.mark.slow
@pytest.mark.parametrize("each", [10, pytest.param(125, marks=pytest.mark.soak)])
def test_diffs_of_eight_processes_are_all_logged_once_and_without_gaps(
    database_url: str, repository: Path, each: int
) -> None:
    engine = open_database(database_url)
    store = CanonStore(engine, "studio")
    store.canon(project(), "s01e01")
    engine.dispose()
    command = [sys.executable, "-m", "tests.fakes.canon_writer", database_url]
    writers = [
        subprocess.Popen(
            [*command, str(writer), str(each)],
            cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for writer in range(WRITERS)
    ]  # fmt: skip
    told = [writer.communicate(timeout=900) for writer in writers]
    assert [errors for _, errors in told if "Traceback" in errors] == []
    reports = [json.loads(out) for out, _ in told]
    won = {position: digest for report in reports for position, digest in report["won"]}
    entries = store.entries("lighthouse")
    assert [entry.position for entry in entries] == list(range(1, WRITERS * each + 1))
    assert {entry.position: entry.diff_hash for entry in entries} == won
    assert len(set(won.values())) == WRITERS * each
    assert sum(report["moved"] for report in reports) > 0
    assert store.verify(project()) == []
    diffs = [store.diff(digest) for hashes in store.standing("lighthouse").values() for digest in hashes]
    assert canonical_json(store.canon(project(), "s09e01")) == canonical_json(canon_as_of(project(), diffs, "s09e01"))
    engine.dispose()
