"""Counting tokens with a vocabulary in the form of Hugging Face's tokenizer.json; nothing is ever downloaded.

Which text is counted, and what for, is decided where it is written.
"""

from __future__ import annotations

import gzip
import zlib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.canonical import sha256_hex
from schemas.errors import IntegrityError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PACKAGED = Path(__file__).parent / "vocabulary" / "mistral-7b-v0.1.json.gz"
PACKAGED_NAME = "mistral-7b-v0.1"
PACKAGED_SHA256 = "64254408b13fc6ac43a61a782c12f3d4e9115ee2a37393021f3f2cd1922a02e8"  # pragma: allowlist secret
"""Of the uncompressed JSON."""
CACHED_TEXTS = 65_536


class VocabularyCounter:
    """Counts tokens by one vocabulary, read at the first count. Safe to share between threads.

    ``path`` is a tokenizer.json, compressed where it ends in ``.gz``; ``sha256`` is that of the JSON itself.
    """

    def __init__(self, name: str, path: Path, sha256: str) -> None:
        self.name = f"{name} {sha256[:12]}"
        self._path = path
        self._sha256 = sha256
        self._counted = lru_cache(maxsize=CACHED_TEXTS)(self._measure)

    def count(self, text: str) -> int:
        """How many tokens ``text`` is, without marks of beginning or end.

        Raises IntegrityError where the vocabulary is missing or not what it should be.
        """
        return self._counted(text)

    def _measure(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        try:
            data = self._path.read_bytes()
            data = gzip.decompress(data) if self._path.suffix == ".gz" else data
        except (OSError, EOFError, zlib.error) as error:
            raise self._damaged(str(error)) from error
        if sha256_hex(data) != self._sha256:
            raise self._damaged("its hash is another one")
        return Tokenizer.from_str(data.decode())

    def _damaged(self, why: str) -> IntegrityError:
        return IntegrityError(
            f"The vocabulary {self._path.name} cannot be used: {why}.", remedy="Install the package again."
        )


@lru_cache(maxsize=1)
def packaged_counter() -> VocabularyCounter:
    """The counter over the vocabulary that comes with the platform, one for the whole process."""
    return VocabularyCounter(PACKAGED_NAME, PACKAGED, PACKAGED_SHA256)
