"""Openly licensed media outside: the sources that can be searched, and the record of what they said.

Which hit is taken, and whether its licence allows the use, is decided by the media engine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, Protocol
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from narrative_assets.media.ports import AssetKind, AssetSearch, SearchFile, SearchHit, SearchMiss
from resources.clock import today
from resources.fetching import Fetcher, FetchFailed, Reply
from resources.registry import ArtifactStore
from schemas.canonical import content_hash
from schemas.errors import InputError
from schemas.render import Rights

OPENVERSE = "https://api.openverse.org"
_MOST_REPLY_BYTES = 4 << 20
_MOST_PICTURE_BYTES = 32 << 20
_MOST_SOUND_BYTES = 64 << 20
_LONGEST_QUERY = 200
_SOUNDS = ("sound", "ambience", "music")


@dataclass(frozen=True)
class Answer:
    """What a source said: the hits, the bytes they were read from, and the day in its own words or ours."""

    hits: tuple[SearchHit, ...]
    raw: bytes
    day: str


class Source(Protocol):
    """A place that can be searched, without any memory. Its calls raise FetchFailed."""

    @property
    def name(self) -> str:
        """What a project calls it."""
        ...

    @property
    def version(self) -> str:
        """Changes where the same reply would be read differently, or comes from elsewhere."""
        ...

    def ask(self, kind: AssetKind, words: str, limit: int) -> Answer:
        """At most ``limit`` hits, the best first."""
        ...

    def load(self, hit: SearchHit) -> tuple[SearchFile, str]:
        """The bytes of a hit, and the day on which they were loaded."""
        ...


class RecordedSearch:
    """A source whose answers are kept: asked again, it says the same, on the same day, without being asked.

    What does not answer is not asked again by the same run. A ``fresh`` one forgets what earlier runs kept.
    """

    def __init__(self, store: ArtifactStore, source: Source, *, fresh: bool = False) -> None:
        self._store = store
        self._source = source
        self._fresh = fresh
        self._own: set[str] = set()
        self._down: SearchMiss | None = None

    @property
    def name(self) -> str:
        """What a project calls the source."""
        return self._source.name

    def search(self, kind: AssetKind, words: str, limit: int) -> tuple[SearchHit, ...] | SearchMiss:
        """At most ``limit`` hits for ``words``, the best first, or why there are none to be had."""
        key = self._key({"kind": kind, "words": words, "limit": limit})
        kept = self._kept("search", key)
        if kept is not None:
            return tuple(_hit(each) for each in kept[1]["hits"])
        if self._down is not None:
            return self._down
        try:
            answer = self._source.ask(kind, words, limit)
        except FetchFailed as error:
            miss = SearchMiss(error.message, error.reached)
            self._down = None if error.reached else miss
            return miss
        raw = self._store.blobs.put(answer.raw, "application/json")
        self._keep("search", key, raw.sha256, {"day": answer.day, "hits": [_record(hit) for hit in answer.hits]})
        return answer.hits

    def fetch(self, hit: SearchHit) -> SearchFile | SearchMiss:
        """The bytes of a hit, or why they cannot be had."""
        key = self._key({"file": hit.identifier, "address": hit.address})
        kept = self._kept("found", key)
        if kept is not None:
            return SearchFile(self._store.blobs.read(kept[0]), kept[1]["media_type"])
        try:
            file, day = self._source.load(hit)
        except FetchFailed as error:
            return SearchMiss(error.message, error.reached)
        blob = self._store.blobs.put(file.data, "application/octet-stream")
        figures = {"media_type": file.media_type, "day": day}
        self._keep("found", key, blob.sha256, figures, expires=hit.rights.expires)
        return file

    def _key(self, about: Mapping[str, object]) -> str:
        return content_hash({**about, "source": self._source.name, "version": self._source.version})

    def _kept(self, namespace: str, key: str) -> tuple[str, dict[str, Any]] | None:
        if self._fresh and key not in self._own:
            return None
        entry = self._store.cached(namespace, key)
        return entry if entry is not None and self._store.blobs.intact(entry[0]) else None

    def _keep(self, namespace: str, key: str, sha256: str, figures: Mapping[str, object], expires: str = "") -> None:
        self._store.cache(namespace, key, sha256, figures, expires)
        self._own.add(key)


class Openverse:
    """The public Openverse API, version 1: pictures and sounds under Creative Commons licences.

    Only CC0, the public domain mark and CC BY are asked for. ``token`` raises how often it may be asked.
    """

    name = "openverse"

    def __init__(self, fetcher: Fetcher, address: str = OPENVERSE, token: str = "") -> None:
        self._fetcher = fetcher
        self._address = address.rstrip("/")
        self._headers = {"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}

    @property
    def version(self) -> str:
        """The host that is asked and how its replies are read."""
        return f"{urlsplit(self._address).netloc} v1, reader 1"

    def ask(self, kind: AssetKind, words: str, limit: int) -> Answer:
        """At most ``limit`` (20) hits, the most relevant first. Raises FetchFailed."""
        media = "audio" if kind in _SOUNDS else "images"
        asked = {
            "q": " ".join(words.split())[:_LONGEST_QUERY],
            "license": "by,cc0,pdm",
            "page_size": str(min(limit, 20)),
            "mature": "false",
            **_FILTERS[kind],
        }
        reply = self._fetcher.get(f"{self._address}/v1/{media}/?{urlencode(asked)}", _MOST_REPLY_BYTES, self._headers)
        day = _day(reply)
        return Answer(tuple(_read_hits(reply.data, day))[:limit], reply.data, day)

    def load(self, hit: SearchHit) -> tuple[SearchFile, str]:
        """The bytes of a hit, from wherever its provider keeps them. Raises FetchFailed."""
        most = _MOST_SOUND_BYTES if hit.width is None else _MOST_PICTURE_BYTES
        reply = self._fetcher.get(hit.address, most)
        return SearchFile(reply.data, reply.media_type), _day(reply)


_PICTURES = {"extension": "jpg,jpeg,png,webp"}
_EFFECTS = {"extension": "wav,flac,mp3,ogg", "category": "sound_effect"}
_FILTERS: dict[AssetKind, dict[str, str]] = {
    "background": {**_PICTURES, "aspect_ratio": "wide"},
    "prop": _PICTURES,
    "character": _PICTURES,
    "sound": _EFFECTS,
    "ambience": _EFFECTS,
    "music": {**_EFFECTS, "category": "music"},
}

SOURCES: dict[str, Callable[[Fetcher], Source]] = {
    "openverse": lambda fetcher: Openverse(
        fetcher, os.environ.get("NARRATIVE_OPENVERSE_URL", OPENVERSE), os.environ.get("NARRATIVE_OPENVERSE_TOKEN", "")
    ),
}
"""The sources that a project may name, each with how it is opened."""


def open_searches(store: ArtifactStore, names: Sequence[str], *, fresh: bool = False) -> tuple[AssetSearch, ...]:
    """The named sources in their order. Raises InputError for one that is not known.

    ``$NARRATIVE_SEARCH_PRIVATE=1`` lets them reach hosts inside the house, such as a mirror of Openverse.
    """
    for name in names:
        if name not in SOURCES:
            raise InputError(
                f"asset_sources: {name!r} is no source that can be searched.",
                remedy="There are: " + ", ".join(sorted(SOURCES)) + ".",
            )
    fetcher = Fetcher(allow_private=os.environ.get("NARRATIVE_SEARCH_PRIVATE") == "1") if names else None
    return tuple(RecordedSearch(store, SOURCES[name](fetcher), fresh=fresh) for name in dict.fromkeys(names) if fetcher)


class _Tag(BaseModel):
    name: Annotated[str, Field(max_length=1_000)] = ""


class _Item(BaseModel):
    """One result, as the API documents it; fields that are not used are passed over."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[str, Field(min_length=1, max_length=200)]
    url: Annotated[str, Field(min_length=1, max_length=2_000)]
    license: Annotated[str, Field(max_length=50)]
    license_version: Annotated[str, Field(max_length=25)] | None = None
    license_url: str | None = None
    title: str | None = None
    creator: str | None = None
    foreign_landing_url: str | None = None
    attribution: str | None = None
    provider: str | None = None
    width: Annotated[int, Field(ge=1)] | None = None
    height: Annotated[int, Field(ge=1)] | None = None
    mature: bool = False
    tags: Annotated[list[_Tag], Field(max_length=1_000)] | None = None


