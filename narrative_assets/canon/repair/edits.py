"""Drafts: a script with what was changed in it so far. Every change of a segment is made and logged here.

Which change mends what is the business of the families of strategies beside this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from narrative_assets.canon.repair.spans import quoting
from narrative_assets.canon.words import date
from schemas.base import Part
from schemas.canonical import content_hash
from schemas.repair import RepairChange
from schemas.script import ActionElement, DialogueElement, Element, Scene, Script, SignElement
from schemas.story import Claim, SourceSpan, StoryInterval, TextValue

SOURCE = SourceSpan(document="continuity repair")
Action = Literal["rewritten", "removed", "added"]
Segment = Literal["dialogue", "action", "sign", "heading", "summary", "presence", "claim", "cast", "thread"]
Worded = ActionElement | DialogueElement | SignElement
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """A script on its way to agreeing with canon: each step returns another draft, its changes logged."""

    script: Script
    code: str
    finding_id: str
    changes: tuple[RepairChange, ...] = ()

    def scene(self, scene_id: str) -> Scene:
        """The scene of that id. Raises KeyError where there is none."""
        for scene in self.script.scenes:
            if scene.scene_id == scene_id:
                return scene
        raise KeyError(scene_id)

    def reword(self, scene_id: str, element: Worded, text: str, why: str, raw: str | None = None) -> Draft:
        """The draft with other words in one element; a speech's ``raw`` follows, where given."""
        update: dict[str, Any] = {"text": text}
        if isinstance(element, DialogueElement):
            update["raw"] = text if raw is None else raw
        return self.replace_element(scene_id, element, element.model_copy(update=update), why)

    def replace_element(self, scene_id: str, old: Worded, new: Worded, why: str) -> Draft:
        """The draft with ``new`` in the place of ``old``; nothing changes where they are the same."""
        if new == old:
            return self
        scene = self.scene(scene_id)
        elements = tuple(new if each.element_id == old.element_id else each for each in scene.elements)
        before, after = _difference(old, new)
        draft = self._with(scene, {"elements": elements})._log(
            "rewritten", old.type, scene_id, why, element_id=old.element_id, before=before, after=after
        )
        return draft._retold(scene_id, old.text, new.text)

    def remove_element(self, scene_id: str, element: Worded, why: str) -> Draft:
        """The draft without one element, without what it alone told, and with no speech left paired to it."""
        scene = self.scene(scene_id)
        elements = tuple(each for each in scene.elements if each.element_id != element.element_id)
        draft = self._with(scene, {"elements": elements})._log(
            "removed", element.type, scene_id, why, element_id=element.element_id, before=element.text
        )
        for other in elements:
            if isinstance(other, DialogueElement) and other.dual_with == element.element_id:
                alone = other.model_copy(update={"dual_with": None})
                draft = draft.replace_element(scene_id, other, alone, "The speech it was spoken with is gone.")
        for claim in scene.claims:
            if claim.telling.element_id == element.element_id:
                draft = draft.remove_claim(scene_id, claim, "What told of it is gone.")
        return draft._retold(scene_id, element.text, "")

    def insert_action(
        self,
        scene_id: str,
        before: str | None,
        text: str,
        why: str,
        *,
        character_ids: Iterable[str] = (),
        props: Iterable[str] = (),
    ) -> tuple[Draft, str]:
        """The draft with an action line before the element ``before`` (None: at the end), and the line's id."""
        scene = self.scene(scene_id)
        element_id = self._fresh(scene_id, [text, before], "r")
        line = ActionElement(
            element_id=element_id, text=text, character_ids=tuple(character_ids), props=tuple(props), source=SOURCE
        )
        elements: list[Element] = []
        for each in scene.elements:
            if each.element_id == before:
                elements.append(line)
            elements.append(each)
        if before is None:
            elements.append(line)
        draft = self._with(scene, {"elements": tuple(elements)})
        return draft._log("added", "action", scene_id, why, element_id=element_id, after=text), element_id

    def replace_claim(self, scene_id: str, old: Claim, new: Claim, why: str) -> Draft:
        """The draft with ``new`` in the place of the claim of ``old``'s id."""
        scene = self.scene(scene_id)
        claims = tuple(new if each.claim_id == old.claim_id else each for each in scene.claims)
        if claims == scene.claims:
            return self
        before, after = claim_words(old), claim_words(new)
        if before == after:
            before, after = _fields(old, new)
        return self._with(scene, {"claims": claims})._log(
            "rewritten", "claim", scene_id, why, claim_id=old.claim_id, before=before, after=after
        )

    def remove_claim(self, scene_id: str, claim: Claim, why: str) -> Draft:
        """The draft without the claim of that id; an implied claim is in no list, so nothing changes for one."""
        scene = self.scene(scene_id)
        claims = tuple(each for each in scene.claims if each.claim_id != claim.claim_id)
        if len(claims) == len(scene.claims):
            return self
        return self._with(scene, {"claims": claims})._log(
            "removed", "claim", scene_id, why, claim_id=claim.claim_id, before=claim_words(claim)
        )

    def add_claim(self, scene_id: str, claim: Claim, why: str) -> Draft:
        """The draft with another claim at the end of the scene's list, under an id made from what it says."""
        scene = self.scene(scene_id)
        fresh = claim.model_copy(update={"claim_id": self._fresh(scene_id, [claim_words(claim)], "rc")})
        return self._with(scene, {"claims": (*scene.claims, fresh)})._log(
            "added", "claim", scene_id, why, claim_id=fresh.claim_id, after=claim_words(fresh)
        )

    def leave_scene(self, scene_id: str, character: str, why: str) -> Draft:
        """The draft with the character no longer bodily present in the scene."""
        scene = self.scene(scene_id)
        if character not in scene.present:
            return self
        present = tuple(each for each in scene.present if each != character)
        return self._with(scene, {"present": present})._log(
            "removed", "presence", scene_id, why, before=", ".join(scene.present), after=", ".join(present)
        )

    def retime(self, scene_id: str, minutes: int, why: str) -> Draft:
        """The draft with the scene, and what it tells of its own time, ``minutes`` later (earlier: negative)."""
        scene = self.scene(scene_id)
        time = moved(scene.story_time, minutes)
        draft = self._with(scene, {"story_time": time})._log(
            "rewritten", "heading", scene_id, why, before=time_words(scene.story_time), after=time_words(time)
        )
        for claim in scene.claims:
            if scene.story_time.earliest <= claim.story_time.earliest <= scene.story_time.latest:
                later = claim.model_copy(update={"story_time": moved(claim.story_time, minutes)})
                draft = draft.replace_claim(scene_id, claim, later, "It belongs to the time of its scene.")
        return draft

    def with_cast(self, character: str, why: str, **update: Any) -> Draft:
        """The draft with other words about one member of the cast list."""
        cast, draft = list(self.script.cast), self
        for place, member in enumerate(cast):
            if member.character_id == character:
                cast[place] = member.model_copy(update=update)
                before, after = (
                    "; ".join(f"{name}: {getattr(each, name)}" for name in update) for each in (member, cast[place])
                )
                script = self.script.model_copy(update={"cast": tuple(cast)})
                draft = replace(self, script=script)._log("rewritten", "cast", None, why, before=before, after=after)
        return draft

    def with_threads(self, field: str, threads: tuple[Any, ...], before: str, why: str) -> Draft:
        """The draft with another list in ``threads_opened``, ``threads_touched`` or ``threads_closed``."""
        script = self.script.model_copy(update={field: threads})
        return replace(self, script=script)._log("removed", "thread", None, why, before=before)

    def with_scene(self, scene_id: str, segment: Segment, why: str, before: str, after: str, **update: Any) -> Draft:
        """The draft with other fields of a scene, logged under ``segment``."""
        draft = self._with(self.scene(scene_id), update)
        return draft._log("rewritten", segment, scene_id, why, before=before, after=after)

    def _retold(self, scene_id: str, old: str, new: str) -> Draft:
        """The draft with the scene's summary, and claims that quote it, saying what an element says after a change."""
        why, draft, scene = "It quotes a line that has changed.", self, self.scene(scene_id)
        summary = quoting(scene.summary, old, new)
        if summary != scene.summary:
            draft = draft.with_scene(scene_id, "summary", why, before=scene.summary, after=summary, summary=summary)
        for claim in scene.claims:
            if isinstance(claim.object, TextValue):
                said = quoting(claim.object.text, old, new)
                if not said:
                    draft = draft.remove_claim(scene_id, claim, why)
                elif said != claim.object.text:
                    put = claim.model_copy(update={"object": TextValue(text=said)})
                    draft = draft.replace_claim(scene_id, claim, put, why)
        return draft

    def _with(self, scene: Scene, update: dict[str, Any]) -> Draft:
        altered = scene.model_copy(update=update)
        scenes = tuple(altered if each.scene_id == scene.scene_id else each for each in self.script.scenes)
        return replace(self, script=self.script.model_copy(update={"scenes": scenes}))

    def _log(self, action: Action, segment: Segment, scene_id: str | None, why: str, **details: Any) -> Draft:
        change = RepairChange(
            code=self.code,
            finding_id=self.finding_id,
            action=action,
            segment=segment,
            scene_id=scene_id,
            why=why,
            **details,
        )
        return replace(self, changes=(*self.changes, change))

    def _fresh(self, scene_id: str, said: list[str | None], mark: str) -> str:
        """An id that no part of the script has, made from what it is for."""
        taken = {each.element_id for scene in self.script.scenes for each in scene.elements}
        taken |= {each.claim_id for scene in self.script.scenes for each in scene.claims}
        for round_ in range(len(taken) + 1):
            fresh = f"{scene_id}.{mark}{content_hash([scene_id, said, round_])[:_DIGITS]}"
            if fresh not in taken:
                return fresh
        raise AssertionError("more ids taken than there are")


