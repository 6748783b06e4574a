"""Repair over every golden contradiction: no block is left, only logged segments differ, and canon stays as it is."""

from __future__ import annotations

from typing import Any

import pytest
from canon_cases import canon, script
from script_differences import differing, logged

from narrative_assets.canon import judge, repair_script, rules_of
from schemas.canon import CanonValidation, Judgement, Waiver
from schemas.canonical import canonical_json, content_hash
from schemas.repair import RepairLog
from schemas.script import Script
from tests.fakes.continuity_cases import Case, cases, pending, prepared

SETTLED = tuple(case for case in cases() if case.id not in pending())


def blocks(validation: CanonValidation) -> list[Judgement]:
    return [each for each in validation.judgements if each.severity == "block"]


def honoured(told: Script, validation: CanonValidation) -> set[str]:
    """The ids of the script's own claims that the gate compared and found agreeing."""
    judged = {each.claim.claim_id for each in validation.judgements if each.claim is not None}
    return {each.claim_id for each_scene in told.scenes for each in each_scene.claims} - judged


def by_id(wrong: bool) -> list[Any]:
    return [pytest.param(case, id=case.id) for case in SETTLED if case.wrong is wrong]


def options(case: Case, of: Any) -> dict[str, Any]:
    return {"rules": rules_of(of), "season_end": bool(case.short.get("season_end"))}


@pytest.mark.parametrize("case", by_id(wrong=True))
def test_a_contradiction_is_repaired_and_nothing_else_is_touched(case: Case) -> None:
    base, told, of, _ = prepared(case)
    truth, kept = content_hash(base), options(case, of)
    before = judge(base, told, truth, **kept)
    repaired, log = repair_script(base, told, truth, **kept)
    after = judge(base, repaired, truth, **kept)
    assert blocks(after) == list(log.unresolved) == []
    assert differing(told, repaired) == logged(log)
    assert content_hash(base) == truth
    worse = {each.claim.claim_id for each in after.judgements if each.claim and each.verdict == "contradiction"}
    assert not worse & honoured(told, before)
    assert Script.model_validate(repaired.model_dump(mode="json")) == repaired
    assert all(each.why for each in log.changes)


@pytest.mark.parametrize("case", by_id(wrong=False))
def test_a_clean_script_comes_back_as_the_same_object_with_an_empty_log(case: Case) -> None:
    base, told, of, _ = prepared(case)
    repaired, log = repair_script(base, told, content_hash(base), **options(case, of))
    assert repaired is told
    assert (log.changes, log.unresolved) == ((), ())
    assert log.original_hash == log.repaired_hash == content_hash(told)


def test_repair_is_the_same_on_every_run_and_a_repaired_script_needs_none() -> None:
    for case in SETTLED:
        if not case.wrong or case.kind == "thread":
            continue
        base, told, of, _ = prepared(case)
        runs = [repair_script(base, told, content_hash(base), **options(case, of)) for _ in range(2)]
        assert [canonical_json(part) for part in runs[0]] == [canonical_json(part) for part in runs[1]]
        repaired, log = runs[0]
        assert log.repaired_hash == content_hash(repaired)
        assert repair_script(base, repaired, content_hash(base), **options(case, of))[0] is repaired


def wrong_age() -> Script:
    return script([{"place": "pier", "at": [480, 490], "present": ["mara"], "claims": ["mara age 45"]}])


def test_a_waived_contradiction_is_left_as_its_author_wants_it() -> None:
    base, told = canon(), wrong_age()
    (block,) = blocks(judge(base, told, content_hash(base)))
    waiver = Waiver(
        finding_id=str(block.finding_id), code=block.code, reason="She lies.", name="Ada", expires_after="s09e99"
    )
    repaired, log = repair_script(base, told, content_hash(base), waivers=[waiver])
    assert repaired is told
    assert log.changes == ()
    assert repair_script(base, told, content_hash(base))[1].changes


def mend(told: Script, *facts: Any, **more: Any) -> tuple[Script, RepairLog]:
    base = canon(facts, **more)
    repaired, log = repair_script(base, told, content_hash(base))
    assert differing(told, repaired) == logged(log)
    return repaired, log


def test_what_cannot_be_mended_stays_as_it_was_and_is_named() -> None:
    talk = [{"who": who} for who in ("tom", "mara", "tom", "mara", "tom", "mara", "tom", "mara")]
    scenes = [{"place": "pier", "at": [480 + 60 * n, 490 + 60 * n], "says": talk} for n in range(3)]
    told = script(scenes)
    repaired, log = mend(told, {"is": "tom alive no", "from": 100})
    assert repaired is told
    assert {each.code for each in log.unresolved} == {"dead_acting"}
    assert log.changes == ()


def test_one_finding_is_mended_where_another_cannot_be() -> None:
    talk = [{"who": who} for who in ("tom", "mara", "tom", "mara", "tom", "mara", "tom", "mara")]
    scenes: list[dict[str, Any]] = [
        {"place": "pier", "at": [480 + 60 * n, 490 + 60 * n], "says": talk} for n in range(3)
    ]
    scenes[1]["claims"] = ["mara age 45"]
    repaired, log = mend(script(scenes), {"is": "tom alive no", "from": 100})
    assert {each.code for each in log.unresolved} == {"dead_acting"}
    assert {each.code for each in log.changes} == {"age"}
    assert repaired.scenes[1].claims[0].object.model_dump() == {"number": 31, "unit": "years"}


def test_ids_of_what_is_added_come_from_what_is_said_and_stay_clear_of_those_there() -> None:
    told = script(
        [{"place": "pier", "at": [480, 490], "present": ["mara", "tom"], "says": ["mara"], "claims": ["tom uses key"]}]
    )
    repaired, log = mend(told)
    added = [each for each in log.changes if each.action == "added"]
    assert added
    again, _ = mend(told)
    assert again == repaired
    ids = [each.element_id for each in repaired.scenes[0].elements] + [
        each.claim_id for each in repaired.scenes[0].claims
    ]
    assert len(set(ids)) == len(ids)
