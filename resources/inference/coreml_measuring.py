"""Measuring a Core ML package on this host against a reference, and keeping what was found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from resources.inference.coreml import CoreMLModel, Driver, Unit
from resources.inference.coreml_package import Arrays, canonical_hash, describe
from resources.inference.coreml_parity import FLOAT16, Predict, Tolerance, parity, speed
from resources.inference.coreml_record import CoreMLRecord, HostFacts, write_record

_LARGEST = 1e300
_REPEATS = 30


def measure(
    package: Path,
    records: Path,
    inputs: Sequence[Arrays],
    *,
    unit: Unit = "all",
    tolerance: Tolerance = FLOAT16,
    reference: Predict | None = None,
    reference_name: str = "Core ML on the CPU",
    repeats: int = _REPEATS,
    driver: Driver | None = None,
) -> CoreMLRecord:
    """Measure and write the record, whatever it says. Without a ``reference`` the same package on the CPU is one.

    Raises ModelUnavailable where this host cannot predict with Core ML.
    """
    candidate = CoreMLModel(package, unit, records=None, driver=driver)
    on_cpu = CoreMLModel(package, "cpu_only", records=None, driver=driver)
    try:
        placement = candidate.load()
        expected = reference or on_cpu.predict
        agreement = parity(expected, candidate.predict, inputs, tolerance)
        its_speed, other_speed = speed(candidate.predict, inputs, repeats), speed(expected, inputs, repeats)
    finally:
        candidate.close()
        on_cpu.close()
    record = CoreMLRecord(
        model_hash=canonical_hash(package),
        host=HostFacts.here(),
        requested=placement.requested,
        devices=dict(placement.devices),
        parity_share=min(agreement.share, _LARGEST),
        parity_cosine=agreement.cosine,
        parity_reason=agreement.reason,
        median_ms=its_speed.median_ms,
        p99_ms=its_speed.p99_ms,
        reference=reference_name,
        reference_median_ms=other_speed.median_ms,
    )
    write_record(records, record)
    return record


def seeded_inputs(package: Path, count: int, seed: int = 0) -> list[Arrays]:
    """Inputs of the package's own types and shapes, the same for the same seed: small whole numbers, or noise."""
    dice = np.random.default_rng(seed)
    found: list[Arrays] = []
    for _ in range(count):
        given: dict[str, np.ndarray] = {}
        for name, typed in describe(package).inputs.items():
            kind, _, shape = typed.rstrip("]").partition("[")
            size = tuple(int(each) for each in shape.split(", ") if each)
            whole = kind.startswith("int")
            drawn = dice.integers(0, 2, size) if whole else dice.standard_normal(size)
            given[name] = drawn.astype(np.int32 if whole else np.float32)
        found.append(given)
    return found
