"""`narrative models` as a person runs it, from adding a model to a file that has changed."""

import json
import pickle
from pathlib import Path

import pytest

from schemas.models import ModelInventory, ModelSmokeReport
from schemas.reading import read_bytes, read_file
from tests.fakes.model_folders import tiny_model
from tests.fakes.terminal import narrative

TINY = ("--id", "tiny", "--task", "embedding", "--licence", "MIT", "--source", "made for a test")


@pytest.mark.slow
def test_a_model_is_added_listed_verified_opened_and_judged(tmp_path: Path) -> None:
    tiny_model(tmp_path / "from")
    done = narrative("models", "add", "from", *TINY, "--json", cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert done.json["size_bytes"] == sum(file["size_bytes"] for file in done.json["files"])
    inventory = read_bytes(narrative("models", "ls", "--json", cwd=tmp_path).out.encode(), ModelInventory)
    assert [model.model_id for model in inventory.models] == ["tiny"]
    assert narrative("models", "verify", "--json", cwd=tmp_path).json == {"models": 1, "troubles": []}
    smoked = narrative("models", "smoke", "--json", "--report", "smoke.json", cwd=tmp_path)
    assert smoked.code == 0 and smoked.json["passed"]
    assert read_file(tmp_path / "smoke.json", ModelSmokeReport).models[0].outcome == "opened"
    (row,) = narrative("models", "licences", "--json", cwd=tmp_path).json
    assert row["outputs"] == "allowed (MIT: says nothing of outputs)"

    (tmp_path / "models" / "tiny" / "config.json").write_text("{}")
    verified = narrative("models", "verify", cwd=tmp_path)
    assert verified.code == 9 and "tiny/config.json: differs from its recorded hash" in verified.out
    smoked = narrative("models", "smoke", cwd=tmp_path)
    assert smoked.code == 9 and "1 failed." in smoked.out


@pytest.mark.slow
def test_what_is_refused_is_said_in_a_sentence(tmp_path: Path) -> None:
    source = tiny_model(tmp_path / "from")
    (source / "weights.pt").write_bytes(pickle.dumps([1]))
    done = narrative("models", "add", "from", *TINY, "--json", cwd=tmp_path)
    assert done.code == 18
    assert done.json["error"] == "ModelRefused" and "weights.pt" in done.json["message"]
    (source / "weights.pt").unlink()
    done = narrative("models", "add", "from", *TINY[:-4], "--licence", "mine", *TINY[-2:], cwd=tmp_path)
    assert done.code == 8 and "mine" in done.err and "Traceback" not in done.err
    assert narrative("models", "add", cwd=tmp_path).code == 2
    assert not (tmp_path / "models").exists()


def test_the_models_folder_is_where_the_environment_says(tmp_path: Path) -> None:
    done = narrative("models", "ls", cwd=tmp_path, NARRATIVE_MODELS=str(tmp_path / "elsewhere"))
    assert done.code == 0 and "elsewhere" in done.out and "0 models" in done.out
    assert json.loads(narrative("models", "licences", "--list", "--json", cwd=tmp_path).out)[0]["licence"] == "0BSD"
    assert list(tmp_path.iterdir()) == []
