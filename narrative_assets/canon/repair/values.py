"""Repairs of values: a name, an age, a colour, a count as canon has it, in the claim and in the words that tell it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from narrative_assets.canon.names import TITLES
from narrative_assets.canon.repair.case import Case, Strategy, all_of
from narrative_assets.canon.repair.edits import Draft, Worded
from narrative_assets.canon.repair.removal import take_back, word_of_speaker
from narrative_assets.canon.repair.spans import has_name, has_words, with_number, with_words
from schemas.canon import Fact
from schemas.script import DialogueElement, Script, TransitionElement
from schemas.story import Claim, NumberValue, TextValue, Value

YEAR_MINUTES = 525_600
_LOOKS = ("eyes", "hair")


def right_value(case: Case) -> Iterator[Draft]:
    """Canon's value in the claim, in its words and, for names and ages, in the cast list."""
    claim, scene = case.claim, case.scene
    if claim is None:
        return
    for value in _values(case, claim):
        if value == claim.object:
            continue
        draft = _in_cast(case, case.draft, claim, value)
        if scene is not None:
            own = case.own(scene, claim)
            draft = _in_words(case, draft, claim, value)
            if own is not None:
                put = own.model_copy(update={"object": value, "mention": _put(own.mention, claim, value)})
                draft = draft.replace_claim(scene.scene_id, own, put, _why(case, claim, value))
        elif claim.predicate == "name":
            draft = _everywhere(draft, case.script, claim, value)
        if draft.changes:
            yield draft


def _values(case: Case, claim: Claim) -> Iterator[Value]:
    """The values that the other side allows, the likeliest first."""
    other = case.other
    if other is None or other.polarity != "affirmed":
        return
    if claim.predicate == "age" and isinstance(claim.object, NumberValue):
        for years in _ages(claim, other):
            yield NumberValue(number=years, unit=claim.object.unit)
    elif (other.predicate, other.subject, type(other.object)) == (claim.predicate, claim.subject, type(claim.object)):
        yield other.object


