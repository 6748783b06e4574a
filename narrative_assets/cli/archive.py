"""`narrative archive`: a project whole in one file, out of one instance and into another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from narrative_assets.cli.console import output
from narrative_assets.cli.home import artifacts_root
from resources.archive import export_project
from resources.archive_import import import_project
from resources.studio import Studio

app = typer.Typer(no_args_is_help=True, help="A project whole in one file: export it, import it elsewhere.")

Caches = Annotated[bool, typer.Option("--with-caches", help="Pictures, takes and clips kept by key too.")]
Compress = Annotated[bool, typer.Option("--compress", help="Smaller, with bytes that may differ by system.")]
To = Annotated[Path | None, typer.Option("--to", help="Folder for the project file. Default: the project's id.")]
Replace = Annotated[bool, typer.Option("--replace", help="Put it in the place of a project that differs.")]
Gigabytes = Annotated[int, typer.Option(min=1, help="Refuse what unpacks to more.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("export")
def export(
    project: Annotated[str, typer.Argument(help="The project's id.")],
    file: Annotated[Path, typer.Argument(help="The zip to write.")],
    with_caches: Caches = False,
    compress: Compress = False,
    as_json: AsJson = False,
) -> None:
    """Write a project file, its sources and library, all that was made of it, canon and decisions into a zip."""
    made = export_project(Studio.open(artifacts_root()), project, file, with_caches=with_caches, compress=compress)
    told = {"project": project, "file": str(file), "members": len(made.members), "bytes": file.stat().st_size}
    if as_json:
        typer.echo(json.dumps(told, indent=2))
    else:
        output.print(f"{told['members']} files, {told['bytes']} bytes in {file}.", soft_wrap=True, markup=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A zip that `narrative archive export` wrote.")],
    to: To = None,
    replace: Replace = False,
    max_gigabytes: Gigabytes = 200,
    as_json: AsJson = False,
) -> None:
    """Verify a zip to the last byte, then take its project in."""
    done = import_project(Studio.open(artifacts_root()), file, to, replace=replace, max_bytes=max_gigabytes << 30)
    told = {"outcome": done.outcome, "project": done.project, "project_file": str(done.project_file)}
    if as_json:
        typer.echo(json.dumps({**told, "rows": done.rows, "blobs": done.blobs}, indent=2))
        return
    words = {"unchanged": "was here already, the same", "imported": "imported", "replaced": "replaced"}
    output.print(f"{done.project} {words[done.outcome]}: {done.rows} records, {done.blobs} files that were not here.")
    output.print(f"Its project file is {done.project_file}.", soft_wrap=True, markup=False)
