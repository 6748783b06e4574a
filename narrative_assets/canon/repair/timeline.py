"""Repairs of time and telling: memories re-dated, first times that are not, and threads that cannot close."""

from __future__ import annotations

import re
from collections.abc import Iterator

from narrative_assets.canon.repair.case import Case, Strategy, all_of
from narrative_assets.canon.repair.edits import Draft, moved
from narrative_assets.canon.repair.removal import take_back, word_of_speaker
from narrative_assets.canon.statements import ACTUAL
from schemas.script import DialogueElement
from schemas.story import Claim, NarrativeFrame, StoryInterval

DAY_MINUTES = 1_440
_FIRST_TIME = re.compile(
    r",?\s*\b(?:for (?:the|her|his|their|its) (?:very )?first time(?: in (?:her|his|their|its|my) life)?|for once)\b,?"
    r"|\b(?:my|his|her|their) first\b(?= time)",
    re.IGNORECASE,
)
_THREAD_FIELDS = ("threads_opened", "threads_touched", "threads_closed")


def another_date(case: Case) -> Iterator[Draft]:
    """A memory or a vision keeps its hour and moves by whole days to the side where it belongs."""
    claim = case.claim
    for scene in case.script.scenes:
        if claim is None and scene.frame.kind != ACTUAL and f"scene {scene.scene_id} " in case.judgement.message:
            for minutes in _days(scene.frame, scene.story_time, case):
                yield case.draft.retime(scene.scene_id, minutes, _why(scene.frame))
    scene_of_claim = case.scene
    own = case.own(scene_of_claim, claim) if scene_of_claim and claim else None
    if own is None or scene_of_claim is None:
        return
    for minutes in _days(own.frame, own.story_time, case):
        put = own.model_copy(update={"story_time": moved(own.story_time, minutes)})
        yield case.draft.replace_claim(scene_of_claim.scene_id, own, put, _why(own.frame))


def told_as_present(case: Case) -> Iterator[Draft]:
    """A memory that cannot be one is told as what happens."""
    for scene in case.script.scenes:
        if case.claim is None and scene.frame.kind != ACTUAL and f"scene {scene.scene_id} " in case.judgement.message:
            yield case.draft.with_scene(
                scene.scene_id,
                "heading",
                "Its date is that of the story's present.",
                f"frame: {scene.frame.kind}",
                f"frame: {ACTUAL}",
                frame=NarrativeFrame(),
            )


def not_the_first(case: Case) -> Iterator[Draft]:
    """The deed stays, but it is not called the first."""
    claim, scene = case.claim, case.scene
    own = case.own(scene, claim) if scene and claim else None
    if own is None or scene is None:
        return
    why = "It has happened before."
    draft = case.draft.replace_claim(scene.scene_id, own, own.model_copy(update={"predicate": "does"}), why)
    for element in case.telling(scene, own):
        text = without_first_time(element.text)
        if text != element.text:
            raw = without_first_time(element.raw) if isinstance(element, DialogueElement) else None
            draft = draft.reword(scene.scene_id, element, text, why, raw)
    yield draft


def without_first_time(text: str) -> str:
    """``text`` without ``for the first time`` and its like."""
    plain = _FIRST_TIME.sub("", text).strip()
    return plain[:1].upper() + plain[1:] if plain != text else text


def thread_left_alone(case: Case) -> Iterator[Draft]:
    """A thread that the script may not open, touch or close is left out of the list that names it."""
    named = set(re.findall(r"['‘“\"]([a-z0-9][a-z0-9_-]*)['’”\"]", case.judgement.message))
    for field in reversed(_THREAD_FIELDS):
        threads = getattr(case.script, field)
        kept = tuple(each for each in threads if getattr(each, "thread_id", each) not in named)
        if len(kept) < len(threads):
            gone = ", ".join(sorted(named & {getattr(each, "thread_id", each) for each in threads}))
            why = "Canon has the thread in another state."
            yield case.draft.with_threads(field, kept, f"{field}: {gone}", why)


def another_hour(case: Case) -> Iterator[Draft]:
    """An event that comes too early or too late is dated right behind, or before, what it depends on."""
    claim, scene, other = case.claim, case.scene, case.other
    own = case.own(scene, claim) if scene and claim else None
    if own is None or scene is None or not isinstance(other, Claim):
        return
    for minutes in (
        other.story_time.latest + 1 - own.story_time.earliest,
        other.story_time.earliest - 1 - own.story_time.latest,
    ):
        inside = moved(own.story_time, minutes)
        if minutes and scene.story_time.earliest <= inside.earliest <= inside.latest <= scene.story_time.latest:
            put = own.model_copy(update={"story_time": inside})
            yield case.draft.replace_claim(scene.scene_id, own, put, "The order of events asks for it.")


def _days(frame: NarrativeFrame, time: StoryInterval, case: Case) -> Iterator[int]:
    """Whole days that bring a framed time to its side of every present of the script, the fewest first."""
    presents = [scene.story_time for scene in case.script.scenes if scene.frame.kind == ACTUAL] or [time]
    if frame.kind == "flashback":
        limits = sorted({each.earliest - time.latest for each in presents}, reverse=True)
        days = [-(-limit // DAY_MINUTES) if limit > 0 else limit // DAY_MINUTES for limit in limits]
    else:
        limits = sorted({each.latest - time.earliest for each in presents})
        days = [-(-limit // DAY_MINUTES) for limit in limits]
    yield from (number * DAY_MINUTES for number in dict.fromkeys(days) if number)


def _why(frame: NarrativeFrame) -> str:
    what, side = ("flashback", "before") if frame.kind == "flashback" else ("flash-forward", "after")
    return f"A {what} lies {side} the present that it is told in."


MENDS_TIME: Strategy = all_of(another_hour, word_of_speaker, take_back)
STRATEGIES: dict[str, Strategy] = {
    "frame_time": all_of(another_date, told_as_present, take_back),
    "first_time": all_of(not_the_first, word_of_speaker, take_back),
    "thread": all_of(thread_left_alone),
    "timeline": MENDS_TIME,
}
