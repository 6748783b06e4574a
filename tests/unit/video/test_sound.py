"""The mix: levels, ducking, mastering and exact lengths, measured on real samples."""

from __future__ import annotations

import io
import random
import struct
import time
import wave
from typing import Any

import numpy as np
import pyloudnorm
import pytest

from narrative_assets.video import loudness, mixing
from narrative_assets.video.mixing import Samples
from narrative_assets.video.sound import Mix, duck_spans, mix_episode, wav_bytes
from schemas.errors import MediaError
from schemas.render import Placeholder, RenderPlan
from schemas.shots import ShotAudio, ShotList, ShotScene, SoundCue
from tests.fakes.sounds import SoundShelf, noise, tone, voice
from tests.fakes.timeline import OWN_RIGHTS, line, render_plan, shot, shot_list

RATE = 48_000
SPEECH = ((48, 72), (240, 60))


def scene(number: int, start: int, frames: int, *ambience: str) -> ShotScene:
    return ShotScene(
        scene_id=f"sc{number:02d}",
        title="A place",
        place_id="pier",
        time_of_day="night",
        start_frame=start,
        duration_frames=frames,
        ambience=ambience,
    )


def episode(**profile: Any) -> tuple[ShotList, RenderPlan, SoundShelf]:
    """20 s: two lines, music, waves, one clap of thunder between the lines."""
    lines = [line(n, "There is a ship out there.", start, frames) for n, (start, frames) in enumerate(SPEECH)]
    thunder = SoundCue(cue_id="q1", tag="thunder", shot_id="sc01.sh001", start_frame=170, frames=24)
    shots = shot_list((shot(1, 0, 480),), lines, (thunder,), scenes=(scene(1, 0, 480, "waves"),))
    shelf = SoundShelf()
    assets = [shelf.asset(f"line:{each.line_id}", voice(each.frames / 24), 22_050) for each in lines] + [
        shelf.asset("music:sc01", np.stack([tone(4, 44_100), tone(4, 44_100, 277)], axis=1), 44_100),
        shelf.asset("ambience:waves", noise(3, 44_100, 0.02), 44_100),
        shelf.asset("sound:thunder", noise(2, 22_050, 0.5), 22_050),
    ]
    return shots, render_plan(shots, assets, **profile), shelf


QUIET = {"loudness": -2_700}
"""A delivery that leaves peaks alone, for reading levels."""


def mixed(**profile: Any) -> Mix:
    shots, plan, shelf = episode(**profile)
    return mix_episode(shots, plan, shelf.read)


