"""`narrative run`, `write` and `approve`: episodes in story order, through the same jobs as in the UI."""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from narrative_assets.assets.stage import stages_of
from narrative_assets.cli.console import ProgressBar, output
from narrative_assets.cli.home import artifacts_root
from narrative_assets.cli.making import maker, wanted_episodes
from narrative_assets.cli.results import exit_code, print_result, print_season
from resources.approvals import Verdict
from resources.progress import Progress, Silent
from resources.studio import Studio
from schemas.errors import InputError
from schemas.project import Project

_CHECKPOINTS = {
    "approve_canon_diff": "CanonDiff",
    "approve_character_packs": "CharacterPack",
    "approve_shotlist_timing_lock": "ShotList",
    "approve_external_spend": "RenderPlan",
}
"""What is decided on at each checkpoint."""


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("run")(run)
    app.command("write")(write)
    app.command("approve")(approve)


def run(
    project: Annotated[Path, typer.Argument(help="The project file (project.json).")],
    episode: Annotated[
        list[str] | None, typer.Option(help="Episode id such as s01e02; repeat it. Default: all.")
    ] = None,
    profile: Annotated[str, typer.Option(help="A render profile: built-in, or the project's own.")] = "preview_local",
    force: Annotated[bool, typer.Option("--force", help="Make everything anew, even what is stored.")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Shots rendered at once.")] = os.cpu_count() or 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Make episodes, in story order, from the project file to the finished video."""
    settings = {"profile": profile, "force": force, "workers": workers}
    registered, results = _run_episodes(project, episode or [], "make_episode", settings, quiet=as_json)
    if as_json:
        typer.echo(json.dumps({"project": registered.id, "profile": profile, "episodes": results}, indent=2))
    else:
        for result in results:
            print_result(registered.id, result)
    raise typer.Exit(exit_code(results))


def write(
    project: Annotated[Path, typer.Argument(help="The project file (project.json).")],
    episode: Annotated[
        list[str] | None, typer.Option(help="Episode id such as s01e02; repeat it. Default: all.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write everything anew, even what is stored.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write episodes, in story order, and settle what becomes true with each; film and render nothing.

    Episodes whose past has not changed are used again; for the others it says why.
    """
    settings = {"force": force}
    registered, results = _run_episodes(project, episode or [], "write_episode", settings, quiet=as_json)
    if as_json:
        typer.echo(json.dumps({"project": registered.id, "episodes": results}, indent=2))
    else:
        print_season(registered.id, results)
    raise typer.Exit(exit_code(results))


def approve(
    checkpoint: Annotated[str, typer.Argument(help="One of: " + ", ".join(_CHECKPOINTS) + ".")],
    digest: Annotated[str, typer.Argument(help="The content hash that is decided on (its first digits).")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    reject: Annotated[bool, typer.Option("--reject", help="Decide against it.")] = False,
    notes: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Decide at a checkpoint, about exactly one content."""
    if checkpoint not in _CHECKPOINTS:
        raise InputError(f"There is no checkpoint {checkpoint!r}.", remedy="Checkpoints: " + ", ".join(_CHECKPOINTS))
    studio = Studio.open(artifacts_root())
    record = studio.store.record(digest)
    if record.kind != _CHECKPOINTS[checkpoint]:
        raise InputError(
            f"{digest} is a {record.kind}; {checkpoint} decides on a {_CHECKPOINTS[checkpoint]}.",
            remedy="Give the hash that the waiting run named.",
        )
    decision: Verdict = "rejected" if reject else "approved"
    studio.approvals.decide(checkpoint, record.content_hash, decision, by, notes)
    output.print(
        f"{decision.capitalize()}: {record.kind} {record.content_hash[:12]} of {record.project}/{record.episode}."
    )


def _run_episodes(
    path: Path, asked: list[str], job: str, settings: dict[str, Any], *, quiet: bool
) -> tuple[Project, list[dict[str, Any]]]:
    """Run the job for episodes in story order, up to the first that does not succeed."""
    results = []
    with maker(path, settings) as made:
        for episode_id in wanted_episodes(made.project, asked):
            with _listener(f"{made.project.id}/{episode_id}", job, quiet) as listener:
                results.append(made.make(episode_id, job, listener))
            if results[-1]["status"] != "succeeded":
                break
        return made.project, results


def _listener(title: str, job: str, quiet: bool) -> AbstractContextManager[Progress]:
    """A bar on stderr, or nobody when the result is asked for as JSON."""
    return nullcontext(Silent()) if quiet else ProgressBar(title, len(stages_of(job)))
