"""Clip encoding: still runs are exact and cheap, all clips share one set of parameters, SEI is gone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from narrative_assets.video.encode import (
    ClipWriter,
    Encoding,
    elementary_hash,
    mean_luma,
    open_mp4,
    repeats,
)
from narrative_assets.video.motion import Planes
from narrative_assets.video.toolchain import find_toolchain, last_line
from narrative_assets.video.transitions import blend, dim

ENCODING = Encoding(160, 90, 24, 23, "ultrafast")


def picture(seed: int) -> Planes:
    noise = np.random.default_rng(seed)
    coarse = noise.integers(30, 220, (10, 16))
    luma = np.kron(coarse, np.ones((9, 10))).astype(np.uint8)
    u, v = (np.kron(noise.integers(90, 170, (5, 8)), np.ones((9, 10))).astype(np.uint8) for _ in range(2))
    return Planes(luma, u, v)


def copy_into(out: Planes, source: Planes) -> None:
    for target, plane in zip(out.each(), source.each(), strict=True):
        np.copyto(target, plane)


def decoded(path: Path) -> list[np.ndarray]:
    with open_mp4(path) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def test_a_still_run_repeats_its_key_frame_exactly_past_the_key_interval(tmp_path):
    writer = ClipWriter(tmp_path / "still.mp4", ENCODING)
    writer.still(300, picture(1))
    writer.close()
    frames = decoded(tmp_path / "still.mp4")
    assert len(frames) == 300
    assert all((frame == frames[0]).all() for frame in frames)
    assert np.abs(frames[0][:90].astype(int) - picture(1).y).mean() < 4
    assert writer.luma == [mean_luma(picture(1))] * 300


def test_still_and_moving_runs_follow_each_other_without_a_seam(tmp_path):
    writer = ClipWriter(tmp_path / "mixed.mp4", ENCODING)
    writer.still(20, picture(1))
    writer.moving(17, lambda number, out: copy_into(out, picture(number)))
    writer.still(5, picture(2))
    writer.moving(1, lambda _, out: copy_into(out, picture(9)))
    writer.close()
    frames = decoded(tmp_path / "mixed.mp4")
    expected = [1] * 20 + list(range(17)) + [2] * 5 + [9]
    assert len(frames) == len(expected)
    for frame, seed in zip(frames, expected, strict=True):
        assert np.abs(frame[:90].astype(int) - picture(seed).y).mean() < 6


def test_clips_of_any_content_share_their_parameter_sets(tmp_path):
    headers = set()
    for seed, frames in ((1, 1), (2, 30)):
        path = tmp_path / f"{seed}.mp4"
        writer = ClipWriter(path, ENCODING)
        writer.moving(frames, lambda number, out, seed=seed: copy_into(out, picture(seed + number)))
        writer.close()
        with open_mp4(path) as container:
            headers.add(bytes(container.streams.video[0].codec_context.extradata))
    assert len(headers) == 1


def test_coded_frames_carry_no_sei(tmp_path):
    writer = ClipWriter(tmp_path / "clip.mp4", ENCODING)
    writer.moving(10, lambda number, out: copy_into(out, picture(number)))
    writer.close()
    assert b"x264" not in (tmp_path / "clip.mp4").read_bytes()


def test_repeats_are_a_few_bytes_each():
    assert len(repeats(ENCODING)) == 239
    assert max(len(frame.data) for frame in repeats(ENCODING)) < 64


def test_the_elementary_hash_sees_one_changed_pixel(tmp_path):
    hashes = []
    for bright in (0, 60):
        changed = picture(4)
        changed.y[40:44, 40:44] += bright
        path = tmp_path / f"{bright}.mp4"
        writer = ClipWriter(path, ENCODING)
        writer.still(3, changed)
        writer.close()
        hashes.append(elementary_hash(path))
    assert hashes[0] != hashes[1]


def test_a_fade_ends_in_black_and_a_dissolve_in_its_new_picture():
    faded = picture(5)
    dim(faded, 0)
    assert (faded.y == 16).all()
    assert (faded.u == 128).all()
    kept, mixed = picture(5), picture(5)
    dim(kept, 256)
    assert (kept.y == picture(5).y).all()
    blend(mixed, picture(6), 256)
    assert (mixed.y == picture(5).y).all()
    blend(mixed, picture(6), 0)
    assert (mixed.y == picture(6).y).all()


def test_the_toolchain_is_the_pinned_build_and_its_name_holds_no_path():
    toolchain = find_toolchain()
    assert toolchain.build == "ffmpeg 7.0.2-static"
    assert toolchain.ffmpeg.is_file()
    assert toolchain.ffprobe.is_file()


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        (b"[in#0 @ 0x5f0] Error opening input: No such file or directory\nError opening input file x.\n"
         b"Error opening input files: No such file", "Error opening input: No such file or directory"),
        (b"", "it gave no reason"),
        (b"Conversion failed!\n", "Conversion failed!"),
    ],
)  # fmt: skip
def test_the_line_that_says_what_failed_is_picked(stderr, said):
    assert last_line(stderr) == said


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv of util-linux is not installed")
def test_an_ffmpeg_dies_with_a_parent_that_is_killed(tmp_path):
    marker = tmp_path / "long.wav"
    script = (
        "import ffmpeg\n"
        "from narrative_assets.video.toolchain import find_toolchain, run_ffmpeg\n"
        "quiet = ffmpeg.input('anullsrc', f='lavfi', re=None)\n"
        f"run_ffmpeg(find_toolchain(), ffmpeg.output(quiet, {str(marker)!r}, t=600), 'waiting')\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    wait_until(lambda: marker.exists() and running(marker))
    parent.kill()
    parent.wait()
    wait_until(lambda: not running(marker))


def running(marker: Path) -> bool:
    """Whether an ffmpeg has ``marker`` on its command line."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if str(marker).encode() in line and b"ffmpeg-" in line:
            return True
    return False


def wait_until(holds) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
