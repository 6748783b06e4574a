"""The documents say what is: their commands run, their links lead somewhere, their tables match the program."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from narrative_assets.canon import RULES, rules_of
from resources.metrics import HELP
from schemas import errors
from schemas.project import Project
from schemas.reading import read_file
from tests.fakes.terminal import ROOT, SMALL, narrative

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.slow
@pytest.mark.parametrize("page", ["using.md", "continuity.md", "handoff.md", "memory.md", "models.md"])
def test_every_command_of_a_walk_through_works_in_its_order(page: str, tmp_path: Path) -> None:
    shutil.copy(SMALL / "ferry.fountain", tmp_path)
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) > 8
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "narrative"
        done = narrative(*arguments, cwd=tmp_path)
        assert done.code == 0, f"{command}\n{done.out}{done.err}"
        if arguments[0] in ("init", "import"):
            filmed_small(tmp_path)


def filmed_small(folder: Path) -> None:
    """Have the projects in ``folder`` filmed in a sixteenth of the pixels: what a page says holds for any size."""
    for path in folder.glob("*/project.json"):
        document = json.loads(path.read_text())
        document["render_profiles"] = [{"id": "preview_local", "width": 320, "height": 180}]
        path.write_text(json.dumps(document))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


def test_the_rules_that_a_page_shows_are_rules_of_a_project(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "continuity.md").read_text(), re.DOTALL)
    document = json.loads((ROOT / "examples" / "lighthouse" / "project.json").read_text())
    for name, value in json.loads(shown).items():
        document[name] = value
    path = tmp_path / "project.json"
    path.write_text(json.dumps(document))
    assert rules_of(read_file(path, Project))["rank"].traits == ("rising",)


def test_every_code_that_the_gate_blocks_with_is_documented() -> None:
    text = (ROOT / "docs" / "continuity.md").read_text()
    for rule in RULES.values():
        assert rule.momentary or f"`{rule.code}`" in text, rule.code


def test_the_exit_codes_of_the_errors_are_documented() -> None:
    text = (ROOT / "docs" / "using.md").read_text()
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    raised = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "exit_code")}
    assert raised <= documented


def test_every_make_target_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z-]+)$", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert named <= targets
    assert {"demo", "test", "ui", "bench", "help"} <= targets


def test_every_gate_of_a_render_is_documented() -> None:
    text = (ROOT / "docs" / "picture.md").read_text()
    code = "".join(path.read_text() for path in sorted((ROOT / "narrative_assets" / "video").glob("*.py")))
    gates = set(re.findall(r'\bfinding\(\s*f?"([a-z_{}]+)"', code))
    assert len(gates) >= 15
    for gate in gates:
        assert f"`{gate}`" in text or "{" in gate, gate


def test_every_figure_is_documented() -> None:
    text = (ROOT / "docs" / "models.md").read_text()
    assert set(HELP) == set(re.findall(r"`(narrative_[a-z_]+)`", text))


def test_every_selection_string_of_the_ui_page_selects_what_it_names() -> None:
    from dagster import AssetSelection

    from narrative_assets.definitions import defs

    rows = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs" / "ui.md").read_text(), re.MULTILINE)
    strings = [string for row in rows for string in re.findall(r"`([^`]+)`", row)]
    graph = defs.resolve_asset_graph()
    picked = {string: AssetSelection.from_string(string).resolve(graph) for string in strings}
    assert len(picked) >= 9
    assert all(picked.values()), picked
    assert len({frozenset(keys) for keys in picked.values()}) == len(picked), "two strings select the same"
