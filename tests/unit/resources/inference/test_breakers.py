"""A backend behind its breaker and its time limit, with a clock of our own; one that really hangs is cut."""

import threading
import time

import pytest

from resources.inference.backends import LanguageBackend
from resources.inference.breakers import CircuitOpen, Guard, Limits
from resources.inference.time_limits import TimeLimitHit
from schemas.errors import ModelError, ModelRefused, ModelUnavailable
from tests.fakes.backends import Clock, HangingEmbedding, Noted, ScriptedLanguage

LIMITS = Limits(seconds=20, failures=3, rest_seconds=30)
DOWN = ModelUnavailable("It does not answer.")


def guarded(*script: str | Exception) -> tuple[Guard[ScriptedLanguage], Clock, Noted]:
    clock, noted = Clock(), Noted()
    return Guard(ScriptedLanguage("torch", *script), "language", LIMITS, noted, clock), clock, noted


def ask(guard: Guard[ScriptedLanguage]) -> str:
    return guard.call(_complete)


def _complete(backend: LanguageBackend) -> str:
    from narrative_assets.writing.language import Prompt

    return backend.complete(Prompt("role", "task"), {}, 1).text


def test_after_failures_in_a_row_it_is_left_alone_and_then_tried_once() -> None:
    guard, clock, noted = guarded(DOWN, DOWN, DOWN, "well again")
    for _ in range(3):
        with pytest.raises(ModelUnavailable, match="does not answer"):
            ask(guard)
    assert guard.state == "open"
    clock.now = 29.9
    with pytest.raises(CircuitOpen, match="rests"):
        ask(guard)
    assert guard.backend.calls == 3
    clock.now = 30
    assert ask(guard) == "well again"
    assert guard.state == "closed"
    assert [value for _, value in noted.gauges] == [0, 2, 1, 0]


def test_a_trial_that_fails_opens_it_again_for_the_whole_rest() -> None:
    guard, clock, noted = guarded(DOWN)
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            ask(guard)
    clock.now = 31
    with pytest.raises(ModelUnavailable, match="does not answer"):
        ask(guard)
    clock.now = 60
    with pytest.raises(CircuitOpen):
        ask(guard)
    assert guard.backend.calls == 4
    assert [value for _, value in noted.gauges] == [0, 2, 1, 2]


def test_a_success_between_failures_starts_the_count_anew() -> None:
    guard, _, _ = guarded(DOWN, DOWN, "well", DOWN, DOWN, "well")
    for expected in ("fails", "fails", "well", "fails", "fails", "well"):
        if expected == "well":
            assert ask(guard) == "well"
        else:
            with pytest.raises(ModelUnavailable):
                ask(guard)
    assert guard.state == "closed"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ModelError("The prompt is longer than the model's context."), "closed"),
        (ModelRefused("The file is pickled."), "open"),
        (ModelUnavailable("Nobody is there."), "open"),
        (RuntimeError("shape mismatch"), "open"),
    ],
)
def test_what_was_asked_amiss_does_not_count_against_it(error: Exception, state: str) -> None:
    guard, _, _ = guarded(error)
    for _ in range(3):
        with pytest.raises(type(error)):
            ask(guard)
    assert guard.state == state


def test_a_backend_that_hangs_is_cut_at_its_limit_and_not_called_until_it_is_back() -> None:
    backend = HangingEmbedding()
    guard = Guard(backend, "embedding", Limits(seconds=0.2, failures=5))
    began = time.monotonic()
    with pytest.raises(TimeLimitHit, match=r"within 0\.2 s"):
        guard.call(lambda each: each.embed(["a"]))
    assert 0.2 <= time.monotonic() - began < 20
    assert guard.left_running
    with pytest.raises(TimeLimitHit, match="still at a call"):
        guard.call(lambda each: each.embed(["a"]))
    assert backend.calls == 1
    backend.let_go.set()
    for thread in threading.enumerate():
        if thread.name == "torch call":
            thread.join(10)
    assert not guard.left_running
    assert guard.call(lambda each: each.embed(["a", "b"])).shape == (2, 3)


def test_a_call_that_hangs_does_not_hold_up_another_thread() -> None:
    """The breaker's own lock is not held while a backend works."""
    backend = ScriptedLanguage("torch", "well")
    guard, entered, leave = Guard(backend, "language"), threading.Event(), threading.Event()

    def slow(_: ScriptedLanguage) -> str:
        entered.set()
        assert leave.wait(20)
        return "slow"

    answers: list[str] = []
    first = threading.Thread(target=lambda: answers.append(guard.call(slow)))
    first.start()
    assert entered.wait(20)
    assert guard.call(lambda _: "quick") == "quick"
    leave.set()
    first.join(20)
    assert answers == ["slow"]


def test_the_process_ends_though_a_call_still_hangs() -> None:
    import subprocess
    import sys

    from tests.fakes.terminal import ROOT

    script = (
        "from tests.fakes.backends import HangingEmbedding\n"
        "from resources.inference.breakers import Guard, Limits\n"
        "from resources.inference.time_limits import TimeLimitHit\n"
        "try:\n"
        "    Guard(HangingEmbedding(), 'embedding', Limits(seconds=0.1)).call(lambda each: each.embed(['a']))\n"
        "except TimeLimitHit as error:\n"
        "    print(error.message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "did not answer within 0.1 s" in done.stdout
