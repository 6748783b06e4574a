"""Casting an episode: who plays which role of its plot, with which prop, under which rule, and where.

Pure in project, season, index and state, so that an earlier episode's casting can be made again to recall it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from narrative_assets.writing.season import (
    IMPORTED_PLOT,
    Season,
    State,
    actors,
    lead,
    prop_moves,
    rules_of,
)
from narrative_assets.writing.seeding import shuffled
from narrative_assets.writing.templates import Plot, Role, TemplateBeat, plots
from narrative_assets.writing.wording import (
    afraid_phrase,
    at_place,
    cost_clause,
    detail_phrase,
    pronouns,
    prop_name,
    rule_sentence,
    secret_phrase,
    short_name,
    want_phrase,
)
from schemas.project import CastMember, Place, Project, ProjectRule, Prop


@dataclass(frozen=True)
class Casting:
    """The fillers of a plot in one episode. ``turns`` is the detail each beat shows of its place."""

    plot: Plot
    people: dict[Role, CastMember]
    prop: Prop | None
    rule: ProjectRule
    places: dict[str, Place]
    turns: dict[str, int]
    finale: bool
    round: int

    def place(self, beat: TemplateBeat) -> Place:
        """Where a beat happens."""
        return self.places[beat.at]

    def present(self, beat: TemplateBeat) -> tuple[CastMember, ...]:
        """Who is there, lead first; roles that this episode does not fill are left out."""
        return tuple(member for role, member in self.people.items() if role in beat.present)

    def slots(self, beat: TemplateBeat, deadline: str = "dark") -> dict[str, str]:
        """The fillers of a beat's templates. ``deadline`` is "dark" or "dawn"."""
        slots = {"prop": prop_name(self.prop), "rule": rule_sentence(self.rule), "cost": cost_clause(self.rule)}
        for role in ("a", "b", "c"):
            slots |= role_slots(role, self.people.get(role, self.people["b"]))
        for key, place in self.places.items():
            slots |= {f"p{key}": place_phrase(place), f"at_p{key}": at_place(place)}
        here = self.place(beat)
        slots |= {"place": place_phrase(here), "at_place": at_place(here), "deadline": deadline}
        return slots | {"detail": detail_phrase(here, self.turns.get(beat.id, 0))}


def place_phrase(place: Place) -> str:
    """The place's name inside a sentence."""
    return at_place(place).split(" ", 1)[1]


@functools.lru_cache(maxsize=4_096)
def role_slots(role: str, member: CastMember) -> Mapping[str, str]:
    """The slots of one role: the name, its pronouns, and what the character wants, fears and hides."""
    forms = {f"{role}_{form}": word for form, word in pronouns(member).items()}
    return forms | {
        role: short_name(member),
        f"{role}_want": want_phrase(member),
        f"{role}_afraid": afraid_phrase(member),
        f"{role}_secret": secret_phrase(member, first_person=True),
        f"{role}_secret_told": secret_phrase(member, first_person=False),
    }


def cast_plot(project: Project, season: Season, index: int, state: State, plot: Plot) -> Casting | None:
    """The casting of ``plot`` as episode ``index`` of the season, or None where it cannot be cast."""
    available = _available(project, season, index, state)
    first = lead(project, state)
    if first is None or not plot.cast_min <= len(available) <= plot.cast_max:
        return None
    salt = (season.number, index, plot.id)
    prop, keeper = _prop(project, state, plot, first, available, salt)
    if plot.prop_start is not None and project.props and prop is None:
        return None
    people = _people(project, season, index, state, plot, first, keeper, available)
    if people is None:
        return None
    places = _places(project, state, plot, salt)
    if not places:
        return None
    return Casting(
        plot=plot,
        people=people,
        prop=prop,
        rule=_rule(project, season, index, salt),
        places=places,
        turns=_turns(plot, places, state),
        finale=season.episode_ids[index] == season.written()[-1],
        round=season.uses(plot.id, index) + season.number - 1,
    )


def foresee(project: Project, season: Season, until: int, start: State) -> tuple[State, dict[str, Casting]]:
    """The state before episode ``until``, and the castings of the episodes before it, as planned from ``start``."""
    state, castings = start, {}
    for index, episode_id in enumerate(season.episode_ids[:until]):
        plot = plots().get(season.plots.get(episode_id, IMPORTED_PLOT))
        casting = cast_plot(project, season, index, state, plot) if plot else None
        if casting is not None:
            castings[episode_id] = casting
            state = state_after(state, casting)
    return state, castings


