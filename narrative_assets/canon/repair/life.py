"""Repairs of the dead who act: a recording where the scene has a device, another speaker, or the scene without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from narrative_assets.canon.repair.case import Case, Strategy, all_of
from narrative_assets.canon.repair.devices import recorder_of
from narrative_assets.canon.repair.edits import Draft
from narrative_assets.canon.repair.removal import (
    can_go,
    is_bodily,
    is_seen,
    not_empty,
    take_back,
    without_deeds,
    without_person,
    word_of_speaker,
)
from narrative_assets.canon.repair.spans import has_name
from narrative_assets.canon.repair.values import right_value
from narrative_assets.canon.statements import ACTUAL
from schemas.script import DialogueElement, Scene
from schemas.story import Claim, NarrativeFrame, StoryInterval

MOST_RECORDED = 3
"""More speeches than these in one scene are a conversation, which nobody has with a recording."""
DAY_MINUTES = 1_440
_OWN_LIFE = re.compile(r"\b(?:I|me|my|mine|myself)\b")
"""What somebody says of their own life is nobody else's line."""


def silent_once_dead(case: Case) -> Iterator[Draft]:
    """Who dies in the scene says nothing after it: somebody else says it, or nobody."""
    claims = [each for each in (case.claim, case.other) if isinstance(each, Claim)]
    death = next((each for each in claims if each.predicate == "alive"), None)
    scene = case.scene_of(death)
    if death is None or scene is None:
        return
    order = [each.element_id for each in scene.elements]
    if death.telling.element_id not in order:
        return
    later = set(order[order.index(death.telling.element_id) + 1 :])
    speeches = [each for each in case.in_person(scene, death.subject) if each.element_id in later]
    if not speeches:
        return
    yield from _given_away(case, scene, death.subject, speeches)
    draft = case.draft
    for speech in speeches:
        draft = draft.remove_element(scene.scene_id, speech, f"{case.called(death.subject)} is dead by then.")
    yield draft


def later_death(case: Case) -> Iterator[Draft]:
    """A death that the script tells only after the deed, and dates before it, happens where it is told; or it is not
    told at all.
    """
    death, scene, deed = case.other, case.scene, case.claim
    if not isinstance(death, Claim) or deed is None or scene is None or death.predicate != "alive":
        return
    told_in = case.scene_of(death)
    own = case.own(told_in, death) if told_in else None
    if told_in is None or own is None or case.script.scenes.index(told_in) <= case.script.scenes.index(scene):
        return
    end = told_in.story_time.latest
    if end > own.story_time.latest:
        put = own.model_copy(update={"story_time": StoryInterval(earliest=end, latest=end)})
        why = f"{case.called(own.subject)} still acts before; the death happens where it is told."
        yield case.draft.replace_claim(told_in.scene_id, own, put, why)
    yield from take_back(replace(case, judgement=case.judgement.model_copy(update={"claim": death})))


def as_recording(case: Case) -> Iterator[Draft]:
    """The dead are heard from a recording that the scene has, where they say little and nobody answers them."""
    claim, scene = case.claim, case.scene
    if claim is None or scene is None:
        return
    speeches = case.in_person(scene, claim.subject)
    device = recorder_of(case, scene)
    if device is None or not speeches or len(speeches) > MOST_RECORDED or _is_answered(scene, speeches):
        return
    why = f"{case.called(claim.subject)} cannot be there in person; the {device.word} plays the voice."
    yield by_device(case, scene, claim.subject, device.said, why)


def by_another(case: Case) -> Iterator[Draft]:
    """Somebody else of the scene says the lines, and does nothing else of what the dead did."""
    claim, scene = case.claim, case.scene
    if claim is None or scene is None:
        return
    who = claim.subject
    why = f"{case.called(who)} is dead by then."
    for given in _given_away(case, scene, who, case.in_person(scene, who)):
        draft = without_deeds(case, given, scene, who, why)
        for each in draft.scene(scene.scene_id).claims:
            if is_bodily(case, each, who):
                draft = draft.remove_claim(scene.scene_id, each, why)
        yield draft.leave_scene(scene.scene_id, who, why)


def without_the_dead(case: Case) -> Iterator[Draft]:
    """The scene goes on without them, where it can."""
    claim, scene = case.claim, case.scene
    if claim is None or scene is None or claim.predicate == "alive" or not can_go(case, scene, claim.subject):
        return
    seen = is_seen(case, scene, claim.subject)
    if case.company(scene, claim.subject) or not seen:
        yield _gone(case, scene, claim.subject)


