"""World rules as data: what they forbid, require, cost and ration, when they are in force, and who may break them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest

from narrative_assets.canon import apply_diff, judge, propose_diff, rules_of
from schemas.canon import Judgement
from schemas.canonical import content_hash
from tests.fakes.continuity_shorthand import canon, project, script

HASH = "0" * 64
Short = str | dict[str, Any]

MAGIC = {"id": "spellcraft", "statement": "Magic has its price."}
FORBIDDEN = {"predicate": "does", "object": "cast a spell", "forbidden": True}
NEEDS_KEY = {"predicate": "does", "object": "cast a spell", "requires": ["* holds key"]}
NOT_HURT = {"predicate": "does", "object": "cast a spell", "requires": ["* !wounded *"]}
CAUSE = {"predicate": "state", "object": "lit", "requires": ["mara does strike a match"]}
TIRES = {"predicate": "does", "object": "cast a spell", "costs": ["* state exhausted"], "cost_within": 60}
THRICE = {"predicate": "does", "object": "cast a spell", "at_most": 2, "window": 240}


def judged(terms: dict[str, Any], scenes: Sequence[dict[str, Any]]) -> list[Judgement]:
    of = project({"rules": [{**MAGIC, "terms": terms}]})
    told = judge(canon(of=of), script(scenes, of=of), HASH, rules=rules_of(of))
    return [each for each in told.judgements if each.code == "world_rule"]


def verdicts(terms: dict[str, Any], *scenes: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.verdict, each.severity) for each in judged(terms, scenes)]


def at(when: str, *claims: Short) -> dict[str, Any]:
    return {"at": when, "claims": list(claims)}


SPELL = "tom does cast a spell"
BROKEN, OPEN = [("contradiction", "block")], [("unsupported", "warn")]
LATE = at("d2 09:00")


@pytest.mark.parametrize(
    ("terms", "claim", "expected"),
    [
        (FORBIDDEN, SPELL, BROKEN),
        (FORBIDDEN, {"is": SPELL, "change": "repeal: the council allows it"}, []),
        (FORBIDDEN, {"is": SPELL, "modality": "rumoured"}, []),
        (FORBIDDEN, {"is": SPELL, "frame": {"kind": "dream"}}, []),
        (FORBIDDEN, {"is": SPELL, "frame": {"kind": "flashback"}, "at": "d-9 09:00"}, BROKEN),
        (FORBIDDEN, "tom does mend the net", []),
        ({**FORBIDDEN, "exempt": ["tom"]}, SPELL, []),
        ({**FORBIDDEN, "subjects": ["mara"]}, SPELL, []),
        ({**FORBIDDEN, "species": ["treefolk"]}, SPELL, []),
        ({**FORBIDDEN, "species": ["treefolk"]}, "moss does cast a spell", BROKEN),
        ({**FORBIDDEN, "in_force_from": "d5"}, SPELL, []),
        ({**FORBIDDEN, "in_force_until": "d1"}, SPELL, []),
        ({**FORBIDDEN, "in_force_until": "d1 09:05"}, SPELL, [("unknown", "info")]),
    ],
)  # fmt: skip
def test_a_rule_binds_whom_and_when_its_terms_say(terms: dict[str, Any], claim: Short, expected: list[Any]) -> None:
    assert verdicts(terms, at("d1 09:00", claim)) == expected


def test_a_repealed_rule_binds_nobody_until_it_is_back_in_force() -> None:
    repealed = at("d1 08:00", {"is": "spellcraft in_force no", "change": "repeal: by vote"})
    back = at("d3 08:00", {"is": "spellcraft in_force yes", "change": "return: by vote"})
    assert verdicts(FORBIDDEN, repealed, at("d2 09:00", SPELL)) == []
    assert verdicts(FORBIDDEN, repealed, back, at("d4 09:00", SPELL)) == BROKEN
    assert verdicts(FORBIDDEN, at("d1 07:00", SPELL), repealed) == BROKEN


@pytest.mark.parametrize(
    ("terms", "before", "expected"),
    [
        (NEEDS_KEY, {"is": "tom holds key", "change": "transfer: lent"}, []),
        (NEEDS_KEY, "tom !holds key", BROKEN),
        (NEEDS_KEY, "mara holds key", BROKEN),
        ({**NEEDS_KEY, "requires": ["* holds letter"]}, "tom can swim", OPEN),
        (NOT_HURT, "tom can swim", []),
        (NOT_HURT, "tom wounded left arm", BROKEN),
        (NOT_HURT, {"is": "tom wounded left arm", "at": "d-60 09:00"}, []),
    ],
)
def test_what_a_rule_requires_holds_at_that_moment(terms: dict[str, Any], before: Short, expected: list[Any]) -> None:
    assert verdicts(terms, at("d1 08:00", before), at("d1 09:00", SPELL)) == expected


def test_an_effect_has_its_cause() -> None:
    lit = at("d1 09:00", "lamp state lit")
    assert verdicts(CAUSE, lit) == OPEN
    assert verdicts(CAUSE, at("d1 08:50", "mara does strike a match"), lit) == []
    assert verdicts(CAUSE, lit, at("d1 10:00", "mara does strike a match")) == OPEN


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([at("d1 09:30", "tom state exhausted"), LATE], []),
        ([at("d1 14:00", "tom state exhausted"), LATE], BROKEN),
        ([at("d1 09:30", "mara state exhausted"), LATE], BROKEN),
        ([at("d1 09:30", "tom !state exhausted")], BROKEN),
        ([LATE], BROKEN),
        ([], OPEN),
    ],
)
def test_a_cost_is_paid_by_whoever_owes_it_and_in_time(after: list[dict[str, Any]], expected: list[Any]) -> None:
    assert verdicts(TIRES, at("d1 09:00", SPELL), *after) == expected


def test_a_cost_left_open_is_asked_for_in_the_next_episode() -> None:
    of = project({"rules": [{**MAGIC, "terms": TIRES}]})
    base, first = canon(of=of), script([at("d1 09:00", SPELL)], of=of)
    diff = propose_diff(base, first, content_hash(first), HASH, rules=rules_of(of))
    after = apply_diff(base, diff, "s01e04")

    def asked(*scenes: dict[str, Any]) -> list[tuple[str, str]]:
        told = judge(after, script(scenes, of=of, episode="s01e04"), HASH, rules=rules_of(of))
        return [(each.verdict, each.severity) for each in told.judgements if each.code == "world_rule"]

    assert asked(LATE) == OPEN
    assert asked(at("d1 09:40", "tom state exhausted"), LATE) == []


def test_a_ration_counts_within_the_window_and_over_episodes() -> None:
    spells = [at(when, SPELL) for when in ("d1 09:00", "d1 10:00", "d1 11:00")]
    assert verdicts(THRICE, *spells) == BROKEN
    assert verdicts(THRICE, *spells[:2], at("d1 20:00", SPELL)) == []
    assert verdicts(THRICE, *spells[:2], at("d1 11:00", "mara does cast a spell")) == []
    of = project({"rules": [{**MAGIC, "terms": THRICE}]})
    base, first = canon(of=of), script(spells[:2], of=of)
    after = apply_diff(base, propose_diff(base, first, HASH, HASH, rules=rules_of(of)), "s01e04")
    told = judge(after, script(spells[2:], of=of, episode="s01e04"), HASH, rules=rules_of(of))
    (block,) = [each for each in told.judgements if each.severity == "block"]
    assert block.message.count("cast a spell") == 3
    assert block.against_fact is not None
    assert block.against_rule == "spellcraft"
    assert "At most 2 in 4 hours" in block.message


def test_a_project_adds_a_predicate_and_a_rule_of_its_own() -> None:
    hums = {"predicate": "hums", "code": "hums", "traits": ["single_valued"], "says": "{subject} hums {value}"}
    terms = {"predicate": "hums", "object": "the old song", "requires": ["* !located_at forest"]}
    of = project({"predicates": [hums], "rules": [{**MAGIC, "terms": terms}]})

    def codes(*claims: Short) -> list[str]:
        told = script([{"at": "d1 09:00", "place": "forest", "claims": list(claims)}], of=of)
        return [
            each.code
            for each in judge(canon(of=of), told, HASH, rules=rules_of(of)).judgements
            if each.severity == "block"
        ]

    assert codes("tom hums a reel", "tom hums a jig") == ["hums"]
    assert codes("tom located_at forest", "tom hums the old song") == ["world_rule"]
    assert codes("tom hums the old song") == []


def test_a_thousand_rules_and_deeds_are_judged_in_seconds() -> None:
    rules = [
        {"id": f"rule{number}", "statement": "No.", "terms": {**THRICE, "object": f"deed {number}"}}
        for number in range(400)
    ]
    of = project({"rules": rules})
    scenes = [
        at(f"d{1 + number // 20} {number % 20:02d}:00", f"tom does deed {number % 400}") for number in range(1_000)
    ]
    told, base = script(scenes, of=of), canon(of=of)
    began = time.perf_counter()
    judge(base, told, HASH, rules=rules_of(of))
    assert time.perf_counter() - began < 10
