"""Backends in order: who answers and why, what is tried again, what is counted, and what is said when none can."""

import logging

import pytest

from narrative_assets.writing.language import Answer, Prompt
from resources.inference.backends import EmbeddingBackend, LanguageBackend, Readiness
from resources.inference.breakers import Guard, Limits
from resources.inference.order import Answered, BackendOrder, LanguageInOrder, NobodyAnswered, Retrying
from schemas.errors import ModelError, ModelRefused, ModelUnavailable
from tests.fakes.backends import Clock, HangingEmbedding, Noted, PromptEmbedding, ScriptedLanguage

PROMPT = Prompt("role", "task")
AT_ONCE = Retrying(attempts=2, wait_seconds=0)
DOWN = ModelUnavailable("It does not answer.", remedy="Start it.")


def order_of(
    *backends: ScriptedLanguage, noted: Noted | None = None, clock: Clock | None = None
) -> BackendOrder[LanguageBackend]:
    guards = [Guard[LanguageBackend](each, "language", Limits(), noted, clock or Clock()) for each in backends]
    return BackendOrder("language", guards, noted, AT_ONCE)


def ask(order: BackendOrder[LanguageBackend]) -> Answered[Answer]:
    return order.ask(lambda backend: backend.complete(PROMPT, {}, 1))


def test_the_first_in_order_answers_and_no_other_is_asked() -> None:
    second = ScriptedLanguage("torch", "two")
    answered = ask(order_of(ScriptedLanguage("onnxruntime", "one"), second))
    assert (answered.result.text, answered.runtime, answered.fallbacks) == ("one", "onnxruntime", ())
    assert answered.why == "onnxruntime is the first in order."
    assert second.calls == 0


def test_what_may_pass_is_tried_again_on_the_same_backend() -> None:
    first = ScriptedLanguage("openai", DOWN, "up again")
    answered = ask(order_of(first, ScriptedLanguage("torch", "two")))
    assert (answered.result.text, answered.runtime, first.calls) == ("up again", "openai", 2)


@pytest.mark.parametrize(
    ("error", "reason", "calls"),
    [
        (DOWN, "unavailable", 2),
        (ModelError("The prompt is too long."), "error", 1),
        (ModelRefused("The file is pickled."), "refused", 1),
        (ValueError("shapes"), "broke", 1),
    ],
)
def test_each_step_down_is_logged_and_counted_with_its_reason(
    error: Exception, reason: str, calls: int, caplog: pytest.LogCaptureFixture
) -> None:
    noted, first = Noted(), ScriptedLanguage("coreml", error)
    with caplog.at_level(logging.WARNING):
        answered = ask(order_of(first, ScriptedLanguage("torch", "two"), noted=noted))
    assert answered.result.text == "two"
    assert first.calls == calls
    (fallback,) = answered.fallbacks
    assert (fallback.runtime, fallback.reason) == ("coreml", reason)
    assert fallback.detail in answered.why and answered.identity == "scripted torch"
    name = "narrative_backend_fallbacks_total"
    assert noted.counts == {(name, "task=language", "from=coreml", "to=torch", f"reason={reason}"): 1}
    assert f"coreml did not answer ({reason})" in caplog.text


def test_a_backend_that_is_not_ready_is_not_called_and_says_why() -> None:
    first = ScriptedLanguage("coreml", "never", ready=Readiness(False, "Core ML needs macOS", "Use ONNX."))
    answered = ask(order_of(first, ScriptedLanguage("torch", "two")))
    assert first.calls == 0
    assert [(each.reason, each.detail) for each in answered.fallbacks] == [("not_ready", "Core ML needs macOS")]


def test_a_backend_that_rests_is_passed_over_and_taken_up_again() -> None:
    clock, first = Clock(), ScriptedLanguage("openai", DOWN, DOWN, DOWN, "up again")
    order = order_of(first, ScriptedLanguage("torch", "two"), clock=clock)
    for expected in ("unavailable", "circuit_open", "circuit_open"):
        assert [each.reason for each in ask(order).fallbacks] == [expected]
    assert first.calls == 3
    clock.now = 31
    assert ask(order).runtime == "openai"


def test_when_none_can_one_error_names_each_reason() -> None:
    noted = Noted()
    order = order_of(
        ScriptedLanguage("coreml", "never", ready=Readiness(False, "Core ML needs macOS")),
        ScriptedLanguage("torch", ModelRefused("The file is pickled.")),
        ScriptedLanguage("openai", DOWN),
        noted=noted,
    )
    with pytest.raises(NobodyAnswered) as none:
        ask(order)
    assert none.value.transient and not none.value.lasting
    for said in ("coreml: Core ML needs macOS", "torch: The file is pickled.", "openai: It does not answer."):
        assert said in none.value.message
    assert [key[3] for key in noted.counts] == ["to=torch", "to=openai", "to=none"]


def test_where_all_refuse_asking_again_would_change_nothing() -> None:
    refusing = (
        ScriptedLanguage("torch", ModelRefused("The file is pickled.")),
        ScriptedLanguage("openai", ModelError("No.")),
    )
    with pytest.raises(NobodyAnswered) as none:
        ask(order_of(*refusing))
    assert none.value.lasting


def test_no_backend_at_all_is_said() -> None:
    with pytest.raises(ModelUnavailable, match="No backend is configured for language"):
        ask(order_of())


def test_a_real_hang_goes_on_to_the_next_and_is_not_asked_again() -> None:
    hanging, prompt = HangingEmbedding(), PromptEmbedding()
    guards = [Guard[EmbeddingBackend](each, "embedding", Limits(seconds=0.2)) for each in (hanging, prompt)]
    order = BackendOrder("embedding", guards, retrying=Retrying(attempts=3, wait_seconds=0))
    try:
        for _ in range(2):
            answered = order.ask(lambda backend: backend.embed(["a"]))
            assert (answered.runtime, answered.identity) == ("onnxruntime", "prompt")
            assert [each.reason for each in answered.fallbacks] == ["time_limit"]
        assert hanging.calls == 1
    finally:
        order.close()


def test_an_order_serves_as_the_writing_engine_s_language_model() -> None:
    model = LanguageInOrder(order_of(ScriptedLanguage("coreml", DOWN), ScriptedLanguage("torch", "two")))
    answer = model.complete(PROMPT, {}, 1)
    assert (answer.text, answer.backend) == ("two", "scripted torch")
