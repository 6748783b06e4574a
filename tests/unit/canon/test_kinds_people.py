"""What the gate holds of people: births, kin, bonds, knowledge, looks and deeds, within an episode and over several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from narrative_assets.canon import apply_diff, judge, propose_diff, rules_of
from schemas.canon import Canon, CanonDiff, Judgement
from schemas.canonical import content_hash
from schemas.script import Script
from schemas.story import EntityRef
from tests.fakes.continuity_shorthand import canon, project, script

HASH = "0" * 64
DAY_ONE = {"at": "d1 09:00"}
Short = str | dict[str, Any]


def judged(facts: Sequence[Short], scenes: Sequence[dict[str, Any]]) -> tuple[Judgement, ...]:
    of = project({"facts": facts})
    return judge(canon(of=of), script(scenes, of=of), HASH, rules=rules_of(of)).judgements


def blocks(facts: Sequence[Short], scenes: Sequence[dict[str, Any]]) -> list[Judgement]:
    return [each for each in judged(facts, scenes) if each.severity == "block"]


def at(time: str, *claims: Short, **more: Any) -> dict[str, Any]:
    return {"at": time, "claims": list(claims), **more}


def because(said: str, change: str, **more: Any) -> dict[str, Any]:
    return {"is": said, "change": change, **more}


WRONG: list[tuple[str, str, list[Short], list[dict[str, Any]]]] = [
    ("first-time-again-after-an-injury", "first_time",
     [{"is": "nell can swim", "from": "d1", "to": "d3"}, {"is": "nell !can swim", "from": "d3"},
      {"is": "nell does sees snow", "from": "d1"}],
     [at("d9 09:00", "nell first_time sees snow")]),
    ("two-births", "birth", ["nell born -16000000"], [at("d1 09:00", "nell born -15000000")]),
    ("birth-after-a-deed", "birth", [], [at("d1 09:00", says=["nell"]), at("d2 09:00", "nell born 1500")]),
    ("there-before-the-birth", "birth", ["nell born 1500"], [at("d1 09:00", present=["nell"])]),
    ("age-before-birth-by-years", "birth", [], [at("d-14600 09:00", present=["mara"])]),
    ("grandmother-younger", "birth", ["ada parent_of jonas", "ada born 0", "nell born -100"],
     [at("d2 09:00", "jonas parent_of nell")]),
    ("own-parent", "kinship", [], [at("d1 09:00", "ada parent_of ada")]),
    ("cycle-over-three-generations", "kinship", ["ada parent_of jonas", "nell child_of jonas"],
     [at("d1 09:00", "nell parent_of ada")]),
    ("kin-denied-the-other-way", "relation", ["ada parent_of jonas"], [at("d9 09:00", "jonas !child_of ada")]),
    ("kin-told-after-its-denial", "relation", [{"is": "mara !sibling_of tom", "from": "d1"}],
     [at("d9 09:00", "tom sibling_of mara")]),
    ("friend-and-enemy", "relation", [{"is": "mara friend_of tom", "from": "d1"}],
     [at("d2 09:00", "tom enemy_of mara")]),
    ("married-siblings", "relation", ["mara sibling_of tom"], [at("d2 09:00", "mara spouse_of tom")]),
    ("two-spouses", "relation", [{"is": "mara spouse_of tom", "from": "d1"}], [at("d2 09:00", "jonas spouse_of mara")]),
    ("divorced-silently", "relation", [{"is": "mara spouse_of tom", "from": "d1"}],
     [at("d2 09:00", "tom !spouse_of mara")]),
    ("acts-on-what-is-learnt-later", "knowledge", [],
     [at("d1 09:00", "tom relies_on the code"), at("d2 09:00", because("tom knows the code", "learn: a letter"))]),
    ("knows-before-learning", "knowledge", [],
     [at("d1 09:00", "tom knows the code"), at("d2 09:00", because("tom knows the code", "learn: a letter"))]),
    ("acts-on-what-is-not-known", "knowledge", [{"is": "tom !knows the code", "from": "d1"}],
     [at("d2 09:00", "tom relies_on The code")]),
    ("another-coat-the-same-day", "appearance", [],
     [at("d1 09:00", "mara wears red coat"), at("d1 20:00", "mara wears grey coat")]),
    ("another-coat-past-midnight-in-one-scene", "appearance", [],
     [at("d1 23:50..d2 00:10", {"is": "mara wears red coat", "at": "d1 23:55"}, "mara wears grey coat")]),
    ("other-hair-within-the-month", "appearance", ["mara eyes green"],
     [at("d1 09:00", "mara hair black"), at("d20 09:00", "mara hair red")]),
    ("other-eyes", "appearance", ["mara eyes green"], [at("d400 09:00", "mara eyes brown")]),
    ("does-what-she-cannot", "ability", [{"is": "nell !can swim", "from": "d1"}], [at("d5 09:00", "nell does swims")]),
    ("cannot-after-having-done", "ability", [], [at("d1 09:00", "nell does swims"), at("d5 09:00", "nell !can swim")]),
    ("first-time-twice", "first_time", [],
     [at("d1 09:00", "nell first_time sees snow"), at("d9 09:00", "nell first_time Sees snow")]),
    ("first-time-after-doing", "first_time", [],
     [at("d1 09:00", "nell does sees snow"), at("d9 09:00", "nell first_time sees snow")]),
    ("the-dead-take", "dead_acting", [{"is": "tom alive no", "from": "d1"}],
     [at("d2 09:00", because("tom holds spare_key", "transfer: from Mara"))]),
    ("the-dead-learn", "dead_acting", [{"is": "tom alive no", "from": "d1"}],
     [at("d2 09:00", because("tom knows the code", "learn: overheard"))]),
    ("dead-under-another-id", "dead_acting", ["jonas same_as nell", {"is": "jonas alive no", "from": "d1"}],
     [at("d2 09:00", says=["nell"])]),
    ("one-person-in-two-places", "identity", ["jonas same_as nell"],
     [at("d1 09:00", present=["jonas"], place="gates"), at("d1 09:00", present=["nell"], place="forest")]),
]  # fmt: skip

VALID: list[tuple[str, list[Short], list[dict[str, Any]]]] = [
    ("birth-lies-before", ["nell born -16000000"], [at("d1 09:00", "nell age 30", says=["nell"])]),
    ("birthday-within-the-leap-days", ["nell born -15768000"], [at("d4 09:00", "nell age 29")]),
    ("adopted-by-a-younger-one", ["ada born 0", "nell born -100"], [at("d2 09:00", "nell adopted_by ada")]),
    ("treefolk-parents", [], [at("d1 09:00", "moss child_of mara")]),
    ("traveller-before-the-birth", ["nell born 1500"],
     [at("d1 09:00", {"is": "nell does waits", "personal_time": [20000000, 20000010]})]),
    ("found-to-be-no-kin", ["mara sibling_of tom"],
     [at("d9 09:00", because("mara !sibling_of tom", "reveal: a letter"))]),
    ("unrequited", ["mara loves tom"], [at("d9 09:00", "tom !loves mara")]),
    ("fallen-out", [{"is": "mara friend_of tom", "from": "d1"}],
     [at("d2 09:00", because("tom enemy_of mara", "relate: the betrayal")), at("d3 09:00", "mara enemy_of tom")]),
    ("remarried", [{"is": "mara spouse_of tom", "from": "d1"}],
     [at("d2 09:00", because("mara !spouse_of tom", "relate: divorce")), at("d3 09:00", "mara spouse_of jonas")]),
    ("widowed", [{"is": "mara spouse_of tom", "from": "d1"}],
     [at("d2 09:00", because("tom alive no", "die: the storm")), at("d9 09:00", "mara spouse_of jonas")]),
    ("learns-and-acts-told-backwards", [],
     [at("d2 09:00", "tom relies_on the code"), at("d1 09:00", because("tom knows the code", "learn: a letter"))]),
    ("learnt-in-a-flashback", [],
     [at("d9 09:00", "tom relies_on the code"), at("d1 09:00", "tom knows the code", frame="flashback")]),
    ("a-guess", [{"is": "tom !knows the code", "from": "d1"}],
     [at("d2 09:00", {"is": "tom relies_on the code", "modality": "believed", "holder": "tom"})]),
    ("another-coat-the-next-day", [], [at("d1 09:00", "mara wears red coat"), at("d2 00:10", "mara wears grey coat")]),
    ("changed-coats", [],
     [at("d1 09:00", "mara wears red coat"), at("d1 20:00", because("mara wears grey coat", "dress: soaked"))]),
    ("coats-of-a-montage", [], [at("d1 09:00..d7 09:00", "mara wears red coat", "mara wears grey coat")]),
    ("hair-of-another-year", [], [at("d1 09:00", "mara hair black"), at("d400 09:00", "mara hair grey")]),
    ("eyes-on-a-photograph", ["mara eyes green"], [at("d2 09:00", {"is": "mara eyes grey", "presence": "image"})]),
    ("hair-of-a-disguise", ["mara hair black"],
     [at("d1 09:00", because("mara hair red", "disguise: a wig")), at("d2 09:00", "mara hair black")]),
    ("learnt-to-swim", [{"is": "nell !can swim", "from": "d1"}],
     [at("d5 09:00", because("nell can swim", "learn: Tom")), at("d6 09:00", "nell does swims")]),
    ("first-time-again-after-amnesia", [],
     [at("d1 09:00", "nell first_time sees snow"), at("d5 09:00", because("nell !knows her name", "forget: the fall")),
      at("d9 09:00", "nell first_time sees snow")]),
    ("first-time-shown-twice-in-a-scene", [], [at("d1 09:00", "nell does sees snow", "nell first_time sees snow")]),
    ("dead-twice-told-before-the-return",
     [{"is": "tom alive no", "from": "d1", "to": "d9"}, {"is": "tom alive yes", "from": "d9"}],
     [at("d3 09:00", "tom alive no"), at("d3 10:00", "tom alive no")]),
    ("a-ring-on-a-body", [{"is": "tom alive no", "from": "d1"}], [at("d2 09:00", "tom holds letter")]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "facts", "scenes"), [pytest.param(*case[1:], id=case[0]) for case in WRONG])
def test_what_cannot_be_of_people_is_blocked_once_with_a_repair(code: str, facts: Any, scenes: Any) -> None:
    found = blocks(facts, scenes)
    assert {each.code for each in found} == {code}
    assert all(each.repair and each.message for each in found)


@pytest.mark.parametrize(("facts", "scenes"), [pytest.param(*case[1:], id=case[0]) for case in VALID])
def test_what_only_looks_wrong_of_people_passes(facts: Any, scenes: Any) -> None:
    assert [each.message for each in blocks(facts, scenes)] == []


def test_a_cycle_is_told_with_every_link() -> None:
    (block,) = blocks(["ada parent_of jonas", "nell child_of jonas"], [at("d1 09:00", "nell parent_of ada")])
    assert "Nobody is their own ancestor: Ada Thorne > Jonas Pike > Nell Reed > Ada Thorne." in block.message
    assert "Nell Reed is a child of Jonas Pike" in block.message


def test_acting_on_what_nobody_told_is_unsupported_and_blocks_nothing() -> None:
    (found,) = [each for each in judged([], [at("d1 09:00", "tom relies_on the code")]) if each.code == "knowledge"]
    assert (found.verdict, found.severity) == ("unsupported", "warn")
    assert "Tell before day 1, 09:00 how Tom Reed learns it" in found.repair


def test_a_flashback_that_differs_from_canon_is_left_to_a_person() -> None:
    scenes = [at("d9 09:00"), at("d1 09:00", "mara eyes brown", frame="flashback")]
    (found,) = [each for each in judged(["mara eyes green"], scenes) if each.code == "appearance"]
    assert (found.verdict, found.severity) == ("unknown", "info")
    assert "memory may err" in found.message


def test_a_bigamous_world_is_a_matter_of_its_own_rules() -> None:
    of = project({"facts": ["mara spouse_of tom"]})
    rules = rules_of(of)
    plural = rules["spouse_of"].model_copy(update={"traits": ("lasting", "disjoint")})
    of = of.model_copy(update={"predicates": (plural,)})
    told = script([at("d1 09:00", "mara spouse_of jonas")], of=of)
    assert [
        each.code for each in judge(canon(of=of), told, HASH, rules=rules_of(of)).judgements if each.severity == "block"
    ] == []


def season(*episodes: dict[str, Any], facts: Sequence[Short] = ()) -> tuple[Canon, list[CanonDiff]]:
    """Canon after the episodes, and their diffs; the first is s01e03."""
    of = project({"facts": facts})
    base, diffs = canon(of=of), []
    for number, scene in enumerate(episodes, 3):
        told: Script = script([scene], of=of, episode=f"s01e{number:02d}")
        diff = propose_diff(base, told, content_hash(told), content_hash(base), rules=rules_of(of))
        diffs.append(diff)
        base = apply_diff(base, diff, f"s01e{number + 1:02d}")
    return base, diffs


def codes(diff: CanonDiff) -> list[str]:
    return [each.code for each in diff.validation.judgements if each.severity == "block"]


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("ada parent_of jonas", "jonas parent_of ada", "kinship"),
        ("mara sibling_of tom", "tom !sibling_of mara", "relation"),
        ("mara spouse_of tom", "jonas spouse_of tom", "relation"),
        ("mara friend_of tom", "tom enemy_of mara", "relation"),
        ("nell born -16000000", "nell age 90", "age"),
        ("nell first_time sees snow", "nell first_time sees snow", "first_time"),
        ("nell does sees snow", "nell first_time sees snow", "first_time"),
        ("nell !can swim", "nell does swims", "ability"),
        ("tom eyes grey", "tom eyes blue", "appearance"),
    ],
)
def test_the_next_episode_is_judged_against_what_this_one_left(first: str, second: str, code: str) -> None:
    _, (before, after) = season(at("d1 09:00", first), at("d5 09:00", second))
    assert codes(before) == []
    assert codes(after) == [code]


def test_bonds_are_listed_from_one_side_and_known_from_both() -> None:
    after, (_, again) = season(at("d1 09:00", "ada parent_of jonas"), at("d5 09:00", "jonas child_of ada"))
    assert [(each.subject, each.relation, each.object) for each in after.relationships] == [
        ("ada", "parent_of", "jonas")
    ]
    assert again.added_facts == ()


def test_a_wedding_after_a_divorce_ends_the_first_marriage_in_canon() -> None:
    wedding = because("mara spouse_of jonas", "relate: they wed")
    after, diffs = season(at("d1 09:00", wedding), facts=[{"is": "tom spouse_of mara", "from": "d0"}])
    assert codes(diffs[0]) == []
    assert {(each.subject, each.object): each.until for each in after.relationships} == {
        ("tom", "mara"): 540,
        ("mara", "jonas"): None,
    }


def test_a_quarrel_ends_a_friendship_and_a_reconciliation_the_quarrel() -> None:
    after, diffs = season(
        at("d1 09:00", "mara friend_of tom"),
        at("d2 09:00", because("tom enemy_of mara", "relate: the betrayal")),
        at("d3 09:00", because("mara friend_of tom", "relate: they make up")),
        at("d4 09:00", "tom friend_of mara"),
    )
    assert [codes(diff) for diff in diffs] == [[], [], [], []]
    standing = [
        (fact.predicate, fact.valid_from)
        for fact in after.persistent_states
        if isinstance(fact.object, EntityRef) and fact.predicate.endswith("_of") and fact.valid_to is None
    ]
    assert standing == [("friend_of", 3420)]


def test_clothes_end_with_the_story_day_in_canon() -> None:
    after, (_, next_day) = season(at("d1 09:00", "mara wears red coat"), at("d2 09:00", "mara wears grey coat"))
    (red, grey) = [fact for fact in after.persistent_states if fact.predicate == "wears"]
    assert (red.valid_from, red.valid_to, grey.valid_to) == (540, 1440, 2880)
    assert codes(next_day) == []


def test_clothes_of_the_last_episode_hold_on_the_same_story_day() -> None:
    _, (_, evening) = season(at("d1 09:00", "mara wears red coat"), at("d1 20:00", "mara wears grey coat"))
    assert codes(evening) == ["appearance"]


def test_what_one_wears_to_deceive_is_not_how_one_looks_in_canon() -> None:
    after, _ = season(at("d1 09:00", because("mara hair red", "disguise: a wig")), facts=["mara hair black"])
    assert [fact.object.text for fact in after.persistent_states if fact.predicate == "hair"] == ["black"]  # type: ignore[union-attr]


def test_a_death_dated_before_a_deed_of_an_earlier_episode_is_found() -> None:
    _, (_, late) = season(at("d5 09:00", "tom does mends nets"), at("d3 09:00", "tom alive no"))
    assert codes(late) == ["dead_acting"]
