"""A character pack as one file that another project can use: a zip with the pack, its pictures and its licences.

Reading trusts nothing: names, sizes and hashes are checked before anything is kept, and nothing is written by name.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from narrative_assets.media.intake import open_picture
from narrative_assets.media.ports import LibraryMiss
from narrative_assets.media.rights import credit_lines, licence_note, refusal
from resources.durable import disk_errors, write_durably
from resources.library import LICENCE_SUFFIX
from resources.registry import ArtifactStore
from schemas.canonical import canonical_json, sha256_hex
from schemas.errors import InputError, IntegrityError, RightsError
from schemas.packs import CharacterPack
from schemas.reading import read_bytes

PACK, SHEET, NOTICE = "pack.json", "model-sheet.png", "LICENCES.md"
MAX_ENTRIES = 1_000
MAX_ENTRY_BYTES = 64 << 20
MAX_BYTES = 512 << 20
_PICTURE = re.compile(r"pictures/([0-9a-f]{64})\.png")
_LIBRARY = re.compile(r"library/(characters(?:/[A-Za-z0-9_][A-Za-z0-9 ._-]{0,100}){1,4})")
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class PackFiles:
    """A pack with its pictures by hash, and its library files by name as far as they came along."""

    pack: CharacterPack
    pictures: Mapping[str, bytes]
    originals: Mapping[str, bytes]


def write_pack(path: Path, files: PackFiles, sheet: bytes) -> int:
    """Write a pack as a zip; the same pack gives the same bytes. Returns their number. Raises StorageError."""
    entries = {
        PACK: canonical_json(files.pack),
        SHEET: sheet,
        NOTICE: _notice(files.pack).encode(),
        **{f"pictures/{digest}.png": data for digest, data in files.pictures.items()},
        **{f"library/{name}": data for name, data in files.originals.items()},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, entries[name])
    with disk_errors(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, packed.getvalue())
    return len(packed.getvalue())


def gather(store: ArtifactStore, pack: CharacterPack, library: Path) -> PackFiles:
    """The files of a pack: its pictures from the store, its originals from the library while they are the same."""
    pictures = {each.picture.sha256: store.blobs.read(each.picture) for each in pack.pictures}
    originals = {}
    for file in pack.files:
        path = library / file.name
        if _LIBRARY.fullmatch(f"library/{file.name}") and path.resolve().is_relative_to(library.resolve()):
            data = path.read_bytes() if path.is_file() else b""
            if sha256_hex(data) == file.sha256:
                originals[file.name] = data
    return PackFiles(pack, pictures, originals)


def read_pack(path: Path, today: str) -> PackFiles:
    """The pack in a file, every part of it checked against its hash.

    Raises InputError for what is no pack, IntegrityError for parts that are missing or changed, and RightsError for
    licences that do not allow the use on the day ``today``.
    """
    entries = _entries(path)
    if PACK not in entries:
        raise InputError(f"{path.name} holds no {PACK}.", remedy="Give a file that `narrative packs export` wrote.")
    pack = read_bytes(entries[PACK], CharacterPack, where=f"{path.name}: {PACK}")
    if pack.sealed().pack_hash != pack.pack_hash:
        raise IntegrityError(f"{path.name}: the pack is not what its hash says.", remedy="Export it again.")
    pictures = {each.picture.sha256: entries.get(f"pictures/{each.picture.sha256}.png") for each in pack.pictures}
    for digest, data in pictures.items():
        if data is None or sha256_hex(data) != digest or isinstance(open_picture(data), LibraryMiss):
            raise IntegrityError(f"{path.name}: the picture {digest[:12]}… is missing or damaged.", remedy=_AGAIN)
    originals = {}
    for file in pack.files:
        data = entries.get(f"library/{file.name}")
        if data is not None and sha256_hex(data) != file.sha256:
            raise IntegrityError(f"{path.name}: {file.name} is damaged.", remedy=_AGAIN)
        if data is not None:
            originals[file.name] = data
    _require_rights(path.name, pack, today)
    return PackFiles(pack, {digest: data for digest, data in pictures.items() if data is not None}, originals)


def place_in_library(library: Path, files: PackFiles, *, replace: bool = False) -> list[Path]:
    """Write a library pack's files with their licences into a project's library; returns the media files written.

    Where an original did not come along, the pack's pictures serve. Raises InputError where another file is in the
    way and may not be replaced, StorageError where the disk refuses.
    """
    wanted: dict[str, tuple[bytes, str]] = {}
    for file in files.pack.files:
        if file.name in files.originals:
            wanted[file.name] = (files.originals[file.name], file.rights.model_dump_json(indent=2))
    if len(wanted) < len(files.pack.files):
        for each in files.pack.pictures:
            name = f"characters/{files.pack.character_id}/{each.variant.expression}.{each.variant.pose}.png"
            rights = files.pack.rights.model_dump_json(indent=2)
            wanted.setdefault(name, (files.pictures[each.picture.sha256], rights))
    targets = {library / name: parts for name, parts in sorted(wanted.items())}
    for target, (data, _) in targets.items():
        _require_free(library, target, data, replace)
    for target, (data, licence) in targets.items():
        write_durably(target, data)
        write_durably(target.with_name(target.stem + LICENCE_SUFFIX), licence.encode() + b"\n")
    return list(targets)


_AGAIN = "Export the pack again, or fetch the file again."


def _entries(path: Path) -> dict[str, bytes]:
    """The entries of the zip that a pack may have, by name; any other name refuses the whole file."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
            if len(found) > MAX_ENTRIES:
                raise InputError(f"{path.name} holds more than {MAX_ENTRIES:,} files.", remedy=_NOT_OURS)
            entries: dict[str, bytes] = {}
            left = MAX_BYTES
            for entry in found:
                _require_plain(path.name, entry, entries)
                with archive.open(entry) as file:
                    data = file.read(min(MAX_ENTRY_BYTES, left) + 1)
                left -= len(data)
                if len(data) > MAX_ENTRY_BYTES or left < 0:
                    raise InputError(f"{path.name}: {entry.filename} is too large.", remedy=_NOT_OURS)
                entries[entry.filename] = data
            return entries
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, RuntimeError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise InputError(f"{path.name} cannot be read as a character pack ({reason}).", remedy=_NOT_OURS) from error


