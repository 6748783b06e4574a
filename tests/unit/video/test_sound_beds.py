"""Beds that repeat, files written stretch by stretch, and the memory that a mix takes."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
import tracemalloc
import wave
from pathlib import Path

import numpy as np
import pytest

from narrative_assets.video import loudness, mixing
from narrative_assets.video.mixing import Samples
from narrative_assets.video.sound import Mix, StemName, mix_episode
from narrative_assets.video.timeline import Bed, Timeline
from narrative_assets.video.tracks import new_wav, open_wav, wav_bytes, write_wav
from schemas.errors import MediaError
from schemas.render import RenderPlan
from schemas.shots import ShotList, ShotScene, SoundCue
from tests.fakes.sounds import SoundShelf, noise, tone, voice
from tests.fakes.timeline import line, render_plan, shot, shot_list

ROOT = Path(__file__).parents[3]
RATE = 48_000
SEAM = RATE * 30 // 1_000


def bed(seconds: float, hertz: float = 100.0, rate: int = RATE) -> Samples:
    return np.stack([tone(seconds, rate, hertz)] * 2, axis=1)


def tiled(loop: Samples, seam: int, seconds: int = 5) -> Samples:
    return laid(loop, seam, seconds * RATE)


def laid(loop: Samples, seam: int, length: int) -> Samples:
    bed = Bed((0, length), loop, mixing.crossing(loop, min(seam, len(loop) // 2)), (0, 0))
    return Timeline(length, (), (bed,), ()).clear_music(0, length)


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
    assert np.array_equal(laid(loop, SEAM, len(loop)), loop)


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


def test_a_mix_into_files_takes_memory_that_does_not_grow_with_the_episode(tmp_path: Path) -> None:
    peaks = []
    for seconds in (60, 240):
        lines = [line(n, "There is a ship out there.", 96 * n + 24, 72) for n in range(seconds // 4 - 1)]
        shots = shot_list((shot(1, 0, seconds * 24),), lines)
        shelf = SoundShelf()
        take = voice(3)
        assets = [shelf.asset(f"line:{each.line_id}", take, 22_050) for each in lines]
        assets.append(shelf.asset("music:sc01", noise(20, 44_100), 44_100))
        plan = render_plan(shots, assets)
        tracemalloc.start()
        mix_episode(shots, plan, shelf.read, files_in(tmp_path))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Three minutes more are 140 MB of samples; only their figures are held.
    assert peaks[1] < peaks[0] + (8 << 20)
    assert peaks[1] < 48 << 20


def files_in(folder: Path) -> dict[StemName, Path]:
    return {name: folder / f"{name}.wav" for name in ("dialogue", "music", "effects", "mix")}


def episode() -> tuple[ShotList, RenderPlan, SoundShelf]:
    """Twenty-five seconds of everything: voices over each other's heels, two beds, room tone, cues, high peaks."""
    lines = [line(n, "There is a ship out there.", start, 72) for n, start in enumerate((12, 90, 300, 371, 500))]
    cues = [
        SoundCue(cue_id=f"q{n}", tag="hit", shot_id="sc01.sh001", start_frame=start, frames=20, level=-400)
        for n, start in enumerate((40, 200, 320))
    ]
    scenes = tuple(
        ShotScene(
            scene_id=f"sc0{n}", title="A", place_id="pier", time_of_day="night", start_frame=start,
            duration_frames=frames, ambience=("waves",),
        )
        for n, (start, frames) in enumerate(((0, 280), (280, 320)), start=1)
    )  # fmt: skip
    shots = shot_list((shot(1, 0, 280), shot(2, 280, 320, scene_id="sc02")), lines, cues, scenes=scenes)
    shelf = SoundShelf()
    assets = [shelf.asset(f"line:{each.line_id}", voice(3), 22_050) for each in lines] + [
        shelf.asset("music:sc01", bed(1.99625, 110, 44_100), 44_100),
        shelf.asset("music:sc02", noise(3, RATE, 0.3), RATE),
        shelf.asset("ambience:waves", noise(2, RATE, 0.02), RATE),
        shelf.asset("sound:hit", noise(0.6, 22_050, 0.9), 22_050),
    ]
    return shots, render_plan(shots, assets, loudness=-1_400), shelf


@pytest.mark.parametrize("block", [1_009, 48_000, 1 << 19])
def test_the_size_of_the_blocks_changes_no_sample_and_no_figure(block: int) -> None:
    shots, plan, shelf = episode()
    whole = mix_episode(shots, plan, shelf.read)
    pieces = mix_episode(shots, plan, shelf.read, block=block)
    assert pieces.loudness == whole.loudness
    assert pieces.pcm_hash == whole.pcm_hash
    for one, other in zip(tracks(pieces), tracks(whole), strict=True):
        assert np.array_equal(one, other)


