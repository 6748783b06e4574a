"""Taking a project in from an archive: all of it is verified before anything changes, and then it changes at once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from resources.archive import FORMAT, MANIFEST, PROJECT_FILE, VERSION, ArchiveManifest
from resources.blobs import file_sha256
from resources.clock import now
from resources.durable import disk_errors
from resources.project_rows import CACHES, Rows, checked_rows, delete_rows, insert_rows, project_rows, without_times
from resources.studio import Studio
from resources.tables import ArtifactRow, CanonEntryRow
from resources.zips import ReadZip, reading_zip
from schemas.canonical import canonical_json, sha256_hex
from schemas.errors import InputError, IntegrityError
from schemas.kinds import KINDS
from schemas.project import Project
from schemas.reading import parse_json, read_bytes

MAX_ROWS_BYTES = 1 << 30
MAX_MANIFEST_BYTES = 30 << 20
MAX_BYTES = 200 << 30


@dataclass(frozen=True)
class Imported:
    """What an import did. ``outcome`` is ``unchanged`` where all of it was here already."""

    outcome: Literal["imported", "replaced", "unchanged"]
    project: str
    project_file: Path
    rows: int
    blobs: int


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
        _require_whole(studio, rows, manifest)
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
                project_file = str(home / "project.json")
                insert_rows(connection, store.tenant, manifest.project, rows, project_file, now())
    _require_sound_canon(studio, project)
    counted = sum(len(each) for each in rows.values())
    return Imported(outcome, manifest.project, home / "project.json", counted, blobs)


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


def _require_whole(studio: Studio, rows: Rows, manifest: ArchiveManifest) -> None:
    """Every diff of canon is the one of its hash, and the bytes of every artifact are there. Raises IntegrityError."""
    for entry in rows.get(CanonEntryRow.__tablename__, []):
        document = str(entry.get("document", "")).encode()
        if document and sha256_hex(document) != entry.get("diff_hash"):
            raise IntegrityError("A diff in the archive's canon was changed.", remedy="Fetch or export it again.")
    for row in rows.get(ArtifactRow.__tablename__, []):
        if row.get("kind") not in KINDS:
            raise InputError(
                f"The archive has a {str(row.get('kind'))[:60]!r}, which this program does not know.",
                remedy="Update the program: the archive was made by a newer one.",
            )
        digest = str(row.get("content_hash"))
        if f"blobs/{digest[:2]}/{digest}" not in manifest.members and not studio.store.blobs.intact(digest):
            raise IntegrityError(
                f"The archive speaks of the {row.get('kind')} {digest[:12]}… and does not hold it.",
                remedy="Fetch or export it again.",
            )


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


def _require_sound_canon(studio: Studio, project: Project) -> None:
    """Canon is made anew from its log, and every diff read back against its hash. Raises IntegrityError."""
    wrong = studio.canon.verify(project)
    if wrong:
        raise IntegrityError(f"The imported canon is damaged: {wrong[0]}", remedy="Export the project again.")
