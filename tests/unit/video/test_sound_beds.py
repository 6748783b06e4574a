"""Beds that repeat, files written stretch by stretch, and the memory that a mix takes."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from narrative_assets.video import loudness, mixing
from narrative_assets.video.mixing import Samples
from narrative_assets.video.sound import mix_episode, wav_bytes, write_wav
from tests.fakes.artifacts import line, render_plan, shot, shot_list
from tests.fakes.sounds import SoundShelf, noise, tone, voice

RATE = 48_000
SEAM = RATE * 30 // 1_000


def bed(seconds: float, hertz: float = 100.0, rate: int = RATE) -> Samples:
    return np.stack([tone(seconds, rate, hertz)] * 2, axis=1)


def tiled(loop: Samples, seam: int, seconds: int = 5) -> Samples:
    bus = np.zeros((seconds * RATE, 2), np.int16)
    mixing.add_looped(bus, (0, len(bus)), loop, seam, (0, 0))
    return bus


def largest_step(pcm: Samples) -> int:
    return int(np.abs(np.diff(pcm.astype(np.int32), axis=0)).max())


@pytest.mark.parametrize(
    ("loop", "meets"),
    [
        (bed(1), True),
        (bed(0.9975), False),
        (noise(1, RATE), True),
        (np.zeros((RATE, 2), np.int16), True),
        (np.repeat(np.array([[100], [8_000]], np.int16), [700, 700], axis=0).repeat(2, axis=1), True),
        (np.linspace(0, 9_000, 4_800).astype(np.int16)[:, None].repeat(2, axis=1), False),
        (np.array([[5_000, 5_000]], np.int16), True),
    ],
    ids=["whole turns", "three quarters left", "noise", "silence", "a step like its own", "a ramp", "one sample"],
)
def test_ends_meet_where_the_seam_is_no_larger_a_step_than_those_around_it(loop: Samples, meets: bool) -> None:
    assert mixing.ends_meet(loop, min(SEAM, len(loop))) is meets


def test_a_bed_whose_ends_do_not_meet_is_crossed_without_a_click() -> None:
    loop = bed(0.9975)
    assert largest_step(tiled(loop, 0)) > 7_000
    crossed = tiled(loop, SEAM)
    assert largest_step(crossed) < 1.5 * largest_step(loop)
    assert np.array_equal(crossed[: len(loop) - SEAM], loop[:-SEAM])
    assert np.abs(crossed.astype(np.int32)).reshape(100, -1).max(axis=1).min() > 4_000


def test_a_bed_as_long_as_its_scene_is_left_as_it_is() -> None:
    loop = bed(4.9975)
    bus = np.zeros((len(loop), 2), np.int16)
    mixing.add_looped(bus, (0, len(bus)), loop, SEAM, (0, 0))
    assert np.array_equal(bus, loop)


@pytest.mark.parametrize("length", [1, 200, 2 * SEAM])
def test_a_bed_shorter_than_two_seams_still_fills_its_scene(length: int) -> None:
    bus = tiled(np.full((length, 2), 900, np.int16), SEAM, 1)
    assert bus.min() >= 899
    assert bus.max() <= 1_300


def test_library_music_cut_anywhere_does_not_click_in_the_mix() -> None:
    shots = shot_list((shot(1, 0, 240),))
    shelf = SoundShelf()
    plan = render_plan(shots, [shelf.asset("music:sc01", bed(1.99625, 100, 44_100), 44_100)], loudness=-2_700)
    mix = mix_episode(shots, plan, shelf.read)
    assert largest_step(mix.music) < 2 * largest_step(mix.music[RATE : RATE + 4_800])


@pytest.mark.parametrize("pcm", [noise(2, RATE), tone(1, RATE), noise(0, RATE)], ids=["stereo", "mono", "nothing"])
def test_a_file_written_in_stretches_is_the_file_written_at_once(pcm: Samples, tmp_path: Path) -> None:
    write_wav(tmp_path / "sound.wav", pcm, RATE)
    assert (tmp_path / "sound.wav").read_bytes() == wav_bytes(pcm, RATE)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_loudness_is_the_same_wherever_the_stretches_fall(rate: int) -> None:
    pcm = noise(5, rate)
    levels = {loudness.integrated(np.concatenate((noise(lead, rate), pcm)), rate) for lead in (0, 1, 3)}
    assert max(levels) - min(levels) <= 2


def test_a_mix_takes_little_more_memory_than_the_samples_it_returns() -> None:
    lines = [line(n, "There is a ship out there.", 96 * n + 24, 72) for n in range(28)]
    shots = shot_list((shot(1, 0, 120 * 24),), lines)
    shelf = SoundShelf()
    assets = [shelf.asset(f"line:{each.line_id}", voice(3), 22_050) for each in lines]
    assets.append(shelf.asset("music:sc01", noise(20, 44_100), 44_100))
    plan = render_plan(shots, assets)
    mix_episode(shots, plan, shelf.read)
    tracemalloc.start()
    mix = mix_episode(shots, plan, shelf.read)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    returned = mix.mix.nbytes + mix.music.nbytes + mix.effects.nbytes + mix.dialogue.nbytes // 2
    assert peak < 1.15 * returned + (16 << 20)
