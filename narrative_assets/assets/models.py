"""The models on this disk as an asset: whether each has its recorded bytes and opens, looked at without a download."""

from typing import Any

from dagster import AssetExecutionContext, Failure, MaterializeResult, MetadataValue, ResourceParam, asset

from resources.inventory.folder import InventoryFolder
from resources.inventory.smoke import in_words, smoke
from resources.registry import ArtifactStore, Production, stage_key
from schemas.canonical import content_hash
from schemas.errors import NarrativeError
from schemas.models import ModelSmokeReport

CODE_VERSION = "1"
_PROJECT = "models"


@asset(
    group_name="models",
    kinds={"python"},
    owners=["team:narrative"],
    code_version=CODE_VERSION,
    pool="cpu_queue",
    description="Every model of the inventory: its bytes compared with their record, its file opened. Nothing is "
    "downloaded; it fails only where a file differs from its recorded hash.",
)
def model_smoke(context: AssetExecutionContext, store: ResourceParam[ArtifactStore]) -> MaterializeResult[Any]:
    """The report, kept as an artifact."""
    try:
        report = smoke(InventoryFolder.configured())
        digest = _kept(store, report)
    except NarrativeError as error:
        raise Failure(description=str(error), allow_retries=error.transient) from error
    metadata: dict[str, Any] = {
        "said": in_words(report),
        "models": MetadataValue.md(
            "\n".join(f"- {each.model_id}: {each.outcome}, {each.detail}" for each in report.models)
        ),
        "content_hash": digest,
    }
    if not report.passed:
        raise Failure(
            description=f"{in_words(report)} Add the models again whose files have changed.",
            metadata=metadata,
            allow_retries=False,
        )
    return MaterializeResult(metadata=metadata)


def _kept(store: ArtifactStore, report: ModelSmokeReport) -> str:
    key = stage_key(report.kind, {"inventory": report.inventory_hash}, {"report": content_hash(report)}, CODE_VERSION)
    return store.save(report, Production(project=_PROJECT, episode="", stage_key=key, code_version=CODE_VERSION))
