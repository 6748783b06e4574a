"""Repairs that take something back: a claim with its sentence, a person with their lines; and hedges.

They are what is left where nothing smaller fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from narrative_assets.canon.repair.case import Case
from narrative_assets.canon.repair.edits import Draft, Worded
from narrative_assets.canon.repair.people import action_without, unaddressed
from narrative_assets.canon.repair.spans import has_name, has_words, without_sentences
from narrative_assets.canon.repair.wording import wording
from schemas.script import ActionElement, DialogueElement, Scene, SignElement
from schemas.story import Claim, EntityRef, FlagValue, NumberValue, TextValue

MOMENT = 3
"""So many lines of one person a scene can always spare."""
CARRYING = 4
"""Words of so many letters carry what a sentence says; shorter ones hold it together."""
_PRONOUNS = {
    "she": ("she", "her"),
    "he": ("he", "him", "his"),
    "they": ("they", "them", "their"),
    "it": ("it", "its"),
}
_DEEDS = ("does", "first_time", "can")
MIRRORED = ("acts", "located_at")
"""Claims that only say what the scene itself shows: taking one back would leave what it says in the picture."""


def word_of_speaker(case: Case) -> Iterator[Draft]:
    """What a line of dialogue tells becomes its speaker's word: it may be wrong, and no word is changed."""
    claim, scene = case.claim, case.scene
    own = case.own(scene, claim) if scene and claim else None
    if scene is None or own is None:
        return
    for element in scene.elements:
        if isinstance(element, DialogueElement) and element.element_id == own.telling.element_id:
            said = own.model_copy(update={"modality": "said", "holder": element.speaker_id})
            yield case.draft.replace_claim(scene.scene_id, own, said, "A character says so; the story does not.")


def take_back(case: Case) -> Iterator[Draft]:
    """The claim goes, and so do the sentences of action that tell it."""
    claim, scene = case.claim, case.scene
    own = case.own(scene, claim) if scene and claim else None
    if scene is None or own is None or (own.predicate in MIRRORED and is_seen(case, scene, own.subject)):
        return
    draft = case.draft.remove_claim(scene.scene_id, own, "It cannot be true beside what stands against it.")
    of_them = partial(_goes_on, case, own)
    for element in case.telling(scene, own):
        if isinstance(element, ActionElement | SignElement):
            text = without_sentences(
                element.text, lambda said, gone: _tells(case, own, said) or (gone and of_them(said))
            )
            draft = without_text(draft, scene.scene_id, element, text, "It tells what cannot be true.")
    yield not_empty(case, draft, scene)


def without_person(case: Case, scene: Scene, character: str, why: str) -> Draft:
    """The scene without the character: lines, deeds, presence and what only they could have told."""
    draft = without_deeds(case, case.draft, scene, character, why)
    for speech in case.in_person(scene, character):
        draft = draft.remove_element(scene.scene_id, speech, why)
    for claim in draft.scene(scene.scene_id).claims:
        if is_bodily(case, claim, character) or (claim.subject == character and claim.change is not None):
            draft = draft.remove_claim(scene.scene_id, claim, why)
    draft = _nobody_spoken_to(case, draft, scene, character)
    return not_empty(case, draft.leave_scene(scene.scene_id, character, why), scene)


def can_go(case: Case, scene: Scene, character: str) -> bool:
    """Whether the scene can do without the character: most of it is about others, or it is but a moment,
    nobody talks with them, and nothing else is told by what would go.
    """
    gone: list[Worded] = [*case.in_person(scene, character), *_lost(case, scene, character)]
    told = {element.element_id for element in gone}
    if any(claim.telling.element_id in told and not is_bodily(case, claim, character) for claim in scene.claims):
        return False
    own = len(gone)
    to_them = [
        each
        for each in scene.elements
        if isinstance(each, DialogueElement) and each.speaker_id != character and each.addressee_ids == (character,)
    ]
    if case.is_lead(character) or len(to_them) > 1:
        return False
    return own <= MOMENT or 4 * own <= len(scene.elements)


def without_deeds(case: Case, draft: Draft, scene: Scene, character: str, why: str) -> Draft:
    """The scene's action without what the character is or does in it."""
    for element in scene.elements:
        if isinstance(element, ActionElement) and element in case.deeds(scene, character):
            text = action_without(case, scene, element, character)
            ids = tuple(each for each in element.character_ids if each != character)
            if text:
                kept = element.model_copy(update={"text": text, "character_ids": ids})
                draft = draft.replace_element(scene.scene_id, element, kept, why)
            else:
                draft = draft.remove_element(scene.scene_id, element, why)
    return draft


