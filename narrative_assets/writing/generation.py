"""An EpisodePlan, a Script or a CanonDiff in a model's words, asked for whole and under a schema.

What canon, arc and templates have settled (who, where, when, in which order, claims, facts and events) is no
question: it stands in the request as constants. The model finds words, feelings and tension. An answer that does not
fit is refused by name, and the artifact stays as the templates or the gate made it.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from narrative_assets.writing.contract_schema import closed_object, exact_list, property_schema
from narrative_assets.writing.facts_kept import misfit, names_of
from narrative_assets.writing.language import (
    Answer,
    LanguageModel,
    Latitude,
    Prompt,
    Reason,
    Refusal,
    Usage,
    answered,
    prompt_text,
)
from narrative_assets.writing.paraphrase import paraphrases
from narrative_assets.writing.seeding import seed_for
from schemas.base import Artifact, Part
from schemas.canon import CanonDiff
from schemas.project import Manner, Project
from schemas.script import ActionElement, DialogueElement, Scene, Script
from schemas.story import Beat, Emotion, EpisodePlan

Made = TypeVar("Made", bound=Artifact)
Piece = TypeVar("Piece", bound=Part)
TENSION_LEEWAY = 150
"""How far (permille) a model may move a beat's tension from the arc's curve."""
MOST_TEXT = 400
Words = dict[str, Any]


@dataclass(frozen=True)
class Request(Generic[Made]):
    """What a model is asked, and ``made``, which puts its words into the artifact. ``owns`` are the passages as they
    stand, by their place in the answer.
    """

    prompt: Prompt
    schema: dict[str, Any]
    seed: int
    kind: str
    names: tuple[str, ...]
    owns: dict[str, str]
    made: Callable[[Words], Made]


@dataclass(frozen=True)
class Generated(Generic[Made]):
    """The artifact, from the model where nothing was refused, and what was asked of it."""

    artifact: Made
    refusals: tuple[Refusal, ...]
    usage: Usage


def generated(request: Request[Made], settled: Made, model: LanguageModel) -> Generated[Made]:
    """The artifact in the model's words, or ``settled`` with the reason why not."""
    answers: list[Answer] = []
    answer = answered(model, request.prompt, request.schema, request.seed, request.kind, answers)
    found = answer if isinstance(answer, Refusal) else parsed(request, answer.text)
    usage = Usage.of(answers)
    return Generated(settled, (found,), usage) if isinstance(found, Refusal) else Generated(found, (), usage)


def parsed(request: Request[Made], text: str) -> Made | Refusal:
    """The artifact that an answer's text makes, or why it makes none."""

    def refused(reason: Reason, detail: str) -> Refusal:
        return Refusal(request.kind, reason, detail)

    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        return refused("wrong_shape", "The answer is no JSON.")
    strange = _strange(words, request.schema, "answer")
    if strange:
        return refused("wrong_shape", f"{strange} is not as it was asked for.")
    for place, passage in _passages(words, ""):
        reason = misfit(request.owns[place], passage, request.names) if place in request.owns else None
        if reason is not None:
            return refused(reason, f"{place} does not keep to what it has to say.")
    try:
        return request.made(words)
    except ValidationError as error:
        return refused("wrong_shape", str(error.errors()[0]["msg"]))


def plan_request(project: Project, plan: EpisodePlan, latitude: Latitude = "free") -> Request[EpisodePlan]:
    """A plan's logline, and each beat's goal, conflict, outcome, feeling and tension."""
    asked = _Asked(project, latitude)
    beats = [_beat_schema(asked, beat, number) for number, beat in enumerate(plan.beats)]
    schema = closed_object(
        {
            "episode_id": {"const": plan.episode_id},
            "logline": asked.text(EpisodePlan, "logline", plan.logline, ".logline"),
            "beats": exact_list(beats),
        }
    )

    def made(words: Words) -> EpisodePlan:
        told = zip(plan.beats, words["beats"], strict=True)
        beats = tuple(_put(beat, {**each, "emotion": Emotion(**each["emotion"])}) for beat, each in told)
        return _put(plan, {"logline": words["logline"], "beats": beats})

    return asked.request(EpisodePlan, plan.episode_id, schema, made)


