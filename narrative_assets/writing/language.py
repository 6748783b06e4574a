"""A language model as a port: asked for nothing but the words of a scene's lines, and believed only when they fit.

What the lines are for, who says them and in which order stands in the script; an answer that changes any of it, or
names what the line does not name, is refused and the line stays as it is written.
"""

from __future__ import annotations

import functools
import json
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from narrative_assets.writing.facts_kept import misfit, names_of
from narrative_assets.writing.paraphrase import paraphrases
from narrative_assets.writing.seeding import seed_for
from schemas.errors import NarrativeError
from schemas.project import Project
from schemas.script import DialogueElement, Scene, Script
from schemas.story import RecalledItem

MOST_CHARACTERS = 40_000
"""How long an answer may be before it is read at all."""
MOST_LINES = 200
MOST_EARLIER = 4
"""Recalled passages that a prompt tells; a small model's window holds no more."""

Latitude = Literal["guided", "free"]
"""Whether a model finds its own words, or chooses among words that are known to fit: for small and untrained ones."""
_MISFITS = {
    "unspeakable": "holds what nobody can say aloud",
    "too_long": "has far more words than it had",
    "other_facts": "names other people, things or numbers",
}
Reason = Literal["unavailable", "cut_short", "too_long", "wrong_shape", "other_lines", "other_facts", "unspeakable"]


@dataclass(frozen=True)
class Prompt:
    """What a model is told: its ``role``, and the ``task`` with the scene as data."""

    role: str
    task: str


@dataclass(frozen=True)
class Answer:
    """What a model wrote and why it stopped: ``whole`` JSON, or cut for ``length``, ``repetition``, ``time`` or
    because the model ended ``early``. Tokens are the model's own. ``backend`` says who answered.
    """

    text: str
    stopped: Literal["whole", "early", "length", "repetition", "time"]
    prompt_tokens: int
    tokens: int
    backend: str


class LanguageModel(Protocol):
    """Answers in JSON that fits a schema; the same prompt, schema and seed get the same answer."""

    def complete(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
        """One JSON text that fits ``schema`` (JSON Schema). Raises NarrativeError, OSError or TimeoutError."""


class SpokenLine(BaseModel):
    """The words of one line."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    element_id: Annotated[str, Field(max_length=128)]
    speaker_id: Annotated[str, Field(max_length=64)]
    text: Annotated[str, Field(min_length=1, max_length=400)]


class SceneDialogue(BaseModel):
    """All lines of one scene, in their order."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    scene_id: Annotated[str, Field(max_length=128)]
    lines: Annotated[list[SpokenLine], Field(min_length=1, max_length=MOST_LINES)]


@dataclass(frozen=True)
class Refusal:
    """Why an answer was not taken for a ``part``: a scene by its id, or a whole artifact by its kind."""

    part: str
    reason: Reason
    detail: str


@dataclass(frozen=True)
class Usage:
    """What was asked of a model: answers had, taken or not, their tokens, and by whom they were given."""

    answers: int = 0
    prompt_tokens: int = 0
    tokens: int = 0
    backends: tuple[str, ...] = ()

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> Usage:
        """The sum of some answers."""
        had = tuple(answers)
        names = tuple(sorted({answer.backend for answer in had}))
        return cls(len(had), sum(a.prompt_tokens for a in had), sum(a.tokens for a in had), names)


@dataclass(frozen=True)
class Reworded:
    """A script with what a model put into it: a refusal for each scene that keeps its own words, and what it took."""

    script: Script
    refusals: tuple[Refusal, ...] = ()
    usage: Usage = Usage()


def reworded(
    script: Script,
    project: Project,
    model: LanguageModel,
    latitude: Latitude = "free",
    recalled: Sequence[RecalledItem] = (),
) -> Reworded:
    """The script with the model's words where they fit, and a refusal for each scene that keeps its own.

    ``recalled`` are passages of earlier episodes that the model may echo; it is told the nearest.
    """
    earlier = tuple(item.text for item in recalled[:MOST_EARLIER])
    scenes, refusals = [], []
    answers: list[Answer] = []
    for scene in script.scenes:
        words = _asked(scene, script, project, model, latitude, earlier, answers)
        if isinstance(words, Refusal):
            refusals.append(words)
        scenes.append(_with_words(scene, words) if isinstance(words, dict) else scene)
    return Reworded(script.model_copy(update={"scenes": tuple(scenes)}), tuple(refusals), Usage.of(answers))


def dialogue_schema(scene: Scene, project: Project | None = None) -> dict[str, Any]:
    """The JSON Schema of an answer for this scene: these lines of these speakers, in this order.

    With a ``project`` it permits, for each line, only words that are known to fit: the guided form.
    """
    manners = {member.id: member.manner for member in project.cast} if project else {}
    names = names_of(project) if project else ()
    items = [
        {
            "type": "object",
            "properties": {
                "element_id": {"const": line.element_id},
                "speaker_id": {"const": line.speaker_id},
                "text": {"enum": list(paraphrases(line.text, names, manners.get(line.speaker_id, "plain")))}
                if project
                else {"type": "string", "minLength": 1, "maxLength": 400},
            },
            "required": ["element_id", "speaker_id", "text"],
            "additionalProperties": False,
        }
        for line in _lines(scene)
    ]
    lines = {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"scene_id": {"const": scene.scene_id}, "lines": lines},
        "required": ["scene_id", "lines"],
        "additionalProperties": False,
    }


