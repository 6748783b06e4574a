"""The smoke test of an inventory: are the bytes as recorded, and does each model open here, without a download.

Only bytes that differ from their record fail it. What cannot be opened on this host is not run, and says why.
"""

from __future__ import annotations

from resources.inventory.folder import InventoryFolder
from resources.inventory.opening import opened
from resources.inventory.verifying import file_troubles
from schemas.canonical import content_hash
from schemas.errors import ModelError
from schemas.models import ModelEntry, ModelSmoke, ModelSmokeReport

_LONGEST = 300


def smoke(folder: InventoryFolder) -> ModelSmokeReport:
    """The report over every model of the folder. Raises ContractError for a record that cannot be read."""
    inventory = folder.inventory()
    return ModelSmokeReport(
        inventory_hash=content_hash(inventory), models=tuple(_smoked(folder, entry) for entry in inventory.models)
    )


def in_words(report: ModelSmokeReport) -> str:
    """The report in one sentence."""
    if not report.models:
        return "There are no models, so none can be broken."
    outcomes = [model.outcome for model in report.models]
    counts = {"opened": "opened", "not_run": "not run", "failed": "failed"}
    return ", ".join(f"{outcomes.count(name)} {said}" for name, said in counts.items() if name in outcomes) + "."


def _smoked(folder: InventoryFolder, entry: ModelEntry) -> ModelSmoke:
    troubles = list(file_troubles(folder, entry))
    changed = [trouble for trouble in troubles if trouble.differs]
    if changed or troubles:
        first = (changed or troubles)[0]
        outcome = "failed" if changed else "not_run"
        return ModelSmoke(model_id=entry.model_id, outcome=outcome, detail=f"{first.path} {first.what}"[:_LONGEST])
    try:
        return ModelSmoke(model_id=entry.model_id, outcome="opened", detail=opened(folder, entry)[:_LONGEST])
    except ModelError as error:
        return ModelSmoke(model_id=entry.model_id, outcome="not_run", detail=error.message[:_LONGEST])