def script_request(project: Project, script: Script, latitude: Latitude = "free") -> Request[Script]:
    """A script's logline and the words of all that is said and done in it."""
    asked = _Asked(project, latitude)
    scenes = [_scene_schema(asked, scene, number) for number, scene in enumerate(script.scenes)]
    schema = closed_object(
        {
            "episode_id": {"const": script.episode_id},
            "logline": asked.text(Script, "logline", script.logline, ".logline"),
            "scenes": exact_list(scenes),
        }
    )

    def made(words: Words) -> Script:
        told = zip(script.scenes, words["scenes"], strict=True)
        scenes = tuple(_with_words(scene, each["elements"]) for scene, each in told)
        return _put(script, {"logline": words["logline"], "scenes": scenes})

    return asked.request(Script, script.episode_id, schema, made)


def diff_request(project: Project, diff: CanonDiff, latitude: Latitude = "free") -> Request[CanonDiff]:
    """What later episodes remember of this one in a few sentences, and why canon changes. The facts are the gate's."""
    asked = _Asked(project, latitude)
    lines = diff.summary.splitlines()
    summary = [asked.text(CanonDiff, "summary", line, f".summary[{n}]") for n, line in enumerate(lines)]
    schema = closed_object(
        {
            "episode_id": {"const": diff.episode_id},
            "summary": exact_list(summary),
            "justification": asked.text(CanonDiff, "justification", diff.justification, ".justification"),
        }
    )

    def made(words: Words) -> CanonDiff:
        return _put(diff, {"summary": "\n".join(words["summary"]), "justification": words["justification"]})

    return asked.request(CanonDiff, diff.episode_id, schema, made)


class _Asked:
    """A request in the making: which passages are asked for, and how much room each leaves."""

    def __init__(self, project: Project, latitude: Latitude) -> None:
        self._project, self._guided = project, latitude == "guided"
        self.names = names_of(project)
        self.manners = {member.id: member.manner for member in project.cast}
        self.owns: dict[str, str] = {}

    def text(
        self, contract: type[Any], name: str, own: str, place: str, manner: Manner | None = None
    ) -> dict[str, Any]:
        """The schema of one passage; one that is empty, or could not be told otherwise, stays as it is."""
        if not own or misfit(own, own, self.names) is not None:
            return {"const": own}
        self.owns[place] = own
        if self._guided:
            return {"enum": list(paraphrases(own, self.names, manner))}
        room = max(own_room(own), property_schema(contract, name).get("minLength", 1))
        return property_schema(contract, name, minLength=1, maxLength=room)

    def emotion(self, own: Emotion) -> dict[str, Any]:
        """The feeling's name and strength; in the guided form the feeling itself is settled."""
        name = {"const": own.name} if self._guided else property_schema(Emotion, "name")
        return closed_object({"name": name, "intensity": property_schema(Emotion, "intensity")})

    def tension(self, own: int) -> dict[str, Any]:
        """A tension that stays near the arc's curve."""
        least, most = max(0, own - TENSION_LEEWAY), min(1_000, own + TENSION_LEEWAY)
        return property_schema(Beat, "tension", minimum=least, maximum=most)

    def request(
        self, contract: type[Made], episode_id: str, schema: dict[str, Any], made: Callable[[Words], Made]
    ) -> Request[Made]:
        """The finished request, its passages told to the model as they stand."""
        kind = contract.__name__
        task = string.Template(prompt_text("artifact_task.md"))
        data = json.dumps(self.owns, ensure_ascii=False, indent=1)
        prompt = Prompt(prompt_text("artifact_role.md"), task.substitute(kind=kind, episode=episode_id, passages=data))
        seed = seed_for(self._project, "language", kind, episode_id)
        return Request(prompt, schema, seed, kind, self.names, self.owns, made)


