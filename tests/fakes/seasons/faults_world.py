"""Planters for contradictions about the world: places and ways, things, rules, events, light, secrets and threads.

Each returns None where the season gives no occasion; what it plants cannot be true of the season as told.
"""

from __future__ import annotations

from schemas.story import NarrativeFrame, StoryInterval, StoryThread
from tests.fakes.seasons.geography import VEHICLE, WEATHERS
from tests.fakes.seasons.planting import Place, Planted, Planter, Spot
from tests.fakes.seasons.telling import scene_id
from tests.fakes.seasons.truth import Said

SURE = 30
"""A story time up to so many minutes says how long something lasted; a longer one that nobody knows exactly."""


def two_places_at_once(spot: Spot) -> Planted | None:
    """Elsewhere for the whole of a scene in which they are present."""
    for place in spot.places():
        scene = place.scene
        if scene.end - scene.start <= SURE and scene.place != VEHICLE:
            who = spot.rng.choice(scene.present)
            there = spot.other(spot.trial.season.world.geography.places, scene.place) or ""
            said = Said(who, "located_at", there, (scene.start, scene.end), presence=spot.rng.choice((None, "bodily")))
            return spot.plant("place", "place", place, said)
    return None


def too_fast(spot: Spot) -> Planted | None:
    """Somewhere that the time since a scene's first minute does not suffice to reach."""
    geography = spot.trial.season.world.geography
    for place in spot.places():
        scene = place.scene
        if scene.place == VEHICLE:
            continue
        minute = scene.end + spot.rng.randint(1, 60)
        far = [there for there in geography.places if geography.minutes(scene.place, there) > minute - scene.start]
        if far:
            who = spot.rng.choice(scene.present)
            said = Said(who, "located_at", spot.rng.choice(far), (minute, minute))
            return spot.plant("travel", "place travel", place, said)
    return None


def places_in_a_dream(spot: Spot) -> Planted | None:
    """Two places at one moment of the same dream: a frame is checked against itself."""
    season = spot.trial.season
    dreams = [
        Place(episode, number, scene, scene.start)
        for episode in range(season.world.episodes)
        for number, scene in enumerate(season.scenes[episode])
        if not scene.actual
    ]
    if not dreams:
        return None
    place = spot.rng.choice(dreams)
    here, there = spot.rng.sample(season.world.geography.places, 2)
    at = (place.scene.start + 3, place.scene.start + 3)
    who = spot.people()[0]
    return spot.plant("frame", "place", place, Said(who, "located_at", here, at), Said(who, "located_at", there, at))


def misdated_frame(spot: Spot) -> Planted | None:
    """A flashback after the present it is told in, or a flash-forward before it."""
    season = spot.trial.season
    episode = spot.rng.randrange(season.world.episodes)
    script = spot.trial.scripts[episode]
    number, present = spot.rng.choice(season.actual(episode))
    kind, start = ("flashback", present.end + 5) if spot.rng.random() < 0.5 else ("flash_forward", present.start - 500)
    name = scene_id(len(script.scenes))
    told = script.scenes[number].model_copy(
        update={
            "scene_id": name,
            "claims": (),
            "elements": (),
            "frame": NarrativeFrame(kind=kind, frame_id="misdated"),
            "story_time": StoryInterval(earliest=start, latest=start + 4),
        }
    )
    scenes = (*script.scenes[: number + 1], told, *script.scenes[number + 1 :])
    changed = script.model_copy(update={"scenes": scenes})
    return Planted("frame", episode, changed, frozenset(("frame_time",)), frozenset((name,)))


def held_by_two(spot: Spot) -> Planted | None:
    for place, (_, thing), holder in spot.standing("holder"):
        other = spot.other([who for who in spot.people() if spot.lives(who, place)], holder)
        if holder is not None and other is not None and spot.lives(holder, place):
            said = Said(other, "holds", thing, (place.minute, place.minute))
            return spot.plant("possession", "holder", place, said)
    return None


def used_from_afar(spot: Spot) -> Planted | None:
    """Somebody uses what another holds, or what they have lost."""
    truth = spot.trial.season.world.truth
    for place, (_, thing), holder in spot.standing("holder"):
        if not truth.at(("exists", thing), place.minute):
            continue
        user = spot.other(spot.people(), holder)
        if holder is None:
            user = str(truth.at(("holder", thing), truth.since(("holder", thing), place.minute) - 1))
        if user in spot.trial.season.world.people and spot.lives(user, place):
            said = Said(str(user), "uses", thing, (place.minute, place.minute))
            return spot.plant("possession", "holder uses possession", place, said)
    return None


