"""`narrative handoff` and `narrative credentials`: an episode for an editor's desk, and what its credentials say."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from narrative_assets.cli.console import output, say_error, table
from narrative_assets.cli.home import artifacts_root
from resources.credentials import verify_video
from resources.handoffs import CONTENTS, hand_over, rendered_episode
from resources.registry import ArtifactStore
from resources.signing import Signer, own_signer, signer_from
from schemas.errors import InputError
from schemas.reading import read_limited

CERTIFICATE, KEY = "NARRATIVE_SIGNING_CERTIFICATE", "NARRATIVE_SIGNING_KEY"
SELF_MADE = "Signed with a certificate made on this machine: it proves that the file is unchanged, not who made it."

credentials = typer.Typer(no_args_is_help=True, help="Content credentials (C2PA) of published videos.")


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("handoff")(handoff)
    app.add_typer(credentials, name="credentials")


def handoff(
    project: Annotated[str, typer.Argument(help="The project's id.")],
    episode: Annotated[str, typer.Argument(help="The episode's id, such as s01e02.")],
    to: Annotated[Path, typer.Option("--to", help="An empty folder, or one of an earlier hand-off.")],
    profile: Annotated[str, typer.Option(help="The render profile.")] = "preview_local",
    sign: Annotated[bool, typer.Option("--credentials", help="Sign content credentials into the video.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write a rendered episode into a folder with timelines for editors: OpenTimelineIO, Final Cut XML, EDL."""
    store = ArtifactStore.configured(artifacts_root())
    signer = _signer(store) if sign else None
    made = hand_over(store, rendered_episode(store, project, episode, profile), to, signer)
    if as_json:
        typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
        return
    shown = table(f"{project}/{episode} in {to}", "file", "bytes", "sha256")
    for row in made["files"]:
        shown.add_row(row["name"], str(row["bytes"]), row["sha256"][:16])
    output.print(shown)
    output.print(f"What is in it stands in {to / CONTENTS}.", soft_wrap=True, markup=False)
    for ending, why in made["left_out"].items():
        output.print(Text.assemble((f"Not written, {ending}: ", "bold yellow"), why), soft_wrap=True)
    for ending, what in made["lost"].items():
        output.print(Text.assemble((f"Lost in {ending}: ", "dim"), what), soft_wrap=True)
    if signer is not None and signer.self_made:
        output.print(Text.assemble(("Note: ", "bold yellow"), SELF_MADE), soft_wrap=True)


@credentials.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="An mp4.")],
    trust: Annotated[Path | None, typer.Option(help="Root certificates to trust (PEM).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check a video against the content credentials in it, and say what they claim."""
    found = verify_video(file, read_limited(trust) if trust else b"")
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
        return
    for name, value in asdict(found).items():
        if name not in ("lineage", "rights"):
            output.print(f"[bold]{name.replace('_', ' '):<16}[/] {value}", highlight=False, soft_wrap=True)
    for name, value in found.lineage.items():
        output.print(f"[dim]{name.replace('_', ' '):<22}[/] {value}", highlight=False, soft_wrap=True)
    if found.state == "valid":
        say_error(
            "Signer unknown", "The file is unchanged since it was signed; nobody here vouches for who signed.", ""
        )


def _signer(store: ArtifactStore) -> Signer:
    """The signer that the surroundings name, else this machine's own."""
    certificate, key = os.environ.get(CERTIFICATE, ""), os.environ.get(KEY, "")
    if bool(certificate) != bool(key):
        raise InputError(f"Only one of {CERTIFICATE} and {KEY} is set.", remedy="Set both to PEM files, or neither.")
    if certificate:
        return signer_from(Path(certificate), Path(key))
    return own_signer(store.root / store.tenant / ".credentials")
