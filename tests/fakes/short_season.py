"""The lighthouse as a season of very short, very small episodes: seconds to write and to film."""

import json
from pathlib import Path
from typing import Any

from tests.fakes.terminal import ROOT

SMALL = {
    "target_duration": {"min_seconds": 5, "max_seconds": 30},
    "render_profiles": [{"id": "preview_local", "width": 320, "height": 180}],
    "human_checkpoints": {"approve_canon_diff": False, "approve_shotlist_timing_lock": False},
}


def short_season(folder: Path, episodes: int = 3, **changes: Any) -> Path:
    """Write the project file below ``folder``; its path."""
    document = json.loads((ROOT / "examples" / "lighthouse" / "project.json").read_text(encoding="utf-8"))
    document |= SMALL | {"episodes": [{"id": f"s01e{number:02d}"} for number in range(1, episodes + 1)]}
    path = folder / "lighthouse" / "project.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**document, **changes}), encoding="utf-8")
    return path
