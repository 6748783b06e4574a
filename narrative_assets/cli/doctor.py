"""`narrative doctor`: everything that has to be right before work begins, each wrong thing with its remedy."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer
from rich.text import Text

from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from resources.checkup import broker, database, folders, machine, models, objects, projects
from resources.checkup.findings import Check, Examined, Verdict, examine
from resources.checkup.surroundings import Surroundings
from resources.inference.backends import Backend
from resources.inference.configured import configured_wording
from resources.inference.configured_media import configured_plates, configured_speech
from resources.inference.preflight import ModelTask, Preflight, preflight
from resources.inventory.folder import InventoryFolder
from resources.memory.configured import configured_embedding
from resources.model_media import MediaModel
from schemas.errors import InputError, NarrativeError
from schemas.models import ModelInventory

_STYLES = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAILED: "bold red", Verdict.NOT_RUN: "dim"}


def add_commands(app: typer.Typer) -> None:
    """Register the command of this module."""
    app.command("doctor")(doctor)


def doctor(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where `narrative ui` would open Dagster.")] = 3000,
    media_port: Annotated[int, typer.Option(min=1, max=65535, help="Where it would serve videos.")] = 3001,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check this deployment before work begins: machine, disk, database, models, Dagster. Exit code 3 if one failed.

    What is written to try a folder or a store is deleted again, and the registry is not changed.
    """
    from narrative_assets.cli.checkup import dagster_checks

    around = Surroundings.read(artifacts_root(), os.environ)
    before = _preflight(around)
    with dagster_checks(around) as of_dagster:
        own = [*_own_checks(around), *_model_checks(around, before)]
        found = examine([*own, *of_dagster, *_port_checks(port, media_port)])
    if as_json:
        typer.echo(json.dumps({**_as_json(found), "preflight": asdict(before)}, indent=2))
    else:
        _print(found)
    if any(each.finding.verdict is Verdict.FAILED for each in found):
        raise typer.Exit(InputError.exit_code)


def _own_checks(around: Surroundings) -> list[Check]:
    return [
        Check("Python", machine.python_version),
        Check("ffmpeg", machine.media_tools),
        Check("voice", machine.voice),
        Check("fonts", machine.fonts),
        Check("artifact folder", partial(folders.artifact_folder, around)),
        Check("free space", partial(folders.free_space, around)),
        Check("scratch", partial(folders.scratch_disk, around)),
        Check("database", partial(database.database, around)),
        Check("project files", partial(projects.project_files, around)),
        Check("object store", partial(objects.object_store, around)),
        Check("broker", partial(broker.broker, around)),
    ]


def _preflight(around: Surroundings) -> Preflight:
    """What a run will use. A record or a setting that cannot be read is told by its own check."""
    inventory = ModelInventory(models=())
    with suppress(NarrativeError):
        inventory = InventoryFolder.configured().inventory()
    told: dict[ModelTask, Callable[[], Sequence[Backend]]] = {
        "language": lambda: configured_wording().backends,
        "embedding": lambda: _at_most_one(configured_embedding(around.root / around.tenant)),
        "speech": lambda: _backends(configured_speech()),
        "image_plate": lambda: _backends(configured_plates()),
    }
    backends: dict[ModelTask, Sequence[Backend]] = {}
    for task, read in told.items():
        with suppress(NarrativeError):
            backends[task] = read()
    return preflight(os.environ, inventory, backends)


def _at_most_one(backend: Backend | None) -> Sequence[Backend]:
    return (backend,) if backend is not None else ()


def _backends(model: MediaModel[Any] | None) -> Sequence[Backend]:
    return model.backends if model is not None else ()


def _model_checks(around: Surroundings, before: Preflight) -> list[Check]:
    return [
        Check("model runtimes", partial(models.runtimes, before)),
        Check("models", lambda: models.inventory(InventoryFolder.configured())),
        Check("words", lambda: models.words(os.environ)),
        Check("recall", partial(models.recall, around)),
        Check("voices", lambda: models.voices(os.environ)),
        Check("plates", lambda: models.plates(os.environ)),
        Check("tasks", partial(models.tasks, before)),
        Check("figures", lambda: models.figures(os.environ)),
    ]


def _port_checks(port: int, media_port: int) -> list[Check]:
    return [
        Check("UI port", partial(machine.free_port, port, "Dagster's page")),
        Check("media port", partial(machine.free_port, media_port, "videos")),
    ]


def _as_json(found: list[Examined]) -> dict[str, object]:
    checks = [
        {
            "name": each.name,
            "verdict": each.finding.verdict.value,
            "message": each.finding.message,
            "remedy": each.finding.remedy,
        }
        for each in found
    ]
    return {"counts": _counts(found), "checks": checks}


def _counts(found: list[Examined]) -> dict[str, int]:
    verdicts = [each.finding.verdict for each in found]
    return {verdict.value: verdicts.count(verdict) for verdict in Verdict}


def _print(found: list[Examined]) -> None:
    shown = table("", "check", "verdict", "what was seen")
    for each in found:
        finding = each.finding
        said = Text(finding.message)
        if finding.remedy:
            said.append(f"\n→ {finding.remedy}", style="bold")
        shown.add_row(each.name, Text(finding.verdict.value, style=_STYLES[finding.verdict]), said)
    output.print(shown)
    output.print(", ".join(f"{count} {verdict}" for verdict, count in _counts(found).items() if count) + ".")
