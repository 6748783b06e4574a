"""An asset that a gate refuses has no output to check: its refusal is shown as the failed check that it is."""

from collections.abc import Callable

from dagster import AssetCheckEvaluation, AssetCheckSeverity

from narrative_assets.assets.stage import Desk
from resources.gates.clearance import told
from resources.gates.keeper import GateKeeper
from schemas.base import Artifact
from schemas.errors import NarrativeError


def shown_as_checks(desk: Desk, artifact: Artifact, require: Callable[[], None]) -> None:
    """Raises what ``require`` raises, after the gates that fail on ``artifact`` were reported to Dagster."""
    try:
        require()
    except NarrativeError:
        for verdict in GateKeeper(desk.studio).verdicts(artifact):
            if verdict.state == "failed":
                desk.context.log_event(
                    AssetCheckEvaluation(
                        asset_key=desk.context.asset_key,
                        check_name=verdict.gate.name,
                        passed=False,
                        metadata=told(verdict),
                        severity=AssetCheckSeverity.ERROR,
                        blocking=True,
                        partition=desk.context.partition_key,
                    )
                )
        raise
