"""How a gate states what it found."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.render import QualityFinding

ADVISORY_GATES = ("runtime", "pacing", "glyphs")
"""Gates that advise: a video that misses one of these alone is worse, and usable."""
_SHOWN = 5


def finding(gate: str, passed: bool, measured: str, limit: str, message: str = "") -> QualityFinding:
    """A gate's finding; what is too long for the contract is cut."""
    return QualityFinding(gate=gate, passed=passed, measured=measured[:300], limit=limit[:300], message=message[:8_000])


def several(names: Sequence[str]) -> str:
    """The first five of ``names``, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
