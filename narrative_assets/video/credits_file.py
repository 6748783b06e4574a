"""The credits as a text file: everybody and everything that is named in them, with the attributions that are due."""

from __future__ import annotations

from collections.abc import Sequence

from narrative_assets.video.credits import credit_groups
from schemas.shots import ShotList


def credits_file(shot_list: ShotList, attributions: Sequence[str] = ()) -> bytes:
    """The credits as UTF-8 text, a block for each group, its heading first."""
    groups = credit_groups(shot_list, attributions)
    blocks = ["\n".join([*filter(None, [group.heading]), *group.lines]) for group in groups]
    return ("\n\n".join(blocks) + "\n").encode()
