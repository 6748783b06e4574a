"""One request over http or https that ends by a deadline and within a size, whatever the other side does.

Nothing is followed and nothing tried again: who asks decides what an answer means.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore

from schemas.errors import InputError, ModelError, ModelUnavailable


@dataclass(frozen=True)
class Call:
    """A request; ``seconds`` bounds it from the connection to the last byte, ``most_bytes`` its reply."""

    method: str
    address: str
    seconds: float
    most_bytes: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def require_web_address(address: str) -> str:
    """The host of an address. Raises InputError unless it is one of http or https without a password in it."""
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.username is not None or any(ord(sign) <= 32 for sign in address):
        raise InputError(
            "The address of the model server is no plain http or https address.",
            remedy="Write it like http://localhost:11434/v1, and name the variable that holds the key apart from it.",
        )
    return str(parts.hostname)


def answered(call: Call) -> tuple[int, bytes]:
    """Status and body of the reply.

    Raises ModelUnavailable for a server that cannot be reached, breaks off or takes too long, and ModelError for a
    reply that is too large.
    """
    host = require_web_address(call.address)
    until = time.monotonic() + call.seconds
    again = "Start it or look at its log, then run again."
    try:
        with (
            httpcore.ConnectionPool(network_backend=_Backend(until), retries=0) as pool,
            pool.stream(call.method, call.address, headers=list(call.headers), content=call.body) as response,
        ):
            return response.status, _body(response.iter_stream(), host, call.most_bytes)
    except httpcore.TimeoutException as error:
        raise ModelUnavailable(f"{host} did not answer within {call.seconds:g} seconds.", remedy=again) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise ModelUnavailable(f"{host} cannot be reached or broke off.", remedy=again) from error


def _body(pieces: Iterable[bytes], host: str, most: int) -> bytes:
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > most:
            raise ModelError(f"{host} answered with more than {most:,} bytes.", remedy="Look at what runs there.")
    return bytes(data)


class _Backend(httpcore.NetworkBackend):
    """Every wait on the network ends with the deadline: a byte now and then does not put it off."""

    def __init__(self, until: float) -> None:
        self._until, self._plain = until, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._plain.connect_tcp(host, port, _left(self._until), local_address, socket_options)
        return _Stream(stream, self._until)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(self._until)), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
