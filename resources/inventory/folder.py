"""The models folder: one folder a model with its ``inventory.json``, and over all of them one inventory and one list
of checksums in the form of sha256sum.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from resources.durable import write_durably
from resources.inference.model_files import models_folder
from schemas.canonical import canonical_json
from schemas.errors import ContractError, InputError, ModelRefused
from schemas.models import ModelEntry, ModelInventory
from schemas.reading import read_file

RECORD = "inventory.json"
COMBINED = "inventory/combined_inventory.json"
CHECKSUMS = "checksums.sha256"
TAKEN = ("inventory", "measured")
"""Names in the folder that no model may have."""


class InventoryFolder:
    """The models below ``root``. Reading changes nothing; a folder that is not there has no models."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def configured(cls, environment: Mapping[str, str] = os.environ) -> InventoryFolder:
        """Over ``models_folder``."""
        return cls(models_folder(environment).absolute())

    def inventory(self) -> ModelInventory:
        """Every model, sorted by id. Raises ContractError or ModelRefused for a record that cannot be believed."""
        return ModelInventory(models=tuple(self.entry(model_id) for model_id in self.ids()))

    def ids(self) -> list[str]:
        """The ids of the models that have a record, sorted."""
        if not self.root.is_dir():
            return []
        return sorted(path.parent.name for path in self.root.glob(f"*/{RECORD}") if path.parent.name not in TAKEN)

    def entry(self, model_id: str) -> ModelEntry:
        """The record of one model. Raises InputError where there is none."""
        if model_id not in self.ids():
            raise InputError(f"There is no model {model_id!r}.", remedy="See `narrative models ls`.")
        path = self._inside(model_id, RECORD)
        models = read_file(path, ModelInventory).models
        if [model.model_id for model in models] != [model_id]:
            raise ContractError(
                f"{model_id}/{RECORD} does not describe {model_id} alone.", remedy="Add the model again from its files."
            )
        return models[0]

    def file(self, entry: ModelEntry, path: str) -> Path:
        """A file of a model. Raises ModelRefused where it is no regular file below the model's folder."""
        return self._inside(entry.model_id, path)

    def package(self, entry: ModelEntry) -> Path:
        """The Core ML package of a model. Raises InputError where it has none."""
        for file in entry.files:
            top, ending, _ = file.path.partition(".mlpackage/")
            if ending:
                return self.file(entry, f"{top}.mlpackage/Manifest.json").parent
        raise InputError(f"{entry.model_id} holds no Core ML package.", remedy="See `narrative models ls`.")

    @property
    def records(self) -> Path:
        """Where measurements of Core ML packages on this host are kept."""
        return self.root / "measured" / "coreml"

    def relist(self) -> ModelInventory:
        """Write the inventory of all models and the list of checksums anew. Raises StorageError."""
        inventory = self.inventory()
        write_durably(self.root / COMBINED, canonical_json(inventory) + b"\n")
        write_durably(self.root / CHECKSUMS, checksums(inventory))
        return inventory

    def _inside(self, model_id: str, path: str) -> Path:
        folder, found = self.root / model_id, self.root / model_id / path
        if folder.is_symlink() or not found.resolve().is_relative_to(folder.resolve()):
            raise ModelRefused(
                f"{model_id}/{path} leads out of the models folder.", remedy="Put the file itself there, not a link."
            )
        if found.exists() and not stat.S_ISREG(found.stat().st_mode):
            raise ModelRefused(f"{model_id}/{path} is no regular file.", remedy="Add the model again from its files.")
        return found


def checksums(inventory: ModelInventory) -> bytes:
    """A line a file, as sha256sum writes and checks them from inside the models folder."""
    lines = [f"{file.sha256}  {model.model_id}/{file.path}\n" for model in inventory.models for file in model.files]
    return "".join(sorted(lines, key=lambda line: line[66:])).encode()
