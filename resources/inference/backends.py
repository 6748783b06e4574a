"""What each task's backend must do, whatever runs it. Assets are typed to these bases and to nothing beneath them.

A backend is cheap to make: it loads its model at the first call. What does a task without a model stands elsewhere:
the template writer, the hashed embedding, ``resources.speech``, ``narrative_assets.media.painter``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from narrative_assets.writing.language import Answer, Prompt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Runtime = Literal["onnxruntime", "torch", "coreml", "openai", "numpy"]
RUNTIMES: tuple[Runtime, ...] = ("onnxruntime", "torch", "coreml", "openai")


@dataclass(frozen=True)
class Readiness:
    """Whether a backend can work on this host, told without loading a model. ``reason`` says why not, or what will
    be used; ``remedy`` what to do about it.
    """

    ready: bool
    reason: str
    remedy: str = ""


class Backend(ABC):
    """One way to have one task done."""

    runtime: Runtime

    @property
    @abstractmethod
    def identity(self) -> str:
        """What the results depend on besides the request: model and its checksum, runtime and its version."""

    @abstractmethod
    def readiness(self) -> Readiness:
        """What this host lets the backend do. Loads nothing and asks nobody for longer than a second."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is held. A later call loads anew."""


class LanguageBackend(Backend):
    """Writes JSON that fits a schema."""

    @abstractmethod
    def complete(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
        """One JSON text that fits ``schema``; the same prompt, schema, seed and ``identity`` give the same text.

        Raises ModelError for what the model or its server cannot do.
        """


class SpeechBackend(Backend):
    """Speaks."""

    @abstractmethod
    def speak(self, text: str, voice: str, speed: float) -> bytes:
        """A sound file (WAV, FLAC, Ogg or MP3) of ``text`` in the model's voice of that name, ``speed`` times as fast
        as it speaks by itself.

        Raises ModelError for what the model or its server cannot do.
        """


class ImagePlateBackend(Backend):
    """Makes pictures of places and things."""

    @abstractmethod
    def picture(self, words: str, width: int, height: int) -> bytes:
        """A picture file (PNG, JPEG or WebP) of what ``words`` say, of about that shape; its size is the model's.

        Raises ModelError for what the model or its server cannot do.
        """


class EmbeddingBackend(Backend):
    """Turns texts into vectors by meaning."""

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """The length of each vector."""

    @abstractmethod
    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape ``(len(texts), dimensions)``, one a text, the same whatever stands beside it.

        Raises ModelError for what the model or its server cannot do.
        """
