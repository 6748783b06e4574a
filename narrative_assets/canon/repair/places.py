"""Repairs of places: who cannot be there is left out, heard from a device, or the scene is told a little later."""

from __future__ import annotations

from collections.abc import Iterator

from narrative_assets.canon.repair.case import Case, Strategy, all_of
from narrative_assets.canon.repair.devices import line_of
from narrative_assets.canon.repair.edits import Draft
from narrative_assets.canon.repair.life import by_device
from narrative_assets.canon.repair.removal import can_go, is_bodily, is_seen, take_back, without_person
from narrative_assets.canon.repair.spans import with_words
from narrative_assets.canon.repair.values import right_value
from narrative_assets.canon.statements import ACTUAL
from schemas.canon import Fact
from schemas.script import ActionElement, DialogueElement, Scene
from schemas.story import Claim, EntityRef

MOST_SHIFT = 120
"""A scene moves by at most these story minutes; further, its time of day would no longer be true."""
DAY_MINUTES = 1_440


def where_the_scene_is(case: Case) -> Iterator[Draft]:
    """A claim of another place than the scene's own gives way to the heading, in its words too."""
    for claim, scene in _sides(case):
        own = case.own(scene, claim)
        here = scene.heading.place_id
        if own is None or not isinstance(own.object, EntityRef) or own.object.entity == here:
            continue
        why = f"The scene plays at {scene.heading.place_name}."
        there = case.world.name(own.object.entity)
        draft = case.draft
        for element in case.telling(scene, own) if own.telling.element_id else ():
            text = with_words(element.text, there, scene.heading.place_name)
            if text != element.text and not isinstance(element, DialogueElement):
                draft = draft.reword(scene.scene_id, element, text, why)
        if _says_it_already(scene, own):
            yield draft.remove_claim(scene.scene_id, own, why)
        else:
            put = own.model_copy(update={"object": EntityRef(entity=here)})
            yield draft.replace_claim(scene.scene_id, own, put, why)


def without_bystander(case: Case) -> Iterator[Draft]:
    """Who says and does nothing in the scene is left out of it."""
    for claim, scene in _sides(case):
        if not is_seen(case, scene, claim.subject) and case.member(claim.subject) is not None:
            yield _left_out(case, scene, claim.subject)


def another_time(case: Case) -> Iterator[Draft]:
    """A scene in which the person is needed is told as far later, or earlier, as the way takes."""
    for claim, scene in _sides(case):
        other = case.other if claim is case.claim else case.claim
        needed = is_seen(case, scene, claim.subject)
        for minutes in _shifts(case, claim, scene, other) if needed and other is not None else ():
            if _stays_in_order(case, scene, minutes):
                why = f"{case.called(claim.subject)} needs the time to get there; nothing else depends on it."
                yield case.draft.retime(scene.scene_id, minutes, why)


def by_voice(case: Case) -> Iterator[Draft]:
    """Who only speaks is heard from a device that the scene has, if somebody is there to hear it."""
    for claim, scene in _sides(case):
        device = line_of(case, scene)
        speeches = case.in_person(scene, claim.subject)
        alone = not case.company(scene, claim.subject)
        if device is None or not speeches or alone or case.deeds(scene, claim.subject):
            continue
        why = f"{case.called(claim.subject)} is elsewhere at that time and can only be heard."
        yield by_device(case, scene, claim.subject, device.said, why)


def out_of_the_scene(case: Case) -> Iterator[Draft]:
    """The scene goes on without them; the one where they do less is tried first."""
    sides = sorted(_sides(case), key=lambda side: len(case.in_person(side[1], side[0].subject)))
    for claim, scene in sides:
        if case.member(claim.subject) is not None and can_go(case, scene, claim.subject):
            yield _left_out(case, scene, claim.subject)


def _left_out(case: Case, scene: Scene, character: str) -> Draft:
    return without_person(case, scene, character, f"{case.called(character)} is elsewhere at that time.")


def _sides(case: Case) -> list[tuple[Claim, Scene]]:
    """The claims of this script that exclude each other, with their scenes; canon cannot give way."""
    sides = [(claim, case.scene_of(claim)) for claim in (case.claim, case.other) if isinstance(claim, Claim)]
    return [(claim, scene) for claim, scene in sides if scene is not None]


def _says_it_already(scene: Scene, own: Claim) -> bool:
    here = EntityRef(entity=scene.heading.place_id)
    stated = (each for each in scene.claims if each.claim_id != own.claim_id and each.predicate == own.predicate)
    return own.subject in scene.present or any(each.subject == own.subject and each.object == here for each in stated)


def _shifts(case: Case, claim: Claim, scene: Scene, other: Claim | Fact) -> Iterator[int]:
    """How many minutes later, then earlier, the scene would have to be for the way between the two places."""
    way = 0
    if isinstance(claim.object, EntityRef) and isinstance(other.object, EntityRef):
        way = case.world.minutes(other.object.entity, claim.object.entity) or 0
    if isinstance(other, Claim):
        first, last = other.story_time.earliest, other.story_time.latest
    else:
        first, last = other.valid_from or 0, other.observed_to or other.valid_to or other.valid_from or 0
    time = scene.story_time
    later, sooner = last + max(way, 1) - time.earliest, first - max(way, 1) - time.latest
    for minutes in (later, sooner):
        same_day = time.earliest // DAY_MINUTES == (time.earliest + minutes) // DAY_MINUTES
        if 0 < abs(minutes) <= MOST_SHIFT and same_day:
            yield minutes


def _stays_in_order(case: Case, scene: Scene, minutes: int) -> bool:
    """Whether the scene keeps its place among the others: what began after its end still does, and what ended
    before it still did. What has no company in time cannot depend on it.
    """
    time = scene.story_time
    if time.earliest + minutes < case.canon.story_minute <= time.earliest:
        return False
    for other in case.script.scenes:
        if other.scene_id == scene.scene_id or other.frame.kind != ACTUAL:
            continue
        if other.story_time.earliest >= time.latest and other.story_time.earliest < time.latest + minutes:
            return False
        if other.story_time.latest <= time.earliest and other.story_time.latest > time.earliest + minutes:
            return False
    return True


def denied_presence(case: Case) -> Iterator[Draft]:
    """A place denied beside one that is shown: the denial goes."""
    for claim, scene in _sides(case):
        own = case.own(scene, claim)
        if (
            own is not None
            and own.polarity == "denied"
            and not any(
                isinstance(each, ActionElement) and each.element_id == own.telling.element_id for each in scene.elements
            )
        ):
            yield case.draft.remove_claim(scene.scene_id, own, "The scene shows the person there.")


def stated_elsewhere(case: Case) -> Iterator[Draft]:
    """The one of two stated places that is not the scene's own goes."""
    for claim, scene in _sides(case):
        own = case.own(scene, claim)
        if own is not None and is_bodily(case, own, claim.subject):
            yield case.draft.remove_claim(scene.scene_id, own, "Nobody is in two places at once.")


MENDS_PLACE: Strategy = all_of(
    denied_presence,
    where_the_scene_is,
    without_bystander,
    another_time,
    by_voice,
    out_of_the_scene,
    stated_elsewhere,
    take_back,
)
STRATEGIES: dict[str, Strategy] = {
    "place": MENDS_PLACE,
    "travel": MENDS_PLACE,
    "identity": all_of(right_value, MENDS_PLACE),
}
