"""What the planner reads out of an action: sentences, people, coming and going, poses."""

from __future__ import annotations

import pytest

from narrative_assets.film.breakdown import ActionMoment, break_down
from narrative_assets.film.prose import Names, dealt, pose_of, sentences, word_count
from tests.fakes import scripts


def test_hard_wrapped_prose_is_cut_at_sentences_only() -> None:
    text = 'Mr. Hale waits\nfor the ferry. "Now!" He runs at 5 p.m. sharp... Nothing.'
    assert sentences(text) == ["Mr. Hale waits for the ferry.", '"Now!"', "He runs at 5 p.m. sharp...", "Nothing."]


def test_a_sentence_without_end_is_cut_into_pieces_that_keep_every_word() -> None:
    text = "and the sea rose, " * 60
    pieces = sentences(text)
    assert len(pieces) > 5
    assert all(word_count(piece) <= 28 for piece in pieces)
    assert " ".join(pieces).split() == text.split()


@pytest.mark.parametrize(
    ("text", "pose"),
    [("Mara strolls by.", "walk"), ("He sits down.", "sit"), ("She hugs him.", "embrace"),
     ("Bob holds up his phone.", "hold_prop"),
     ("He waves.", "raise_hand"), ("They flee.", "run"), ("Tobias weeps.", "slump"), ("The lamp is lit.", None)],
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


def test_short_actions_of_one_person_share_a_shot() -> None:
    scene = scripts.scene(
        "sc01", scripts.act("sc01.e1", "Mara stops. She listens. She nods.", "mara"), present=("mara",)
    )
    moments = break_down(scene, Names(scripts.CAST)).moments
    assert [len(m.beats) for m in moments if isinstance(m, ActionMoment)] == [3]


def test_things_are_dealt_to_the_sentence_that_names_them() -> None:
    assert dealt(["brass_key", "rope"], ["A lamp burns.", "He finds a brass key."]) == [["rope"], ["brass_key"]]
