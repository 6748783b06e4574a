"""Faults planted in episodes that are really rendered and really mixed: each is found by its gate, and by no other."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from episode_kit import Stage, line, shot, shot_list
from PIL import Image

from narrative_assets.video.quality import judge
from narrative_assets.video.sound import Mix, mix_episode
from narrative_assets.video.sound_gates import Heard, clipped_speech, ducking, heard, loudness, true_peak
from narrative_assets.video.toolchain import probe
from schemas.render import QualityFinding, RenderOutput, RenderPlan, ResolvedAsset
from schemas.shots import Environment, Framing, Movement, Shot, ShotList, SpokenLine, WordCue
from tests.fakes.sounds import SoundShelf, tone, voice
from tests.fakes.timeline import line as spoken
from tests.fakes.timeline import render_plan
from tests.fakes.timeline import shot as planned
from tests.fakes.timeline import shot_list as listed

PUSH = Movement(kind="push_in", amount=60)


def flat(value: int) -> bytes:
    """A plate of one grey."""
    packed = io.BytesIO()
    Image.new("RGB", (480, 270), (value, value, value)).save(packed, "PNG")
    return packed.getvalue()


def at(place: str, number: int, frames: int, **more: object) -> Shot:
    """A shot of a place without people."""
    where = Environment(place_id=place, place_name=place, interior=False, time_of_day="day")
    wide = Framing(size="ls", kind="cutaway")
    return shot(number, frames, environment=where, figures=(), framing=wide, **more)


def rendered(
    folder: Path, shots: list[Shot], plates: dict[str, bytes], lines: list[SpokenLine] | None = None
) -> RenderOutput:
    """Render ``shots`` with these plates by place."""
    stage = Stage(folder)
    film = shot_list(shots, lines or [])
    _, plan = stage.plan(film)
    assets = [
        asset.model_copy(update={"blob": stage.blobs.put(plates[asset.need_id.split(":")[1]], "image/png")})
        if asset.need_id.startswith("background:") and asset.need_id.split(":")[1] in plates
        else asset
        for asset in plan.assets
    ]
    output, _ = stage.render(film, plan=plan.model_copy(update={"assets": tuple(assets)}))
    return output


def failed(output: RenderOutput) -> dict[str, QualityFinding]:
    return {finding.gate: finding for finding in output.quality if not finding.passed}


def test_a_clean_episode_passes_every_gate(tmp_path: Path) -> None:
    shots = [shot(1, 48, movement=PUSH), shot(2, 40), at("pier", 3, 36, movement=Movement(kind="pan_left", amount=80))]
    output = rendered(tmp_path, shots, {}, [line(1, 6, 60)])
    assert failed(output) == {}
    assert {finding.gate for finding in output.quality} >= {
        "frame_count", "av_offset", "caption_words", "caption_sync", "caption_limits", "loudness", "true_peak",
        "ducking", "clipped_speech", "black_frames", "frozen_pictures", "flashes", "missing_assets", "rights", "pacing",
    }  # fmt: skip
    assert all(finding.measured and finding.limit for finding in output.quality)


def test_a_black_plate_is_found(tmp_path: Path) -> None:
    output = rendered(tmp_path, [shot(1, 30), at("cellar", 2, 20)], {"cellar": flat(0)})
    found = failed(output)
    assert set(found) == {"black_frames"}
    assert "sh002 (20 frames)" in found["black_frames"].message
    assert "replace" in found["black_frames"].message


def test_a_shot_that_was_planned_to_move_and_stands_is_found(tmp_path: Path) -> None:
    shots = [shot(1, 30), at("fog", 2, 30, movement=PUSH), at("fog", 3, 40), at("pier", 4, 36, movement=PUSH)]
    found = failed(rendered(tmp_path, shots, {"fog": flat(140)}))
    assert set(found) == {"frozen_pictures"}
    assert "Planned to move, and standing: sh002." in found["frozen_pictures"].message


def test_a_picture_that_stands_long_without_a_sound_is_found_and_under_speech_is_not(tmp_path: Path) -> None:
    still = [shot(1, 30), at("pier", 2, 13 * 24)]
    found = failed(rendered(tmp_path / "silent", still, {}))
    assert set(found) == {"frozen_pictures"}
    assert "sh002 (13.0 s)" in found["frozen_pictures"].message
    assert failed(rendered(tmp_path / "spoken", still, {}, [line(1, 150, 60)])) == {}


def test_sound_that_lags_and_frames_that_are_missing_are_found_in_the_file(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    film = shot_list([shot(1, 48), shot(2, 40)], [line(1, 6, 60)])
    _, plan = stage.plan(film)
    whole = stage.blobs.path(stage.render(film, plan=plan)[0].video)
    mix = mix_episode(film, plan, stage.blobs.read)

    def judged(*options: str) -> dict[str, QualityFinding]:
        spoiled = tmp_path / "spoiled.mp4"
        command = [str(stage.toolchain.ffmpeg), "-y", "-v", "error", "-i", str(whole), *options, "-c", "copy"]
        subprocess.run([*command, "-f", "mp4", str(spoiled)], check=True)
        return {
            each.gate: each for each in judge(film, plan, (), heard(film, mix), probe(stage.toolchain, spoiled), [])
        }

    assert judged()["av_offset"].passed
    late = judged("-itsoffset", "0.2", "-i", str(whole), "-map", "0:v", "-map", "1:a")["av_offset"]
    assert not late.passed and late.measured in ("198 ms", "199 ms", "200 ms")
    assert not judged("-an")["av_offset"].passed
    short = judged("-frames:v", "80")["frame_count"]
    assert not short.passed and short.measured.startswith("80 frames")


def flashing(frames: int) -> list[Shot]:
    """Light and dark in turn, so many frames each, after a calm second."""
    turns = [at(("snow", "night")[n % 2], n + 2, frames) for n in range(10)]
    return [shot(1, 24), *turns, shot(12, 24)]


@pytest.mark.parametrize(("frames", "passes"), [(2, False), (8, True)])
def test_light_and_dark_shots_in_quick_turn_are_found(tmp_path: Path, frames: int, passes: bool) -> None:
    shots = [
        each.model_copy(update={"duration_frames": each.duration_frames + n % 2})
        for n, each in enumerate(flashing(frames))
    ]
    found = failed(rendered(tmp_path, shots, {"snow": flat(240), "night": flat(40)}))
    assert ("flashes" in found) is not passes
    if not passes:
        assert "no Harding test" in found["flashes"].message


def corner(value: int) -> bytes:
    """A grey plate whose upper left part, a tenth of the screen, has another grey."""
    picture = Image.new("RGB", (480, 270), (90, 90, 90))
    picture.paste((value, value, value), (0, 0, 170, 85))
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    return packed.getvalue()


def test_flashes_in_a_part_of_the_picture_are_found_though_its_mean_hardly_moves(tmp_path: Path) -> None:
    output = rendered(tmp_path, flashing(2), {"snow": corner(250), "night": corner(20)})
    found = {finding.gate: finding for finding in output.quality}["flashes"]
    assert not found.passed
    assert "row 1, column" in found.measured
    lumas = [each.mean_luma for each in output.shots[1:-1]]
    assert max(lumas) - min(lumas) < 40


class Sound:
    """Two lines over music, really mixed."""

    def __init__(self, duck: int = -1_200, level: float = 0.3) -> None:
        self.shelf = SoundShelf()
        lines = (spoken(1, "There is a ship out there.", 24, 72), spoken(2, "I see it too.", 130, 48, speaker="tom"))
        self.lines = tuple(
            each.model_copy(
                update={"words": tuple(WordCue(text_offset=0, text_length=5, frame=f) for f in (0, each.frames // 2))}
            )
            for each in lines
        )
        self.shots: ShotList = listed((planned(1, 0, 120), planned(2, 120, 120)), self.lines)
        assets = [self.shelf.asset(f"line:{n.line_id}", voice(n.frames / 24, level=level), 22_050) for n in lines]
        assets.append(self.shelf.asset("music:sc01", tone(4, 44_100), 44_100))
        self.plan: RenderPlan = self.under(duck, assets)
        self.mix: Mix = mix_episode(self.shots, self.plan, self.shelf.read)

    def heard(self) -> Heard:
        return heard(self.shots, self.mix)

    def under(self, duck: int, assets: list[ResolvedAsset]) -> RenderPlan:
        plan = render_plan(self.shots, assets)
        return plan.model_copy(update={"profile": plan.profile.model_copy(update={"duck": duck})})


@pytest.fixture(scope="module")
def sound() -> Sound:
    return Sound()


def test_a_clean_mix_passes_every_gate_of_sound(sound: Sound) -> None:
    found = [
        loudness(sound.plan, sound.heard()),
        true_peak(sound.plan, sound.heard()),
        ducking(sound.plan, sound.heard()),
        clipped_speech(sound.shots, sound.plan, sound.heard()),
    ]
    assert [finding.gate for finding in found if not finding.passed] == []
    assert "under the voices" in found[2].measured


def test_a_mix_for_another_loudness_is_found(sound: Sound) -> None:
    for target in (sound.plan.profile.loudness + 40, sound.plan.profile.loudness - 40):
        asked = sound.plan.model_copy(update={"profile": sound.plan.profile.model_copy(update={"loudness": target})})
        found = loudness(asked, sound.heard())
        assert not found.passed
        assert ("louder" if target > sound.mix.loudness.integrated else "softer") in found.message


def test_peaks_above_the_ceiling_are_found(sound: Sound) -> None:
    lower = sound.mix.loudness.true_peak - 50
    asked = sound.plan.model_copy(update={"profile": sound.plan.profile.model_copy(update={"true_peak": lower})})
    found = true_peak(asked, sound.heard())
    assert not found.passed and "0.50 dB more" in found.message


def test_music_that_was_not_lowered_is_found(sound: Sound) -> None:
    flat_music = Sound(duck=0)
    found = ducking(sound.plan, flat_music.heard())
    assert not found.passed
    assert "lower it by 12.0 dB" in found.message


def test_music_that_covers_the_voices_is_found_whatever_was_reckoned(sound: Sound) -> None:
    loud = np.asarray(sound.mix.music[: len(sound.mix.music)]).astype(np.int32) * 8
    spoiled = replace(sound.mix, music=np.clip(loud, -32_768, 32_767).astype(np.int16))
    found = ducking(sound.plan, heard(sound.shots, spoiled))
    assert not found.passed
    assert found.message == "Music covers the voices: lower the music or raise the voices."


def silenced(mix: Mix, first: float, end: float) -> Mix:
    """The mix with its voices silent between two seconds."""
    voices = np.array(mix.dialogue[: len(mix.dialogue)])
    voices[int(first * mix.sample_rate) : int(end * mix.sample_rate)] = 0
    return replace(mix, dialogue=voices)


def test_a_line_that_stops_before_its_last_word_is_found(sound: Sound) -> None:
    found = clipped_speech(sound.shots, sound.plan, heard(sound.shots, silenced(sound.mix, 2.4, 4.0)))
    assert not found.passed
    assert found.measured.startswith("1 lines cut, 0 not heard")
    assert sound.lines[0].line_id in found.message


def test_a_line_that_is_not_heard_is_found(sound: Sound) -> None:
    found = clipped_speech(sound.shots, sound.plan, heard(sound.shots, silenced(sound.mix, 5.0, 8.0)))
    assert found.measured.startswith("0 lines cut, 1 not heard")
    assert sound.lines[1].line_id in found.message


def test_a_take_longer_than_its_place_is_found(sound: Sound) -> None:
    longer = sound.shelf.asset(f"line:{sound.lines[0].line_id}", voice(3.2), 22_050)
    plan = sound.plan.model_copy(update={"assets": (longer, *sound.plan.assets[1:])})
    found = clipped_speech(sound.shots, plan, heard(sound.shots, mix_episode(sound.shots, plan, sound.shelf.read)))
    assert found.measured.startswith("1 lines cut")


def test_voices_cut_off_at_full_scale_are_found(sound: Sound) -> None:
    loud = np.asarray(sound.mix.dialogue[: len(sound.mix.dialogue)]).astype(np.int32) * 40
    spoiled = replace(sound.mix, dialogue=np.clip(loud, -32_768, 32_767).astype(np.int16))
    found = clipped_speech(sound.shots, sound.plan, heard(sound.shots, spoiled))
    assert not found.passed
    assert int(found.measured.split(", ")[2].split()[0]) > 10
    assert "lower their level" in found.message
