"""Where the command keeps what it makes. Dagster's own folder is known to ``instance``."""

from __future__ import annotations

import os
from pathlib import Path


def artifacts_root() -> Path:
    """The artifact folder: ``$NARRATIVE_ARTIFACTS`` or ``./artifacts``."""
    root = Path(os.environ.get("NARRATIVE_ARTIFACTS", "artifacts")).absolute()
    os.environ["NARRATIVE_ARTIFACTS"] = str(root)
    return root
