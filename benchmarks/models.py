"""Local language models: loading, tokens a second, agreement between runtimes, and memory over many loads.

The model is the tests' tiny Llama with random weights: nothing here says how well a real one writes or how fast it is,
only what our own code adds. ``python -m benchmarks.models`` measures and writes its section of docs/benchmarks.md.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pages import write_section
from resources.inference.local_language import LanguageSettings, LocalLanguage
from resources.inference.onnx_language import OnnxLanguage
from resources.inference.torch_language import TorchLanguage
from tests.fakes.tiny_models import VOCABULARY, models

CYCLES = 500
SETTLED = 100
"""Cycles after which allocators have what they want; the slope is taken from there."""
KINDS: dict[str, tuple[type[LocalLanguage], str]] = {
    "onnxruntime": (OnnxLanguage, "tiny-onnx"),
    "torch": (TorchLanguage, "tiny"),
}
SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string", "maxLength": 20}},
    "required": ["text"],
    "additionalProperties": False,
}


def main() -> None:
    folder = models()
    rows = {name: measured(kind, folder, model) for name, (kind, model) in KINDS.items()}
    text = report(rows, parity(folder))
    sys.stdout.write(text + "\n")
    write_section("models", text)


def backend(kind: type[LocalLanguage], folder: Path, model: str) -> LocalLanguage:
    return kind(folder, model, LanguageSettings())


def measured(kind: type[LocalLanguage], folder: Path, model: str) -> dict[str, float]:
    first = backend(kind, folder, model)
    cold = seconds(lambda: first.require_schema(SCHEMA))
    held = seconds(lambda: first.require_schema(SCHEMA))
    first.close()
    again = min(seconds(lambda: first.require_schema(SCHEMA)) + _closed(first) for _ in range(5))
    ids = np.random.default_rng(7).integers(2, VOCABULARY, 128).tolist()
    return {
        "cold": cold,
        "again": again,
        "held": held,
        "cached": len(ids) / seconds(lambda: _one_by_one(first, ids)),
        "uncached": len(ids) / seconds(lambda: _from_the_start(first, ids)),
        "slope": slope(first),
    }


def _closed(of: LocalLanguage) -> float:
    of.close()
    return 0.0


def steps(of: LocalLanguage) -> Callable[[list[int]], Any]:
    with of._cache.using(of._key, of._loaded) as running:
        return running.begin()


def _one_by_one(of: LocalLanguage, ids: list[int]) -> None:
    step = steps(of)
    for token in ids:
        step([token])


def _from_the_start(of: LocalLanguage, ids: list[int]) -> None:
    for length in range(1, len(ids) + 1):
        steps(of)(ids[:length])


def slope(of: LocalLanguage) -> float:
    """Bytes of resident memory that one load, one step and one unload add, by least squares."""
    used = []
    for _ in range(CYCLES):
        steps(of)([1, 2, 3])
        of.close()
        used.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize())
    tail = used[SETTLED:]
    return float(np.polyfit(np.arange(len(tail)), np.array(tail, float), 1)[0])


def parity(folder: Path) -> float:
    """The largest difference between both runtimes' scores over lengths of 1 to 128 tokens."""
    onnx, torch = (backend(*((kind, folder, model))) for kind, model in KINDS.values())
    worst = 0.0
    for length in (1, 2, 5, 17, 64, 128):
        ids = np.random.default_rng(length).integers(2, VOCABULARY, length).tolist()
        worst = max(worst, float(np.abs(steps(onnx)(ids) - steps(torch)(ids)).max()))
    return worst


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, all threads."""
    began = time.process_time()
    work()
    return time.process_time() - began


def report(rows: dict[str, dict[str, float]], worst: float) -> str:
    lines = [
        "## Models",
        "",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}. Seconds are of the",
        "processor. A Llama of two layers with random weights and 2,048 tokens, one thread.",
        "",
        "| runtime | first load with imports, s | load again, s | held, s | tokens a second, past kept "
        "| past not kept | bytes a load and unload adds |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {row['cold']:.2f} | {row['again']:.3f} | {row['held']:.5f} | {row['cached']:,.0f} "
        f"| {row['uncached']:,.0f} | {row['slope']:,.0f} |"
        for name, row in rows.items()
    ]
    lines += [
        "",
        f"The slope is taken over cycles {SETTLED} to {CYCLES}. Largest difference between the two runtimes' scores",
        f"over 1 to 128 tokens: {worst:.1e} (limit 1e-5).",
        "",
        "`python -m benchmarks.models`",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
