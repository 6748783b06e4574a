"""The gate at length: thousands of planted contradictions and of clean seasons, counted by kind.

Run it as ``python -m tests.soak.continuity --cases 10000 --seasons 1000``; it fails unless every one is found and no
clean season is blocked. ``follow-on`` counts blocks in an episode with a contradiction planted that name true claims
only: what was planted stands in canon's place there, and others lean on it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.fakes.seasons.faults import Case, cases
from tests.fakes.seasons.trial import try_season

CLEAN_FROM = 1_000_000
"""The seed of the first clean season: none of those in which something is planted."""
SHOWN = 20
"""How many misses and false blocks are written out."""


@dataclass(slots=True)
class Row:
    planted: int = 0
    found: int = 0
    follow_on: int = 0
    false_blocks: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Table:
    rows: defaultdict[str, Row] = field(default_factory=lambda: defaultdict(Row))
    wrong: list[str] = field(default_factory=list)

    def planted(self, number: int) -> None:
        """Count ``number`` planted contradictions."""
        for case, seconds in _timed(cases(number)):
            row = self.rows[case.planted.kind]
            row.planted += 1
            row.found += case.found
            row.follow_on += len(case.others)
            row.seconds += seconds
            if not case.found:
                self.wrong.append(f"missed: {case.planter} in season {case.seed}, episode {case.planted.episode + 1}")

    def clean(self, number: int) -> None:
        """Count the blocks on ``number`` clean seasons."""
        row, start = self.rows["(clean seasons)"], time.perf_counter()
        for seed in range(CLEAN_FROM, CLEAN_FROM + number):
            blocks = try_season(seed).blocks
            row.false_blocks += len(blocks)
            self.wrong += [f"season {seed}, episode {episode + 1}: {each.message}" for episode, each in blocks]
        row.seconds = time.perf_counter() - start

    def lines(self) -> Iterator[str]:
        yield f"{'kind':<22}{'planted':>9}{'found':>9}{'follow-on':>11}{'false blocks':>14}{'seconds':>10}"
        total = Row()
        for kind, row in sorted(self.rows.items()):
            yield _line(kind, row)
            total.planted, total.found = total.planted + row.planted, total.found + row.found
            total.follow_on += row.follow_on
            total.false_blocks, total.seconds = total.false_blocks + row.false_blocks, total.seconds + row.seconds
        yield _line("all", total)
        yield from self.wrong[:SHOWN]


def _line(kind: str, row: Row) -> str:
    return f"{kind:<22}{row.planted:>9}{row.found:>9}{row.follow_on:>11}{row.false_blocks:>14}{row.seconds:>10.1f}"


def _timed(told: Iterator[Case]) -> Iterator[tuple[Case, float]]:
    start = time.perf_counter()
    for case in told:
        yield case, time.perf_counter() - start
        start = time.perf_counter()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="contradictions to plant")
    parser.add_argument("--seasons", type=int, default=1_000, help="clean seasons to judge")
    given = parser.parse_args()
    table = Table()
    table.planted(given.cases)
    table.clean(given.seasons)
    sys.stdout.write("\n".join(table.lines()) + "\n")
    return 1 if table.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
