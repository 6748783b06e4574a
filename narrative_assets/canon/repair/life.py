"""Repairs of the dead who act: a recording where the scene has a device, another speaker, or the scene without them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from narrative_assets.canon.repair.case import Case, Strategy, all_of
from narrative_assets.canon.repair.devices import device_of
from narrative_assets.canon.repair.edits import Draft
from narrative_assets.canon.repair.removal import is_bodily, not_empty, take_back, without_deeds, without_person
from narrative_assets.canon.repair.spans import has_words
from schemas.script import DialogueElement, Scene
from schemas.story import Claim

_MAX_DEVICE_SPEECHES = 3
"""More speeches than these in one scene are a conversation, which nobody has with a recording."""


def as_recording(case: Case) -> Iterator[Draft]:
    """The dead are heard from a device of the scene, where they say little and nobody answers them."""
    claim, scene = case.claim, case.scene
    if claim is None or scene is None:
        return
    speeches = case.on_screen(scene, claim.subject)
    device = device_of(case, scene)
    if device is None or not speeches or len(speeches) > _MAX_DEVICE_SPEECHES:
        return
    if not device.records or _is_answered(scene, speeches):
        return
    why = f"{case.called(claim.subject)} cannot be there in person; the {device.word} plays the voice."
    yield by_device(case, scene, claim.subject, device.recorded, why)


def by_another(case: Case) -> Iterator[Draft]:
    """Somebody else of the scene says the lines, and does nothing else of what the dead did."""
    claim, scene = case.claim, case.scene
    if claim is None or scene is None:
        return
    who = claim.subject
    speeches = case.on_screen(scene, who)
    for other in case.company(scene, who):
        if not speeches or not _fits(case, scene, speeches, who, other):
            continue
        why = f"{case.called(who)} is dead by then; {case.called(other)} is there and can say it."
        draft = case.draft
        for speech in speeches:
            addressed = tuple(each for each in speech.addressee_ids if each not in (who, other))
            said = speech.model_copy(
                update={"speaker_id": other, "cue": _cue(case, other, speech), "addressee_ids": addressed}
            )
            draft = draft.replace_element(scene.scene_id, speech, said, why)
            draft = _claims_of(draft, scene, speech, who, other, why)
        draft = without_deeds(case, draft, scene, who, why)
        for each in draft.scene(scene.scene_id).claims:
            if is_bodily(case, each, who):
                draft = draft.remove_claim(scene.scene_id, each, why)
        yield draft.leave_scene(scene.scene_id, who, why)


def without_the_dead(case: Case) -> Iterator[Draft]:
    """The scene goes on without them."""
    claim, scene = case.claim, case.scene
    if claim is not None and scene is not None and (_acts(claim) or claim.predicate == "located_at"):
        why = f"{case.called(claim.subject)} is dead by then and cannot be there."
        yield without_person(case, scene, claim.subject, why)


def by_device(case: Case, scene: Scene, character: str, parenthetical: str, why: str) -> Draft:
    """The character is only heard, from a device: out of the picture, out of the action."""
    draft = case.draft
    for speech in case.on_screen(scene, character):
        heard = speech.model_copy(update={"heard": "device", "parenthetical": speech.parenthetical or parenthetical})
        draft = draft.replace_element(scene.scene_id, speech, heard, why)
    draft = without_deeds(case, draft, scene, character, why)
    for each in draft.scene(scene.scene_id).claims:
        if is_bodily(case, each, character):
            heard_only = each.model_copy(update={"presence": "voice"})
            draft = draft.replace_claim(scene.scene_id, each, heard_only, why)
    return not_empty(case, draft.leave_scene(scene.scene_id, character, why), scene)


def _acts(claim: Claim) -> bool:
    return claim.predicate != "alive"


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
    if any(has_words(speech.text, name) for speech in speeches for name in (*case.names(other), *case.names(who))):
        return False
    ids = {speech.element_id for speech in speeches}
    spoken = [each for each in scene.elements if isinstance(each, DialogueElement)]
    for before, after in itertools.pairwise(spoken):
        beside = {before.element_id, after.element_id} & ids
        if len(beside) == 1 and other in (before.speaker_id, after.speaker_id):
            return False
    return not any(has_words(each.text, name) for each in spoken for name in case.names(who))


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


MENDS_LIFE: Strategy = all_of(as_recording, by_another, without_the_dead, take_back)
STRATEGIES: dict[str, Strategy] = {"dead_acting": MENDS_LIFE, "alive": all_of(take_back)}