def _lost(case: Case, scene: Scene, character: str) -> list[ActionElement]:
    return [each for each in case.deeds(scene, character) if not action_without(case, scene, each, character)]


def _nobody_spoken_to(case: Case, draft: Draft, scene: Scene, character: str) -> Draft:
    """What others say is no longer said to somebody who is not there."""
    why = f"{case.called(character)} is not there to be spoken to."
    for element in draft.scene(scene.scene_id).elements:
        if isinstance(element, DialogueElement):
            names = case.names(character, scene)
            put = element.model_copy(
                update={
                    "text": unaddressed(element.text, names) or element.text,
                    "raw": unaddressed(element.raw, names),
                    "addressee_ids": tuple(each for each in element.addressee_ids if each != character),
                }
            )
            draft = draft.replace_element(scene.scene_id, element, put, why)
    return draft


def without_text(draft: Draft, scene_id: str, element: ActionElement | SignElement, text: str, why: str) -> Draft:
    """The element with what is left of its words; an element without words goes."""
    if text == element.text:
        return draft
    return draft.reword(scene_id, element, text, why) if text else draft.remove_element(scene_id, element, why)


def with_and_after(case: Case, draft: Draft, scene: Scene, claim: Claim) -> Iterator[Draft]:
    """The draft, and the draft with the claim a minute later than what was put before it at the scene's first."""
    yield draft
    own, time = case.own(scene, claim), claim.story_time
    if own is not None and scene.story_time.earliest == time.earliest < time.latest:
        later = time.model_copy(update={"earliest": time.earliest + 1})
        put = own.model_copy(update={"story_time": later})
        yield draft.replace_claim(scene.scene_id, own, put, "It comes after what makes it possible.")


def not_empty(case: Case, draft: Draft, scene: Scene) -> Draft:
    """A scene that had something to see and lost all of it shows its place."""
    if draft.scene(scene.scene_id).elements or not scene.elements:
        return draft
    text = wording("empty_place", scene.scene_id, place=scene.heading.place_name)
    return draft.insert_action(scene.scene_id, None, text, "Nothing else is left to see in the scene.")[0]


def is_seen(case: Case, scene: Scene, character: str) -> bool:
    """Whether the scene's own words have the character say or do something there."""
    return bool(case.in_person(scene, character) or case.deeds(scene, character))


def is_bodily(case: Case, claim: Claim, character: str) -> bool:
    """Whether the claim needs the character there in person."""
    rule = case.rules.get(claim.predicate)
    bodily = rule is not None and rule.bodily
    return claim.subject == character and claim.presence in (None, "bodily") and (bodily or claim.presence is not None)


def _tells(case: Case, claim: Claim, sentence: str) -> bool:
    """Whether a sentence names whom the claim is about, and its value."""
    value = claim.object
    about = any(has_name(sentence, name) for name in (*case.names(claim.subject), case.world.name(claim.subject)))
    if isinstance(value, TextValue) and claim.predicate in _DEEDS:
        carrying, told = _carried(sentence, value.text)
        return about and 0 < carrying == told
    if isinstance(value, TextValue):
        return says(sentence, value.text)
    if isinstance(value, NumberValue):
        return about and has_words(sentence, str(value.number))
    if isinstance(value, EntityRef):
        return about and any(
            has_words(sentence, name) for name in (case.world.name(value.entity), *thing_words(case, value.entity))
        )
    return isinstance(value, FlagValue) and claim.telling.element_id is not None and about


def _goes_on(case: Case, claim: Claim, sentence: str) -> bool:
    """Whether a sentence behind that of a death goes on about the dead with a pronoun."""
    member = case.member(claim.subject)
    if claim.predicate != "alive" or member is None:
        return False
    return any(has_words(sentence, pronoun) for pronoun in _PRONOUNS[member.pronouns])


def says(sentence: str, truth: str) -> bool:
    """Whether a sentence says a truth: in its words, or with most of the words that carry it."""
    carrying, told = _carried(sentence, truth)
    return has_words(sentence, truth) or (told > 1 and 3 * told >= 2 * carrying)


def _carried(sentence: str, truth: str) -> tuple[int, int]:
    """How many words carry the truth, and how many of them the sentence has, whatever their ending."""
    carrying = {word.rstrip("s") for word in _words(truth) if len(word) >= CARRYING}
    told = {stem for stem in carrying if any(word.startswith(stem) for word in _words(sentence))}
    return len(carrying), len(told)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'’]+", text.casefold())


def thing_words(case: Case, entity: str) -> list[str]:
    """The words by which prose may call a thing: its name, and the last word of it."""
    name = case.world.name(entity).replace("_", " ")
    return [name, name.split()[-1]]
