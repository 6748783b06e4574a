"""Media that lies, bites or vanishes: a placeholder that says why, nothing read that was not offered, a whole video."""

import json
import struct
import wave
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.fakes.terminal import Done, fingerprints, narrative, small_project

KILLER = ("-m", "tests.fakes.kill_at")
PRIVATE = "what no video may show"


def planned(done: Done) -> list[dict[str, Any]]:
    plan = Path(next(row["path"] for row in done.episode["artifacts"] if row["kind"] == "RenderPlan"))
    assets: list[dict[str, Any]] = json.loads(plan.read_text())["assets"]
    return assets


def reason_for(done: Done, need: str) -> str:
    return next(asset.get("reason", "") for asset in planned(done) if asset["need_id"].startswith(need))


def licensed(library: Path, name: str) -> Path:
    """A file of the library with a licence that allows its use."""
    path = library / name
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / f"{path.stem}.licence.json").write_text(json.dumps({"license_type": "CC0-1.0"}))
    return path


def huge_png(path: Path) -> None:
    """30,000 x 30,000 pixels in a file of about a hundred kilobytes."""
    Image.MAX_IMAGE_PIXELS, limit = None, Image.MAX_IMAGE_PIXELS
    try:
        Image.new("1", (30_000, 30_000)).save(path)
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def corrupt_png(path: Path) -> None:
    Image.effect_noise((640, 360), 60).save(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def lying_wav(path: Path) -> None:
    """A header that promises a minute, and a tenth of a second."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes(bytes(4_410))
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", 2 * 22_050 * 60)
    path.write_bytes(data)


def concat_script(path: Path) -> None:
    path.write_text(f"ffconcat version 1.0\nfile '{path.parent / 'private.txt'}'\nduration 5\n")


def playlist(path: Path) -> None:
    path.write_text(f"#EXTM3U\n#EXTINF:5,\nfile://{path.parent / 'private.txt'}\n#EXT-X-ENDLIST\n")


@pytest.mark.slow
def test_hostile_files_in_a_library_become_placeholders_that_say_why(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    library = project.parent / "library"
    hostile = {
        "backgrounds/quay.png": (huge_png, "background:quay", "too_large"),
        "backgrounds/ferry-cabin.png": (corrupt_png, "background:ferry-cabin", "unreadable"),
        "ambience/sea.wav": (lying_wav, "ambience:sea", "unreadable"),
        "ambience/engine.mp4": (concat_script, "ambience:engine", "wrong_type"),
        "characters/mara/neutral.m3u8": (playlist, "character:mara", "wrong_type"),
    }
    for name, (make, _, _) in hostile.items():
        path = licensed(library, name)
        (path.parent / "private.txt").write_text(PRIVATE)
        make(path)
    done = narrative("run", project, "--json", cwd=tmp_path)
    assert done.code == 0, done.err + done.out
    found = {need: reason_for(done, need) for _, need, _ in hostile.values()}
    assert found == {need: reason for _, need, reason in hostile.values()}
    assert not any(PRIVATE.encode() in path.read_bytes() for path in (tmp_path / "artifacts").rglob("*.json"))


@pytest.mark.slow
def test_pictures_that_vanish_between_plan_and_render_are_made_again(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    killed = narrative("render_plan", "finished", "run", project, "--json", cwd=tmp_path, launcher=KILLER)
    assert killed.code == -9, killed.err
    pictures = [
        path
        for path in (tmp_path / "artifacts" / "local" / "blobs").glob("??/*")
        if path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    ]
    assert pictures
    for number, picture in enumerate(pictures):
        if number % 2:
            picture.unlink()
        else:
            picture.write_bytes(b"\x89PNG\r\n\x1a\nand then nothing")
    done = narrative("run", project, "--json", cwd=tmp_path)
    assert done.code == 0, done.err + done.out
    assert "render_plan" not in done.episode["reused"]
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    assert fingerprints(tmp_path, done) == fingerprints(
        undisturbed, narrative("run", small_project(undisturbed), "--json", cwd=undisturbed)
    )


@pytest.mark.slow
def test_an_ffmpeg_that_is_killed_is_named_and_the_next_run_is_whole(tmp_path: Path) -> None:
    import imageio_ffmpeg

    project = small_project(tmp_path)
    wrapper = tmp_path / "ffmpeg-that-dies"
    real = imageio_ffmpeg.get_ffmpeg_exe()
    wrapper.write_text(f'#!/bin/sh\ncase " $* " in *" -i "*) kill -9 $$ ;; esac\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    killed = narrative("run", project, cwd=tmp_path, IMAGEIO_FFMPEG_EXE=str(wrapper))
    assert killed.code not in (0, -9), killed.err
    assert "Traceback" not in killed.err
    assert "ffmpeg" in killed.err + killed.out
    assert not list(tmp_path.rglob("episode.mp4"))
    done = narrative("run", project, "--json", cwd=tmp_path)
    assert done.code == 0, done.err + done.out
    assert done.episode["shots"]["rendered"] == 0
    assert Path(done.episode["video"]).is_file()
