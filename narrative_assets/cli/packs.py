"""`narrative packs`: the characters of a series as versioned units: list, show, approve, export, import."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from resources.approvals import Verdict
from resources.clock import today
from resources.packs import PackRecord, PackRegister
from resources.studio import Studio
from schemas.errors import ContractError, InputError
from schemas.packs import CharacterPack

app = typer.Typer(no_args_is_help=True, help="Characters as versioned packs: list, show, approve, export, import.")

CHECKPOINT = "approve_character_packs"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ProjectId = Annotated[str, typer.Argument(help="The project's id.")]
Character = Annotated[str, typer.Argument(help="The character's id.")]
Version = Annotated[int | None, typer.Option(min=1, help="A version. Default: the newest.")]


@app.command("list")
def list_packs(
    project: Annotated[str, typer.Argument(help="The project's id; all if left out.")] = "", as_json: AsJson = False
) -> None:
    """Every version of every character's pack, and what was decided about it."""
    studio = Studio.open(artifacts_root())
    records = PackRegister(studio.store).records(project)
    if as_json:
        typer.echo(json.dumps([{**asdict(each), "decision": _decision(studio, each)} for each in records], indent=2))
        return
    shown = table("", "project", "character", "version", "pack", "first used in", "decision", "made")
    for each in records:
        told = (each.pack_hash[:12], each.episode, _decision(studio, each) or "none", each.registered_at)
        shown.add_row(each.project, each.character, str(each.version), *told)
    output.print(shown)


@app.command("show")
def show(
    project: ProjectId,
    character: Character,
    version: Version = None,
    sheet: Annotated[Path | None, typer.Option(help="Write the model sheet here, as PNG.")] = None,
    as_json: AsJson = False,
) -> None:
    """A pack: look, voice, poses and expressions, licence, and what changed since the version before."""
    studio = Studio.open(artifacts_root())
    register = PackRegister(studio.store)
    record = register.record(project, character, version)
    pack = register.load(record)
    if sheet is not None:
        _write_sheet(studio, pack, sheet)
    changes = _changes(register, record, pack)
    if as_json:
        document = {"record": asdict(record), "decision": _decision(studio, record), "changes": changes}
        typer.echo(json.dumps({**document, "pack": pack.model_dump(mode="json")}, indent=2))
        return
    for name, value in _figures(pack).items():
        output.print(f"[bold]{name:<14}[/] {value}", highlight=False, soft_wrap=True)
    output.print(f"[bold]{'decision':<14}[/] {_decision(studio, record) or 'none'}", highlight=False)
    for change in changes:
        output.print(f"  changed: {change}", markup=False, soft_wrap=True)
    if sheet is not None:
        output.print(f"Model sheet: {sheet}", soft_wrap=True)


