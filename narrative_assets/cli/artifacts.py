"""`narrative artifacts`: list, show, trace and verify what is stored."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from resources.registry import ArtifactRecord, ArtifactStore
from resources.studio import Studio
from schemas.errors import InputError, IntegrityError

app = typer.Typer(no_args_is_help=True, help="Look at what was made: list, show, trace and verify.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Digest = Annotated[str, typer.Argument(help="First digits of a content hash.")]


def _store() -> ArtifactStore:
    return Studio.open(artifacts_root()).store


@app.command("ls")
def list_artifacts(
    episode: Annotated[str, typer.Argument(help="PROJECT or PROJECT/EPISODE; all if left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """What was made, in the order it was made."""
    project, _, episode_id = episode.partition("/")
    records = _store().records(project, episode_id)
    if as_json:
        typer.echo(json.dumps([asdict(record) for record in records], indent=2))
        return
    shown = table("", "episode", "kind", "profile", "sha256", "schema", "origin", "made")
    for record in records:
        where = f"{record.project}/{record.episode}"
        digest, version = record.content_hash[:16], record.schema_version
        shown.add_row(where, record.kind, record.profile, digest, version, record.compute_origin, record.created_at)
    output.print(shown)


@app.command("show")
def show(digest: Digest, as_json: AsJson = False) -> None:
    """An artifact and its record."""
    store = _store()
    record = store.record(digest)
    document = store.artifact(record).model_dump(mode="json")
    if as_json:
        typer.echo(json.dumps({"record": asdict(record), "artifact": document}, indent=2))
        return
    for name, value in asdict(record).items():
        output.print(f"[bold]{name:<18}[/] {value}", highlight=False, soft_wrap=True)
    output.print_json(json.dumps(document))


@app.command("lineage")
def lineage(digest: Digest, as_json: AsJson = False) -> None:
    """What an artifact was made from, back to the project and its sources."""
    store = _store()
    record = store.record(digest)
    if as_json:
        typer.echo(json.dumps(_ancestry(store, record), indent=2))
        return
    tree = Tree(_label(record))
    _grow(store, record, tree)
    output.print(tree)


@app.command("verify")
def verify(as_json: AsJson = False) -> None:
    """Read everything stored and compare it with its hash: artifacts, pictures, takes, clips and videos."""
    store = _store()
    broken = store.verify()
    files, damaged = store.blobs.damaged()
    if as_json:
        found = {"files": files, "damaged": damaged, "artifacts": [[asdict(record), why] for record, why in broken]}
        typer.echo(json.dumps(found, indent=2))
    else:
        for record, why in broken:
            output.print(f"{record.kind} of {record.project}/{record.episode}: {why}", markup=False, soft_wrap=True)
        output.print(f"{files} stored files read, {len(damaged)} damaged; {len(broken)} artifacts cannot be read.")
    if broken or damaged:
        raise typer.Exit(IntegrityError.exit_code)


def _parents(store: ArtifactStore, record: ArtifactRecord) -> list[tuple[str, str, ArtifactRecord | None]]:
    """(role, hash, record if it is an artifact) of each parent."""
    found: list[tuple[str, str, ArtifactRecord | None]] = []
    for role, digest in sorted(record.parents.items()):
        try:
            found.append((role, digest, store.record(digest)))
        except InputError:
            found.append((role, digest, None))
    return found


def _label(record: ArtifactRecord) -> Text:
    where = f"{record.project}/{record.episode}" + (f" [{record.profile}]" if record.profile else "")
    return Text.assemble((record.kind, "bold"), f" {record.content_hash[:12]}  {where}")


def _grow(store: ArtifactStore, record: ArtifactRecord, tree: Tree) -> None:
    for role, digest, parent in _parents(store, record):
        if parent is None:
            tree.add(f"{role} {digest[:12]}")
        else:
            _grow(store, parent, tree.add(_label(parent)))


def _ancestry(store: ArtifactStore, record: ArtifactRecord) -> dict[str, object]:
    parents = {
        role: _ancestry(store, parent) if parent else {"hash": digest}
        for role, digest, parent in _parents(store, record)
    }
    return {"kind": record.kind, "hash": record.content_hash, "parameters": record.parameters, "parents": parents}
