"""Timing: the measured voice rules, frames are gapless and locked, and one scene never moves another's shots."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrative_assets.film.planner import plan_shots
from narrative_assets.film.speech import SpokenTake, SpokenWord, take_frames, word_cues
from schemas.canonical import canonical_json
from schemas.errors import InputError, MediaError
from schemas.script import DialogueElement, Script
from schemas.shots import ShotList, timing_lock
from tests.fakes import scripts
from tests.fakes.generated_scripts import generated
from tests.fakes.speech import FakeSpeechTimer

few = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


def planned(script: Script, fps: int = 24) -> ShotList:
    return plan_shots(script, scripts.project(fps=fps), scripts.HASH, FakeSpeechTimer())


def dialogue(script: Script) -> list[DialogueElement]:
    return [e for scene in script.scenes for e in scene.elements if isinstance(e, DialogueElement)]


def relative(shot_list: ShotList, scene_id: str) -> list[object]:
    """Shots, lines and cues of a scene, with frames counted from its start.

    Without names on the screen: somebody is introduced where the whole episode first shows them alone.
    """
    start = next(scene.start_frame for scene in shot_list.scenes if scene.scene_id == scene_id)
    shots = [s.model_copy(update={"lower_third": None}) for s in shot_list.shots if s.scene_id == scene_id]
    inside = {shot.shot_id for shot in shots}
    parts = (*shots, *(n for n in shot_list.lines if n.scene_id == scene_id),
             *(cue for cue in shot_list.sound_cues if cue.shot_id in inside))  # fmt: skip
    return [part.model_copy(update={"start_frame": part.start_frame - start}) for part in parts]


@given(generated(), st.sampled_from((12, 24, 25, 60)))
@few
def test_shots_are_gapless_and_the_lock_verifies(script: Script, fps: int) -> None:
    shot_list = planned(script, fps)
    frame = 0
    for shot in shot_list.shots:
        assert shot.start_frame == frame
        frame += shot.duration_frames
    assert frame == shot_list.total_frames == sum(scene.duration_frames for scene in shot_list.scenes)
    assert shot_list.timing_lock_hash == timing_lock(
        fps, frame, shot_list.shots, shot_list.lines, shot_list.sound_cues
    )  # fmt: skip
    assert len({shot.shot_id for shot in shot_list.shots}) == len(shot_list.shots)


@given(generated())
@few
def test_every_line_is_spoken_once_in_order_and_only_a_pair_overlaps(script: Script) -> None:
    shot_list = planned(script)
    assert [line.element_id for line in shot_list.lines] == [element.element_id for element in dialogue(script)]
    pairs = {(e.element_id, e.dual_with) for e in dialogue(script)}
    for before, after in pairwise(shot_list.lines):
        if (after.element_id, before.element_id) in pairs or (before.element_id, after.element_id) in pairs:
            assert after.start_frame == before.start_frame
        else:
            assert after.start_frame >= max(
                n.start_frame + n.frames for n in shot_list.lines if n.start_frame <= before.start_frame
            )


@given(generated())
@few
def test_a_line_sounds_within_the_consecutive_shots_of_its_scene_that_carry_it(script: Script) -> None:
    shot_list = planned(script)
    for line in shot_list.lines:
        indexes = [n for n, shot in enumerate(shot_list.shots) if line.line_id in shot.audio.line_ids]
        carrying = [shot_list.shots[n] for n in indexes]
        assert indexes == list(range(indexes[0], indexes[-1] + 1))
        assert {shot.scene_id for shot in carrying} == {line.scene_id}
        assert carrying[0].start_frame < line.start_frame
        assert line.start_frame + line.frames < carrying[-1].start_frame + carrying[-1].duration_frames
        assert all(word.frame < line.frames for word in line.words)


@given(generated())
@few
def test_the_picture_cuts_four_to_eight_frames_after_a_line_unless_somebody_cuts_in_or_the_scene_ends(
    script: Script,
) -> None:
    shot_list = planned(script)
    ends = {scene.start_frame + scene.duration_frames for scene in shot_list.scenes}
    broken_off = {e.element_id for e in dialogue(script) if e.text.endswith("--")}
    for shot in shot_list.shots:
        stop = shot.start_frame + shot.duration_frames
        last = [n for n in shot_list.lines if shot.start_frame <= n.start_frame < stop]
        end = max((n.start_frame + n.frames for n in last), default=0)
        if not last or stop in ends or end > stop or last[-1].element_id in broken_off:
            continue
        assert 4 <= stop - end <= 8


@given(generated(), st.data())
@few
def test_rewriting_a_line_leaves_every_other_scene_as_it_was(script: Script, data: st.DataObject) -> None:
    lines = dialogue(script)
    if not lines:
        return
    changed = data.draw(st.sampled_from(lines))
    text = data.draw(st.sampled_from(("Yes.", scripts.LONG_LINE, "The lamp, the lamp!")))
    edited = script.model_copy(
        update={
            "scenes": tuple(
                scene.model_copy(
                    update={
                        "elements": tuple(
                            e.model_copy(update={"text": text}) if e.element_id == changed.element_id else e
                            for e in scene.elements
                        )
                    }
                )
                for scene in script.scenes
            )
        }
    )
    before, after = planned(script), planned(edited)
    for scene in before.scenes:
        if not changed.element_id.startswith(scene.scene_id):
            assert relative(before, scene.scene_id) == relative(after, scene.scene_id)


def test_rewriting_a_line_keeps_the_untouched_shots_of_its_own_scene() -> None:
    script = scripts.lighthouse()
    second = script.scenes[1]
    edited = tuple(
        e.model_copy(update={"text": "I am so very sorry, Toby."}) if e.element_id == "sc02.e012" else e
        for e in second.elements
    )
    scenes = (script.scenes[0], second.model_copy(update={"elements": edited}), *script.scenes[2:])
    before = [s for s in planned(script).shots if s.scene_id == "sc02"]
    after = [s for s in planned(script.model_copy(update={"scenes": scenes})).shots if s.scene_id == "sc02"]
    assert before[:-1] == after[:-1]
    assert before[-1] != after[-1]


def test_a_scene_put_in_between_changes_no_shot_of_the_others() -> None:
    script = scripts.lighthouse()
    attic = scripts.scene("sc99", scripts.act("sc99.e1", "Dust."), place="attic", minute=612)
    longer = script.model_copy(update={"scenes": (*script.scenes[:4], attic, *script.scenes[4:])})
    before, after = planned(script), planned(longer)
    for scene in (s.scene_id for s in script.scenes if s.scene_id != "sc05"):
        assert relative(before, scene) == relative(after, scene)


@given(generated())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_script_gives_the_same_bytes(script: Script) -> None:
    assert canonical_json(planned(script)) == canonical_json(planned(script))


def test_all_lines_of_an_episode_are_asked_for_in_one_call() -> None:
    speech, script, heard = FakeSpeechTimer(), scripts.lighthouse(), []
    plan_shots(script, scripts.project(), scripts.HASH, speech, lambda done, total: heard.append((done, total)))
    assert speech.calls == 1
    assert [text for text, _ in speech.requests] == [element.text for element in dialogue(script)]
    assert heard == [(n, len(heard)) for n in range(1, len(heard) + 1)]
    assert len(heard) == len(dialogue(script))


def test_a_line_without_word_times_is_still_cut_to_the_listener() -> None:
    shot_list = plan_shots(scripts.lighthouse(), scripts.project(), scripts.HASH, FakeSpeechTimer(with_words=False))
    carrying = [shot for shot in shot_list.shots if "sc02.e007" in shot.audio.line_ids]
    assert "reaction" in {shot.framing.kind for shot in carrying}


def test_somebody_cutting_in_is_seen_before_the_line_has_ended() -> None:
    shot_list = planned(scripts.lighthouse())
    broken = next(line for line in shot_list.lines if line.element_id == "sc02.e008")
    answer = next(shot for shot in shot_list.shots if "sc02.e009" in shot.element_ids)
    assert answer.start_frame < broken.start_frame + broken.frames


def test_a_voice_that_forgets_a_line_is_reported_with_what_to_do() -> None:
    class Forgetful(FakeSpeechTimer):
        def time_all(self, requests):  # type: ignore[no-untyped-def]
            return super().time_all(requests)[:-1]

    with pytest.raises(MediaError, match=r"returned \d+ takes for \d+ lines of episode s01e01") as caught:
        plan_shots(scripts.lighthouse(), scripts.project(), scripts.HASH, Forgetful())
    assert "one take per line" in caught.value.remedy


def test_a_take_without_a_sample_rate_is_refused() -> None:
    with pytest.raises(MediaError, match="100 samples at 0 Hz"):
        take_frames(SpokenTake(100, 0), 24)


def test_words_outside_the_text_are_dropped_and_frames_never_run_back() -> None:
    take = SpokenTake(
        22_050, 22_050, (SpokenWord(0, 2, 900), SpokenWord(3, 9, 10), SpokenWord(40, 2, 5), SpokenWord(3, 2, 99_999))
    )
    cues = word_cues(take, "Oh no", 24)
    assert [(cue.text_offset, cue.text_length, cue.frame) for cue in cues] == [(0, 2, 0), (3, 2, 0), (3, 2, 23)]


def test_a_take_lasts_every_frame_that_it_touches() -> None:
    assert take_frames(SpokenTake(22_051, 22_050), 24) == 25
    assert take_frames(SpokenTake(0, 22_050), 24) == 1


def test_an_episode_beyond_the_contract_is_refused_in_one_sentence() -> None:
    many = scripts.script(*(scripts.scene(f"sc{n:04d}") for n in range(1_999)), cast=())
    with pytest.raises(InputError, match="1999 scenes") as caught:
        planned(many)
    assert caught.value.remedy


def test_three_signs_or_lines_of_equal_length_are_told_apart_by_a_few_frames() -> None:
    signs = scripts.scene("sc01", *(scripts.sign(f"sc01.e{n}", "NO LANDING") for n in range(6)))
    line = "I counted every one of them, all the way up."
    people = ("mara", "tobias")
    lines = scripts.scene("sc02", *(scripts.say(f"sc02.e{n}", people[n % 2], line) for n in range(9)), present=people)
    shots = planned(scripts.script(signs, lines)).shots
    lengths = [shot.duration_frames for shot in shots]
    assert len(set(lengths[2:8])) > 1
    for three in zip(lengths, lengths[1:], lengths[2:], strict=False):
        assert len(set(three)) > 1


def test_a_second_thing_said_in_a_breath_shares_the_shot_of_the_answer() -> None:
    people = ("mara", "tobias")
    lines = (scripts.say("sc01.e1", "mara", "Why?"), scripts.say("sc01.e2", "tobias", "Because the tide had turned."))
    shots = planned(scripts.script(scripts.scene("sc01", *lines, present=people))).shots
    assert [shot.audio.line_ids for shot in shots if shot.audio.line_ids] == [("sc01.e1", "sc01.e2")]
