"""What a judged diff comes to: clean, or a conflict that names both facts."""

from __future__ import annotations

from schemas.canon import CanonDiff, Judgement
from schemas.errors import CanonConflict


def blocking(diff: CanonDiff) -> tuple[Judgement, ...]:
    """The contradictions that keep a diff out of canon, in the order they were found."""
    return tuple(judgement for judgement in diff.validation.judgements if judgement.severity == "block")


def require_clean(diff: CanonDiff) -> None:
    """Raises CanonConflict when the gate found contradictions: the first in full, the number of the others."""
    conflicts = blocking(diff)
    if not conflicts:
        return
    first, others = conflicts[0], len(conflicts) - 1
    more = f" Further contradictions in its diff: {others}." if others else ""
    raise CanonConflict(
        f"{diff.project_id}/{diff.episode_id} contradicts what is true ({first.code}, finding {first.finding_id}): "
        f"{first.message}{more}",
        remedy=first.repair or "Take back one of the two claims.",
    )
