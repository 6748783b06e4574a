"""Limits, records and demotion around Core ML, with a driver that stands in for macOS: no Core ML runs here."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resources.inference import coreml_measuring
from resources.inference.coreml import CallLimits, CoreMLModel, Unit
from resources.inference.coreml_measuring import measure
from resources.inference.coreml_parity import FLOAT32, Parity, parity, percentile, speed
from resources.inference.coreml_policy import Demotion, PolicyLimits
from resources.inference.coreml_record import CoreMLRecord, HostFacts, permission, record_path, write_record
from resources.inference.time_limits import TimeLimitHit
from schemas.errors import ModelError, ModelUnavailable
from tests.fakes.backends import Clock

HASH = "a" * 64
HOST = HostFacts(system="Darwin", release="15.1", machine="arm64", processor="arm", coremltools="9.0")
INPUT = {"x": np.ones(3, np.float32)}


class StandIn:
    """Does what macOS would, as a test says: doubles its input, with what it adds on units other than the CPU."""

    def __init__(self, added: float = 0.0, hang: str = "", fails: tuple[int, ...] = ()) -> None:
        self.added, self.hang, self.fails = added, hang, fails
        self.calls: list[str] = []
        self.let_go = threading.Event()

    def compile(self, package: Path, destination: Path) -> Path:
        self._step("compile")
        return destination / "compiled.mlmodelc"

    def load(self, compiled: Path, unit: Unit) -> "Loaded":
        self._step("load")
        return Loaded(self, 0.0 if unit == "cpu_only" else self.added)

    def devices(self, compiled: Path, unit: Unit) -> dict[str, int]:
        return {"cpu": 3} if unit == "cpu_only" else {"neural engine": 2, "cpu": 1}

    def _step(self, name: str) -> None:
        self.calls.append(name)
        if self.hang == name:
            self.let_go.wait(30)


class Loaded:
    def __init__(self, driver: StandIn, added: float) -> None:
        self._driver, self._added = driver, added

    def predict(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        self._driver._step("predict")
        if self._driver.calls.count("predict") in self._driver.fails:
            raise RuntimeError("Error computing NN outputs.")
        return {"y": 2 * inputs["x"] + self._added}


def record(**changes: Any) -> CoreMLRecord:
    values: dict[str, Any] = {
        "model_hash": HASH, "host": HOST, "requested": "all", "devices": {"neural engine": 2, "cpu": 1},
        "parity_share": 0.001, "parity_cosine": 0.99999, "parity_reason": "", "median_ms": 2.0, "p99_ms": 3.0,
        "reference": "Core ML on the CPU", "reference_median_ms": 5.0,
    }  # fmt: skip
    return CoreMLRecord(**{**values, **changes})


def test_what_was_asked_for_and_where_it_runs_are_both_told(tmp_path: Path) -> None:
    model = CoreMLModel(tmp_path, "cpu_and_ne", records=None, driver=StandIn())
    assert model.placement is None
    placement = model.load()
    assert (placement.requested, placement.devices) == ("cpu_and_ne", {"neural engine": 2, "cpu": 1})
    assert model.predict(INPUT)["y"].tolist() == [2, 2, 2]
    model.close()
    assert model.placement is None


@pytest.mark.parametrize(
    ("step", "limits"),
    [("compile", CallLimits(compile=0.1)), ("load", CallLimits(load=0.1)), ("predict", CallLimits(predict=0.1))],
)
def test_each_step_is_cut_at_its_limit(step: str, limits: CallLimits, tmp_path: Path) -> None:
    driver = StandIn(hang=step)
    model = CoreMLModel(tmp_path, records=None, limits=limits, driver=driver)
    try:
        for said in ("within 0.1 s", "still at a call"):
            with pytest.raises(TimeLimitHit, match=said):
                model.predict(INPUT)
        assert driver.calls.count(step) == 1
    finally:
        driver.let_go.set()


def test_what_core_ml_raises_becomes_a_sentence(tmp_path: Path) -> None:
    model = CoreMLModel(tmp_path, records=None, driver=StandIn(fails=(1,)))
    with pytest.raises(ModelError, match=r"Core ML failed on .*: Error computing NN outputs"):
        model.predict(INPUT)
    assert model.predict(INPUT)["y"].tolist() == [2, 2, 2]


def test_a_model_that_fails_too_often_is_given_up(tmp_path: Path) -> None:
    policy = Demotion(PolicyLimits(window=20, least=10))
    model = CoreMLModel(tmp_path, records=None, policy=policy, driver=StandIn(fails=(4,)))
    for number in range(1, 11):
        if number == 4:
            with pytest.raises(ModelError):
                model.predict(INPUT)
        else:
            model.predict(INPUT)
    with pytest.raises(ModelUnavailable, match="of the last 10 calls 90 % succeeded; 95 % are wanted"):
        model.predict(INPUT)
    assert "given up" in model.readiness().reason


@pytest.mark.parametrize(
    ("calls", "demoted"),
    [
        ([(True, 0.1)] * 200, False),
        ([(False, 0.1)] * 19, False),
        ([(False, 0.1)] + [(True, 0.1)] * 19, False),
        ([(False, 0.1)] * 2 + [(True, 0.1)] * 18, True),
        ([(True, 3.0)] + [(True, 0.1)] * 19, True),
        ([(True, 0.1)] * 100 + [(True, 3.0)] + [(True, 0.1)] * 99, False),
        ([(True, 0.1)] * 100 + [(True, 3.0)] * 3 + [(True, 0.1)] * 97, True),
        ([(False, 0.1)] * 2 + [(True, 0.1)] * 18 + [(True, 0.1)] * 500, True),
    ],
)
def test_demotion_looks_at_the_share_of_successes_and_at_the_slowest(
    calls: list[tuple[bool, float]], demoted: bool
) -> None:
    policy = Demotion()
    for succeeded, seconds in calls:
        policy.record(succeeded, seconds)
    assert bool(policy.reason) is demoted


def test_without_a_record_it_is_not_used_and_says_why(tmp_path: Path) -> None:
    ready = permission(tmp_path, HASH, HOST)
    assert not ready.ready and "not measured" in ready.reason and "narrative models coreml" in ready.remedy
    write_record(tmp_path, record())
    ready = permission(tmp_path, HASH, HOST)
    assert ready.ready and "2 on the neural engine" in ready.reason
    assert not permission(tmp_path, HASH, HOST.model_copy(update={"release": "15.2"})).ready
    assert not permission(tmp_path, "b" * 64, HOST).ready


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parity_reason": "results differ by 0.2"}, "does not agree"),
        ({"median_ms": 5.0}, "no faster"),
        ({"model_hash": "b" * 64}, "another model"),
        ({"host": HOST.model_copy(update={"release": "14"})}, "another host"),
    ],
)
def test_a_record_that_speaks_against_it_is_heeded(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = write_record(tmp_path, record(**changes))
    path.rename(record_path(tmp_path, HASH, HOST))
    ready = permission(tmp_path, HASH, HOST)
    assert not ready.ready and said in ready.reason


def test_a_record_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    record_path(tmp_path, HASH, HOST).write_text('{"model_hash": 1}')
    assert "cannot be read" in permission(tmp_path, HASH, HOST).reason


@pytest.mark.parametrize(("added", "used"), [(0.0, ""), (0.5, "differ by")])
def test_measuring_keeps_what_it_found_whatever_that_is(
    added: float, used: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coreml_measuring, "canonical_hash", lambda package: HASH)
    found = measure(tmp_path, tmp_path / "records", [INPUT], driver=StandIn(added), repeats=3)
    assert (used in found.parity_reason) if used else not found.parity_reason
    assert (found.requested, found.devices) == ("all", {"neural engine": 2, "cpu": 1})
    (path,) = (tmp_path / "records").iterdir()
    assert CoreMLRecord.model_validate_json(path.read_bytes()) == found


def test_parity_sees_other_names_other_shapes_and_no_numbers() -> None:
    def given(**outputs: Any) -> Any:
        return lambda _: {name: np.asarray(value, np.float32) for name, value in outputs.items()}

    def judged(found: Any) -> Parity:
        return parity(given(y=[1, 2]), found, [INPUT], FLOAT32)

    assert judged(given(y=[1, 2])).holds
    assert not judged(given(z=[1, 2])).holds
    assert not judged(given(y=[[1, 2]])).holds
    assert not judged(given(y=[1, np.nan])).holds
    assert not judged(given(y=[-1, -2])).holds
    with pytest.raises(ModelError):
        parity(given(y=[1]), given(y=[1]), [], FLOAT32)


def test_speed_leaves_the_first_round_out() -> None:
    clock, taken = Clock(), iter([50.0, 0.001, 0.003, 0.002, 0.1])

    def predict(inputs: Any) -> Any:
        clock.now += next(taken)
        return inputs

    measured = speed(predict, [INPUT], 4, clock)
    assert measured.median_ms == pytest.approx(2) and measured.p99_ms == pytest.approx(100)
    assert percentile([1, 2, 3, 4], 50) == 2
