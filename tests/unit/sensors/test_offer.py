"""Which partitions come and go with a project file."""

import pytest

from sensors.episodes import Offer, offer

ONE, TWO, THREE = "ferry/s01e01", "ferry/s01e02", "ferry/s01e03"


@pytest.mark.parametrize(
    ("wanted", "offered", "alive", "made", "add", "remove"),
    [
        pytest.param([ONE, TWO], [], [], [], (ONE, TWO), (), id="a new project"),
        pytest.param([ONE, TWO], [ONE, TWO], [], [], (), (), id="nothing has changed"),
        pytest.param([TWO, ONE, THREE], [ONE], [], [], (TWO, THREE), (), id="in the file's order"),
        pytest.param([ONE], [ONE, TWO], [], [], (), (TWO,), id="taken out before anything was made of it"),
        pytest.param([ONE], [ONE, TWO], [TWO], [], (), (), id="taken out while a run is on it"),
        pytest.param([ONE], [ONE, TWO], [], [TWO], (), (), id="taken out after it was made"),
        pytest.param([], [ONE, TWO, THREE], [ONE], [TWO], (), (THREE,), id="all taken out"),
    ],
)
def test_what_is_offered(
    wanted: list[str],
    offered: list[str],
    alive: list[str],
    made: list[str],
    add: tuple[str, ...],
    remove: tuple[str, ...],
) -> None:
    assert offer(wanted, offered, alive, made) == Offer(add, remove)
