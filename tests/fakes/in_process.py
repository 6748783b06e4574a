"""A run of the graph in this process, for tests that look at what Dagster keeps of it, or need several runs soon."""

import json
import shutil
from pathlib import Path
from typing import Any

from dagster import AssetKey, DagsterInstance, ExecuteInProcessResult

from narrative_assets.cli.instance import offer_episodes
from narrative_assets.definitions import defs
from resources.studio import Studio
from tests.fakes.terminal import SMALL

EPISODE = "ferry/s01e01"


def project_in(folder: Path, screenplay: str = "", **changes: Any) -> Studio:
    """The small project, changed, in ``folder``, and the studio over ``folder/artifacts`` that knows it."""
    if not (folder / "ferry").is_dir():
        shutil.copytree(SMALL, folder / "ferry")
    path = folder / "ferry" / "project.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")
    if screenplay:
        (folder / "ferry" / "ferry.fountain").write_text(screenplay, encoding="utf-8")
    studio = Studio.open(folder / "artifacts")
    studio.projects.register(path)
    return studio


def run(
    instance: DagsterInstance, studio: Studio, job: str, profile: str = "preview_local", only: str = ""
) -> ExecuteInProcessResult:
    """The job for the small project's episode, or one asset of it; ``NARRATIVE_ARTIFACTS`` names the folder."""
    offer_episodes(instance, studio.projects.load("ferry"))
    return defs.resolve_job_def(job).execute_in_process(
        instance=instance,
        partition_key=EPISODE,
        asset_selection=[AssetKey(only)] if only else None,
        run_config={
            "resources": {"settings": {"config": {"profile": profile, "workers": 1}}},
            "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
        },
        raise_on_error=False,
    )
