"""Two rankings of one table, by words (BM25) and by likeness (cosine), joined by reciprocal rank fusion.

Both are exact, and what a search finds depends on the items alone: neither on the order in which they came nor on
which of equal ones the table happens to give first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resources.memory.tables import memory_errors
from resources.memory.wanted import Wanted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DEPTH = 50
"""How many of each ranking are joined at least."""
_RRF = 60
"""The constant of reciprocal rank fusion, as its authors use it."""


@dataclass(frozen=True)
class Ranked:
    """A row's ``score``, the sum of 1 / (60 + rank) over both rankings. Ranks count from 1; 0 is none."""

    item_id: str
    score: float
    word_rank: int
    vector_rank: int


def fused(table: Any, query: str, vector: NDArray[np.float32], wanted: Wanted, top_k: int) -> list[Ranked]:
    """The best rows for a query and its vector, at most ``top_k``; equals stand in the order of their ids."""
    depth = max(_DEPTH, 4 * top_k)
    words = _ranks(lambda most: _nearest_words(table, query, wanted, most), depth, top_k)
    vectors = _ranks(lambda most: _nearest_vectors(table, vector, wanted, most), depth, top_k)
    found = [
        Ranked(key, _share(words.get(key, 0)) + _share(vectors.get(key, 0)), words.get(key, 0), vectors.get(key, 0))
        for key in words.keys() | vectors.keys()
    ]
    return sorted(found, key=lambda each: (-each.score, each.item_id))[:top_k]


def _nearest_words(table: Any, query: str, wanted: Wanted, depth: int) -> list[tuple[float, str]]:
    from lancedb.query import FullTextOperator, MatchQuery

    asked = MatchQuery(
        query,
        "text",
        boost=1.0,
        fuzziness=0,
        max_expansions=1,
        operator=FullTextOperator.OR,
        prefix_length=0,
        document_granularity=None,
    )
    with memory_errors("searched"):
        search = table.search(asked, query_type="fts").where(wanted.expression(), prefilter=True)
        rows = search.select(["item_id", "_score"]).limit(depth).to_arrow().to_pylist()
    return [(-row["_score"], row["item_id"]) for row in rows]


def _nearest_vectors(table: Any, vector: NDArray[np.float32], wanted: Wanted, depth: int) -> list[tuple[float, str]]:
    with memory_errors("searched"):
        search = table.search(vector).distance_type("cosine").where(wanted.expression(), prefilter=True)
        rows = search.select(["item_id", "_distance"]).limit(depth).to_arrow().to_pylist()
    return [(row["_distance"], row["item_id"]) for row in rows]


def _ranks(nearest: Callable[[int], list[tuple[float, str]]], depth: int, enough: int) -> dict[str, int]:
    """Ranks from 1 by item id. Of equals that the depth has cut in two none counts: which of them came is chance.

    Where fewer than ``enough`` are left then, it looks deeper.
    """
    while True:
        found = sorted(nearest(depth))
        if len(found) < depth:
            break
        whole = [each for each in found if each[0] < found[-1][0]]
        if len(whole) >= enough:
            found = whole
            break
        depth *= 4
    return {key: number for number, (_, key) in enumerate(found, 1)}


def _share(rank: int) -> float:
    return 1 / (_RRF + rank) if rank else 0.0
