"""`narrative gates`: what every quality gate says of an episode; failed ones let pass by a person, with a reason."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.text import Text

from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from resources.gates.keeper import GateKeeper, Verdict
from resources.gates.overrides import OverrideEntry
from resources.studio import Studio
from schemas.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Quality gates: list them, let a failed one pass, take that back.")

Gate = Annotated[str, typer.Argument(help="The gate, such as black_frames.")]
Digest = Annotated[str, typer.Argument(help="First digits of the hash of what it judged.")]
By = Annotated[str, typer.Option(help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_STYLES = {"holds": "green", "advises": "yellow", "overridden": "yellow", "failed": "bold red"}


@app.command("ls")
def list_gates(
    episode: Annotated[str, typer.Argument(help="PROJECT/EPISODE, such as lighthouse/s01e01.")],
    profile: Annotated[str, typer.Option(help="The render profile.")] = "preview_local",
    as_json: AsJson = False,
) -> None:
    """What each gate says of what an episode stands on, the log of overrides, and what is published."""
    studio = Studio.open(artifacts_root())
    project, _, episode_id = episode.partition("/")
    keeper = GateKeeper(studio)
    verdicts = keeper.of_episode(project, episode_id, profile)
    if not verdicts:
        raise InputError(f"{episode} has nothing that a gate judges yet.", remedy=f"Run {episode} first.")
    log = [entry for entry in keeper.log.entries(project, episode_id) if entry.profile in ("", profile)]
    failed = any(verdict.state == "failed" for verdict in verdicts)
    published = _published(studio, project, episode_id, profile, failed=failed)
    if as_json:
        document = {
            "gates": [_plain(verdict) for verdict in verdicts],
            "log": [asdict(entry) for entry in log],
            "published": published,
        }
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    _print(episode, verdicts, log, published)


@app.command("override")
def override(gate: Gate, digest: Digest, by: By, reason: Reason, as_json: AsJson = False) -> None:
    """Let a failed gate pass, for exactly this content. Run the episode again to go on."""
    studio = Studio.open(artifacts_root())
    entry = GateKeeper(studio).override(gate, studio.store.record(digest), by, reason)
    _say(entry, as_json, f"{gate} lets {entry.contract} {entry.content_hash[:12]} of {_where(entry)} pass.")


@app.command("withdraw")
def withdraw(gate: Gate, digest: Digest, by: By, reason: Reason, as_json: AsJson = False) -> None:
    """Take an override back. The log keeps both."""
    studio = Studio.open(artifacts_root())
    entry = GateKeeper(studio).withdraw(gate, studio.store.record(digest), by, reason)
    _say(entry, as_json, f"{gate} holds again for {entry.contract} {entry.content_hash[:12]} of {_where(entry)}.")


def _published(studio: Studio, project: str, episode: str, profile: str, *, failed: bool) -> dict[str, Any] | None:
    """What lies in the published folder, and whether the episode as it stands would be published so."""
    from resources.publishing import published_folder, standing_record
    from schemas.publication import PublishRecord
    from schemas.reading import read_bytes

    folder = published_folder(studio.store, project, episode, profile)
    document = standing_record(folder)
    if document is None:
        return None
    record = read_bytes(document, PublishRecord, where=str(folder))
    current = record.render_output_hash == studio.store.head(project, episode, profile, "RenderOutput") and not failed
    return {"folder": str(folder), "render_output": record.render_output_hash, "current": current}


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {
        "gate": verdict.gate.name,
        "judged": verdict.gate.contract,
        "content_hash": verdict.content_hash,
        "state": verdict.state,
        "overridable": not (verdict.gate.firm or verdict.gate.advises),
        **verdict.finding.model_dump(mode="json", include={"measured", "limit", "message"}),
        "override": asdict(verdict.override) if verdict.override else None,
    }


def _print(
    episode: str, verdicts: tuple[Verdict, ...], log: list[OverrideEntry], published: dict[str, Any] | None
) -> None:
    shown = table(f"\n{episode}", "judged", "gate", "", "measured", "limit", "found")
    for verdict in verdicts:
        state, finding = verdict.state, verdict.finding
        what = f"{verdict.gate.contract} {verdict.content_hash[:12]}"
        marked = Text(state, style=_STYLES[state])
        shown.add_row(what, verdict.gate.name, marked, finding.measured, finding.limit, Text(finding.message))
    output.print(shown)
    for entry in log:
        told = f"{entry.at} {entry.gate} {entry.event} by {entry.by} on {entry.content_hash[:12]}: {entry.reason}"
        output.print(Text(told), soft_wrap=True)
    if published is not None:
        of = "as it stands" if published["current"] else f"as it stood, with video {published['render_output'][:12]}"
        output.print(Text(f"Published {of}: {published['folder']}"), soft_wrap=True)


def _where(entry: OverrideEntry) -> str:
    return f"{entry.project}/{entry.episode}" + (f" [{entry.profile}]" if entry.profile else "")


def _say(entry: OverrideEntry, as_json: bool, words: str) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(entry), indent=2, ensure_ascii=False))
    else:
        output.print(Text(words), soft_wrap=True)
