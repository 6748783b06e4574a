"""The same project gives the same bytes: in any folder, with any number of workers, locale and time zone."""

import json
from pathlib import Path

import jsonschema
import pytest

from narrative_assets.assets.stage import STAGES
from schemas.kinds import KINDS
from schemas.publish import PUBLISHED
from tests.fakes.terminal import fingerprints, narrative, small_project

CONDITIONS = [
    ("1", {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"}),
    ("2", {"LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "2"}),
    ("4", {"LC_ALL": "C.UTF-8", "TZ": "America/St_Johns", "PYTHONHASHSEED": "3"}),
]


@pytest.mark.slow
def test_workers_locales_time_zones_and_folders_change_nothing(tmp_path: Path) -> None:
    found = []
    for number, (workers, surroundings) in enumerate(CONDITIONS):
        folder = tmp_path / ("deeper/" * number) / "here"
        folder.mkdir(parents=True)
        done = narrative("run", small_project(folder), "--json", "--workers", workers, cwd=folder, **surroundings)
        assert done.code == 0, done.err + done.out
        found.append(fingerprints(folder, done))
    assert found[0] == found[1] == found[2]


@pytest.mark.slow
def test_a_second_run_recomputes_nothing_and_the_chain_fits_its_schemas(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    first = narrative("run", project, "--json", cwd=tmp_path)
    second = narrative("run", project, "--json", cwd=tmp_path)
    assert (first.code, second.code) == (0, 0)
    assert tuple(second.episode["reused"]) == STAGES
    assert second.episode["shots"] == {"rendered": 0, "reused": 0}
    assert fingerprints(tmp_path, first) == fingerprints(tmp_path, second)
    for row in second.episode["artifacts"]:
        document = json.loads(Path(row["path"]).read_text())
        schema = json.loads((PUBLISHED / f"{row['kind']}.schema.json").read_text())
        jsonschema.validate(document, schema)
    assert {row["kind"] for row in second.episode["artifacts"]} < set(KINDS)


@pytest.mark.slow
def test_a_changed_line_renders_only_its_own_scene_again(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    first = narrative("run", project, "--json", cwd=tmp_path)
    assert first.code == 0, first.err
    screenplay = project.parent / "ferry.fountain"
    screenplay.write_text(screenplay.read_text().replace("You paid for two.", "You have paid for two, I think."))
    second = narrative("run", project, "--json", cwd=tmp_path)
    assert second.code == 0, second.err
    plan = Path(next(row["path"] for row in second.episode["artifacts"] if row["kind"] == "ShotList"))
    shots = json.loads(plan.read_text())["shots"]
    in_scene = sum(shot["scene_id"] == shots[-2]["scene_id"] for shot in shots)
    assert 1 <= second.episode["shots"]["rendered"] <= in_scene
    assert second.episode["shots"]["reused"] >= len(shots) - in_scene
