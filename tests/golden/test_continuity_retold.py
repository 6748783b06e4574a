"""The golden set of continuity told otherwise: what the telling changes, and what it must not change.

Scenes in another order and a story cut into two episodes are judged alike; what is only rumoured contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from schemas.canon import Judgement
from tests.fakes.continuity_cases import Case, cases, kind_of, outcome, pending
from tests.fakes.continuity_shorthand import statement

ONLY_WHOLE = {
    # The first half alone is wrong: what makes it right comes with the second.
    "learns-it-in-a-scene-told-after-and-dated-before",
    "the-shown-change-told-last-and-dated-between",
    # A price is looked for in the script of the deed.
    "another-pays-for-the-wind",
    "calls-the-wind-and-pays-nothing",
    "calls-the-wind-and-pays-too-late",
}


def framed(short: Mapping[str, Any]) -> bool:
    scenes = short["scenes"]
    return any(
        "frame" in scene or any("frame" in statement(each) for each in scene.get("claims", ())) for scene in scenes
    )


def blocks(case: Case, **told: Any) -> tuple[Judgement, ...]:
    judged = outcome(replace(case, short={**case.short, **told}))
    return tuple(each for each in (*judged.found, *judged.stray) if each.severity == "block")


SETTLED = [case for case in cases() if case.id not in pending() and case.kind != "thread"]
PLAIN = [case for case in SETTLED if len(case.short["scenes"]) > 1 and not framed(case.short)]
IN_ONE = [
    case for case in PLAIN if not {"earlier", "episode", "cast"} & case.short.keys() and case.id not in ONLY_WHOLE
]
UNSAID = [
    case for case in SETTLED if case.wrong and case.kind != "reveal" and "cast" not in case.short
    and not framed(case.short)
]  # fmt: skip


def by_id(chosen: Sequence[Case]) -> list[Any]:
    return [pytest.param(case, id=case.id) for case in chosen]


@pytest.mark.parametrize("case", by_id(PLAIN))
def test_scenes_told_backwards_are_judged_alike(case: Case) -> None:
    backwards = blocks(case, scenes=case.short["scenes"][::-1])
    assert {kind_of(each) for each in backwards} == {kind_of(each) for each in blocks(case)}


@pytest.mark.parametrize("case", by_id(IN_ONE))
def test_a_story_cut_into_two_episodes_is_judged_alike(case: Case) -> None:
    *first, last = case.short["scenes"]
    cut = blocks(case, scenes=[last], earlier=[{"episode": "s01e02", "scenes": first}])
    assert bool(cut) == case.wrong, [each.message for each in cut]
    assert {kind_of(each) for each in cut} <= {case.kind, *case.short.get("or", [])}


@pytest.mark.parametrize("case", by_id(UNSAID))
def test_what_is_only_rumoured_contradicts_nothing(case: Case) -> None:
    rumoured = [
        {
            **{key: each for key, each in scene.items() if key not in ("says", "present")},
            "claims": [{**statement(each), "modality": "rumoured"} for each in scene.get("claims", ())],
        }
        for scene in case.short["scenes"]
    ]
    assert [each.message for each in blocks(replace(case, wrong=False), scenes=rumoured)] == []
