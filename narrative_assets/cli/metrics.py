"""`narrative metrics`: the figures of all processes of this deployment, served for Prometheus or shown once."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from narrative_assets.cli.console import output
from narrative_assets.cli.home import artifacts_root
from resources.metering.configured import CHOICE, figures_folder
from schemas.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Figures for Prometheus: serve them, or show them once.")


@app.command("serve")
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 9464,
) -> None:
    """Serve /metrics and /healthz until it is ended."""
    import uvicorn
    from starlette.applications import Starlette

    from resources.metering.site import routes

    artifacts_root()
    if os.environ.get(CHOICE) != "prometheus":
        raise InputError("Nothing is counted for Prometheus.", remedy=f"Set {CHOICE}=prometheus here and for the runs.")
    output.print(f"Figures are served on http://{host}:{port}/metrics. Ctrl+C ends it.", highlight=False)
    uvicorn.run(Starlette(routes=routes(os.environ)), host=host, port=port, log_level="error")


@app.command("show")
def show() -> None:
    """Print the figures once, in Prometheus' text form."""
    from resources.metering.gathering import exposition

    artifacts_root()
    typer.echo(exposition(figures_folder(os.environ)).decode(), nl=False)
