"""Who words the lines: the language models that the environment names, in order; the templates where it names none.

Everything wrong with what is named is said before a run begins. A model has to be in the inventory, with a licence
that lets what it writes be published.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast, get_args

from narrative_assets.writing.language import Latitude
from resources.inference.backends import LanguageBackend
from resources.inference.breakers import Guard, Limits
from resources.inference.model_files import MODELS
from resources.inference.order import BackendOrder, LanguageInOrder
from resources.inventory.folder import InventoryFolder
from resources.metering.configured import metrics
from resources.metrics import Metrics
from schemas.errors import InputError, RightsError

LANGUAGE = "NARRATIVE_LANGUAGE"
"""``onnxruntime:MODEL``, ``torch:MODEL``, ``openai:MODEL``, with commas between, the preferred one first."""
LATITUDE = "NARRATIVE_LANGUAGE_LATITUDE"
ADDRESS = "NARRATIVE_LANGUAGE_URL"
KEY = "NARRATIVE_LANGUAGE_KEY"
SECONDS = "NARRATIVE_LANGUAGE_SECONDS"
TASK = "language"


@dataclass(frozen=True)
class Wording:
    """Who words the lines and how freely. Without a ``model`` they stay as the templates have them."""

    model: LanguageInOrder | None = None
    latitude: Latitude = "free"
    backends: tuple[LanguageBackend, ...] = field(default=())

    @property
    def identity(self) -> str:
        """What the words depend on besides what was asked; empty where the templates word every line."""
        named = "; ".join(f"{backend.runtime} {backend.identity}" for backend in self.backends)
        return f"{self.latitude}: {named}" if named else ""


def configured_wording(environment: Mapping[str, str] = os.environ, order: str = "", latitude: str = "") -> Wording:
    """Who words the lines, as ``order`` and ``latitude`` or else the environment say. Loads nothing.

    Raises InputError for what cannot be meant, RightsError for a model whose texts may not be published.
    """
    named = [part.strip() for part in (order or environment.get(LANGUAGE, "")).split(",") if part.strip()]
    freedom = latitude or environment.get(LATITUDE, "") or "free"
    if freedom not in get_args(Latitude):
        raise InputError(f"{LATITUDE} is {freedom[:40]!r}.", remedy="Set it to free or guided.")
    if not named:
        return Wording()
    told = tuple((name, environment.get(name, "")) for name in (ADDRESS, KEY, SECONDS, MODELS))
    return _wording(tuple(named), cast(Latitude, freedom), told, environment.get("NARRATIVE_ARTIFACTS", ""))


@lru_cache(maxsize=4)
def _wording(named: tuple[str, ...], latitude: Latitude, told: tuple[tuple[str, str], ...], artifacts: str) -> Wording:
    """One for the whole process, so that a model is loaded once and a breaker remembers."""
    surroundings = {**dict(told), "NARRATIVE_ARTIFACTS": artifacts}
    seconds = _seconds(surroundings[SECONDS])
    counted = metrics()
    backends = tuple(_backend(each, surroundings, seconds, counted) for each in named)
    # The guard is the last to lose patience: a backend that can stop by itself says better why it did.
    guards = [Guard(backend, TASK, Limits(seconds=seconds * 1.5), counted) for backend in backends]
    return Wording(LanguageInOrder(BackendOrder(TASK, guards, counted)), latitude, backends)


def _seconds(stated: str) -> float:
    if stated and not (stated.isdecimal() and 1 <= int(stated) <= 3_600):
        raise InputError(f"{SECONDS} is {stated[:40]!r}.", remedy="Set it to 1 to 3600 seconds for one answer.")
    return float(stated or 120)


def _backend(named: str, surroundings: Mapping[str, str], seconds: float, counted: Metrics) -> LanguageBackend:
    runtime, _, model = named.partition(":")
    makers: dict[str, Callable[[str, Mapping[str, str], float, Metrics], LanguageBackend]] = {
        "onnxruntime": _onnx,
        "torch": _torch,
        "openai": _server,
    }
    if runtime not in makers or not model:
        raise InputError(
            f"{LANGUAGE} names {named[:80]!r}.",
            remedy="Name RUNTIME:MODEL, the runtime one of " + ", ".join(makers) + ".",
        )
    return makers[runtime](model, surroundings, seconds, counted)


def _onnx(model: str, surroundings: Mapping[str, str], seconds: float, counted: Metrics) -> LanguageBackend:
    from resources.inference.local_language import LanguageSettings
    from resources.inference.onnx_language import OnnxLanguage

    folder, hashes = _recorded(model, surroundings)
    return OnnxLanguage(folder.root, model, LanguageSettings(seconds=seconds), metrics=counted, sha256=hashes)


def _torch(model: str, surroundings: Mapping[str, str], seconds: float, counted: Metrics) -> LanguageBackend:
    from resources.inference.local_language import LanguageSettings
    from resources.inference.torch_language import TorchLanguage

    folder, hashes = _recorded(model, surroundings)
    return TorchLanguage(folder.root, model, LanguageSettings(seconds=seconds), metrics=counted, sha256=hashes)


def _server(model: str, surroundings: Mapping[str, str], seconds: float, counted: Metrics) -> LanguageBackend:
    from resources.inference.openai_language import OpenAiLanguage, ServerSettings

    if not surroundings[ADDRESS]:
        raise InputError(f"{LANGUAGE} names a server and {ADDRESS} none.", remedy="Set it, for example to .../v1.")
    key = KEY if surroundings[KEY] else ""
    settings = ServerSettings(surroundings[ADDRESS], model, key, seconds=seconds)
    return OpenAiLanguage(settings, environment=surroundings, metrics=counted)


def _recorded(model: str, surroundings: Mapping[str, str]) -> tuple[InventoryFolder, dict[str, str]]:
    """The models folder, and the hash that each file of the model has to have."""
    stated = {name: value for name, value in surroundings.items() if value}
    folder = InventoryFolder.configured(stated)
    entry = folder.entry(model)
    for verdict in entry.verdicts:
        if verdict.use in ("use", "outputs") and not verdict.allowed:
            raise RightsError(
                f"{model} may not word an episode: {verdict.reason}.",
                remedy="Name another model, or take this one in again with the licence that allows it.",
            )
    return folder, {file.path: file.sha256 for file in entry.files}
