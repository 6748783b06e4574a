"""`narrative cache`: what is kept so that it need not be made again, and how much of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from resources.pruning import GB, cache_figures, cache_limit, prune
from resources.registry import ArtifactStore

app = typer.Typer(no_args_is_help=True, help="What is kept so that it need not be made again: show it, prune it.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("show")
def show(as_json: AsJson = False) -> None:
    """How much is kept of each kind, when it was last used, and how much of it no artifact refers to."""
    figures, limit = cache_figures(ArtifactStore.configured(artifacts_root())), cache_limit()
    if as_json:
        typer.echo(json.dumps({"limit_bytes": limit, "kinds": [asdict(each) for each in figures]}, indent=2))
        return
    shown = table("", "kind", "entries", "files", "MB", "MB of its own", "used first", "used last", "ended")
    for each in figures:
        size, own = f"{each.bytes / 1e6:.1f}", f"{each.own_bytes / 1e6:.1f}"
        days = (each.oldest_use, each.newest_use)
        shown.add_row(each.namespace, str(each.entries), str(each.files), size, own, *days, str(each.expired))
    output.print(shown)
    own_bytes = sum(each.own_bytes for each in figures)
    output.print(
        f"{own_bytes / 1e6:.1f} MB are held by the cache alone; its limit is {limit / 1e6:,.0f} MB "
        "(NARRATIVE_CACHE_GB). What artifacts refer to does not count and is never removed.",
        soft_wrap=True,
    )


@app.command("prune")
def prune_cache(
    to: Annotated[float | None, typer.Option(min=0, help="Gigabytes to keep. Default: the limit.")] = None,
    rehearse: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove what has ended, then what was used longest ago, down to the limit. What was used today stays."""
    limit = cache_limit() if to is None else round(to * GB)
    pruned = prune(ArtifactStore.configured(artifacts_root()), limit, rehearse=rehearse)
    if as_json:
        typer.echo(json.dumps({"limit_bytes": limit, "rehearsed": rehearse, **asdict(pruned)}, indent=2))
        return
    verb = "would go" if rehearse else "removed"
    ended = f", {pruned.expired} of them ended" if pruned.expired else ""
    output.print(
        f"{pruned.entries} entries{ended} and {pruned.files} files with {pruned.bytes / 1e6:.1f} MB {verb}; "
        f"{pruned.left_bytes / 1e6:.1f} MB are left."
    )
    if pruned.over:
        output.print(f"That is {pruned.over / 1e6:.1f} MB over the limit: the rest was used today.")
