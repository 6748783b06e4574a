"""The season as the planner sees it: which plot each episode has, which threads run, and who holds what by then.

Choosing people, props and places for an episode stands in ``casting``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from narrative_assets.writing.templates import Plot, Position, Role
from schemas.project import CastMember, Project, ProjectRule
from schemas.story import ContextPack, EntityRef, FlagValue, StoryArc, StoryThread

IMPORTED_PLOT = "imported"
PERSONAL = ("secret", "trust", "fear")
"""Kinds of thread that are about one other person, who has to be there."""


def kind_of(thread_id: str) -> str:
    """The kind of a thread: "secret" of "secret-edda" and, in the second season, of "secret2-edda"."""
    return thread_id.partition("-")[0].rstrip("0123456789")


def whose(thread_id: str) -> str:
    """Whom or what a thread is about: "edda" of "secret-edda"."""
    return thread_id.partition("-")[2]


def episode_order(episode_id: str) -> tuple[int, int]:
    """Season and number of an episode, for comparing."""
    return int(episode_id[1:3]), int(episode_id[4:])


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
        """What the episode does in the season: open a question, carry on, tell a truth, or settle."""
        closing = self.closing(episode_id)
        if "secret" in closing:
            return "finale"
        if episode_id == self.written()[-1]:
            return "farewell"
        if "own" in closing:
            return "own"
        if self.planting(episode_id) & {"secret", "want"}:
            return "opening"
        return "middle"

    def closing(self, episode_id: str) -> frozenset[str]:
        """The kinds of thread that the episode is to answer."""
        return frozenset(kind_of(t.thread_id) for t in self.threads if t.pays_off_in == episode_id)

    def due_after(self, index: int) -> frozenset[str]:
        """The kinds of thread that later episodes are to answer."""
        return frozenset(kind for episode_id in self.episode_ids[index + 1 :] for kind in self.closing(episode_id))

    def planting(self, episode_id: str) -> frozenset[str]:
        """The kinds of thread that the episode opens."""
        return frozenset(kind_of(t.thread_id) for t in self.threads if t.planted_in == episode_id)

    def partner(self, episode_id: str) -> str | None:
        """Whose secret, fear or trust is planted or paid off in the episode."""
        for thread in self.threads:
            if episode_id in (thread.planted_in, thread.pays_off_in) and kind_of(thread.thread_id) in PERSONAL:
                return whose(thread.thread_id)
        return None

    def rule_ids(self, episode_id: str) -> tuple[str, ...]:
        """The world rules that the episode asks about or settles."""
        return tuple(
            whose(t.thread_id)
            for t in self.threads
            if kind_of(t.thread_id) == "rule" and episode_id in (t.planted_in, t.pays_off_in)
        )

    def running_rules(self) -> tuple[str, ...]:
        """The world rules that the season turns on."""
        return tuple(whose(t.thread_id) for t in self.threads if kind_of(t.thread_id) == "rule")

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
