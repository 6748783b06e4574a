"""Camera moves: every layer within a twentieth of a pixel of its eased path, holds included; the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from itertools import pairwise, product

import numpy as np
import pytest

from narrative_assets.video.camera import camera, film
from narrative_assets.video.holds import slide_holds, zoom_holds
from narrative_assets.video.layers import Layer, Veil
from narrative_assets.video.motion import Planes, View, ease, extent, moves
from schemas.shots import Movement

KINDS = ["push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down"]
PROFILES = {"720p": (1280, 720), "1080p": (1920, 1080), "vertical": (720, 1280), "square": (720, 720)}
GREY = 128


def dots(move: Movement, width: int, height: int, depth: float, row: int | None = None) -> tuple[Planes, np.ndarray]:
    """Soft dots on a layer of ``move``, all over it or in one of four rows, and their centres (x, y) in its pixels."""
    size = extent(move, width, height, depth)
    luma = np.zeros((size.height, size.width))
    patch = np.arange(-18, 19)
    centres = []
    rows = (0.2, 0.5, 0.78) if row is None else (0.2 * (row + 1),)
    for across, down in product((0.2, 0.5, 0.78) if row is None else (0.17, 0.34, 0.5, 0.66, 0.83), rows):
        cx, cy = size.width * across + 0.3, size.height * down - 0.2
        x, y = np.meshgrid(patch + round(cx), patch + round(cy))
        luma[y, x] += 200 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * 4.5**2))
        centres.append((cx, cy))
    chroma = np.full((size.height // 2, size.width // 2), GREY, np.uint8)
    return Planes(luma.round().astype(np.uint8), chroma, chroma), np.array(centres)


def ground(move: Movement, width: int, height: int, depth: float, row: int | None = None) -> tuple[Layer, np.ndarray]:
    planes, centres = dots(move, width, height, depth, row)
    return Layer(depth, extent(move, width, height, depth), planes), centres


def veil(move: Movement, width: int, height: int, depth: float, row: int | None = None) -> tuple[Layer, np.ndarray]:
    """The dots as white figures that let through what lies behind them, in one box off the middle."""
    size = extent(move, width, height, depth)
    planes, centres = dots(move, width, height, depth, row)
    box = (slice(size.height // 8 // 2 * 2, None), slice(size.width // 9 // 2 * 2, None))
    half = tuple(slice(part.start // 2, None) for part in box)
    alpha = planes.y[box]
    small = alpha[::2, ::2][: (size.height - box[0].start) // 2, : (size.width - box[1].start) // 2]
    chroma = (small.astype(int) * GREY // 255).astype(np.uint8)
    assert chroma.shape == planes.u[half].shape
    part = Veil(box[1].start, box[0].start, Planes(alpha, chroma, chroma), 255 - alpha, 255 - small)
    return Layer(depth, size, None, (part,)), centres


def blank(width: int, height: int) -> Planes:
    half = (height // 2, width // 2)
    return Planes(np.zeros((height, width), np.uint8), np.zeros(half, np.uint8), np.zeros(half, np.uint8))


def found_near(frame: np.ndarray, x: float, y: float) -> tuple[float, float]:
    """Centre of gravity of the dot near (x, y)."""
    reach = 18
    left, top = round(x) - reach, round(y) - reach
    part = np.clip(frame[top : round(y) + reach + 1, left : round(x) + reach + 1].astype(float) - 6, 0, None)
    rows, columns = np.indices(part.shape)
    return (part * columns).sum() / part.sum() + left, (part * rows).sum() / part.sum() + top


def wanted(move: Movement, centres: np.ndarray, depth: float, size: tuple[int, int], done: float) -> np.ndarray:
    """Where the dots belong in the frame, by the plain formula of the move."""
    sheet, amount = extent(move, *size, depth), move.amount / 1000 * depth
    middle, half = np.array([sheet.width, sheet.height]) / 2, np.array(size) / 2
    forward = move.kind in ("push_in", "pan_right", "tilt_down")
    toward = done if forward else 1 - done
    if move.kind in ("push_in", "pull_out"):
        return (centres + 0.5 - middle) * (1 + amount * toward) / sheet.unit + half - 0.5
    along = np.array([1, 0]) if move.kind.startswith("pan") else np.array([0, 1])
    return centres - (middle - half) - along * np.array(size) * amount * (toward - 0.5)


def strayed(move: Movement, size: tuple[int, int], frames: int, depths: tuple[float, ...]) -> list[float]:
    """How far each layer is from its path, root mean square in pixels, over all frames as a viewer sees them."""
    made = [(veil if row else ground)(move, *size, depth, row) for row, depth in enumerate(depths)]
    view, out = film(move, [layer for layer, _ in made], *size, frames), blank(*size)
    along = slice(0, 2) if "pu" in move.kind else slice(0, 1) if "pan" in move.kind else slice(1, 2)
    errors: list[list[np.ndarray]] = [[] for _ in made]
    found: list[np.ndarray] = []
    for number in range(frames):
        places = [wanted(move, centres, layer.depth, size, ease(number, frames)) for layer, centres in made]
        if not view.repeats(number):
            view.draw(number, out)
            found = [np.array([found_near(out.y, x, y) for x, y in place]) for place in places]
        for own, seen, place in zip(errors, found, places, strict=True):
            own.append((seen - place)[:, along])
    return [float(np.sqrt(np.mean(np.square(own)))) for own in errors]


def darkened(layer: Layer) -> Layer:
    if layer.ground:
        return Layer(layer.depth, layer.size, Planes(layer.ground.y * 0, layer.ground.u, layer.ground.v))
    part = layer.veils[0]
    dark = Planes(part.planes.y * 0, part.planes.u * 0, part.planes.v * 0)
    gone = (np.full_like(part.clear, 255), np.full_like(part.clear_half, 255))
    return Layer(layer.depth, layer.size, None, (Veil(part.left, part.top, dark, *gone),))


@pytest.mark.parametrize("kind", KINDS)
def test_two_planes_move_within_a_twentieth_of_a_pixel(kind):
    assert max(strayed(Movement(kind=kind, amount=60), (1280, 720), 120, (0.5, 1.0))) < 0.05


@pytest.mark.slow
@pytest.mark.parametrize(("amount", "frames"), [(20, 360), (60, 48), (110, 144)])
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_layer_moves_within_a_twentieth_of_a_pixel_at_every_size(kind, profile, frames, amount):
    move = Movement(kind=kind, amount=amount)
    assert max(strayed(move, PROFILES[profile], frames, (0.05, 0.5, 1.0, 1.4))) < 0.05


def drawn(view: View, frames: int) -> list[int]:
    return [frame for frame in range(frames) if not view.repeats(frame)]


@lru_cache(maxsize=1)
def slow_zoom() -> tuple[View, Movement]:
    move = Movement(kind="push_in", amount=20)
    return film(move, [ground(move, 640, 360, 0.5)[0], veil(move, 640, 360, 1.0)[0]], 640, 360, 240), move


def test_a_held_frame_is_the_frame_before_it_to_the_byte():
    view, _ = slow_zoom()
    before, out = blank(640, 360), blank(640, 360)
    for number in range(240):
        view.draw(number, out)
        same = all((a == b).all() for a, b in zip(out.each(), before.each(), strict=True))
        assert same or not view.repeats(number)
        before, out = out, before
    assert len(drawn(view, 240)) < 60
    assert drawn(view, 240)[0] == 0


def test_slow_moves_and_eased_ends_draw_fewer_frames():
    view, _ = slow_zoom()
    shares = [len([n for n in drawn(view, 240) if first <= n < first + 40]) for first in range(0, 240, 40)]
    assert shares[0] < shares[2]
    assert shares[5] < shares[3]
    assert len(zoom_holds(240, 2.0).at) < len(zoom_holds(240, 8.0).at) < len(zoom_holds(240, 40.0).at)
    assert len(slide_holds(240, [8.0])[0].at) < len(slide_holds(240, [20.0])[0].at)


@pytest.mark.parametrize("reach", [0.01, 0.5, 4.0, 18.0, 90.0, 400.0])
@pytest.mark.parametrize("frames", [1, 2, 3, 24, 97, 360])
def test_a_view_shows_the_middle_of_what_it_holds(frames, reach):
    for holds in (zoom_holds(frames, reach), slide_holds(frames, [reach, reach / 2])[0]):
        path = np.array([ease(frame, frames) for frame in range(frames)])
        view_of, at = np.array(holds.view_of), np.array(holds.at)
        assert holds.view_of[0] == 0
        assert set(np.diff(view_of).tolist()) <= {0, 1}
        for view, share in enumerate(holds.at):
            assert share == pytest.approx(path[view_of == view].mean())
        assert reach * np.sqrt(np.mean((at[view_of] - path) ** 2)) < 0.05


@pytest.mark.parametrize(("frames", "reach"), [(48, 18.0), (97, 12.0), (120, 6.0), (200, 4.0)])
def test_hardly_a_move_could_be_followed_in_fewer_views(frames, reach):
    path = [reach * ease(frame, frames) for frame in range(frames)]
    holds = zoom_holds(frames, reach)
    spent = sum((reach * holds.at[view] - place) ** 2 for view, place in zip(holds.view_of, path, strict=True))
    sums, squares = (np.concatenate(([0.0], np.cumsum(np.power(path, power)))) for power in (1, 2))

    def strayed(end: int) -> np.ndarray:
        """How far a view of the frames up to ``end`` strays, by where it begins."""
        counts = end - np.arange(end)
        return squares[end] - squares[:end] - (sums[end] - sums[:end]) ** 2 / counts

    # The least that any sharing out of the frames among a fiftieth fewer views can stray.
    least = np.array([0.0, *(strayed(end)[0] for end in range(1, frames + 1))])
    for _ in range(len(holds.at) * 49 // 50 - 1):
        least = np.array([0.0, *((least[:end] + strayed(end)).min() for end in range(1, frames + 1))])
    assert spent < least[frames]


def test_frames_are_the_same_in_whatever_order_they_are_drawn():
    view, move = slow_zoom()
    again = film(move, [ground(move, 640, 360, 0.5)[0], veil(move, 640, 360, 1.0)[0]], 640, 360, 240)
    for number in (200, 3, 199, 120, 4):
        first, second = blank(640, 360), blank(640, 360)
        view.draw(number, first)
        again.draw(number, second)
        assert all((a == b).all() for a, b in zip(first.each(), second.each(), strict=True))


def test_a_push_in_grows_people_more_than_the_place():
    move = Movement(kind="push_in", amount=100)
    place, people = ground(move, 640, 360, 0.5), veil(move, 640, 360, 1.0)
    for layer, centres, grown in ((*place, 1.05), (*people, 1.1)):
        view = film(move, [darkened(place[0]), layer] if layer.veils else [layer], 640, 360, 30)
        spans = []
        for number in (0, 29):
            out = blank(640, 360)
            view.draw(number, out)
            ends = wanted(move, centres, layer.depth, (640, 360), number / 29)[[0, 8]]
            points = [found_near(out.y, *end) for end in ends]
            spans.append(points[1][0] - points[0][0])
        assert spans[1] / spans[0] == pytest.approx(grown, abs=0.002)


def test_moves_start_and_stop_gently():
    steps = [b - a for a, b in pairwise(ease(frame, 50) for frame in range(50))]
    assert ease(0, 50) == 0.0
    assert ease(49, 50) == 1.0
    assert max(steps) > 8 * steps[0]
    assert max(steps) > 8 * steps[-1]
    assert min(steps) > 0
    assert ease(0, 1) == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_drawn_starts_and_stops_gently(kind):
    move = Movement(kind=kind, amount=100)
    layer, centres = ground(move, 640, 360, 1.0)
    view, out = film(move, [layer], 640, 360, 60), blank(640, 360)
    places = []
    for number in range(60):
        view.draw(number, out)
        places.append(found_near(out.y, *wanted(move, centres, 1.0, (640, 360), ease(number, 60))[0]))
    pace = np.linalg.norm(np.diff(np.array(places), axis=0), axis=1)
    assert pace[:4].mean() < 0.35 * pace[28:32].mean()
    assert pace[-4:].mean() < 0.35 * pace[28:32].mean()


def test_a_static_camera_shows_the_picture_itself():
    still = Movement()
    assert not moves(still)
    picture, _ = dots(still, 320, 180, 1.0)
    view, out = camera(still, picture, 320, 180, 40), blank(320, 180)
    view.draw(39, out)
    assert (out.y == picture.y).all()
    assert [view.repeats(frame) for frame in (0, 1, 39)] == [False, True, True]


_HASHES = """
import hashlib, sys
import numpy as np
sys.path.insert(0, "tests/unit/video")
from test_camera_moves import blank, film, ground, veil, Movement
from narrative_assets.video.colour import to_planes, to_veil, plain
from narrative_assets.video.people import _silhouette
from narrative_assets.video.sheet import scaled
digest = hashlib.sha256()
noise = np.random.default_rng(5).integers(0, 256, (182, 334, 4), dtype=np.uint8)
noise[..., :3] = noise[..., :3].astype(int) * noise[..., 3:] // 255
for kind in ("push_in", "pan_left", "tilt_up"):
    move = Movement(kind=kind, amount=70)
    view = film(move, [ground(move, 634, 362, 0.5)[0], veil(move, 634, 362, 1.0)[0]], 634, 362, 30)
    for number in (0, 7, 15):
        out = blank(634, 362)
        view.draw(number, out)
        for plane in out.each():
            digest.update(plane.tobytes())
veiled = to_veil(noise, plain())
for plane in (*to_planes(noise[..., :3]).each(), *veiled[0].each(), *veiled[1:], scaled(noise, 151, 97)):
    digest.update(np.ascontiguousarray(plane).tobytes())
digest.update(_silhouette(noise, 0, 0, 2.3, plain()).planes.y.tobytes())
print(digest.hexdigest())
"""
_MASKS = [
    {},
    {"OPENCV_CPU_DISABLE": "AVX512_SKX,AVX512_ICL,AVX512_CLX,AVX512_CNL"},
    {"OPENCV_CPU_DISABLE": "AVX512_SKX,AVX512_ICL,AVX512_CLX,AVX512_CNL,AVX2,FMA3,AVX,FP16,SSE4.2,SSE4.1,SSSE3"},
    {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR X86_V3"},
]


def test_frames_are_the_same_bytes_whatever_the_processor_can_do():
    hashes = set()
    for mask in _MASKS:
        environment = {**os.environ, **mask, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _HASHES], env=environment, capture_output=True, text=True, check=True
        )
        hashes.add(done.stdout)
    assert len(hashes) == 1
