"""Once a day the models on this disk are looked at. Without models there is nothing to look at, and it passes."""

from dagster import AssetSelection, DefaultScheduleStatus, ScheduleDefinition, define_asset_job

from narrative_assets.assets.models import model_smoke

smoke_job = define_asset_job(
    "smoke_models",
    selection=AssetSelection.assets(model_smoke),
    description="Whether every model has its recorded bytes and opens; nothing is downloaded.",
)

daily_smoke = ScheduleDefinition(
    name="daily_model_smoke",
    job=smoke_job,
    cron_schedule="17 4 * * *",
    default_status=DefaultScheduleStatus.RUNNING,
    description="Looks at the models once a day.",
)
