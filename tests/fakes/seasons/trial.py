"""A season judged as the product judges one: episode by episode, each on the canon that the ones before it made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from narrative_assets.canon import RuleBook, apply_diff, blocking, initial_canon, propose_diff, rules_of
from schemas.canon import Canon, CanonDiff, Judgement
from schemas.script import Script
from tests.fakes.seasons.founding import episode_id
from tests.fakes.seasons.season import Season, live
from tests.fakes.seasons.telling import script_of

HASH = "0" * 64


@dataclass(slots=True)
class Trial:
    """A clean season under judgement: the canon before each episode, its script, and what was found in it."""

    season: Season
    rules: RuleBook
    canons: list[Canon]
    scripts: list[Script]
    blocks: list[tuple[int, Judgement]]

    def judged(self, episode: int, script: Script) -> CanonDiff:
        """What the gate says of another script of an episode."""
        return propose_diff(self.canons[episode], script, HASH, HASH, rules=self.rules)


def try_season(seed: int) -> Trial:
    """Live, tell and judge the season of a seed."""
    season = live(seed)
    project = season.world.project()
    canon = initial_canon(project, episode_id(0))
    trial = Trial(season, rules_of(project), [], [], [])
    for episode in range(season.world.episodes):
        script = script_of(season, episode)
        trial.canons.append(canon)
        trial.scripts.append(script)
        diff = trial.judged(episode, script)
        trial.blocks += [(episode, block) for block in blocking(diff)]
        canon = apply_diff(canon, diff, episode_id(episode + 1))
    return trial


def trials(seeds: range) -> Iterator[Trial]:
    for seed in seeds:
        yield try_season(seed)
