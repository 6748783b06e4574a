"""Checks of Dagster: its settings load, runs are watched and queued as seasons need it, the code location loads."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dagster import DagsterInstance

from narrative_assets.cli.instance import dagster_home
from resources.checkup.findings import Check, Finding, failed, not_run, ok, told, warning
from resources.checkup.surroundings import Surroundings

QUEUES = ("cpu_queue", "local_ai_queue", "media_queue", "external_ai_queue")
_SECONDS = 120
_SAYING = re.compile(r'^\s*(?:[\w.]*(?:Error|Exception|Exit)\b.*|details = ".*")$', re.MULTILINE)


@contextmanager
def dagster_checks(around: Surroundings) -> Iterator[list[Check]]:
    """The checks of Dagster, in the order in which one rests on the other, over one instance that is closed after."""
    with ExitStack() as opened:
        instance = trouble = None
        try:
            instance = opened.enter_context(_open())
        except Exception as error:
            trouble = error

        def over(look: Callable[[DagsterInstance], Finding]) -> Callable[[], Finding]:
            return lambda: not_run("Dagster's settings do not load.") if instance is None else look(instance)

        yield [
            Check("Dagster settings", lambda: settings(trouble)),
            Check("run monitoring", over(run_monitoring)),
            Check("run retries", over(run_retries)),
            Check("run limits", over(run_limits)),
            Check("run launcher", over(lambda each: run_launcher(each, around))),
            Check("pools", over(pools)),
            Check("daemon", over(daemons)),
            Check("code location", code_location),
        ]


def _open() -> DagsterInstance:
    """The instance, with the parts that Dagster would load later and fail on then."""
    dagster_home()
    instance = DagsterInstance.get()
    try:
        _ = instance.run_coordinator, instance.run_launcher, instance.get_runs_count()
    except Exception:
        instance.dispose()
        raise
    return instance


def settings(trouble: Exception | None) -> Finding:
    """Whether dagster.yaml can be read, and all that it names can be loaded and answers; ``trouble`` is why not."""
    place = dagster_home() / "dagster.yaml"
    if trouble is None:
        return ok(f"{place} loads, and the storage of runs answers.")
    return failed(
        f"Dagster does not start with {place}: {told(trouble)}",
        "Mend that file; the one at the top of this project is for one machine, the one in docker/ for a cluster.",
    )


def run_monitoring(instance: DagsterInstance) -> Finding:
    """Whether runs whose process is gone are found, and give their places back."""
    if not instance.run_monitoring_enabled:
        return failed(
            "A run whose process is gone would count as running for ever.",
            "Set run_monitoring: enabled: true in dagster.yaml.",
        )
    if not instance.get_settings("run_monitoring").get("free_slots_after_run_end_seconds"):
        return failed(
            "A run that was ended from outside would keep its places in the pools.",
            "Set run_monitoring: free_slots_after_run_end_seconds: 60 in dagster.yaml.",
        )
    return ok(f"On, every {instance.run_monitoring_poll_interval_seconds} s.")


def run_retries(instance: DagsterInstance) -> Finding:
    """Whether a run that was lost is started again, and one that failed at its work is not."""
    if not instance.run_retries_enabled or instance.run_retries_max_retries < 1:
        return failed(
            "A run that was lost with its process would not be started again.",
            "Set run_retries: enabled: true and max_retries: 2 in dagster.yaml.",
        )
    if instance.run_retries_retry_on_asset_or_op_failure:
        return warning(
            "A run that failed at its work is started again, and fails again.",
            "Set run_retries: retry_on_asset_or_op_failure: false in dagster.yaml.",
        )
    return ok(f"On, {instance.run_retries_max_retries} at most.")


def run_limits(instance: DagsterInstance) -> Finding:
    """Whether runs are queued, held ones stay there, and an episode has one run at a time."""
    queue = instance.get_concurrency_config().run_queue_config
    if queue is None:
        return failed(
            f"Runs are not queued: {type(instance.run_coordinator).__name__} starts each at once.",
            "Set run_coordinator to QueuedRunCoordinator in dagster.yaml.",
        )
    limits = queue.tag_concurrency_limits
    if not _limited(limits, "narrative/held", "yes", 0):
        return failed(
            "Runs that wait for an earlier episode would start at once.",
            'Add to tag_concurrency_limits in dagster.yaml: key narrative/held, value "yes", limit 0.',
        )
    if not _limited(limits, "dagster/partition", {"applyLimitPerUniqueValue": True}, 1):
        return failed(
            "Two runs could make one episode at once.",
            "Add to tag_concurrency_limits in dagster.yaml: key dagster/partition, value applyLimitPerUniqueValue: "
            "true, limit 1.",
        )
    return ok(f"{queue.max_concurrent_runs} runs at once, one an episode; held runs stay queued.")


def _limited(limits: Sequence[Mapping[str, Any]], key: str, value: object, limit: int) -> bool:
    wanted = {"key": key, "value": value, "limit": limit}
    return any(all(each.get(name) == said for name, said in wanted.items()) for each in limits)


def run_launcher(instance: DagsterInstance, around: Surroundings) -> Finding:
    """Whether runs go where the environment says: to the broker's workers, or to this machine."""
    kinds = [kind.__name__ for kind in type(instance.run_launcher).__mro__]
    launcher, by_queue = kinds[0], "CeleryRunLauncher" in kinds
    if around.broker and not by_queue:
        return warning(
            f"A broker is named, but {launcher} starts runs on this machine.",
            "Use docker/dagster.yaml in DAGSTER_HOME, or unset NARRATIVE_BROKER.",
        )
    if by_queue and not around.broker:
        return failed(
            "Runs go to workers, but NARRATIVE_BROKER is not set.", "Set it to the address that the workers have."
        )
    return ok(f"{launcher} starts runs.")


