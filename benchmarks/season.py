"""`make bench`: what the platform adds to the work: a season of 24 backfilled and from the terminal, a long series.

Prints the figures and writes them into docs/benchmarks.md. Everything is started as a person starts it, and measured
from outside: run times by Dagster's own clock, stages by the run summaries. Episodes are short and small, so that what
is measured is the platform.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dagster import DagsterInstance
from sqlalchemy import select

from benchmarks.pages import write_section
from narrative_assets.assets.stage import STAGES
from resources.registry import ArtifactStore
from resources.studio import RunSettings, Studio
from resources.tables import StageRunRow
from schemas.canon import CanonDiff
from schemas.canonical import content_hash
from schemas.reading import read_bytes
from schemas.run import StageRun
from tests.fakes.dagster_site import DagsterSite
from tests.fakes.short_season import short_season

ROOT = Path(__file__).parents[1]
EPISODES, LONG, UPDATES = 24, 1_000, 5
Span = tuple[float, float]

QUERIES = {
    "the asset graph": """{assetNodes {id assetKey {path} groupName description dependencyKeys {path} kinds
        owners {... on TeamAssetOwner {team}} assetMaterializations(limit: 1) {timestamp}}}""",
    "an asset's episodes": """{assetNodeOrError(assetKey: {path: ["script"]}) {... on AssetNode {
        partitionKeys partitionStats {numMaterialized numPartitions numFailed}
        assetPartitionStatuses {... on DefaultPartitionStatuses {materializedPartitions failedPartitions}}}}}""",
    "the newest runs": """{runsOrError(limit: 30) {... on Runs {results {
        runId status jobName startTime endTime tags {key value}}}}}""",
    "sensors and their ticks": """{sensorsOrError(repositorySelector: {repositoryName: "__repository__",
        repositoryLocationName: "narrative_assets.definitions"}) {... on Sensors {results {
        name sensorState {status ticks(limit: 5) {status timestamp endTimestamp}}}}}}""",
}


@dataclass(frozen=True)
class Season:
    """A finished season: its seconds from the first run's start on, and when a stage or a gate was at work."""

    seconds: float
    work: list[Span]

    @property
    def engine(self) -> float:
        """Seconds in which at least one stage or gate was at work."""
        return covered(self.work)

    @property
    def overhead(self) -> float:
        """Seconds an episode in which nothing but the platform was at work."""
        return (self.seconds - self.engine) / EPISODES


def main() -> None:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        backfilled, reactions = in_dagster(Path(name) / "dagster")
        terminal = in_terminal(Path(name) / "terminal")
        alone = dagster_alone(Path(name) / "alone")
        long = long_series(Path(name) / "long")
    text = report(load, backfilled, reactions, terminal, alone, long)
    print(text)
    write_section("season", text)


def in_dagster(folder: Path) -> tuple[Season, list[float]]:
    """The season backfilled through Dagster, then canon updates: seconds from each to the run it starts."""
    folder.mkdir()
    project = short_season(folder, EPISODES)
    keys = [f"lighthouse/s01e{number:02d}" for number in range(1, EPISODES + 1)]
    with DagsterSite(folder, [project]) as site:
        backfill = site.backfill(keys, STAGES)
        assert site.wait_for_backfill(backfill, 3_600) == "COMPLETED_SUCCESS"
        runs = [run for run in site.runs() if run.episode]
        store = ArtifactStore(folder / "artifacts")
        first = min(run.created for run in runs)
        spans = [*stage_spans(store, first), *gate_spans(folder, first)]
        season = Season(max(run.ended for run in runs) - first, spans)
        return season, [reaction(site, store, number) for number in range(UPDATES)]


def reaction(site: DagsterSite, store: ArtifactStore, number: int) -> float:
    """Seconds from a change of what the last episode relies on to the run that it starts."""
    studio = Studio(store, RunSettings())
    project = studio.projects.load("lighthouse")
    before = f"s01e{EPISODES - 1:02d}"
    known = studio.canon.canon(project, f"s01e{EPISODES:02d}")
    learnt = [each for each in known.persistent_states if each.predicate == "knows"][-1 - number]
    document = {
        "kind": "CanonDiff", "schema_version": "1.1.0", "project_id": "lighthouse", "episode_id": before,
        "origin": "amendment", "author": "bench", "base_canon_hash": "0" * 64, "justification": "measured",
        "provenance": {"document": "bench"}, "removed_facts": [learnt.model_dump(mode="json")],
        "validation": {"gate_version": "by hand", "canon_hash": "0" * 64, "claims_checked": 0, "honoured": 0},
    }  # fmt: skip
    diff = read_bytes(json.dumps(document).encode(), CanonDiff, where="amendment")
    old = {run.run_id for run in site.runs()}
    changed = time.time()
    studio.canon.append(project, diff, content_hash(diff), approver="bench")
    (started,) = site.wait(
        lambda: [run for run in site.runs() if run.run_id not in old and run.episode], "the update's run", 60
    )
    site.wait(lambda: all(run.ended for run in site.runs()), "the run's end", 300)
    return float(started.created - changed)


