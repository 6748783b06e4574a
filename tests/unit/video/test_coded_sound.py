"""The mix as AAC: in step with its samples, without a trace of where its stretches meet, coded again only in part."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from narrative_assets.video.aac import FRAME, STRETCH_FRAMES, encode_aac
from narrative_assets.video.mixing import Samples
from narrative_assets.video.toolchain import find_toolchain
from narrative_assets.video.tracks import open_wav, write_wav
from tests.fakes.sounds import voice
from tests.unit.video.episode_kit import FolderClips

RATE = 48_000
JOINT = (STRETCH_FRAMES - 1) * FRAME


def sound(seconds: float) -> Samples:
    """Syllables over a quiet chord, so that frames differ."""
    mono = voice(seconds, RATE)
    chord = np.rint(900 * np.sin(np.arange(len(mono)) * (2 * np.pi * 311 / RATE)))
    return np.stack([mono, (mono * 0.7 + chord).astype(np.int16)], axis=1).astype(np.int16)


def coded(pcm: Samples, folder: Path) -> Samples:
    folder.mkdir(exist_ok=True)
    write_wav(folder / "mix.wav", pcm, RATE)
    track = open_wav(folder / "mix.wav", len(pcm), 2)
    out = folder / "mix.mp4"
    encode_aac(find_toolchain(), folder / "mix.wav", track, RATE, FolderClips(folder / "clips"), folder, out)
    with av.open(str(out)) as source:
        frames = [frame.to_ndarray() for frame in source.decode(audio=0)]
    heard = np.concatenate(frames, axis=1).T
    assert np.abs(heard).max() <= 1.5
    return np.rint(heard * 32_768).astype(np.int32)


@pytest.mark.parametrize("samples", [800, 1_024, 5_000, 48_000])
def test_a_short_mix_is_as_long_as_it_was(samples: int, tmp_path: Path) -> None:
    assert len(coded(sound(2)[:samples], tmp_path)) in range(samples, samples + FRAME)


def test_stretches_meet_in_step_and_without_a_trace(tmp_path: Path) -> None:
    pcm = sound(64)
    heard = coded(pcm, tmp_path)[: len(pcm)]
    off = np.sqrt(
        np.square(heard - pcm).astype(np.float64)[: len(pcm) // FRAME * FRAME].reshape(-1, FRAME * 2).mean(axis=1)
    )
    joint = JOINT // FRAME
    assert off[joint - 2 : joint + 3].max() < 1.5 * np.percentile(off, 99)
    # A sample's shift would leave more than a tenth of the sound.
    assert np.median(off) < 0.1 * np.sqrt(np.square(pcm.astype(np.float64)).mean())


def test_only_the_stretch_that_changed_is_coded_again(tmp_path: Path) -> None:
    pcm = sound(70)
    coded(pcm, tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "clips").iterdir()}
    changed = pcm.copy()
    changed[-RATE:] //= 2
    coded(changed, tmp_path)
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "clips").iterdir()}
    assert {name: after[name] for name in before} == before
    assert sum(name.endswith(".mp4") for name in set(after) - set(before)) == 1
