"""Repairs of possession: a hand-over, a find, another thing of the kind, or the scene without the thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from narrative_assets.canon.repair.case import Case, Strategy, all_of
from narrative_assets.canon.repair.edits import SOURCE, Draft
from narrative_assets.canon.repair.removal import take_back, thing_words, with_and_after, without_text
from narrative_assets.canon.repair.spans import has_name, has_words, with_words, without_sentences
from narrative_assets.canon.repair.wording import wording
from narrative_assets.canon.statements import ACTUAL
from schemas.script import ActionElement, Scene
from schemas.story import ChangeEvent, Claim, EntityRef, FlagValue, StoryInterval, Telling

_PREDICATES = ("holds", "uses", "owns")


def handed_over(case: Case) -> Iterator[Draft]:
    """Who has the thing gives it to who needs it, in a scene where both are, as late as it can be."""
    claim, scene, thing = _of(case)
    other = case.other
    if claim is None or scene is None or other is None or other.subject in (claim.subject, thing):
        return
    if isinstance(other.object, FlagValue):
        return
    giver, taker = other.subject, claim.subject
    for at in _scenes_before(case, scene):
        if {giver, taker} <= set(case.company(at)):
            text = wording(
                "hand_over", at.scene_id, giver=case.called(giver), taker=case.called(taker), thing=the(case, thing)
            )
            why = f"{case.called(giver)} has {the(case, thing)}; it needs to change hands before."
            draft = _event(case, scene, at, claim, thing, "transfer", text, (giver, taker), why)
            yield from with_and_after(case, draft, scene, claim)


def found_again(case: Case) -> Iterator[Draft]:
    """What somebody has lost, they find."""
    claim, scene, thing = _of(case)
    other = case.other
    if claim is None or scene is None or other is None or other.subject != claim.subject:
        return
    if claim.subject in case.company(scene):
        text = wording("find_again", scene.scene_id, finder=case.called(claim.subject), thing=the(case, thing))
        why = f"{case.called(claim.subject)} has lost {the(case, thing)}; it needs to turn up before."
        draft = _event(case, scene, scene, claim, thing, "return", text, (claim.subject,), why)
        yield from with_and_after(case, draft, scene, claim)


def another_thing(case: Case) -> Iterator[Draft]:
    """A thing of the same kind that nobody else has does as well."""
    claim, scene, thing = _of(case)
    own = case.own(scene, claim) if scene and claim else None
    if own is None or scene is None:
        return
    kind = case.world.name(thing).split()[-1].casefold()
    for each in case.canon.things:
        if each.thing_id == thing or each.name.split()[-1].casefold() != kind:
            continue
        holders = [
            fact.subject
            for fact in case.canon.persistent_states
            if fact.predicate == "holds" and fact.object == EntityRef(entity=each.thing_id) and fact.valid_to is None
        ]
        if any(holder != own.subject for holder in holders):
            continue
        why = f"{case.world.name(thing)} is not to be had; {each.name} is."
        put = own.model_copy(update={"object": EntityRef(entity=each.thing_id)})
        draft = case.draft.replace_claim(scene.scene_id, own, put, why)
        for element in case.telling(scene, own):
            if isinstance(element, ActionElement):
                props = tuple(each.thing_id if prop == thing else prop for prop in element.props)
                text = with_words(element.text, case.world.name(thing), each.name.lower())
                put_element = element.model_copy(update={"text": text, "props": props})
                draft = draft.replace_element(scene.scene_id, element, put_element, why)
        yield draft


def without_the_thing(case: Case) -> Iterator[Draft]:
    """The claim goes, with the sentences that put the thing into the wrong hands, and the prop of its lines."""
    claim, scene, thing = _of(case)
    own = case.own(scene, claim) if scene and claim else None
    if own is None or scene is None:
        return
    why = f"{case.called(own.subject)} cannot have {the(case, thing)} there."
    draft = case.draft.remove_claim(scene.scene_id, own, why)
    words = thing_words(case, thing)
    for element in case.telling(scene, own):
        if not isinstance(element, ActionElement):
            continue
        text = without_sentences(
            element.text,
            lambda said, gone: (
                any(has_words(said, word) for word in words)
                and any(has_name(said, name) for name in case.names(own.subject, scene))
            ),
        )
        gone = not any(has_words(text, word) for word in words)
        props = tuple(prop for prop in element.props if prop != thing) if gone else element.props
        if not text:
            draft = without_text(draft, scene.scene_id, element, text, why)
        else:
            kept = element.model_copy(update={"text": text, "props": props})
            draft = draft.replace_element(scene.scene_id, element, kept, why)
    yield draft


def out_of_reach(case: Case) -> Iterator[Draft]:
    """Where somebody uses what lies elsewhere, and the finding is told of where they are: the use is mended."""
    claim, scene, other = case.claim, case.scene, case.other
    if claim is None or scene is None or other is None or {claim.predicate, other.predicate} != {"located_at"}:
        return
    pair = {claim.subject, other.subject}
    uses = [
        own
        for each in (scene, *case.script.scenes)
        for own in each.claims
        if own.predicate in _PREDICATES
        and isinstance(own.object, EntityRef)
        and {own.subject, own.object.entity} == pair
    ]
    for own in uses:
        yield from _MENDS_USE(replace(case, judgement=case.judgement.model_copy(update={"claim": own})))


def the(case: Case, thing: str) -> str:
    """A thing as a sentence names it: ``the brass key``."""
    name = case.world.name(thing).replace("_", " ")
    first = name.split()[0]
    if first.casefold() in ("the", "a", "an"):
        return name[:1].lower() + name[1:]
    if first.endswith(("'s", "’s", "s'", "s’")):
        return name
    return f"the {name if name[1:2].isupper() else name[:1].lower() + name[1:]}"


def _of(case: Case) -> tuple[Claim | None, Scene | None, str]:
    claim = case.claim
    thing = claim.object.entity if claim is not None and isinstance(claim.object, EntityRef) else ""
    fits = claim is not None and claim.predicate in _PREDICATES and claim.polarity == "affirmed"
    return (claim, case.scene, thing) if fits else (None, None, thing)


def _scenes_before(case: Case, scene: Scene) -> list[Scene]:
    """The scene itself, then those of the same reality before it, the last first."""
    place = case.script.scenes.index(scene)
    before = [each for each in case.script.scenes[:place] if each.frame.kind == ACTUAL]
    earlier = [each for each in before if each.story_time.latest <= scene.story_time.earliest]
    return [scene, *reversed(earlier)] if scene.frame.kind == ACTUAL else []


def _event(
    case: Case,
    scene: Scene,
    at: Scene,
    claim: Claim,
    thing: str,
    kind: str,
    text: str,
    people: tuple[str, ...],
    why: str,
) -> Draft:
    """An action line with the claim of the change: before the telling in the scene itself, else at a scene's end."""
    before, minute = None, at.story_time.latest
    if at.scene_id == scene.scene_id:
        told = [each.element_id for each in scene.elements]
        before = claim.telling.element_id if claim.telling.element_id in told else (told[0] if told else None)
        minute = at.story_time.earliest
    draft, element_id = case.draft.insert_action(at.scene_id, before, text, why, character_ids=people, props=(thing,))
    change = Claim(
        claim_id="c",
        subject=claim.subject,
        mention=case.called(claim.subject),
        predicate="holds",
        object=EntityRef(entity=thing),
        story_time=StoryInterval(earliest=minute, latest=minute),
        telling=Telling(episode_id=case.script.episode_id, scene_id=at.scene_id, element_id=element_id),
        presence="bodily",
        change=ChangeEvent.model_validate({"kind": kind, "permitted_by": text[:300]}),
        source=SOURCE,
    )
    return draft.add_claim(at.scene_id, change, why)


_MENDS_USE: Strategy = all_of(another_thing, without_the_thing)
MENDS_POSSESSION: Strategy = all_of(handed_over, found_again, another_thing, without_the_thing, out_of_reach, take_back)
STRATEGIES: dict[str, Strategy] = dict.fromkeys(("holder", "destroyed", "owner", "lost"), MENDS_POSSESSION)
