"""`make bench`: what continuity costs: one episode against a large canon, and a long season episode by episode.

Prints the figures, writes them into docs/benchmarks.md and draws docs/images/continuity-cost.png. Every row is a
process of its own. ``python -m benchmarks.continuity 100000`` measures one size only.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.pages import write_section

ROOT = Path(__file__).parents[1]
PLOT = ROOT / "docs" / "images" / "continuity-cost.png"
SIZES, EPISODES, SEASONS = (100_000, 1_000_000), 200, 3
WAYS = (
    ("gate", "the part that bears on it, from the store"),
    ("full", "all of canon as of the episode, from the store"),
    ("replay", "every diff read from the log and folded"),
)


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        large = {size: measured(Path(name), size) for size in sizes}
        season = least([worker("season", Path(name) / f"season{n}.sqlite", EPISODES) for n in range(SEASONS)])
    text = report(large, season)
    print(text)
    plot(season["rows"])
    write_section("continuity", text)


def measured(folder: Path, facts: int) -> dict[str, Any]:
    """One episode against a canon of ``facts`` facts, by each way of reading it."""
    database = folder / f"{facts}.sqlite"
    filled = worker("fill", database, facts)
    found = {way: worker(way, database, facts) for way, _ in WAYS}
    judgements = {each["judgements"] for each in found.values()}
    assert len(judgements) == 1, "the part of canon is judged otherwise than all of it"
    database.unlink()
    return {**found, "fill": filled}


def least(seasons: list[dict[str, Any]]) -> dict[str, Any]:
    """One season of several alike, with the least that each part of each episode took: the machine is not alone."""
    rows = zip(*(season["rows"] for season in seasons), strict=True)
    return {**seasons[0], "rows": [[min(part) for part in zip(*each, strict=True)] for each in rows]}


def worker(what: str, database: Path, number: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.continuity_worker", what, f"sqlite:///{database}", str(number)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def report(large: dict[int, dict[str, Any]], season: dict[str, Any]) -> str:
    lines = [
        "## Continuity",
        "",
        f"One episode of 12 scenes judged against canon, in SQLite. {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}.",
        "The judgements are the same to the byte by every way. The first call opens the database and imports what it",
        "needs; the part's other figures are the median of five. CPU seconds are those of the process alone; the",
        "others are by the clock and grow with whatever else the machine is doing.",
        "",
        "| facts | canon read | facts read | first call, s | read, s | gate, s | both, s | CPU, s | peak memory |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for facts, found in large.items():
        for way, words in WAYS:
            row = found[way]
            lines.append(
                f"| {facts:,} | {words} | {row['facts']:,} | {row['first']:.2f} | {row['read']:.3f} | "
                f"{row['judge']:.3f} | {row['both']:.3f} | {row['processor']:.3f} | {row['peak_mb']:.0f} MB |"
            )
    lines += ["", *_season(season)]
    return "\n".join(lines)


def _season(season: dict[str, Any]) -> list[str]:
    rows = season["rows"]
    lines = [
        f"A season of {len(rows)} episodes with one cast: each has its context read, is judged on its part of canon,",
        f"and its diff is approved. It ends with {season['facts']:,} facts. Processor milliseconds, the median of the",
        f"episodes, of each the least of {SEASONS} runs:",
        "",
        "| episodes | context | gate and diff | approval | all |",
        "|---|---|---|---|---|",
    ]
    for first in range(0, len(rows), 40):
        some = rows[first : first + 40]
        parts = [statistics.median(row[n] for row in some) * 1_000 for n in range(3)]
        cells = " | ".join(f"{part:.0f}" for part in (*parts, sum(parts)))
        lines.append(f"| {first + 1} to {first + len(some)} | {cells} |")
    return [*lines, "", "![Cost of each episode of the season](images/continuity-cost.png)", ""]


def plot(rows: list[list[float]]) -> None:
    """Draw the cost of each episode."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 4))
    for number, name in enumerate(("context", "gate and diff", "approval")):
        axes.plot(range(1, len(rows) + 1), [row[number] * 1_000 for row in rows], label=name, linewidth=1)
    axes.set(xlabel="episode", ylabel="processor milliseconds", title="What an episode costs as the season grows")
    axes.set_ylim(0, 1_300 * max(max(row) for row in rows))
    axes.legend(loc="upper left", ncols=3)
    PLOT.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PLOT, dpi=110, bbox_inches="tight", metadata={"Software": None})


if __name__ == "__main__":
    main()
