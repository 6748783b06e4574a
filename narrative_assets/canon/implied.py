"""The claims of a script: those it states, and those that its cast, presence and speech imply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from narrative_assets.canon.statements import ACTUAL, effective_frame, plain_words
from schemas.script import DialogueElement, Scene, Script, ScriptCharacter
from schemas.story import (
    Claim,
    EntityRef,
    FlagValue,
    NarrativeFrame,
    NumberValue,
    SourceSpan,
    StoryInterval,
    Telling,
    TextValue,
    Value,
)


@dataclass(frozen=True, slots=True)
class ToldClaim:
    """A claim with the frame it belongs to and its place in the telling (scene, element; -1 where not given,
    -2 for the cast list, which comes before everything in its scene).

    ``severity`` is what a contradiction of it weighs.
    """

    claim: Claim
    frame: NarrativeFrame
    told: tuple[int, int]
    implied: bool = False
    severity: Literal["block", "warn"] = "block"

    @property
    def story_order(self) -> tuple[int, tuple[int, int], int, bool]:
        """Sorts claims so that causes come before effects, however the story is told."""
        time = self.claim.story_time
        return time.earliest, self.told, time.latest, self.implied

    @property
    def causal_order(self) -> tuple[int, tuple[int, int], int, bool]:
        """As ``story_order``, but travellers by their own clock: what they did last may be dated first."""
        time = self.claim.personal_time or self.claim.story_time
        return time.earliest, self.told, time.latest, self.implied

    @property
    def is_actual(self) -> bool:
        """Whether it speaks of the world itself: no dream, memory, tale or other branch."""
        return self.frame.kind == ACTUAL and self.frame.frame_id == ACTUAL

    @property
    def is_asserted(self) -> bool:
        """Whether the story vouches for it: shown or narrated, certain, and no mere appearance."""
        claim = self.claim
        return claim.modality in ("shown", "narrated") and claim.certainty == 1000 and not claim.appears_as


def told_claims(script: Script) -> list[ToldClaim]:
    """Every claim of the script in the order of the telling, each scene's implied claims after its own."""
    claims = list(_cast_claims(script))
    for number, scene in enumerate(script.scenes):
        order = {element.element_id: place for place, element in enumerate(scene.elements)}
        own = [
            ToldClaim(
                _in_scene(claim, scene),
                effective_frame(claim, scene.frame),
                (number, order.get(claim.telling.element_id or "", -1)),
            )
            for claim in scene.claims
        ]
        claims += own
        claims += _scene_claims(script, scene, number, own)
    return claims


def actual_scenes(script: Script) -> list[Scene]:
    """The scenes that happen in the world itself, in the order of the telling."""
    return [scene for scene in script.scenes if scene.frame.kind == ACTUAL and scene.frame.frame_id == ACTUAL]


def _in_scene(claim: Claim, scene: Scene) -> Claim:
    """The claim with its scene as evidence, where it names none."""
    if claim.telling.scene_id is not None:
        return claim
    return claim.model_copy(update={"telling": claim.telling.model_copy(update={"scene_id": scene.scene_id})})


def _cast_claims(script: Script) -> Iterator[ToldClaim]:
    """The cast list names everyone and may give ages.

    A name is the one that they bear at the end of the episode in story time; of those whom the episode renames it
    may be the one before. An age is as of the first scene, and only warns: lists are carried from episode to
    episode, and people forget to count on.
    """
    scenes = actual_scenes(script)
    if not scenes:
        return
    first = min(scenes, key=lambda scene: scene.story_time.earliest)
    last = max(scenes, key=lambda scene: scene.story_time.latest)
    renamed = {
        (claim.subject, plain_words(claim.object.text))
        for scene in scenes
        for claim in scene.claims
        if claim.predicate == "name" and claim.change is not None and isinstance(claim.object, TextValue)
    }
    with_events = {subject for subject, _ in renamed}
    for member in script.cast:
        if (member.character_id, plain_words(member.name)) not in renamed:
            scene = first if member.character_id in with_events else last
            name = TextValue(text=member.name)
            yield _cast_claim(script, member, "name", name, scene.story_time, script.scenes.index(scene))
        if member.age_years is not None:
            age = NumberValue(number=member.age_years, unit="years")
            yield _cast_claim(script, member, "age", age, first.story_time, script.scenes.index(first))


def _cast_claim(
    script: Script, member: ScriptCharacter, predicate: str, value: Value, time: StoryInterval, number: int
) -> ToldClaim:
    claim = Claim(
        claim_id=f"cast:{member.character_id}.{predicate}",
        subject=member.character_id,
        predicate=predicate,
        object=value,
        story_time=time,
        telling=Telling(episode_id=script.episode_id),
        modality="narrated",
        source=SourceSpan(document=f"cast list of {script.episode_id}"),
    )
    severity: Literal["block", "warn"] = "warn" if predicate == "age" else "block"
    return ToldClaim(claim, NarrativeFrame(), (number, -2), implied=True, severity=severity)


def _scene_claims(script: Script, scene: Scene, number: int, own: list[ToldClaim]) -> Iterator[ToldClaim]:
    """Whoever is present is at the place of the heading; whoever speaks on screen acts there in person.

    A voice from outside the picture is somebody acting too, within earshot but perhaps in the next place. The last
    speech stands for all: what it may not follow, none of them may.
    """
    if scene.frame.kind != ACTUAL or scene.frame.frame_id != ACTUAL:
        return
    spoken = [
        (place, element)
        for place, element in enumerate(scene.elements)
        if isinstance(element, DialogueElement) and element.heard in ("on_screen", "off_screen")
    ]
    speeches = {element.speaker_id: (place, element) for place, element in spoken}
    seen = [element.speaker_id for _, element in spoken if element.heard == "on_screen"]
    here = EntityRef(entity=scene.heading.place_id)
    said = {(told.claim.subject, told.claim.predicate, told.claim.object) for told in own if _stands(told, scene)}
    for character in dict.fromkeys((*scene.present, *seen)):
        if (character, "located_at", here) not in said:
            yield _implied(script, scene, number, character, "located_at", here, None)
    for character, speech in speeches.items():
        yield _implied(script, scene, number, character, "acts", FlagValue(flag=True), speech)


def _stands(told: ToldClaim, scene: Scene) -> bool:
    """Whether the claim says for a time within the scene, and of the world itself, that somebody is there."""
    claim, time = told.claim, scene.story_time
    within = time.earliest <= claim.story_time.earliest and claim.story_time.latest <= time.latest
    affirmed = claim.polarity == "affirmed" and claim.presence in (None, "bodily")
    return within and affirmed and told.is_asserted and told.is_actual


def _implied(
    script: Script,
    scene: Scene,
    number: int,
    character: str,
    predicate: str,
    value: Value,
    speech: tuple[int, DialogueElement] | None,
) -> ToldClaim:
    first = scene.elements[0].source if scene.elements else SourceSpan(document=f"script of {script.episode_id}")
    element_id = speech[1].element_id if speech else None
    claim = Claim(
        claim_id=f"implied:{number}.{character}.{predicate}",
        subject=character,
        predicate=predicate,
        object=value,
        story_time=scene.story_time,
        telling=Telling(episode_id=script.episode_id, scene_id=scene.scene_id, element_id=element_id),
        presence="bodily",
        source=speech[1].source if speech else first,
    )
    return ToldClaim(claim, scene.frame, (number, speech[0] if speech else -1), implied=True)
