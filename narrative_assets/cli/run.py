"""`narrative run` and `narrative approve`: episodes in story order, through the same job as in the UI."""

from __future__ import annotations

import json
import logging
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer
from dagster import AssetCheckSeverity, DagsterInstance, ExecuteInProcessResult
from filelock import FileLock, Timeout
from rich.text import Text

from narrative_assets.canon import episode_order
from narrative_assets.cli.console import ProgressBar, output, say_error, table
from narrative_assets.cli.instance import artifacts_root, dagster_home, offer_episodes, run_owner
from resources.approvals import Verdict
from resources.io_manager import PROFILED, kind_of
from resources.progress import Progress, Silent, reporting_to
from resources.studio import Studio
from schemas import errors as error_types
from schemas.errors import InputError, NarrativeError
from schemas.project import Project
from schemas.reading import read_file
from schemas.run import RunSummary

_CHECKPOINTS = {
    "approve_canon_diff": "CanonDiff",
    "approve_character_packs": "AssetManifest",
    "approve_shotlist_timing_lock": "ShotList",
    "approve_external_spend": "RenderPlan",
}
"""What is decided on at each checkpoint."""
_GATE_FAILED = 12


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("run")(run)
    app.command("approve")(approve)


def run(
    project: Annotated[Path, typer.Argument(help="The project file (project.json).")],
    episode: Annotated[
        list[str] | None, typer.Option(help="Episode id such as s01e02; repeat it. Default: all.")
    ] = None,
    profile: Annotated[str, typer.Option(help="Render profile of the project.")] = "preview_local",
    force: Annotated[bool, typer.Option("--force", help="Make everything anew, even what is stored.")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Shots rendered at once.")] = os.cpu_count() or 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Make episodes, in story order, from the project file to the finished video."""
    studio = Studio.open(artifacts_root())
    registered = studio.projects.register(project)
    wanted = _wanted(registered, episode or [])
    _require_profile(registered, profile)
    dagster_home()
    logging.getLogger("dagster").setLevel(logging.CRITICAL)  # what a person needs to know, this command says
    results = []
    with DagsterInstance.get() as instance, run_owner(instance) as tags:
        offer_episodes(instance, registered)
        for episode_id in wanted:
            settings = {"profile": profile, "force": force, "workers": workers}
            result = _run_episode(instance, studio, registered, episode_id, settings, tags, quiet=as_json)
            results.append(result)
            if result["status"] != "succeeded":
                break
    if as_json:
        typer.echo(json.dumps({"project": registered.id, "profile": profile, "episodes": results}, indent=2))
    else:
        for result in results:
            _print_result(registered.id, result)
    raise typer.Exit(_exit_code(results))


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


def _wanted(project: Project, asked: list[str]) -> list[str]:
    """The asked episodes in story order; all of them when none is named."""
    known = sorted((entry.id for entry in project.episodes), key=episode_order)
    for episode_id in asked:
        if episode_id not in known:
            raise InputError(
                f"{project.id} has no episode {episode_id!r}.", remedy="Its episodes: " + ", ".join(known) + "."
            )
    return [episode_id for episode_id in known if not asked or episode_id in asked]


def _require_profile(project: Project, profile: str) -> None:
    known = [p.id for p in project.render_profiles]
    if profile not in known:
        raise InputError(f"{project.id} has no render profile {profile!r}.", remedy="It has: " + ", ".join(known) + ".")


def _run_episode(
    instance: DagsterInstance,
    studio: Studio,
    project: Project,
    episode_id: str,
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
        with _listener(key, quiet) as listener, reporting_to(listener):
            done = defs.resolve_job_def("episode").execute_in_process(
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
    return _result(studio, project.id, episode_id, settings["profile"], done)


def _listener(title: str, quiet: bool) -> AbstractContextManager[Progress]:
    """A bar on stderr, or nobody when the result is asked for as JSON."""
    return nullcontext(Silent()) if quiet else ProgressBar(title)


def _result(studio: Studio, project: str, episode: str, profile: str, done: ExecuteInProcessResult) -> dict[str, Any]:
    """Status, error, artifacts and paths of a finished run as plain data."""
    folder = studio.store.episode_folder(project, episode, profile)
    summary_path = folder / "run_summary.json"
    summary = read_file(summary_path, RunSummary) if summary_path.is_file() else None
    if summary is not None and summary.run_id != done.run_id:
        summary = None
    status = "succeeded" if done.success else "failed"
    if done.success and summary is not None and summary.status == "waiting":
        status = "waiting"
    video = folder / "episode.mp4"
    return {
        "episode": episode,
        "status": status,
        "run_id": done.run_id,
        "error": None if status == "succeeded" else _error(summary, done),
        "artifacts": _artifacts(studio, project, episode, profile),
        "video": str(video) if status == "succeeded" and video.is_file() else None,
        "run_summary": str(summary_path),
        "reused": [stage.stage for stage in summary.stages if stage.cache_hit] if summary else [],
        "seconds": round(summary.milliseconds / 1000, 2) if summary else None,
        "shots": _shots(summary),
        "notes": _notes(done),
    }


def _notes(done: ExecuteInProcessResult) -> list[str]:
    """What checks found that does not block."""
    return [
        " ".join(str(value.value) for name, value in check.metadata.items() if name == "failed").removeprefix("- ")
        for check in done.get_asset_check_evaluations()
        if not check.passed and check.severity == AssetCheckSeverity.WARN
    ]


def _shots(summary: RunSummary | None) -> dict[str, int]:
    """How many shots were rendered and how many were reused in this run."""
    for stage in summary.stages if summary else ():
        if stage.stage == "render_output":
            return {"rendered": stage.units - stage.unit_cache_hits, "reused": stage.unit_cache_hits}
    return {"rendered": 0, "reused": 0}


def _error(summary: RunSummary | None, done: ExecuteInProcessResult) -> dict[str, str]:
    """The error in plain words: the stage's own, a failed check, or the one Dagster reports."""
    if summary is not None and summary.errors:
        found = summary.errors[-1]
        return {"stage": found.stage, "error": found.error, "message": found.message, "remedy": found.remedy}
    for check in done.get_asset_check_evaluations():
        if not check.passed and check.severity == AssetCheckSeverity.ERROR:
            said = " ".join(str(value.value) for value in check.metadata.values())
            return {"stage": check.asset_key.to_user_string(), "error": "QualityGate", "message": said, "remedy": ""}
    for event in done.all_events:
        failure = event.step_failure_data if event.is_step_failure else None
        if failure is not None and failure.error is not None:
            told = _told(failure.error)
            known = told.cls_name in vars(error_types)
            return {
                "stage": event.step_key or "",
                "error": told.cls_name or "Error",
                "message": told.message.strip().partition(": ")[2] or told.message.strip(),
                "remedy": "" if known else f"Dagster keeps the details under run {done.run_id}.",
            }
    return {"stage": "", "error": "Error", "message": "The run failed.", "remedy": f"See run {done.run_id} in the UI."}


def _told(error: Any) -> Any:
    """The error in the chain that is written for people; the innermost when none is."""
    while error.cause is not None and error.cls_name not in vars(error_types):
        error = error.cause
    return error


def _artifacts(studio: Studio, project: str, episode: str, profile: str) -> list[dict[str, str]]:
    """Kind, version, hash and path of what the episode stands on."""
    from narrative_assets.definitions import ASSETS

    rows = []
    for asset in ASSETS:
        kind = kind_of(asset.key.path[-1])
        scope = profile if kind in PROFILED else ""
        digest = studio.store.head(project, episode, scope, kind)
        path = studio.store.episode_folder(project, episode, scope) / f"{kind}.json"
        if digest is not None and path.is_file():
            version = studio.store.record(digest).schema_version
            rows.append({"kind": kind, "schema_version": version, "hash": digest, "path": str(path)})
    return rows


def _print_result(project: str, result: dict[str, Any]) -> None:
    shown = table(f"\n{project}/{result['episode']}", "artifact", "schema", "sha256", "path")
    here = Path.cwd()
    for row in result["artifacts"]:
        path = Path(row["path"])
        path = path.relative_to(here) if path.is_relative_to(here) else path
        shown.add_row(row["kind"], row["schema_version"], row["hash"][:16], str(path))
    output.print(shown)
    if result["video"]:
        output.print(Text.assemble(("Video: ", "bold green"), result["video"]), soft_wrap=True)
    for note in result["notes"]:
        output.print(Text.assemble(("Note: ", "bold yellow"), note), soft_wrap=True)
    error = result["error"]
    if error:
        what = "Waiting" if result["status"] == "waiting" else "Error"
        say_error(f"{what} in {error['stage']}" if error["stage"] else what, error["message"], error["remedy"])


def _exit_code(results: list[dict[str, Any]]) -> int:
    error = results[-1]["error"] if results else None
    if error is None:
        return 0
    if error["error"] == "QualityGate":
        return _GATE_FAILED
    kind = getattr(error_types, error["error"], None)
    return kind.exit_code if isinstance(kind, type) and issubclass(kind, NarrativeError) else 1
