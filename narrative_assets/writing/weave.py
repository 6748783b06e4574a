"""The threads of a season: which questions run, where each is planted, and where it is answered or carried over.

Which plots tell them is the business of ``arc``; what is said of them on the way, of ``touches``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from narrative_assets.writing.season import first_state, lead, rules_of
from narrative_assets.writing.seeding import shuffled
from narrative_assets.writing.templates import threads
from narrative_assets.writing.wording import afraid_phrase, fill, rule_sentence, short_name, want_phrase
from schemas.project import CastMember, Project
from schemas.story import StoryThread

EPISODES_PER_SECRET = 3
MOST_SECRETS = 3
LONG_SEASON = 8
"""From so many written episodes on a season has threads that open and close inside it, and one that outlives it."""
GRACE = 2
"""How many episodes later than planned a question may be answered."""
_TRUST, _FEAR = (0.15, 0.45), (0.25, 0.65)
_SECOND_RULE, _OWN = 0.55, 0.7
"""Where in a long season threads are planted and answered, from 0 to 1."""


def season_threads(project: Project, season: int) -> tuple[StoryThread, ...]:
    """The season's questions in the order they are planted, each with the last episode that may answer it."""
    written = [
        entry.id
        for entry in sorted(project.episodes, key=lambda entry: int(entry.id[4:]))
        if int(entry.id[1:3]) == season and entry.screenplay is None
    ]
    hero = lead(project, first_state(project))
    if not written or hero is None:
        return ()
    found = [*_Loom(project, season, hero, written).threads()]
    return tuple(sorted(found, key=lambda thread: thread.planted_in or ""))


