"""What the planner reads out of an action: sentences, people, coming and going, poses."""

from __future__ import annotations

import pytest

from narrative_assets.film.breakdown import ActionMoment, break_down
from narrative_assets.film.names import Names
from narrative_assets.film.prose import dealt, pieces, pose_of, sentences, word_count
from tests.fakes import scripts


def test_hard_wrapped_prose_is_cut_at_sentences_only() -> None:
    text = 'Mr. Hale waits\nfor the ferry. "Now!" He runs at 5 p.m. sharp... The "12 MI." trail. "YIP! YAP!" it says.'
    assert sentences(text) == [
        "Mr. Hale waits for the ferry.",
        '"Now!"',
        "He runs at 5 p.m. sharp...",
        'The "12 MI." trail.',
        '"YIP! YAP!" it says.',
    ]


def test_a_sentence_without_end_is_cut_into_pieces_that_keep_every_word() -> None:
    text = "and the sea rose, " * 60
    found = pieces(text)
    assert len(found) > 5
    assert all(word_count(piece) <= 36 for piece in found)
    assert " ".join(found).split() == text.split()


@pytest.mark.parametrize(
    ("text", "pose"),
    [("Mara strolls by.", "walk"), ("He sits down.", "sit"), ("She hugs him.", "embrace"),
     ("Bob holds up his phone.", "hold_prop"),
     ("He waves.", "raise_hand"), ("They flee.", "run"), ("Tobias weeps.", "slump"),
     ("She shakes her head.", None), ("He takes three cautious steps.", "walk"),
     ("The sign reads: no.", None), ("The lamp is lit.", None)],
)  # fmt: skip
def test_a_pose_is_read_from_the_verb(text: str, pose: str | None) -> None:
    assert pose_of(text) == pose


def test_people_are_found_by_name_alias_and_first_name_but_not_by_articles() -> None:
    names = Names(scripts.CAST)
    found = [who for _, who in names.found("Toby and the dog follow MARA. The Keeper waits. The keep is dark.")]
    assert found == ["tobias", "mara", "keeper"]


def test_a_name_that_two_people_share_means_neither() -> None:
    twins = [m.model_copy(update={"character_id": c, "name": n}) for m, c, n in
             ((scripts.MARA, "a", "Ann Venn"), (scripts.ORLA, "b", "Eve Venn"))]  # fmt: skip
    assert Names(twins).found("Venn smiles.") == ()


def test_a_pronoun_means_the_last_fitting_person() -> None:
    scene = scripts.scene(
        "sc01",
        scripts.act("sc01.e1", "Mara and Tobias climb. She stops.", "mara", "tobias"),
        scripts.act("sc01.e2", "He goes on alone.", "mara", "tobias"),
        present=("mara", "tobias"),
    )
    moments = break_down(scene, Names(scripts.CAST)).moments
    subjects = [m.beats[0].subjects for m in moments if isinstance(m, ActionMoment)]
    assert subjects == [("mara", "tobias"), ("mara",), ("tobias",)]


def test_a_pronoun_is_not_the_one_who_is_named_and_may_be_the_last_speaker() -> None:
    scene = scripts.scene(
        "sc01",
        scripts.act("sc01.e1", "Mara waits.", "mara"),
        scripts.say("sc01.e2", "tobias", "Oh."),
        scripts.act("sc01.e3", "He smiles at Mara. She walks out with a lantern.", "mara"),
        present=("mara", "tobias"),
    )
    moments = break_down(scene, Names(scripts.CAST)).moments
    beats = [b for m in moments if isinstance(m, ActionMoment) for b in m.beats]
    assert [b.subjects for b in beats] == [("mara",), ("tobias", "mara"), ("mara",)]
    assert beats[-1].leaving == ("mara",)


def test_a_long_introduction_stays_about_the_one_who_comes_in() -> None:
    text = "The Keeper, ageless, faceless, " + "and feared by every sailor of the coast, " * 5 + "descends the stairs."
    scene = scripts.scene("sc01", scripts.act("sc01.e1", text, "keeper"), present=("mara", "keeper"))
    moments = break_down(scene, Names(scripts.CAST)).moments
    beats = [b for m in moments if isinstance(m, ActionMoment) for b in m.beats]
    assert len(beats) > 1
    assert {b.subjects for b in beats} == {("keeper",)}
    assert [b.entering for b in beats][:2] == [("keeper",), ()]


def test_words_that_only_lead_up_to_a_sign_get_no_shot_of_their_own() -> None:
    scene = scripts.scene(
        "sc01",
        scripts.act("sc01.e1", "Mara finds a note. It reads:", "mara"),
        scripts.sign("sc01.e2", "RUN"),
        present=("mara",),
    )
    assert len(break_down(scene, Names(scripts.CAST)).moments) == 2


def test_short_actions_of_one_person_share_a_shot() -> None:
    scene = scripts.scene(
        "sc01", scripts.act("sc01.e1", "Mara stops. She listens. She nods.", "mara"), present=("mara",)
    )
    moments = break_down(scene, Names(scripts.CAST)).moments
    assert [len(m.beats) for m in moments if isinstance(m, ActionMoment)] == [3]


def test_things_are_dealt_to_the_sentence_that_names_them() -> None:
    assert dealt(["brass_key", "rope"], ["A lamp burns.", "He finds a brass key."]) == [["rope"], ["brass_key"]]


def test_only_those_before_the_verb_take_its_pose() -> None:
    scene = scripts.scene(
        "sc01",
        scripts.act("sc01.e1", "Mara runs past Tobias.", "mara", "tobias"),
        scripts.act("sc01.e2", "Mara and Tobias sit.", "mara", "tobias"),
        scripts.act("sc01.e3", "They all stop.", "mara", "tobias"),
        present=("mara", "tobias"),
    )
    beats = [b for m in break_down(scene, Names(scripts.CAST)).moments if isinstance(m, ActionMoment) for b in m.beats]
    assert [b.actors for b in beats] == [("mara",), ("mara", "tobias"), ("mara", "tobias")]
