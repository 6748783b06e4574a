"""A project whole in one file: its sources, everything made of it with its records, canon's log, decisions, packs.

The zip holds ``manifest.json``, the project's own files under ``project/``, registry rows under ``tables/`` and stored
bytes under ``blobs/``. Nothing of a machine is in it: no path, no tenant, no time but those on record.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Connection

from resources.blobs import file_sha256
from resources.clock import now
from resources.durable import disk_errors
from resources.project_rows import (
    CACHES,
    Rows,
    cache_rows,
    checked_rows,
    delete_rows,
    insert_rows,
    project_rows,
    without_times,
)
from resources.studio import Studio
from resources.zips import Member, ReadZip, reading_zip, safe_name, write_zip
from schemas.base import SemVer, Sha256, Slug
from schemas.canonical import canonical_json, sha256_hex
from schemas.errors import InputError, IntegrityError
from schemas.project import Project
from schemas.reading import parse_json, read_bytes, read_limited

FORMAT = "narrative-project-archive"
VERSION = "1.0.0"
MANIFEST, PROJECT_FILE = "manifest.json", "project/project.json"
MAX_ROWS_BYTES = 1 << 30
MAX_MANIFEST_BYTES = 30 << 20
MAX_BYTES = 200 << 30
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


@dataclass(frozen=True)
class Imported:
    """What an import did. ``outcome`` is ``unchanged`` where all of it was here already."""

    outcome: Literal["imported", "replaced", "unchanged"]
    project: str
    project_file: Path
    rows: int
    blobs: int


def export_project(
    studio: Studio, project_id: str, target: Path, *, with_caches: bool = False, compress: bool = False
) -> ArchiveManifest:
    """Write a project into the zip ``target``; the same state gives the same bytes (unless compressed).

    Raises InputError for an unknown project and IntegrityError where stored bytes are damaged.
    """
    project = studio.projects.load(project_id)
    document = canonical_json(project)
    store = studio.store
    with store.engine.connect() as connection:
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


def import_project(
    studio: Studio, path: Path, folder: Path | None = None, *, replace: bool = False, max_bytes: int = MAX_BYTES
) -> Imported:
    """Take a project in from an archive; its own files go to ``folder`` (default: its id, in the current folder).

    All of the archive is verified before anything changes. A project that is here already must be the same in
    every row and file, or ``replace`` takes its place. Raises InputError and IntegrityError.
    """
    store = studio.store
    with reading_zip(path, max_bytes) as packed, store.blobs.scratch() as scratch:
        manifest = _manifest(packed)
        _require_room(store.root, packed)
        rows = checked_rows(_read_rows(packed, manifest), manifest.project)
        staged = Path(scratch)
        for name, member in manifest.members.items():
            packed.extract(name, staged / name, member.sha256)
        project = read_bytes((staged / PROJECT_FILE).read_bytes(), Project, where="the archive's project file")
        if project.id != manifest.project or sha256_hex(canonical_json(project)) != manifest.project_hash:
            raise IntegrityError("The archive's project file is not the one it names.", remedy="Export it again.")
        home = (folder or Path(manifest.project)).resolve()
        outcome = _outcome(studio, manifest, rows, staged / "project", home, replace=replace)
        blobs = _place_blobs(studio, staged / "blobs")
        if outcome != "unchanged":
            _place_files(staged / "project", home)
            with store.engine.begin() as connection:
                if outcome == "replaced":
                    delete_rows(connection, store.tenant, manifest.project)
                _insert(connection, studio, manifest.project, rows, home / "project.json")
    _require_sound_canon(studio, project)
    counted = sum(len(each) for each in rows.values())
    return Imported(outcome, manifest.project, home / "project.json", counted, blobs)


# -- out -----------------------------------------------------------------------------------------------------


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
        path = studio.store.blobs.path(digest)
        if path.is_file():
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
                waiting += _document(studio.store.blobs.path(digest))
    return found


def _document(path: Path) -> list[bytes]:
    """The bytes at ``path`` where they are a stored document; nothing for media, or for what is not there."""
    if not path.is_file() or path.stat().st_size > _MAX_SCANNED:
        return []
    with path.open("rb") as file:
        return [file.read()] if file.read(1) in (b"{", b"[") else []


# -- in ------------------------------------------------------------------------------------------------------


def _manifest(packed: ReadZip) -> ArchiveManifest:
    """The archive's manifest, naming exactly the members that are there. Raises InputError."""
    document = parse_json(packed.read(MANIFEST, MAX_MANIFEST_BYTES), MANIFEST)
    found = document if isinstance(document, dict) else {}
    if found.get("format") != FORMAT:
        raise InputError("This zip is no project archive.", remedy="Take a file that `narrative archive export` wrote.")
    if str(found.get("version", "")).partition(".")[0] != VERSION.partition(".")[0]:
        raise InputError(
            f"The archive's format is {str(found.get('version'))[:20]}; this program reads {VERSION}.",
            remedy="Update the program, or export the project again.",
        )
    try:
        manifest = ArchiveManifest.model_validate(found)
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise InputError(f"The archive's manifest cannot be used: {place}.", remedy="Export it again.") from error
    sizes = {name: size for name, size in packed.sizes.items() if name != MANIFEST}
    listed = {name: member.bytes for name, member in manifest.members.items()}
    if sizes != listed:
        other = sorted(name for name in sizes.keys() | listed.keys() if sizes.get(name) != listed.get(name))
        raise IntegrityError(f"{other[0][:80]!r} is not in the archive as its manifest says.", remedy="Fetch it again.")
    for name, member in manifest.members.items():
        _require_place(name, member.sha256)
    return manifest


