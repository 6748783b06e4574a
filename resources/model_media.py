"""What models make for a render plan, kept: asked again, they give the same, on the same day, without being asked.

Each class is the adapter of a port of the media engine over an order of backends. What does not answer is not asked
again by the same run. A ``fresh`` one forgets what earlier runs kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from narrative_assets.media.intake import take_sound
from narrative_assets.media.ports import LibraryMiss, LineWish, Made, PlateWish, SearchMiss
from resources.clips import Kept
from resources.clock import today
from resources.inference.backends import Backend, ImagePlateBackend, SpeechBackend
from resources.inference.order import BackendOrder, NobodyAnswered
from resources.registry import ArtifactStore
from resources.retiming import retimed, spoken_seconds
from schemas.canonical import content_hash
from schemas.errors import ModelError
from schemas.render import AssetSource, Rights

B = TypeVar("B", bound=Backend)


@dataclass(frozen=True)
class MediaModel(Generic[B]):
    """The backends of one task in order, under which licence and where they make things, and the names of their voices
    from the lowest to the highest, where they speak.
    """

    order: BackendOrder[B]
    identity: str
    licence: str
    source: AssetSource
    voices: tuple[str, ...] = ()
    backends: tuple[B, ...] = ()


@dataclass(frozen=True)
class ModelledMedia:
    """What models make for an episode's pictures and lines; nothing where none is configured."""

    speech: MediaModel[SpeechBackend] | None = None
    image_plate: MediaModel[ImagePlateBackend] | None = None

    def parameters(self) -> dict[str, str]:
        """What a plan depends on besides its needs; nothing where no model is configured."""
        told = {"voice_model": self.speech, "plate_model": self.image_plate}
        return {name: f"{model.identity} under {model.licence}" for name, model in told.items() if model is not None}

    def plates(self, store: ArtifactStore, *, fresh: bool) -> ModelPlates | None:
        """The image model with what it made before."""
        return ModelPlates(store, self.image_plate, fresh=fresh) if self.image_plate is not None else None

    def voices(self, store: ArtifactStore, *, fresh: bool) -> ModelVoices | None:
        """The speech model with what it spoke before."""
        return ModelVoices(store, self.speech, fresh=fresh) if self.speech is not None else None


class _Recorded(Kept, Generic[B]):
    namespace = "modelled"

    def __init__(self, store: ArtifactStore, model: MediaModel[B], *, fresh: bool = False) -> None:
        super().__init__(store, fresh)
        self._model = model
        self._down: SearchMiss | None = None

    @property
    def source(self) -> AssetSource:
        """Whether the model works on this machine or elsewhere."""
        return self._model.source

    def _made(self, about: dict[str, object], media_type: str, make: Callable[[B], bytes]) -> Made | SearchMiss:
        key = content_hash({**about, "model": self._model.identity})
        entry = self._entry(key)
        if entry is not None and self._store.blobs.intact(entry[0]):
            return self._told(self._store.blobs.read(entry[0]), str(entry[1]["name"]), str(entry[1]["day"]))
        if self._down is not None:
            return self._down
        try:
            answered = self._model.order.ask(make)
        except NobodyAnswered as error:
            miss = SearchMiss(error.message, reached=error.lasting)
            self._down = None if error.lasting else miss
            return miss
        name, day = f"{answered.runtime}: {answered.identity}", today()
        blob = self._store.blobs.put(answered.result, media_type)
        self._keep(key, blob.sha256, {"name": name, "day": day})
        return self._told(answered.result, name, day)

    def _told(self, data: bytes, name: str, day: str) -> Made:
        rights = Rights(license_type=self._model.licence, provider_or_model=name[:300], retrieval_date=day)
        return Made(data, name, rights)


class ModelPlates(_Recorded[ImagePlateBackend]):
    """Places and things by an image model."""

    def picture(self, wish: PlateWish) -> Made | SearchMiss:
        """A picture of about the wished size, or why there is none."""
        about: dict[str, object] = {"plate": wish.words, "shape": str(Fraction(wish.width, wish.height))}
        return self._made(
            about, "application/octet-stream", lambda backend: backend.picture(wish.words, wish.width, wish.height)
        )


class ModelVoices(_Recorded[SpeechBackend]):
    """Lines by a speech model. Each character has the voice that stands where theirs does between low and high."""

    def line(self, wish: LineWish) -> Made | SearchMiss:
        """The line as a WAV in exactly the wished time, or why there is none."""
        voice = voice_named(self._model.voices, wish.unmoved.pitch)
        pace = wish.voice.words_per_minute / wish.unmoved.words_per_minute
        about: dict[str, object] = {
            "line": wish.text, "voice": voice, "pace": f"{pace:.3f}", "time": [wish.samples, wish.sample_rate]
        }  # fmt: skip
        seconds = Fraction(wish.samples, wish.sample_rate)
        return self._made(about, "audio/wav", lambda backend: _in_time(backend, wish.text, voice, pace, seconds))


def voice_named(voices: Sequence[str], pitch: int) -> str:
    """Of voices from the lowest to the highest the one for a pitch between 0 and 99."""
    return voices[pitch * len(voices) // 100]


def _in_time(backend: SpeechBackend, text: str, voice: str, pace: float, seconds: Fraction) -> bytes:
    """The line as the model speaks it, brought to its time; asked once more, to be faster, where it takes too long."""
    speed, lasts = pace, 0.0
    for _ in range(2):
        taken = take_sound(backend.speak(text, voice, speed), 1)
        if isinstance(taken, LibraryMiss):
            raise ModelError(f"The model spoke what cannot be heard: {taken.detail}.", remedy="Look at the model.")
        fitted = retimed(taken, seconds)
        if fitted is not None:
            return fitted
        lasts = spoken_seconds(taken)
        speed *= lasts / float(seconds)
    raise ModelError(
        f"The model takes {lasts:.1f} s over a line of {float(seconds):.1f} s, too far beyond it.",
        remedy="Choose another model, or a voice that follows `speed`.",
    )
