"""Takes that are proposed: distinct, repeatable, and never a worse cut than what was planned."""

from __future__ import annotations

import pytest

from narrative_assets.film.planner import plan_shots
from narrative_assets.film.takes import proposed
from narrative_assets.film.visual_continuity import look_over
from narrative_assets.video.takes import staged_shot
from schemas.errors import InputError
from schemas.render import Take
from schemas.shots import ShotList
from tests.fakes import scripts
from tests.fakes.speech import FakeSpeechTimer

SCRIPT = scripts.lighthouse()
PROJECT = scripts.project()
SHOTS = plan_shots(SCRIPT, PROJECT, scripts.HASH, FakeSpeechTimer())


def takes_of(shot_id: str, most: int = 6) -> tuple[Take, ...]:
    return proposed(SHOTS, shot_id, PROJECT, staged_shot, SCRIPT, most)


def staged(shot_id: str, take: Take) -> ShotList:
    shots = tuple(staged_shot(shot, take) if shot.shot_id == shot_id else shot for shot in SHOTS.shots)
    return SHOTS.model_copy(update={"shots": shots})


def test_every_shot_but_the_cards_has_several_takes_that_cut_no_worse() -> None:
    for shot in SHOTS.shots[1:-1]:
        takes = takes_of(shot.shot_id)
        assert len(takes) >= 3, shot.shot_id
        seen = [shot, *(staged_shot(shot, take) for take in takes)]
        assert all(a != b for n, a in enumerate(seen) for b in seen[:n])
        assert all(look_over(staged(shot.shot_id, take), PROJECT, SCRIPT) == () for take in takes)
        assert len({take.take_id for take in takes}) == len(takes)


def test_proposals_are_the_same_every_time_and_no_more_than_asked_for() -> None:
    shot_id = next(shot.shot_id for shot in SHOTS.shots if shot.framing.kind == "over_the_shoulder")
    assert takes_of(shot_id) == takes_of(shot_id)
    assert takes_of(shot_id, 2) == takes_of(shot_id)[:2]
    kinds = {take.take_id for take in takes_of(shot_id, 12)}
    assert {"tighter", "wider", "clean", "push-in", "low"} <= kinds


def test_a_view_between_two_who_talk_is_not_mirrored() -> None:
    talking = [shot.shot_id for shot in SHOTS.shots if shot.scene_id == "sc02" and shot.audio.line_ids]
    assert talking
    for shot_id in talking:
        assert "mirrored" not in {take.take_id for take in takes_of(shot_id, 12)}


def test_somebody_alone_may_be_mirrored() -> None:
    alone = next(shot.shot_id for shot in SHOTS.shots if shot.scene_id == "sc01" and shot.figures)
    assert "mirrored" in {take.take_id for take in takes_of(alone, 12)}


def test_cards_and_unknown_shots_have_no_other_takes() -> None:
    with pytest.raises(InputError, match="is a card"):
        takes_of(SHOTS.shots[0].shot_id)
    with pytest.raises(InputError, match="no shot 'sc99-sh001'"):
        takes_of("sc99-sh001")
