"""The bound on how many series there may be: beyond it label values become ``other``, so that figures still add up."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from resources.metrics import MOST_SERIES

OTHER = "other"
_LONGEST = 100


class SeriesLimit:
    """Admits label values until ``most`` series are known. Safe between threads."""

    def __init__(self, most: int = MOST_SERIES) -> None:
        self._most = most
        self._known: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        self._names: dict[str, tuple[str, ...]] = {}
        self._used = 0
        self._lock = Lock()

    def admit(self, name: str, labels: Mapping[str, object], weight: int = 1) -> tuple[dict[str, str], bool]:
        """The labels to use, and whether they were folded into ``other``.

        A metric keeps the label names of its first use. ``weight`` is how many series one set of values takes. The
        set of ``other`` of each metric is always admitted, for what is folded has to go somewhere.
        """
        with self._lock:
            names = self._names.setdefault(name, tuple(sorted(labels)))
            values = {each: str(labels.get(each, ""))[:_LONGEST] for each in names}
            key = (name, tuple(values.items()))
            if key in self._known:
                return values, False
            if self._used + weight <= self._most:
                self._known.add(key)
                self._used += weight
                return values, False
            return dict.fromkeys(names, OTHER), True
