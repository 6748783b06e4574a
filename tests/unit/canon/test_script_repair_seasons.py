"""Repair of contradictions planted at random in clean seasons: nearly all go, and nothing true goes with them."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from script_differences import differing, logged

from narrative_assets.canon import judge, repair_script
from schemas.canon import CanonValidation
from schemas.canonical import content_hash
from tests.fakes.seasons.faults import PLANTERS, cases
from tests.fakes.seasons.trial import HASH, Trial, try_season


@cache
def season(seed: int) -> Trial:
    return try_season(seed)


def blocking(validation: CanonValidation) -> int:
    return sum(each.severity == "block" for each in validation.judgements)


@pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_planted_contradictions_are_repaired_and_no_honoured_claim_is_lost(
    rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    repaired_of, planted_of = Counter[str](), Counter[str]()
    for case in cases(rounds * len(PLANTERS)):
        trial = season(case.seed)
        canon, told = trial.canons[case.planted.episode], case.planted.script
        truth = content_hash(canon)
        before = judge(canon, told, HASH, rules=trial.rules)
        if not blocking(before):
            continue
        repaired, log = repair_script(canon, told, HASH, rules=trial.rules)
        after = judge(canon, repaired, HASH, rules=trial.rules)
        assert blocking(after) == len(log.unresolved) < blocking(before) or repaired is told
        assert differing(told, repaired) == logged(log)
        assert after.honoured >= before.honoured
        assert content_hash(canon) == truth
        planted_of[case.planted.kind] += 1
        repaired_of[case.planted.kind] += not log.unresolved
    shares = (f"{kind} {repaired_of[kind]}/{planted_of[kind]}" for kind in sorted(planted_of))
    with capsys.disabled():
        print("\nrepaired by kind: " + ", ".join(shares))
    assert sum(repaired_of.values()) >= 0.97 * sum(planted_of.values())
    assert all(2 * repaired_of[kind] > planted_of[kind] for kind in planted_of)
