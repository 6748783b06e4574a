"""Words made from project data."""

from __future__ import annotations

import pytest

from narrative_assets.writing.wording import (
    afraid_phrase,
    at_place,
    cost_clause,
    detail_phrase,
    fill,
    rule_sentence,
    secret_phrase,
    short_name,
    want_phrase,
    with_article,
)
from schemas.project import CastMember, Place, ProjectRule


def member(**fields: str) -> CastMember:
    return CastMember.model_validate({"id": "mara", "name": "Mara Quill", **fields})


@pytest.mark.parametrize(
    ("name", "short"),
    [("Mara Quill", "Mara"), ("Old Tam", "Old Tam"), ("Dr. Ada Vane", "Dr. Ada Vane"), ("Bolt", "Bolt")],
)
def test_people_are_called_by_their_first_name_or_by_title_and_name(name: str, short: str):
    assert short_name(member(name=name)) == short


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("brass key", "the brass key"),
        ("The Storm Log", "the Storm Log"),
        ("Ann's book", "Ann's book"),
        ("a letter", "a letter"),
    ],
)
def test_things_get_an_article_only_where_they_need_one(name: str, spoken: str):
    assert with_article(name) == spoken


@pytest.mark.parametrize(
    ("name", "interior", "spoken"),
    [
        ("the lamp room", True, "in the lamp room"),
        ("The Jetty", False, "at the Jetty"),
        ("sorting hall", True, "in the sorting hall"),
        ("Gull Street", False, "at Gull Street"),
    ],
)
def test_places_get_the_preposition_of_a_room_or_of_the_open(name: str, interior: bool, spoken: str):
    assert at_place(Place(id="p", name=name, interior=interior)) == spoken


def test_wants_and_fears_are_mended_to_stand_inside_a_sentence():
    assert want_phrase(member(want="To keep the light burning.")) == "to keep the light burning"
    assert want_phrase(member(want="Ann back")) == "Ann back"
    assert afraid_phrase(member(fear="being thanked")) == "afraid of being thanked"
    assert afraid_phrase(member(fear="To be thanked.")) == "afraid to be thanked"
    assert afraid_phrase(member(fear="that it ends")) == "afraid that it ends"
    assert want_phrase(member())


def test_a_secret_is_told_in_the_first_person_and_known_in_the_third():
    assert secret_phrase(member(secret="She let the lamp go out."), first_person=True) == "let the lamp go out"
    assert secret_phrase(member(secret="is a ghost"), first_person=True) == "am a ghost"
    assert secret_phrase(member(secret="is a ghost"), first_person=False) == "is a ghost"
    assert secret_phrase(member(secret="They are a ghost."), first_person=True) == "am a ghost"
    assert secret_phrase(member(secret="They are a ghost."), first_person=False) == "is a ghost"
    assert secret_phrase(member(), first_person=True)


def test_a_rule_is_a_sentence_and_its_cost_a_clause():
    rule = ProjectRule(id="r", statement="no letter is ever late", cost="The moon goes out.")
    assert rule_sentence(rule) == "No letter is ever late."
    assert cost_clause(rule) == "the moon goes out"


def test_details_take_turns_and_a_bare_place_lends_its_name():
    place = Place(id="p", name="the jetty", details=("Forty planks", "a bell."))
    assert [detail_phrase(place, turn) for turn in range(3)] == ["Forty planks", "a bell", "Forty planks"]
    assert detail_phrase(Place(id="p", name="jetty"), 5) == "the jetty"


def test_sentences_begin_with_a_capital_and_end_with_one_stop():
    slots = {"rule": "Nobody answers.", "cost": "it learns your name"}
    assert fill("{rule}. {cost}.  so there", slots) == "Nobody answers. It learns your name. So there"


def test_an_unknown_slot_is_an_error():
    with pytest.raises(KeyError):
        fill("{nobody}", {})