def _require_place(name: str, sha256: str) -> None:
    """Members lie where the format has them, blobs under their own hash."""
    fits = (
        name == f"blobs/{sha256[:2]}/{sha256}"
        or re.fullmatch(r"tables/[a-z_]{1,64}\.jsonl", name)
        or name == PROJECT_FILE
        or name.startswith("project/")
    )
    if not fits:
        raise InputError(f"{name[:80]!r} has no place in an archive; nothing was imported.", remedy="Export it again.")


def _require_room(root: Path, packed: ReadZip) -> None:
    needed = sum(packed.sizes.values())
    with disk_errors("the archive"):
        root.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(root).free
    if needed > free:
        raise InputError(
            f"The archive unpacks to {needed >> 20} MB; the disk has {free >> 20} MB.", remedy="Free some space."
        )


def _read_rows(packed: ReadZip, manifest: ArchiveManifest) -> Rows:
    rows: Rows = {}
    for name, member in manifest.members.items():
        if name.startswith("tables/"):
            data = packed.read(name, MAX_ROWS_BYTES)
            if sha256_hex(data) != member.sha256:
                raise IntegrityError(f"{name} in the archive differs from its hash.", remedy="Fetch it again.")
            rows[name.removeprefix("tables/").removesuffix(".jsonl")] = [_row(line, name) for line in data.splitlines()]
    return rows


def _row(line: bytes, where: str) -> dict[str, Any]:
    row = parse_json(line, where)
    if not isinstance(row, dict):
        raise InputError(f"{where} in the archive holds something that is no row.", remedy="Export it again.")
    return row


def _outcome(
    studio: Studio, manifest: ArchiveManifest, rows: Rows, own: Path, home: Path, *, replace: bool
) -> Literal["imported", "replaced", "unchanged"]:
    """Whether the project is new here, the same, or to be replaced. Raises InputError where nobody has said so."""
    with studio.store.engine.connect() as connection:
        standing = project_rows(connection, studio.store.tenant, manifest.project)
    arriving = {name: entries for name, entries in rows.items() if name != CACHES and entries}
    same = without_times(standing) == without_times(arriving)
    differing = sorted(_differing(own, home))
    if standing and not same and not replace:
        raise InputError(
            f"The project {manifest.project!r} is here already and differs from the archive; nothing was imported.",
            remedy="Import with --replace to put the archive in its place, or into another NARRATIVE_ARTIFACTS.",
        )
    if same and studio.projects.file(manifest.project).is_file() and not replace:
        return "unchanged"
    if differing and not replace:
        raise InputError(
            f"{home} holds other files than the archive, {differing[0]!r} for one; nothing was imported.",
            remedy="Give another folder with --to, or --replace to write over them.",
        )
    return "replaced" if standing else "imported"


def _differing(own: Path, home: Path) -> Iterator[str]:
    """Files of the archive that stand in ``home`` with other bytes."""
    for path in own.rglob("*"):
        target = home / path.relative_to(own)
        if path.is_file() and target.exists() and (not target.is_file() or file_sha256(target) != file_sha256(path)):
            yield path.relative_to(own).as_posix()


def _place_blobs(studio: Studio, staged: Path) -> int:
    """Move verified blobs into the store; returns how many were not there before."""
    placed = 0
    for path in sorted(staged.glob("??/*")):
        if not studio.store.blobs.intact(path.name):
            studio.store.blobs.put_file(path, "application/octet-stream")
            placed += 1
    return placed


def _place_files(own: Path, home: Path) -> None:
    with disk_errors(str(home)):
        for path in sorted(path for path in own.rglob("*") if path.is_file()):
            target = home / path.relative_to(own)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_symlink():
                target.unlink()
            shutil.copyfile(path, target)


def _insert(connection: Connection, studio: Studio, project: str, rows: Rows, project_file: Path) -> None:
    insert_rows(connection, studio.store.tenant, project, rows, str(project_file), now())


def _require_sound_canon(studio: Studio, project: Project) -> None:
    """Canon is made anew from its log, and every diff read back against its hash. Raises IntegrityError."""
    wrong = studio.canon.verify(project)
    if wrong:
        raise IntegrityError(f"The imported canon is damaged: {wrong[0]}", remedy="Export the project again.")