def own_room(own: str) -> int:
    """How many characters other words for a passage may have."""
    return min(MOST_TEXT, 2 * len(own) + 20)


def _beat_schema(asked: _Asked, beat: Beat, number: int) -> dict[str, Any]:
    place = f".beats[{number}]"
    words = {name: asked.text(Beat, name, getattr(beat, name), f"{place}.{name}") for name in _BEAT_WORDS}
    told = {"emotion": asked.emotion(beat.emotion), "tension": asked.tension(beat.tension)}
    return closed_object({"beat_id": {"const": beat.beat_id}, **words, **told})


_BEAT_WORDS = ("goal", "conflict", "outcome")


def _scene_schema(asked: _Asked, scene: Scene, number: int) -> dict[str, Any]:
    elements = [
        closed_object(
            {
                "element_id": {"const": element.element_id},
                "text": asked.text(
                    type(element),
                    "text",
                    element.text,
                    f".scenes[{number}].elements[{place}].text",
                    asked.manners.get(element.speaker_id, "plain") if isinstance(element, DialogueElement) else None,
                ),
            }
        )
        for place, element in enumerate(_worded(scene))
    ]
    return closed_object({"scene_id": {"const": scene.scene_id}, "elements": exact_list(elements)})


def _worded(scene: Scene) -> list[DialogueElement | ActionElement]:
    """What is said and done; signs and transitions keep their words."""
    return [element for element in scene.elements if isinstance(element, DialogueElement | ActionElement)]


def _with_words(scene: Scene, told: list[dict[str, str]]) -> Scene:
    words = {each["element_id"]: each["text"] for each in told}
    elements = []
    for element in scene.elements:
        text = words.get(element.element_id)
        change: dict[str, Any] = {} if text is None else {"text": text}
        if change and isinstance(element, DialogueElement):
            change["raw"] = text
        elements.append(_put(element, change))
    return _put(scene, {"elements": tuple(elements)})


def _put(part: Piece, change: dict[str, Any]) -> Piece:
    """The part with other values, held to its contract again."""
    names = [*type(part).model_fields, *(part.model_extra or {})]
    return type(part).model_validate({**{name: getattr(part, name) for name in names}, **change})


def _passages(words: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text of an answer with its place."""
    if isinstance(words, str):
        yield place, words
    elif isinstance(words, dict):
        for name, value in words.items():
            yield from _passages(value, f"{place}.{name}")
    elif isinstance(words, list):
        for number, value in enumerate(words):
            yield from _passages(value, f"{place}[{number}]")


def _strange(value: Any, schema: dict[str, Any], place: str) -> str | None:
    """Where an answer is not what its schema asked for: a server may promise a schema and not keep to it."""
    if "const" in schema or "enum" in schema:
        permitted = schema.get("enum", [schema.get("const")])
        return None if any(type(value) is type(one) and value == one for one in permitted) else place
    if schema["type"] == "object":
        if not isinstance(value, dict) or set(value) != set(schema["properties"]):
            return place
        pairs = [(value[name], part, f"{place}.{name}") for name, part in schema["properties"].items()]
        return next(filter(None, (_strange(*pair) for pair in pairs)), None)
    if schema["type"] == "array":
        if not isinstance(value, list) or len(value) != len(schema["prefixItems"]):
            return place
        items = zip(value, schema["prefixItems"], strict=True)
        return next(filter(None, (_strange(one, part, f"{place}[{n}]") for n, (one, part) in enumerate(items))), None)
    if schema["type"] == "integer":
        return None if type(value) is int and schema["minimum"] <= value <= schema["maximum"] else place
    return None if isinstance(value, str) and 1 <= len(value) <= schema["maxLength"] else place