def test_files_hold_what_arrays_would(tmp_path: Path) -> None:
    shots, plan, shelf = episode()
    arrays, filed = mix_episode(shots, plan, shelf.read), mix_episode(shots, plan, shelf.read, files_in(tmp_path))
    for name, array, track in zip(("mix", "dialogue", "music", "effects"), tracks(arrays), tracks(filed), strict=True):
        assert np.array_equal(array, track)
        with wave.open(str(tmp_path / f"{name}.wav")) as file:
            assert file.readframes(file.getnframes()) == array.astype("<i2").tobytes()
    assert filed.pcm_hash == hashlib.sha256(np.asarray(arrays.mix).astype("<i2").tobytes()).hexdigest()


def test_another_processor_mixes_the_same_samples() -> None:
    code = "import tests.unit.video.test_sound_beds as t; s, p, f = t.episode()\n"
    code += "print(t.mix_episode(s, p, f.read).pcm_hash)"
    found = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **less},
            capture_output=True, text=True, check=True,
        ).stdout
        for less in (
            {}, {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Nehalem"},
            {"NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL"},
        )
    }  # fmt: skip
    assert len(found) == 1


def tracks(mix: Mix) -> list[Samples]:
    return [np.asarray(each) for each in (mix.mix, mix.dialogue, mix.music, mix.effects)]


def test_more_sound_than_a_wav_file_can_count_is_refused_before_any_is_written(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with pytest.raises(MediaError, match=r"7\.0 hours of sound do not fit"):
        new_wav(path, 7 * 3_600 * RATE, 2, RATE)
    assert not path.exists()


def test_a_stretch_of_a_file_is_that_stretch_of_its_samples(tmp_path: Path) -> None:
    pcm = noise(0.5, RATE)
    write_wav(tmp_path / "sound.wav", pcm, RATE)
    track = open_wav(tmp_path / "sound.wav", len(pcm), 2)
    assert np.array_equal(track[100:2_000], pcm[100:2_000])
    assert np.array_equal(track[len(pcm) - 5 : len(pcm) + 5], pcm[-5:])
    assert track[7:7].shape == (0, 2)
    (tmp_path / "sound.wav").write_bytes((tmp_path / "sound.wav").read_bytes()[:-100])
    with pytest.raises(MediaError, match="cut short"):
        track[len(pcm) - 50 :]


def acid_wav(pcm: Samples, beats: int) -> bytes:
    plain = wav_bytes(pcm, RATE)
    chunk = b"acid" + struct.pack("<IIHHfIHHf", 24, 0, 60, 0x8000, 0.0, beats, 4, 4, 120.0)
    return plain[:12] + chunk + plain[12:]


def test_music_with_a_beat_changes_on_a_bar_line_and_goes_on_through_scenes_that_share_it() -> None:
    frames = (100, 140, 240)
    starts = (0, 100, 240)
    scenes = tuple(
        ShotScene(scene_id=f"sc0{n}", title="A", place_id="pier", time_of_day="night", start_frame=start,
                  duration_frames=length)
        for n, (start, length) in enumerate(zip(starts, frames, strict=True), start=1)
    )  # fmt: skip
    shots = tuple(shot(n, starts[n - 1], frames[n - 1], scene_id=f"sc0{n}") for n in (1, 2, 3))
    listed = shot_list(shots, scenes=scenes)
    shelf = SoundShelf()
    low, high = acid_wav(bed(8, 200), 16), acid_wav(bed(8, 1_000), 16)
    assets = [
        shelf.asset(f"music:sc0{n}", noise(1, RATE), RATE).model_copy(update={"blob": shelf.keep(data)})
        for n, data in enumerate((low, low, high), start=1)
    ]
    mix = mix_episode(listed, render_plan(listed, assets, loudness=-2_700), shelf.read)
    music = np.asarray(mix.music)[:, 0].astype(np.float64)
    # A bar is 2 s: the change at 10 s falls on a line, and the one at 4.17 s is none.
    share = [np.abs(np.fft.rfft(tenth))[[20, 100]] for tenth in music.reshape(-1, RATE // 10)]
    heard = [one > other for one, other in share]
    assert heard[:94] == [True] * 94
    assert heard[101:] == [False] * 99
    assert largest_step(np.asarray(mix.music)) < 1.6 * largest_step(np.asarray(mix.music)[15 * RATE : 16 * RATE])
    assert np.abs(music).reshape(-1, RATE // 10).max(axis=1)[:-21].min() > 0.4 * np.abs(music).max()


def test_a_file_written_anew_leaves_its_other_names_alone(tmp_path: Path) -> None:
    write_wav(tmp_path / "kept.wav", noise(0.1, RATE), RATE)
    kept = (tmp_path / "kept.wav").read_bytes()
    os.link(tmp_path / "kept.wav", tmp_path / "sound.wav")
    track = new_wav(tmp_path / "sound.wav", 100, 2, RATE)
    track[0:100] = np.zeros((100, 2), np.int16)
    track.flush()
    assert (tmp_path / "kept.wav").read_bytes() == kept
