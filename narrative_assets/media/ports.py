"""The ports of the media engine: where bytes are kept, found, drawn and spoken.

Protocols and their plain data only; the adapters that touch a disk or a voice live outside the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from schemas.assets import BackgroundNeed, CharacterPackNeed, FigureVariant, PropNeed
from schemas.project import Voice
from schemas.render import AssetSource, BlobRef, MouthStrip, PlateLayer, Rights

AssetKind = Literal["background", "character", "prop", "sound", "ambience", "music"]
MissReason = Literal["not_in_library", "licence_unknown", "unreadable", "too_large", "wrong_type"]


@dataclass(frozen=True)
class LibraryHit:
    """A file that fits a need. Its bytes are as found: nobody has looked inside yet."""

    data: bytes
    media_type: str
    rights: Rights
    name: str


@dataclass(frozen=True)
class LibraryMiss:
    """Why the library gives nothing; ``detail`` names the file and what to do about it."""

    reason: MissReason
    detail: str = ""


LibraryAnswer = LibraryHit | LibraryMiss


@dataclass(frozen=True)
class SearchHit:
    """Something that a source offers. ``words`` is all that it says of it, for judging; ``address`` is the source's
    own, for fetching it. ``rights`` carry the day on which the source said so. Sizes are pixels, None if not told.
    """

    identifier: str
    title: str
    address: str
    rights: Rights
    words: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class SearchMiss:
    """Why a source gives nothing. ``reached`` tells a source that refused from one that did not answer."""

    detail: str
    reached: bool = True


@dataclass(frozen=True)
class SearchFile:
    """The bytes of a hit as they came: nobody has looked inside yet."""

    data: bytes
    media_type: str


@dataclass(frozen=True)
class PlateWish:
    """A picture that a model is to make: what is to be seen, in words, and its size in pixels."""

    words: str
    width: int
    height: int


@dataclass(frozen=True)
class LineWish:
    """A line that a model is to speak: in which voice, who speaks like this when nothing moves them, and in the time
    that the lock gives it, ``samples`` at ``sample_rate``.
    """

    text: str
    voice: Voice
    unmoved: Voice
    samples: int
    sample_rate: int


@dataclass(frozen=True)
class Made:
    """What a model made. Its bytes are as they came: nobody has looked inside yet."""

    data: bytes
    name: str
    rights: Rights


WordsJudge = Callable[[str], str | None]
"""Why words may not be pictured or heard in this project, or None where they may."""


class BlobSink(Protocol):
    """Where finished bytes go."""

    def put(
        self,
        data: bytes,
        media_type: str,
        *,
        width: int | None = None,
        height: int | None = None,
        samples: int | None = None,
        sample_rate: int | None = None,
    ) -> BlobRef:
        """Keep ``data``; the same bytes give the same reference."""
        ...


class AssetLibrary(Protocol):
    """Media that a person has collected, each with its licence."""

    def find(self, need_id: str, kind: AssetKind, names: tuple[str, ...]) -> LibraryAnswer:
        """The file for a need, trying ``names`` in order (``bob/joy.walk``, ``bob/joy``, ``bob``)."""
        ...


class AssetSearch(Protocol):
    """A place outside where openly licensed media can be searched. It never raises for what it cannot reach."""

    @property
    def name(self) -> str:
        """What the project calls it in ``asset_sources``."""
        ...

    def search(self, kind: AssetKind, words: str, limit: int) -> tuple[SearchHit, ...] | SearchMiss:
        """At most ``limit`` hits for ``words``, the best first; asked again, it gives the same."""
        ...

    def fetch(self, hit: SearchHit) -> SearchFile | SearchMiss:
        """The bytes of a hit; asked again, it gives the same."""
        ...


class SpeechSynthesizer(Protocol):
    """A voice."""

    @property
    def version(self) -> str:
        """The voice's engine and version, as the rights record names it."""
        ...

    def speak(self, text: str, voice: Voice) -> BlobRef:
        """``text`` as a WAV blob: mono, 16 bits, with ``samples`` and ``sample_rate`` set. Raises MediaError."""
        ...


class PlateModel(Protocol):
    """A model that makes pictures of places and things. It never raises for what it cannot make."""

    @property
    def source(self) -> AssetSource:
        """Whether it works on this machine or elsewhere."""
        ...

    def picture(self, wish: PlateWish) -> Made | SearchMiss:
        """A picture of about the wished size; asked again, it gives the same."""
        ...


class VoiceModel(Protocol):
    """A model that speaks. It never raises for what it cannot speak."""

    @property
    def source(self) -> AssetSource:
        """Whether it works on this machine or elsewhere."""
        ...

    def line(self, wish: LineWish) -> Made | SearchMiss:
        """The line as a WAV of exactly the wished time; asked again, it gives the same."""
        ...


class Painter(Protocol):
    """Draws what the library does not have. Every method returns the bytes of a PNG."""

    @property
    def version(self) -> str:
        """Changes whenever the same need would be drawn differently."""
        ...

    def background(self, need: BackgroundNeed, width: int, height: int) -> bytes:
        """A place, RGB, ``width`` by ``height`` pixels."""
        ...

    def background_layers(self, need: BackgroundNeed, width: int, height: int) -> tuple[tuple[int, bytes], ...]:
        """The same place in layers, farthest first: (depth in permille, PNG), RGB for the first, then RGBA."""
        ...

    def figure(self, need: CharacterPackNeed, variant: FigureVariant, height: int) -> bytes:
        """A whole figure on transparent ground, RGBA, ``height`` pixels high."""
        ...

    def mouths(self, need: CharacterPackNeed, variant: FigureVariant, height: int) -> tuple[int, int, bytes] | None:
        """Left and top of the box in which a figure's speaking mouths lie, and a PNG of that box once for each of
        ``SPOKEN_MOUTHS``, side by side, RGBA. None for whoever shows no mouth.
        """
        ...

    def insert(self, need: PropNeed, width: int, height: int) -> bytes:
        """A thing seen close, RGB, ``width`` by ``height`` pixels."""
        ...

    def missing_slate(self, name: str, width: int, height: int) -> bytes:
        """A plain slate that names what could not be drawn, RGB, ``width`` by ``height`` pixels."""
        ...


class PictureCache(Protocol):
    """Drawn pictures and made sounds, kept by the key of what was made (64 hex digits)."""

    def get(self, key: str) -> BlobRef | None:
        """The file kept under ``key``, or None when there is none whose bytes are still there."""
        ...

    def put(self, key: str, picture: BlobRef) -> None:
        """Keep ``picture`` (or sound) under ``key``."""
        ...

    def get_layers(self, key: str) -> tuple[PlateLayer, ...] | None:
        """The layers kept under ``key``, or None when they are not all there."""
        ...

    def put_layers(self, key: str, layers: tuple[PlateLayer, ...]) -> None:
        """Keep ``layers`` (at least one) under ``key``."""
        ...

    def get_mouths(self, key: str) -> MouthStrip | None:
        """The mouths kept under ``key``, or None when there are none whose bytes are still there."""
        ...

    def put_mouths(self, key: str, mouths: MouthStrip) -> None:
        """Keep ``mouths`` under ``key``."""
        ...