def moved(time: StoryInterval, minutes: int) -> StoryInterval:
    """The interval ``minutes`` later."""
    return StoryInterval(earliest=time.earliest + minutes, latest=time.latest + minutes)


def time_words(time: StoryInterval) -> str:
    """An interval as people read it."""
    return f"{date(time.earliest)} to {date(time.latest)}"


def claim_words(claim: Claim) -> str:
    """What a claim says, in one line: subject, predicate, value, and what sets it apart."""
    value = claim.object
    said = value.text if isinstance(value, TextValue) else " ".join(str(part) for part in value.model_dump().values())
    details = [time_words(claim.story_time)]
    details += [word for word in (claim.modality, claim.presence) if word]
    details += [f"{claim.change.kind}: {claim.change.permitted_by}".strip(": ")] if claim.change else []
    denied = "" if claim.polarity == "affirmed" else "not "
    return f"{claim.subject} {denied}{claim.predicate} {said} ({'; '.join(details)})"


def _difference(old: Worded, new: Worded) -> tuple[str, str]:
    """The words before and after; where those stay, the fields that differ."""
    if old.text != new.text and type(old) is type(new):
        return old.text, new.text
    return _fields(old, new)


def _fields(old: Part, new: Part) -> tuple[str, str]:
    """The fields that differ, before and after."""
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    fields = [name for name in after if before.get(name) != after[name]]
    first, second = ("; ".join(f"{name}: {_plain(side.get(name))}" for name in fields) for side in (before, after))
    return first, second


def _plain(value: Any) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
