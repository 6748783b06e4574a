"""How a gate states what it found."""

from __future__ import annotations

from collections.abc import Sequence

from narrative_assets.video.gates import KNOWN
from schemas.render import QualityFinding

_SHOWN = 5


def finding(gate: str, passed: bool, measured: str, limit: str, message: str = "") -> QualityFinding:
    """A gate's finding; what is too long for the contract is cut. Raises ValueError for a gate that is not listed."""
    if gate not in KNOWN:
        raise ValueError(f"{gate!r} is no gate: list it in narrative_assets.video.gates.")
    return QualityFinding(gate=gate, passed=passed, measured=measured[:300], limit=limit[:300], message=message[:8_000])


def several(names: Sequence[str]) -> str:
    """The first five of ``names``, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
