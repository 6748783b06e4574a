"""The check of the broker: Redis answers, takes this user, and drops no task to save memory."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from resources.checkup.findings import Finding, failed, not_run, ok, told, warning
from resources.checkup.surroundings import Surroundings

_SECONDS = 5


def broker(around: Surroundings) -> Finding:
    """Whether the broker of the queues is reachable and fit for tasks."""
    if not around.broker:
        return not_run("No broker is named; runs start on this machine.")
    address = urlsplit(around.broker)
    if address.scheme not in ("redis", "rediss") or not address.hostname:
        return failed("NARRATIVE_BROKER names no Redis server.", "Write redis://:PASSWORD@HOST:6379/0.")
    if find_spec("redis") is None:
        return failed(
            "The Redis client is not installed.", "Install the extra: pip install 'narrative-assets[cluster]'."
        )
    return _asked(around.broker)


def _asked(address: str) -> Finding:
    import redis

    try:
        client = redis.Redis.from_url(address, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS)
        with client:
            client.ping()
            memory: Any = client.info("memory")
    except redis.AuthenticationError as error:
        return failed(f"{address} refused the password: {told(error)}", "Set the right one in NARRATIVE_BROKER.")
    except redis.ResponseError as error:
        return failed(f"{address} refused: {told(error)}", "Allow this user PING and INFO, or mend the address.")
    except (redis.RedisError, ValueError, OSError) as error:
        return failed(
            f"{address} cannot be reached: {told(error)}",
            "Check host and port in NARRATIVE_BROKER, and that Redis is up.",
        )
    return _judge_memory(address, memory)


def _judge_memory(address: str, memory: Any) -> Finding:
    policy = str(memory.get("maxmemory_policy", "noeviction"))
    if memory.get("maxmemory") and policy != "noeviction":
        return warning(
            f"{address} answers, but drops keys when memory is full (maxmemory-policy {policy}): tasks can be lost.",
            "Set maxmemory-policy to noeviction there.",
        )
    return ok(f"{address} answers.")
