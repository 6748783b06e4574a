"""Finding a file for a need: the library first, then the searches, each candidate weighed and noted.

What is found is read into our own form by whoever asks (``intake``); what is not found is made in ``pictures``
and ``sounds``. A search is asked for places, things and sounds, never for people: a stranger's photographs hold
no character through poses and expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from narrative_assets.media.intake import TakenPicture, TakenSound
from narrative_assets.media.ports import (
    AssetKind,
    AssetLibrary,
    AssetSearch,
    LibraryAnswer,
    LibraryHit,
    LibraryMiss,
    SearchHit,
    SearchMiss,
    WordsJudge,
)
from narrative_assets.media.rights import credited, licence_note, open_refusal, refusal
from schemas.render import AssetSource, Candidate, RenderPlan, Rights

HITS_A_SOURCE = 8
FETCHES_A_SOURCE = 3
LEAST_SHARE = 2
"""A found picture may be smaller than wanted by this factor at most, or it would be soft on the screen."""
MOST_NOTED = 48
UNREACHED = "did not answer"
_SOUNDS = ("sound", "ambience", "music")
_OUTSIDE: tuple[AssetSource, ...] = ("search", "generated_local", "generated_external")

T = TypeVar("T", TakenPicture, TakenSound)


@dataclass(frozen=True)
class Wanted(Generic[T]):
    """What is looked for: names for the library, words for a search, and how its bytes are read.

    Without words nothing is searched. ``least`` is the width and height in pixels that a picture should have.
    """

    need_id: str
    kind: AssetKind
    names: tuple[str, ...]
    words: str
    take: Callable[[bytes], T | LibraryMiss]
    least: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Found(Generic[T]):
    """A file that may be used, in our own form: from where, and under which licence."""

    taken: T
    rights: Rights
    source: AssetSource
    name: str


def allow_all(_words: str) -> str | None:
    """The judge of a project without content rules."""
    return None


@dataclass
class Finder:
    """Looks a need up and keeps the trail of what was considered for it."""

    library: AssetLibrary
    searches: Sequence[AssetSearch] = ()
    today: str = ""
    judge: WordsJudge = allow_all
    trail: list[Candidate] = field(default_factory=list)

    def find(self, wanted: Wanted[T]) -> Found[T] | LibraryMiss:
        """The first file in the order of sources that may be used, else why the library had none."""
        self.trail = []
        own = self.in_library(wanted)
        if not isinstance(own, LibraryMiss):
            return own
        for source in self.searches if wanted.words else ():
            found = self._in_search(source, wanted)
            if found is not None:
                return found
        return own

    def in_library(self, wanted: Wanted[T]) -> Found[T] | LibraryMiss:
        """The library's file in our own form, if its licence allows the use and it can be read."""
        answer = self.library.find(wanted.need_id, wanted.kind, wanted.names)
        found = self._read(answer, wanted) if isinstance(answer, LibraryHit) else answer
        if isinstance(found, LibraryMiss):
            name = answer.name if isinstance(answer, LibraryHit) else wanted.names[-1]
            licence = answer.rights.license_type if isinstance(answer, LibraryHit) else ""
            self.note("library", name, found.detail or "not in the library", licence)
        else:
            self.note("library", found.name, "the library comes first", licence_note(found.rights), chosen=True)
        return found

    def note(self, source: AssetSource, name: str, reason: str, licence: str = "", *, chosen: bool = False) -> None:
        """Add a candidate to the trail; of very many, the last before the chosen one are left out."""
        if len(self.trail) >= MOST_NOTED and not chosen:
            return
        self.trail.append(
            Candidate(source=source, name=line(name), chosen=chosen, reason=line(reason), licence_type=line(licence))
        )

    def _read(self, hit: LibraryHit, wanted: Wanted[T]) -> Found[T] | LibraryMiss:
        refused = refusal(hit.rights, self.today)
        if refused is not None:
            return LibraryMiss("licence_unknown", f"{hit.name}: {refused}")
        family = "audio/" if wanted.kind in _SOUNDS else "image/"
        if not hit.media_type.startswith(family):
            what = "sound" if wanted.kind in _SOUNDS else "picture"
            return LibraryMiss("wrong_type", f"{hit.name}: {hit.media_type} is no {what}")
        taken = wanted.take(hit.data)
        if isinstance(taken, LibraryMiss):
            return LibraryMiss(taken.reason, f"{hit.name}: {taken.detail}")
        return Found(taken, credited(hit.rights), "library", hit.name)

    def _in_search(self, source: AssetSearch, wanted: Wanted[T]) -> Found[T] | None:
        """The first hit of ``source`` that may be used and can be read."""
        hits = source.search(wanted.kind, wanted.words, HITS_A_SOURCE)
        if isinstance(hits, SearchMiss):
            self.note("search", source.name, hits.detail if hits.reached else f"{UNREACHED}: {hits.detail}")
            return None
        if not hits:
            self.note("search", source.name, f"nothing found for “{wanted.words}”")
        fetches = 0
        for hit in hits:
            refused = self._hit_refusal(hit, wanted)
            if refused is None and fetches == FETCHES_A_SOURCE:
                self.note("search", source.name, f"{FETCHES_A_SOURCE} files tried, none usable")
                return None
            taken = refused if refused is not None else self._fetched(source, hit, wanted)
            fetches += refused is None
            name = f"{source.name}: {hit.title or hit.identifier}"
            if isinstance(taken, str):
                self.note("search", name, taken, hit.rights.license_type)
                continue
            rights = credited(hit.rights)
            self.note("search", name, f"first usable hit for “{wanted.words}”", licence_note(rights), chosen=True)
            return Found(taken, rights, "search", name)
        return None

    def _hit_refusal(self, hit: SearchHit, wanted: Wanted[T]) -> str | None:
        refused = open_refusal(hit.rights) or self.judge(f"{hit.title}. {hit.words}")
        if refused is not None:
            return refused
        width, height = wanted.least
        if hit.width and hit.height and (hit.width * LEAST_SHARE < width or hit.height * LEAST_SHARE < height):
            return f"{hit.width} x {hit.height} pixels are too few for {width} x {height}"
        return None

    def _fetched(self, source: AssetSearch, hit: SearchHit, wanted: Wanted[T]) -> T | str:
        """The hit in our own form, or why it cannot be had."""
        file = source.fetch(hit)
        if isinstance(file, SearchMiss):
            return file.detail if file.reached else f"{UNREACHED}: {file.detail}"
        taken = wanted.take(file.data)
        return taken.detail if isinstance(taken, LibraryMiss) else taken


@dataclass(frozen=True)
class SoundShelf:
    """The finder as a library of sounds that are known to be usable: searched once, read once."""

    finder: Finder
    words: Callable[[AssetKind, str], str]

    def find(self, need_id: str, kind: AssetKind, names: tuple[str, ...]) -> LibraryAnswer:
        """The sound for a need as a plain WAV, from the library or a search."""
        from narrative_assets.media.intake import take_sound

        def take(data: bytes) -> TakenSound | LibraryMiss:
            return take_sound(data, 2 if kind == "music" else 1)

        found = self.finder.find(Wanted(need_id, kind, names, self.words(kind, names[-1]), take))
        if isinstance(found, LibraryMiss):
            return found
        return LibraryHit(found.taken.wav, "audio/wav", found.rights, found.name)


def awaits_a_source(plan: RenderPlan) -> bool:
    """Whether a source or a model did not answer when the plan was made, so that asking again may find more."""
    return any(
        each.source in _OUTSIDE and each.reason.startswith(UNREACHED)
        for asset in plan.assets
        for each in asset.considered
    )


def line(text: str) -> str:
    """``text`` as one line of at most 300 characters."""
    return " ".join(text.split())[:300]
