"""The list of gates by the artifact that each is judged on. A gate that is added here is a check in the UI at once.

The gates of the finished video come from the video engine's own list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from narrative_assets.video.gates import GATES as VIDEO_GATES
from schemas.errors import InputError


@dataclass(frozen=True)
class Gate:
    """A gate by the contract it judges and its name: what it asks and what mends it, a sentence each.

    ``advises``: it blocks nothing. ``firm``: why no person may override it here; empty where one may.
    """

    contract: str
    name: str
    asks: str
    remedy: str
    advises: bool = False
    firm: str = ""

    @property
    def asset(self) -> str:
        """The asset that holds the contract: a ShotList is ``shot_list``."""
        return asset_of(self.contract)


_SAFETY = (
    "The project's rating is not overridden shot by shot: have a person read it, then set rating or safety_mode in the "
    "project file."
)
_FIRM = {
    "rights": "What the rights rules forbid is let in at the file itself, by name: state its licence, or set "
    "rights_override with approver_id and override_reason in its licence file.",
    "frame_count": "The timing lock binds every later stage, so a video of another length is rendered again.",
}
"""Video gates that no person overrides here, and why."""

GATES = (
    Gate(
        "Script",
        "content_safety",
        "The script keeps to the project's rating.",
        "Write it otherwise, or set the project's rating.",
        firm=_SAFETY,
    ),
    Gate(
        "CanonDiff",
        "continuity",
        "Nothing in the script contradicts canon.",
        "Take back one of the two claims, or waive a contradiction that is meant with `narrative canon waive`.",
        firm="A contradiction with canon is never overridden: waive one that is meant with `narrative canon waive`.",
    ),
    Gate(
        "ShotList",
        "shot_table",
        "Every row of the shot table keeps the table's rules: sizes, kinds, lengths and order.",
        "Change the screenplay where the rows are from, and run the episode again.",
    ),
    Gate(
        "ShotList",
        "visual_continuity",
        "Place, time, people, props, sides, lines of sight, sizes and directions agree from shot to shot.",
        "Change the screenplay as each finding says, or choose another take.",
    ),
    Gate(
        "ShotList",
        "content_safety",
        "What the shots ask to be pictured keeps to the project's rating.",
        "Write it otherwise, or set the project's rating.",
        firm=_SAFETY,
    ),
    *(
        Gate(
            "RenderPlan" if gate.of_plan else "RenderOutput",
            gate.name,
            gate.asks,
            gate.remedy,
            advises=gate.advises,
            firm=_FIRM.get(gate.name, ""),
        )
        for gate in sorted(VIDEO_GATES, key=lambda gate: not gate.of_plan)
    ),
)

CONTRACTS = tuple(dict.fromkeys(gate.contract for gate in GATES))
"""The contracts that gates judge, in pipeline order."""


def gates_of(contract: str) -> tuple[Gate, ...]:
    """The gates of a contract, in the order that they are shown."""
    return tuple(gate for gate in GATES if gate.contract == contract)


def gate_of(contract: str, name: str) -> Gate:
    """One gate of a contract. Raises InputError for a name that it does not have."""
    found = next((gate for gate in gates_of(contract) if gate.name == name), None)
    if found is None:
        known = ", ".join(gate.name for gate in gates_of(contract)) or "none"
        raise InputError(f"No gate {name!r} judges a {contract}.", remedy=f"Its gates: {known}.")
    return found


def asset_of(contract: str) -> str:
    """The name of the asset that holds a contract."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", contract).lower()
