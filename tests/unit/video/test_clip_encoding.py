"""Encoding of shots: repeats are exact and cost nothing, all segments share one set of parameters, SEI is gone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import av
import ffmpeg
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrative_assets.video.clipfile import assembled, read_clip, write_clip
from narrative_assets.video.contact_sheet import frame_of, thumbnail
from narrative_assets.video.encode import (
    GRID,
    KEY_INTERVAL,
    Encoding,
    Segment,
    cut_up,
    encode,
    form_of,
    measure,
)
from narrative_assets.video.motion import Planes
from narrative_assets.video.slices import moved, picture_unit, placed, places, units
from narrative_assets.video.toolchain import find_toolchain, last_line
from narrative_assets.video.transitions import blend, dim
from schemas.errors import MediaError

ENCODING = Encoding(160, 90, 24, 23, "ultrafast")
PRESETS = ("ultrafast", "superfast", "veryfast")


def picture(seed: int) -> Planes:
    noise = np.random.default_rng(seed)
    coarse = noise.integers(30, 220, (10, 16))
    luma = np.kron(coarse, np.ones((9, 10))).astype(np.uint8)
    u, v = (np.kron(noise.integers(90, 170, (5, 8)), np.ones((9, 10))).astype(np.uint8) for _ in range(2))
    return Planes(luma, u, v)


def copy_into(out: Planes, source: Planes) -> None:
    for target, plane in zip(out.each(), source.each(), strict=True):
        np.copyto(target, plane)


def drifting(seed: int):
    """A grainy picture that drifts a pixel a frame: every frame has something to code."""
    noise = np.random.default_rng(seed).integers(40, 200, (90, 512)).astype(np.uint8)
    chroma = np.random.default_rng(seed + 1).integers(90, 170, (45, 256)).astype(np.uint8)

    def draw(number: int, out: Planes) -> None:
        out.y[...] = noise[:, number : number + 160]
        out.u[...] = out.v[...] = chroma[:, number // 2 : number // 2 + 80]

    return draw


def frames_of(stream: bytes) -> list[np.ndarray]:
    """Every frame of an elementary stream, in the order of display."""
    decoder = av.CodecContext.create("h264", "r")
    packets = [*decoder.parse(stream), *decoder.parse(), None]
    return [frame.to_ndarray() for packet in packets for frame in decoder.decode(packet)]


def coded_alone(encoding: Encoding, drawn: list[int], held: list[int], draw) -> list[np.ndarray]:
    """The drawn frames alone, straight from x264 and back: what they look like where nothing is repeated."""
    ends_in_p = {index for index, count in enumerate(held) if count}
    alone = encode(
        encoding,
        len(drawn) + len(ends_in_p),
        lambda number, out: draw(drawn[number - sum(1 for end in repeated if end < number)], out),
        lambda number: number in repeated,
    ) if (repeated := {end + 1 + order for order, end in enumerate(sorted(ends_in_p))}) else encode(
        encoding, len(drawn), lambda number, out: draw(drawn[number], out)
    )  # fmt: skip
    shown = frames_of(bytes(alone.stream))
    return [frame for number, frame in enumerate(shown) if number not in repeated]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    repeats=st.lists(st.sampled_from([False, False, True]), max_size=60) | st.lists(st.just(True), max_size=239),
    preset=st.sampled_from(PRESETS),
    seed=st.integers(0, 9),
)
def test_any_pattern_of_repeats_decodes_to_what_was_drawn(tmp_path, repeats, preset, seed):
    encoding, frames = Encoding(160, 90, 24, 23, preset), len(repeats) + 1
    repeated = [False, *repeats]
    drawn: list[int] = []
    draw = drifting(seed)

    def noted(number: int, out: Planes) -> None:
        drawn.append(number)
        draw(number, out)

    segment = encode(encoding, frames, noted, repeated.__getitem__)
    assert drawn == [number for number in range(frames) if not repeated[number]]
    shown = frames_of(bytes(segment.stream))
    assert len(shown) == frames
    for number in range(frames):
        source = number if not repeated[number] else max(each for each in drawn if each <= number)
        assert (shown[number] == shown[source]).all()
    luma = np.empty((90, 160), np.uint8)
    half = np.empty((45, 80), np.uint8)
    for number in drawn:
        draw(number, Planes(luma, half, half.copy()))
        assert np.abs(shown[number][:90].astype(int) - luma).mean() < 12
    path = tmp_path / "segment.h264"
    path.write_bytes(segment.stream)
    assert decoded_by_ffmpeg(path) == b"".join(frame.tobytes() for frame in shown)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_repeat_leaves_the_frames_after_it_as_x264_made_them(preset):
    encoding, draw = Encoding(160, 90, 24, 23, preset), drifting(3)
    held = [0, 0, 0, 5, 0, 40, 0, 0, 0, 0, 0, 1, 0]
    drawn = [index + sum(held[:index]) for index in range(len(held))]
    frames = len(held) + sum(held)
    long = frames_of(bytes(encode(encoding, frames, draw, lambda number: number not in drawn).stream))
    short = coded_alone(encoding, drawn, held, draw)
    assert len(short) == len(drawn)
    for number, frame in zip(drawn, short, strict=True):
        assert (long[number] == frame).all()


def decoded_by_ffmpeg(path: Path) -> bytes:
    """Every frame as the ffmpeg binary decodes it, failing on the least complaint."""
    source = ffmpeg.input(str(path), f="h264")
    spec = ffmpeg.output(source, "pipe:", f="rawvideo", pix_fmt="yuv420p", fps_mode="passthrough")
    command = ffmpeg.compile(spec.global_args("-xerror", "-v", "warning"), cmd=str(find_toolchain().ffmpeg))
    command[1:1] = ["-err_detect", "explode"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout


def test_a_still_shot_repeats_its_first_frame_exactly_and_costs_a_few_bytes_a_frame():
    segment = encode(ENCODING, KEY_INTERVAL, lambda _, out: copy_into(out, picture(1)), lambda _: True)
    shown = frames_of(bytes(segment.stream))
    assert len(shown) == KEY_INTERVAL
    assert all((frame == shown[0]).all() for frame in shown)
    assert np.abs(shown[0][:90].astype(int) - picture(1).y).mean() < 4
    assert max(segment.sizes[1:]) < 64
    assert set(segment.luma) == {measure(picture(1))[0]}


@pytest.mark.parametrize(("frames", "parts"), [(1, 1), (240, 1), (241, 2), (360, 2), (721, 4)])
def test_a_shot_is_cut_into_as_few_and_as_equal_segments_as_can_be(frames, parts):
    cuts = cut_up(frames)
    assert len(cuts) == parts
    assert [first for first, _ in cuts] == [0, *(end for _, end in cuts[:-1])]
    assert cuts[-1][1] == frames
    assert max(end - first for first, end in cuts) - min(end - first for first, end in cuts) <= 1
    assert max(end - first for first, end in cuts) <= KEY_INTERVAL


@pytest.mark.parametrize("preset", PRESETS)
def test_segments_of_any_content_share_their_parameter_sets(preset):
    encoding = Encoding(160, 90, 24, 23, preset)
    headers = form_of(encoding).headers
    for seed, frames in ((1, 1), (2, 30)):
        segment = encode(encoding, frames, lambda number, out, seed=seed: copy_into(out, picture(seed + number)))
        assert segment.stream.startswith(headers)
        assert bytes(segment.stream).count(headers) == 1


def test_coded_frames_carry_no_sei():
    segment = encode(ENCODING, 10, lambda number, out: copy_into(out, picture(number)))
    assert b"x264" not in segment.stream
    assert {unit[0] & 31 for unit in units(bytes(segment.stream))} == {7, 8, 5, 1}


@given(number=st.integers(0, 500), order=st.integers(0, 500))
def test_a_slice_can_be_put_anywhere_and_back(number, order):
    form = form_of(ENCODING)
    here = places(form.repeat, form.widths)
    there = placed(form.repeat, number, order, form.widths)
    assert places(there, form.widths) == (number % (1 << form.widths.frame_bits), order % (1 << form.widths.order_bits))
    assert placed(there, *here, form.widths) == form.repeat
    assert b"\0\0\0" not in there
    assert b"\0\0\1" not in there
    assert moved(form.repeat, 0, form.widths) is form.repeat


def test_a_frame_in_two_slices_is_refused():
    with pytest.raises(MediaError, match="2 parts"):
        picture_unit(b"\0\0\0\1\x65\x88\0\0\1\x65\x44")


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (160, 90), (720, 720), (62, 34)])
def test_the_grid_says_where_a_frame_is_bright(size):
    width, height = size
    planes = Planes(np.full((height, width), 20, np.uint8), *(np.full((height // 2, width // 2), 128, np.uint8),) * 2)
    planes.y[: height // 2, width // 2 :] = 220
    luma, grid = measure(planes)
    fields = np.frombuffer(grid, np.uint8).reshape(GRID[1], GRID[0])
    assert 60 < luma < 80
    assert (fields[:3, 9:] == 220).all()
    assert (fields[:, :7] == 20).all()
    assert (fields[6:] == 20).all()


def a_clip(frames: int = 20):
    segments = [encode(ENCODING, frames, lambda number, out: copy_into(out, picture(number))) for _ in range(2)]
    return assembled(form_of(ENCODING).headers, segments, thumbnail(picture(0)))


def test_a_clip_comes_back_from_its_file_as_it_was(tmp_path):
    clip = a_clip()
    write_clip(tmp_path / "one.zip", clip)
    write_clip(tmp_path / "two.zip", clip)
    assert read_clip(tmp_path / "one.zip") == clip
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    frames = list(clip.frames())
    assert sorted(shown for _, shown, _ in frames) == list(range(40))
    assert [number for number, (_, _, key) in enumerate(frames) if key] == [0, 20]
    assert frame_of(tmp_path / "one.zip", 39).size == (160, 90)
    with pytest.raises(MediaError, match="ends before frame 40"):
        frame_of(tmp_path / "one.zip", 40)


@pytest.mark.parametrize("damage", [b"", b"no zip", b"PK\5\6" + bytes(18)])
def test_what_is_no_clip_is_refused_by_name(tmp_path, damage):
    (tmp_path / "odd.zip").write_bytes(damage)
    with pytest.raises(MediaError, match=r"odd\.zip"):
        read_clip(tmp_path / "odd.zip")


def test_the_stream_hash_sees_one_changed_pixel():
    hashes = set()
    for bright in (0, 60):
        changed = picture(4)
        changed.y[40:44, 40:44] += bright
        segment: Segment = encode(ENCODING, 3, lambda _, out, shown=changed: copy_into(out, shown), lambda n: n > 0)
        hashes.add(assembled(form_of(ENCODING).headers, [segment], b"").stream_hash)
    assert len(hashes) == 2


def test_a_thumbnail_has_the_colours_of_its_frame(tmp_path):
    flat = Planes(np.full((90, 160), 63, np.uint8), np.full((45, 80), 102, np.uint8), np.full((45, 80), 240, np.uint8))
    (tmp_path / "red.png").write_bytes(thumbnail(flat))
    from PIL import Image

    red, green, blue = Image.open(tmp_path / "red.png").getpixel((100, 60))
    assert red > 240
    assert max(green, blue) < 15


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