class _Loom:
    """Gives each thread its place; no two that need a partner of their own meet in an episode."""

    def __init__(self, project: Project, season: int, hero: CastMember, written: list[str]) -> None:
        self._project, self._season, self._hero, self._written = project, season, hero, written
        self._count = len(written)
        self._taken = {0, self._count - 1}

    def threads(self) -> Iterator[StoryThread]:
        """What the lead wants, what rules cost, who hides what, who will be friends, and what lasts beyond."""
        last, hero, slots = self._count - 1, self._hero, self._slots()
        long = self._count >= LONG_SEASON
        yield self._thread("want", hero.id, slots, 0, last)
        yield from self._secrets(slots)
        yield from self._carried(slots)
        yield from self._rules(slots, long)
        if long:
            yield from self._people(slots)
            if hero.secret.strip():
                planted = self._free(_OWN)
                yield self._thread("own", hero.id, slots, planted, None)

    def _slots(self) -> dict[str, str]:
        return {"a": short_name(self._hero), "a_want": want_phrase(self._hero)}

    def _thread(self, kind: str, who: str, slots: dict[str, str], planted: int, paid: int | None) -> StoryThread:
        """A thread planted and paid off at these places; with no payoff it is carried over into the next season."""
        number = "" if self._season == 1 else str(self._season)
        due = None if paid is None else self._written[min(paid + GRACE, self._count - 1)]
        return StoryThread(
            thread_id=f"{kind}{number}-{who}"[:64],
            question=fill(threads().questions[kind], slots)[:300],
            planted_in=self._written[planted],
            pays_off_in=None if paid is None else self._written[paid],
            due_by=due,
            carried_over=paid is None,
        )

    def _secrets(self, slots: dict[str, str]) -> Iterator[StoryThread]:
        keepers = secret_keepers(self._project, self._season, self._hero)
        spans = [_span(self._count, len(keepers), number) for number in range(len(keepers))]
        self._taken.update(place for span in spans for place in span)
        for keeper, (planted, paid) in zip(keepers, spans, strict=True):
            yield self._thread("secret", keeper.id, slots | {"s": short_name(keeper)}, planted, paid)

    def _rules(self, slots: dict[str, str], long: bool) -> Iterator[StoryThread]:
        """One rule for a short season; a long one settles the first half-way and tries another after it."""
        rules = shuffled(rules_of(self._project), self._project, "season-rule", self._season)
        midpoint = self._free(0.5) if long and len(rules) > 1 else self._count - 1
        yield self._thread("rule", rules[0].id, slots | {"rule": rule_sentence(rules[0])}, 0, midpoint)
        if long and len(rules) > 1:
            second = slots | {"rule": rule_sentence(rules[1])}
            yield self._thread("rule", rules[1].id, second, self._free(_SECOND_RULE), self._count - 1)

    def _people(self, slots: dict[str, str]) -> Iterator[StoryThread]:
        """Whether two will be on one side, and whether somebody will get past a fear."""
        others = [m for m in self._project.cast if m.id != self._hero.id and m.role != "crowd"]
        rivals = sorted(shuffled(others, self._project, "trust", self._season), key=lambda m: m.role != "rival")
        for member in rivals[:1] if len(others) > 1 else []:
            planted = self._free(_TRUST[0])
            paid = self._free(_TRUST[1], planted)
            yield self._thread("trust", member.id, slots | {"s": short_name(member)}, planted, paid)
        timid = [m for m in shuffled(others, self._project, "fear", self._season) if m.fear.strip()]
        for member in [m for m in timid if m not in rivals[:1]][:1]:
            planted = self._free(_FEAR[0])
            paid = self._free(_FEAR[1], planted)
            named = slots | {"s": short_name(member), "s_afraid": afraid_phrase(member)}
            yield self._thread("fear", member.id, named, planted, paid)

    def _carried(self, slots: dict[str, str]) -> Iterator[StoryThread]:
        """What the season before left open on purpose, answered here where there is room, else carried on."""
        if self._season == 1:
            return
        for thread in season_threads(self._project, self._season - 1):
            if thread.carried_over:
                paid = self._free(0.4) if self._count > 2 else None
                due = None if paid is None else self._written[min(paid + GRACE, self._count - 1)]
                answered = None if paid is None else self._written[paid]
                update = {"pays_off_in": answered, "due_by": due, "carried_over": paid is None}
                yield thread.model_copy(update=update)

    def _free(self, share: float, after: int = -1) -> int:
        """The free place nearest to a share of the season and later than ``after``, which is then taken."""
        wanted = round(share * (self._count - 1))
        free = [place for place in range(after + 1, self._count) if place not in self._taken]
        free = free or [min(max(wanted, after + 1), self._count - 1)]
        chosen = min(free, key=lambda place: (abs(place - wanted), place))
        self._taken.add(chosen)
        return chosen


def secret_keepers(project: Project, season: int, hero: CastMember) -> list[CastMember]:
    """Whose secrets come out this season, in seeded order: written ones before others, none of an earlier season."""
    others = [member for member in project.cast if member.id != hero.id and member.role != "crowd"]
    others = others or [member for member in project.cast if member.id != hero.id]
    order = shuffled(others, project, "secrets")
    order = [member for member in order if member.secret.strip()] or order[:1]
    told = sum(_secrets(project, earlier, len(order)) for earlier in range(1, season))
    return order[told : told + _secrets(project, season, len(order))]


def _secrets(project: Project, season: int, keepers: int) -> int:
    """How many secrets a season has room for; those there are last for all the seasons that are written."""
    lengths = Counter(int(entry.id[1:3]) for entry in project.episodes if entry.screenplay is None)
    share = -(-keepers // max(1, len(lengths)))
    return min(MOST_SECRETS, share, max(1, lengths[season] // EPISODES_PER_SECRET)) if lengths[season] else 0


def _span(episodes: int, secrets: int, number: int) -> tuple[int, int]:
    """Where secret ``number`` is planted and paid off: the first spans the season, the others follow inside it."""
    if number == 0:
        return 0, episodes - 1
    stretch = episodes / secrets
    planted = round((number - 1) * stretch) + 1
    return planted, min(max(planted + 1, round(number * stretch)), episodes - 2)