def _asked(
    scene: Scene,
    script: Script,
    project: Project,
    model: LanguageModel,
    latitude: Latitude,
    earlier: tuple[str, ...],
    answers: list[Answer],
) -> dict[str, str] | Refusal | None:
    """The new words by element id, a refusal, or None for a scene in which nobody speaks."""
    if not 0 < len(_lines(scene)) <= MOST_LINES:
        return None
    schema = dialogue_schema(scene, project if latitude == "guided" else None)
    seed = seed_for(project, "language", script.episode_id, scene.scene_id)
    answer = answered(model, _prompt(scene, project, earlier), schema, seed, scene.scene_id, answers)
    if isinstance(answer, Refusal):
        return answer
    try:
        dialogue = SceneDialogue.model_validate_json(answer.text)
    except ValidationError as error:
        return Refusal(scene.scene_id, "wrong_shape", str(error.errors()[0]["msg"]))
    return _checked(scene, dialogue, project)


def answered(
    model: LanguageModel, prompt: Prompt, schema: dict[str, Any], seed: int, part: str, answers: list[Answer]
) -> Answer | Refusal:
    """The model's whole answer, added to ``answers``, or why there is none to be read."""
    try:
        answer = model.complete(prompt, schema, seed)
    except (NarrativeError, OSError, TimeoutError) as error:
        return Refusal(part, "unavailable", str(error))
    answers.append(answer)
    if answer.stopped != "whole":
        return Refusal(part, "cut_short", f"{answer.backend} stopped ({answer.stopped}).")
    if len(answer.text) > MOST_CHARACTERS:
        return Refusal(part, "too_long", f"{len(answer.text)} characters; {MOST_CHARACTERS} are read.")
    return answer


def _checked(scene: Scene, dialogue: SceneDialogue, project: Project) -> dict[str, str] | Refusal:
    before = _lines(scene)
    expected = [(line.element_id, line.speaker_id) for line in before]
    if dialogue.scene_id != scene.scene_id or [(x.element_id, x.speaker_id) for x in dialogue.lines] != expected:
        return Refusal(scene.scene_id, "other_lines", "Lines, speakers or their order differ from the scene's.")
    names = names_of(project)
    for line, spoken in zip(before, dialogue.lines, strict=True):
        reason = misfit(line.text, spoken.text, names)
        if reason is not None:
            return Refusal(scene.scene_id, reason, f"{line.element_id} {_MISFITS[reason]}.")
    return {spoken.element_id: spoken.text.strip() for spoken in dialogue.lines}


def _with_words(scene: Scene, words: dict[str, str]) -> Scene:
    elements = tuple(
        element.model_copy(update={"text": words[element.element_id], "raw": words[element.element_id]})
        if isinstance(element, DialogueElement) and element.element_id in words
        else element
        for element in scene.elements
    )
    return scene.model_copy(update={"elements": elements})


def _lines(scene: Scene) -> list[DialogueElement]:
    return [element for element in scene.elements if isinstance(element, DialogueElement)]


def _prompt(scene: Scene, project: Project, earlier: tuple[str, ...]) -> Prompt:
    manners = {member.id: member.manner for member in project.cast}
    data = {
        "scene_id": scene.scene_id,
        "place": scene.heading.place_name,
        "time_of_day": scene.heading.time_of_day,
        "outcome": scene.summary,
        "mood": scene.mood,
        "lines": [
            {
                "element_id": line.element_id,
                "speaker_id": line.speaker_id,
                "manner": manners.get(line.speaker_id, "plain"),
                "emotion": line.emotion.name,
                "text": line.text,
            }
            for line in _lines(scene)
        ],
        **({"earlier": earlier} if earlier else {}),
    }
    scene_json = json.dumps(data, ensure_ascii=False, indent=1)
    return Prompt(
        role=prompt_text("dialogue_role.md"),
        task=string.Template(prompt_text("dialogue_task.md")).substitute(scene=scene_json),
    )


@functools.cache
def prompt_text(name: str) -> str:
    """A prompt file of the templates."""
    folder = resources.files("narrative_assets.writing").joinpath("templates", "prompts")
    return folder.joinpath(name).read_text(encoding="utf-8")
