"""`narrative memory`: earlier episodes found again by likeness; as a file, made anew, and how much of it there is."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from resources.memory.configured import RECALL, WAYS, configured_memory
from resources.memory.ingest import ingest_settled
from resources.memory.store import Hit, VectorMemory
from resources.memory.transfer import export_memory, import_memory
from resources.memory.wanted import KINDS, Wanted
from resources.studio import Studio
from schemas.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Recall of earlier episodes: search it, move it, make it anew.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Way = Annotated[
    str, typer.Option("--with", help=f"What embeds: {', '.join(WAYS)}. Default: {RECALL}, else minilm.", metavar="WAY")
]


@app.command("search")
def search(
    project: Annotated[str, typer.Argument(help="The project's id.")],
    query: Annotated[str, typer.Argument(help="What to look for.")],
    before: Annotated[str, typer.Option(help="Only what was told before this episode.")] = "",
    kind: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(KINDS)}; repeat it.")] = None,
    top: Annotated[int, typer.Option(help="How many.")] = 10,
    way: Way = "",
    as_json: AsJson = False,
) -> None:
    """Passages that are like a query, the nearest first. What is settled and not in memory yet is taken in first."""
    studio = Studio.open(artifacts_root())
    known, memory = studio.projects.load(project), _memory(studio, way)
    wanted = Wanted(project, before, tuple(kind or ()))  # type: ignore[arg-type]
    ingest_settled(studio, memory, known)
    found = memory.search(query, wanted, top, apart=bool(before))
    if as_json:
        typer.echo(json.dumps([_plain(hit) for hit in found], indent=2, ensure_ascii=False))
        return
    shown = table("", "source", "kind", "score", "text")
    for hit in found:
        shown.add_row(hit.item.source, hit.item.kind, f"{hit.rank.score:.4f}", Text(hit.item.text))
    output.print(shown)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The file to write, JSON Lines.")],
    project: Annotated[str, typer.Option(help="Only this project.")] = "",
    way: Way = "",
    as_json: AsJson = False,
) -> None:
    """Write memory to a file, with its vectors and a checksum."""
    done = export_memory(_memory(Studio.open(artifacts_root()), way), file, project)
    _say(as_json, asdict(done), f"{done.items} items written to {file}.")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A file that `narrative memory export` wrote.")],
    way: Way = "",
    as_json: AsJson = False,
) -> None:
    """Take in a file. One that is damaged is refused as a whole."""
    done = import_memory(_memory(Studio.open(artifacts_root()), way), file)
    _say(as_json, asdict(done), f"{done.items} items taken in{', embedded anew' if done.embedded else ''}.")


@app.command("reindex")
def reindex(way: Way = "", as_json: AsJson = False) -> None:
    """Embed everything anew, after a change of model. The old table serves until the new one is whole."""
    memory = _memory(Studio.open(artifacts_root()), way)
    count = memory.reindex()
    _say(as_json, {"items": count, "model": memory.backend.identity}, f"{count} items: {memory.backend.identity}.")


@app.command("stats")
def stats(way: Way = "", as_json: AsJson = False) -> None:
    """How much memory holds, by kind and episode, and which model it was made with."""
    figures = _memory(Studio.open(artifacts_root()), way).figures()
    if as_json:
        typer.echo(json.dumps(asdict(figures), indent=2))
        return
    output.print(f"{figures.items} items, {figures.size_bytes / 1e6:.1f} MB; {figures.model}.", soft_wrap=True)
    for title, counts in (("kind", figures.by_kind), ("episode", figures.by_episode)):
        shown = table("", title, "items")
        for name, count in counts.items():
            shown.add_row(name, str(count))
        output.print(shown)


def _memory(studio: Studio, way: str) -> VectorMemory:
    memory = configured_memory(studio.store, way) or configured_memory(studio.store, "minilm")
    if memory is None:
        raise InputError("Memory is off.", remedy=f"Name a way with --with: {', '.join(WAYS)}.")
    return memory


def _plain(hit: Hit) -> dict[str, Any]:
    return {**hit.item.model_dump(mode="json"), **asdict(hit.rank)}


def _say(as_json: bool, document: dict[str, Any], words: str) -> None:
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    else:
        output.print(Text(words), soft_wrap=True)
