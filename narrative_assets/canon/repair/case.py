"""A case for repair: one blocking judgement with the script it stands in, and what a strategy asks of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from narrative_assets.canon.names import TITLES
from narrative_assets.canon.repair.edits import Draft, Worded
from narrative_assets.canon.repair.spans import has_name
from narrative_assets.canon.rules import RuleBook
from narrative_assets.canon.world import World
from schemas.canon import Canon, Fact, Judgement
from schemas.script import ActionElement, DialogueElement, Scene, Script, ScriptCharacter, TransitionElement
from schemas.story import Claim

_NO_NAMES = TITLES | {"the", "a", "an"}


@dataclass(frozen=True)
class Case:
    """What a strategy has before it: the script as it came and as it stands. ``world`` names the entities."""

    canon: Canon
    original: Script
    script: Script
    judgement: Judgement
    rules: RuleBook
    world: World

    @property
    def claim(self) -> Claim | None:
        """The claim that is judged, None for a judgement of the script as a whole."""
        return self.judgement.claim

    @property
    def other(self) -> Fact | Claim | None:
        """What it contradicts."""
        return self.judgement.against_fact or self.judgement.against_claim

    @property
    def draft(self) -> Draft:
        """An empty draft of the script for this finding."""
        return Draft(self.script, self.judgement.code, self.judgement.finding_id or "0" * 16)

    @cached_property
    def scene(self) -> Scene | None:
        """The scene that the judged claim is told in."""
        return self.scene_of(self.claim) if self.claim is not None else None

    def scene_of(self, claim: Claim | Fact | None) -> Scene | None:
        """The scene of this script in which a claim is told, None for facts and the cast list."""
        if not isinstance(claim, Claim):
            return None
        scenes = [scene for scene in self.script.scenes if scene.scene_id == claim.telling.scene_id]
        return scenes[0] if scenes else None

    def own(self, scene: Scene, claim: Claim) -> Claim | None:
        """The claim as it stands in the scene's list, None for an implied one."""
        return next((each for each in scene.claims if each.claim_id == claim.claim_id), None)

    def telling(self, scene: Scene, claim: Claim) -> list[Worded]:
        """The elements that tell a claim: the one it names, those of its source lines, else all of the scene."""
        worded = [each for each in scene.elements if not isinstance(each, TransitionElement)]
        named = [each for each in worded if each.element_id == claim.telling.element_id]
        span = claim.source
        lines = [
            each
            for each in worded
            if span.first_line is not None
            and each.source.document == span.document
            and each.source.first_line is not None
            and each.source.first_line <= (span.last_line or span.first_line)
            and (each.source.last_line or each.source.first_line) >= span.first_line
        ]
        return named or lines or worded

    def member(self, character: str) -> ScriptCharacter | None:
        """The cast's entry of a character."""
        return next((each for each in self.script.cast if each.character_id == character), None)

    def names(self, character: str, scene: Scene | None = None) -> list[str]:
        """Every name by which the script or canon calls a character, the longest first.

        One that others share is left out; within ``scene`` only those who are there can share it.
        """
        found: list[str] = []
        for name, aliases, species in [
            *((one.name, one.aliases, one.species) for one in self.script.cast if one.character_id == character),
            *((one.name, one.aliases, one.species) for one in self.canon.characters if one.character_id == character),
        ]:
            parts = [word for word in name.split() if word.strip(".").casefold() not in _NO_NAMES]
            found += [name, *aliases, *(parts[:1] if species == "human" else ()), *parts[-1:]]
        there = self.company(scene) if scene else [one.character_id for one in self.script.cast]
        others = {
            word.casefold()
            for one in self.script.cast
            if one.character_id in there and one.character_id != character
            for word in (one.name, *one.aliases, *one.name.split())
        }
        own = {name for name in found if name.casefold() not in others}
        return sorted(own or set(found), key=lambda name: (-len(name), name))

    def called(self, character: str) -> str:
        """The proper name that the script's action lines use most for a character, else the full one."""
        lines = [one.text for scene in self.script.scenes for one in scene.elements if isinstance(one, ActionElement)]
        names = [name for name in self.names(character) if name[:1].isupper()]
        if not names:
            return self.world.name(character)
        counts = {name: sum(has_name(line, name) for line in lines) for name in names}
        full = self.world.name(character)
        return max(names, key=lambda name: (counts[name], name == full.split()[0], name == full, -len(name)))

    def is_lead(self, character: str) -> bool:
        """Whether the script is the character's: they are in more than half of its three or more scenes."""
        scenes = self.original.scenes
        there = [scene for scene in scenes if character in self.company(scene)]
        return len(scenes) > 2 and 2 * len(there) > len(scenes)

    def speeches(self, scene: Scene, character: str) -> list[DialogueElement]:
        """What the character says in the scene, in order."""
        return [each for each in scene.elements if isinstance(each, DialogueElement) and each.speaker_id == character]

    def in_person(self, scene: Scene, character: str) -> list[DialogueElement]:
        """What the character says there bodily, in the picture or out of it."""
        return [each for each in self.speeches(scene, character) if each.heard in ("on_screen", "off_screen")]

    def deeds(self, scene: Scene, character: str) -> list[ActionElement]:
        """The action lines that name the character."""
        names = self.names(character, scene)
        return [
            each
            for each in scene.elements
            if isinstance(each, ActionElement)
            and (character in each.character_ids or any(has_name(each.text, name) for name in names))
        ]

    def company(self, scene: Scene, *besides: str) -> list[str]:
        """Who else is bodily in the scene, in the scene's order."""
        speaking = [
            each.speaker_id
            for each in scene.elements
            if isinstance(each, DialogueElement) and each.heard == "on_screen"
        ]
        return [each for each in dict.fromkeys((*scene.present, *speaking)) if each not in besides]


Strategy = Callable[[Case], Iterator[Draft]]
"""The drafts that may mend a case, the least change first."""


def all_of(*strategies: Strategy) -> Strategy:
    """The strategies one after the other."""

    def attempts(case: Case) -> Iterator[Draft]:
        for strategy in strategies:
            yield from strategy(case)

    return attempts
