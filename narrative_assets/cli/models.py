"""`narrative models`: which model files there are, whether they are unchanged, and what their licences allow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from resources.inventory.folder import InventoryFolder
from schemas.errors import IntegrityError
from schemas.models import ModelEntry, Task

app = typer.Typer(no_args_is_help=True, help="Models on this disk: list, add, verify, open, and read their licences.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ModelName = Annotated[str, typer.Argument(help="The id of a model; all if left out.")]


def _folder() -> InventoryFolder:
    artifacts_root()
    return InventoryFolder.configured()


@app.command("ls")
def list_models(as_json: AsJson = False) -> None:
    """The models, what each is for and what runs it."""
    folder = _folder()
    inventory = folder.inventory()
    if as_json:
        typer.echo(json.dumps(inventory.model_dump(mode="json"), indent=2))
        return
    shown = table("", "model", "task", "format", "numbers", "runs in", "MB", "licence", "source")
    for model in inventory.models:
        megabytes = f"{model.size_bytes / 1e6:.1f}"
        runtimes = ", ".join(model.runtimes)
        row = (model.task, model.format, model.quantisation, runtimes, megabytes, model.licence, model.source)
        shown.add_row(model.model_id, *row)
    output.print(shown)
    output.print(f"{len(inventory.models)} models in {folder.root}.", highlight=False, soft_wrap=True)


@app.command("add")
def add_model(
    place: Annotated[Path | None, typer.Argument(help="The folder or zip that holds the model.")] = None,
    package: Annotated[str, typer.Option(help="Take it from this installed package instead.")] = "",
    model_id: Annotated[
        str, typer.Option("--id", help="What to call it. Default: the folder's or package's name.")
    ] = "",
    task: Annotated[Task | None, typer.Option(help="What it is for, where its files do not say.")] = None,
    licence: Annotated[str, typer.Option(help="Its licence as an SPDX expression, as it was given.")] = "",
    source: Annotated[str, typer.Option(help="Where it comes from.")] = "",
    provenance: Annotated[str, typer.Option(help="Who made it, from what, and what was changed.")] = "",
    as_json: AsJson = False,
) -> None:
    """Copy a model into the models folder, with the hash of each file. Pickled checkpoints are refused."""
    from resources.inventory.adding import add
    from resources.inventory.offers import Said, from_package, offered

    if (place is None) is (not package):
        raise typer.BadParameter("Give a folder or zip, or --package, and not both.")
    folder = _folder()
    said = Said(model_id, task, licence, source, provenance)
    if place is None:
        entry = add(folder, from_package(package, said))
    else:
        with offered(place, said) as offer:
            entry = add(folder, offer)
    if as_json:
        typer.echo(json.dumps(entry.model_dump(mode="json"), indent=2))
        return
    output.print(
        f"{entry.model_id}: {len(entry.files)} files, {entry.size_bytes / 1e6:.1f} MB, for {entry.task}, "
        f"{entry.licence}. Nothing of it was run.",
        highlight=False,
        soft_wrap=True,
    )


@app.command("verify")
def verify_models(model_id: ModelName = "", as_json: AsJson = False) -> None:
    """Compare every file with its recorded hash. Exit code 9 if one is missing, changed or not recorded."""
    from dataclasses import asdict

    from resources.inventory.verifying import verify

    folder = _folder()
    found = verify(folder, model_id)
    if as_json:
        typer.echo(json.dumps({"models": len(folder.ids()), "troubles": [asdict(each) for each in found]}, indent=2))
    for each in found if not as_json else ():
        output.print(
            f"{'/'.join(filter(None, (each.model_id, each.path)))}: {each.what}", highlight=False, soft_wrap=True
        )
    if found:
        raise typer.Exit(IntegrityError.exit_code)
    if not as_json:
        output.print(f"{len([model_id] if model_id else folder.ids())} models are as they were added.", highlight=False)


@app.command("smoke")
def smoke_models(
    report: Annotated[Path | None, typer.Option(help="Also write the report into this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Open every model without a download. Exit code 9 only where a file differs from its recorded hash."""
    from resources.durable import write_durably
    from resources.inventory.smoke import in_words, smoke
    from schemas.canonical import canonical_json

    found = smoke(_folder())
    if report is not None:
        write_durably(report, canonical_json(found) + b"\n")
    if as_json:
        typer.echo(json.dumps({**found.model_dump(mode="json"), "passed": found.passed}, indent=2))
    else:
        shown = table("", "model", "outcome", "what was seen")
        for model in found.models:
            shown.add_row(model.model_id, model.outcome.replace("_", " "), model.detail)
        output.print(shown)
        output.print(in_words(found), highlight=False)
    if not found.passed:
        raise typer.Exit(IntegrityError.exit_code)


@app.command("licences")
def licences(
    listed: Annotated[bool, typer.Option("--list", help="Show the licences that are allowed, and for what.")] = False,
    as_json: AsJson = False,
) -> None:
    """What each model's licence allows: working with it, passing it on, publishing what it makes."""
    from resources.inventory.licences import allow_list

    if listed:
        rows = [{"licence": name, **terms} for name, terms in allow_list().items()]
    else:
        rows = [_judged(model) for model in _folder().inventory().models]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    names = ("licence",) if listed else ("model", "licence", "stated")
    shown = table("", *names, "use", "redistribute", "outputs")
    for row in rows:
        shown.add_row(*(row.get(name, "refused") for name in (*names, "use", "redistribute", "outputs")))
    output.print(shown)


@app.command("coreml")
def measure_coreml(
    model_id: Annotated[str, typer.Argument(help="A model of the format coreml.")],
    as_json: AsJson = False,
) -> None:
    """Measure a Core ML package on this Mac against its CPU. Only what agrees and is faster is used after that."""
    from resources.inference.coreml_measuring import measure, seeded_inputs
    from resources.inference.coreml_record import permission

    folder = _folder()
    package = folder.package(folder.entry(model_id))
    record = measure(package, folder.records, seeded_inputs(package, count=8))
    if as_json:
        typer.echo(json.dumps(record.model_dump(), indent=2))
        return
    said = permission(folder.records, record.model_hash, record.host)
    output.print(f"{model_id}: Core ML is {'used' if said.ready else 'not used'}: {said.reason}.", soft_wrap=True)


def _judged(model: ModelEntry) -> dict[str, str]:
    """The verdicts by the list as it is now: it may have changed since the model was added."""
    from resources.inventory.licences import verdicts

    stated = "; ".join(f"{each.stated_in}: {each.expression}" for each in model.statements)
    found = {
        str(each.use): ("allowed" if each.allowed else "refused") + f" ({each.reason})"
        for each in verdicts(model.licence)
    }
    return {"model": model.model_id, "licence": model.licence, "stated": stated, **found}
