"""Diffs that canon cannot take up, whoever wrote them: strangers, circles of ancestors, facts before their subject."""

from __future__ import annotations

import time
from typing import Any

import pytest

from narrative_assets.canon import apply_diff, propose_diff, require_sound
from schemas.canon import CanonCharacter, CanonDiff, CanonValidation, Fact, FactChange, Relationship
from schemas.canonical import content_hash
from schemas.errors import InputError, KinshipCycle, SubjectNotYet, UnknownEntity
from schemas.story import SourceSpan, StoryThread
from tests.fakes.continuity_shorthand import EPISODE, canon, fact, project, script

HASH = "0" * 64


def amendment(**fields: Any) -> CanonDiff:
    return CanonDiff(
        project_id="lighthouse",
        episode_id=EPISODE,
        origin="amendment",
        author="Ines",
        base_canon_hash=HASH,
        justification="A correction.",
        provenance=SourceSpan(document="by hand"),
        validation=CanonValidation(gate_version="none", canon_hash=HASH, claims_checked=0, honoured=0),
        **fields,
    )


def added(*facts: Any, first: int = 100) -> CanonDiff:
    return amendment(added_facts=tuple(fact(each, number) for number, each in enumerate(facts, first)))


@pytest.mark.parametrize(
    "diff",
    [
        added("mara parent_of nobody"),
        added("nobody age 30"),
        amendment(added_relationships=(Relationship(subject="mara", relation="loves", object="nobody"),)),
        amendment(threads=(StoryThread(thread_id="lost", question="Who?", planted_in="s01e01"),)),
    ],
    ids=["fact", "subject", "relationship", "thread"],
)
def test_a_name_that_nobody_introduced_is_refused(diff: CanonDiff) -> None:
    with pytest.raises(UnknownEntity, match=r"amendment of s01e03 by Ines.*('nobody'|'lost')") as refusal:
        require_sound(canon(), diff)
    assert refusal.value.remedy


def test_whom_the_diff_itself_brings_is_known() -> None:
    newcomer = CanonCharacter(character_id="kim", name="Kim Lund")
    require_sound(canon(), added("kim child_of mara").model_copy(update={"added_characters": (newcomer,)}))


def test_events_introduce_themselves() -> None:
    require_sound(canon(), added("trial after feast", "trial begins yes"))


@pytest.mark.parametrize(
    ("standing", "diff"),
    [
        (["ada parent_of jonas", "nell child_of jonas"], added("nell parent_of ada")),
        (["ada parent_of jonas"], added("ada child_of jonas")),
        ([], added("ada parent_of ada")),
        ([], added("ada parent_of jonas", "jonas parent_of nell", "ada child_of nell")),
        (
            ["ada parent_of jonas"],
            amendment(added_relationships=(Relationship(subject="ada", relation="child_of", object="jonas"),)),
        ),
    ],
    ids=["three-generations", "two", "own-parent", "all-in-the-diff", "by-relationships"],
)
def test_nobody_becomes_their_own_ancestor(standing: list[str], diff: CanonDiff) -> None:
    with pytest.raises(KinshipCycle, match=r"'?(ada|nell|jonas)'? their own ancestor: (\w+ > )+\w+\."):
        require_sound(canon(standing), diff)


def test_adoption_and_a_bond_that_the_diff_removes_are_no_ancestry() -> None:
    base = canon(["ada parent_of jonas"])
    require_sound(base, added("ada adopted_by jonas"))
    bond = next(each for each in base.persistent_states if each.predicate == "parent_of")
    require_sound(base, added("ada child_of jonas").model_copy(update={"removed_facts": (bond,)}))


@pytest.mark.parametrize(
    ("standing", "diff"),
    [
        (["nell born 5000"], added({"is": "nell located_at pier", "from": 4000})),
        ([{"is": "nell located_at pier", "from": 4000}], added("nell born 5000")),
        ([{"is": "lamp exists yes", "from": 5000}], added({"is": "lamp state lit", "from": 4000})),
    ],
    ids=["fact-before-the-birth", "birth-after-a-fact", "thing-before-its-making"],
)
def test_a_fact_dated_before_its_subject_is_refused(standing: list[Any], diff: CanonDiff) -> None:
    with pytest.raises(SubjectNotYet, match=r"is not there before day 4, 11:20"):
        require_sound(canon(standing), diff)


def test_what_is_dated_from_the_birth_on_is_sound() -> None:
    require_sound(canon(["nell born 5000"]), added({"is": "nell located_at pier", "from": 5000}, "nell eyes grey"))


def test_a_change_of_a_fact_that_does_not_stand_is_refused() -> None:
    gone: Fact = fact("mara eyes grey", 7)
    ended = gone.model_copy(update={"valid_to": 900})
    change = FactChange(before=gone, after=ended, reason="a correction")
    for diff in (amendment(modified_facts=(change,)), amendment(removed_facts=(gone,))):
        with pytest.raises(InputError, match=r"changes “mara eyes grey” \(golden.7\), which canon does not hold"):
            require_sound(canon(), diff)
    require_sound(canon().model_copy(update={"persistent_states": (gone,)}), amendment(modified_facts=(change,)))


def test_a_change_keeps_what_the_fact_is_about() -> None:
    before, after = fact("mara eyes grey", 7), fact("tom eyes grey", 7)
    base = canon().model_copy(update={"persistent_states": (before,)})
    with pytest.raises(InputError, match="Remove the one fact and add the other"):
        require_sound(base, amendment(modified_facts=(FactChange(before=before, after=after, reason="mistaken"),)))


def test_what_an_episode_proposes_is_sound() -> None:
    of = project({"facts": [{"is": "mara spouse_of tom", "from": "d0"}]})
    scene = {
        "at": "d1 09:00",
        "says": ["mara", "tom"],
        "claims": [
            {"is": "mara !spouse_of tom", "change": "relate: divorce"},
            "ada parent_of jonas",
            "nell born -16000000",
            "nell age 30",
            "trial begins yes",
        ],
    }
    base, told = canon(of=of), script([scene], of=of)
    diff = propose_diff(base, told, content_hash(told), content_hash(base))
    require_sound(base, diff)
    assert apply_diff(base, diff, "s01e04").relationships[0].until == 540


def test_a_line_of_ten_thousand_generations_is_walked_in_a_moment() -> None:
    people = tuple(CanonCharacter(character_id=f"p{number}", name=f"P {number}") for number in range(10_000))
    line = tuple(fact(f"p{number} parent_of p{number + 1}", number) for number in range(9_999))
    base = canon().model_copy(update={"characters": people, "persistent_states": line})
    began = time.perf_counter()
    with pytest.raises(KinshipCycle):
        require_sound(base, added("p9999 parent_of p0", first=20_000))
    assert time.perf_counter() - began < 5