@app.command("approve")
def approve(
    project: ProjectId,
    character: Annotated[str, typer.Argument(help="The character's id; none with --all.")] = "",
    by: Annotated[str, typer.Option(help="Who decides.")] = "",
    version: Version = None,
    everyone: Annotated[bool, typer.Option("--all", help="Decide about every pack that waits.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Decide against it.")] = False,
    notes: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Decide about a pack, as it is now: a changed look asks again."""
    studio = Studio.open(artifacts_root())
    register = PackRegister(studio.store)
    if everyone == bool(character):
        raise InputError("Name one character, or decide about --all that wait.", remedy="See `narrative packs list`.")
    if everyone:
        waiting = {each.content_hash for each in studio.approvals.waiting(project, 1) if each.checkpoint == CHECKPOINT}
        records = [each for each in register.records(project) if each.content_hash in waiting]
    else:
        records = [register.record(project, character, version)]
    verdict: Verdict = "rejected" if reject else "approved"
    for record in records:
        _decide(studio, record, verdict, by, notes)
        output.print(f"{verdict.capitalize()}: {record.character}, version {record.version} ({record.pack_hash[:12]}).")
    if not records:
        output.print(f"No pack of {project} waits.")


@app.command("export")
def export(
    project: ProjectId,
    character: Character,
    file: Annotated[Path, typer.Argument(help="The file to write, such as mara.pack.zip.")],
    version: Version = None,
) -> None:
    """Write a pack with its pictures and licences into one file that another project can import."""
    from narrative_assets.assets.sheets import pack_sheet
    from resources.pack_files import gather, write_pack

    studio = Studio.open(artifacts_root())
    register = PackRegister(studio.store)
    pack = register.load(register.record(project, character, version))
    files = gather(studio.store, pack, studio.projects.folder(project) / "library")
    size = write_pack(file, files, pack_sheet(studio.store, pack))
    output.print(f"Wrote {file}: {pack.name}, version {pack.version}, {size / 1e6:.1f} MB.", soft_wrap=True)
    if len(files.originals) < len(pack.files):
        output.print(f"{len(pack.files) - len(files.originals)} library files have changed since; its pictures serve.")


@app.command("import")
def import_pack(
    file: Annotated[Path, typer.Argument(help="A file that `narrative packs export` wrote.")],
    project_file: Annotated[Path, typer.Argument(help="The project file (project.json) that is to use it.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace a cast member or files of that name.")] = False,
) -> None:
    """Take a character into a project: its look and voice into the cast, its pictures into the library."""
    from resources.pack_files import place_in_library, read_pack

    files = read_pack(file, today())
    pack = files.pack
    studio = Studio.open(artifacts_root())
    project = studio.projects.register(project_file)
    document = _with_member(project_file, pack, replace)
    placed = place_in_library(project_file.parent / "library", files, replace=replace)
    _write_project(project_file, document)
    for each in pack.pictures:
        studio.store.blobs.put(files.pictures[each.picture.sha256], "image/png")
    registered = PackRegister(studio.store).register(project, project.episodes[0].id, pack)
    put = f", {len(placed)} files into its library" if placed else ""
    output.print(f"Took {pack.name} into the cast of {project.id} as version {registered.version}{put}.")


def _decision(studio: Studio, record: PackRecord) -> str:
    """What was decided last about a version, with who, in words; empty where nothing was."""
    found = studio.approvals.newest(CHECKPOINT, record.content_hash)
    return f"{found.decision} by {found.approver}" if found else ""


def _decide(studio: Studio, record: PackRecord, verdict: Verdict, by: str, notes: str) -> None:
    studio.approvals.request(CHECKPOINT, record.content_hash, record.project, record.episode, record.character)
    studio.approvals.decide(CHECKPOINT, record.content_hash, verdict, by, notes)


def _changes(register: PackRegister, record: PackRecord, pack: CharacterPack) -> tuple[str, ...]:
    from narrative_assets.media.packs import pack_changes

    if record.version == 1:
        return ()
    return pack_changes(register.load(register.record(record.project, record.character, record.version - 1)), pack)


def _write_sheet(studio: Studio, pack: CharacterPack, path: Path) -> None:
    from narrative_assets.assets.sheets import pack_sheet
    from resources.durable import write_durably

    write_durably(path, pack_sheet(studio.store, pack))


def _figures(pack: CharacterPack) -> dict[str, Any]:
    from narrative_assets.media.rights import licence_note

    look = {name: value for name, value in pack.look.model_dump().items() if value}
    voice = pack.voice
    return {
        "character": f"{pack.name} ({pack.character_id}), {pack.species}, {pack.pronouns}",
        "version": f"{pack.version} ({pack.pack_hash})",
        "look": ", ".join(f"{name} {value}" for name, value in look.items()) or "left open",
        "voice": f"{voice.base}, {voice.words_per_minute} words a minute, pitch {voice.pitch}"
        if voice
        else "left open",
        "poses": ", ".join(dict.fromkeys(each.pose for each in pack.variants())),
        "expressions": ", ".join(dict.fromkeys(each.expression for each in pack.variants())),
        "source": f"{len(pack.files)} library files" if pack.source == "library" else pack.recipe,
        "licence": licence_note(pack.rights),
    }


def _with_member(path: Path, pack: CharacterPack, replace: bool) -> dict[str, Any]:
    """The project file's document with the pack's character in its cast."""
    document = json.loads(path.read_bytes())
    member = {
        "id": pack.character_id,
        "name": pack.name,
        "species": pack.species,
        "pronouns": pack.pronouns,
        "description": pack.description,
        "look": pack.look.model_dump(mode="json", exclude_none=True),
        **({"age_years": pack.age_years} if pack.age_years is not None else {}),
        **({"voice": pack.voice.model_dump(mode="json")} if pack.voice else {}),
    }
    cast: list[dict[str, Any]] = list(document.get("cast") or [])
    at = next((number for number, each in enumerate(cast) if each.get("id") == pack.character_id), None)
    if at is None:
        cast.append(member)
    elif replace or {**cast[at], **member} == cast[at]:
        cast[at] = {**cast[at], **member}
    else:
        raise InputError(
            f"{path.name} has a cast member {pack.character_id!r} who is another.",
            remedy="Rename that member, or replace the look and voice with --replace.",
        )
    return {**document, "cast": cast}


def _write_project(path: Path, document: dict[str, Any]) -> None:
    """Write the project file, once it is known that it will be read again."""
    from resources.durable import write_durably
    from schemas.project import Project
    from schemas.reading import read_bytes

    data = json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
    try:
        read_bytes(data, Project, where=path.name)
    except ContractError as error:
        raise InputError(f"The pack does not fit the project: {error.message}", remedy=error.remedy) from error
    write_durably(path, data)
