"""What an episode needs: each need once, under an id that comes from its content."""

from __future__ import annotations

from narrative_assets.media.requirements import derive_manifest
from schemas.canonical import canonical_json, content_hash
from schemas.project import CastMember, EpisodeEntry, Look, Place, Project, Prop, Voice
from schemas.shots import Environment, Figure, Framing, Shot, ShotCharacter, ShotList, ShotScene, SoundCue
from schemas.story import Emotion
from tests.fakes.timeline import EPISODE_ID, PROJECT_ID, line, shot, shot_list

KITCHEN = Environment(place_id="kitchen", place_name="The kitchen", interior=True, time_of_day="morning")


def project(**fields: object) -> Project:
    return Project.model_validate(
        {
            "id": PROJECT_ID,
            "title": "The Lighthouse",
            "visual_style": "paper cut",
            "cast": (
                CastMember(id="mara", name="Mara", look=Look(colour="#1f4e5f")),
                CastMember(id="tom", name="Tom", pronouns="he"),
            ),
            "places": (Place(id="pier", name="The pier", description="Planks over black water.", details=("a rope",)),),
            "props": (Prop(id="lamp", name="the brass lamp"),),
            "episodes": (EpisodeEntry(id=EPISODE_ID),),
            **fields,
        }
    )


def figure(who: str, pose: str = "stand", emotion: str = "neutral") -> Figure:
    return Figure.model_validate(
        {"character_id": who, "slot": "left", "pose": pose, "expression": Emotion.model_validate({"name": emotion})}
    )


def seen(number: int, start: int, *figures: Figure, **fields: object) -> Shot:
    return shot(number, start, 48, **fields).model_copy(update={"figures": figures})


def insert(number: int, start: int, **fields: object) -> Shot:
    return shot(number, start, 24, figures=(), framing=Framing(size="cu", kind="insert"), **fields)


def episode(**fields: object) -> ShotList:
    shots = (
        shot(1, 0, 48, figures=(), framing=Framing(size="ls", kind="title"), screen_text="The lamp",
             environment=Environment(place_id="card", place_name="card", interior=False, time_of_day="day")),
        shot(2, 48, 48, figures=(), framing=Framing(size="els", kind="establishing")),
        seen(3, 96, figure("mara", "walk", "joy"), figure("mara", "stand", "fear")),
        seen(4, 144, figure("tom"), figure("mara", "stand"), environment=KITCHEN),
        insert(5, 192, props=("lamp",)),
        insert(6, 216, props=("lamp",), screen_text="NO OIL", element_ids=("sc01.e009",)),
        insert(7, 240),
    )  # fmt: skip
    cues = (
        SoundCue(cue_id="q1", tag="thunder", shot_id="sc01.sh002", start_frame=50, frames=20),
        SoundCue(cue_id="q2", tag="door", shot_id="sc01.sh004", start_frame=150, frames=24),
        SoundCue(cue_id="q3", tag="thunder", shot_id="sc01.sh004", start_frame=160, frames=40),
    )
    scenes = (
        ShotScene(scene_id="sc01", title="Pier", place_id="pier", time_of_day="night", start_frame=0,
                  duration_frames=144, music_mood="unease", tension=700, ambience=("waves", "wind")),
        ShotScene(scene_id="sc02", title="Kitchen", place_id="kitchen", time_of_day="morning", start_frame=144,
                  duration_frames=120, ambience=("wind",)),
    )  # fmt: skip
    lines = (line(1, "There is no oil.", 100, 40),)
    return shot_list(shots, lines, cues, **{"scenes": scenes, **fields})


def derive(shots: ShotList, series: Project | None = None):
    return derive_manifest(shots, series or project(), content_hash(shots))


def test_the_same_shots_give_the_same_manifest_byte_for_byte() -> None:
    assert canonical_json(derive(episode())) == canonical_json(derive(episode()))