def found_by_nothing(spot: Spot) -> Planted | None:
    """Held again by who lost it, with nothing told that brought it back."""
    truth = spot.trial.season.world.truth
    for place, (_, thing), holder in spot.standing("holder"):
        if holder is None and truth.at(("exists", thing), place.minute):
            loser = truth.at(("holder", thing), truth.since(("holder", thing), place.minute) - 1)
            if loser is not None and spot.lives(loser, place):
                said = Said(str(loser), "holds", thing, (place.minute, place.minute))
                return spot.plant("possession", "holder", place, said)
    return None


def whole_again(spot: Spot) -> Planted | None:
    """A destroyed thing is held, used or simply there."""
    for place, (_, thing), exists in spot.standing("exists"):
        who, at = spot.rng.choice(place.scene.present), (place.minute, place.minute)
        if exists or not spot.lives(who, place):
            continue
        way = spot.rng.choice(("holds", "uses", "exists"))
        said = Said(thing, "exists", True, at) if way == "exists" else Said(who, way, thing, at)
        return spot.plant("destroyed", "destroyed exists holder", place, said)
    return None


def two_owners(spot: Spot) -> Planted | None:
    for place, (_, thing), owner in spot.standing("owner"):
        other = spot.other(spot.people(), owner) or ""
        return spot.plant("owner", "owner", place, Said(other, "owns", thing, (place.minute, place.minute)))
    return None


def miscounted(spot: Spot) -> Planted | None:
    for place, (_, who, unit), number in spot.standing("count"):
        wrong = int(str(number)) + spot.rng.choice((-3, -1, 1, 2, 50))
        if wrong >= 0:
            said = Said(who, "has_count", wrong, (place.minute, place.minute), unit=unit)
            return spot.plant("count", "count", place, said)
    return None


def _law(spot: Spot, sort: str) -> tuple[str, str, str, int, int | None]:
    law = next(each for each in spot.trial.season.world.laws if each.sort == sort)
    return law.deed, law.exempt, law.thing, law.at_most, law.until


def forbidden_deed(spot: Spot) -> Planted | None:
    deed, exempt, _, _, until = _law(spot, "forbidden")
    truth = spot.trial.season.world.truth
    for place in spot.places():
        who = spot.rng.choice(place.scene.present)
        repealed = truth.at(("repealed", "no_fire"), place.minute)
        if who != exempt and not repealed and (until is None or place.minute < until) and spot.lives(who, place):
            said = Said(who, "does", deed, (place.minute, place.minute))
            return spot.plant("rule: forbidden", "world_rule", place, said)
    return None


def without_the_thing(spot: Spot) -> Planted | None:
    """What demands a thing in hand is done while another holds it."""
    deed, exempt, thing, _, _ = _law(spot, "requires")
    for place, (_, held), holder in spot.standing("holder"):
        who = spot.other(place.scene.present, holder, exempt)
        if held == thing and holder is not None and who is not None and spot.lives(who, place):
            said = Said(who, "does", deed, (place.minute, place.minute))
            return spot.plant("rule: requires", "world_rule", place, said)
    return None


def unpaid(spot: Spot) -> Planted | None:
    """A deed whose price is not told, in an episode that goes on for longer than it may stay unpaid."""
    deed, exempt, _, _, _ = _law(spot, "costs")
    season = spot.trial.season
    for place in spot.places():
        who = spot.other(place.scene.present, exempt)
        paid = [
            said
            for episode in season.scenes
            for scene in episode
            for said in scene.claims
            if said.subject == who and said.value == "exhausted" and abs(said.at[0] - place.minute) < 240
        ]
        goes_on = any(scene.start > place.minute + 61 for _, scene in season.actual(place.episode))
        if who is not None and not paid and goes_on and spot.lives(who, place):
            said = Said(who, "does", deed, (place.minute, place.minute))
            return spot.plant("rule: cost", "world_rule", place, said)
    return None


def once_too_often(spot: Spot) -> Planted | None:
    deed, exempt, _, at_most, _ = _law(spot, "limit")
    for place in spot.places():
        who = spot.other(place.scene.present, exempt)
        if who is not None and spot.lives(who, place) and place.minute == place.scene.end:
            minutes = [place.minute - back for back in range(at_most, -1, -1)]
            said = [Said(who, "does", deed, (minute, minute)) for minute in minutes]
            return spot.plant("rule: limit", "world_rule", place, *said)
    return None


def _events_told(spot: Spot, place: Place) -> list[int]:
    """The events of the world whose beginning and end have been told by then, earliest first."""
    world = spot.trial.season.world
    return [
        number for number, each in enumerate(world.happenings) if world.truth.told(("event", each.id), 0, place.episode)
    ]


def _or_the_events_own(planted: Planted, *events: str) -> Planted:
    """What the episode itself tells of the events are the counterparts: any of three may be the false one."""
    told = {claim.claim_id for scene in planted.script.scenes for claim in scene.claims if claim.subject in events}
    return planted._replace(names=planted.names | told)


