"""What all processes of a folder have counted, added up, for Prometheus to fetch.

Files of processes that have ended are folded into one and removed, so that their number stays that of the living.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from resources.durable import write_durably
from resources.metering.living import is_alive
from resources.metering.prometheus import ENDING, LOCK_ENDING, WRITING
from resources.metering.series import SeriesLimit
from schemas.errors import StorageError

FOLDED = "folded.total"
_GATHERING = "gathering.busy"
_NOTE = "# holds "
_WAIT_SECONDS = 10


class Totals:
    """Families of metrics, added up: counters and histograms are summed, of a gauge the last value added stays."""

    def __init__(self) -> None:
        self._families: dict[str, Any] = {}
        self._values: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], float]] = {}
        self._limit = SeriesLimit()

    def add(self, text: str, *, gauges: bool) -> None:
        """Add what a file holds; gauges only of a process that is alive."""
        from prometheus_client.parser import text_string_to_metric_families

        for family in text_string_to_metric_families(text):
            if family.name.endswith("_created") or (family.type == "gauge" and not gauges):
                continue
            self._families.setdefault(family.name, family)
            values = self._values.setdefault(family.name, {})
            for sample in family.samples:
                self._put(values, family.type, sample)

    def collect(self) -> Iterator[Any]:
        """The families with their sums, as prometheus_client wants them of a collector."""
        from prometheus_client.core import Metric

        for name, family in sorted(self._families.items()):
            summed = Metric(name, family.documentation, family.type)
            for (sample, labels), value in self._values[name].items():
                summed.add_sample(sample, dict(labels), value)
            yield summed

    def text(self) -> bytes:
        """Everything in Prometheus' text form."""
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def _put(self, values: dict[Any, float], kind: str, sample: Any) -> None:
        """Add one value; a histogram's bounds are no label to fold."""
        bound = {name: value for name, value in sample.labels.items() if name == "le"}
        named = {name: value for name, value in sample.labels.items() if name != "le"}
        admitted, _ = self._limit.admit(f"{sample.name} {bound.get('le', '')}", named)
        key = (sample.name, tuple({**admitted, **bound}.items()))
        values[key] = sample.value if kind == "gauge" else values.get(key, 0.0) + sample.value


def exposition(folder: Path) -> bytes:
    """The sums over all processes, living and ended, in Prometheus' text form. Raises StorageError."""
    if not folder.is_dir():
        return Totals().text()
    try:
        with FileLock(folder / _GATHERING, timeout=_WAIT_SECONDS):
            _fold(folder)
            totals = Totals()
            totals.add(_read(folder / FOLDED), gauges=False)
            for path in sorted(folder.glob(f"*{ENDING}"), key=_written):
                totals.add(_read(path), gauges=True)
    except (Timeout, OSError) as error:
        raise StorageError(
            f"The figures in {folder} cannot be added up: {error}.", remedy="Look at the folder and its disk."
        ) from error
    return totals.text()


def _fold(folder: Path) -> None:
    """Add the files of processes that have ended to the one that is kept, then remove them.

    The kept file names what it holds: a file that was added but not yet removed is not added again.
    """
    kept = _read(folder / FOLDED)
    held = set(kept.partition("\n")[0].removeprefix(_NOTE).split()) if kept.startswith(_NOTE) else set()
    ended = [path for path in sorted(folder.glob(f"*{ENDING}")) if not is_alive(path.with_suffix(LOCK_ENDING))]
    new = [path for path in ended if path.stem not in held]
    if new:
        totals = Totals()
        for text in (kept, *map(_read, new)):
            totals.add(text, gauges=False)
        names = " ".join(path.stem for path in ended)
        write_durably(folder / FOLDED, f"{_NOTE}{names}\n".encode() + totals.text())
    for path in ended:
        path.unlink(missing_ok=True)
    for lock in folder.glob(f"*{LOCK_ENDING}"):
        if not lock.with_suffix(ENDING).exists() and not is_alive(lock):
            (folder / f"{WRITING}{lock.stem}").unlink(missing_ok=True)
            lock.unlink(missing_ok=True)


def _read(path: Path) -> str:
    with suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8")
    return ""


def _written(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0
