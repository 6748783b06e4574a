"""What came of a run, as data and in words: status, artifacts, what was used again, why the rest was made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dagster import AssetCheckEvaluation, AssetCheckSeverity, ExecuteInProcessResult
from rich.text import Text

from narrative_assets.cli.console import output, say_error, table
from resources.io_manager import kind_of
from resources.publishing import FOLDER
from resources.studio import Studio
from schemas import errors as error_types
from schemas.errors import NarrativeError
from schemas.kinds import PROFILED
from schemas.reading import read_file
from schemas.run import RunSummary

_GATE_FAILED = 12


def run_result(
    studio: Studio, project: str, episode: str, profile: str, done: ExecuteInProcessResult
) -> dict[str, Any]:
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
        "artifacts": _artifacts(studio, project, episode, profile, published=_ran(summary, "publish_record")),
        "video": str(video) if status == "succeeded" and video.is_file() else None,
        "published": str(folder / FOLDER) if status == "succeeded" and _ran(summary, "publish_record") else None,
        "run_summary": str(summary_path),
        "reused": [stage.stage for stage in summary.stages if stage.cache_hit] if summary else [],
        "made_again": {s.stage: list(s.reasons) for s in summary.stages if s.reasons} if summary else {},
        "unchanged": [s.stage for s in summary.stages if s.reasons and s.unchanged] if summary else [],
        "seconds": round(summary.milliseconds / 1000, 2) if summary else None,
        "shots": _shots(summary),
        "notes": _notes(done),
    }


def _notes(done: ExecuteInProcessResult) -> list[str]:
    """What checks found that does not block, and what a person has let pass."""
    return [
        f"{check.check_name}: {_said(check)}" + (f" Let pass by {by}." if (by := _text(check, "overridden_by")) else "")
        for check in done.get_asset_check_evaluations()
        if not check.passed and check.severity == AssetCheckSeverity.WARN
    ]


def _said(check: AssetCheckEvaluation) -> str:
    return _text(check, "found") or f"{_text(check, 'measured')}, not {_text(check, 'limit')}."


def _text(check: AssetCheckEvaluation, name: str) -> str:
    value = check.metadata.get(name)
    return "" if value is None else str(value.value)


def _ran(summary: RunSummary | None, stage: str) -> bool:
    return any(each.stage == stage and each.status == "succeeded" for each in (summary.stages if summary else ()))


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
    failed = [
        check
        for check in done.get_asset_check_evaluations()
        if not check.passed and check.severity == AssetCheckSeverity.ERROR
    ]
    if failed:
        return {
            "stage": failed[0].asset_key.to_user_string(),
            "error": "QualityGate",
            "message": " ".join(f"{check.check_name}: {_said(check)}" for check in failed),
            "remedy": " ".join(dict.fromkeys(_text(check, "remedy") for check in failed)),
        }
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


def _artifacts(studio: Studio, project: str, episode: str, profile: str, *, published: bool) -> list[dict[str, str]]:
    """Kind, version, hash and path of what the episode stands on; a record of an earlier publication is left out."""
    from narrative_assets.definitions import ASSETS

    rows = []
    for asset in ASSETS:
        kind = kind_of(asset.key.path[-1])
        if kind == "PublishRecord" and not published:
            continue
        scope = profile if kind in PROFILED else ""
        digest = studio.store.head(project, episode, scope, kind)
        path = studio.store.episode_folder(project, episode, scope) / f"{kind}.json"
        if digest is not None and path.is_file():
            version = studio.store.record(digest).schema_version
            rows.append({"kind": kind, "schema_version": version, "hash": digest, "path": str(path)})
    return rows


def kept_back(project: str, episode: str, by: str) -> dict[str, Any]:
    """The result of an episode that was not begun, because an earlier one is not settled."""
    told = {
        "stage": "",
        "error": "StoryOrderPending",
        "message": f"{project}/{episode} builds on {by}, whose canon is not settled yet.",
        "remedy": f"See to {project}/{by}, then run again.",
    }
    return {"episode": episode, "status": "waiting", "error": told, "artifacts": [], "video": None, "notes": []}


def unfinished(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The result that decides how a season ended: the first that failed, else the first that waits, if any."""
    order = [each for status in ("failed", "waiting") for each in results if each["status"] == status]
    return order[:1]


