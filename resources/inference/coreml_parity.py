"""Whether one way of computing a model agrees with another, and which is faster.

Agreement is measured against the reference's largest value: half precision keeps about three digits of it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from resources.inference.coreml_package import Arrays
from schemas.errors import ModelError

Predict = Callable[[Arrays], Arrays]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Tolerance:
    """How far results may lie apart: the largest difference as a share of the reference's largest value, and the
    smallest cosine between the two.
    """

    share: float
    cosine: float


FLOAT32 = Tolerance(share=1e-4, cosine=0.999999)
FLOAT16 = Tolerance(share=1e-2, cosine=0.9999)


@dataclass(frozen=True)
class Parity:
    """What was measured over all inputs and outputs. ``reason`` says why it does not hold; empty where it does."""

    share: float
    cosine: float
    inputs: int
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether the results agree."""
        return not self.reason


@dataclass(frozen=True)
class Speed:
    """Milliseconds of one call: the middle one, and the 99th of a hundred."""

    median_ms: float
    p99_ms: float


def parity(reference: Predict, candidate: Predict, inputs: Sequence[Arrays], tolerance: Tolerance) -> Parity:
    """Compare ``candidate`` with ``reference`` over ``inputs``. Raises ModelError where there are none."""
    if not inputs:
        raise ModelError("Nothing is given to compare two computations by.", remedy="Give at least one input.")
    share, cosine = 0.0, 1.0
    for each in inputs:
        expected, found = reference(each), candidate(each)
        if expected.keys() != found.keys():
            return Parity(math.inf, 0.0, len(inputs), f"the outputs are {sorted(found)}, not {sorted(expected)}")
        for name, wanted in expected.items():
            apart, close = _between(np.asarray(wanted, np.float64), np.asarray(found[name], np.float64))
            share, cosine = max(share, apart), min(cosine, close)
    return Parity(share, cosine, len(inputs), _reason(share, cosine, tolerance))


def speed(predict: Predict, inputs: Sequence[Arrays], repeats: int, clock: Clock = time.perf_counter) -> Speed:
    """How long ``predict`` takes over ``repeats`` rounds of all inputs, after one round that is not counted."""
    if not inputs or repeats < 1:
        raise ModelError("Nothing is given to measure speed by.", remedy="Give an input and one round or more.")
    taken: list[float] = []
    for counted in (False, *[True] * repeats):
        for each in inputs:
            began = clock()
            predict(each)
            if counted:
                taken.append(1000 * (clock() - began))
    return Speed(median_ms=percentile(taken, 50), p99_ms=percentile(taken, 99))


def percentile(taken: Sequence[float], percent: float) -> float:
    """The smallest value that ``percent`` of all do not exceed."""
    ordered = sorted(taken)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _between(wanted: np.ndarray, found: np.ndarray) -> tuple[float, float]:
    if wanted.shape != found.shape or not np.isfinite(found).all():
        return math.inf, 0.0
    largest = float(np.abs(wanted).max(initial=0.0))
    apart = float(np.abs(wanted - found).max(initial=0.0))
    lengths = float(np.linalg.norm(wanted) * np.linalg.norm(found))
    cosine = float((wanted * found).sum()) / lengths if lengths else float(apart == 0)
    return (apart / largest if largest else apart), cosine


def _reason(share: float, cosine: float, tolerance: Tolerance) -> str:
    if not share <= tolerance.share:
        return f"results differ by {share:.2g} of the largest value; {tolerance.share:g} is allowed"
    if not cosine >= tolerance.cosine:
        return f"the cosine of results is {cosine:.6f}; {tolerance.cosine:g} is wanted"
    return ""
