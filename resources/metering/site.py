"""`/metrics` and `/healthz` over http, for Prometheus and for whoever looks whether the server lives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resources.metering.configured import CHOICE, figures_folder
from schemas.errors import StorageError

_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def routes(environment: Mapping[str, str]) -> list[Any]:
    """The two routes, for a Starlette application. Without Prometheus chosen there is nothing at ``/metrics``."""
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    def metrics(_: Request) -> Response:
        from resources.metering.gathering import exposition

        if environment.get(CHOICE) != "prometheus":
            return PlainTextResponse(f"Nothing is counted here: set {CHOICE}=prometheus.\n", status_code=404)
        try:
            return Response(exposition(figures_folder(environment)), media_type=_FORMAT)
        except StorageError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)

    return [Route("/healthz", healthz), Route("/metrics", metrics)]
