"""The golden set of continuity: contradictions that must be found, beside the near valid stories that must pass.

The cases are written by hand in tests/golden/continuity; nothing regenerates them. ``-s`` shows the figures by kind.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from narrative_assets.canon import propose_diff, require_clean, rules_of
from schemas.canonical import content_hash
from schemas.errors import CanonConflict
from tests.fakes.continuity_cases import Case, Outcome, cases, outcome, pending, prepared, scores, table

SETTLED = tuple(case for case in cases() if case.id not in pending())
CONTRADICTIONS = [case for case in SETTLED if case.wrong]
VALID = [case for case in SETTLED if not case.wrong]
KINDS = {
    "ability", "age", "appearance", "first_time", "identity", "knowledge", "life", "place", "possession", "quantity",
    "relationship", "reveal", "state", "thread", "timeline", "world_rule",
}  # fmt: skip
OF_SCRIPTS = ("same_name", "frame_time", "thread")


def by_id(chosen: list[Case]) -> list[Any]:
    return [pytest.param(case, id=case.id) for case in chosen]


@cache
def judged_once() -> dict[str, Outcome]:
    return {case.id: outcome(case) for case in SETTLED}


def lines(judged: Outcome) -> str:
    return "\n".join(f"{each.severity} {each.code}: {each.message}" for each in judged.validation.judgements)


def test_the_set_is_large_spans_every_kind_and_has_unique_ids() -> None:
    everything = cases()
    assert len({case.id for case in everything}) == len(everything)
    assert {case.kind for case in everything if case.wrong} == KINDS
    assert {case.kind for case in everything if not case.wrong} == KINDS
    assert sum(1 for case in everything if case.wrong) >= 170
    assert sum(1 for case in everything if not case.wrong) >= 170
    assert all(case.short["why"] for case in everything)


def test_no_case_waits_to_be_settled() -> None:
    assert sorted(pending()) == []


def test_precision_and_recall_are_whole_in_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    judged = list(judged_once().values())
    with capsys.disabled():
        print(f"\n{table(judged)}")
    assert {(row.kind, row.precision, row.recall) for row in scores(judged)} == {
        (row.kind, 1.0, 1.0) for row in scores(judged)
    }


@pytest.mark.parametrize("case", by_id(CONTRADICTIONS))
def test_a_contradiction_is_found_with_both_sides_and_nothing_else_is_blocked(case: Case) -> None:
    judged = judged_once()[case.id]
    assert judged.found, lines(judged)
    assert judged.named, lines(judged)
    assert judged.stray == (), lines(judged)
    assert all(each.repair for each in judged.found)


@pytest.mark.parametrize("case", by_id(VALID))
def test_a_near_valid_story_passes(case: Case) -> None:
    judged = judged_once()[case.id]
    assert (judged.found, judged.stray) == ((), ()), lines(judged)
    if "expect" in case.short:
        assert case.short["expect"] in {each.code for each in judged.validation.judgements}


@pytest.mark.parametrize("case", by_id([case for case in SETTLED if case.kind != "thread"]))
def test_the_diff_of_a_contradiction_is_refused_with_its_repair_and_no_other(case: Case) -> None:
    base, told, of, _ = prepared(case)
    diff = propose_diff(base, told, content_hash(told), content_hash(base), rules=rules_of(of))
    if not case.wrong:
        require_clean(diff)
        return
    with pytest.raises(CanonConflict) as refusal:
        require_clean(diff)
    blocks = [each for each in diff.validation.judgements if each.severity == "block"]
    assert blocks[0].message in refusal.value.message
    assert refusal.value.remedy == blocks[0].repair


@pytest.mark.parametrize("case", by_id(list(SETTLED)))
def test_every_claim_is_counted_once(case: Case) -> None:
    validation = judged_once()[case.id].validation
    judged = {
        each.claim.claim_id for each in validation.judgements if each.claim is not None and each.code not in OF_SCRIPTS
    }
    assert validation.claims_checked >= validation.honoured + len(judged)
