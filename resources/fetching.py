"""Fetching from addresses that strangers give: within limits of size and time, over http or https, from public hosts.

A host name is resolved once and the connection made to that very address, so that no name can turn into an address
inside the house between the look and the call. What a reply means is for others to say.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import stamina

from schemas.errors import MediaError

_REDIRECTS = 4
_LONGEST_WAIT = 5.0
_AGENT = "narrative-assets (open media search)"
_WORTH_ANOTHER_TRY = (408, 425, 429, 500, 502, 503, 504)

# Without a handler of its own Python prints a library's warnings to stderr, into the progress bar.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class FetchFailed(MediaError):
    """Why nothing was fetched. ``reached`` tells a host that refused from one that did not answer as it should."""

    def __init__(self, message: str, *, transient: bool = False, reached: bool = True, wait: float = 0.0) -> None:
        super().__init__(message, remedy="Look at the address, or run again later.")
        self.transient = transient
        self.reached = reached
        self.wait = wait


@dataclass(frozen=True)
class Reply:
    """A reply of status 200: its bytes and its headers, their names in lower case."""

    data: bytes
    headers: Mapping[str, str]

    @property
    def media_type(self) -> str:
        """The media type alone, in lower case; empty where none is stated."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Fetcher:
    """Gets bytes. ``allow_private`` lets it reach hosts that are not on the public internet.

    ``seconds`` is the longest wait for a connection or for the next bytes, ``deadline`` that for a whole reply.
    """

    def __init__(
        self, *, allow_private: bool = False, seconds: float = 10.0, deadline: float = 60.0, attempts: int = 3
    ) -> None:
        self._pool = httpcore.ConnectionPool(network_backend=_GuardedBackend(allow_private), retries=0)
        self._timeout = dict.fromkeys(("connect", "read", "write", "pool"), seconds)
        self._deadline = deadline
        self._attempts = attempts

    def get(self, address: str, most_bytes: int, headers: Mapping[str, str] | None = None) -> Reply:
        """The reply of ``address``, at most ``most_bytes`` long, trying again where that may help.

        ``headers`` go to the host of ``address`` alone, not to where it sends us on. Raises FetchFailed.
        """
        tries = stamina.retry_context(
            on=_try_again, attempts=self._attempts, timeout=self._deadline, wait_initial=0.2, wait_max=_LONGEST_WAIT
        )
        for attempt in tries:
            with attempt:
                return self._follow(address, most_bytes, headers or {})
        raise FetchFailed(f"{_host(address)} was not asked", reached=False)

    def _follow(self, address: str, most_bytes: int, headers: Mapping[str, str]) -> Reply:
        first = _host(address)
        for _ in range(_REDIRECTS + 1):
            host = _host(address)
            own = dict(headers) if host == first else {}
            found = self._once(address, host, most_bytes, {"User-Agent": _AGENT, "Accept-Encoding": "identity", **own})
            if isinstance(found, Reply):
                return found
            address = _joined(address, found)
        raise FetchFailed(f"{first} sends from one address to the next without end")

    def _once(self, address: str, host: str, most_bytes: int, headers: Mapping[str, str]) -> Reply | str:
        """The reply, or the address that it sends us on to."""
        until = time.monotonic() + self._deadline
        try:
            with self._pool.stream(
                "GET", address, headers=list(headers.items()), extensions={"timeout": self._timeout}
            ) as response:
                told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                if response.status in (301, 302, 303, 307, 308) and told.get("location"):
                    return told["location"]
                _require_ok(response.status, host, told)
                return Reply(_body(response.iter_stream(), told, host, most_bytes, until), told)
        except (httpcore.ConnectTimeout, httpcore.ReadTimeout, httpcore.WriteTimeout, httpcore.PoolTimeout) as error:
            raise FetchFailed(f"{host} took too long", transient=True, reached=False) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchFailed(f"{host} cannot be reached", transient=True, reached=False) from error


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to public addresses only, unless told otherwise."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Override: resolve first, refuse what is not public, then connect to the address that was judged."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchFailed(f"{host} is not known", transient=True, reached=False) from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        allowed = [each for each in addresses if self._allow_private or _is_public(each)]
        if not allowed:
            raise FetchFailed(f"{host} is not on the public internet")
        return self._plain.connect_tcp(allowed[0], port, timeout, local_address, socket_options)

    def sleep(self, seconds: float) -> None:
        """Wait, as the interface asks."""
        self._plain.sleep(seconds)


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


def _joined(address: str, further: str) -> str:
    """Where ``further`` leads from ``address``; as it stands where it cannot be told, to be refused."""
    try:
        return urljoin(address, further)
    except ValueError:
        return further


def _host(address: str) -> str:
    """The host of an http or https address. Raises FetchFailed for any other."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        usable = parts.scheme in ("http", "https") and host != "" and parts.username is None and parts.port != 0
        address.encode("ascii")
    except ValueError:
        usable = False
    if not usable:
        raise FetchFailed(f"{address[:80]!r} is no plain http or https address")
    return host


def _require_ok(status: int, host: str, headers: Mapping[str, str]) -> None:
    if status == 200:
        return
    if status in _WORTH_ANOTHER_TRY:
        wait = headers.get("retry-after", "")
        seconds = float(wait) if wait.isascii() and wait.isdigit() and len(wait) < 6 else 0.0
        raise FetchFailed(f"{host} answers {status}", transient=seconds <= _LONGEST_WAIT, reached=False, wait=seconds)
    raise FetchFailed(f"{host} answers {status}")


def _body(parts: Iterable[bytes], headers: Mapping[str, str], host: str, most_bytes: int, until: float) -> bytes:
    stated = headers.get("content-length", "")
    if stated.isdigit() and int(stated[:20]) > most_bytes:
        raise FetchFailed(f"{host} offers more than {most_bytes >> 20} MB")
    kept = bytearray()
    for part in parts:
        kept += part
        if len(kept) > most_bytes:
            raise FetchFailed(f"{host} sends more than {most_bytes >> 20} MB")
        if time.monotonic() > until:
            raise FetchFailed(f"{host} took too long", reached=False)
    return bytes(kept)


def _try_again(error: Exception) -> bool | float:
    """Whether, or after how many seconds, a failed try is worth another."""
    if not isinstance(error, FetchFailed) or not error.transient:
        return False
    return error.wait or True
