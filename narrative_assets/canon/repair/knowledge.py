"""Repairs of knowledge: somebody who knows tells it first, or what is relied on becomes a guess."""

from __future__ import annotations

from collections.abc import Iterator

from narrative_assets.canon.repair.case import Case, Strategy, all_of
from narrative_assets.canon.repair.edits import SOURCE, Draft
from narrative_assets.canon.repair.removal import not_empty, says, take_back, with_and_after, word_of_speaker
from narrative_assets.canon.repair.spans import without_sentences
from narrative_assets.canon.repair.wording import wording
from narrative_assets.canon.statements import plain_words
from schemas.script import DialogueElement, Scene
from schemas.story import ChangeEvent, Claim, StoryInterval, Telling, TextValue


def told_before(case: Case) -> Iterator[Draft]:
    """Somebody of the scene who knows it tells it first."""
    claim, scene = case.claim, case.scene
    if claim is None or scene is None or not isinstance(claim.object, TextValue) or claim.polarity == "denied":
        return
    for teller in case.company(scene, claim.subject):
        if not _knows(case, teller, claim, scene):
            continue
        text = wording(
            "tell", scene.scene_id,
            teller=case.called(teller), hearer=case.called(claim.subject), truth=_truth(case, claim.object.text),
        )  # fmt: skip
        why = f"{case.called(claim.subject)} needs to learn it first; {case.called(teller)} knows."
        told = [each.element_id for each in scene.elements]
        before = claim.telling.element_id if claim.telling.element_id in told else (told[0] if told else None)
        draft, element_id = case.draft.insert_action(
            scene.scene_id, before, text, why, character_ids=(teller, claim.subject)
        )
        minute = scene.story_time.earliest
        learning = Claim(
            claim_id="c",
            subject=claim.subject,
            mention=case.called(claim.subject),
            predicate="knows",
            object=claim.object,
            story_time=StoryInterval(earliest=minute, latest=minute),
            telling=Telling(episode_id=case.script.episode_id, scene_id=scene.scene_id, element_id=element_id),
            change=ChangeEvent(kind="learn", permitted_by=text[:300]),
            source=SOURCE,
        )
        yield from with_and_after(case, draft.add_claim(scene.scene_id, learning, why), scene, claim)


def a_guess(case: Case) -> Iterator[Draft]:
    """What is relied on is only believed, and a line of dialogue that says it says so."""
    claim, scene = case.claim, case.scene
    own = case.own(scene, claim) if scene and claim else None
    if own is None or scene is None or own.polarity == "denied" or own.modality not in ("shown", "narrated"):
        return
    why = f"{case.called(own.subject)} has not learned it yet and can only guess."
    guessed = own.model_copy(update={"modality": "believed", "holder": own.subject})
    draft = case.draft.replace_claim(scene.scene_id, own, guessed, why)
    for element in scene.elements:
        if isinstance(element, DialogueElement) and element.element_id == own.telling.element_id:
            text = hedged(case, element)
            raw = text + element.raw[len(element.text) :] if element.raw.startswith(element.text) else text
            draft = draft.reword(scene.scene_id, element, text, why, raw if element.raw else "")
    yield draft


def kept_secret(case: Case) -> Iterator[Draft]:
    """A truth told before its time goes untold: the claim, and the sentences that say it, spoken ones too."""
    claim, scene = case.claim, case.scene
    own = case.own(scene, claim) if scene and claim else None
    if own is None or scene is None or not isinstance(own.object, TextValue):
        return
    truth = own.object.text
    why = "It is not to be told yet."
    draft = case.draft.remove_claim(scene.scene_id, own, why)
    for element in case.telling(scene, own):
        text = without_sentences(element.text, lambda said, gone: says(said, truth))
        if text == element.text:
            continue
        draft = (
            draft.reword(scene.scene_id, element, text, why)
            if text
            else draft.remove_element(scene.scene_id, element, why)
        )
    yield not_empty(case, draft, scene)


def hedged(case: Case, speech: DialogueElement) -> str:
    """A speech with a doubt before its first sentence; a question stays one."""
    text = speech.text
    first = text.split(maxsplit=1)[0].strip('"“‘*_').rstrip(",.;:!?") if text.split() else ""
    if text.rstrip().endswith("?") or not first:
        return text
    names = {word for each in case.script.cast for word in each.name.split()}
    bare = first.split("'")[0].split("’")[0]
    keeps = bare == "I" or bare in names or (bare.isupper() and len(bare) > 1) or not first[0].isupper()
    rest = text if keeps else text[:1].lower() + text[1:]
    return wording("guess", speech.element_id, words=rest)


def _knows(case: Case, who: str, claim: Claim, scene: Scene) -> bool:
    """Whether canon, or an earlier scene, has ``who`` know it."""
    truth = plain_words(claim.object.text) if isinstance(claim.object, TextValue) else ""
    for fact in case.canon.persistent_states:
        known = fact.predicate == "knows" and fact.subject == who and fact.polarity == "affirmed"
        begun = fact.valid_from is None or fact.valid_from <= scene.story_time.earliest
        if known and begun and isinstance(fact.object, TextValue) and plain_words(fact.object.text) == truth:
            return True
    return any(
        each.subject == who
        and each.predicate == "knows"
        and each.polarity == "affirmed"
        and each.modality in ("shown", "narrated")
        and isinstance(each.object, TextValue)
        and plain_words(each.object.text) == truth
        and each.story_time.latest <= scene.story_time.earliest
        for other in case.script.scenes
        for each in other.claims
    )


def _truth(case: Case, text: str) -> str:
    """A truth as it stands behind ``that``: no ``that``, no full stop, and no capital but of a name."""
    bare = text.rstrip(" .!").removeprefix("that ")
    names = {word for each in case.script.cast for word in each.name.split()} | {"I"}
    first = bare.split(maxsplit=1)[0].split("'")[0].split("’")[0] if bare.split() else ""
    return bare if first in names or first.isupper() else bare[:1].lower() + bare[1:]


MENDS_KNOWLEDGE: Strategy = all_of(told_before, a_guess, word_of_speaker, take_back)
STRATEGIES: dict[str, Strategy] = {"knowledge": MENDS_KNOWLEDGE, "reveal": all_of(kept_secret, take_back)}
