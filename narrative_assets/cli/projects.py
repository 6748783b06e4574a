"""`narrative init`, `import`, `episodes` and `validate`: project files, screenplays and documents."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from narrative_assets.canon import episode_order
from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from narrative_assets.writing.fountain import parse_screenplay
from narrative_assets.writing.imported import project_from_screenplay
from resources.durable import write_durably
from resources.studio import Studio
from schemas.errors import InputError
from schemas.kinds import KINDS
from schemas.project import EpisodeEntry, HumanCheckpoints, Project
from schemas.reading import read_any, read_bytes, read_limited

Review = Annotated[bool, typer.Option("--review", help="Stop each episode for approval of its canon and timing.")]


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("init")(init)
    app.command("import")(import_screenplay)
    app.command("episodes")(episodes)
    app.command("validate")(validate)


def init(
    folder: Annotated[Path, typer.Argument(help="A new folder for the series.")],
    title: Annotated[str, typer.Option(help="The series' title.")] = "",
    episode_count: Annotated[int, typer.Option("--episodes", min=1, max=24)] = 3,
    review: Review = False,
) -> None:
    """Start a series: a project file to edit and a library folder for your own pictures and sounds."""
    target = folder / "project.json"
    if target.exists():
        raise InputError(f"{target} exists already.", remedy="Edit it, or choose another folder.")
    name = title or folder.resolve().name.replace("-", " ").replace("_", " ").title()
    starter = files("narrative_assets.cli").joinpath("starter.json").read_bytes()
    project = read_bytes(starter, Project, where="the starter project").model_copy(
        update={
            "id": _slug(name),
            "title": name,
            "human_checkpoints": _checkpoints(review),
            "episodes": tuple(EpisodeEntry(id=f"s01e{number:02d}") for number in range(1, episode_count + 1)),
        }
    )
    write_durably(target, _pretty(project))
    (folder / "library").mkdir(exist_ok=True)
    output.print(f"Wrote {target}. Make it yours, then: narrative run {target}", soft_wrap=True)


def import_screenplay(
    screenplay: Annotated[Path, typer.Argument(help="A screenplay in Fountain.")],
    folder: Annotated[
        Path | None, typer.Option("--to", help="Folder of the new project. Default: the file's name.")
    ] = None,
    licence: Annotated[str, typer.Option(help="Licence of the screenplay.")] = "proprietary_cleared",
    review: Review = False,
) -> None:
    """Make a project from a finished screenplay; every word of it is kept."""
    parsed = parse_screenplay(read_limited(screenplay), screenplay.name)
    home = folder or Path(_slug(screenplay.stem))
    target = home / "project.json"
    if target.exists():
        raise InputError(f"{target} exists already.", remedy="Give another folder with --to.")
    name = f"{_slug(screenplay.stem)}.fountain"
    project = project_from_screenplay(parsed, _slug(screenplay.stem), screenplay_path=name, licence=licence)
    project = project.model_copy(update={"human_checkpoints": _checkpoints(review)})
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(screenplay, home / name)
    (home / "library").mkdir(exist_ok=True)
    write_durably(target, _pretty(project))
    output.print(
        f"Wrote {target}: {len(project.cast)} speakers and others, {len(project.places)} places.", soft_wrap=True
    )
    output.print(f"Next: narrative run {target}", soft_wrap=True)


def episodes(
    project: Annotated[Path, typer.Argument(help="The project file.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """The project's episodes and how far each has come."""
    studio = Studio.open(artifacts_root())
    registered = studio.projects.register(project)
    approved = studio.canon.standing(registered.id)
    rows = []
    for entry in sorted(registered.episodes, key=lambda entry: episode_order(entry.id)):
        rendered = [
            profile.id
            for profile in registered.render_profiles
            if studio.store.head(registered.id, entry.id, profile.id, "RenderOutput")
        ]
        rows.append(
            {
                "episode": entry.id,
                "title": entry.title,
                "source": entry.screenplay.path if entry.screenplay else "written here",
                "canon": "settled" if entry.id in approved else "open",
                "rendered": ", ".join(rendered),
            }
        )
    if as_json:
        typer.echo(json.dumps({"project": registered.id, "episodes": rows}, indent=2))
        return
    shown = table(registered.title, "episode", "title", "source", "canon", "rendered")
    for row in rows:
        shown.add_row(*row.values())
    output.print(shown)


def validate(
    file: Annotated[Path, typer.Argument(help="Any artifact or project file.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Check a document against the contract that its kind names."""
    artifact = read_any(read_limited(file), where=file.name)
    if as_json:
        typer.echo(json.dumps({"valid": True, "kind": artifact.kind, "schema_version": artifact.schema_version}))
    else:
        output.print(f"{file.name} is a valid {artifact.kind} {artifact.schema_version} (of {len(KINDS)} known kinds).")


def _checkpoints(review: bool) -> HumanCheckpoints:
    """With review a person settles canon and timing of each episode; money is never spent without one."""
    return HumanCheckpoints(approve_canon_diff=review, approve_shotlist_timing_lock=review)


def _pretty(project: Project) -> bytes:
    return (project.model_dump_json(indent=2, exclude_defaults=False) + "\n").encode()


def _slug(name: str) -> str:
    """A lower-case identifier made from a name."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())
    slug = "-".join(part for part in kept.split("-") if part)[:64]
    if not slug:
        raise InputError(f"No identifier can be made from {name!r}.", remedy="Use some Latin letters or digits.")
    return slug
