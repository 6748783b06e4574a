"""What language models in this process share, whichever runtime computes their logits.

A runtime says how a model is loaded and how it steps; words, grammar, sampling, budget and figures are the same.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from narrative_assets.writing.language import Answer, Prompt
from resources.inference.backends import LanguageBackend, Readiness
from resources.inference.chat import chat_template, prompt_tokens
from resources.inference.decoding import Budget, Grammars, Sampling, Step, decode
from resources.inference.model_cache import Loaded, ModelCache
from resources.inference.model_files import ModelFolder
from resources.inference.tokenizers import Tokenizer, open_tokenizer, require_fit
from resources.metrics import Metrics, NoMetrics
from schemas.canonical import content_hash
from schemas.errors import ModelError, ModelRefused

TASK = "language"
_WORDS = (
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model",
    "ranks.tiktoken", "tiktoken.json", "chat_template.jinja",
)  # fmt: skip
_MOST_CONTEXT = 1_000_000
_STRANGE_CODE = ("auto_map", "custom_pipelines")


@dataclass(frozen=True)
class LanguageSettings:
    """How a model writes. ``tokens`` and ``seconds`` bound one answer; results depend on all but ``seconds``.

    ``threads`` is how many cores one step may use: another number may give another last digit, and another text.
    """

    sampling: Sampling = field(default_factory=Sampling)
    tokens: int = 4_096
    seconds: float = 120.0
    threads: int = 1
    device: str = "cpu"
    precision: str = "float32"
    optimisation: str = "all"
    most_bytes: int = 32 * 1024**3
    clock: Callable[[], float] = field(default=time.monotonic, compare=False)


@dataclass(frozen=True)
class Running:
    """A loaded model: ``begin`` gives a new text's step function; ``context`` is how many tokens it can take in."""

    tokenizer: Tokenizer
    grammars: Grammars
    template: str
    context: int
    begin: Callable[[], Step]


class LocalLanguage(LanguageBackend):
    """A model of the models folder, loaded at the first call and kept in the cache that it is given."""

    library: str
    """The package that computes."""

    def __init__(
        self,
        models: Path,
        name: str,
        settings: LanguageSettings = LanguageSettings(),
        *,
        cache: ModelCache | None = None,
        metrics: Metrics | None = None,
        sha256: Mapping[str, str] | None = None,
    ) -> None:
        self._models, self._name, self._sha256 = models, name, sha256
        self.settings = settings
        # An empty cache is false: asked for its truth, it would be left aside.
        self._cache = ModelCache() if cache is None else cache
        self._metrics = metrics or NoMetrics()

    @cached_property
    def folder(self) -> ModelFolder:
        """The model's folder. Raises ModelRefused where it is missing or no plain folder."""
        return ModelFolder(self._models, self._name, self._sha256)

    @property
    def identity(self) -> str:
        """Model and checksum, runtime and its version, and the settings that texts depend on."""
        named = [*(name for name in _WORDS if self.folder.has(name)), *self.weight_files()]
        files = {name: self.folder.digest(name, self.settings.most_bytes) for name in named}
        settings = self.settings
        how = [settings.sampling.temperature, settings.sampling.top_p, settings.tokens, settings.threads]
        told = [*map(str, how), settings.device, settings.precision, settings.optimisation]
        libraries = " ".join(f"{name} {version(name)}" for name in (self.library, "llguidance"))
        return f"{self._name} {content_hash(files)[:12]} {libraries} {content_hash(told)[:8]}"

    def readiness(self) -> Readiness:
        """Whether the libraries are installed and the folder holds what is needed; nothing is loaded."""
        try:
            versions = [f"{name} {version(name)}" for name in (self.library, "llguidance")]
            for name in ("config.json", *self.weight_files()):
                self.folder.file(name, self.settings.most_bytes)
        except PackageNotFoundError as error:
            return Readiness(False, f"{error.name} is not installed.", "Install the extra `models`.")
        except ModelRefused as error:
            return Readiness(False, error.message, error.remedy)
        return Readiness(True, f"{self._name} runs on {', '.join(versions)} ({self.settings.device}).")

    def complete(self, prompt: Prompt, schema: dict[str, Any], seed: int) -> Answer:
        """One JSON text that fits ``schema``, or what there was of it when it was cut."""
        settings = self.settings
        with self._cache.using(self._key, self._loaded) as model, self._timed("predict"):
            with self._timed("tokenize"):
                ids = prompt_tokens(self.folder, model.template, model.tokenizer, prompt)
            room = model.context - len(ids)
            if room < 1:
                raise ModelError(
                    f"The prompt has {len(ids):,} tokens and {self._name} takes in {model.context:,}.",
                    remedy="Lower the project's context_tokens, or name a model with a longer context.",
                )
            budget = Budget(min(settings.tokens, room), settings.seconds, settings.clock)
            found = decode(
                model.begin(),
                model.tokenizer,
                model.grammars,
                schema,
                ids,
                seed=seed,
                sampling=settings.sampling,
                budget=budget,
            )
        self._metrics.count("narrative_model_prompt_tokens_total", len(ids), task=TASK, runtime=self.runtime)
        self._metrics.count("narrative_model_tokens_total", len(found.ids), task=TASK, runtime=self.runtime)
        return Answer(found.text, found.stopped, len(ids), len(found.ids), self.identity)

    def require_schema(self, schema: dict[str, Any]) -> None:
        """Loads the model and compiles ``schema``. Raises ModelError for one that cannot be kept to."""
        with self._cache.using(self._key, self._loaded) as model:
            model.grammars.of(schema)

    def close(self) -> None:
        """Let go of the model, at once or as soon as a running answer is done."""
        self._cache.drop(self._key)

    @abstractmethod
    def weight_files(self) -> tuple[str, ...]:
        """The names of the files that hold the weights."""

    @abstractmethod
    def load(self, config: dict[str, Any]) -> Loaded[Callable[[], Step]]:
        """What begins a text, the bytes it takes, and how it is let go. Raises ModelRefused."""

    @property
    def _key(self) -> tuple[str, str, str]:
        settings = self.settings
        return self.runtime, str(self.folder.path), f"{settings.threads} {settings.device} {settings.precision}"

    def _loaded(self) -> Loaded[Running]:
        with self._timed("load"):
            config = self._config()
            tokenizer = open_tokenizer(self.folder)
            require_fit(self.folder, tokenizer, config)
            template = chat_template(self.folder)
            context = config.get("max_position_embeddings")
            if type(context) is not int or not 0 < context <= _MOST_CONTEXT:
                raise self.folder.refused("config.json", "states no sound max_position_embeddings")
            held = self.load(config)
            running = Running(tokenizer, Grammars(tokenizer), template, context, held.model)
        return Loaded(running, held.size, held.close)

    def _config(self) -> dict[str, Any]:
        config = self.folder.json("config.json")
        strange = [name for name in _STRANGE_CODE if name in config]
        if strange:
            raise self.folder.refused("config.json", f"wants code of its own to be run ({strange[0]})")
        return config

    def _timed(self, what: str) -> _Timed:
        return _Timed(self._metrics, f"narrative_model_{what}_seconds", self.runtime)


class _Timed:
    """Observes how long a ``with`` took, if it came to its end."""

    def __init__(self, metrics: Metrics, name: str, runtime: str) -> None:
        self._metrics, self._name, self._runtime = metrics, name, runtime

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            took = time.perf_counter() - self._began
            self._metrics.observe(self._name, took, task=TASK, runtime=self._runtime)
