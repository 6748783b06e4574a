"""One episode worded by the templates, by two runtimes and by a server: valid, canon-clean, different only in words."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from dagster import DagsterInstance

from narrative_assets.cli.instance import offer_episodes
from narrative_assets.definitions import defs
from narrative_assets.writing.language import Answer, Prompt
from resources.inference.configured import configured_wording
from resources.inference.onnx_language import OnnxLanguage
from resources.inventory.adding import add
from resources.inventory.folder import InventoryFolder
from resources.inventory.offers import Offer
from resources.studio import Studio
from schemas.errors import InputError
from schemas.models import LicenceStatement
from schemas.script import DialogueElement, Script
from tests.fakes import tiny_models
from tests.fakes.openai_server import openai_server
from tests.fakes.short_season import short_season

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder whose two tiny models are in the inventory."""
    root = tmp_path_factory.mktemp("models")
    for name in ("tiny", "tiny-onnx"):
        add(InventoryFolder(root), offered(tiny_models.models() / name))
    return root


def offered(folder: Path) -> Offer:
    stated = (LicenceStatement(expression="CC0-1.0", stated_in="the test that built it"),)
    return Offer(folder, folder.name, "random weights", "Built on the spot.", stated, task="language")


@pytest.fixture
def write(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[Script, dict[str, object]]]]:
    """Writes the first episode with these settings; gives the script and the summary's figures of its stage."""

    def written(name: str, **settings: str) -> tuple[Script, dict[str, object]]:
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setenv("NARRATIVE_ARTIFACTS", str(folder / "artifacts"))
        monkeypatch.setenv("NARRATIVE_MODELS", str(models))
        for key in ("", "_URL", "_LATITUDE", "_SECONDS"):
            monkeypatch.setenv(f"NARRATIVE_LANGUAGE{key}", settings.get(f"language{key.lower()}", ""))
        studio = Studio.open(folder / "artifacts")
        project = studio.projects.register(short_season(folder, 1))
        with DagsterInstance.ephemeral() as instance:
            offer_episodes(instance, project)
            done = defs.resolve_job_def("write_episode").execute_in_process(
                instance=instance,
                partition_key="lighthouse/s01e01",
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        assert done.success
        digest = studio.store.head("lighthouse", "s01e01", "", "Script")
        assert digest is not None
        [summary] = (folder / "artifacts").rglob("run_summary.json")
        said = json.loads(summary.read_text(encoding="utf-8"))
        stage = next(stage for stage in said["stages"] if stage["stage"] == "script")
        return studio.store.load(digest, Script), {**(stage["model"] or {}), "all_tokens": said["tokens"]}

    yield written


def without_words(script: Script) -> Script:
    """The script with every spoken line blanked."""
    scenes = tuple(
        scene.model_copy(
            update={
                "elements": tuple(
                    e.model_copy(update={"text": "", "raw": ""}) if isinstance(e, DialogueElement) else e
                    for e in scene.elements
                )
            }
        )
        for scene in script.scenes
    )
    return script.model_copy(update={"scenes": scenes})


def lines(script: Script) -> list[str]:
    return [e.text for scene in script.scenes for e in scene.elements if isinstance(e, DialogueElement)]


def test_four_writers_change_words_and_nothing_else(write: Callable[..., tuple[Script, dict[str, object]]]) -> None:
    plain, nothing = write("template")
    assert nothing == {"all_tokens": 0}
    onnx, by_onnx = write("onnx", language="onnxruntime:tiny-onnx", language_latitude="guided")
    torch, by_torch = write("torch", language="torch:tiny", language_latitude="guided")
    with openai_server(OnnxLanguage(tiny_models.models(), "tiny-onnx").complete) as server:
        served, by_server = write(
            "server", language="openai:tiny", language_url=server.address, language_latitude="guided"
        )
    for script, use, runtime in (
        (onnx, by_onnx, "onnxruntime"),
        (torch, by_torch, "torch"),
        (served, by_server, "openai"),
    ):
        assert without_words(script) == without_words(plain)
        assert lines(script) != lines(plain)
        assert use["refusals"] == []
        assert use["why"] == [f"{runtime} is the first in order."]
        assert use["all_tokens"] == use["prompt_tokens"] + use["tokens"] > 0  # type: ignore[operator]
    assert lines(onnx) == lines(torch), "one model, two runtimes, one seed"


def test_a_hung_server_is_cut_at_its_limit_and_the_next_in_order_writes(
    write: Callable[..., tuple[Script, dict[str, object]]],
) -> None:
    def hang(*_: object) -> NoReturn:
        time.sleep(10)
        raise AssertionError("Nobody waits that long.")

    with openai_server(hang) as server:
        script, use = write(
            "hung",
            language="openai:tiny,onnxruntime:tiny-onnx",
            language_url=server.address,
            language_latitude="guided",
            language_seconds="1",
        )
    assert lines(script)
    assert all("onnxruntime answered after openai" in why for why in use["why"])  # type: ignore[attr-defined]


def test_a_server_that_is_not_there_leaves_the_templates_lines_and_says_so(
    write: Callable[..., tuple[Script, dict[str, object]]],
) -> None:
    plain, _ = write("template")
    script, use = write("nobody", language="openai:any", language_url="http://127.0.0.1:9/v1")
    assert script == plain
    assert use["backends"] == [] and use["answers"] == 0
    assert all("unavailable" in refusal for refusal in use["refusals"])  # type: ignore[attr-defined]


def test_nothing_is_named_that_cannot_be_meant(models: Path) -> None:
    for order, said in (
        ("torch", "names 'torch'"),
        ("cuda:tiny", "names 'cuda:tiny'"),
        ("onnxruntime:nobody", "There is no model 'nobody'"),
        ("onnxruntime:../tiny", "There is no model '../tiny'"),
        ("openai:any", "names a server and NARRATIVE_LANGUAGE_URL none"),
    ):
        with pytest.raises(InputError, match=said):
            configured_wording({"NARRATIVE_LANGUAGE": order, "NARRATIVE_MODELS": str(models)})


def test_the_key_itself_is_what_the_environment_holds_and_no_error_tells_it() -> None:
    said = {"NARRATIVE_LANGUAGE": "openai:tiny", "NARRATIVE_LANGUAGE_KEY": "sk-hidden"}
    with openai_server(lambda *_: Answer("{}", "whole", 1, 1, "stub")) as server:
        (backend,) = configured_wording({**said, "NARRATIVE_LANGUAGE_URL": server.address}).backends
        assert backend.readiness().ready
        backend.complete(Prompt("role", "task"), {"type": "object"}, 1)
        assert server.keys == ["Bearer sk-hidden"]
    assert "sk-hidden" not in backend.readiness().reason + backend.identity