def pools(instance: DagsterInstance) -> Finding:
    """Whether each queue's pool has a limit, and lets at least one step through."""
    default = instance.get_concurrency_config().pool_config.default_pool_limit
    limits: dict[str, int | None] = dict.fromkeys(QUEUES, default)
    limits |= {each.name: each.limit for each in instance.event_log_storage.get_pool_limits() if each.name in limits}
    shut = [name for name, limit in limits.items() if limit is not None and limit < 1]
    if shut:
        return failed(
            f"Nothing gets through {', '.join(shut)}: the limit is 0.",
            f"Set another: dagster instance concurrency set {shut[0]} 2.",
        )
    open_ended = [name for name, limit in limits.items() if limit is None]
    if open_ended:
        return warning(
            f"{', '.join(open_ended)} let any number of steps through at once.",
            "Set concurrency: pools: default_limit in dagster.yaml, to what the machine can bear.",
        )
    return ok(", ".join(f"{name} {limit}" for name, limit in limits.items()) + ".")


def daemons(instance: DagsterInstance) -> Finding:
    """Whether every daemon that these settings need has given a sign of life, without an error."""
    states = [each for each in instance.get_daemon_statuses().values() if each.required]
    troubled = [each for each in states if not each.healthy]
    if not troubled:
        return ok(f"{len(states)} are up.")
    errors = [error for each in troubled if each.last_heartbeat for error in each.last_heartbeat.errors or []]
    if len(troubled) == len(states) and not errors:
        return not_run("No daemon is up.", "`narrative ui` starts it; without it queues and sensors stand still.")
    names = ", ".join(sorted(each.daemon_type.lower() for each in troubled))
    why = f": {errors[0].message.strip()}" if errors else ""
    return failed(f"No healthy sign of life from {names}{why}", "Start the daemon again, and see what its log says.")


def code_location() -> Finding:
    """Whether what workspace.yaml names loads, in a process of its own as under Dagster."""
    known = Path("workspace.yaml").is_file()
    where = ["-w", "workspace.yaml"] if known else ["-m", "narrative_assets.definitions"]
    command = [sys.executable, "-m", "dagster", "definitions", "validate", *where]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return failed(f"{where[1]} did not load within {_SECONDS} s.", "Check the servers that it names.")
    if done.returncode == 0:
        return ok(f"{where[1]} loads.")
    said = [line.strip() for line in _SAYING.findall(done.stdout + done.stderr)]
    return failed(
        f"{where[1]} does not load: {said[-1] if said else 'Dagster gave no reason'}",
        "Mend workspace.yaml, or install what it names; a server it names has to be up.",
    )
