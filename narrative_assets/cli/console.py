"""What the terminal shows: a progress bar of stages and units, tables, and errors on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from schemas.run import StageRun

_PIPED_WIDTH = 160  # a pipe has no width of its own; paths should stay whole

output = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH)
errors = Console(stderr=True, width=None if sys.stderr.isatty() else _PIPED_WIDTH)

_UNITS = {"shot_list": "lines spoken", "render_plan": "assets", "render_output": "shots"}


class ProgressBar:
    """One bar for the episode's stages and one for the units of the stage at work."""

    def __init__(self, title: str, stages: int) -> None:
        # Dagster redirects the process's own stderr into its compute logs while a step runs.
        self._file = os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8")
        console = Console(file=self._file, width=errors.width)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("[bold]{task.description}", justify="left"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._stages = self._progress.add_task(title, total=stages, note="")
        self._units: TaskID | None = None
        self._console = console

    def __enter__(self) -> ProgressBar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        self._file.close()

    def stage_started(self, stage: str) -> None:
        """Show the stage at work."""
        self._progress.update(self._stages, note=stage.replace("_", " "))

    def units(self, stage: str, done: int, total: int) -> None:
        """Move the bar of units."""
        note = _UNITS.get(stage, "")
        if self._units is None:
            self._units = self._progress.add_task("  " + stage.replace("_", " "), total=total, note=note)
        self._progress.update(self._units, completed=done, total=total)

    def stage_finished(self, run: StageRun) -> None:
        """Leave one line for the stage and move on."""
        if self._units is not None:
            self._progress.remove_task(self._units)
            self._units = None
        self._progress.advance(self._stages)
        style, made = {"failed": ("red", "failed"), "waiting": ("yellow", "waits for a person")}.get(
            run.status, ("dim", "stored result used") if run.cache_hit else ("", f"{run.milliseconds / 1000:.1f} s")
        )
        counted = ""
        if run.units and not run.cache_hit:
            counted = f", {run.units} {_UNITS.get(run.stage, 'units')}"
            counted += f" ({run.unit_cache_hits} reused)" if run.unit_cache_hits else ""
        self._console.print(Text.assemble(f"  {run.stage.replace('_', ' '):<15} ", (made, style), counted))


class Lanes:
    """One bar for each of several kinds of work on the same episodes."""

    def __init__(self, names: Sequence[str], episodes: int) -> None:
        # As above: a step redirects stderr while it runs.
        self._file = os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8")
        columns = (TextColumn("{task.description:<8}"), BarColumn(bar_width=30), MofNCompleteColumn())
        self._progress = Progress(
            *columns,
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=Console(file=self._file, width=errors.width),
            transient=True,
        )
        self._lanes = {name: self._progress.add_task(name, total=episodes, note="") for name in names}

    def __enter__(self) -> Lanes:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        self._file.close()

    def advance(self, lane: str, note: str = "") -> None:
        """Another episode is through this lane."""
        self._progress.update(self._lanes[lane], advance=1, note=note)


def table(title: str, *columns: str) -> Table:
    """An empty table in the house's plain style."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def say_error(label: str, message: str, remedy: str) -> None:
    """One sentence of what is wrong and one of what to do, on stderr; the text is taken as it is."""
    for style, head, text in (("bold red", label, message), ("bold", "What to do", remedy)):
        if text:
            errors.print(Text.assemble((f"{head}: ", style), text), soft_wrap=True)
