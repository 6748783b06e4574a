"""Lower thirds: who is introduced, where, and whose name stays untold."""

from __future__ import annotations

from typing import Any

import pytest

from narrative_assets.film.planner import plan_shots
from schemas.project import CastMember, EstablishedFact
from schemas.script import Script, ScriptCharacter
from schemas.shots import Shot, ShotList
from schemas.story import TextValue
from tests.fakes import scripts
from tests.fakes.speech import FakeSpeechTimer

SPEECH = "The lamp went out at midnight, and nobody on the whole island knows who put it out."


def planned(script: Script, **project: Any) -> ShotList:
    return plan_shots(script, scripts.project(**project), scripts.HASH, FakeSpeechTimer())


def introduced(shot_list: ShotList) -> dict[str, Shot]:
    return {shot.lower_third.character_id: shot for shot in shot_list.shots if shot.lower_third}


def talking(who: ScriptCharacter, *, cue: str = "", **project: Any) -> dict[str, Shot]:
    """A scene in which ``who`` speaks alone, under ``cue``; who is introduced."""
    line = scripts.say("sc01.e1", who.character_id, SPEECH).model_copy(update={"cue": cue or who.name.upper()})
    scene = scripts.scene("sc01", line, present=(who.character_id,))
    return introduced(planned(scripts.script(scene, cast=(who,)), **project))


def as_cast(**fields: Any) -> dict[str, Any]:
    return {"cast": (CastMember(id="mara", name="Mara Venn", **fields),)}


def test_a_character_is_introduced_once_alone_and_for_three_to_five_seconds() -> None:
    found = [shot for shot in planned(scripts.lighthouse()).shots if shot.lower_third]
    assert [shot.lower_third.title for shot in found if shot.lower_third] == ["Mara Venn", "Orla", "Bram"]
    for shot in found:
        third = shot.lower_third
        assert third is not None
        assert shot.framing.subject_ids == (third.character_id,)
        assert 3 * 24 <= third.frames <= 5 * 24
        assert shot.transition_frames + 8 <= third.start_frame
        assert third.start_frame + third.frames <= shot.duration_frames - shot.fade_out_frames - 4


def test_the_occupation_stands_below_the_name() -> None:
    third = talking(scripts.MARA, **as_cast(occupation="lighthouse keeper"))["mara"].lower_third
    assert third is not None
    assert (third.title, third.subtitle) == ("Mara Venn", "Lighthouse keeper")


def test_an_occupation_that_is_a_secret_is_not_told() -> None:
    third = talking(scripts.MARA, **as_cast(occupation="smuggler", secret="She is a smuggler."))["mara"].lower_third
    assert third is not None
    assert third.subtitle == ""


@pytest.mark.parametrize("role", ["stranger", "crowd"])
def test_strangers_and_crowds_are_not_introduced(role: str) -> None:
    assert "mara" not in talking(scripts.MARA, **as_cast(role=role))


@pytest.mark.parametrize("name", ["Voice", "The Man", "GUARD #2", "Old Woman", "Two Boys"])
def test_whoever_bears_no_name_of_their_own_is_not_introduced(name: str) -> None:
    nobody = ScriptCharacter(character_id="nobody", name=name)
    assert "nobody" not in talking(nobody)


def test_a_name_that_the_screenplay_withholds_is_not_told() -> None:
    assert "mara" in talking(scripts.MARA, cue="MARA")
    assert "mara" not in talking(scripts.MARA, cue="HOODED FIGURE")


@pytest.mark.parametrize(("revealed", "told"), [("s01e02", False), ("s01e01", True), (None, True)])
def test_an_identity_that_a_later_episode_reveals_is_not_told(revealed: str | None, told: bool) -> None:
    fact = EstablishedFact(
        subject="mara", predicate="true_identity", object=TextValue(text="the heir"), revealed_in=revealed
    )
    assert ("mara" in talking(scripts.MARA, facts=(fact,))) is told


def test_nobody_is_introduced_long_after_they_were_first_seen() -> None:
    short = [scripts.scene(f"sc0{n}", scripts.say(f"sc0{n}.e1", "mara", "No."), present=("mara",)) for n in (1, 2, 3)]
    late = scripts.scene("sc04", scripts.say("sc04.e1", "mara", SPEECH), present=("mara",))
    assert introduced(planned(scripts.script(*short, late))) == {}
    assert introduced(planned(scripts.script(*short[:2], late)))


def test_names_in_capitals_are_set_as_names() -> None:
    third = talking(ScriptCharacter(character_id="ada", name="ADA O'NEIL"))["ada"].lower_third
    assert third is not None
    assert third.title == "Ada O'Neil"


def test_the_lock_covers_the_introductions() -> None:
    scene = scripts.scene("sc01", scripts.say("sc01.e1", "mara", SPEECH), present=("mara",))
    told, untold = (
        planned(scripts.script(scene, cast=(scripts.MARA,)), cast=(CastMember(id="mara", name=name),))
        for name in ("Mara Venn", "Voice")
    )
    assert told.total_frames == untold.total_frames
    assert told.timing_lock_hash != untold.timing_lock_hash
