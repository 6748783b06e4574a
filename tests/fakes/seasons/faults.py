"""Every planter, and how many contradictions of each kind the gate has been shown and has found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from narrative_assets.canon import blocking
from tests.fakes.seasons.faults_people import PEOPLE
from tests.fakes.seasons.faults_world import WORLD
from tests.fakes.seasons.planting import Planted, Planter, Spot
from tests.fakes.seasons.trial import Trial, try_season

PLANTERS: tuple[Planter, ...] = (*PEOPLE, *WORLD)
PER_SEASON = 10


@dataclass(frozen=True, slots=True)
class Case:
    """One planted contradiction: of which season and planter, whether found, and blocks that are not about it."""

    seed: int
    planter: str
    planted: Planted
    found: bool
    others: tuple[str, ...]


def cases(number: int, planters: tuple[Planter, ...] = PLANTERS) -> Iterator[Case]:
    """``number`` contradictions, the planters in turn, over seasons that are clean."""
    left, turn = number, count()
    for seed in count():
        trial = try_season(seed)
        for _ in range(PER_SEASON):
            if left == 0:
                return
            case = _next(trial, planters, next(turn))
            if case is not None:
                left -= 1
                yield case


def _next(trial: Trial, planters: tuple[Planter, ...], turn: int) -> Case | None:
    planter = planters[turn % len(planters)]
    planted = planter(Spot(trial, Random(f"{trial.season.seed} {turn}")))
    return None if planted is None else judged(trial, planted, planter.__name__)


def judged(trial: Trial, planted: Planted, planter: str) -> Case:
    """What the gate makes of it. A block that the clean season has anyway is none of its own."""
    diff = trial.judged(planted.episode, planted.script)
    clean = {each.finding_id for episode, each in trial.blocks if episode == planted.episode}
    others = tuple(
        f"{each.code}: {each.message}"
        for each in blocking(diff)
        if not planted.names_it(each) and each.finding_id not in clean
    )
    return Case(trial.season.seed, planter, planted, planted.found_in(diff), others)
