"""Adding a model: its licence first, then every file copied, looked at and hashed, then its place in the folder.

What is refused leaves the models folder as it was.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock
from pydantic import ValidationError

from resources.durable import disk_errors, sync_folder, write_durably
from resources.inventory.facts import facts_of
from resources.inventory.folder import RECORD, TAKEN, InventoryFolder
from resources.inventory.licences import combined, require_use, verdicts
from resources.inventory.offers import Offer
from resources.inventory.refusing import check, wanted
from schemas.canonical import canonical_json
from schemas.errors import ContractError, InputError, IntegrityError, ModelRefused
from schemas.models import ModelEntry, ModelFile, ModelInventory

_CHUNK = 1 << 20
_MOST_FILES = 500
_LOCK = ".adding.lock"


def add(folder: InventoryFolder, offer: Offer) -> ModelEntry:
    """Take a model into the folder. The same files once more change nothing.

    Raises RightsError for its licence, ModelRefused for its files, IntegrityError where they are not as stated.
    """
    licence = combined(offer.statements)
    allowed = verdicts(licence)
    require_use(offer.model_id, allowed)
    _require_name(offer.model_id)
    files = list(_files(offer.folder))
    new = not folder.root.exists()
    with disk_errors(str(folder.root)):
        folder.root.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder.root / _LOCK), tempfile.TemporaryDirectory(dir=folder.root, prefix=".adding-") as staging:
            entry = _staged(offer, files, Path(staging) / "model", licence)
            _place(folder, Path(staging) / "model", entry)
            folder.relist()
    finally:
        if new and not folder.ids():
            shutil.rmtree(folder.root)
    return entry


def _staged(offer: Offer, files: list[tuple[str, Path]], staging: Path, licence: str) -> ModelEntry:
    """The model copied into ``staging``, judged there: what was looked at is what is kept."""
    try:
        kept = tuple(_copied(path, source, staging / path, offer) for path, source in files)
        return _described(offer, kept, staging, licence)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ContractError(
            f"{offer.model_id} cannot be described: {'.'.join(map(str, first['loc']))}: {first['msg']} "
            f"(found {str(first.get('input'))[:80]!r}).",
            remedy="Rename or shorten what the message names.",
        ) from error


def _described(offer: Offer, kept: tuple[ModelFile, ...], staging: Path, licence: str) -> ModelEntry:
    facts = facts_of(staging, [file.path for file in kept])
    task = offer.task or facts.task
    if task is None:
        raise InputError(f"It is not clear what {offer.model_id} is for.", remedy="Say so with --task.")
    return ModelEntry(
        model_id=offer.model_id,
        task=task,
        source=offer.source,
        provenance=offer.provenance,
        files=kept,
        size_bytes=sum(file.size_bytes for file in kept),
        format=facts.format,
        runtimes=facts.runtimes,
        tokenizer=facts.tokenizer,
        quantisation=facts.quantisation,
        dimensions=facts.dimensions,
        context=facts.context,
        vocabulary=facts.vocabulary,
        licence=licence,
        statements=offer.statements,
        verdicts=verdicts(licence),
    )


def _copied(path: str, source: Path, target: Path, offer: Offer) -> ModelFile:
    digest, size = hashlib.sha256(), 0
    with disk_errors(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as read, target.open("xb") as written:
            while chunk := read.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                written.write(chunk)
            written.flush()
            os.fsync(written.fileno())
    check(target, path)
    stated = offer.hashes.get(path)
    if stated is not None and stated != digest.hexdigest():
        raise IntegrityError(
            f"{path} differs from the hash that {offer.source} states.", remedy="Fetch the model again."
        )
    return ModelFile(path=path, size_bytes=size, sha256=digest.hexdigest())


def _place(folder: InventoryFolder, staging: Path, entry: ModelEntry) -> None:
    target = folder.root / entry.model_id
    if target.exists() or target.is_symlink():
        if entry.model_id in folder.ids() and folder.entry(entry.model_id) == entry:
            return
        raise InputError(
            f"There is another model {entry.model_id!r}.", remedy="Choose another --id, or remove its folder first."
        )
    write_durably(staging / RECORD, canonical_json(ModelInventory(models=(entry,))) + b"\n")
    with disk_errors(entry.model_id):
        staging.replace(target)
    sync_folder(folder.root)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Path below ``folder`` and place of every file to take, sorted. Raises ModelRefused for links that lead out."""
    found: list[tuple[str, Path]] = []
    top = folder.resolve()
    for root, folders, names in os.walk(folder):
        linked = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in (*linked, *names):
            place = Path(root) / name
            path = place.relative_to(folder).as_posix()
            if not place.resolve().is_relative_to(top) or name in linked:
                raise ModelRefused(
                    f"{path} is refused: it is a link that leads out of the folder or to a folder.",
                    remedy="Copy the files themselves (cp -rL) and add the copy.",
                )
            if path != RECORD and wanted(path):
                found.append((path, _regular(place, path)))
        if len(found) > _MOST_FILES:
            raise ModelRefused(f"The folder has more than {_MOST_FILES} files.", remedy="Give the model's own folder.")
    return iter(sorted(found))


def _regular(place: Path, path: str) -> Path:
    if not place.is_file():
        raise ModelRefused(f"{path} is no regular file.", remedy="Copy the model's files into a folder of their own.")
    return place


def _require_name(model_id: str) -> None:
    if model_id in TAKEN or len(model_id) > 64 or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*", model_id):
        raise InputError(
            f"{model_id[:80]!r} cannot be a model's id.",
            remedy="Choose another with --id: small letters, digits, '-', '_' and single dots.",
        )
