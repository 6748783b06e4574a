"""A project whole in one file: its sources, everything made of it with its records, canon's log, decisions, packs.

The zip holds ``manifest.json``, the project's own files under ``project/``, registry rows under ``tables/`` and stored
bytes under ``blobs/``. Nothing of a machine is in it: no path, no tenant, no time but those on record.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from resources.blobs import file_sha256
from resources.project_rows import CACHES, Rows, at_one_moment, cache_rows, project_rows
from resources.studio import Studio
from resources.zips import Member, safe_name, write_zip
from schemas.base import SemVer, Sha256, Slug
from schemas.canonical import canonical_json, sha256_hex
from schemas.errors import InputError, IntegrityError
from schemas.project import Project
from schemas.reading import read_limited

FORMAT = "narrative-project-archive"
VERSION = "1.0.0"
MANIFEST, PROJECT_FILE = "manifest.json", "project/project.json"
_MAX_SCANNED = 64 << 20
_HASH = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_LIBRARY = "library"


class ArchiveMember(BaseModel):
    """A file of the archive: its size in bytes and the hash of its bytes."""

    bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256


class ArchiveManifest(BaseModel):
    """What is in an archive, and by which version of the format it was written."""

    format: Literal["narrative-project-archive"] = "narrative-project-archive"
    version: SemVer = VERSION
    project: Slug
    project_hash: Sha256
    with_caches: bool
    members: dict[str, ArchiveMember]


def export_project(
    studio: Studio, project_id: str, target: Path, *, with_caches: bool = False, compress: bool = False
) -> ArchiveManifest:
    """Write a project into the zip ``target``; the same state gives the same bytes (unless compressed).

    Raises InputError for an unknown project and IntegrityError where stored bytes are damaged.
    """
    project = studio.projects.load(project_id)
    document = canonical_json(project)
    store = studio.store
    with at_one_moment(store.engine) as connection:
        rows = project_rows(connection, store.tenant, project_id)
        mentioned = _mentioned(studio, rows, [document])
        if with_caches:
            rows[CACHES] = cache_rows(connection, store.tenant, mentioned)
            mentioned = _mentioned(studio, rows, [document])
    members = [*_own_files(studio, project, document), *_table_members(rows), *_blob_members(studio, mentioned)]
    manifest = ArchiveManifest(
        project=project_id,
        project_hash=sha256_hex(document),
        with_caches=with_caches,
        members={
            each.name: ArchiveMember(bytes=each.size, sha256=_digest(each))
            for each in sorted(members, key=lambda member: member.name)
        },
    )
    data = canonical_json(manifest.model_dump(mode="json"))
    ordered = sorted(members, key=lambda member: member.name)
    write_zip(target, [Member(MANIFEST, len(data), data), *ordered], compress=compress)
    return manifest


def _own_files(studio: Studio, project: Project, document: bytes) -> Iterator[Member]:
    """The project file, its screenplays and its library, under ``project/``."""
    home = studio.projects.folder(project.id)
    written = studio.projects.file(project.id)
    data = read_limited(written) if written.is_file() else document
    yield Member(PROJECT_FILE, len(data), data)
    seen = {PROJECT_FILE}
    for entry in project.episodes:
        name = f"project/{entry.screenplay.path}" if entry.screenplay is not None else ""
        if entry.screenplay is not None and name not in seen:
            seen.add(name)
            source, _ = studio.projects.source(project.id, entry.screenplay.path)
            yield Member(_safe(name), len(source), source)
    for path in _library_files(home / _LIBRARY):
        name = f"project/{path.relative_to(home).as_posix()}"
        if name not in seen:
            yield Member(_safe(name), path.stat().st_size, path)


def _library_files(folder: Path) -> Iterator[Path]:
    """The regular files of a library that lie inside it, links included that stay inside."""
    inside = folder.resolve()
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root) / name
            if not name.startswith(".") and path.is_file() and path.resolve().is_relative_to(inside):
                yield path


def _safe(name: str) -> str:
    if not safe_name(name):
        raise InputError(
            f"{name!r} has a name that not every system can hold; nothing was exported.",
            remedy="Give the file a plain name.",
        )
    return name


def _table_members(rows: Rows) -> Iterator[Member]:
    for name, entries in rows.items():
        data = b"".join(canonical_json(row) + b"\n" for row in entries)
        yield Member(f"tables/{name}.jsonl", len(data), data)


def _blob_members(studio: Studio, mentioned: set[str]) -> Iterator[Member]:
    for digest in sorted(mentioned):
        path = studio.store.blobs.present(digest)
        if path is not None:
            yield Member(f"blobs/{digest[:2]}/{digest}", path.stat().st_size, path)


def _digest(member: Member) -> str:
    """The hash of a member's bytes. Raises IntegrityError for a blob whose bytes are not those of its name."""
    found = sha256_hex(member.source) if isinstance(member.source, bytes) else file_sha256(member.source)
    if member.name.startswith("blobs/") and not member.name.endswith(found):
        raise IntegrityError(
            f"The stored file {member.name[-64:][:12]}… has changed on disk; nothing was exported.",
            remedy="Run the episode again: what is damaged is made anew.",
        )
    return found


def _mentioned(studio: Studio, rows: Rows, documents: Iterable[bytes]) -> set[str]:
    """Every hash that the rows speak of, and that the stored documents among them speak of in turn."""
    found: set[str] = set()
    waiting = [canonical_json(row) for entries in rows.values() for row in entries]
    waiting += documents
    while waiting:
        for match in _HASH.findall(waiting.pop()):
            digest = match.decode()
            if digest not in found:
                found.add(digest)
                waiting += _document(studio.store.blobs.present(digest))
    return found


def _document(path: Path | None) -> list[bytes]:
    """The bytes at ``path`` where they are a stored document; nothing for media, or for what is not there."""
    if path is None or path.stat().st_size > _MAX_SCANNED:
        return []
    with path.open("rb") as file:
        return [file.read()] if file.read(1) in (b"{", b"[") else []