def _ages(claim: Claim, other: Claim | Fact) -> Iterator[int]:
    """Completed years at the time of the claim, as the other age or birth gives them."""
    value = other.object
    if not isinstance(value, NumberValue):
        return
    now = claim.story_time.earliest
    if other.predicate == "born":
        years = (now - value.number) // YEAR_MINUTES
    else:
        told = other.story_time.earliest if isinstance(other, Claim) else other.valid_from
        years = value.number + ((now - (told or 0)) // YEAR_MINUTES)
    yield from (each for each in (years, years + 1, years - 1) if each >= 0)


def _in_words(case: Case, draft: Draft, claim: Claim, value: Value) -> Draft:
    scene = draft.scene(claim.telling.scene_id or "")
    for element in case.telling(scene, claim):
        draft = _reworded(draft, scene.scene_id, element, claim, value, _why(case, claim, value))
    if claim.predicate in _LOOKS and isinstance(claim.object, TextValue):
        draft = _looks(case, draft, claim, claim.object, value)
    return draft


def _looks(case: Case, draft: Draft, claim: Claim, old: TextValue, value: Value) -> Draft:
    """Brown eyes are spoken of elsewhere in the scene too; the words change where they are nobody else's."""
    scene = draft.scene(claim.telling.scene_id or "")
    others = [name for who in case.company(scene, claim.subject) for name in case.names(who, scene)]
    for element in scene.elements:
        if isinstance(element, TransitionElement) or any(has_name(element.text, name) for name in others):
            continue
        if has_words(element.text, f"{old.text} {claim.predicate}"):
            draft = _reworded(draft, scene.scene_id, element, claim, value, _why(case, claim, value))
    return draft


def _reworded(draft: Draft, scene_id: str, element: Worded, claim: Claim, value: Value, why: str) -> Draft:
    text = _put(element.text, claim, value)
    if text == element.text:
        return draft
    raw = _put(element.raw, claim, value) if isinstance(element, DialogueElement) else None
    return draft.reword(scene_id, element, text, why, raw)


def _put(text: str, claim: Claim, value: Value) -> str:
    """``text`` with the claim's value as ``value``, where it stands there as whole words."""
    old = claim.object
    if isinstance(old, NumberValue) and isinstance(value, NumberValue):
        return with_number(text, old.number, value.number, age=claim.predicate == "age")
    if not isinstance(old, TextValue) or not isinstance(value, TextValue):
        return text
    if claim.predicate != "name":
        plain = value.text if value.text.isupper() else value.text[:1].lower() + value.text[1:]
        return with_words(text, old.text, plain)
    for was, is_ in _name_parts(old.text, value.text):
        text = with_words(text, was, is_, named=True)
    return text


def _name_parts(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The full name, then each part of it that differs; parts pair off only between names of one length."""
    yield old, new
    was, is_ = old.split(), new.split()
    if len(was) == len(is_):
        yield from (pair for pair in zip(was, is_, strict=True) if pair[0] != pair[1])
        return
    bare_was, bare_is = ([word for word in words if word.strip(".").casefold() not in TITLES] for words in (was, is_))
    if bare_was and bare_is and bare_was[0] != bare_is[0]:
        yield bare_was[0], bare_is[0]


def _in_cast(case: Case, draft: Draft, claim: Claim, value: Value) -> Draft:
    member = case.member(claim.subject)
    why = _why(case, claim, value)
    if member is None:
        return draft
    put: dict[str, Any] = {}
    if claim.predicate == "age" and isinstance(value, NumberValue) and claim.object == _years(member.age_years):
        put = {"age_years": value.number}
    elif claim.predicate == "name" and isinstance(value, TextValue) and claim.object == TextValue(text=member.name):
        put = {"name": value.text}
    description = _put(member.description, claim, value)
    if description != member.description:
        put["description"] = description
    return draft.with_cast(member.character_id, why, **put) if put else draft


def _years(age: int | None) -> NumberValue | None:
    return None if age is None else NumberValue(number=age, unit="years")


def _everywhere(draft: Draft, script: Script, claim: Claim, value: Value) -> Draft:
    """A name of the cast list stands in cues, in every line and in the mentions of claims."""
    why = "The cast list has the name that canon gives."
    for scene in script.scenes:
        for element in scene.elements:
            if isinstance(element, TransitionElement):
                continue
            put = element.model_copy(update={"text": _put(element.text, claim, value)})
            if isinstance(put, DialogueElement):
                update = {"raw": _put(put.raw, claim, value)}
                if put.speaker_id == claim.subject:
                    update["cue"] = _put(put.cue, claim, value)
                put = put.model_copy(update=update)
            draft = draft.replace_element(scene.scene_id, element, put, why)
        for own in scene.claims:
            mention = own.model_copy(update={"mention": _put(own.mention, claim, value)})
            draft = draft.replace_claim(scene.scene_id, own, mention, why)
    return draft


def _why(case: Case, claim: Claim, value: Value) -> str:
    plain = value.model_dump()
    said = plain.get("text") or " ".join(str(part) for part in plain.values())
    listed = isinstance(case.other, Claim) and case.other.claim_id.startswith("cast:")
    word = "Canon has" if isinstance(case.other, Fact) else "The cast has" if listed else "The story so far has"
    return f"{word} {case.world.name(claim.subject)}'s {claim.predicate.replace('_', ' ')} as {said}."


MENDS_VALUE: Strategy = all_of(right_value, word_of_speaker, take_back)
"""Canon's value; else the speaker's own word; else the claim and its sentence taken back."""

_VALUES = (
    "name",
    "age",
    "birth",
    "count",
    "eyes",
    "hair",
    "wears",
    "appearance",
    "state",
    "light",
    "weather",
    "quantity",
)
STRATEGIES: dict[str, Strategy] = dict.fromkeys(_VALUES, MENDS_VALUE)
