"""The gates of a render plan: whatever is missing has a stand-in, and whatever is there has a licence."""

from __future__ import annotations

from collections.abc import Iterator

from narrative_assets.video.findings import finding, several
from schemas.render import Placeholder, QualityFinding, RenderPlan, Rights

_UNSTATED = frozenset({"", "unknown", "none", "noassertion"})
_MAY_BE_SILENT = ("sound:", "ambience:", "music:")


def missing_assets(plan: RenderPlan) -> QualityFinding:
    """Whatever is missing has something that stands in for it; sounds may be silent instead."""
    bare = [each for each in plan.placeholders() if not _stands_in(each)]
    missing = [f"{each.need_id} ({each.reason})" for each in plan.placeholders()]
    message = f"Shown or heard by a stand-in: {several(missing)}." if missing else ""
    if bare:
        message = f"Nothing stands in for {several([each.need_id for each in bare])}: bring it into the library."
    return finding(
        "missing_assets",
        not bare,
        f"{len(missing)} placeholders, {len(bare)} without a stand-in",
        "each with a stand-in",
        message,
    )


def _stands_in(missing: Placeholder) -> bool:
    return bool(missing.stand_in or missing.variants) or missing.need_id.startswith(_MAY_BE_SILENT)


def licences(plan: RenderPlan) -> QualityFinding:
    """Whether every asset states a licence, and whoever let one in against it has a name."""
    terms = list(terms_of(plan))
    unknown = [need_id for need_id, rights in terms if not _cleared(rights)]
    return finding(
        "rights",
        not unknown,
        f"{len(unknown)} of {len(terms)} assets without a licence",
        "0 assets",
        f"Licence not stated, or overridden by nobody: {several(unknown)}. State it, or name who approves."
        if unknown
        else "",
    )


def terms_of(plan: RenderPlan) -> Iterator[tuple[str, Rights]]:
    """What every asset may be used under, those of the chosen takes included."""
    yield from ((asset.need_id, asset.rights) for asset in plan.assets)
    for shot in plan.takes:
        yield from ((f"{own.need_id} in {shot.shot_id}", own.rights) for own in shot.take().assets)


def _cleared(rights: Rights) -> bool:
    approved = not rights.rights_override or rights.approver_id.strip() != ""
    return rights.license_type.strip().lower() not in _UNSTATED and approved
