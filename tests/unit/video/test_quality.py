"""The gates: each passes on a sound episode and fails on the one fault it is there for."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from narrative_assets.video.captions import Cue, caption_cues
from narrative_assets.video.clips import ClipFigures
from narrative_assets.video.quality import judge
from narrative_assets.video.sound import Mix, mix_episode
from narrative_assets.video.sound_gates import heard
from narrative_assets.video.toolchain import Probe
from schemas.project import DurationWindow
from schemas.render import Placeholder, QualityFinding, RenderPlan
from schemas.shots import Shot, ShotList
from tests.fakes.sounds import SoundShelf, tone, voice
from tests.fakes.timeline import HASH, OWN_RIGHTS, blob, line, render_plan, shot, shot_list


class Episode:
    """A finished episode of ten seconds, whose parts a test may spoil before it is judged."""

    def __init__(self, *, shots: tuple[Shot, ...] | None = None) -> None:
        self.shelf = SoundShelf()
        lines = (line(1, "There is a ship out there.", 24, 72), line(2, "I see it too.", 130, 48, speaker="tom"))
        people = ("mara", "tom")
        self.shots: ShotList = shot_list(
            shots or (shot(1, 0, 120, figures=people), shot(2, 120, 120, figures=people)), lines
        )
        assets = [self.shelf.asset(f"line:{each.line_id}", voice(each.frames / 24), 22_050) for each in lines]
        assets.append(self.shelf.asset("music:sc01", tone(4, 44_100), 44_100))
        self.plan: RenderPlan = render_plan(self.shots, assets)
        self.cues: tuple[Cue, ...] = caption_cues(self.shots)
        self.mix: Mix = mix_episode(self.shots, self.plan, self.shelf.read)
        self.probe = Probe(
            "h264", 1280, 720, Fraction(24), 240, 0, 10_000_000, "aac", 48_000, 2, 0, 10_005_000, 1, 10**6
        )
        self.clips = [clip(each, [90] * each.duration_frames) for each in self.shots.shots]

    def findings(self, **more: Any) -> dict[str, QualityFinding]:
        found = judge(self.shots, self.plan, self.cues, heard(self.shots, self.mix), self.probe, self.clips, **more)
        return {finding.gate: finding for finding in found}

    def failed(self, **more: Any) -> list[str]:
        return [gate for gate, finding in self.findings(**more).items() if not finding.passed]


def clip(each: Shot, luma: list[int]) -> ClipFigures:
    mean = sum(luma) // len(luma)
    return ClipFigures(each.shot_id, HASH, HASH, len(luma), mean, min(luma), max(luma), tuple(luma))


@pytest.fixture(scope="module")
def sound_episode() -> Episode:
    return Episode()


@pytest.fixture
def episode(sound_episode: Episode) -> Episode:
    """A copy: what a test replaces stays its own."""
    copied = Episode.__new__(Episode)
    copied.__dict__.update(sound_episode.__dict__)
    copied.clips = list(sound_episode.clips)
    return copied


def test_a_sound_episode_passes_every_gate(episode: Episode) -> None:
    assert episode.failed(window=DurationWindow(min_seconds=5, max_seconds=20)) == []
    assert list(episode.findings()) == [
        "frame_count", "av_offset", "caption_words", "caption_sync", "caption_limits", "loudness", "true_peak",
        "ducking", "clipped_speech", "black_frames", "frozen_pictures", "flashes", "missing_assets", "rights", "pacing",
        "glyphs", "credits",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"video_frames": 239}, {"frame_rate": Fraction(25)}, {"frame_rate": Fraction(24_000, 1_001)}]
)
def test_a_file_of_another_length_or_rate_fails(episode: Episode, wrong: dict[str, Any]) -> None:
    episode.probe = replace(episode.probe, **wrong)
    assert episode.failed() == ["frame_count"]


def test_a_clip_of_another_length_than_its_shot_is_named(episode: Episode) -> None:
    episode.clips[1] = clip(episode.shots.shots[1], [90] * 119)
    assert episode.failed() == ["frame_count"]
    assert "sc01.sh002" in episode.findings()["frame_count"].message


@pytest.mark.parametrize(
    "wrong",
    [{"audio_start_us": 60_000}, {"audio_duration_us": 9_900_000}, {"video_start_us": -50_000}, {"audio_codec": ""}],
)
def test_sound_away_from_the_picture_or_missing_fails(episode: Episode, wrong: dict[str, Any]) -> None:
    episode.probe = replace(episode.probe, **wrong)
    assert episode.failed() == ["av_offset"]


def test_a_changed_caption_word_fails(episode: Episode) -> None:
    first, *rest = episode.cues
    episode.cues = (replace(first, lines=("There is a boat out there.",)), *rest)
    assert episode.failed() == ["caption_words"]


def test_a_missing_caption_fails(episode: Episode) -> None:
    episode.cues = episode.cues[1:]
    assert episode.failed() == ["caption_words"]
    assert "sc01.l001" in episode.findings()["caption_words"].message


@pytest.mark.parametrize(("shift", "gates"), [(-1, []), (-3, ["caption_sync"]), (1, []), (3, ["caption_sync"])])
def test_a_caption_keeps_to_its_voice(episode: Episode, shift: int, gates: list[str]) -> None:
    first, *rest = episode.cues
    episode.cues = (replace(first, start_frame=first.start_frame + shift), *rest)
    assert episode.failed() == gates


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": ("There is a ship", "out", "there.")},
        {"lines": ("There is a ship out there." + " " * 20,)},
        {"end_frame": 40},
        {"end_frame": 24 + 169},
        {"end_frame": 131},
    ],
)
def test_a_caption_against_the_rules_fails(episode: Episode, wrong: dict[str, Any]) -> None:
    first, *rest = episode.cues
    episode.cues = (replace(first, **wrong), *rest)
    assert episode.failed() == ["caption_limits"]


def test_a_caption_that_the_next_voice_cuts_short_is_counted_and_breaks_nothing() -> None:
    cues = (
        Cue(24, 34, ("There is a ship out there.",), "mara", "Mara", (("sc01.l001", "There is a ship out there."),)),
        Cue(36, 80, ("I see it too.",), "tom", "Tom", (("sc01.l002", "I see it too."),)),
    )
    episode = Episode()
    episode.cues = cues
    found = episode.findings()["caption_limits"]
    assert found.passed
    assert "1 captions are as fast as their voices" in found.message


@pytest.mark.parametrize(
    ("figures", "gate"),
    [
        ({"integrated": -1_540}, "loudness"),
        ({"true_peak": -90}, "true_peak"),
        ({"duck_depth": -600}, "ducking"),
        ({"duck_depth": 0}, "ducking"),
    ],
)
def test_sound_outside_the_profile_fails(episode: Episode, figures: dict[str, int], gate: str) -> None:
    loudness = episode.mix.loudness.model_copy(update=figures)
    episode.mix = replace(episode.mix, loudness=loudness)
    assert episode.failed() == [gate]


def test_a_silent_episode_passes_and_says_so() -> None:
    episode = Episode()
    episode.shots = shot_list((shot(1, 0, 240),))
    episode.plan, episode.cues = render_plan(episode.shots), ()
    episode.mix = mix_episode(episode.shots, episode.plan, episode.shelf.read)
    episode.clips = [clip(episode.shots.shots[0], [90] * 240)]
    assert episode.failed() == []
    assert "no sound" in episode.findings()["loudness"].message


def test_a_take_longer_than_its_place_fails(episode: Episode) -> None:
    longer = episode.shelf.asset("line:sc01.l001", voice(3.2), 22_050)
    episode.plan = render_plan(episode.shots, [longer, *episode.plan.assets[1:]])
    assert episode.failed() == ["clipped_speech"]
    assert "sc01.l001" in episode.findings()["clipped_speech"].message


def test_a_line_that_cannot_be_heard_fails(episode: Episode) -> None:
    deaf = episode.mix.dialogue.copy()
    deaf[130 * 2_000 : 178 * 2_000] = 0
    episode.mix = replace(episode.mix, dialogue=deaf)
    assert episode.failed() == ["clipped_speech"]
    assert "sc01.l002" in episode.findings()["clipped_speech"].message


def test_a_black_picture_fails_and_a_fade_does_not(episode: Episode) -> None:
    fading = [shot(1, 0, 120, transition_in="fade", transition_frames=12), shot(2, 120, 120, fade_out_frames=10)]
    luma = [*np.linspace(16, 90, 12).astype(int).tolist(), *[90] * 108]
    episode.shots = episode.shots.model_copy(update={"shots": tuple(fading)})
    episode.clips = [clip(fading[0], luma), clip(fading[1], [90] * 110 + [16] * 10)]
    assert "black_frames" not in episode.failed()
    episode.clips[1] = clip(fading[1], [90] * 109 + [16] * 11)
    assert "black_frames" in episode.failed()
    assert "sc01.sh002 (1 frames)" in episode.findings()["black_frames"].message


@pytest.mark.parametrize(("flashes", "passes"), [(2, True), (3, True), (4, False), (6, False)])
def test_more_than_three_flashes_in_a_second_fail(episode: Episode, flashes: int, passes: bool) -> None:
    luma = [90] * 120
    for number in range(flashes):
        luma[40 + 3 * number] = 220
    episode.clips[0] = clip(episode.shots.shots[0], luma)
    assert episode.failed() == ([] if passes else ["flashes"])


def test_a_slow_swing_of_light_is_no_flash(episode: Episode) -> None:
    luma = [int(120 + 100 * np.sin(frame / 20)) for frame in range(120)]
    episode.clips[0] = clip(episode.shots.shots[0], luma)
    assert episode.failed() == []


def test_placeholders_are_counted_and_named_but_pass(episode: Episode) -> None:
    gone = Placeholder(need_id="prop:lamp", wanted="a lamp", reason="not_in_library", rights=OWN_RIGHTS)
    drawn = gone.model_copy(update={"stand_in": blob()})
    episode.plan = render_plan(episode.shots, [*episode.plan.assets, drawn])
    found = episode.findings()["missing_assets"]
    assert found.passed
    assert found.measured == "1 placeholders, 0 without a stand-in"
    assert "prop:lamp (not_in_library)" in found.message


def test_a_picture_without_a_stand_in_fails_and_a_missing_sound_does_not(episode: Episode) -> None:
    gone = Placeholder(need_id="prop:lamp", wanted="a lamp", reason="not_in_library", rights=OWN_RIGHTS)
    silent = gone.model_copy(update={"need_id": "sound:bell"})
    episode.plan = render_plan(episode.shots, [*episode.plan.assets, silent])
    assert episode.failed() == []
    episode.plan = render_plan(episode.shots, [*episode.plan.assets, gone])
    assert episode.failed() == ["missing_assets"]
    assert "prop:lamp" in episode.findings()["missing_assets"].message


@pytest.mark.parametrize("rights", [{"license_type": "unknown"}, {"license_type": " "}, {"rights_override": True}])
def test_an_asset_without_a_stated_licence_fails(episode: Episode, rights: dict[str, Any]) -> None:
    first, *rest = episode.plan.assets
    spoiled = first.model_copy(update={"rights": first.rights.model_copy(update=rights)})
    episode.plan = render_plan(episode.shots, [spoiled, *rest])
    assert episode.failed() == ["rights"]


@pytest.mark.parametrize(("least", "most", "passes"), [(5, 10, True), (10, 12, True), (11, 20, False), (5, 9, False)])
def test_the_runtime_is_held_against_the_window(episode: Episode, least: int, most: int, passes: bool) -> None:
    window = DurationWindow(min_seconds=least, max_seconds=most)
    assert episode.failed(window=window) == ([] if passes else ["runtime"])
