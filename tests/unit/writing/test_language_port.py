"""A language model behind the port: its words are taken where they fit, and the templates' stay everywhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from template_stories import first_canon, lighthouse, speeches

from narrative_assets.writing.arc import plan_arc
from narrative_assets.writing.context import assemble_context
from narrative_assets.writing.language import MOST_EARLIER, Answer, Prompt, dialogue_schema, reworded
from narrative_assets.writing.plan import plan_episode
from narrative_assets.writing.script import write_script
from resources.tokenizing import packaged_counter
from schemas.canonical import canonical_json, content_hash
from schemas.errors import MediaError
from schemas.script import Script
from schemas.story import RecalledItem

Dialogue = dict[str, Any]


class Scribe:
    """Repeats the scene it is given with one change."""

    def __init__(self, change: Callable[[Dialogue], Dialogue | str]) -> None:
        self._change = change
        self.asked: list[tuple[Prompt, dict[str, Any], int]] = []

    def complete(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
        self.asked.append((prompt, schema, seed))
        scene = json.loads(prompt.task[prompt.task.index("{") : prompt.task.rindex("}") + 1])
        lines = [{key: line[key] for key in ("element_id", "speaker_id", "text")} for line in scene["lines"]]
        changed = self._change({"scene_id": scene["scene_id"], "lines": lines})
        text = changed if isinstance(changed, str) else json.dumps(changed)
        return Answer(text, "whole", prompt_tokens=len(prompt.task), tokens=len(text), backend="scribe")


class Silent:
    def complete(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
        raise MediaError("The model does not answer.", remedy="Start it.")


def written(language: Any = None) -> Script:
    project = lighthouse()
    arc = plan_arc(project, 1)
    context = assemble_context(project, first_canon(project), "s01e01", packaged_counter())
    plan = plan_episode(project, arc, context, "s01e01")
    return write_script(project, arc, plan, context, content_hash(plan), language)


def each_line(change: Callable[[str], str]) -> Callable[[Dialogue], Dialogue]:
    return lambda answer: answer | {"lines": [line | {"text": change(line["text"])} for line in answer["lines"]]}


def test_words_that_fit_are_taken_and_nothing_else_changes():
    plain, other = written(), written(Scribe(each_line(lambda text: text.rstrip(".!?") + ", then.")))
    assert all(line.text.endswith(", then.") for line in speeches(other))
    assert [line.model_copy(update={"text": "x", "raw": "x"}) for line in speeches(plain)] == [
        line.model_copy(update={"text": "x", "raw": "x"}) for line in speeches(other)
    ]
    assert [scene.claims for scene in plain.scenes] == [scene.claims for scene in other.scenes]


def test_the_model_is_asked_for_json_by_a_schema_that_its_answer_fits():
    scribe = Scribe(lambda answer: answer)
    first, second = written(scribe), written(Scribe(lambda answer: answer))
    assert canonical_json(first) == canonical_json(second) == canonical_json(written())
    for (prompt, schema, seed), scene in zip(scribe.asked, first.scenes, strict=True):
        assert schema == dialogue_schema(scene)
        assert scene.scene_id in prompt.task
        assert 0 <= seed < 2**52
        jsonschema.Draft202012Validator.check_schema(schema)
        answer = {
            "scene_id": scene.scene_id,
            "lines": [
                {"element_id": line.element_id, "speaker_id": line.speaker_id, "text": line.text}
                for line in speeches(first)
                if line.element_id.startswith(scene.scene_id + ".")
            ],
        }
        jsonschema.validate(answer, schema)


def test_the_nearest_recalled_passages_are_told_and_no_more():
    passages = [
        RecalledItem(text=f"The lamp went out, {n}.", source="s01e01", passage="scene", source_hash="0" * 64)
        for n in range(6)
    ]
    silent, told = Scribe(lambda answer: answer), Scribe(lambda answer: answer)
    reworded(written(), lighthouse(), silent)
    reworded(written(), lighthouse(), told, recalled=passages)
    assert not any('"earlier"' in prompt.task for prompt, _, _ in silent.asked)
    for prompt, _, _ in told.asked:
        assert [f"out, {n}." in prompt.task for n in range(6)] == [True] * MOST_EARLIER + [False] * (6 - MOST_EARLIER)


HOSTILE: list[tuple[str, str, Callable[[Dialogue], Dialogue | str]]] = [
    ("prose", "wrong_shape", lambda _: "Certainly! Here are the lines."),
    ("cut off", "wrong_shape", lambda answer: json.dumps(answer)[:-3]),
    ("nested without end", "wrong_shape", lambda _: "[" * 20_000),
    ("endless", "too_long", lambda _: " " * 50_000),
    ("another key", "wrong_shape", lambda answer: answer | {"claims": []}),
    ("a number for words", "wrong_shape", lambda a: a | {"lines": [line | {"text": 7} for line in a["lines"]]}),
    ("a line less", "other_lines", lambda answer: answer | {"lines": answer["lines"][:-1] or answer["lines"] * 2}),
    ("a line more", "other_lines", lambda answer: answer | {"lines": answer["lines"] + answer["lines"][-1:]}),
    ("another scene", "other_lines", lambda answer: answer | {"scene_id": "sc99"}),
    ("another speaker", "other_lines", lambda a: a | {"lines": [x | {"speaker_id": "edda"} for x in a["lines"]]}),
    ("a stage direction", "unspeakable", each_line(lambda text: f"[{text}]")),
    ("a line break", "unspeakable", each_line(lambda text: text + "\nINT. MOON")),
    ("a speech", "too_long", each_line(lambda text: text + " and so on" * 9)),
    ("somebody else", "other_facts", each_line(lambda text: text + " Ask Edda.")),
    ("a number", "other_facts", each_line(lambda text: text + " 40.")),
]


@pytest.mark.parametrize(("reason", "change"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_an_answer_that_does_not_fit_is_refused_by_name_and_the_lines_stay(
    reason: str, change: Callable[[Dialogue], Dialogue | str]
):
    plain = written()
    found = reworded(plain, lighthouse(), Scribe(change))
    same, refusals = found.script, found.refusals
    assert canonical_json(same) == canonical_json(plain)
    assert len(refusals) == len(plain.scenes)
    assert {refusal.reason for refusal in refusals} == {reason}


class Breathless:
    def complete(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
        return Answer('{"scene_id": "sc0', "length", prompt_tokens=1, tokens=9, backend="breathless")


def test_an_answer_that_was_cut_is_refused_as_cut():
    plain = written()
    found = reworded(plain, lighthouse(), Breathless())
    same, refusals = found.script, found.refusals
    assert canonical_json(same) == canonical_json(plain)
    assert {(refusal.reason, refusal.detail) for refusal in refusals} == {("cut_short", "breathless stopped (length).")}


def test_one_bad_scene_does_not_spoil_the_others():
    plain = written()
    bad = plain.scenes[0].scene_id

    def change(answer: Dialogue) -> Dialogue | str:
        return "no" if answer["scene_id"] == bad else each_line(lambda text: text.rstrip(".!?") + ", you know.")(answer)

    found = reworded(plain, lighthouse(), Scribe(change))
    other, refusals = found.script, found.refusals
    assert [refusal.part for refusal in refusals] == [bad]
    assert other.scenes[0] == plain.scenes[0]
    assert other.scenes[1] != plain.scenes[1]


def test_a_model_that_is_not_there_leaves_the_templates_their_say():
    assert canonical_json(written(Silent())) == canonical_json(written())
    found = reworded(written(), lighthouse(), Silent())
    refusals = found.refusals
    assert {refusal.reason for refusal in refusals} == {"unavailable"}
