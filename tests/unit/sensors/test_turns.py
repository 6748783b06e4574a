"""Whose turn it is in the queue, case by case."""

import pytest

from sensors.waiting import QueuedRun, Season, turns

ORDER = ("s01e01", "s01e02", "s01e03")


def run(episode: str, *, held: bool = False, not_yet: bool = False, name: str = "") -> QueuedRun:
    return QueuedRun(name or f"run-{episode}", f"ferry/{episode}", held, not_yet)


def ferry(*settled: str) -> dict[str, Season]:
    return {"ferry": Season(ORDER, settled)}


@pytest.mark.parametrize(
    ("queued", "settled", "under_way", "stopped", "hold", "release"),
    [
        pytest.param([run("s01e01")], [], [], [], {}, (), id="the first waits for nobody"),
        pytest.param([run("s01e02")], ["s01e01"], [], [], {}, (), id="its past is settled"),
        pytest.param([run("s01e02", held=True)], ["s01e01"], [], [], {}, ("run-s01e02",), id="its past has settled"),
        pytest.param(
            [run("s01e01"), run("s01e02")], [], [], [],
            {"run-s01e02": "the canon of ferry/s01e01"}, (), id="the one before is queued",
        ),
        pytest.param(
            [run("s01e03"), run("s01e02"), run("s01e01")], [], [], [],
            {"run-s01e03": "the canon of ferry/s01e01", "run-s01e02": "the canon of ferry/s01e01"}, (),
            id="a season backfilled from its end",
        ),
        pytest.param([run("s01e02")], [], ["ferry/s01e01"], [], {}, (), id="being written: it may start and wait"),
        pytest.param([run("s01e02", held=True)], [], ["ferry/s01e01"], [], {}, (), id="being written: it stays held"),
        pytest.param(
            [run("s01e03")], ["s01e01"], [], ["ferry/s01e02"],
            {"run-s01e03": "the canon of ferry/s01e02"}, (), id="the one before has stopped for a person",
        ),
        pytest.param([run("s01e02")], [], [], [], {}, (), id="nobody makes the one before: it says so itself"),
        pytest.param(
            [run("s01e02", held=True)], [], [], [], {}, ("run-s01e02",), id="the one before has failed"
        ),
        pytest.param(
            [run("s01e01", held=True, not_yet=True)], [], [], [], {}, (), id="nobody has decided yet",
        ),
        pytest.param([run("s01e01", held=True)], [], [], [], {}, ("run-s01e01",), id="a person has decided"),
        pytest.param(
            [run("s01e01", held=True, not_yet=True), run("s01e02", held=True)], [], [], [], {}, (),
            id="the one before waits for a person",
        ),
        pytest.param(
            [run("s01e02", name="one"), run("s01e02", name="two")], ["s01e01"], [], [], {}, (),
            id="two backfills of one season: the run queue takes one at a time",
        ),
    ],
)  # fmt: skip
def test_who_is_held_and_who_is_let_go(
    queued: list[QueuedRun],
    settled: list[str],
    under_way: list[str],
    stopped: list[str],
    hold: dict[str, str],
    release: tuple[str, ...],
) -> None:
    found = turns(queued, ferry(*settled), under_way, stopped)
    assert (dict(found.hold), found.release) == (hold, release)


def test_a_run_of_a_project_that_cannot_be_read_is_let_go() -> None:
    strange = QueuedRun("run", "elsewhere/s01e02", held=True)
    assert turns([strange], ferry(), [], []).release == ("run",)


def test_whatever_the_queue_is_somebody_can_always_go_on() -> None:
    """No deadlock: with nobody at work and nobody asked, at least one run of the queue is not held."""
    for settled in ((), ("s01e01",), ("s01e01", "s01e02")):
        for subset in range(1, 8):
            held = [run(episode, held=True) for place, episode in enumerate(ORDER) if subset >> place & 1]
            if held:
                assert turns(held, ferry(*settled), [], []).release, (settled, held)
