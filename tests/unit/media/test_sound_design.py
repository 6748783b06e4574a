"""Effects, ambience and music: the same bytes always, loops without a seam, no clipping, weight where it belongs."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import wave
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt
import pytest

from narrative_assets.media import foley, score
from narrative_assets.media.pcm import RATE, Pcm, band, noise, shaped, tone, wav_bytes, whole_turns
from schemas.story import EmotionName

ROOT = Path(__file__).parents[3]
TEXTURE_TAGS = ["rain", "wind", "sea", "traffic", "crowd", "fire", "engine", "clock", "birdsong", "crickets", "siren"]
SAMPLE_MOODS = [("joy", 300), ("sadness", 100), ("fear", 900), ("anger", 700)]
_FINGERPRINTS = """
import hashlib
from narrative_assets.media import foley, score
print(hashlib.sha256(foley.effect("thunder", 1).tobytes() + foley.effect("rain", 60000).tobytes()).hexdigest())
print(hashlib.sha256(foley.ambience("sea").tobytes()).hexdigest())
print(hashlib.sha256(score.bed("joy", 800).tobytes()).hexdigest())
"""


def loudest_hertz(samples: Pcm) -> float:
    """The middle of the spectrum's energy in Hz."""
    mono = samples.astype(np.float64) if samples.ndim == 1 else samples.astype(np.float64).mean(axis=1)
    power = np.abs(np.fft.rfft(mono)) ** 2
    return float(np.searchsorted(np.cumsum(power) / power.sum(), 0.5)) * RATE / len(mono)


def steps(samples: Pcm) -> npt.NDArray[np.int64]:
    """How far each sample lies from the one before it, largest channel."""
    jumps = np.abs(np.diff(samples.astype(np.int64), axis=0))
    return jumps if samples.ndim == 1 else jumps.max(axis=1)


def seam(samples: Pcm) -> int:
    """The step from the last sample to the first."""
    return int(np.max(np.abs(samples[0].astype(np.int64) - samples[-1])))


def level(samples: Pcm) -> float:
    """Effective value in dBFS."""
    return float(20 * np.log10(np.sqrt(np.mean((samples / 32_768.0) ** 2))))


