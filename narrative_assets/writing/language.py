"""A language model as a port: asked for nothing but the words of a scene's lines, and believed only when they fit.

What the lines are for, who says them and in which order stands in the script; an answer that changes any of it, or
names what the line does not name, is refused and the line stays as it is written.
"""

from __future__ import annotations

import functools
import json
import re
import string
from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from narrative_assets.writing.seeding import seed_for
from narrative_assets.writing.wording import short_name
from schemas.errors import NarrativeError
from schemas.project import Project
from schemas.script import DialogueElement, Scene, Script

MOST_CHARACTERS = 40_000
"""How long an answer may be before it is read at all."""
MOST_LINES = 200
LONGER, ROOM = 1.4, 3
"""A line may have this many times the words it had, and a few more."""

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
    """Why an answer was not taken for a scene."""

    scene_id: str
    reason: Reason
    detail: str


def reworded(script: Script, project: Project, model: LanguageModel) -> tuple[Script, tuple[Refusal, ...]]:
    """The script with the model's words where they fit, and a refusal for each scene that keeps its own."""
    scenes, refusals = [], []
    for scene in script.scenes:
        answer = _asked(scene, script, project, model)
        if isinstance(answer, Refusal):
            refusals.append(answer)
        scenes.append(_with_words(scene, answer) if isinstance(answer, dict) else scene)
    return script.model_copy(update={"scenes": tuple(scenes)}), tuple(refusals)


def dialogue_schema(scene: Scene) -> dict[str, Any]:
    """The JSON Schema of an answer for this scene: these lines of these speakers, in this order."""
    items = [
        {
            "type": "object",
            "properties": {
                "element_id": {"const": line.element_id},
                "speaker_id": {"const": line.speaker_id},
                "text": {"type": "string", "minLength": 1, "maxLength": 400},
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


def _asked(scene: Scene, script: Script, project: Project, model: LanguageModel) -> dict[str, str] | Refusal | None:
    """The new words by element id, a refusal, or None for a scene in which nobody speaks."""
    if not 0 < len(_lines(scene)) <= MOST_LINES:
        return None
    seed = seed_for(project, "language", script.episode_id, scene.scene_id)
    try:
        answer = model.complete(_prompt(scene, project), dialogue_schema(scene), seed)
    except (NarrativeError, OSError, TimeoutError) as error:
        return Refusal(scene.scene_id, "unavailable", str(error))
    if answer.stopped != "whole":
        return Refusal(scene.scene_id, "cut_short", f"{answer.backend} stopped ({answer.stopped}).")
    if len(answer.text) > MOST_CHARACTERS:
        return Refusal(scene.scene_id, "too_long", f"{len(answer.text)} characters; {MOST_CHARACTERS} are read.")
    try:
        dialogue = SceneDialogue.model_validate_json(answer.text)
    except ValidationError as error:
        return Refusal(scene.scene_id, "wrong_shape", str(error.errors()[0]["msg"]))
    return _checked(scene, dialogue, project)


def _checked(scene: Scene, dialogue: SceneDialogue, project: Project) -> dict[str, str] | Refusal:
    before = _lines(scene)
    expected = [(line.element_id, line.speaker_id) for line in before]
    if dialogue.scene_id != scene.scene_id or [(x.element_id, x.speaker_id) for x in dialogue.lines] != expected:
        return Refusal(scene.scene_id, "other_lines", "Lines, speakers or their order differ from the scene's.")
    names = _names(project)
    for line, spoken in zip(before, dialogue.lines, strict=True):
        if re.search(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069{}<>\[\]*_`\\|]|https?:", spoken.text):
            return Refusal(scene.scene_id, "unspeakable", f"{line.element_id} holds what nobody can say aloud.")
        if len(spoken.text.split()) > len(line.text.split()) * LONGER + ROOM:
            return Refusal(scene.scene_id, "too_long", f"{line.element_id} has far more words than it had.")
        if _named(line.text, names) != _named(spoken.text, names):
            return Refusal(scene.scene_id, "other_facts", f"{line.element_id} names other people, things or numbers.")
    return {spoken.element_id: spoken.text.strip() for spoken in dialogue.lines if spoken.text.strip()}


def _names(project: Project) -> tuple[str, ...]:
    """What a line could claim something about: people, places and things, and each secret and rule in full."""
    names = {word.lower() for member in project.cast for word in (member.name, short_name(member), *member.aliases)}
    names |= {place.name.lower() for place in project.places} | {prop.name.lower() for prop in project.props}
    names |= {member.secret.lower() for member in project.cast}
    names |= {text.lower().rstrip(".") for rule in project.world_rules for text in (rule.statement, rule.cost)}
    return tuple(sorted(name for name in names if name.strip()))


def _named(text: str, names: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names, the capitalised words inside sentences and the numbers that a text mentions."""
    low = text.lower()
    mentioned = {name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", low)}
    proper = set(re.findall(r"(?<=[a-z,;] )[A-Z][a-z]+", text))
    return frozenset(mentioned | proper), tuple(sorted(re.findall(r"\d+", text)))


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


def _prompt(scene: Scene, project: Project) -> Prompt:
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
    }
    scene_json = json.dumps(data, ensure_ascii=False, indent=1)
    return Prompt(
        role=_text("dialogue_role.md"), task=string.Template(_text("dialogue_task.md")).substitute(scene=scene_json)
    )


@functools.cache
def _text(name: str) -> str:
    folder = resources.files("narrative_assets.writing").joinpath("templates", "prompts")
    return folder.joinpath(name).read_text(encoding="utf-8")
