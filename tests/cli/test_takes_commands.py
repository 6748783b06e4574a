"""Takes from the terminal: proposed, drawn side by side, chosen, and only the chosen shot rendered again."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.fakes.terminal import narrative, small_project

SHOT = "sc01-sh005"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("takes")
    done = narrative("run", small_project(folder), "--json", cwd=folder)
    assert done.code == 0, done.err
    return folder


def takes(folder: Path, command: str, *arguments: str) -> Any:
    done = narrative("takes", command, "ferry", "s01e01", *arguments, "--json", cwd=folder)
    assert done.code == 0, done.out + done.err
    return done.json


def artifact(folder: Path, kind: str, run: dict[str, Any]) -> Any:
    path = next(row["path"] for row in run["artifacts"] if row["kind"] == kind)
    return json.loads((folder / path).read_text())


@pytest.mark.slow
def test_a_chosen_take_is_in_the_film_and_nothing_else_is_rendered_again(finished: Path) -> None:
    run = narrative("run", "ferry/project.json", "--json", cwd=finished).episode
    before = artifact(finished, "RenderOutput", run)
    proposal = takes(finished, "propose", SHOT)
    assert "tighter" in proposal["added"]
    assert takes(finished, "propose", SHOT)["added"] == []
    drawn = takes(finished, "sheet", SHOT)
    assert drawn["takes"] == ["planned", *proposal["added"]]
    assert Image.open(drawn["file"]).size == (drawn["width"], drawn["height"])

    takes(finished, "choose", SHOT, "tighter", "--by", "Ida")
    after = narrative("run", "ferry/project.json", "--json", cwd=finished).episode
    changed = artifact(finished, "RenderOutput", after)
    assert after["shots"] == {"rendered": 1, "reused": len(before["shots"]) - 1}
    assert after["made_again"]["render_plan"] == ["the takes chosen have changed"]
    (in_plan,) = artifact(finished, "RenderPlan", after)["takes"]
    assert (in_plan["shot_id"], in_plan["chosen"]) == (SHOT, "tighter")
    both = zip(before["shots"], changed["shots"], strict=True)
    assert [old["shot_id"] for old, new in both if old["clip_hash"] != new["clip_hash"]] == [SHOT]

    takes(finished, "keep", SHOT, "--by", "Ida")
    refused = narrative("takes", "choose", "ferry", "s01e01", SHOT, "low", "--by", "Ole", "--json", cwd=finished)
    assert (refused.code, refused.json["error"]) == (3, "InputError")
    assert takes(finished, "rollback", SHOT, "--by", "Ida")["kept"] is False
    assert takes(finished, "rollback", SHOT, "--by", "Ida")["chosen"] == "planned"
    again = narrative("run", "ferry/project.json", "--json", cwd=finished).episode
    assert again["shots"]["rendered"] == 0
    assert artifact(finished, "RenderOutput", again) == before
    told = [entry["event"] for entry in takes(finished, "list", SHOT)["log"]]
    assert told[-4:] == ["chosen", "kept", "rolled_back", "rolled_back"]


def test_takes_are_listed_in_words(finished: Path) -> None:
    takes(finished, "propose", "sc01-sh004")
    shown = narrative("takes", "list", "ferry", "s01e01", "sc01-sh004", cwd=finished)
    assert shown.code == 0
    assert "planned" in shown.out and "as the shot list has it" in shown.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("propose", "ferry", "s01e01", "sc09-sh001"), "has no shot 'sc09-sh001'"),
        (("propose", "ferry", "s01e07", SHOT), "has no shot list yet"),
        (("propose", "ferry", "s01e01", "title-sh001"), "is a card"),
        (("choose", "ferry", "s01e01", SHOT, "nicer", "--by", "Ida"), "has no take 'nicer'"),
        (("sheet", "ferry", "s01e01", SHOT, "--profile", "standard_local"), "no render plan of these shots"),
        (("rollback", "ferry", "s01e01", "sc01-sh001", "--by", "Ida"), "no choice to take back"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(finished: Path, arguments: tuple[str, ...], said: str) -> None:
    done = narrative("takes", *arguments, cwd=finished)
    assert done.code == 3
    assert said in " ".join(done.err.split())
