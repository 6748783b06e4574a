"""Embeddings without a model: words and character trigrams hashed into a vector.

Texts are near each other when they share words or spellings. It knows nothing of meaning: "car" and "automobile" are
strangers. It is for machines without a model, and says so in its identity.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from resources.inference.backends import EmbeddingBackend, Readiness, Runtime

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_VERSION = "1"
_WORD_WEIGHT = 2.0
_MOST_CHARACTERS = 20_000


class HashedEmbedding(EmbeddingBackend):
    """Feature hashing with signs; the weight of what repeats grows with its square root."""

    runtime: Runtime = "numpy"

    def __init__(self, dimensions: int = 512) -> None:
        self._dimensions = dimensions

    @property
    def identity(self) -> str:
        """The recipe and the length of its vectors; no model is behind it."""
        return f"hashed words and trigrams {_VERSION}, {self._dimensions} dimensions"

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        return self._dimensions

    def readiness(self) -> Readiness:
        """Always ready."""
        return Readiness(
            True, "Texts are compared by spelling, not by meaning.", "Install MiniLM for likeness by meaning."
        )

    def close(self) -> None:
        """Nothing is held."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape ``(len(texts), dimensions)``; a text without a letter gets one direction of its own."""
        import numpy as np

        vectors = np.zeros((len(texts), self._dimensions), np.float64)
        for number, text in enumerate(texts):
            row = vectors[number]
            for feature, weight in _features(text):
                place = _place(feature)
                row[(place >> 1) % self._dimensions] += weight if place & 1 else -weight
            if not row.any():
                row[0] = 1.0
            # numpy's norm of a row takes the machine's own order of adding; this one is the same everywhere.
            vectors[number] = row / sum(value * value for value in row.tolist()) ** 0.5
        return vectors.astype(np.float32)


def _features(text: str) -> Iterator[tuple[str, float]]:
    plain = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS]).casefold()
    counts: Counter[str] = Counter()
    for word in re.findall(r"\w+", plain):
        counts[word] += 1
        padded = f" {word} "
        counts.update(f"#{padded[at : at + 3]}" for at in range(len(padded) - 2))
    for feature in sorted(counts):
        yield feature, counts[feature] ** 0.5 * (1.0 if feature.startswith("#") else _WORD_WEIGHT)


@lru_cache(maxsize=65_536)
def _place(feature: str) -> int:
    digest = hashlib.blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
