"""The season as the planner sees it: which plot each episode has, which threads run, and who holds what by then.

Choosing people, props and places for an episode stands in ``casting``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from narrative_assets.writing.templates import Plot, Position, Role
from schemas.project import CastMember, Project, ProjectRule
from schemas.story import ContextPack, EntityRef, FlagValue, StoryArc, StoryThread

IMPORTED_PLOT = "imported"


@dataclass(frozen=True)
class Season:
    """A season's order: episode ids, the plot of each as far as chosen, and its threads."""

    number: int
    episode_ids: tuple[str, ...]
    plots: dict[str, str]
    threads: tuple[StoryThread, ...]

    def index(self, episode_id: str) -> int:
        """The episode's place in the season, counted from 0."""
        return self.episode_ids.index(episode_id)

    def written(self) -> tuple[str, ...]:
        """The episodes that are written from templates, in order."""
        return tuple(e for e in self.episode_ids if self.plots.get(e) != IMPORTED_PLOT)

    def position(self, episode_id: str) -> Position:
        """Whether the episode opens something, carries on, or settles something."""
        if any(t.pays_off_in == episode_id for t in self.threads) or episode_id == self.written()[-1]:
            return "finale"
        if any(t.planted_in == episode_id for t in self.threads):
            return "opening"
        return "middle"

    def secret_keeper(self, episode_id: str) -> str | None:
        """Whose secret is planted or paid off in the episode."""
        for thread in self.threads:
            if episode_id in (thread.planted_in, thread.pays_off_in) and thread.thread_id.startswith("secret-"):
                return thread.thread_id.removeprefix("secret-")
        return None

    def rule_id(self) -> str | None:
        """The world rule that the season turns on."""
        found = (t.thread_id.removeprefix("rule-") for t in self.threads if t.thread_id.startswith("rule-"))
        return next(found, None)

    def uses(self, plot: str, before: int) -> int:
        """How often the plot was used before the episode at index ``before``."""
        return sum(self.plots.get(e) == plot for e in self.episode_ids[:before])


def season_of(arc: StoryArc) -> Season:
    """The season that an arc describes."""
    return Season(
        number=arc.season,
        episode_ids=tuple(episode.episode_id for episode in arc.episodes),
        plots={episode.episode_id: episode.plot for episode in arc.episodes},
        threads=arc.threads,
    )


@dataclass(frozen=True)
class State:
    """What casting depends on: who holds which prop, who is dead, and how often people and places were used."""

    holders: dict[str, str]
    dead: frozenset[str] = frozenset()
    used: dict[str, int] = field(default_factory=dict)

    def count(self, key: str) -> int:
        """How often something was used: ``b:<id>``, ``c:<id>`` or ``at:<place>``."""
        return self.used.get(key, 0)

    def after(self, holders: dict[str, str], used: list[str]) -> State:
        """The state after an episode with these new holders that used these keys."""
        counts = dict(self.used)
        for key in used:
            counts[key] = counts.get(key, 0) + 1
        return replace(self, holders={**self.holders, **holders}, used=counts)


def first_state(project: Project) -> State:
    """The state before the season: props with the holders that the project gives them."""
    return State(holders={prop.id: prop.holder for prop in project.props if prop.holder is not None})


def corrected(state: State, context: ContextPack) -> State:
    """The state with what the context says of holders and deaths in place of what was foreseen."""
    holders = dict(state.holders)
    dead = set(state.dead)
    for item in context.facts:
        if item.subject is None:
            continue
        if item.predicate == "holds" and isinstance(item.value, EntityRef):
            holders[item.value.entity] = item.subject
        elif item.predicate == "alive" and isinstance(item.value, FlagValue) and not item.value.flag:
            dead.add(item.subject)
    return replace(state, holders=holders, dead=frozenset(dead))


def actors(project: Project, state: State) -> list[CastMember]:
    """The living who can carry a scene; the crowd only where nobody else is left."""
    living = [member for member in project.cast if member.id not in state.dead]
    named = [member for member in living if member.role != "crowd"]
    return named if len(named) > 1 else living


def lead(project: Project, state: State) -> CastMember | None:
    """Who leads: the first protagonist alive, else the first of the cast alive."""
    living = actors(project, state)
    return next((member for member in living if member.role == "protagonist"), living[0] if living else None)


def rules_of(project: Project) -> tuple[ProjectRule, ...]:
    """The project's world rules, or one house rule where it has none."""
    return project.world_rules or (ProjectRule(id="house", statement="", cost=""),)


def prop_moves(plot: Plot) -> list[Role]:
    """The roles into whose hands the plot's prop passes, in order."""
    return [beat.move_to for beat in plot.beats if beat.move_to is not None]