def wrong_order(spot: Spot) -> Planted | None:
    events = spot.trial.season.world.happenings
    for place in spot.places():
        told = _events_told(spot, place)
        if len(told) > 1:
            first, second = sorted(spot.rng.sample(told, 2))
            one, other = events[first], events[second]
            said = Said(one.id, "after", other.id, (one.begins, one.begins))
            planted = spot.plant("timeline: order", "order timeline event", place, said)
            return _or_the_events_own(planted, one.id, other.id)
    return None


def wrong_duration(spot: Spot) -> Planted | None:
    events = spot.trial.season.world.happenings
    for place in spot.places():
        for number in _events_told(spot, place):
            event = events[number]
            true = event.ends - event.begins
            wrong = true * 2 + 60 if spot.rng.random() < 0.5 else max(1, true // 3)
            said = Said(event.id, "lasts", wrong, (event.begins, event.begins), unit="minutes")
            planted = spot.plant("timeline: duration", "duration timeline event lasts", place, said)
            return _or_the_events_own(planted, event.id)
    return None


def missed_deadline(spot: Spot) -> Planted | None:
    events = spot.trial.season.world.happenings
    for place in spot.places():
        for number in _events_told(spot, place):
            event = events[number]
            due = event.ends - spot.rng.randint(10, 25)
            said = Said(event.id, "due_by", due, (event.begins, event.begins), unit="minute")
            planted = spot.plant("timeline: deadline", "deadline timeline event due", place, said)
            return _or_the_events_own(planted, event.id)
    return None


def not_exhausted(spot: Spot) -> Planted | None:
    """A state denied in the minute in which it is told."""
    for place in spot.places():
        for told in place.scene.claims:
            if told.predicate == "state" and told.value == "exhausted":
                return spot.plant(
                    "state", "state", place, Said(told.subject, "state", told.value, told.at, polarity="denied")
                )
    return None


def other_sky(spot: Spot) -> Planted | None:
    """Other light or weather over a place in a scene that tells it."""
    for place in spot.places():
        told = [
            each
            for each in place.scene.claims
            if each.predicate in ("light", "weather") and each.at[1] - each.at[0] <= SURE
        ]
        if told:
            one = spot.rng.choice(told)
            stock = WEATHERS if one.predicate == "weather" else ("day", "night")
            other = spot.other(stock, one.value) or ""
            at = (one.at[0], one.at[1]) if spot.rng.random() < 0.5 else (place.scene.start + 2, place.scene.start + 3)
            said = Said(one.subject, one.predicate, other, at)
            return spot.plant("light, weather", "light weather", place, said)
    return None


def told_too_soon(spot: Spot) -> Planted | None:
    """What is kept until an episode is shown or said before it."""
    for place in spot.places():
        for key in spot.keys("truth"):
            if spot.trial.season.world.reveals[key] > place.episode:
                secret = f"the lost heir of {key[1]}"
                said = Said(key[1], "state", secret, (place.minute, place.minute))
                return spot.plant("reveal", "reveal", place, said)
    return None


def closed_thread(spot: Spot) -> Planted | None:
    """A thread that is closed or was never opened is opened, touched or closed."""
    season = spot.trial.season
    for place in spot.places():
        script = spot.trial.scripts[place.episode]
        closed = [name for name, (_, last) in season.threads.items() if last is not None and last < place.episode]
        name = spot.rng.choice(closed) if closed else "nobodys_question"
        field = spot.rng.choice(("threads_opened", "threads_touched", "threads_closed"))
        if not closed and field == "threads_opened":
            continue
        new = StoryThread(thread_id=name, question="Who knows?") if field == "threads_opened" else name
        changed = script.model_copy(update={field: (*getattr(script, field), new)})
        return Planted("thread", place.episode, changed, frozenset(("thread",)), frozenset((name,)), "warn")
    return None


def overdue_thread(spot: Spot) -> Planted | None:
    """A thread is left open in the last episode that may close it."""
    ends = [(last, name) for name, (_, last) in spot.trial.season.threads.items() if last is not None]
    if not ends:
        return None
    episode, name = spot.rng.choice(ends)
    script = spot.trial.scripts[episode]
    changed = script.model_copy(
        update={"threads_closed": tuple(each for each in script.threads_closed if each != name)}
    )
    return Planted("thread", episode, changed, frozenset(("thread",)), frozenset((name,)), "warn")


WORLD: tuple[Planter, ...] = (
    two_places_at_once, too_fast, places_in_a_dream, misdated_frame, held_by_two, used_from_afar, found_by_nothing,
    whole_again, two_owners, miscounted, forbidden_deed, without_the_thing, unpaid, once_too_often, wrong_order,
    wrong_duration, missed_deadline, not_exhausted, other_sky, told_too_soon, closed_thread, overdue_thread,
)  # fmt: skip
