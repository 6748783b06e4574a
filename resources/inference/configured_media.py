"""Who speaks and who pictures beside the local voice and the painter: the models that the environment names, in order.

Everything wrong with what is named is said before a run begins. What a server makes needs a licence like any other
media: the environment states it, and one that does not allow publishing is refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeVar

from narrative_assets.media.rights import refusal
from resources.inference.backends import ImagePlateBackend, SpeechBackend
from resources.inference.breakers import Guard, Limits
from resources.inference.openai_media import OpenAiPlates, OpenAiSpeech
from resources.inference.openai_server import ModelServer, ServedModel
from resources.inference.order import BackendOrder
from resources.metering.configured import metrics
from resources.model_media import MediaModel
from schemas.errors import InputError, RightsError
from schemas.render import Rights

SPEECH, PLATES = "NARRATIVE_SPEECH", "NARRATIVE_IMAGE_PLATE"
"""``openai:MODEL``, with commas between, the preferred one first; empty has the local voice speak, the painter draw."""
_TOLD = ("_URL", "_KEY", "_SECONDS", "_LICENCE", "_VOICES")
_DEFAULT_SECONDS = {SPEECH: 60, PLATES: 180}
Told = tuple[tuple[str, str], ...]
B = TypeVar("B", SpeechBackend, ImagePlateBackend)


def configured_speech(environment: Mapping[str, str] = os.environ, order: str = "") -> MediaModel[SpeechBackend] | None:
    """Who speaks lines anew, as ``order`` or else the environment says; None where it names nobody. Loads nothing.

    Raises InputError for what cannot be meant, RightsError for a licence that does not let a line be published.
    """
    named = order or environment.get(SPEECH, "")
    return _speech(named, _told(SPEECH, environment)) if named.strip() else None


def configured_plates(
    environment: Mapping[str, str] = os.environ, order: str = ""
) -> MediaModel[ImagePlateBackend] | None:
    """Who pictures places and things, as ``order`` or else the environment says; None where it names nobody.

    Raises InputError for what cannot be meant, RightsError for a licence that does not let a picture be published.
    """
    named = order or environment.get(PLATES, "")
    return _plates(named, _told(PLATES, environment)) if named.strip() else None


def _told(variable: str, environment: Mapping[str, str]) -> Told:
    return tuple((end, environment.get(variable + end, "").strip()) for end in _TOLD)


@lru_cache(maxsize=4)
def _speech(named: str, told: Told) -> MediaModel[SpeechBackend]:
    """One for the whole process, so that a breaker remembers."""
    voices = tuple(each.strip() for each in dict(told)["_VOICES"].split(",") if each.strip())
    if not voices:
        raise InputError(
            f"{SPEECH} names a model and {SPEECH}_VOICES no voice.",
            remedy="Set it to the model's voices from the lowest to the highest, with commas between.",
        )
    seconds = _seconds(SPEECH, told)

    def backend(served: ServedModel) -> OpenAiSpeech:
        return OpenAiSpeech(
            served, seconds=seconds, environment={f"{SPEECH}_KEY": dict(told)["_KEY"]}, metrics=metrics()
        )

    return _ordered("speech", SPEECH, named, told, backend, voices)


@lru_cache(maxsize=4)
def _plates(named: str, told: Told) -> MediaModel[ImagePlateBackend]:
    """One for the whole process, so that a breaker remembers."""
    seconds = _seconds(PLATES, told)

    def backend(served: ServedModel) -> OpenAiPlates:
        return OpenAiPlates(
            served, seconds=seconds, environment={f"{PLATES}_KEY": dict(told)["_KEY"]}, metrics=metrics()
        )

    return _ordered("image_plate", PLATES, named, told, backend)


def _ordered(
    task: Literal["speech", "image_plate"],
    variable: str,
    named: str,
    told: Told,
    make: Callable[[ServedModel], B],
    voices: Sequence[str] = (),
) -> MediaModel[B]:
    said = dict(told)
    key = f"{variable}_KEY" if said["_KEY"] else ""
    served = [ServedModel(said["_URL"], model, key) for model in _models(variable, named, said["_URL"])]
    backends = [make(each) for each in served]
    limits = Limits(seconds=_seconds(variable, told) * 2.5)  # A line may be asked for twice.
    guards = [Guard(backend, task, limits, metrics()) for backend in backends]
    at_home = all(ModelServer(each).at_home for each in served)
    identity = "; ".join(backend.identity for backend in backends)
    return MediaModel(
        BackendOrder(task, guards, metrics()),
        f"{identity}; {', '.join(voices)}" if voices else identity,
        _licence(variable, said["_LICENCE"]),
        "generated_local" if at_home else "generated_external",
        tuple(voices),
        tuple(backends),
    )


def _models(variable: str, named: str, address: str) -> list[str]:
    models = []
    for each in filter(None, (part.strip() for part in named.split(","))):
        runtime, _, model = each.partition(":")
        if runtime != "openai" or not model:
            raise InputError(f"{variable} names {each[:80]!r}.", remedy="Name openai:MODEL, served at its _URL.")
        models.append(model)
    if not address:
        raise InputError(
            f"{variable} names a server's model and {variable}_URL no server.", remedy="Set it, for example to .../v1."
        )
    return models


def _licence(variable: str, stated: str) -> str:
    """The licence under which a server's works stand, if it lets them be published."""
    why = refusal(Rights(license_type=stated, provider_or_model=variable))
    if why is not None:
        raise RightsError(
            f"{variable}_LICENCE is {stated[:80]!r}: {why}.",
            remedy="Read the terms of the model and its server; where they let you publish what it makes, state "
            "generated_local, generated_external, or the licence, such as CC0-1.0.",
        )
    return stated


def _seconds(variable: str, told: Told) -> float:
    stated = dict(told)["_SECONDS"]
    if stated and not (stated.isdecimal() and 1 <= int(stated) <= 3_600):
        raise InputError(f"{variable}_SECONDS is {stated[:40]!r}.", remedy="Set it to 1 to 3600 seconds.")
    return float(stated or _DEFAULT_SECONDS[variable])