def print_result(project: str, result: dict[str, Any]) -> None:
    """What an episode stands on, its video, notes and error."""
    here = Path.cwd()
    shown = table(f"\n{project}/{result['episode']}", "artifact", "schema", "sha256", "path")
    for row in result["artifacts"]:
        path = Path(row["path"])
        path = path.relative_to(here) if path.is_relative_to(here) else path
        shown.add_row(row["kind"], row["schema_version"], row["hash"][:16], str(path))
    output.print(shown)
    if result["published"]:
        output.print(Text.assemble(("Published: ", "bold green"), result["published"]), soft_wrap=True)
    if result["video"]:
        output.print(Text.assemble(("Video: ", "bold green"), result["video"]), soft_wrap=True)
    for note in result["notes"]:
        output.print(Text.assemble(("Note: ", "bold yellow"), note), soft_wrap=True)
    _print_error(result)


def _print_error(result: dict[str, Any]) -> None:
    error = result["error"]
    if error:
        what = "Waiting" if result["status"] == "waiting" else "Error"
        say_error(f"{what} in {error['stage']}" if error["stage"] else what, error["message"], error["remedy"])


def print_season(project: str, results: list[dict[str, Any]]) -> None:
    """One line an episode: written, written again and why, or used again."""
    shown = table(f"\n{project}", "episode", "script", "sha256", "seconds")
    for result in results:
        script = next((row for row in result["artifacts"] if row["kind"] == "Script"), None)
        shown.add_row(
            result["episode"], _season_note(result), script["hash"][:16] if script else "", str(result["seconds"])
        )
    output.print(shown)
    for result in results:
        for reason in _reasons(result):
            output.print(Text.assemble((f"{result['episode']} ", "bold"), reason), soft_wrap=True)
        _print_error(result)


def print_films(project: str, results: list[dict[str, Any]]) -> None:
    """One line an episode: what came of it, how many shots were rendered anew, and its video."""
    shown = table(f"\n{project}", "episode", "", "shots rendered", "reused", "seconds", "video")
    here = Path.cwd()
    for result in results:
        shots = result.get("shots") or {"rendered": 0, "reused": 0}
        video = Path(result["video"]) if result["video"] else None
        path = video.relative_to(here) if video and video.is_relative_to(here) else video
        figures = (str(shots["rendered"]), str(shots["reused"]), str(result.get("seconds") or ""))
        shown.add_row(result["episode"], result["status"], *figures, str(path or ""))
    output.print(shown)
    for result in results:
        for note in result["notes"]:
            output.print(Text.assemble((f"{result['episode']} note: ", "bold yellow"), note), soft_wrap=True)
        _print_error(result)


def _season_note(result: dict[str, Any]) -> str:
    if result["status"] != "succeeded":
        return str(result["status"])
    if "script" in result["reused"]:
        return "used again"
    if "script" in result["unchanged"]:
        return "looked at again, the same"
    return "written again" if "script" in result["made_again"] else "written"


def _reasons(result: dict[str, Any]) -> list[str]:
    """Why an episode whose script came out another way was written again, each reason once."""
    if "script" in result["unchanged"]:
        return []
    again = [result["made_again"].get(stage, []) for stage in ("episode_plan", "script")]
    return list(dict.fromkeys(reason for reasons in again for reason in reasons))


def exit_code(results: list[dict[str, Any]]) -> int:
    """The exit code of the last episode: 0, or that of its error."""
    error = results[-1]["error"] if results else None
    if error is None:
        return 0
    if error["error"] == "QualityGate":
        return _GATE_FAILED
    kind = getattr(error_types, error["error"], None)
    return kind.exit_code if isinstance(kind, type) and issubclass(kind, NarrativeError) else 1
