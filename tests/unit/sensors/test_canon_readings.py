"""Which episodes a change of canon makes again, and in which order."""

import itertools
from collections.abc import Callable

import pytest

from sensors.canon import Reading, look, read_on

ORDER = ("s01e01", "s01e02", "s01e03", "s01e04")


@pytest.mark.parametrize(
    ("pending", "changed", "found"),
    [
        pytest.param((), ["s01e02"], ("s01e03", "s01e04"), id="all later ones"),
        pytest.param((), ["s01e04"], (), id="none follows the last"),
        pytest.param((), ["s01e03", "s01e01"], ("s01e02", "s01e03", "s01e04"), id="several events: from the earliest"),
        pytest.param(("s01e02",), ["s01e03"], ("s01e02", "s01e04"), id="what was pending stays so"),
        pytest.param((), ["s07e01"], (), id="an episode that the file no longer names"),
    ],
)
def test_later_episodes_are_to_be_looked_at(
    pending: tuple[str, ...], changed: list[str], found: tuple[str, ...]
) -> None:
    reading = read_on(Reading(3, pending), ORDER, changed, 9)
    assert (reading.position, reading.pending) == (9, found)


def times(number: int) -> Callable[[], bool]:
    left = itertools.chain([True] * number, itertools.repeat(False))
    return lambda: next(left)


def step(pending: tuple[str, ...], now: dict[str, str | None], made_on: dict[str, set[str]], **more: object):  # type: ignore[no-untyped-def]
    at_work = more.get("at_work", ())
    started = more.get("started", {})
    return look(
        Reading(5, pending, dict(started)),  # type: ignore[call-overload]
        now.__getitem__,
        lambda episode: made_on.get(episode, set()),
        lambda episode: episode in at_work,  # type: ignore[operator]
        times(int(more.get("looks", 99))),  # type: ignore[call-overload]
    )


def test_only_the_first_affected_episode_is_started_and_the_rest_stays_pending() -> None:
    done = step(ORDER[1:], dict.fromkeys(ORDER, "new"), {"s01e02": {"new"}})
    assert done.start == "s01e03"
    assert done.reading.pending == ("s01e03", "s01e04")
    assert done.reading.started == {"s01e03": "new"}


def test_episodes_whose_past_is_the_same_or_that_were_never_written_are_passed() -> None:
    done = step(
        ORDER[1:], {"s01e02": "same", "s01e03": None, "s01e04": "same"}, {"s01e02": {"same"}, "s01e04": {"same"}}
    )
    assert (done.start, done.reading.pending) == (None, ())


def test_while_the_affected_one_is_at_work_nothing_later_is_judged() -> None:
    done = step(ORDER[1:3], dict.fromkeys(ORDER, "new"), {}, at_work=("s01e02",))
    assert (done.start, done.reading.pending) == (None, ("s01e02", "s01e03"))


def test_what_is_at_work_on_the_past_it_has_keeps_nobody_waiting() -> None:
    done = step(ORDER[1:3], dict.fromkeys(ORDER, "new"), {"s01e02": {"new"}}, at_work=("s01e02",))
    assert done.start == "s01e03"


def test_what_was_started_on_this_past_and_failed_is_not_tried_again() -> None:
    done = step(ORDER[1:3], dict.fromkeys(ORDER, "new"), {}, started={"s01e02": "new"})
    assert (done.start, done.reading.pending) == ("s01e03", ("s01e03",))
    assert "s01e02" not in done.reading.started


def test_what_failed_on_another_past_is_tried_on_this_one() -> None:
    assert step(ORDER[1:3], dict.fromkeys(ORDER, "new"), {}, started={"s01e02": "old"}).start == "s01e02"


def test_a_look_that_runs_out_of_time_goes_on_where_it_stopped() -> None:
    same = dict.fromkeys(ORDER, "same")
    done = step(ORDER, same, {each: {"same"} for each in ORDER}, looks=3)
    assert done.reading.pending == ("s01e04",)
