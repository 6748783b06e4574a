"""Telling callback addresses of a finished render: only hosts that the configuration names, and no redirects."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Collection
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from resources.package_report import public_url
from schemas.package import CallbackOutcome

_SECONDS = 10
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could lead to a host that nobody has allowed."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def sender(hosts: Collection[str]) -> Callable[[str, bytes], CallbackOutcome]:
    """Posts a response, as JSON, to addresses on ``hosts`` (exact names). Plain http goes to this machine alone."""
    allowed = {host.strip().lower() for host in hosts if host.strip()}
    # No proxy of the surroundings either: it would see what is sent.
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))

    def send(url: str, data: bytes) -> CallbackOutcome:
        shown = public_url(url)
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").lower()
        except ValueError:
            return CallbackOutcome(url=shown, reason="the address cannot be read")
        if host not in allowed:
            return CallbackOutcome(url=shown, reason=f"the host {host[:100]!r} is not allowed by the configuration")
        if "@" in parts.netloc:
            return CallbackOutcome(url=shown, reason="an address with a user or password in it is not used")
        if parts.scheme != "https" and host not in _LOOPBACK:
            return CallbackOutcome(url=shown, reason="plain http is not used beyond this machine")
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method="POST")  # noqa: S310
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                return CallbackOutcome(url=shown, sent=True, reason=f"answered {answer.status}")
        except urllib.error.HTTPError as error:
            return CallbackOutcome(url=shown, reason=f"answered {error.code}")
        except (OSError, HTTPException, ValueError) as error:
            return CallbackOutcome(url=shown, reason=f"not reached: {type(error).__name__}")

    return send