def in_terminal(folder: Path) -> dict[str, Season]:
    """The season by `narrative season`: made, and once more with everything stored."""
    folder.mkdir()
    project = short_season(folder, EPISODES)
    store = ArtifactStore(folder / "artifacts")
    found = {}
    for name in ("made", "stored"):
        started = time.time()
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("NARRATIVE_", "DAGSTER_HOME"))}
        subprocess.run(
            [sys.executable, "-m", "narrative_assets", "season", str(project), "--json"],
            cwd=folder, env={**clean, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True,
        )  # fmt: skip
        seconds = time.time() - started
        found[name] = Season(seconds, [*stage_spans(store, started), *gate_spans(folder, started)])
    return found


def dagster_alone(folder: Path) -> float:
    """Seconds an episode that Dagster by itself takes for as many assets and checks, none of which works."""
    folder.mkdir()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("NARRATIVE_", "DAGSTER_HOME"))}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.dagster_alone", str(folder), str(EPISODES)],
        cwd=ROOT, env={**clean, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout.splitlines()[-1])


def long_series(folder: Path) -> dict[str, list[float]]:
    """Seconds of what the UI asks, and of each sensor's tick, with a thousand episodes offered."""
    folder.mkdir()
    project = short_season(folder, 1)
    document = json.loads(project.read_text())
    document["episodes"] = [{"id": f"s{1 + n // 50:02d}e{1 + n % 50:02d}"} for n in range(LONG)]
    project.write_text(json.dumps(document))
    found: dict[str, list[float]] = {}
    with DagsterSite(folder, [project]) as site:
        assert len(site.partitions()) == LONG
        site.wait_for_backfill(site.backfill(["lighthouse/s01e01"], STAGES[:6]))
        for name, query in QUERIES.items():
            found[name] = [timed(lambda asked=query: site.ask(asked)) for _ in range(5)]
        time.sleep(30)
        for sensor in site.ask(QUERIES["sensors and their ticks"])["sensorsOrError"]["results"]:
            ticks = sensor["sensorState"]["ticks"]
            found[f"sensor {sensor['name']}"] = [t["endTimestamp"] - t["timestamp"] for t in ticks if t["endTimestamp"]]
    return found


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def stage_spans(store: ArtifactStore, since: float) -> list[Span]:
    """When stages were at work from a moment on, in seconds since 1970."""
    with store.engine.connect() as connection:
        found = connection.execute(select(StageRunRow.started_at, StageRunRow.record)).all()
    spans = []
    for started_at, record in found:
        begun = datetime.fromisoformat(started_at).timestamp()
        if begun >= since:
            spans.append((begun, begun + StageRun.model_validate(record).milliseconds / 1000))
    return spans


def gate_spans(folder: Path, since: float) -> list[Span]:
    """When gates were at work from a moment on, by Dagster's record of its steps."""
    os.environ["DAGSTER_HOME"] = str(folder / ".dagster")
    with DagsterInstance.get() as instance:
        steps = [step for run in instance.get_runs() for step in instance.get_run_step_stats(run.run_id)]
    gates = [step for step in steps if step.step_key.endswith("_gates") and step.start_time and step.end_time]
    return [(step.start_time, step.end_time) for step in gates if step.start_time >= since]


def covered(spans: Iterable[Span]) -> float:
    """Seconds that at least one of the spans covers."""
    total, reached = 0.0, float("-inf")
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total


def report(
    load: float,
    backfilled: Season,
    reactions: list[float],
    terminal: dict[str, Season],
    alone: float,
    long: dict[str, list[float]],
) -> str:
    rows = "\n".join(
        f"| {name} | {statistics.median(figures):.2f} | {max(figures):.2f} |"
        for name, figures in long.items()
        if figures
    )
    seasons = {
        "backfilled in Dagster, two episodes at once, from the first run on": backfilled,
        "`narrative season`": terminal["made"],
        "`narrative season`, everything stored": terminal["stored"],
    }
    table = "\n".join(
        f"| {name} | {each.seconds:.0f} | {each.engine:.0f} | {each.overhead:.2f} |" for name, each in seasons.items()
    )
    return f"""
## The platform

A season of {EPISODES} short episodes at 320x180, everything started as a person starts it. {os.cpu_count()} cores,
{platform.machine()}, Python {platform.python_version()}; when it began, {load:.1f} other processes wanted a core.
Overhead is the time an episode in which no stage and no gate was at work.

| | season, s | stages and gates at work, s | overhead, s an episode |
|---|---|---|---|
{table}
| Dagster alone: as many assets and checks, all idle, in one process | {alone * EPISODES:.0f} | 0 | {alone:.2f} |

From a change of canon to the run that it starts: {statistics.median(reactions):.1f} s in the median of
{len(reactions)}, {max(reactions):.1f} s at most (Dagster looks at sensors every 5 s).

With {LONG:,} episodes offered, five times each:

| | median, s | most, s |
|---|---|---|
{rows}
"""


if __name__ == "__main__":
    main()
