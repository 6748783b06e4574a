"""Every quality gate as an asset check of its own, made from the list of gates; one step judges all of an asset's."""

import warnings
from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetIn,
    MetadataValue,
    PreviewWarning,
    ResourceParam,
    TableRecord,
    multi_asset_check,
)

from narrative_assets.partitions import EPISODES
from resources.gates.catalogue import CONTRACTS, Gate, asset_of, gates_of
from resources.gates.clearance import told
from resources.gates.keeper import GateKeeper, Verdict
from resources.studio import Studio

# A check has to see the episode that was made, not all of them; Dagster calls partitions on checks a preview.
warnings.filterwarnings("ignore", category=PreviewWarning, message=".*partitions_def on an AssetCheckSpec")


def _spec(gate: Gate) -> AssetCheckSpec:
    """The check of a gate: it blocks what comes after unless the gate only advises."""
    return AssetCheckSpec(
        gate.name,
        asset=gate.asset,
        description=gate.asks,
        blocking=not gate.advises,
        metadata={"overridable": not (gate.firm or gate.advises), "remedy": gate.remedy},
        partitions_def=EPISODES,
    )


def _checks(contract: str) -> AssetChecksDefinition:
    """All checks of the asset that holds a contract, in one step."""
    asset = asset_of(contract)

    @multi_asset_check(
        name=f"{asset}_gates",
        specs=[_spec(gate) for gate in gates_of(contract)],
        ins={"judged": AssetIn(asset)},
        can_subset=True,
    )
    def judge(
        context: AssetCheckExecutionContext, studio: ResourceParam[Studio], judged: Any
    ) -> Iterator[AssetCheckResult]:
        wanted = {key.name for key in context.selected_asset_check_keys}
        for verdict in GateKeeper(studio).verdicts(judged):
            if verdict.gate.name in wanted:
                yield _result(verdict)

    return judge


def _result(verdict: Verdict) -> AssetCheckResult:
    """A verdict as the UI shows it. What fails and blocks nothing warns."""
    shown: dict[str, Any] = dict(told(verdict))
    if verdict.rows:
        shown["findings"] = MetadataValue.table([TableRecord(dict(row)) for row in verdict.rows])
    return AssetCheckResult(
        check_name=verdict.gate.name,
        asset_key=verdict.gate.asset,
        passed=verdict.finding.passed,
        severity=AssetCheckSeverity.WARN if verdict.advises or verdict.override else AssetCheckSeverity.ERROR,
        metadata=shown,
    )


GATE_CHECKS = [_checks(contract) for contract in CONTRACTS]