def state_after(state: State, casting: Casting) -> State:
    """The state after an episode with this casting."""
    people = casting.people
    moves = prop_moves(casting.plot)
    holders = {casting.prop.id: people[moves[-1]].id} if casting.prop and moves else {}
    used = [f"{role}:{member.id}" for role, member in people.items()]
    used += [f"at:{casting.place(beat).id}" for beat in casting.plot.beats]
    return state.after(holders, used)


def _available(project: Project, season: Season, index: int, state: State) -> list[CastMember]:
    """Who can appear: nobody comes before the episode in which a stranger arrives."""
    arrival = next((i for i, e in enumerate(season.episode_ids) if season.plots.get(e) == "stranger"), -1)
    return [m for m in actors(project, state) if m.role != "stranger" or index >= arrival]


def _prop(
    project: Project,
    state: State,
    plot: Plot,
    first: CastMember,
    available: list[CastMember],
    salt: tuple[str | int, ...],
) -> tuple[Prop | None, str | None]:
    """A prop that lies where the plot needs it, and who holds it when that is somebody else than the lead."""
    if plot.prop_start is None:
        return None, None
    able = {member.id for member in available} - {first.id}
    for prop in shuffled(project.props, project, "prop", *salt):
        holder = state.holders.get(prop.id)
        fits = {"none": holder is None, "a": holder in (None, first.id), "b": holder is None or holder in able}
        if fits[plot.prop_start]:
            return prop, holder if plot.prop_start == "b" else None
    return None, None


def _people(
    project: Project,
    season: Season,
    index: int,
    state: State,
    plot: Plot,
    first: CastMember,
    keeper: str | None,
    available: list[CastMember],
) -> dict[Role, CastMember] | None:
    others = [member for member in available if member.id != first.id]
    episode_id = season.episode_ids[index]
    wanted = season.partner(episode_id) or keeper
    chosen = [m for m in others if m.id == wanted] or _ranked(project, state, plot, "b", others, episode_id)
    if keeper is not None and chosen and chosen[0].id != keeper:
        return None
    if not chosen or (plot.b_role is not None and chosen[0].role != plot.b_role):
        return None
    people: dict[Role, CastMember] = {"a": first, "b": chosen[0]}
    rest = [member for member in others if member.id != chosen[0].id]
    if any("c" in beat.present for beat in plot.beats) and rest:
        people["c"] = _ranked(project, state, plot, "c", rest, episode_id)[0]
    return people


def _ranked(
    project: Project, state: State, plot: Plot, role: Role, members: list[CastMember], episode_id: str
) -> list[CastMember]:
    """Candidates for a role: the least used first, then those whose part in the story suits it."""
    suited = plot.roles.get(role, ())
    order = shuffled(members, project, "role", role, plot.id, episode_id)

    def rank(member: CastMember) -> tuple[int, int]:
        place = suited.index(member.role) if member.role in suited else len(suited)
        return state.count(f"{role}:{member.id}"), place

    return sorted(order, key=rank)


def _rule(project: Project, season: Season, index: int, salt: tuple[str | int, ...]) -> ProjectRule:
    """The rule that the episode opens or settles; in between those that the season does not turn on come first."""
    rules = rules_of(project)
    asked = season.rule_ids(season.episode_ids[index])
    if asked:
        return next((rule for rule in rules if rule.id == asked[-1]), rules[0])
    running = season.running_rules()
    order = shuffled(rules, project, "rule", *salt)
    return min(order, key=lambda rule: rule.id in running[:1])


def _places(project: Project, state: State, plot: Plot, salt: tuple[str | int, ...]) -> dict[str, Place]:
    """A place for each of the plot's keys: of the right kind, not used twice in the plot, seldom used before."""
    places: dict[str, Place] = {}
    for key, kind in sorted(plot.places.items(), key=lambda entry: (entry[1] == "any", entry[0])):
        order = shuffled(project.places, project, "place", key, *salt)
        if not order:
            return {}

        def rank(place: Place, kind: str = kind) -> tuple[bool, bool, int]:
            misfit = kind != "any" and place.interior != (kind == "in")
            return misfit, any(place.id == p.id for p in places.values()), state.count(f"at:{place.id}")

        places[key] = min(order, key=rank)
    return places


def _turns(plot: Plot, places: dict[str, Place], state: State) -> dict[str, int]:
    """Which detail of its place each beat shows: the next one at every visit."""
    seen: dict[str, int] = {}
    turns: dict[str, int] = {}
    for beat in plot.beats:
        place = places[beat.at].id
        turns[beat.id] = state.count(f"at:{place}") + seen.get(place, 0)
        seen[place] = seen.get(place, 0) + 1
    return turns
