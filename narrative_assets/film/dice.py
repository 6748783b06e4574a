"""Repeatable choice: a number drawn from the SHA-256 of what it is for.

A draw depends on its own subject only, so that an edit elsewhere changes nothing here.
"""

from __future__ import annotations

import hashlib


def draw(low: int, high: int, *what: str | int) -> int:
    """An integer from ``low`` to ``high``, both included, that is always the same for the same ``what``."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in what).encode("utf-8", "surrogatepass")).digest()
    return low + int.from_bytes(digest[:8], "big") % (high - low + 1)


def joined_id(*parts: str) -> str:
    """``parts`` joined by ``:`` as an ElementId; what would be too long keeps its start and gets a digest."""
    whole = ":".join(parts)
    if len(whole) <= 128:
        return whole
    return f"{whole[:110]}.{hashlib.sha256(whole.encode()).hexdigest()[:16]}"
