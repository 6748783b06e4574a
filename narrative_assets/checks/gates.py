"""Blocking checks: the shot table against its pandera schema, and the finished video against its gates."""

import warnings
from typing import Any

from dagster import AssetCheckResult, AssetCheckSeverity, MetadataValue, PreviewWarning, asset_check

from narrative_assets.checks.tables import shot_table_problems
from narrative_assets.partitions import EPISODES
from narrative_assets.video.findings import ADVISORY_GATES
from schemas.render import RenderOutput
from schemas.shots import ShotList

# A check has to see the episode that was made, not all of them; Dagster calls partitions on checks a preview.
warnings.filterwarnings("ignore", category=PreviewWarning, message=".*partitions_def on an AssetCheckSpec")
CHECK: dict[str, Any] = {"blocking": True, "partitions_def": EPISODES}


@asset_check(asset="shot_list", **CHECK, description="Every row of the shot table keeps the table's rules.")
def shot_table_holds(shot_list: ShotList) -> AssetCheckResult:
    """Sizes, lengths and order of the shots, row by row."""
    problems = shot_table_problems(shot_list)
    return AssetCheckResult(
        passed=not problems,
        metadata={"problems": MetadataValue.md("\n".join(f"- {p}" for p in problems) or "none")},
    )


@asset_check(asset="render_output", **CHECK, description="The gates measured on the finished video hold.")
def video_gates_hold(render_output: RenderOutput) -> AssetCheckResult:
    """Frames, captions, sound, pictures, flashes, pace and rights, as measured at render time.

    A preview that only misses its running time, its pace or a letter is worth looking at: that warns, blocking nothing.
    """
    failed = [finding for finding in render_output.quality if not finding.passed]
    only_advice = all(finding.gate in ADVISORY_GATES for finding in failed)
    return AssetCheckResult(
        passed=not failed,
        severity=AssetCheckSeverity.WARN if only_advice else AssetCheckSeverity.ERROR,
        metadata={
            "failed": MetadataValue.md("\n".join(f"- {f.gate}: {f.message or f.measured}" for f in failed) or "none"),
            "gates": len(render_output.quality),
        },
    )
