"""Golden cases of the gate: contradictions that must be found, and their nearest valid neighbours that must pass.

The cases are written by hand in tests/golden/canon; nothing regenerates them.
"""

from __future__ import annotations

from typing import Any

import pytest
from canon_cases import canon, load, script

from narrative_assets.canon import judge, propose_diff, require_clean
from schemas.canon import CanonDiff, CanonValidation
from schemas.canonical import content_hash
from schemas.errors import CanonConflict

CONTRADICTIONS = load("contradictions.json")
VALID = load("valid.json")


def judged(case: dict[str, Any]) -> CanonValidation:
    base = canon(case.get("facts", []), case.get("rules", []))
    return judge(base, script(case["scenes"], case.get("cast", [])), content_hash(base))


def proposed(case: dict[str, Any]) -> CanonDiff:
    base = canon(case.get("facts", []), case.get("rules", []))
    told = script(case["scenes"], case.get("cast", []))
    return propose_diff(base, told, content_hash(told), content_hash(base))


def by_id(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in cases]


def test_the_set_is_large_and_its_ids_are_unique() -> None:
    ids = [case["id"] for case in (*CONTRADICTIONS, *VALID)]
    assert len(CONTRADICTIONS) >= 30
    assert len(VALID) >= 30
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("case", by_id(CONTRADICTIONS))
def test_a_contradiction_is_found_and_nothing_else_is_blocked(case: dict[str, Any]) -> None:
    blocks = [judgement for judgement in judged(case).judgements if judgement.severity == "block"]
    assert [judgement.code for judgement in blocks] == [case["code"]]
    assert blocks[0].verdict == "contradiction"
    assert blocks[0].repair


@pytest.mark.parametrize(
    "case", by_id([case for case in CONTRADICTIONS if case["code"] not in ("frame_time", "world_rule")])
)
def test_a_contradiction_carries_both_sides_and_names_them(case: dict[str, Any]) -> None:
    (block,) = [judgement for judgement in judged(case).judgements if judgement.severity == "block"]
    other = block.against_fact or block.against_claim
    assert block.claim is not None
    assert other is not None
    assert block.claim.source.document in block.message
    assert other.source.document in block.message
    assert ", but " in block.message


@pytest.mark.parametrize("case", by_id(VALID))
def test_a_valid_neighbour_passes(case: dict[str, Any]) -> None:
    judgements = judged(case).judgements
    assert [judgement.message for judgement in judgements if judgement.severity == "block"] == []
    if "expect" in case:
        assert case["expect"] in {judgement.code for judgement in judgements}


@pytest.mark.parametrize("case", by_id(CONTRADICTIONS))
def test_a_diff_with_a_contradiction_is_refused_with_its_repair(case: dict[str, Any]) -> None:
    diff = proposed(case)
    (block,) = [judgement for judgement in diff.validation.judgements if judgement.severity == "block"]
    with pytest.raises(CanonConflict) as refusal:
        require_clean(diff)
    assert block.message in refusal.value.message
    assert refusal.value.remedy == block.repair


@pytest.mark.parametrize("case", by_id(VALID))
def test_the_diff_of_a_valid_neighbour_is_clean(case: dict[str, Any]) -> None:
    require_clean(proposed(case))


@pytest.mark.parametrize("case", by_id([*CONTRADICTIONS, *VALID]))
def test_every_claim_is_counted_once(case: dict[str, Any]) -> None:
    validation = judged(case)
    of_claims = [
        judgement for judgement in validation.judgements if judgement.code not in ("same_name", "frame_time", "thread")
    ]
    assert validation.claims_checked == validation.honoured + len(of_claims)
