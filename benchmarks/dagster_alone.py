"""The limit of the terminal's path: Dagster by itself, for as many episodes, assets and checks, none of which works.

``python -m benchmarks.dagster_alone FOLDER EPISODES`` runs it in one process and prints the seconds an episode, its
own start included.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

STARTED = time.perf_counter()


def main() -> None:
    folder, episodes = Path(sys.argv[1]), int(sys.argv[2])
    os.chdir(folder)
    from dagster import DagsterInstance

    from narrative_assets.cli.instance import dagster_home

    written, filmed = jobs()
    dagster_home()
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    keys = [f"lighthouse/s01e{number:02d}" for number in range(1, episodes + 1)]
    with DagsterInstance.get() as instance:
        instance.add_dynamic_partitions("episodes", keys)
        for key in keys:
            for job in (written, filmed):
                done = job.execute_in_process(instance=instance, partition_key=key, run_config=quiet)
                assert done.success
    print((time.perf_counter() - STARTED) / episodes)


def jobs() -> list[Any]:
    """Both jobs of an episode with the assets, dependencies and checks of ours, each of which does nothing."""
    from dagster import Definitions, define_asset_job, in_process_executor, mem_io_manager

    from narrative_assets.definitions import FILM, STORY, defs

    graph = defs.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.get_all_asset_keys() if graph.get(key).partitions_def is not None]
    names = {node.key for node in nodes}
    idle = Definitions(
        assets=[idle_asset(node, names) for node in nodes],
        asset_checks=[idle_checks(node) for node in nodes if node.check_keys],
        jobs=[
            define_asset_job(name, selection=[asset.key for asset in part])
            for name, part in (("written", STORY), ("filmed", FILM))
        ],
        executor=in_process_executor,
        resources={"io_manager": mem_io_manager},
    )
    return [idle.resolve_job_def(name) for name in ("written", "filmed")]


def idle_asset(node: Any, names: set[Any]) -> Any:
    """An asset of the same name below the same ones."""
    from dagster import DynamicPartitionsDefinition, asset

    @asset(
        name=node.key.to_user_string(),
        deps=[key for key in node.parent_keys if key in names],
        partitions_def=DynamicPartitionsDefinition(name="episodes"),
    )
    def idle() -> None:
        """Nothing."""

    return idle


def idle_checks(node: Any) -> Any:
    """The same checks of an asset, in one step as ours."""
    from dagster import AssetCheckResult, AssetCheckSpec, multi_asset_check

    keys = sorted(node.check_keys)

    @multi_asset_check(
        name=f"{node.key.to_user_string()}_gates",
        specs=[AssetCheckSpec(key.name, asset=key.asset_key, blocking=True) for key in keys],
    )
    def judge() -> Any:
        """Holds."""
        for key in keys:
            yield AssetCheckResult(check_name=key.name, asset_key=key.asset_key, passed=True)

    return judge


if __name__ == "__main__":
    main()