class _Page(BaseModel):
    results: Annotated[list[dict[str, Any]], Field(max_length=500)]


def _read_hits(data: bytes, day: str) -> list[SearchHit]:
    """The results that can be understood. Raises FetchFailed for a reply that is no page of results."""
    try:
        page = _Page.model_validate_json(data)
    except ValidationError as error:
        raise FetchFailed("openverse answers in a form that cannot be read", reached=False) from error
    hits = []
    for result in page.results:
        with suppress(ValidationError):
            item = _Item.model_validate(result)
            if not item.mature:
                hits.append(_read_hit(item, day))
    return hits


def _read_hit(item: _Item, day: str) -> SearchHit:
    rights = Rights(
        license_type=_licence(item.license, item.license_version),
        attribution="" if item.creator else _clean(item.attribution, 2_000),
        provider_or_model=_clean(f"Openverse ({item.provider or 'unknown provider'})"),
        retrieval_date=day,
        title=_clean(item.title),
        author=_clean(item.creator),
        source_url=_web_address(item.foreign_landing_url),
        licence_url=_web_address(item.license_url),
        redistributable=True,
    )
    words = " ".join(tag.name for tag in item.tags or ())
    return SearchHit(item.id, _clean(item.title), item.url, rights, _clean(words, 4_000), item.width, item.height)


def _licence(code: str, version: str | None) -> str:
    """``by`` and ``2.0`` as ``CC-BY-2.0``; what is not known is refused by that name later."""
    name = code.strip().lower()
    if name in ("cc0", "pdm"):
        return f"{name.upper()}-1.0"
    return f"CC-{name.upper()}-{version}" if version else f"CC-{name.upper()}"


def _day(reply: Reply) -> str:
    """The day that the server states, else today."""
    with suppress(TypeError, ValueError, IndexError):
        return parsedate_to_datetime(reply.headers.get("date", "")).date().isoformat()
    return today()


def _clean(text: str | None, most: int = 300) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in text or "")
    return " ".join(printable.split())[:most]


def _web_address(text: str | None) -> str:
    usable = text is not None and text.startswith(("http://", "https://")) and len(text) <= 300
    return _clean(text) if usable else ""


def _record(hit: SearchHit) -> dict[str, Any]:
    return {**vars(hit), "rights": hit.rights.model_dump(mode="json")}


def _hit(record: Mapping[str, Any]) -> SearchHit:
    return SearchHit(**{**record, "rights": Rights.model_validate(record["rights"])})
