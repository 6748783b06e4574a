"""`narrative render-package`: the Video Engine by itself. Nothing of the story, nor Dagster, is loaded for it."""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from narrative_assets.cli.console import errors as stderr
from narrative_assets.cli.console import output
from narrative_assets.cli.home import artifacts_root
from narrative_assets.video.toolchain import find_toolchain
from resources.callbacks import sender
from resources.durable import disk_errors, write_durably
from resources.packages import RenderService, Trace
from resources.registry import ArtifactStore
from schemas import errors as error_types
from schemas.canonical import content_hash
from schemas.errors import InputError, NarrativeError, TenantRefused
from schemas.package import RenderPackageRequest, RenderPackageResponse
from schemas.reading import parse_json, read_file

CALLBACK_HOSTS, TENANT = "NARRATIVE_CALLBACK_HOSTS", "NARRATIVE_TENANT"
_GATE_FAILED = 12
_LEVELS = ("debug", "info", "warning", "error")
_ENDINGS = {"run_summary": "json", "video": "mp4", "video-contact-sheet": "png"}


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("render-package")(render_package)
    app.command("render-request")(render_request)


def render_package(
    package: Annotated[Path, typer.Argument(help="A RenderPackageRequest (JSON).")],
    out: Annotated[Path | None, typer.Option(help="Folder for the response and the outputs asked for.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Shots rendered at once.")] = os.cpu_count() or 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print the response as JSON.")] = False,
) -> None:
    """Render a package: a shot list, an asset manifest and a render plan, inline or stored."""
    request = read_file(package, RenderPackageRequest)
    own = os.environ.get(TENANT, "")
    if own and own != request.tenant_id:
        raise TenantRefused(
            f"The request is of the tenant {request.tenant_id!r}; this instance works for {own!r}.",
            remedy="Send it to its own tenant's instance.",
        )
    store = ArtifactStore(artifacts_root(), tenant=request.tenant_id)
    hosts = [host for host in os.environ.get(CALLBACK_HOSTS, "").split(",") if host.strip()]
    service = RenderService(
        store, find_toolchain(), workers=workers, send=sender(hosts) if hosts else None, trace=_trace(request)
    )
    response = service.render(request)
    folder = out or store.root / store.tenant / "packages" / str(request.request_id)
    document = response.model_dump_json(indent=2)
    write_durably(folder / "response.json", document.encode() + b"\n")
    if out is not None:
        _copy_outputs(store, response, out)
    if as_json:
        typer.echo(document)
    else:
        _print(response, folder)
    raise typer.Exit(_exit_code(response))


def render_request(
    project: Annotated[str, typer.Argument(help="The project's id.")],
    episode: Annotated[str, typer.Argument(help="The episode's id, such as s01e02.")],
    file: Annotated[Path, typer.Argument(help="The request to write.")],
    profile: Annotated[str, typer.Option(help="The render profile.")] = "preview_local",
    inline: Annotated[bool, typer.Option("--inline", help="Put the artifacts in, not their addresses.")] = False,
) -> None:
    """Write the request for what an episode is rendered from: the same episode gives the same request."""
    store = ArtifactStore(artifacts_root())
    asked = {
        "shotlist_ref": store.head(project, episode, "", "ShotList"),
        "asset_manifest_ref": store.head(project, episode, "", "AssetManifest"),
        "render_plan_ref": store.head(project, episode, profile, "RenderPlan"),
    }
    digests = {name: digest for name, digest in asked.items() if digest is not None}
    if len(digests) < len(asked):
        raise InputError(
            f"{project}/{episode} is not ready to render under {profile!r}.",
            remedy=f"Run it first: narrative run PROJECT_FILE --episode {episode} --profile {profile}.",
        )
    key = content_hash([store.tenant, project, episode, profile, digests, inline])
    request = RenderPackageRequest.model_validate(
        {
            "request_id": str(uuid.uuid5(uuid.NAMESPACE_OID, key)),
            "idempotency_key": key,
            "tenant_id": store.tenant,
            "render_profile": profile,
            "inputs": {
                name: parse_json(store.blobs.read(digest), name) if inline else f"blob:sha256:{digest}"
                for name, digest in digests.items()
            },
            "desired_outputs": ["video", "captions", "audio_stems", "run_summary"],
        }
    )
    write_durably(file, request.model_dump_json(indent=2).encode() + b"\n")
    output.print(f"Wrote {file}. Next: narrative render-package {file} --out FOLDER", soft_wrap=True, markup=False)


def _copy_outputs(store: ArtifactStore, response: RenderPackageResponse, folder: Path) -> None:
    for name, uri in response.artifact_uris.items():
        source, target = store.blobs.verified_path(uri.rpartition(":")[2]), folder / _file_name(name)
        with disk_errors(target.name):
            writing = target.with_name(f".writing-{target.name}")
            shutil.copyfile(source, writing)
            writing.replace(target)


def _file_name(name: str) -> str:
    """``captions-sdh-en-srt`` as ``captions-sdh-en.srt``, ``audio_stems-music`` as ``audio_stems-music.wav``."""
    if name.startswith("captions-"):
        return re.sub(r"-([a-z]+)$", r".\1", name)
    return f"{name}.{_ENDINGS.get(name, 'wav')}"


def _print(response: RenderPackageResponse, folder: Path) -> None:
    style = {"completed": "bold green", "degraded": "bold yellow"}.get(response.status, "bold red")
    output.print(Text.assemble((response.status, style), f": {folder / 'response.json'}"), soft_wrap=True)
    for name, uri in response.artifact_uris.items():
        output.print(f"  {name:<24} {uri}", highlight=False, soft_wrap=True, markup=False)
    for error in response.errors:
        stderr.print(Text(f"{error.stage}: {error.code}: {error.message}"), soft_wrap=True)
    for told in response.callbacks:
        how = "told" if told.sent else "not told"
        stderr.print(Text(f"callback {told.url}: {how}, {told.reason}"), soft_wrap=True)


def _trace(request: RenderPackageRequest) -> Trace:
    """Lines of JSON on stderr from the level that the request asks for, without the fields it wants left out."""
    options = request.logging_options
    fields = {
        "request_id": str(request.request_id),
        "tenant_id": request.tenant_id,
        "render_profile": request.render_profile,
    }
    told = {name: "[redacted]" if name in options.redact else value for name, value in fields.items()}

    def trace(level: str, said: str) -> None:
        if _LEVELS.index(level) >= _LEVELS.index(options.trace_level):
            message = "[redacted]" if "message" in options.redact else said
            typer.echo(json.dumps({"level": level, "message": message, **told}), err=True)

    return trace


def _exit_code(response: RenderPackageResponse) -> int:
    """0 for what was rendered, degraded or not; else that of the first error."""
    if response.status != "failed":
        return 0
    first = next((error for error in response.errors if not error.recoverable), response.errors[0])
    if first.code == "quality_gate":
        return _GATE_FAILED
    named = first.code.replace("_", "")
    kinds = (kind for kind in vars(error_types).values() if isinstance(kind, type) and issubclass(kind, NarrativeError))
    return next((kind.exit_code for kind in kinds if kind.__name__.lower() == named), 1)
