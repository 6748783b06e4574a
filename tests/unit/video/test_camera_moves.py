"""Camera moves: smooth to a few hundredths of a pixel, eased, exact at both ends, the same every time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from narrative_assets.video.motion import Planes, camera, ease, extent, moves, zoom_windows
from schemas.shots import Movement

WIDTH, HEIGHT, FRAMES = 320, 180, 40


def dots(move: Movement) -> tuple[Planes, np.ndarray]:
    """A picture of soft dots on the extent of ``move``, and the dots' centres (x, y) in its pixels."""
    size = extent(move, WIDTH, HEIGHT)
    x, y = np.meshgrid(np.arange(size.width), np.arange(size.height))
    picture = np.zeros((size.height, size.width))
    centres = []
    for across in (0.35, 0.5, 0.65):
        for down in (0.35, 0.5, 0.65):
            cx, cy = size.width * across + 0.3, size.height * down - 0.2
            picture += 200 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * 4.5**2))
            centres.append((cx, cy))
    luma = np.clip(picture, 0, 235).round().astype(np.uint8)
    chroma = np.full((size.height // 2, size.width // 2), 128, np.uint8)
    return Planes(luma, chroma, chroma), np.array(centres)


def frames_of(move: Movement) -> list[np.ndarray]:
    picture, _ = dots(move)
    draw = camera(move, picture, WIDTH, HEIGHT, FRAMES).draw
    shown = []
    for number in range(FRAMES):
        out = Planes(
            np.zeros((HEIGHT, WIDTH), np.uint8),
            np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8),
            np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8),
        )
        draw(number, out)
        shown.append(out.y)
    return shown


def found_near(frame: np.ndarray, x: float, y: float) -> tuple[float, float]:
    """Centre of gravity of the dot near (x, y)."""
    reach = 16
    left, top = max(0, round(x) - reach), max(0, round(y) - reach)
    part = frame[top : round(y) + reach + 1, left : round(x) + reach + 1].astype(float)
    part = np.clip(part - 6, 0, None)
    rows, columns = np.indices(part.shape)
    return (part * columns).sum() / part.sum() + left, (part * rows).sum() / part.sum() + top


def wanted(move: Movement, centres: np.ndarray, frame: int) -> np.ndarray:
    """Where the dots belong in the frame, by the plain formula of the move."""
    size = extent(move, WIDTH, HEIGHT)
    middle = np.array([size.width, size.height]) / 2
    half = np.array([WIDTH, HEIGHT]) / 2
    done, grown = ease(frame, FRAMES), 1 + move.amount / 1000
    if move.kind in ("push_in", "pull_out"):
        shown = 1 + (grown - 1) * (done if move.kind == "push_in" else 1 - done)
        return (centres + 0.5 - middle) * shown / size.unit + half - 0.5
    travel = np.array([WIDTH, HEIGHT]) * move.amount / 1000
    forward = move.kind in ("pan_right", "tilt_down")
    along = np.array([1, 0]) if move.kind.startswith("pan") else np.array([0, 1])
    return centres - along * travel * (done if forward else 1 - done)


@pytest.mark.parametrize("kind", ["push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down"])
def test_a_tracked_pattern_moves_within_a_twentieth_of_a_pixel(kind):
    move = Movement(kind=kind, amount=80)
    _, centres = dots(move)
    errors = []
    for number, frame in enumerate(frames_of(move)):
        for x, y in wanted(move, centres, number):
            fx, fy = found_near(frame, x, y)
            errors.append((fx - x, fy - y))
    assert np.sqrt(np.mean(np.square(errors))) < 0.05


@pytest.mark.parametrize("amount", [20, 60, 120, 300])
@pytest.mark.parametrize("size", [1280, 720, 640])
def test_zoom_windows_stay_inside_the_picture_and_near_the_exact_view(size, amount):
    move = Movement(kind="push_in", amount=amount)
    wide = extent(move, size, size)
    windows = zoom_windows(size, wide.width, 48, True, 1 + amount / 1000, 96)
    squares = []
    for number, window in enumerate(windows):
        assert window.start >= 0
        assert window.start + window.span <= wide.width
        assert size <= window.grown <= size + 48
        ratio = wide.unit / (1 + amount / 1000 * ease(number, 96))
        step = window.span / window.grown
        left = window.start + window.cut * step - (wide.width / 2 - size / 2 * ratio)
        squares += [left**2, (left + size * (step - ratio)) ** 2]
    assert np.sqrt(np.mean(squares)) < 0.05


def test_moves_start_and_stop_gently():
    steps = [b - a for a, b in pairwise(ease(frame, 50) for frame in range(50))]
    assert ease(0, 50) == 0.0
    assert ease(49, 50) == 1.0
    assert max(steps) > 8 * steps[0]
    assert max(steps) > 8 * steps[-1]
    assert min(steps) > 0
    assert ease(0, 1) == 0.0


def test_pull_out_is_push_in_backwards():
    inward, outward = (frames_of(Movement(kind=kind, amount=70)) for kind in ("push_in", "pull_out"))
    assert all((a == b).all() for a, b in zip(inward, reversed(outward), strict=True))


def test_a_static_camera_shows_the_picture_itself():
    still = Movement()
    assert not moves(still)
    picture, _ = dots(still)
    assert all((frame == picture.y).all() for frame in frames_of(still))


def test_the_same_move_gives_the_same_frames():
    for kind in ("push_in", "tilt_up"):
        first, second = (frames_of(Movement(kind=kind, amount=55)) for _ in range(2))
        assert all((a == b).all() for a, b in zip(first, second, strict=True))
