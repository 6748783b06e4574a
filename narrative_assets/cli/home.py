"""Where the command keeps what it makes. Dagster's own folder is known to ``instance``."""

from __future__ import annotations

import os
from pathlib import Path


def artifacts_root() -> Path:
    """The artifact folder: ``$NARRATIVE_ARTIFACTS`` or ``./artifacts``."""
    return Path(os.environ.setdefault("NARRATIVE_ARTIFACTS", str(Path.cwd() / "artifacts")))
