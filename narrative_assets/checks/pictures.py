"""Blocking check before anything is drawn: the planned pictures agree with the story and with each other."""

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetIn,
    MetadataValue,
    ResourceParam,
    TableRecord,
    asset_check,
)

from narrative_assets.checks.gates import CHECK
from narrative_assets.film.visual_continuity import look_over
from resources.studio import Studio
from schemas.script import Script
from schemas.shots import ShotList

_SHOWN = 400


@asset_check(
    asset="shot_list",
    **CHECK,
    additional_ins={"script": AssetIn("script")},
    description="Place, time, people, props, sides, lines of sight, sizes and directions agree from shot to shot.",
)
def pictures_agree(studio: ResourceParam[Studio], shot_list: ShotList, script: Script) -> AssetCheckResult:
    """What would look wrong, before a picture is made. What only cuts roughly warns and blocks nothing."""
    found = look_over(shot_list, studio.projects.load(shot_list.project_id), script)
    errors = [each for each in found if each.severity == "error"]
    told = "\n".join(f"- {each.code}: {each.message} {each.remedy}" for each in errors or found)
    rows = [
        TableRecord(
            {
                "code": each.code,
                "severity": each.severity,
                "shots": ", ".join(each.shot_ids),
                "what": each.message,
                "change": each.remedy,
            }
        )
        for each in found[:_SHOWN]
    ]
    return AssetCheckResult(
        passed=not found,
        severity=AssetCheckSeverity.ERROR if errors else AssetCheckSeverity.WARN,
        metadata={
            "failed": MetadataValue.md(told or "none"),
            **({"findings": MetadataValue.table(rows)} if rows else {}),
            "errors": len(errors),
            "warnings": len(found) - len(errors),
        },
    )
