"""Shot lists looked over before anything is rendered: sound ones pass, and each planted fault is found by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings

from narrative_assets.film.planner import plan_shots
from narrative_assets.film.visual_continuity import VisualFinding, look_over
from schemas.project import CastMember, Look, Prop
from schemas.script import Script
from schemas.shots import Environment, Figure, Framing, Movement, Shot, ShotAudio, ShotList
from schemas.story import Claim, EntityRef, StoryInterval, Telling, TextValue
from tests.fakes import scripts
from tests.fakes.generated_scripts import generated
from tests.fakes.speech import FakeSpeechTimer

few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
Changed = Callable[[Shot], Shot]


def planned(script: Script) -> ShotList:
    return plan_shots(script, scripts.project(), scripts.HASH, FakeSpeechTimer())


def with_shots(shot_list: ShotList, changed: dict[str, Changed]) -> ShotList:
    shots = tuple(changed[s.shot_id](s) if s.shot_id in changed else s for s in shot_list.shots)
    return shot_list.model_copy(update={"shots": shots})


def drawn(*shots: Shot) -> ShotList:
    """The lighthouse with the shots of its second scene replaced."""
    base = planned(scripts.lighthouse())
    before = [s for s in base.shots if s.scene_id < "sc02" and s.framing.kind != "credits"]
    return base.model_copy(update={"shots": (*before, *shots)})


def shot(number: int, *figures: Figure, size: str = "ms", kind: str = "single", **more: object) -> Shot:
    given = {
        "shot_id": f"sc02-sh{number:03d}",
        "scene_id": "sc02",
        "start_frame": 0,
        "duration_frames": 48,
        "framing": Framing.model_validate(
            {"size": size, "kind": kind, "subject_ids": tuple(f.character_id for f in figures)}
        ),
        "figures": figures,
        "environment": Environment(place_id="lamp_room", place_name="lamp room", interior=True, time_of_day="night"),
        **more,
    }
    return Shot.model_validate(given)


def mara(slot: str = "left", facing: str = "right", **more: object) -> Figure:
    return Figure.model_validate({"character_id": "mara", "slot": slot, "facing": facing, **more})


def tobias(slot: str = "right", facing: str = "left", **more: object) -> Figure:
    return Figure.model_validate({"character_id": "tobias", "slot": slot, "facing": facing, **more})


def codes(found: Sequence[VisualFinding]) -> list[str]:
    return [each.code for each in found]


def grammar(*shots: Shot) -> tuple[VisualFinding, ...]:
    """What is found in these shots without a script."""
    return look_over(drawn(*shots), scripts.project())


TALK = ShotAudio(line_ids=("sc02.e003",))
MASTER = shot(1, mara(), tobias(), size="ls", kind="master")


@pytest.mark.parametrize("script", [scripts.lighthouse(), scripts.silent(), scripts.empty(), scripts.talk(60)])
def test_nothing_is_found_in_what_the_planner_makes(script: Script) -> None:
    assert look_over(planned(script), scripts.project(), script) == ()


@given(generated())
@few
def test_nothing_is_found_in_shot_lists_of_any_script(script: Script) -> None:
    assert look_over(planned(script), scripts.project(), script) == ()


def test_findings_name_their_shots_what_is_seen_and_what_to_change() -> None:
    (found,) = grammar(MASTER, shot(2, mara("right", "left"), tobias("left", "right"), size="ms", kind="two_shot"))
    assert (found.code, found.severity) == ("sides_change", "error")
    assert found.shot_ids == ("sc02-sh001", "sc02-sh002")
    assert "tobias" in found.message and "mara" in found.message
    assert "head-on" in found.remedy


@pytest.mark.parametrize(
    "bridge",
    [
        shot(2, mara(pose="walk"), movement=Movement(kind="pan_right", amount=60)),
        shot(2, kind="pov"),
        shot(2, mara("centre", "front")),
    ],
    ids=["moving", "point of view", "head-on"],
)
def test_sides_may_change_over_a_bridging_shot(bridge: Shot) -> None:
    assert grammar(MASTER, bridge, shot(3, mara("right", "left"), tobias("left", "right"), kind="two_shot")) == ()


def test_an_insert_is_no_bridge() -> None:
    flipped = shot(3, mara("right", "left"), tobias("left", "right"), kind="two_shot")
    assert codes(grammar(MASTER, shot(2, kind="insert", size="cu"), flipped)) == ["sides_change"]


def test_one_of_two_keeps_their_side_when_alone_in_the_picture() -> None:
    (found,) = grammar(MASTER, shot(2, tobias("left", "right"), size="ms"))
    assert (found.code, found.severity, found.shot_ids) == ("sides_change", "error", ("sc02-sh001", "sc02-sh002"))
    assert grammar(MASTER, shot(2, tobias("centre", "left"), size="ms")) == ()


def test_two_people_cannot_stand_in_one_place() -> None:
    assert codes(grammar(shot(1, mara(), tobias("left", "left"), size="ls", kind="master"))) == ["same_slot"]


def test_a_single_that_looks_the_wrong_way_crosses_the_line() -> None:
    crossed = shot(2, tobias(facing="right", speaking=True), audio=TALK)
    (found,) = grammar(MASTER, crossed)
    assert (found.code, found.severity, found.shot_ids) == ("line_crossed", "error", ("sc02-sh002",))


def test_two_singles_that_look_the_same_way_cross_the_line_without_a_master() -> None:
    one = shot(1, mara(speaking=True), audio=TALK, size="mls")
    other = shot(2, tobias(facing="right", speaking=True), audio=TALK, size="mls")
    assert codes(grammar(one, other)) == ["line_crossed"]


def test_two_who_talk_look_at_each_other() -> None:
    apart = shot(1, mara(facing="left", speaking=True), tobias(), kind="two_shot", audio=TALK)
    (found,) = grammar(apart)
    assert (found.code, found.severity) == ("eyeline", "warn")


def test_one_of_three_does_not_talk_to_where_nobody_is() -> None:
    orla = Figure(character_id="orla", slot="far_right", facing="left")
    crowd = shot(1, mara(), tobias(), orla, size="ls", kind="master")
    assert codes(grammar(crowd, shot(2, mara(facing="left", speaking=True), audio=TALK))) == ["eyeline"]
    assert grammar(crowd, shot(2, tobias(facing="right", speaking=True), audio=TALK)) == ()


def test_one_subject_twice_from_one_angle_jumps() -> None:
    (found,) = grammar(MASTER, shot(2, mara(), size="ms"), shot(3, mara(), size="mcu"))
    assert (found.code, found.shot_ids) == ("jump_cut", ("sc02-sh002", "sc02-sh003"))
    assert grammar(MASTER, shot(2, mara(), size="mls"), shot(3, mara(), size="mcu")) == ()
    low = Framing(size="mcu", kind="single", angle="low", subject_ids=("mara",))
    assert grammar(MASTER, shot(2, mara(), size="ms"), shot(3, mara(), framing=low)) == ()
    faded = shot(3, mara(), size="mcu", transition_in="dissolve", transition_frames=12)
    assert grammar(MASTER, shot(2, mara(), size="ms"), faded) == ()


def test_somebody_at_the_edge_of_a_wide_picture_looks_into_it() -> None:
    out = shot(1, mara("far_left", "left"), size="ls")
    assert codes(grammar(out)) == ["look_room"]
    assert grammar(shot(1, mara("far_left", "left", pose="walk"), size="ls")) == ()


def test_a_way_goes_on_in_the_same_direction() -> None:
    there, back = shot(1, mara(pose="walk"), size="ls"), shot(2, mara(facing="left", pose="walk"), size="ms")
    assert codes(grammar(there, back)) == ["screen_direction"]
    between = shot(2, kind="insert", size="cu")
    assert codes(grammar(there, between, shot(3, mara(facing="left", pose="walk")))) == ["screen_direction"]
    assert grammar(there, shot(2, tobias(), size="ms"), shot(3, mara(facing="left", pose="walk"))) == ()


def test_who_goes_off_to_the_left_comes_on_from_the_right() -> None:
    leaving = {"figures": (mara("left", "left", pose="walk"),), "transition_in": "cut"}
    base = planned(scripts.lighthouse())
    last = [s for s in base.shots if s.scene_id == "sc01"][-1].shot_id
    first = next(s for s in base.shots if s.scene_id == "sc02").shot_id
    wrong = {"figures": (mara("left", "right", pose="walk"),), "transition_in": "cut"}
    right = {"figures": (mara("right", "left", pose="walk"),), "transition_in": "cut"}

    def met(entering: dict[str, object]) -> list[str]:
        spoiled = with_shots(
            base, {last: lambda s: s.model_copy(update=leaving), first: lambda s: s.model_copy(update=entering)}
        )
        return [each.code for each in look_over(spoiled, scripts.project()) if each.shot_ids == (last, first)]

    assert met(wrong) == ["screen_direction"]
    assert met(right) == []


def test_whoever_comes_on_is_not_first_seen_in_a_close_shot() -> None:
    alone = shot(1, mara(), size="ls")
    assert codes(grammar(alone, shot(2, tobias(), size="cu"))) == ["entrance_close"]
    assert grammar(alone, shot(2, mara(), tobias(), size="ms", kind="two_shot"), shot(3, tobias(), size="cu")) == ()


def test_a_scene_opens_wide_and_goes_wide_again() -> None:
    assert codes(grammar(shot(1, mara(), size="cu"))) == ["opens_close"]
    close = [shot(n, (mara, tobias)[n % 2](), size="cu") for n in range(2, 9)]
    (found,) = grammar(MASTER, *close)
    assert (found.code, len(found.shot_ids)) == ("no_wide_shot", 7)


def spoiled(scene_id: str, changed: Changed, pick: Callable[[Shot], bool] = lambda s: True) -> list[str]:
    """What is found in the lighthouse against its script, with one shot changed."""
    script = scripts.lighthouse()
    base = planned(script)
    chosen = next(s for s in base.shots if s.scene_id == scene_id and pick(s))
    found = look_over(with_shots(base, {chosen.shot_id: changed}), scripts.project(), script)
    assert all(chosen.shot_id in each.shot_ids for each in found)
    return codes(found)


def test_a_shot_in_another_place_or_light_than_its_scene_is_found() -> None:
    def set_in(**where: object) -> Changed:
        return lambda s: s.model_copy(update={"environment": s.environment.model_copy(update=where)})

    later = [False]

    def second(_: Shot) -> bool:
        later[0], was = True, later[0]
        return was

    assert spoiled("sc02", set_in(place_id="pier")) == ["place_changes"]
    assert spoiled("sc02", set_in(time_of_day="day")) == ["time_changes"]
    assert spoiled("sc02", set_in(interior=False), second) == ["time_changes"]


def test_somebody_who_is_not_in_the_scene_is_found() -> None:
    orla = Figure(character_id="orla", slot="centre", facing="front")
    alone = lambda s: not s.figures and s.framing.kind == "insert"  # noqa: E731
    assert spoiled("sc02", lambda s: s.model_copy(update={"figures": (orla,)}), alone) == ["not_in_scene"]


def test_somebody_who_has_not_come_yet_is_found() -> None:
    first = lambda s: s.shot_id.endswith("sh001")  # noqa: E731
    assert spoiled("sc02", lambda s: s.model_copy(update={"figures": (*s.figures, mara())}), first) == ["not_there_yet"]


def test_a_prop_that_nobody_has_brought_is_found() -> None:
    assert spoiled("sc02", lambda s: s.model_copy(update={"props": ("sword",)})) == ["prop_not_there"]


def test_a_prop_in_the_wrong_hands_is_found() -> None:
    script = scripts.lighthouse()
    base = planned(script)
    chosen = next(s for s in base.shots if s.scene_id == "sc02" and {f.character_id for f in s.figures} == {"mara"})
    wrong = {"props": ("brass_key",), "figures": (chosen.figures[0].model_copy(update={"pose": "hold_prop"}),)}
    changed = with_shots(base, {chosen.shot_id: lambda s: s.model_copy(update=wrong)})
    assert codes(look_over(changed, scripts.project(), script)) == ["prop_elsewhere"]
    scene = script.scenes[1]
    handed = Claim(
        claim_id="sc02.c1",
        subject="mara",
        predicate="holds",
        object=EntityRef(entity="brass_key"),
        story_time=StoryInterval(earliest=10, latest=15),
        telling=Telling(episode_id="s01e01"),
        source=scripts.SOURCE,
    )
    given_over = script.model_copy(
        update={
            "scenes": (script.scenes[0], scene.model_copy(update={"claims": (handed,)}), *script.scenes[2:]),
        }
    )
    assert look_over(changed, scripts.project(), given_over) == ()


def test_the_project_says_who_holds_a_thing_that_no_action_gives_to_anybody() -> None:
    script = scripts.script(
        scripts.scene(
            "sc01",
            scripts.act("sc01.e001", "The lantern flickers.", props=("lantern",)),
            scripts.act("sc01.e002", "Mara waits.", "mara"),
            present=("mara", "tobias"),
        )
    )
    project = scripts.project(props=(Prop(id="lantern", name="Lantern", holder="tobias"),))
    base = plan_shots(script, project, scripts.HASH, FakeSpeechTimer())
    chosen = next(s for s in base.shots if [f.character_id for f in s.figures] == ["mara"])
    held = {"props": ("lantern",), "figures": (chosen.figures[0].model_copy(update={"pose": "hold_prop"}),)}
    changed = with_shots(base, {chosen.shot_id: lambda s: s.model_copy(update=held)})
    assert codes(look_over(changed, project, script)) == ["prop_elsewhere"]


def test_hands_that_hold_something_unnamed_are_found() -> None:
    idle = lambda s: [f.character_id for f in s.figures] == ["mara"] and bool(s.audio.line_ids)  # noqa: E731

    def holding(s: Shot) -> Shot:
        return s.model_copy(update={"figures": (s.figures[0].model_copy(update={"pose": "hold_prop"}),)})

    assert spoiled("sc02", holding, idle) == ["hands_empty"]


def test_a_door_that_is_opened_puts_nothing_into_a_hand() -> None:
    script = scripts.script(
        scripts.scene("sc01", scripts.act("sc01.e001", "Mara opens the door.", "mara"), present=("mara",))
    )
    poses = {figure.pose for each in planned(script).shots for figure in each.figures}
    assert poses == {"stand"}
    assert look_over(planned(script), scripts.project(), script) == ()


def test_clothes_that_the_pictures_do_not_show_are_found() -> None:
    script = scripts.lighthouse()
    scene = script.scenes[1]
    worn = Claim(
        claim_id="sc02.c1",
        subject="mara",
        predicate="wears",
        object=TextValue(text="a red dress"),
        story_time=StoryInterval(earliest=10, latest=15),
        telling=Telling(episode_id="s01e01"),
        source=scripts.SOURCE,
    )
    dressed = script.model_copy(
        update={"scenes": (script.scenes[0], scene.model_copy(update={"claims": (worn,)}), *script.scenes[2:])}
    )
    project = scripts.project(cast=(CastMember(id="mara", name="Mara Venn", look=Look(garment="coat")),))
    shot_list = plan_shots(dressed, project, scripts.HASH, FakeSpeechTimer())
    (found,) = look_over(shot_list, project, dressed)
    assert (found.code, found.severity) == ("clothes", "warn")
    assert "coat" in found.message and "dress" in found.message
    assert look_over(shot_list, scripts.project(), dressed) == ()