def as_memory(case: Case) -> Iterator[Draft]:
    """A scene that is theirs is told as a memory of a time before the death, if it changes nothing."""
    claim, scene, other = case.claim, case.scene, case.other
    if claim is None or scene is None or other is None or other.predicate != "alive":
        return
    is_the_end = len(case.script.scenes) > 2 and scene is case.script.scenes[-1]
    if case.is_lead(claim.subject) or is_the_end:
        return
    alone = not any(each.frame.kind == ACTUAL and each is not scene for each in case.script.scenes)
    if alone or scene.frame.kind != ACTUAL or any(each.change for each in scene.claims):
        return
    died = other.story_time.earliest if isinstance(other, Claim) else other.valid_from
    if died is None:
        return
    days = -(-(scene.story_time.latest - died) // DAY_MINUTES)
    why = f"{case.called(claim.subject)} is dead by then; the scene is told as a memory."
    draft = case.draft.retime(scene.scene_id, -DAY_MINUTES * max(days, 1), why)
    raw = scene.heading.raw
    heading = scene.heading.model_copy(update={"raw": raw if "FLASHBACK" in raw else f"{raw} (FLASHBACK)"[:300]})
    frame = NarrativeFrame(kind="flashback", frame_id=f"memory_{scene.scene_id}".replace(".", "_")[:64])
    yield draft.with_scene(scene.scene_id, "heading", why, before=raw, after=heading.raw, heading=heading, frame=frame)


def without_all_of_it(case: Case) -> Iterator[Draft]:
    """A moment that is theirs alone is left out, and the scene shows its place."""
    claim, scene = case.claim, case.scene
    if claim is not None and scene is not None and claim.predicate != "alive" and can_go(case, scene, claim.subject):
        yield _gone(case, scene, claim.subject)


def by_device(case: Case, scene: Scene, character: str, parenthetical: str, why: str) -> Draft:
    """The character is only heard, from a device: out of the picture, out of the action."""
    draft = case.draft
    for speech in case.in_person(scene, character):
        heard = speech.model_copy(update={"heard": "device", "parenthetical": speech.parenthetical or parenthetical})
        draft = draft.replace_element(scene.scene_id, speech, heard, why)
    draft = without_deeds(case, draft, scene, character, why)
    for each in draft.scene(scene.scene_id).claims:
        if is_bodily(case, each, character):
            heard_only = each.model_copy(update={"presence": "voice"})
            draft = draft.replace_claim(scene.scene_id, each, heard_only, why)
    return not_empty(case, draft.leave_scene(scene.scene_id, character, why), scene)


def before_birth(case: Case) -> Iterator[Draft]:
    """Who is not born yet is not in the scene."""
    claim, scene = case.claim, case.scene
    if claim is not None and scene is not None and claim.predicate != "born" and can_go(case, scene, claim.subject):
        why = f"{case.called(claim.subject)} is not born yet."
        yield without_person(case, scene, claim.subject, why)


def taken_back(case: Case) -> Iterator[Draft]:
    """The claim goes where the scene does not show the person at all."""
    claim, scene = case.claim, case.scene
    if (
        claim is not None
        and scene is not None
        and (claim.predicate == "alive" or not is_seen(case, scene, claim.subject))
    ):
        yield from take_back(case)


def _gone(case: Case, scene: Scene, character: str) -> Draft:
    return without_person(case, scene, character, f"{case.called(character)} is dead by then and cannot be there.")


def _given_away(case: Case, scene: Scene, who: str, speeches: list[DialogueElement]) -> Iterator[Draft]:
    """The speeches said by each of the others of the scene who can say them."""
    for other in case.company(scene, who):
        if not speeches or not _fits(case, scene, speeches, who, other):
            continue
        why = f"{case.called(who)} is dead by then; {case.called(other)} is there and can say it."
        draft = case.draft
        for speech in speeches:
            addressed = tuple(each for each in speech.addressee_ids if each != who)
            said = speech.model_copy(
                update={"speaker_id": other, "cue": _cue(case, other, speech), "addressee_ids": addressed}
            )
            draft = draft.replace_element(scene.scene_id, speech, said, why)
            draft = _claims_of(draft, scene, speech, who, other, why)
        yield draft


def _is_answered(scene: Scene, speeches: list[DialogueElement]) -> bool:
    """Whether somebody speaks to the dead: they are addressed in the scene."""
    dead = speeches[0].speaker_id
    return any(
        isinstance(each, DialogueElement) and each.speaker_id != dead and dead in each.addressee_ids
        for each in scene.elements
    )


def _fits(case: Case, scene: Scene, speeches: list[DialogueElement], who: str, other: str) -> bool:
    """Whether ``other`` can say the lines: of one kind, not spoken to by name, and not answering themselves."""
    if case.world.species(who) != case.world.species(other):
        return False
    if any(_OWN_LIFE.search(speech.text) for speech in speeches):
        return False
    if any(
        has_name(speech.text, name)
        for speech in speeches
        for name in (*case.names(other, scene), *case.names(who, scene))
    ):
        return False
    ids = {speech.element_id for speech in speeches}
    if any(other in speech.addressee_ids for speech in speeches):
        return False
    if any(each.telling.element_id in ids and each.subject == who and each.holder != who for each in scene.claims):
        return False
    spoken = [each for each in scene.elements if isinstance(each, DialogueElement)]
    for before, after in pairwise(spoken):
        beside = {before.element_id, after.element_id} & ids
        if len(beside) == 1 and other in (before.speaker_id, after.speaker_id):
            return False
    return not any(has_name(each.text, name) for each in spoken for name in case.names(who, scene))


def _cue(case: Case, other: str, speech: DialogueElement) -> str:
    """The cue under which the script has ``other`` speak, else their name in the case of the one before."""
    for scene in case.script.scenes:
        for each in case.speeches(scene, other):
            return each.cue
    name = case.called(other)
    return name.upper() if speech.cue.isupper() else name


def _claims_of(draft: Draft, scene: Scene, speech: DialogueElement, who: str, other: str, why: str) -> Draft:
    """What the speech tells as the speaker's word is the other's word."""
    for claim in scene.claims:
        if claim.telling.element_id == speech.element_id and claim.holder == who:
            draft = draft.replace_claim(scene.scene_id, claim, claim.model_copy(update={"holder": other}), why)
    return draft


MENDS_LIFE: Strategy = all_of(
    silent_once_dead, later_death, as_recording, by_another, without_the_dead, as_memory, without_all_of_it, taken_back
)
STRATEGIES: dict[str, Strategy] = {
    "dead_acting": MENDS_LIFE,
    "alive": take_back,
    "birth": all_of(right_value, before_birth, word_of_speaker, take_back),
}