def test_every_place_shown_becomes_one_background_and_cards_and_inserts_show_none() -> None:
    found = {need.need_id: need for need in derive(episode()).backgrounds}
    assert list(found) == ["background:kitchen:morning", "background:pier:night"]
    assert found["background:pier:night"].description == "Planks over black water."
    assert found["background:pier:night"].details == ("a rope",)


def test_a_pack_holds_every_pose_and_expression_that_the_shots_use_once_and_sorted() -> None:
    packs = {pack.character_id: pack for pack in derive(episode()).character_packs}
    mara = [(variant.pose, variant.expression) for variant in packs["mara"].variants]
    assert mara == [("stand", "fear"), ("stand", "neutral"), ("walk", "joy")]
    assert [(v.pose, v.expression) for v in packs["tom"].variants] == [("stand", "neutral")]


def test_inserts_ask_for_words_before_things_and_for_things_before_the_shot() -> None:
    props = {need.need_id: need for need in derive(episode()).props}
    assert list(props) == ["prop:lamp", "prop:sc01.sh007", "sign:sc01.e009"]
    assert props["prop:lamp"].name == "the brass lamp"
    assert props["sign:sc01.e009"].screen_text == "NO OIL"
    assert props["prop:sc01.sh007"].name == "detail"


def test_a_sound_is_needed_once_and_as_long_as_its_longest_cue() -> None:
    manifest = derive(episode())
    assert [(need.need_id, need.frames) for need in manifest.sounds] == [("sound:door", 24), ("sound:thunder", 40)]
    assert [(need.need_id, need.frames) for need in manifest.ambience] == [
        ("ambience:waves", 144),
        ("ambience:wind", 264),
    ]


def test_each_scene_gets_music_of_its_mood_over_its_own_frames() -> None:
    first, second = derive(episode()).music
    assert (first.need_id, first.mood, first.tension, first.frames) == ("music:sc01", "unease", 700, 144)
    assert (second.need_id, second.frames) == ("music:sc02", 120)


def test_a_project_without_music_needs_none() -> None:
    assert derive(episode(), project(music_intensity=0)).music == ()


def test_lines_keep_the_frames_of_the_lock_and_the_voice_of_the_shot_list() -> None:
    (need,) = derive(episode()).voice_lines
    assert (need.need_id, need.frames, need.voice, need.text) == ("line:sc01.l001", 40, Voice(), "There is no oil.")


def test_the_manifest_names_no_provider_no_file_and_no_price() -> None:
    said = canonical_json(derive(episode())).decode().lower()
    assert not [
        word for word in ("provider", "espeak", "pillow", "blob:", ".png", ".wav", "price", "model_") if word in said
    ]


def test_a_line_id_too_long_for_a_need_id_still_gets_one_of_its_own() -> None:
    long, other = "a" * 126, "a" * 125 + "b"
    shots = (shot(1, 0, 96),)
    lines = (line(1, "One.", 0, 20, line_id=long), line(2, "Two.", 30, 20, line_id=other))
    ids = [need.need_id for need in derive(shot_list(shots, lines)).voice_lines]
    assert len(set(ids)) == 2
    assert all(len(need_id) <= 128 for need_id in ids)


def test_a_figure_missing_from_the_character_list_is_still_needed() -> None:
    shots = shot_list((shot(1, 0, 48, figures=("old_keeper",)),), characters=())
    (pack,) = derive(shots).character_packs
    assert (pack.character_id, pack.name) == ("old_keeper", "Old Keeper")


def test_a_character_of_the_script_alone_brings_what_the_script_says_of_them() -> None:
    cat = ShotCharacter(character_id="puss", name="Puss", species="cat", pronouns="it", age_years=3)
    (pack,) = derive(shot_list((shot(1, 0, 48, figures=("puss",)),), characters=(cat,))).character_packs
    assert (pack.species, pack.age_years, pack.look.build) == ("cat", 3, "small_animal")