_NOT_OURS = "Give a file that `narrative packs export` wrote."


def _require_plain(where: str, entry: zipfile.ZipInfo, known: Mapping[str, bytes]) -> None:
    name, mode = entry.filename, entry.external_attr >> 16
    ours = name in (PACK, SHEET, NOTICE) or _PICTURE.fullmatch(name) or _LIBRARY.fullmatch(name)
    if not ours or ".." in name.split("/") or name in known:
        raise InputError(f"{where}: {name[:80]!r} has no place in a character pack.", remedy=_NOT_OURS)
    if entry.flag_bits & 1 or (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)):
        raise InputError(f"{where}: {name[:80]!r} is encrypted or no plain file.", remedy=_NOT_OURS)


def _require_rights(where: str, pack: CharacterPack, today: str) -> None:
    for name, rights in [(pack.name, pack.rights), *((file.name, file.rights) for file in pack.files)]:
        why = refusal(rights, today)
        if why is not None:
            raise RightsError(f"{where}: {name} may not be used: {why}.", remedy="Ask whoever gave you the pack.")


def _require_free(library: Path, target: Path, data: bytes, replace: bool) -> None:
    if not target.resolve().is_relative_to(library.resolve()):
        raise InputError(f"{target.name} would lie outside the library.", remedy="Remove the link that leads there.")
    if target.exists() and not replace and (not target.is_file() or target.read_bytes() != data):
        raise InputError(f"{target} exists and is another file.", remedy="Move it away, or replace it with --replace.")


def _notice(pack: CharacterPack) -> str:
    """The licences in words, for whoever opens the file by hand."""
    lines = [f"# {pack.name}, version {pack.version}", "", f"Pack: {licence_note(pack.rights)}"]
    lines += [f"- {file.name}: {licence_note(file.rights)}" for file in pack.files]
    credits = credit_lines([pack.rights, *(file.rights for file in pack.files)])
    lines += ["", "Credits:", *(f"- {credit}" for credit in credits)] if credits else []
    return "\n".join(lines) + "\n"
