"""Whole artifacts in a model's words: valid whatever the model, refused by name, and the settled one kept."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import jsonschema
import pytest
from template_stories import Written, first_canon, lighthouse, speeches, written_episode

from narrative_assets.canon.diff import propose_diff
from narrative_assets.writing.arc import plan_arc
from narrative_assets.writing.contract_schema import property_schema
from narrative_assets.writing.facts_kept import misfit, names_of
from narrative_assets.writing.generation import Request, diff_request, generated, parsed, plan_request, script_request
from narrative_assets.writing.language import Answer, Prompt, Refusal, dialogue_schema
from narrative_assets.writing.script import draft_script, write_script
from resources.inference.decoding import Sampling
from resources.inference.local_language import LanguageSettings
from resources.inference.onnx_language import OnnxLanguage
from resources.inference.schema_bounds import bounds
from schemas.base import Artifact
from schemas.canon import CanonDiff
from schemas.canonical import canonical_json, content_hash
from schemas.story import Beat
from tests.fakes.tiny_models import models

KINDS = ("EpisodePlan", "Script", "CanonDiff")


class Case(NamedTuple):
    settled: Artifact
    guided: Request[Any]
    free: Request[Any]


@cache
def episode() -> Written:
    project = lighthouse()
    return written_episode(project, plan_arc(project, 1), first_canon(project), "s01e01")


def diff_of(script: Any) -> CanonDiff:
    canon = episode().canon
    return propose_diff(canon, script, content_hash(script), content_hash(canon))


@cache
def case(kind: str) -> Case:
    project, (_, _, plan, script) = lighthouse(), episode()
    asked = {"EpisodePlan": plan_request, "Script": script_request, "CanonDiff": diff_request}[kind]
    settled = {"EpisodePlan": plan, "Script": script, "CanonDiff": diff_of(script)}[kind]
    return Case(settled, asked(project, settled, "guided"), asked(project, settled, "free"))


@cache
def tiny(tokens: int = 4_000) -> OnnxLanguage:
    return OnnxLanguage(models(), "tiny-onnx", LanguageSettings(sampling=Sampling(1.0, 1.0), tokens=tokens))


class Told:
    """Answers with a text of ours."""

    def __init__(self, text: str, stopped: Any = "whole") -> None:
        self._answer = Answer(text, stopped, 3, 4, "told")

    def complete(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
        return self._answer


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(10))
def test_random_weights_choose_words_that_make_a_valid_artifact(kind: str, seed: int):
    settled, request, _ = case(kind)
    made = generated(replace(request, seed=seed), settled, tiny())
    assert made.refusals == ()
    assert type(settled).model_validate_json(canonical_json(made.artifact)) == made.artifact
    assert made.usage.tokens > 0
    assert made.usage.backends == (tiny().identity,)


def test_choices_differ_by_seed_and_are_the_same_for_the_same():
    settled, request, _ = case("Script")
    made = [generated(replace(request, seed=seed), settled, tiny()).artifact for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]
    assert made[0] != settled


@pytest.mark.parametrize("kind", KINDS)
def test_free_words_of_random_weights_are_refused_by_name_and_what_is_settled_stays(kind: str):
    settled, _, request = case(kind)
    made = generated(request, settled, tiny())
    assert made.artifact is settled
    (refusal,) = made.refusals
    assert (refusal.part, refusal.reason) in {(kind, "unspeakable"), (kind, "other_facts"), (kind, "too_long")}
    assert made.usage.answers == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("latitude", ["guided", "free"])
def test_every_schema_is_sound_and_its_texts_end(kind: str, latitude: str):
    request = getattr(case(kind), latitude)
    jsonschema.Draft202012Validator.check_schema(request.schema)
    assert bounds(request.schema).longest < 20_000
    tiny().require_schema(request.schema)
    assert all(place in request.prompt.task for place in request.owns)


def test_a_model_that_is_cut_short_leaves_the_settled_artifact():
    settled, _, request = case("EpisodePlan")
    made = generated(request, settled, tiny(50))
    assert made.artifact is settled
    assert [(each.reason, each.detail[-17:]) for each in made.refusals] == [("cut_short", "stopped (length).")]
    for stopped in ("early", "repetition", "time"):
        made = generated(request, settled, Told("{", stopped))
        assert made.refusals == (Refusal("EpisodePlan", "cut_short", f"told stopped ({stopped})."),)
        assert made.usage.tokens == 4


def own_words(request: Request[Any]) -> Any:
    """The answer that repeats what stands: the first of every choice."""

    def of(schema: dict[str, Any], place: str) -> Any:
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        if schema["type"] == "object":
            return {name: of(part, f"{place}.{name}") for name, part in schema["properties"].items()}
        if schema["type"] == "array":
            return [of(part, f"{place}[{n}]") for n, part in enumerate(schema["prefixItems"])]
        return schema["minimum"] if schema["type"] == "integer" else request.owns[place]

    return of(request.schema, "")


def test_good_free_words_are_taken():
    settled, _, request = case("Script")
    words = own_words(request)
    line = words["scenes"][0]["elements"][0]
    line["text"] = line["text"].replace("waiting", "lying in wait")
    made = generated(request, settled, Told(json.dumps(words)))
    assert made.refusals == ()
    assert made.artifact.scenes[0].elements[0].text == line["text"]
    assert made.artifact != settled


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda words: words | {"claims": []},
        lambda words: words | {"episode_id": "s09e09"},
        list,
        lambda words: dict.fromkeys(words, 7),
    ],
)
def test_a_server_that_does_not_keep_to_the_schema_is_refused(kind: str, spoil: Callable[[Any], Any]):
    _, _, request = case(kind)
    found = parsed(request, json.dumps(spoil(own_words(request))))
    assert isinstance(found, Refusal)
    assert found.reason == "wrong_shape"


@pytest.mark.parametrize("text", ["", "{", "[" * 30_000, "null"])
def test_what_is_no_json_is_refused(text: str):
    found = parsed(case("EpisodePlan").free, text)
    assert isinstance(found, Refusal)
    assert found.reason == "wrong_shape"


@pytest.mark.parametrize(
    ("reason", "more"), [("other_facts", " Ask Edda."), ("unspeakable", " [door]"), ("unspeakable", "\0")]
)
def test_words_that_name_somebody_else_are_refused(reason: str, more: str):
    _, _, request = case("EpisodePlan")
    words = copy.deepcopy(own_words(request))
    words["beats"][1]["outcome"] += more
    found = parsed(request, json.dumps(words))
    assert isinstance(found, Refusal)
    assert (found.reason, found.detail[:17]) == (reason, ".beats[1].outcome")


def test_a_plan_in_other_words_is_written_from_and_stands_by_canon():
    project, (_, context, plan, script) = lighthouse(), episode()
    arc = plan_arc(project, 1)
    told = generated(replace(case("EpisodePlan").guided, seed=5), plan, tiny()).artifact
    other = write_script(project, arc, told, context, content_hash(told))
    assert [beat.present for beat in told.beats] == [beat.present for beat in plan.beats]
    assert diff_of(other).validation.judgements == diff_of(script).validation.judgements
    retold = generated(replace(case("Script").guided, seed=5), script, tiny()).artifact
    assert diff_of(retold).added_facts == diff_of(script).added_facts


def test_guided_rewording_takes_every_scene_of_a_model_of_random_weights():
    project, (_, context, plan, script) = lighthouse(), episode()
    found = draft_script(project, plan_arc(project, 1), plan, context, content_hash(plan), tiny(), "guided")
    assert found.refusals == ()
    assert found.script != script
    assert found.usage.answers == len(script.scenes)
    assert (found.usage.tokens > 0, found.usage.backends) == (True, (tiny().identity,))
    names = names_of(project)
    pairs = list(zip(speeches(script), speeches(found.script), strict=True))
    assert all(misfit(own.text, other.text, names) is None for own, other in pairs)
    assert sum(own.text != other.text for own, other in pairs) >= 3
    jsonschema.Draft202012Validator.check_schema(dialogue_schema(script.scenes[0], project))


def test_a_narrowed_field_is_never_wider_than_its_contract():
    assert property_schema(Beat, "goal", maxLength=99)["maxLength"] == 99
    with pytest.raises(ValueError, match="wider than the contract"):
        property_schema(Beat, "goal", maxLength=8_001)
    with pytest.raises(ValueError, match="wider than the contract"):
        property_schema(Beat, "tension", minimum=-1)
