"""Cards, transitions, sound cues, settings, prompts and the table of shots."""

from __future__ import annotations

from narrative_assets.film.planner import plan_shots
from narrative_assets.film.table import shot_rows
from schemas.script import Script
from schemas.shots import Shot, ShotList
from tests.fakes import scripts
from tests.fakes.speech import FakeSpeechTimer


def planned(script: Script, **project: object) -> ShotList:
    return plan_shots(script, scripts.project(**project), scripts.HASH, FakeSpeechTimer())


def first_of(shot_list: ShotList, scene_id: str) -> Shot:
    return next(shot for shot in shot_list.shots if shot.scene_id == scene_id)


def test_the_title_fades_in_and_can_be_read_for_three_seconds() -> None:
    title = planned(scripts.lighthouse()).shots[0]
    assert title.framing.kind == "title"
    assert title.screen_text == "The Last Lamp"
    assert (title.transition_frames, title.fade_out_frames) == (24, 24)
    assert title.transition_in == "fade"
    assert title.duration_frames - title.transition_frames - title.fade_out_frames == 3 * 24


def test_the_credits_name_authors_attribution_and_licence_and_fade_out() -> None:
    shot_list = planned(
        scripts.script(
            scripts.scene("sc01"), authors=("A. One", "B. Two", "C. Three"), attribution="After a tale.\nRetold."
        )
    )
    last = shot_list.shots[-1]
    assert shot_list.credits == (
        "The Last Lamp", "", "Written by", "A. One", "B. Two", "C. Three",
        "", "Screenplay", "After a tale.", "Retold.", "Licence: CC0-1.0",
    )  # fmt: skip
    assert last.framing.kind == "credits"
    assert last.screen_text == "\n".join(shot_list.credits)
    assert 5 * 24 <= last.duration_frames <= 6 * 24
    assert last.fade_out_frames > 0


def test_the_cast_is_credited_by_first_appearance() -> None:
    credits = planned(scripts.lighthouse()).credits
    assert credits[:2] == ("The Last Lamp", "")
    assert credits[credits.index("Cast") + 1 :][:2] == ("Mara Venn", "Tobias")


def test_credits_last_longer_the_more_they_name() -> None:
    def last(authors: int, **project: object) -> Shot:
        names = tuple(f"Author {number}" for number in range(authors))
        return planned(scripts.script(scripts.scene("sc01"), authors=names), **project).shots[-1]

    few, many, searched = last(1), last(39), last(39, asset_sources=("openverse",))
    assert few.duration_frames == 5 * 24
    assert many.duration_frames >= 5 * 24 + 28 * 24 // 3
    assert searched.duration_frames > many.duration_frames


def test_the_shot_list_tells_the_series_title_and_the_script_s_language() -> None:
    shot_list = planned(scripts.script(scripts.scene("sc01"), language="de-CH"))
    assert (shot_list.series_title, shot_list.language) == ("The Lighthouse", "de-CH")


def test_a_script_without_a_title_or_authors_still_has_cards() -> None:
    bare = planned(scripts.script(scripts.scene("sc01"), title="", authors=(), licence=""))
    assert bare.shots[0].screen_text
    assert bare.credits == ("s01e01",)


def test_scenes_that_bear_the_names_of_the_cards_keep_them() -> None:
    ids = [scene.scene_id for scene in planned(scripts.script(scripts.scene("title"), scripts.scene("credits"))).scenes]
    assert ids == ["title-card", "title", "credits", "credits-card"]


def test_scenes_are_cut_dissolved_over_time_and_faded_as_the_author_asks() -> None:
    shot_list = planned(scripts.lighthouse())
    coming = {f"sc0{n}": first_of(shot_list, f"sc0{n}").transition_in for n in range(1, 7)}
    assert coming == {
        "sc01": "fade", "sc02": "cut", "sc03": "dissolve", "sc04": "cut", "sc05": "dissolve", "sc06": "cut",
    }  # fmt: skip
    assert 12 <= first_of(shot_list, "sc03").transition_frames <= 24
    assert shot_list.shots[-2].fade_out_frames > 0
    inside = [shot for shot in shot_list.shots if not shot.shot_id.endswith("sh001")]
    assert {shot.transition_in for shot in inside} == {"cut"}


def test_a_fade_inside_a_scene_darkens_the_shot_before_it() -> None:
    scene = scripts.scene(
        "sc01",
        scripts.act("sc01.e1", "Rain."),
        scripts.transition("sc01.e2", "fade_out"),
        scripts.sign("sc01.e3", "LATER"),
    )
    shots = planned(scripts.script(scene, scripts.scene("sc02"))).shots
    assert shots[1].fade_out_frames > 0
    assert (shots[2].transition_in, shots[2].element_ids) == ("fade", ("sc01.e2", "sc01.e3"))


