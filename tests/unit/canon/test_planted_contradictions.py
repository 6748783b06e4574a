"""The gate by property: whatever is planted in a season is found, and a season without it passes.

``tests.soak.continuity`` does the same over thousands; here are a few hundred with the same seeds every time.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative_assets.canon import blocking
from schemas.canonical import canonical_json
from schemas.script import Script
from tests.fakes.seasons.faults import PLANTERS, Case, cases
from tests.fakes.seasons.planting import PLANTED
from tests.fakes.seasons.season import live
from tests.fakes.seasons.telling import script_of
from tests.fakes.seasons.trial import try_season

NUMBER = 420
EVERY = 11
"""Each so many of them is told as a lie too; the planters take turns, so it falls on one after another."""
TOLD_IS_SHOWN = {"reveal"}
"""Kinds of which saying it is as bad as showing it."""


@pytest.fixture(scope="module")
def planted() -> list[Case]:
    return list(cases(NUMBER))


@pytest.mark.slow
def test_every_planted_contradiction_is_found_under_its_kind(planted: list[Case]) -> None:
    missed = Counter((case.planted.kind, case.planter) for case in planted if not case.found)
    assert not missed
    assert {case.planter for case in planted} == {planter.__name__ for planter in PLANTERS}


@pytest.mark.slow
def test_a_planted_contradiction_told_as_a_lie_blocks_nothing(planted: list[Case]) -> None:
    blocked = []
    for case in islice(planted, 0, None, EVERY):
        told = _as_a_lie(case.planted.script)
        if told is not None and case.planted.kind not in TOLD_IS_SHOWN:
            trial = try_season(case.seed)
            blocked += [
                (case.seed, case.planter, block.message)
                for block in blocking(trial.judged(case.planted.episode, told))
                if case.planted.names_it(block)
            ]
    assert not blocked


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**32))
def test_a_clean_season_is_never_blocked(seed: int) -> None:
    assert [(episode, block.code, block.message) for episode, block in try_season(seed).blocks] == []


def test_a_seed_always_lives_the_same_season() -> None:
    one, other = live(7), live(7)
    assert canonical_json(one.world.project()) == canonical_json(other.world.project())
    assert canonical_json(script_of(one, 1)) == canonical_json(script_of(other, 1))


def _as_a_lie(script: Script) -> Script | None:
    """The script with what was planted told as a lie; None where no claim was planted."""
    liar = script.cast[0].character_id
    found = False
    scenes = []
    for scene in script.scenes:
        claims = [
            claim.model_copy(update={"modality": "lied", "holder": liar})
            if claim.claim_id.startswith(PLANTED)
            else claim
            for claim in scene.claims
        ]
        found = found or any(claim.claim_id.startswith(PLANTED) for claim in claims)
        scenes.append(scene.model_copy(update={"claims": tuple(claims)}))
    return script.model_copy(update={"scenes": tuple(scenes)}) if found else None