def in_a_fresh_process(**environment: str) -> list[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", _FINGERPRINTS],
        cwd=ROOT, env={**inherited, "PYTHONPATH": str(ROOT), **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()


def test_the_same_bytes_come_from_another_process_locale_zone_and_processor() -> None:
    plain = in_a_fresh_process(LC_ALL="C", TZ="UTC", PYTHONHASHSEED="1")
    other = in_a_fresh_process(
        LC_ALL="tr_TR.UTF-8", TZ="Pacific/Chatham", PYTHONHASHSEED="77", OMP_NUM_THREADS="1",
        NPY_DISABLE_CPU_FEATURES="AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
    )  # fmt: skip
    assert plain == other
    assert len(set(plain)) == 3


@pytest.mark.parametrize("tag", sorted({*foley.STRIKES, *foley.TEXTURES}))
def test_every_effect_is_heard_starts_and_ends_softly_and_does_not_clip(tag: str) -> None:
    samples = foley.effect(tag, RATE // 2)
    assert samples.dtype == np.int16
    assert samples.ndim == 1
    assert -36 < level(samples) < -5
    assert np.max(np.abs(samples)) <= 0.8 * 32_767 + 1
    assert abs(int(samples[0])) < 400
    assert abs(int(samples[-1])) < 400


@pytest.mark.parametrize("tag", [*TEXTURE_TAGS, "bell", "bark", "nothing-known"])
def test_ambience_loops_without_a_click(tag: str) -> None:
    samples = foley.ambience(tag)
    assert len(samples) == 10 * RATE
    assert seam(samples) <= np.percentile(steps(samples), 99.99)
    assert np.max(np.abs(samples)) <= 0.5 * 32_767 + 1
    assert -38 < level(samples) < -19


@pytest.mark.parametrize("tag", ["wind", "sea", "crowd", "traffic"])
def test_ambience_is_as_loud_at_the_seam_as_within(tag: str) -> None:
    turned = np.roll(foley.ambience(tag), RATE // 2)
    around_seam, overall = level(turned[:RATE]), level(turned)
    assert abs(around_seam - overall) < 7


@pytest.mark.parametrize(
    ("tag", "low", "high"),
    [
        ("thunder", 40, 300), ("boom", 40, 300), ("thud", 40, 200), ("footsteps", 60, 700), ("door", 60, 500),
        ("engine", 40, 300), ("rumble", 30, 200), ("wind", 80, 600), ("traffic", 60, 500), ("bell", 300, 1_300),
        ("phone", 900, 1_800), ("beep", 850, 1_100), ("bark", 350, 1_400), ("gull", 900, 3_000),
        ("birdsong", 2_500, 5_500), ("chirp", 2_500, 5_500), ("glass", 1_500, 4_500),
        ("shatter", 2_200, 7_000), ("rain", 1_500, 6_000),
        ("static", 1_200, 6_000), ("clock", 1_000, 4_500), ("crickets", 3_500, 5_200), ("radio", 400, 2_800),
        ("fwoosh", 150, 3_500), ("siren", 500, 1_050), ("heartbeat", 30, 120),
    ],
)  # fmt: skip
def test_each_sound_has_its_weight_where_its_kind_has_it(tag: str, low: int, high: int) -> None:
    assert low <= loudest_hertz(foley.effect(tag, 2 * RATE)) <= high


def test_a_lasting_effect_fills_the_frames_it_is_asked_for_within_bounds() -> None:
    assert len(foley.effect("rain", 3 * RATE)) == 3 * RATE
    assert len(foley.effect("rain", 10)) == RATE // 2
    assert len(foley.effect("rain", 90 * RATE)) == 30 * RATE


def test_a_single_effect_has_its_own_length_however_many_frames_it_is_given() -> None:
    assert len(foley.effect("thud", 10)) == len(foley.effect("thud", 10 * RATE))


def test_a_clock_ticks_twice_a_second_and_feet_fall_slower() -> None:
    def strokes(tag: str) -> int:
        loud = np.abs(foley.ambience(tag).astype(np.int64)).reshape(-1, RATE // 10).max(axis=1) > 2_000
        return int(np.sum(loud[1:] & ~loud[:-1])) + int(loud[0] and not loud[-1])

    assert strokes("clock") == 20
    assert strokes("footsteps") == 18


@pytest.mark.parametrize(
    ("tag", "stem"),
    [
        ("rain", "rain"), ("heavy-rain", "rain"), ("raindrops", "rain"), ("train", "train"), ("door_slam", "slam"),
        ("car-door", "door"), ("car", "car"), ("doorbell", "doorbell"), ("phone-ringing", "ring"), ("waves", "wave"),
        ("footsteps", "footstep"), ("barking_dog", "dog"), ("explosion", "explo"), ("room-tone", "room"),
        ("humming", "hum"), ("human", None), ("string", None), ("scare", None), ("search", None), ("zorp", None),
    ],
)  # fmt: skip
def test_a_tag_is_understood_by_the_word_that_names_the_thing(tag: str, stem: str | None) -> None:
    assert foley.stem_of(tag) == stem
    assert foley.is_known(tag) == (stem is not None)


def test_tags_of_one_kind_share_a_kind_but_not_every_sample() -> None:
    assert not np.array_equal(foley.effect("rain", RATE), foley.effect("heavy-rain", RATE))


@pytest.mark.parametrize(("mood", "tension"), SAMPLE_MOODS)
def test_a_bed_loops_without_a_click_and_neither_clips_nor_varies_wildly(mood: str, tension: int) -> None:
    bed = score.bed(mood, tension)
    assert bed.shape[1] == 2
    assert len(bed) == score.BARS * score.BEATS * score.ground("").beat
    assert seam(bed) <= np.percentile(steps(bed), 99)
    assert np.max(np.abs(bed)) < 0.75 * 32_767
    seconds = [level(bed[start : start + RATE]) for start in range(0, len(bed) - RATE, RATE)]
    assert max(seconds) - min(seconds) < 9
    assert -22.5 < level(bed) < -20


def test_there_is_music_for_every_emotion() -> None:
    assert set(score.MOODS) == set(get_args(EmotionName))


@pytest.mark.parametrize(("mood", "move"), [
    ("sadness", ("major", 4, "minor")), ("tenderness", ("major", 5, "minor")), ("curiosity", ("minor", 5, "major")),
    ("unease", ("minor", 2, "major")), ("fear", ("minor", 6, "minor")), ("awe", ("major", 8, "major")),
    ("anger", ("minor", 11, "major")), ("disgust", ("minor", 8, "minor")), ("determination", ("major", 2, "major")),
])  # fmt: skip
def test_moods_move_between_the_chords_that_film_music_gives_them(mood: str, move: tuple[str, int, str]) -> None:
    found = score.MOODS[mood]
    assert (found.first, found.step, found.second) == move


def test_tension_thickens_the_pulse_and_brightens_the_sound() -> None:
    calm, tense = score.bed("unease", 50), score.bed("unease", 950)
    assert throb(tense, below=120) > 3 * throb(calm, below=120)
    assert bright_share(tense) > 1.5 * bright_share(calm)


def throb(samples: Pcm, below: float = 0.0) -> float:
    """How far loudness (or that of what lies below so many Hz) swings in eighths, against its mean."""
    mono = samples.astype(np.float64).mean(axis=1)
    if below:
        mono = shaped(mono, band(0, below))
    swing = np.abs(np.fft.rfft(np.square(mono)))
    return float(swing[2 * score.BARS * score.BEATS] / swing[0])


def bright_share(samples: Pcm) -> float:
    """The share of the energy above 600 Hz."""
    power = np.abs(np.fft.rfft(samples.astype(np.float64).mean(axis=1))) ** 2
    return float(power[600 * len(samples) // RATE :].sum() / power.sum())


def test_joy_is_quicker_and_higher_than_sadness() -> None:
    joy, sadness = score.bed("joy", 300), score.bed("sadness", 300)
    assert throb(joy) > 1.5 * throb(sadness)
    assert centre(joy) > 1.4 * centre(sadness)


def centre(samples: Pcm) -> float:
    """The pitch that has half of the energy below it."""
    power = np.cumsum(np.abs(np.fft.rfft(samples.astype(np.float64).mean(axis=1))) ** 2)
    return float(np.searchsorted(power, power[-1] / 2)) * RATE / len(samples)


@pytest.mark.parametrize(("mood", "theme"), [("sadness", ""), ("joy", "cyber-bob"), ("fear", "lighthouse")])
def test_the_chords_of_a_bed_are_in_it(mood: str, theme: str) -> None:
    sides = score.bed(mood, 0, theme).astype(np.float64).mean(axis=1)
    two_bars = 2 * score.BEATS * score.ground(theme).beat

    def strength(spectrum: npt.NDArray[np.float64], name: int) -> float:
        """Of a pitch class, between 130 and 800 Hz."""
        notes = [note for note in range(48, 80) if note % 12 == name % 12]
        places = [round(440 * 2 ** ((note - 69) / 12) * two_bars / RATE) for note in notes]
        return float(max(spectrum[middle - 3 : middle + 4].max() for middle in places))

    for number, chord in enumerate(score.chords(mood, theme)):
        piece = sides[number * two_bars : (number + 1) * two_bars]
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(two_bars)))
        inside = [strength(spectrum, note) for note in chord[:3]]
        outside = [strength(spectrum, note) for note in range(12) if note not in {each % 12 for each in chord}]
        assert min(inside) > 2 * np.median(outside)


@pytest.mark.parametrize("theme", ["", "cyber-bob", "lighthouse"])
def test_all_music_of_a_theme_shares_its_bars_and_its_key(theme: str) -> None:
    ground = score.ground(theme)
    scale = {(ground.tonic + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)}
    for mood in score.MOODS:
        first, second = score.chords(mood, theme)
        assert len(scale & {note % 12 for note in first[:3]}) >= 2
        assert abs(first[0] - second[0]) <= 6
    lengths = {len(score.bed(mood, tension, theme)) for mood, tension in (("joy", 100), ("fear", 900))}
    assert lengths == {score.BARS * score.BEATS * ground.beat}


def test_themes_differ_in_key_or_beat() -> None:
    found = {(score.ground(f"series-{number}").tonic, score.ground(f"series-{number}").beat) for number in range(60)}
    assert len(found) > 25


def test_one_mood_gives_way_to_another_on_a_bar_line_without_a_click() -> None:
    ground = score.ground("t")
    for before, after in (("sadness", "joy"), ("joy", "fear"), ("fear", "tenderness")):
        old, new = (score.bed(mood, 600, "t").astype(np.float64) for mood in (before, after))
        line = 6 * score.BEATS * ground.beat
        fall = np.cos(np.linspace(0, np.pi / 2, ground.beat))[:, None]
        crossed = old[line - ground.beat : line] * fall + new[-ground.beat :] * fall[::-1]
        whole = np.concatenate((old[: line - ground.beat], crossed, new[: 4 * ground.beat]))
        step = np.abs(np.diff(whole, axis=0)).max(axis=1)
        near = step[line - ground.beat - 480 : line + 480].max()
        assert near <= 1.1 * max(np.abs(np.diff(each, axis=0)).max() for each in (old, new))


def test_tension_of_one_band_gives_one_bed_and_every_value_has_a_band() -> None:
    assert [score.intensity(t) for t in (0, 199, 200, 500, 799, 800, 1_000)] == [0, 0, 1, 2, 3, 4, 4]
    assert np.array_equal(score.bed("joy", 210), score.bed("joy", 390))


def splitmix64(state: int) -> float:
    """The reference algorithm in Python's own integers, its upper 24 bits on [-1, 1)."""
    whole = (1 << 64) - 1
    state &= whole
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & whole
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB & whole
    return ((state ^ (state >> 31)) >> 40) / (1 << 23) - 1.0


def test_noise_is_exact_and_centred() -> None:
    values = noise(7, 100_000)
    assert values[:4].tolist() == [splitmix64(7 + number * 0x9E3779B97F4A7C15) for number in range(1, 5)]
    assert abs(float(values.mean())) < 0.01
    assert -1 <= values.min() < -0.99
    assert 0.99 < values.max() < 1


def test_a_tone_has_its_pitch_and_whole_turns_close_on_themselves() -> None:
    one = tone(440.0, RATE)
    assert int(np.argmax(np.abs(np.fft.rfft(one)))) == 440
    ring = whole_turns(7, 10_007)
    assert abs(ring[0] - ring[-1]) <= np.max(np.abs(np.diff(ring)))


def test_a_loop_says_how_many_beats_it_has() -> None:
    plain, marked = (wav_bytes(np.zeros((30, 2), np.int16), beats=beats) for beats in (0, 64))
    with wave.open(io.BytesIO(marked)) as file:
        assert file.readframes(30) == bytes(120)
    assert struct.unpack_from("<I", marked, 4)[0] == len(marked) - 8
    place = marked.index(b"acid")
    assert struct.unpack_from("<I", marked, place + 20)[0] == 64
    assert b"acid" not in plain


def test_a_wav_file_says_what_it_holds() -> None:
    with wave.open(io.BytesIO(wav_bytes(np.zeros((30, 2), np.int16)))) as file:
        assert file.getparams()[:4] == (2, 2, RATE, 30)