def test_a_scene_sounds_half_a_second_to_a_second_before_it_is_seen() -> None:
    shot_list = planned(scripts.lighthouse())
    for scene in shot_list.scenes[1:-1]:
        shots = [shot for shot in shot_list.shots if shot.scene_id == scene.scene_id]
        assert 12 <= shots[0].audio.sound_lead_frames <= 24
        assert 12 <= shots[-1].audio.sound_tail_frames <= 24
        assert not any(shot.audio.sound_lead_frames for shot in shots[1:])


def test_sounds_start_in_the_shot_of_their_action_and_never_over_themselves() -> None:
    shot_list = planned(scripts.lighthouse())
    shots = {shot.shot_id: shot for shot in shot_list.shots}
    ends: dict[str, int] = {}
    for cue in shot_list.sound_cues:
        shot = shots[cue.shot_id]
        assert shot.start_frame <= cue.start_frame < shot.start_frame + shot.duration_frames
        assert cue.cue_id in shot.audio.sound_cue_ids
        assert 12 <= cue.frames <= 72
        assert cue.start_frame >= ends.get(cue.tag, 0)
        ends[cue.tag] = cue.start_frame + cue.frames
    tags = [cue.tag for cue in shot_list.sound_cues]
    assert tags.count("thunder") == 2
    assert "door_slam" in tags


def test_a_sound_belongs_to_the_sentence_that_names_it() -> None:
    shot_list = planned(scripts.lighthouse())
    shots = {shot.shot_id: shot for shot in shot_list.shots}
    buzz = next(cue for cue in shot_list.sound_cues if cue.tag == "phone_buzz")
    assert shots[buzz.shot_id].action_beats == ("Orla's phone buzzes.",)


def test_a_scene_brings_its_places_sounds_mood_and_readable_title() -> None:
    scene = planned(scripts.lighthouse()).scenes[1]
    assert (scene.title, scene.ambience, scene.music_mood) == ("EXT. PIER - NIGHT", ("waves",), "unease")


def test_the_environment_comes_from_the_heading_and_the_project() -> None:
    shot_list = planned(scripts.lighthouse())
    pier = first_of(shot_list, "sc01").environment
    assert (pier.interior, pier.place_kind, pier.time_of_day) == (False, "coast", "night")
    assert "wet planks" in pier.notes
    assert first_of(shot_list, "sc03").environment.place_kind == "place"


def test_prompts_are_short_lines_that_name_subject_motion_style_and_mood() -> None:
    shot_list = planned(scripts.lighthouse(), visual_style="ink wash")
    over = next(shot for shot in shot_list.shots if shot.framing.kind == "over_the_shoulder")
    assert "medium" in over.prompt.subject
    assert {"brass key", "wooden sign"} <= {shot.prompt.subject for shot in shot_list.shots}
    assert "over the shoulder of" in over.prompt.subject
    assert all(shot.prompt.style == "ink wash" for shot in shot_list.shots)
    assert "tension 620" in over.prompt.mood


def test_poses_and_ways_of_walking_follow_the_words() -> None:
    shots = {shot.action_beats: shot for shot in planned(scripts.lighthouse()).shots if shot.action_beats}
    assert shots[("She runs to the door.",)].figures[0].pose == "run"
    assert shots[("Tobias flinches.",)].figures[0].pose == "recoil"
    walk = shots[("Mara walks along the pier with a lantern.",)]
    assert (walk.movement.kind, walk.figures[0].facing) == ("pan_right", "right")


def test_the_picture_department_learns_of_everybody_in_the_script() -> None:
    shot_list = planned(scripts.lighthouse())
    assert [member.character_id for member in shot_list.characters] == [member.character_id for member in scripts.CAST]


def test_the_table_has_a_row_a_shot_with_who_and_what_is_said() -> None:
    shot_list = planned(scripts.lighthouse())
    rows = shot_rows(shot_list)
    assert [row["shot"] for row in rows] == [shot.shot_id for shot in shot_list.shots]
    assert sum(row["frames"] for row in rows) == shot_list.total_frames
    first = next(row for row in rows if row["line"])
    assert (first["who"], first["line"], first["scene"]) == (
        "Mara Venn", "Mara Venn: Somebody is up there.", "EXT. PIER - NIGHT",
    )  # fmt: skip
    assert first["seconds"] == round(first["frames"] / 24, 2)


def test_very_long_identifiers_still_give_valid_and_distinct_shots() -> None:
    long = "s" * 127
    signs = (scripts.sign(f"{'e' * 120}{n}", "NO LANDING") for n in range(3))
    sounds = scripts.act("a" * 128, "Rain.", sounds=("r" * 64, "r" * 64))
    shot_list = planned(scripts.script(scripts.scene(long, sounds, *signs), scripts.scene(long + "x")))
    assert len({shot.shot_id for shot in shot_list.shots}) == len(shot_list.shots)
