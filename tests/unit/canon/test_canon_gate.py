"""The gate beyond single cases: verdicts, extension by rules, size, and claims that repeat canon."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from canon_cases import canon, fact, script
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative_assets.canon import RULES, judge, with_rules
from schemas.canon import CanonValidation, Fact
from schemas.canonical import canonical_json
from schemas.rules import PredicateRule
from schemas.story import Claim, EntityRef, NumberValue, SourceSpan, StoryThread, Telling, TextValue

HASH = "0" * 64


def codes(validation: CanonValidation) -> dict[str, str]:
    return {judgement.code: judgement.severity for judgement in validation.judgements}


def with_claims(claims: list[Claim], place: str = "pier", at: tuple[int, int] = (480, 490)) -> Any:
    told = script([{"place": place, "at": list(at)}])
    return told.model_copy(update={"scenes": (told.scenes[0].model_copy(update={"claims": tuple(claims)}),)})


def plain_claim(predicate: str, value: Any, minute: int, number: int = 0, **fields: Any) -> Claim:
    return Claim(
        claim_id=f"c{number}",
        subject="mara",
        predicate=predicate,
        object=value,
        story_time={"earliest": minute, "latest": minute},
        telling=Telling(episode_id="s01e03", scene_id="sc01"),
        source=SourceSpan(document="s01e03.fountain", first_line=7),
        **fields,
    )


def rank(number: int) -> NumberValue:
    return NumberValue(number=number, unit="rank")


def test_the_message_names_both_facts_with_time_episode_scene_and_line() -> None:
    base = canon([{"s": "tom", "p": "alive", "o": False, "from": 1000}])
    told = script([{"place": "pier", "at": [87400, 87410], "says": ["tom"]}])
    (block,) = [each for each in judge(base, told, HASH).judgements if each.severity == "block"]
    assert block.message == (
        "Tom Reed is dead (day 1, 16:40; s01e01, scene sc09; s01e01.fountain, line 12), but "
        "Tom Reed acts or speaks in person (day 61, 16:40 to day 61, 16:50; s01e03, scene sc01, element sc01.e0; "
        "s01e03.fountain, line 50). The dead do not act."
    )


def test_the_repair_of_an_age_gives_the_fitting_age() -> None:
    told = script([{"place": "pier", "at": [5256000, 5256010], "claims": [{"s": "mara", "p": "age", "o": 31}]}])
    (block,) = [each for each in judge(canon(), told, HASH).judgements if each.severity == "block"]
    assert block.repair.startswith("Give the age as 41 to 42 years")


def test_an_entity_that_nobody_introduced_is_unsupported_and_blocks_nothing() -> None:
    told = script([{"place": "pier", "at": [480, 490], "claims": [{"s": "mara", "p": "holds", "o": "sword"}]}])
    (strange,) = [each for each in judge(canon(), told, HASH).judgements if each.verdict == "unsupported"]
    assert (strange.code, strange.severity) == ("unknown_entity", "warn")
    assert "sword" in strange.message


def test_what_canon_never_spoke_of_is_unknown_and_not_passed() -> None:
    told = script([{"place": "pier", "at": [480, 490], "claims": [{"s": "lamp", "p": "state", "o": "lit"}]}])
    validation = judge(canon(), told, HASH)
    assert [(each.verdict, each.code) for each in validation.judgements] == [("unknown", "new")]


def test_an_age_carried_over_in_the_cast_list_only_warns() -> None:
    told = script(
        [{"place": "pier", "at": [5256000, 5256010]}],
        [{"character_id": "mara", "name": "Mara Vale", "age_years": 31}],
    )
    assert codes(judge(canon(), told, HASH)) == {"age": "warn"}


def test_one_false_claim_does_not_make_the_true_ones_false() -> None:
    claims = [{"s": "mara", "p": "age", "o": 60}, {"s": "mara", "p": "age", "o": 31}]
    told = script([{"place": "pier", "at": [480, 490], "claims": claims}])
    blocks = [each for each in judge(canon(), told, HASH).judgements if each.severity == "block"]
    assert [each.claim.object.number for each in blocks if each.claim] == [60]


def test_judgements_stand_in_the_order_of_the_telling() -> None:
    told = script(
        [
            {"place": "pier", "at": [900, 910], "claims": [{"s": "mara", "p": "age", "o": 60}]},
            {"place": "pier", "at": [480, 490], "claims": [{"s": "mara", "p": "age", "o": 50}]},
        ]
    )
    blocks = [each for each in judge(canon(), told, HASH).judgements if each.severity == "block"]
    assert [each.claim.object.number for each in blocks if each.claim] == [60, 50]


def test_threads_are_opened_once_and_closed_once() -> None:
    base = canon().model_copy(update={"threads": (StoryThread(thread_id="wreck", question="Who?", closed=True),)})
    again = script(
        [{"place": "pier", "at": [480, 490]}], threads_opened=(StoryThread(thread_id="wreck", question="Who?"),)
    )
    assert codes(judge(base, again, HASH)) == {"thread": "warn"}
    for thread_id in ("wreck", "nobodys"):
        closing = script([{"place": "pier", "at": [480, 490]}], threads_closed=(thread_id,))
        assert codes(judge(base, closing, HASH)) == {"thread": "warn"}


def own(predicate: str, trait: str) -> PredicateRule:
    return PredicateRule(predicate=predicate, code="own", traits=(trait,))


@pytest.mark.parametrize(
    ("rule", "first", "second", "blocks"),
    [
        (own("gills", "fixed"), TextValue(text="blue"), TextValue(text="brown"), True),
        (own("gills", "fixed"), TextValue(text="blue"), TextValue(text="Blue"), False),
        (own("rank", "rising"), rank(5), rank(4), True),
        (own("rank", "rising"), rank(4), rank(5), False),
        (own("coat", "single_valued"), TextValue(text="red"), TextValue(text="grey"), False),
    ],
)  # fmt: skip
def test_a_project_adds_a_rule_without_touching_the_gate(
    rule: PredicateRule, first: Any, second: Any, blocks: bool
) -> None:
    told = with_claims([plain_claim(rule.predicate, first, 480, 1), plain_claim(rule.predicate, second, 600, 2)])
    found = codes(judge(canon(), told, HASH, rules=with_rules(rule, base=RULES)))
    assert (found.get(rule.code) == "block") is blocks
    assert rule.code not in codes(judge(canon(), told, HASH))


def test_a_single_valued_predicate_has_one_value_at_a_moment() -> None:
    rule = own("coat", "single_valued")
    told = with_claims(
        [plain_claim("coat", TextValue(text="red"), 480, 1), plain_claim("coat", TextValue(text="grey"), 480, 2)]
    )
    assert codes(judge(canon(), told, HASH, rules=with_rules(rule, base=RULES))).get("own") == "block"


FACTS = st.one_of(
    st.builds(
        lambda subject, years, minute: {"s": subject, "p": "age", "o": years, "from": minute},
        st.sampled_from(("mara", "tom")),
        st.integers(0, 90),
        st.integers(-(10**8), 10**8),
    ),
    st.builds(
        lambda subject, place, minute, lasts: {
            "s": subject,
            "p": "located_at",
            "o": place,
            "from": minute,
            "to": minute + lasts,
            "seen": minute + lasts,
        },
        st.sampled_from(("mara", "tom")),
        st.sampled_from(("pier", "village", "ferry")),
        st.integers(0, 10**6),
        st.integers(0, 600),
    ),
    st.builds(
        lambda thing, word, minute, yes: {
            "s": thing,
            "p": "state",
            "o": word,
            "from": minute,
            "polarity": "affirmed" if yes else "denied",
        },
        st.sampled_from(("lamp", "letter")),
        st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), min_size=1, max_size=20),
        st.integers(0, 10**6),
        st.booleans(),
    ),
    st.builds(
        lambda subject, thing, minute: {"s": subject, "p": "holds", "o": thing, "from": minute},
        st.sampled_from(("mara", "tom")),
        st.sampled_from(("letter", "spare_key")),
        st.integers(0, 10**6),
    ),
    st.builds(
        lambda subject, minute: {"s": subject, "p": "alive", "o": False, "from": minute},
        st.sampled_from(("mara", "tom")),
        st.integers(0, 10**6),
    ),
)


@settings(max_examples=150, deadline=None)
@given(FACTS)
def test_a_claim_that_repeats_a_fact_of_canon_is_honoured(short: dict[str, Any]) -> None:
    base = canon([short])
    if short["p"] == "age":
        own = tuple(each for each in base.persistent_states if each.predicate != "age" or each.fact_id == "golden.0")
        base = base.model_copy(update={"persistent_states": own})
    known = fact(short)
    start = known.valid_from or 0
    claim = Claim(
        claim_id="again",
        subject=known.subject,
        predicate=known.predicate,
        object=known.object,
        polarity=known.polarity,
        story_time={"earliest": start, "latest": known.observed_to or start},
        telling=Telling(episode_id="s01e03", scene_id="sc01"),
        source=SourceSpan(document="s01e03.fountain"),
    )
    validation = judge(base, with_claims([claim], at=(start, start)), HASH)
    assert [each for each in validation.judgements if each.claim and each.claim.claim_id == "again"] == []


@settings(max_examples=40, deadline=None)
@given(st.lists(FACTS, max_size=6))
def test_judging_twice_gives_the_same_bytes(shorts: list[dict[str, Any]]) -> None:
    base = canon(shorts)
    told = script(
        [
            {
                "place": "pier",
                "at": [480, 490],
                "says": ["mara", "tom"],
                "claims": [{"s": "mara", "p": "age", "o": 31}],
            },
            {"place": "village", "at": [500, 510], "says": ["tom"]},
        ]
    )
    assert canonical_json(judge(base, told, HASH)) == canonical_json(judge(base, told, HASH))


def test_a_vague_word_on_a_place_does_not_hide_that_somebody_was_seen_there() -> None:
    elsewhere = {"s": "mara", "p": "located_at", "o": "village"}
    vague = {"s": "mara", "p": "located_at", "o": "pier", "at": [100, 900]}
    told = script([{"place": "pier", "at": [480, 490], "present": ["mara"], "claims": [vague, elsewhere]}])
    assert codes(judge(canon(), told, HASH)).get("place") == "block"


def many_facts(count: int) -> Iterator[Fact]:
    """Half of them about Mara: places with odd numbers, words about her state in between."""
    for number in range(count):
        place = EntityRef(entity=("pier", "forest")[number % 2])
        yield Fact(
            fact_id=f"many.{number}",
            subject="mara" if number % 2 else f"extra{number % 5000}",
            predicate="located_at" if number % 3 else "state",
            object=place if number % 3 else TextValue(text=f"word {number % 700}"),
            valid_from=number * 100,
            observed_to=number * 100 + 10,
            valid_to=number * 100 + 50,
            source=SourceSpan(document="many"),
        )


def test_a_hundred_thousand_facts_are_judged_in_seconds() -> None:
    """Linear in canon and claims: a scan of canon for each claim would take minutes."""
    base = canon().model_copy(update={"persistent_states": tuple(many_facts(100_000))})
    starts = range(20_000_000, 20_060_000, 60)
    told = script([{"place": "gates", "at": [start, start + 10], "says": ["mara", "tom"]} for start in starts])
    began = time.perf_counter()
    validation = judge(base, told, HASH)
    assert validation.claims_checked == 4_000 + len(told.cast)
    assert time.perf_counter() - began < 10
