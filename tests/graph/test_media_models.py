"""One episode upgraded by models: voices and places change, and story, shots, needs and time stay what they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from dagster import DagsterInstance

from resources.studio import Studio
from schemas.kinds import KINDS, PROFILED
from schemas.render import RenderOutput, RenderPlan
from tests.fakes.in_process import project_in, run
from tests.fakes.openai_server import openai_server
from tests.graph.conftest import SCREENPLAY

pytestmark = pytest.mark.slow
BEFORE = [kind for kind in KINDS if kind not in PROFILED]
SMALL = [{"id": "preview_local", "width": 320, "height": 180}]


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Studio, Callable[[], dict[str, str | None]]]:
    """Makes the episode under what the environment says; gives the heads of all its artifacts."""
    monkeypatch.setenv("NARRATIVE_ARTIFACTS", str(tmp_path / "artifacts"))
    studio = project_in(tmp_path, SCREENPLAY, render_profiles=SMALL)

    def made() -> dict[str, str | None]:
        with DagsterInstance.ephemeral() as instance:
            done = run(instance, studio, "make_episode", "preview_local")
        assert done.success, [event for event in done.all_events if event.is_failure]
        return {
            kind: studio.store.head("ferry", "s01e01", "preview_local" if kind in PROFILED else "", kind)
            for kind in KINDS
        }

    return studio, made


def test_an_episode_is_upgraded_by_models_and_its_story_and_time_are_not_touched(
    film: tuple[Studio, Callable[[], dict[str, str | None]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, made = film
    plain = made()
    with openai_server() as server:
        for task in ("SPEECH", "IMAGE_PLATE"):
            monkeypatch.setenv(f"NARRATIVE_{task}", "openai:tiny")
            monkeypatch.setenv(f"NARRATIVE_{task}_URL", server.address)
            monkeypatch.setenv(f"NARRATIVE_{task}_LICENCE", "generated_local")
            monkeypatch.setenv(f"NARRATIVE_{task}_SECONDS", "5")
        monkeypatch.setenv("NARRATIVE_SPEECH_VOICES", "onyx,alloy,nova")
        server.behaviour = "error"
        away = made()
        server.behaviour = "well"
        upgraded = made()
        asked = len(server.asked)
        assert made() == upgraded and len(server.asked) == asked, "what is kept is not asked for again"
    for kind in BEFORE:
        assert plain[kind] == away[kind] == upgraded[kind], kind

    plans = [studio.store.load(str(heads["RenderPlan"]), RenderPlan) for heads in (plain, away, upgraded)]
    films = [studio.store.load(str(heads["RenderOutput"]), RenderOutput) for heads in (plain, away, upgraded)]
    assert len({film.timing_lock_hash for film in films}) == len({film.total_frames for film in films}) == 1
    streams = [(film.video_stream_hash, film.audio_pcm_hash) for film in films]
    assert streams[0] == streams[1], "without its server it is the film it was"
    assert all(upgraded != plain for upgraded, plain in zip(streams[2], streams[0], strict=True))
    made_by = [{a.need_id: a.rights.provider_or_model for a in plan.assets} for plan in plans]
    for need in ("background:quay:dusk", *(name for name in made_by[0] if name.startswith("line:"))):
        assert made_by[0][need] == made_by[1][need]
        assert made_by[2][need] == "openai: tiny at 127.0.0.1"
