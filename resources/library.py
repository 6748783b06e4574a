"""A folder of collected media as the media engine's library: finding files, reading them within limits, their licences.

Nothing is decoded here: what is inside a file is judged by the engine, whichever library it came from.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from narrative_assets.media.ports import AssetKind, LibraryAnswer, LibraryHit, LibraryMiss
from resources.blobs import file_sha256
from schemas.base import Line
from schemas.canonical import content_hash
from schemas.render import Rights

FOLDERS: dict[AssetKind, str] = {
    "background": "backgrounds", "character": "characters", "prop": "props",
    "sound": "sounds", "ambience": "ambience", "music": "music",
}  # fmt: skip
PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
SOUNDS = {".wav": "audio/wav", ".flac": "audio/flac", ".ogg": "audio/ogg", ".mp3": "audio/mpeg"}
MAX_PICTURE_BYTES = 64 * 1024 * 1024
MAX_SOUND_BYTES = 512 * 1024 * 1024
MAX_LICENCE_BYTES = 64 * 1024
MAX_FILES = 20_000
LICENCE_SUFFIX = ".licence.json"
FOLDER_LICENCE = "LICENCE.json"


class LicenceFile(Rights):
    """What stands beside a media file: its rights, and further names it answers to."""

    names: Annotated[tuple[Line, ...], Field(max_length=50)] = ()

    def rights(self) -> Rights:
        """The rights alone."""
        return Rights.model_validate(self.model_dump(include=set(Rights.model_fields)))


@dataclass(frozen=True)
class _Entry:
    """A file of the library: its path, and its path inside the library for people to read."""

    path: Path
    name: str


class FolderLibrary:
    """Media under one folder, by kind: ``backgrounds/pier.night.png``, ``characters/bob/joy.png``, ``sounds/door.wav``.

    ``<file name without ending>.licence.json`` beside a file states its rights, ``LICENCE.json`` those of all
    files in its folder and below that have none of their own. The folder is read once, at the first question.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: dict[str, _Entry] | None = None

    def find(self, need_id: str, kind: AssetKind, names: tuple[str, ...]) -> LibraryAnswer:
        """The first file that one of ``names`` means, or why there is none. A bad file is no error."""
        if self._index is None:
            self._index = self._read_index()
        for name in names:
            entry = self._index.get(f"{FOLDERS[kind]}/{_slug(name)}")
            if entry is not None:
                return self._answer(entry, SOUNDS if kind in ("sound", "ambience", "music") else PICTURES)
        return LibraryMiss("not_in_library", f"no {FOLDERS[kind]}/{_slug(names[0])} in the library")

    def fingerprint(self) -> str:
        """SHA-256 over the names and bytes of everything in the library, 64 hex digits."""
        return content_hash(
            [[path.relative_to(self.folder).as_posix(), self._identity(path)] for path in self._files()]
        )

    def expired(self, today: str) -> list[str]:
        """The licence files that have ended before ``today`` (ISO date), by name, in order."""
        ended = []
        for path in self._files():
            name = path.relative_to(self.folder).as_posix()
            if self._is_licence(path) and self._inside(path):
                licence = _read_licence(path)
                if licence is not None and licence.expires and licence.expires < today:
                    ended.append(name)
        return ended

    def _is_licence(self, path: Path) -> bool:
        return path.name.endswith(LICENCE_SUFFIX) or path.name == FOLDER_LICENCE

    def _answer(self, entry: _Entry, types: dict[str, str]) -> LibraryAnswer:
        media_type = types.get(entry.path.suffix.lower())
        if media_type is None:
            return LibraryMiss("wrong_type", f"{entry.name}: only {', '.join(sorted(types))} are read here")
        if not self._inside(entry.path):
            return LibraryMiss("unreadable", f"{entry.name} is a link that leads out of the library")
        limit = MAX_PICTURE_BYTES if types is PICTURES else MAX_SOUND_BYTES
        try:
            with entry.path.open("rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            return LibraryMiss("unreadable", f"{entry.name}: {error.strerror}")
        if len(data) > limit:
            return LibraryMiss("too_large", f"{entry.name}: more than {limit >> 20} MB")
        licence = self._licence(entry)
        if isinstance(licence, LibraryMiss):
            return licence
        return LibraryHit(data, media_type, licence.rights(), entry.name)

    def _licence(self, entry: _Entry) -> LicenceFile | LibraryMiss:
        """The rights beside the file, else the nearest folder's on the way up to the library."""
        own = entry.path.with_name(entry.path.stem + LICENCE_SUFFIX)
        folders = (folder / FOLDER_LICENCE for folder in entry.path.parents if folder.is_relative_to(self.folder))
        for path in (own, *folders):
            if path.is_file() and self._inside(path):
                read = _read_licence(path)
                return read or LibraryMiss("licence_unknown", f"{entry.name}: {path.name} cannot be understood")
        return LibraryMiss("licence_unknown", f"{entry.name}: write its licence into {own.name} beside it")

    def _read_index(self) -> dict[str, _Entry]:
        """Files by the names they answer to. A file's own name comes before names that others claim."""
        entries: dict[str, _Entry] = {}
        claimed: dict[str, _Entry] = {}
        for path in self._files():
            where = path.relative_to(self.folder)
            if self._is_licence(path) or len(where.parts) < 2:
                continue
            entry = _Entry(path, where.as_posix())
            key = _key(where)
            known = entries.get(key)
            if known is None or _rank(path) < _rank(known.path):
                entries[key] = entry
            sidecar = path.with_name(path.stem + LICENCE_SUFFIX)
            licence = _read_licence(sidecar) if sidecar.is_file() and self._inside(sidecar) else None
            for name in licence.names if licence else ():
                claimed.setdefault(f"{where.parts[0].lower()}/{_slug(name)}", entry)
        return {**claimed, **entries}

    def _files(self) -> Iterator[Path]:
        """Regular files and links to such, sorted by path, without following linked folders."""
        found: list[Path] = []
        for root, folders, names in os.walk(self.folder):
            folders.sort()
            found += (Path(root) / name for name in names if not name.startswith("."))
            if len(found) > MAX_FILES:
                break
        regular = (path for path in sorted(found, key=lambda path: path.as_posix()) if _is_regular(path))
        yield from list(regular)[:MAX_FILES]

    def _identity(self, path: Path) -> str:
        """What a file adds to the fingerprint: the hash of its bytes, or that it cannot be used."""
        try:
            return file_sha256(path) if self._inside(path) else "outside"
        except OSError:
            return "unreadable"

    def _inside(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.folder.resolve())


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _read_licence(path: Path) -> LicenceFile | None:
    """The licence file at ``path``, or None where it cannot be read or understood."""
    try:
        if path.stat().st_size > MAX_LICENCE_BYTES:
            return None
        return LicenceFile.model_validate_json(path.read_bytes())
    except (OSError, ValidationError, ValueError):
        return None


def _key(where: Path) -> str:
    """``Backgrounds/The Pier.night.PNG`` as ``backgrounds/the-pier.night``."""
    return "/".join((where.parts[0].lower(), *(_slug(part) for part in where.parts[1:-1]), _slug(where.stem)))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9_./-]+", "-", name.lower()).strip("-")


def _rank(path: Path) -> tuple[bool, str]:
    """Order among files of one name: those of a kind that can be read first, then by path."""
    return (path.suffix.lower() not in {**PICTURES, **SOUNDS}, path.as_posix())
