"""`narrative run`, `write` and `approve`: episodes in story order, through the same jobs as in the UI."""

from __future__ import annotations

import json
import logging
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer
from dagster import DagsterInstance
from filelock import FileLock, Timeout

from narrative_assets.assets.stage import STAGES, STORY_STAGES
from narrative_assets.canon import episode_order
from narrative_assets.cli.console import ProgressBar, output
from narrative_assets.cli.home import artifacts_root
from narrative_assets.cli.instance import dagster_home, offer_episodes, run_owner
from narrative_assets.cli.results import exit_code, print_result, print_season, run_result
from resources.approvals import Verdict
from resources.progress import Progress, Silent, reporting_to
from resources.studio import Studio
from schemas.errors import InputError
from schemas.profiles import profile_of
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
    studio = Studio.open(artifacts_root())
    project = studio.projects.register(path)
    wanted = _wanted(project, asked)
    profile_of(project, settings.setdefault("profile", project.render_profiles[0].id))
    dagster_home()
    logging.getLogger("dagster").setLevel(logging.CRITICAL)  # what a person needs to know, this command says
    results = []
    with DagsterInstance.get() as instance, run_owner(instance) as tags:
        offer_episodes(instance, project)
        for episode_id in wanted:
            result = _run_episode(instance, studio, project, episode_id, job, settings, tags, quiet=quiet)
            results.append(result)
            if result["status"] != "succeeded":
                break
    return project, results


def _wanted(project: Project, asked: list[str]) -> list[str]:
    """The asked episodes in story order; all of them when none is named."""
    known = sorted((entry.id for entry in project.episodes), key=episode_order)
    for episode_id in asked:
        if episode_id not in known:
            raise InputError(
                f"{project.id} has no episode {episode_id!r}.", remedy="Its episodes: " + ", ".join(known) + "."
            )
    return [episode_id for episode_id in known if not asked or episode_id in asked]


def _run_episode(
    instance: DagsterInstance,
    studio: Studio,
    project: Project,
    episode_id: str,
    job: str,
    settings: dict[str, Any],
    tags: dict[str, str],
    *,
    quiet: bool,
) -> dict[str, Any]:
    """Run one episode's job in this process and say what came of it."""
    # Assembled here: reading `--help` or a wrong path should not pay for all of Dagster's graph.
    from narrative_assets.definitions import defs

    key = f"{project.id}/{episode_id}"
    lock = FileLock(studio.store.root / studio.store.tenant / ".locks" / f"{project.id}-{episode_id}.lock")
    Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InputError(
            f"Another process is working on {key}.", remedy="Wait for it to end, then run again."
        ) from error
    try:
        with _listener(key, job, quiet) as listener, reporting_to(listener):
            done = defs.resolve_job_def(job).execute_in_process(
                instance=instance,
                partition_key=key,
                run_config={
                    "resources": {"settings": {"config": settings}},
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
                tags={**tags, "narrative/project": project.id, "narrative/episode": episode_id},
                raise_on_error=False,
            )
    finally:
        lock.release()
    return run_result(studio, project.id, episode_id, settings["profile"], done)


def _listener(title: str, job: str, quiet: bool) -> AbstractContextManager[Progress]:
    """A bar on stderr, or nobody when the result is asked for as JSON."""
    stages = STORY_STAGES if job == "write_episode" else STAGES
    return nullcontext(Silent()) if quiet else ProgressBar(title, len(stages))
