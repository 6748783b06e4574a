"""The grammar of coverage, as properties of every shot list that generated scripts lead to."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from narrative_assets.film.planner import plan_shots
from schemas.script import Script, SignElement
from schemas.shots import Shot, ShotList
from tests.fakes import scripts
from tests.fakes.generated_scripts import generated
from tests.fakes.speech import FakeSpeechTimer

SIZES = ("els", "ls", "mls", "ms", "mcu", "cu", "bcu", "ecu")
SLOTS = ("far_left", "left", "centre", "right", "far_right")
few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def planned(script: Script) -> ShotList:
    return plan_shots(script, scripts.project(), scripts.HASH, FakeSpeechTimer())


def by_scene(shot_list: ShotList) -> list[list[Shot]]:
    return [list(shots) for _, shots in groupby(shot_list.shots, key=lambda shot: shot.scene_id)][1:-1]


@given(generated())
@few
def test_of_two_people_the_same_one_is_always_on_the_left(script: Script) -> None:
    for shots in by_scene(planned(script)):
        sides: dict[tuple[str, str], bool] = {}
        for shot in shots:
            places = [(SLOTS.index(figure.slot), figure.character_id) for figure in shot.figures]
            assert places == sorted(places)
            assert len({place for place, _ in places}) == len(places)
            for index, (_, one) in enumerate(places):
                for _, other in places[index + 1 :]:
                    assert sides.setdefault((one, other), True)
                    assert (other, one) not in sides


@given(generated())
@few
def test_a_single_looks_towards_the_partner_it_is_cut_against(script: Script) -> None:
    for shots in by_scene(planned(script)):
        for shot in shots:
            over = shot.framing.over_shoulder_of
            if over is None:
                continue
            order = [figure.character_id for figure in shot.figures]
            subject = next(figure for figure in shot.figures if figure.character_id != over)
            shoulder = next(figure for figure in shot.figures if figure.character_id == over)
            assert shoulder.facing == "away"
            assert subject.facing == ("right" if order.index(over) > order.index(subject.character_id) else "left")


@given(generated())
@few
def test_one_subject_twice_is_seen_from_another_angle_or_two_sizes_apart(script: Script) -> None:
    for shots in by_scene(planned(script)):
        for before, after in pairwise(shots):
            if "insert" in (before.framing.kind, after.framing.kind):
                continue
            if set(before.framing.subject_ids) != set(after.framing.subject_ids):
                continue
            apart = abs(SIZES.index(before.framing.size) - SIZES.index(after.framing.size))
            assert apart >= 2 or before.framing.angle != after.framing.angle


@given(generated())
@few
def test_after_six_close_shots_the_scene_is_shown_wide_again(script: Script) -> None:
    for shots in by_scene(planned(script)):
        run = 0
        for shot in shots:
            if shot.framing.kind not in ("insert", "cutaway"):
                run = run + 1 if SIZES.index(shot.framing.size) >= SIZES.index("mcu") else 0
            assert run <= 6


@given(generated())
@few
def test_a_thing_is_not_shown_in_a_view_of_the_place_and_again_at_once(script: Script) -> None:
    for shots in by_scene(planned(script)):
        for before, after in pairwise(shots):
            if before.framing.kind == "cutaway" and after.framing.kind == "insert":
                assert not set(before.props) & set(after.props)


@pytest.mark.parametrize(("present", "second"), [(("mara",), "master"), ((), "cutaway")])
def test_after_a_view_with_nobody_in_it_those_who_are_there_are_seen(present: tuple[str, ...], second: str) -> None:
    rain = "Rain runs down the glass and the wind leans on the door until the whole house hums under it. "
    elements = tuple(scripts.act(f"sc01.a{number:03d}", rain * 3) for number in (1, 2))
    said = (scripts.say("sc01.l001", "mara", "There."),) if present else ()
    (shots,) = by_scene(planned(scripts.script(scripts.scene("sc01", *elements, *said, present=present))))
    assert (shots[0].framing.kind, shots[0].figures) == ("establishing", ())
    assert shots[1].framing.kind == second
    assert tuple(figure.character_id for figure in shots[1].figures) == present


def test_what_nobody_does_is_told_by_those_who_are_there() -> None:
    people = ("mara", "tobias", "orla")
    (shots,) = by_scene(
        planned(
            scripts.script(
                scripts.scene(
                    "sc01",
                    scripts.act("sc01.e000", "The three of them wait.", *people),
                    scripts.say("sc01.e001", "mara", "You broke the rule."),
                    scripts.act("sc01.e002", "From outside, a knock. One. Polite.", sounds=("knock",)),
                    scripts.say("sc01.e003", "tobias", "Still not you?"),
                    scripts.act("sc01.e004", "After a while, nobody knocks."),
                    scripts.say("sc01.e005", "mara", "Then it has gone."),
                    scripts.act("sc01.e006", "On the sill the lantern flickers.", props=("lantern",)),
                    present=people,
                )
            )
        )
    )
    of = {shot.element_ids[0]: shot for shot in reversed(shots) if shot.element_ids}
    heard, still, thing = of["sc01.e002"], of["sc01.e004"], of["sc01.e006"]
    assert (heard.framing.kind, heard.framing.subject_ids) == ("reaction", ("orla",)), "neither seen nor speaking next"
    assert {figure.character_id for figure in still.figures} == set(people)
    assert (thing.framing.kind, thing.figures) == ("cutaway", ())


@given(generated())
@few
def test_never_three_alike(script: Script) -> None:
    for shots in by_scene(planned(script)):
        lengths = [shot.duration_frames for shot in shots]
        assert all(len({a, b, c}) > 1 for a, b, c in zip(lengths, lengths[1:], lengths[2:], strict=False))


@given(generated())
@few
def test_no_shot_is_shorter_than_a_second_or_longer_than_twelve(script: Script) -> None:
    for shots in by_scene(planned(script)):
        assert all(24 <= shot.duration_frames <= 12 * 24 for shot in shots)


@given(generated())
@few
def test_an_extreme_close_up_comes_once_in_a_scene_and_never_without_strong_feeling(script: Script) -> None:
    felt = {
        e.element_id: e.emotion.intensity for s in script.scenes for e in s.elements if e.type in ("action", "dialogue")
    }
    for shots in by_scene(planned(script)):
        extreme = [shot for shot in shots if shot.framing.size == "ecu"]
        assert len(extreme) <= 1
        assert all(max(felt[name] for name in shot.element_ids if name in felt) >= 850 for shot in extreme)


@given(generated())
@few
def test_a_pan_never_covers_a_frame_width_in_less_than_seven_seconds(script: Script) -> None:
    for shot in planned(script).shots:
        if shot.movement.kind.startswith("pan"):
            assert shot.movement.amount * 7 * 24 <= 1000 * shot.duration_frames
        assert shot.movement.amount <= 120


@given(generated())
@few
def test_every_sign_can_be_read_in_full(script: Script) -> None:
    shots = {name: shot for shot in planned(script).shots for name in shot.element_ids if shot.screen_text}
    for sign in (e for scene in script.scenes for e in scene.elements if isinstance(e, SignElement)):
        shot = shots[sign.element_id]
        words = len(sign.text.split())
        assert shot.screen_text == sign.text
        assert shot.framing.kind == "insert"
        assert min(162, max(72, words * 72 // 10)) <= shot.duration_frames <= 168


@given(generated())
@few
def test_every_element_is_in_a_shot_of_its_scene(script: Script) -> None:
    shown = [{name for shot in shots for name in shot.element_ids} for shots in by_scene(planned(script))]
    for scene, names in zip(script.scenes, shown, strict=True):
        for element in scene.elements:
            if element.type != "transition":
                assert element.element_id in names


def test_a_new_place_is_established_and_a_known_one_comes_back_shorter_and_one_size_tighter() -> None:
    two = scripts.script(scripts.scene("sc01", setting="ext"), scripts.scene("sc02", setting="ext"))
    first, second = (shots[0] for shots in by_scene(planned(two)))
    assert (first.framing.kind, first.framing.size) == ("establishing", "els")
    assert (second.framing.kind, second.framing.size) == ("master", "ls")
    assert second.duration_frames < first.duration_frames


def test_two_people_are_covered_from_the_two_shot_over_shoulders_to_singles() -> None:
    lines = (
        scripts.say(f"sc01.e{n}", ("mara", "tobias")[n % 2], "I counted every one of the stairs, and then again.")
        for n in range(6)
    )
    shots = by_scene(planned(scripts.script(scripts.scene("sc01", *lines, present=("mara", "tobias")))))[0]
    kinds = [shot.framing.kind for shot in shots]
    assert kinds[:4] == ["establishing", "two_shot", "over_the_shoulder", "over_the_shoulder"]
    assert shots[2].framing.size == shots[3].framing.size
    assert "single" in kinds[4:]


def test_strong_feeling_brings_the_face_close() -> None:
    calm = scripts.say("sc01.e1", "mara", "I counted every one of them, all the way up.")
    angry = scripts.say("sc01.e2", "tobias", "You always say that, always.", emotion=scripts.feeling("anger", 700))
    shots = by_scene(
        planned(scripts.script(scripts.scene("sc01", calm, angry, calm.model_copy(update={"element_id": "x"}))))
    )
    close = next(shot for shot in shots[0] if "sc01.e2" in shot.element_ids)
    assert close.framing.size in ("mcu", "cu")
    assert close.movement.kind == "push_in"


def test_a_long_line_goes_to_the_listener_at_a_clause_and_returns() -> None:
    shot_list = planned(scripts.lighthouse())
    line = next(line for line in shot_list.lines if line.element_id == "sc02.e007")
    carrying = [shot for shot in shot_list.shots if line.line_id in shot.audio.line_ids]
    assert [shot.framing.kind == "reaction" for shot in carrying] == [False, True, False, True, False]
    away = carrying[1]
    assert 24 <= away.duration_frames <= 50
    assert away.framing.subject_ids == ("tobias",)
    assert not any(figure.speaking for figure in away.figures)
    starts = {line.start_frame + word.frame: word for word in line.words}
    word = starts[away.start_frame]
    assert line.text[: word.text_offset].rstrip()[-1] in ",;.:"


def test_an_entrance_is_seen_wide_and_nobody_stands_there_before_it() -> None:
    shots = by_scene(planned(scripts.lighthouse()))[1]
    entrance = next(index for index, shot in enumerate(shots) if "sc02.e002" in shot.element_ids)
    assert shots[entrance].framing.kind == "master"
    assert all(figure.character_id != "mara" for shot in shots[:entrance] for figure in shot.figures)


def test_a_thing_handled_gets_one_insert_of_one_to_two_seconds() -> None:
    shots = [shot for shot in planned(scripts.lighthouse()).shots if shot.scene_id == "sc02"]
    inserts = [shot for shot in shots if shot.framing.kind == "insert" and "brass_key" in shot.props]
    assert inserts
    assert 28 <= inserts[0].duration_frames <= 48


def test_a_voice_without_a_face_is_never_shown_speaking() -> None:
    shot_list = planned(scripts.lighthouse())
    unseen = {line.line_id for line in shot_list.lines if line.heard != "on_screen"}
    carrying = [shot for shot in shot_list.shots if unseen & set(shot.audio.line_ids)]
    assert carrying
    assert all(not figure.speaking for shot in carrying for figure in shot.figures)
    assert {"insert", "reaction"} <= {shot.framing.kind for shot in carrying}


def test_a_crowd_is_a_master_of_five_and_singles() -> None:
    shots = by_scene(planned(scripts.lighthouse()))[4]
    assert all(len(shot.figures) <= 5 for shot in shots)
    assert shots[0].framing.kind == "master"
    assert {shot.framing.kind for shot in shots} >= {"master", "single"}


def test_average_shots_of_a_conversation_last_three_to_five_seconds() -> None:
    shots = by_scene(planned(scripts.talk(60)))[0]
    assert 3.0 <= sum(shot.duration_frames for shot in shots) / len(shots) / 24 <= 5.0


@pytest.mark.parametrize("make", [scripts.silent, scripts.empty, scripts.monologue, lambda: scripts.talk(500)])
def test_the_edges_of_screenwriting_give_a_shot_list(make) -> None:  # type: ignore[no-untyped-def]
    script = make()
    shot_list = planned(script)
    assert [scene.scene_id for scene in shot_list.scenes][1:-1] == [scene.scene_id for scene in script.scenes]


def test_a_heated_conversation_comes_up_for_air_after_six_close_shots() -> None:
    people = ("mara", "tobias")
    heat = scripts.feeling("anger", 640)
    lines = (
        scripts.say(f"sc01.e{n:02d}", people[n % 2], "You never told me any of it, not one word.", emotion=heat)
        for n in range(20)
    )
    shots = by_scene(planned(scripts.script(scripts.scene("sc01", *lines, present=people, tension=900))))[0]
    close = "".join("c" if SIZES.index(shot.framing.size) >= SIZES.index("mcu") else "w" for shot in shots)
    assert "cccccc" in close
    assert "ccccccc" not in close


def test_a_thing_whose_words_are_read_next_gets_no_insert_of_its_own() -> None:
    scene = scripts.scene(
        "sc01",
        scripts.act("sc01.e1", "Rain."),
        scripts.act("sc01.e2", "Orla unlocks her phone.", "orla", props=("phone",)),
        scripts.sign("sc01.e3", "NO SERVICE", "phone screen"),
        present=("orla",),
    )
    shots = by_scene(planned(scripts.script(scene)))[0]
    assert [shot.screen_text for shot in shots if shot.framing.kind == "insert"] == ["NO SERVICE"]


def test_a_thing_that_moves_by_itself_is_shown_by_itself() -> None:
    fall = next(shot for shot in planned(scripts.lighthouse()).shots if shot.action_beats == ("The key falls.",))
    assert (fall.framing.kind, fall.figures, fall.props) == ("insert", (), ("brass_key",))


def test_who_sits_goes_on_sitting_while_talking() -> None:
    shots = by_scene(planned(scripts.lighthouse()))[1]
    answer = next(shot for shot in shots if "sc02.e006" in shot.element_ids)
    assert next(f for f in answer.figures if f.character_id == "tobias").pose == "sit"
