"""Packs from the terminal: a run waits for them, later runs do not, a changed look does; and assets from a search."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.fakes.terminal import narrative, small_project
from tests.unit.resources.test_asset_search import StandIn, item, say


def edit(project: Path, **changes: Any) -> None:
    document = json.loads(project.read_text())
    document.update(changes)
    project.write_text(json.dumps(document))


def members(project: Path, who: str, **changes: Any) -> list[dict[str, Any]]:
    cast = json.loads(project.read_text())["cast"]
    return [{**each, **changes} if each["id"] == who else each for each in cast]


@pytest.mark.slow
def test_a_run_waits_for_its_packs_and_asks_again_only_for_a_changed_look(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    edit(project, human_checkpoints={
        "approve_canon_diff": False, "approve_shotlist_timing_lock": False, "approve_character_packs": True,
    })  # fmt: skip
    waiting = narrative("run", project, "--json", cwd=tmp_path)
    assert waiting.code == 6
    assert "Mara (version 1), Otto (version 1)" in waiting.episode["error"]["message"]
    sheet = tmp_path / "mara.png"
    shown = narrative("packs", "show", "ferry", "mara", "--sheet", sheet, "--json", cwd=tmp_path).json
    assert (shown["record"]["version"], shown["decision"], len(shown["pack"]["pictures"])) == (1, "", 22)
    assert sheet.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert narrative("packs", "approve", "ferry", "mara", "--by", "Ann", cwd=tmp_path).code == 0
    half = narrative("run", project, "--json", cwd=tmp_path)
    assert (half.code, "1 character packs wait" in half.episode["error"]["message"]) == (6, True)
    assert narrative("packs", "approve", "ferry", "--all", "--by", "Ann", cwd=tmp_path).code == 0
    assert narrative("run", project, "--json", cwd=tmp_path).code == 0
    edit(project, cast=members(project, "otto", look={"hair": "none"}))
    again = narrative("run", project, "--json", cwd=tmp_path)
    assert again.code == 6
    assert "packs wait for a decision: Otto (version 2)." in again.episode["error"]["message"]
    changed = narrative("packs", "show", "ferry", "otto", "--json", cwd=tmp_path).json
    assert any(change.startswith("look, hair:") for change in changed["changes"])
    versions = narrative("packs", "list", "ferry", "--json", cwd=tmp_path).json
    assert [(each["character"], each["version"], each["decision"]) for each in versions] == [
        ("mara", 1, "approved by Ann"), ("otto", 1, "approved by Ann"), ("otto", 2, ""),
    ]  # fmt: skip


def rope() -> bytes:
    """A picture with something in it: no gate takes it for an empty frame."""
    buffer = io.BytesIO()
    stripes = Image.linear_gradient("L").resize((800, 450)).rotate(12, expand=False)
    Image.merge("RGB", (stripes, stripes.transpose(Image.Transpose.FLIP_TOP_BOTTOM), stripes)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    server = StandIn()

    def search(ask: BaseHTTPRequestHandler) -> None:
        server.results = [item(title="Coiled rope", tags=[])] if "q=Rope" in ask.path else []
        server.page(ask)

    server.handlers["/v1/images/"] = server.handlers["/v1/audio/"] = search
    server.handlers["/files/bark.png"] = lambda ask: say(ask, rope(), "image/png")
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.mark.slow
def test_an_episode_takes_what_a_stand_in_openverse_has_and_credits_it_the_same_on_every_run(
    tmp_path: Path, stand_in: StandIn
) -> None:
    project = small_project(tmp_path)
    edit(project, asset_sources=["openverse"])
    surroundings = {"NARRATIVE_OPENVERSE_URL": stand_in.address, "NARRATIVE_SEARCH_PRIVATE": "1"}
    first = narrative("run", project, "--json", cwd=tmp_path, **surroundings)
    assert first.code == 0, first.err
    listed = narrative("assets", "list", "ferry/s01e01", "--json", cwd=tmp_path).json
    rope = next(each for each in listed["assets"] if each["need_id"] == "prop:rope")
    assert (rope["source"], rope["rights"]["author"], rope["rights"]["retrieval_date"]) == (
        "search", "Tim Sullivan", "2026-05-05",
    )  # fmt: skip
    assert any("Coiled rope" in credit for credit in listed["attributions"])
    asked = len(stand_in.paths)
    again = narrative("run", project, "--json", cwd=tmp_path, **surroundings)
    assert again.episode["artifacts"] == first.episode["artifacts"]
    assert len(stand_in.paths) == asked
    assert narrative("assets", "sheet", "ferry/s01e01", "assets.png", cwd=tmp_path).code == 0
    assert (tmp_path / "assets.png").stat().st_size > 10_000


@pytest.mark.slow
def test_a_pack_goes_into_another_project_with_its_look_and_its_voice(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    edit(project, human_checkpoints={
        "approve_canon_diff": False, "approve_shotlist_timing_lock": False, "approve_character_packs": True,
    })  # fmt: skip
    assert narrative("run", project, "--json", cwd=tmp_path).code == 6
    assert narrative("packs", "export", "ferry", "mara", "mara.zip", cwd=tmp_path).code == 0
    narrative("init", "harbour", "--episodes", "1", cwd=tmp_path)
    target = tmp_path / "harbour" / "project.json"
    assert narrative("packs", "import", "mara.zip", target, cwd=tmp_path).code == 0
    document = json.loads(target.read_text())
    mara = next(each for each in document["cast"] if each["id"] == "mara" and each["name"] == "Mara")
    assert mara["voice"]["base"] == "en-gb"
    assert set(mara["look"]) == {"colour", "accent", "build", "hair", "garment"}
    assert narrative("validate", target, cwd=tmp_path).code == 0
    edit(target, cast=members(target, "mara", look={"colour": "#000000"}))
    refused = narrative("packs", "import", "mara.zip", target, "--json", cwd=tmp_path)
    assert refused.code in (2, 3)
    assert narrative("packs", "import", "mara.zip", target, "--replace", cwd=tmp_path).code == 0


def test_the_cache_is_shown_and_pruned_where_there_is_nothing_yet(tmp_path: Path) -> None:
    assert narrative("cache", "show", "--json", cwd=tmp_path).json == {"limit_bytes": 50_000_000_000, "kinds": []}
    assert narrative("cache", "prune", "--json", "--dry-run", cwd=tmp_path).json["entries"] == 0
    refused = narrative("cache", "show", cwd=tmp_path, NARRATIVE_CACHE_GB="lots")
    assert (refused.code, "which is no size" in refused.err) == (3, True)
    assert narrative("packs", "show", "ferry", "mara", cwd=tmp_path).code == 3
    assert narrative("assets", "list", "ferry/s01e01", cwd=tmp_path).code == 3
