"""Whether the files of the models folder are those that were added, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from resources.blobs import file_sha256
from resources.inventory.folder import CHECKSUMS, COMBINED, RECORD, InventoryFolder, checksums
from schemas.canonical import canonical_json
from schemas.errors import NarrativeError
from schemas.models import ModelEntry, ModelInventory


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a file, or with a record where ``path`` names one. ``differs``: its bytes are other ones."""

    model_id: str
    path: str
    what: str
    differs: bool = False


def verify(folder: InventoryFolder, model_id: str = "") -> list[Trouble]:
    """What is wrong with every model, or the one named; empty where all is as it was added."""
    found: list[Trouble] = []
    entries: list[ModelEntry] = []
    for each in [model_id] if model_id else folder.ids():
        try:
            entries.append(folder.entry(each))
        except NarrativeError as error:
            if model_id:
                raise
            found.append(Trouble(each, RECORD, error.message))
    for entry in entries:
        found += file_troubles(folder, entry)
        found += _unlisted(folder, entry)
    if not model_id and not found:
        found += _lists(folder, ModelInventory(models=tuple(entries)))
    return found


def file_troubles(folder: InventoryFolder, entry: ModelEntry) -> Iterator[Trouble]:
    """Each recorded file that is missing, out of place or changed. Files are read in pieces."""
    for file in entry.files:
        try:
            path = folder.file(entry, file.path)
            digest = file_sha256(path)
        except NarrativeError as error:
            yield Trouble(entry.model_id, file.path, error.message)
        except FileNotFoundError:
            yield Trouble(entry.model_id, file.path, "is missing")
        except OSError as error:
            yield Trouble(entry.model_id, file.path, f"cannot be read: {error.strerror}")
        else:
            if digest != file.sha256:
                yield Trouble(entry.model_id, file.path, "differs from its recorded hash", differs=True)


def _unlisted(folder: InventoryFolder, entry: ModelEntry) -> Iterator[Trouble]:
    """Files in a model's folder that its record does not name: nobody has looked at them."""
    top = folder.root / entry.model_id
    known = {RECORD, *(file.path for file in entry.files)}
    for place in sorted(top.rglob("*")):
        path = place.relative_to(top).as_posix()
        if path not in known and not place.is_dir():
            yield Trouble(entry.model_id, path, "is not in the inventory")


def _lists(folder: InventoryFolder, inventory: ModelInventory) -> Iterator[Trouble]:
    """The lists over all models, where they are not what the models' own records add up to."""
    wanted = {COMBINED: canonical_json(inventory) + b"\n", CHECKSUMS: checksums(inventory)}
    for name, data in wanted.items():
        path = folder.root / name
        found = path.read_bytes() if path.is_file() else None
        if found != data and (inventory.models or found is not None):
            yield Trouble("", name, "does not agree with the models; `narrative models add` writes it anew")