def level(pcm: Samples, first_frame: int, end_frame: int, rate: int = RATE) -> float:
    """RMS in dB of a stretch given in frames of 1/24 s."""
    piece = pcm[first_frame * rate // 24 : end_frame * rate // 24].astype(np.float64)
    return float(20 * np.log10(np.sqrt(np.mean(piece**2)) + 1e-9))


def test_the_mix_reaches_the_loudness_and_the_peak_that_the_profile_asks_for() -> None:
    mix = mixed()
    outside = pyloudnorm.Meter(RATE, "DeMan").integrated_loudness(mix.mix / 32_768)
    assert mix.loudness.integrated == pytest.approx(-1_600, abs=20)
    assert outside == pytest.approx(mix.loudness.integrated / 100, abs=0.05)
    assert mix.loudness.true_peak <= -100
    assert np.abs(mix.mix.astype(np.int32)).max() <= 32_768 * 10 ** (mix.loudness.true_peak / 2_000)


@pytest.mark.parametrize(("target", "ceiling"), [(-2_300, -100), (-2_700, -200), (-1_400, -100)])
def test_other_deliveries_are_met_as_well(target: int, ceiling: int) -> None:
    found = mixed(loudness=target, true_peak=ceiling).loudness
    assert found.integrated == pytest.approx(target, abs=20)
    assert found.true_peak <= ceiling


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize(("fps", "frames"), [(24, 37), (25, 50), (30, 31), (60, 61)])
def test_the_mix_has_exactly_the_samples_of_its_frames(rate: int, fps: int, frames: int) -> None:
    shots = shot_list((shot(1, 0, frames),), fps=fps)
    mix = mix_episode(shots, render_plan(shots, sample_rate=rate), SoundShelf().read)
    for pcm in (mix.mix, mix.dialogue, mix.music, mix.effects):
        assert pcm.shape == (frames * rate // fps, 2)
        assert pcm.dtype == np.int16


def test_silence_has_no_gain_and_floor_levels() -> None:
    shots = shot_list((shot(1, 0, 48),))
    mix = mix_episode(shots, render_plan(shots), SoundShelf().read)
    assert not mix.mix.any()
    assert mix.loudness.model_dump() == {
        "integrated": loudness.SILENCE, "true_peak": loudness.NO_PEAK, "gain": 0, "duck_depth": 0,
    }  # fmt: skip


def test_sounds_that_hold_only_silence_are_silence() -> None:
    shots, plan, shelf = episode()
    empty = [
        shelf.asset(asset.need_id, np.zeros((length, 2), np.int16), RATE)
        for asset, length in zip(plan.assets, (0, RATE, 1, RATE, RATE), strict=True)
    ]
    mix = mix_episode(shots, render_plan(shots, empty), shelf.read)
    assert not mix.mix.any()
    assert mix.loudness.gain == 0


def test_the_stems_add_up_to_the_mix() -> None:
    mix = mixed()
    total = mix.dialogue.astype(np.int32) + mix.music + mix.effects
    assert np.array_equal(np.clip(total, -32_768, 32_767), mix.mix)


def test_the_same_inputs_give_the_same_samples() -> None:
    first, second = mixed(), mixed()
    assert np.array_equal(first.mix, second.mix)
    assert first.loudness == second.loudness


def test_music_lies_as_far_under_speech_as_the_profile_says() -> None:
    mix = mixed(duck=-1_000, **QUIET)
    # A steady tone: its clear level can be read anywhere between the lines.
    clear, under = level(mix.music, 150, 200), level(mix.music, 50, 115)
    assert under - clear == pytest.approx(-10, abs=0.3)
    assert mix.loudness.duck_depth == pytest.approx(-1_000, abs=10)


def test_music_is_down_before_the_first_syllable_and_back_soon_after_the_last() -> None:
    mix = mixed(**QUIET)
    clear, under = level(mix.music, 150, 200), level(mix.music, 60, 110)
    start, end = SPEECH[0][0], sum(SPEECH[0])
    assert level(mix.music, start - 3, start) == pytest.approx(under, abs=0.3)
    assert level(mix.music, start - 12, start - 8) == pytest.approx(clear, abs=0.3)
    assert level(mix.music, end + 12, end + 16) == pytest.approx(clear, abs=0.5)


def test_a_short_pause_between_lines_does_not_let_the_music_pump() -> None:
    lines = (line(1, "Yes.", 48, 24), line(2, "No.", 90, 24), line(3, "Why?", 200, 24))
    spans = duck_spans(shot_list((shot(1, 0, 480),), lines), RATE)
    assert [(first // 2_000, end // 2_000) for first, end in spans] == [(42, 114), (194, 224)]


def test_nothing_but_music_is_ducked() -> None:
    shots, plan, shelf = episode(duck=0, **QUIET)
    plain, ducked = mix_episode(shots, plan, shelf.read), mixed(duck=-1_200, **QUIET)
    louder = (ducked.loudness.gain - plain.loudness.gain) / 100
    assert plain.loudness.duck_depth == 0
    for first, end in ((60, 110), (170, 190)):
        assert level(ducked.effects, first, end) - level(plain.effects, first, end) == pytest.approx(louder, abs=0.05)
    assert level(ducked.dialogue, 60, 110) - level(plain.dialogue, 60, 110) == pytest.approx(louder, abs=0.05)


def test_speech_stands_where_the_timeline_says() -> None:
    mix = mixed()
    heard = np.flatnonzero(np.abs(mix.dialogue[:, 0].astype(np.int32)) > 100)
    for start, frames in SPEECH:
        inside = heard[(heard >= start * 2_000 - 200) & (heard <= (start + frames) * 2_000 + 200)]
        assert inside[0] == pytest.approx(start * 2_000, abs=1_000)
        assert inside[-1] == pytest.approx((start + frames) * 2_000, abs=2_500)
    assert not mix.dialogue[: SPEECH[0][0] * 2_000 - 100].any()


def test_a_voice_off_screen_is_softer_and_one_on_a_device_is_narrow() -> None:
    spectra = {}
    for heard in ("on_screen", "off_screen", "device"):
        shots = shot_list((shot(1, 0, 240),), (line(1, "Hello.", 0, 72, heard=heard), line(2, "Hi.", 120, 72)))
        shelf = SoundShelf()
        assets = [shelf.asset(f"line:sc01.l00{n}", voice(3), 22_050) for n in (1, 2)]
        mix = mix_episode(shots, render_plan(shots, assets, **QUIET), shelf.read)
        difference = level(mix.dialogue, 0, 72) - level(mix.dialogue, 120, 192)
        spectrum = np.abs(np.fft.rfft(mix.dialogue[: 3 * RATE, 0].astype(np.float64)))
        spectra[heard] = (difference, spectrum[3 * 130 : 3 * 150].sum() / spectrum[3 * 690 : 3 * 710].sum())
    assert spectra["on_screen"][0] == pytest.approx(0, abs=0.2)
    assert spectra["off_screen"][0] == pytest.approx(-4, abs=0.3)
    assert spectra["device"][1] < 0.02 * spectra["on_screen"][1]


def test_each_voice_keeps_its_own_level_whatever_the_takes_were() -> None:
    soft = line(2, "Hi.", 120, 72)
    soft = soft.model_copy(update={"voice": soft.voice.model_copy(update={"level": -600})})
    shots = shot_list((shot(1, 0, 240),), (line(1, "Hello.", 0, 72), soft))
    shelf = SoundShelf()
    assets = [
        shelf.asset("line:sc01.l001", voice(3, level=0.02), 22_050),
        shelf.asset("line:sc01.l002", voice(3), 22_050),
    ]
    mix = mix_episode(shots, render_plan(shots, assets, **QUIET), shelf.read)
    assert level(mix.dialogue, 120, 192) - level(mix.dialogue, 0, 72) == pytest.approx(-6, abs=0.2)


def test_neighbouring_scenes_cross_fade_and_shared_room_tone_goes_on() -> None:
    shots = (
        shot(1, 0, 240, audio=ShotAudio(sound_tail_frames=10)),
        shot(2, 240, 240, scene_id="sc02", audio=ShotAudio(sound_lead_frames=24)),
    )
    listed = shot_list(shots, scenes=(scene(1, 0, 240, "waves"), scene(2, 240, 240, "waves")))
    shelf = SoundShelf()
    low, high = (np.stack([tone(5, RATE, hertz)] * 2, axis=1) for hertz in (200, 1_000))
    assets = [
        shelf.asset("music:sc01", low, RATE),
        shelf.asset("music:sc02", high, RATE),
        shelf.asset("ambience:waves", noise(2, RATE, 0.02), RATE),
    ]
    mix = mix_episode(listed, render_plan(listed, assets), shelf.read)
    assert level(mix.music, 214, 216) == pytest.approx(level(mix.music, 100, 102), abs=0.5)
    assert level(mix.music, 228, 236) > level(mix.music, 100, 108) - 1
    spectrum = np.abs(np.fft.rfft(mix.music[222 * 2_000 : 234 * 2_000, 0].astype(np.float64)))
    assert min(spectrum[100], spectrum[500]) > 0.2 * spectrum.max()
    tones = [level(mix.effects, frame, frame + 12) for frame in range(24, 456, 12)]
    assert max(tones) - min(tones) < 1


def test_an_effect_is_as_loud_as_its_cue_and_ends_with_it() -> None:
    cues = [
        SoundCue(cue_id=f"q{n}", tag="hit", shot_id="sc01.sh001", start_frame=48 * n, frames=24, level=lift)
        for n, lift in enumerate((-1_000, -1_600))
    ]
    shots = shot_list((shot(1, 0, 120),), cues=cues)
    shelf = SoundShelf()
    assets = [shelf.asset("sound:hit", noise(3, RATE, 0.7), RATE)]
    mix = mix_episode(shots, render_plan(shots, assets), shelf.read)
    assert level(mix.effects, 48, 70) - level(mix.effects, 0, 22) == pytest.approx(-6, abs=0.1)
    assert not mix.effects[24 * 2_000 : 48 * 2_000].any()


def test_a_missing_sound_is_silent_and_its_stand_in_is_heard() -> None:
    shots, plan, shelf = episode()
    gone = Placeholder(need_id="sound:thunder", wanted="thunder", reason="not_in_library", rights=OWN_RIGHTS)
    ref = shelf.keep(wav_bytes(noise(1, RATE, 0.5), RATE))
    for stand_in in (None, ref):
        assets = [asset for asset in plan.assets if asset.need_id not in ("sound:thunder", "ambience:waves")]
        assets.append(gone.model_copy(update={"stand_in": stand_in}))
        mix = mix_episode(shots, render_plan(shots, assets), shelf.read)
        assert mix.effects.any() == (stand_in is not None)


def test_a_plan_without_a_voice_for_a_line_is_refused_by_name() -> None:
    shots, plan, shelf = episode()
    with pytest.raises(MediaError, match=r"no voice for line sc01\.l000"):
        mix_episode(shots, render_plan(shots, plan.assets[1:]), shelf.read)


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", b"not a sound at all", b"RIFF\x04\0\0\0WAVE", wav_bytes(tone(1, 8_000), 8_000)[:30]]
)
def test_bytes_that_are_no_sound_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(MediaError, match="music:sc01 cannot be read"):
        mixing.decode_wav(data, "music:sc01")


def test_torn_sounds_never_do_worse_than_a_clear_error() -> None:
    whole = wav_bytes(noise(0.05, RATE), RATE)
    dice = random.Random(5)
    for _ in range(400):
        torn = bytearray(whole[: dice.randrange(len(whole))])
        for _ in range(3):
            if torn:
                torn[dice.randrange(min(64, len(torn)))] = dice.randrange(256)
        try:
            pcm, _ = mixing.decode_wav(bytes(torn), "x")
            assert pcm.ndim == 2
        except MediaError:
            pass


@pytest.mark.parametrize(
    ("kind", "bits", "pack"),
    [
        (1, 8, lambda x: np.rint(x * 127 + 128).astype(np.uint8).tobytes()),
        (1, 24, lambda x: b"".join(struct.pack("<i", int(v * 8_388_607))[:3] for v in x)),
        (1, 32, lambda x: np.rint(x * 2_147_483_647).astype("<i4").tobytes()),
        (3, 32, lambda x: x.astype("<f4").tobytes()),
        (3, 64, lambda x: x.astype("<f8").tobytes()),
    ],
)
def test_every_plain_sample_format_reads_as_the_same_sound(kind: int, bits: int, pack: Any) -> None:
    wanted = np.sin(np.arange(200) / 7)
    body = pack(wanted)
    form = struct.pack("<HHIIHH", kind, 1, RATE, RATE * bits // 8, bits // 8, bits)
    data = (
        b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVE" + b"LIST\x03\0\0\0abc\0" + b"fmt " + struct.pack("<I", 16)
    )
    data += form + b"data" + struct.pack("<I", len(body)) + body
    pcm, rate = mixing.decode_wav(data, "x")
    assert rate == RATE
    assert pcm[:, 0] / 32_767 == pytest.approx(wanted, abs=0.02)


def test_a_wav_file_reads_back_with_the_standard_library() -> None:
    pcm = noise(0.1, RATE)
    with wave.open(io.BytesIO(wav_bytes(pcm, RATE))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, RATE, len(pcm))
        assert file.readframes(len(pcm)) == pcm.tobytes()


@pytest.mark.parametrize(("rate", "target"), [(22_050, 48_000), (22_050, 44_100), (44_100, 48_000), (48_000, 44_100)])
def test_resampling_keeps_a_tone_clean_and_in_place(rate: int, target: int) -> None:
    out = mixing.resample(tone(1, rate, 1_000), rate, target).astype(np.float64)
    wanted = 32_767 * 0.25 * np.sin(2 * np.pi * 1_000 * np.arange(len(out)) / target)
    assert len(out) == target
    assert np.abs(out - wanted)[200:-200].max() < 3


def test_integrated_loudness_is_that_of_the_standard() -> None:
    quiet = np.stack([tone(5, RATE, 997, 10 ** (-23 / 20))] * 2, axis=1)
    assert loudness.integrated(quiet, RATE) == -2_300
    for rate in (22_050, 44_100, 48_000):
        pcm = (noise(6, rate, 0.4) * np.repeat([[1.0], [0.02], [0.5]], 2 * rate, axis=0)).astype(np.int16)
        outside = pyloudnorm.Meter(rate, "DeMan").integrated_loudness(pcm / 32_768)
        assert loudness.integrated(pcm, rate) / 100 == pytest.approx(outside, abs=0.02)


def test_true_peak_sees_between_the_samples() -> None:
    steps = np.arange(RATE)
    sine = np.rint(16_384 * np.sin(2 * np.pi * steps / 4 + np.pi / 4)).astype(np.int16)
    assert loudness.true_peak(np.stack([sine, sine // 2], axis=1), RATE) == pytest.approx(-602, abs=15)


def test_a_loud_master_holds_peaks_without_flattening_the_speech() -> None:
    spiky = voice(20, RATE, 0.2).copy()
    spiky[RATE :: RATE * 2] = 32_000  # a click every two seconds
    both = np.repeat(spiky[:, None], 2, axis=1)
    how = loudness.mastering(loudness.surveyed(both, RATE), both, -1_600, -100)
    mix = loudness.mastered(both, loudness.level_of(how, 0, len(both)))
    assert how.nodes.min() < 2**16
    assert loudness.integrated(mix, RATE) == pytest.approx(-1_600, abs=20)
    assert loudness.true_peak(mix, RATE) <= -100


def test_ninety_seconds_mix_in_a_few_seconds_at_most() -> None:
    lines = [line(n, "There is a ship out there.", 96 * n + 24, 72) for n in range(22)]
    shots = shot_list((shot(1, 0, 90 * 24),), lines)
    shelf = SoundShelf()
    assets = [shelf.asset(f"line:{each.line_id}", voice(3), 22_050) for each in lines]
    assets.append(shelf.asset("music:sc01", noise(20, 44_100), 44_100))
    plan = render_plan(shots, assets)
    start = time.perf_counter()
    mix_episode(shots, plan, shelf.read)
    assert time.perf_counter() - start < 10
