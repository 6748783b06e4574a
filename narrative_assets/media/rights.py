"""Which licences allow a file into an episode, and how they are credited (plan section 25).

Judging only: the licence itself is read by the library, the publish gate stands elsewhere.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from schemas.render import Rights

FREE = frozenset({"cc0", "cc0-1.0", "pd", "public_domain", "public-domain", "unlicense", "0bsd", "wtfpl"})
CREDITED = re.compile(r"cc-by(-[1-4]\.[0-9])?|mit|mit-0|apache-2\.0|bsd-[23]-clause|isc|zlib|ofl-1\.1")
OURS = frozenset({"generated_local", "generated_external", "proprietary_cleared"})


def refusal(rights: Rights) -> str | None:
    """Why ``rights`` do not allow the use, or None when they do.

    Allowed are open licences (those that ask for credit only with an attribution), commercial ones with a
    purchase record, cleared and generated files, and what a named person has overridden.
    """
    name = rights.license_type.strip().lower()
    if rights.rights_override:
        return None if rights.approver_id.strip() else "rights_override is set without approver_id"
    if not name or name in ("unknown", "none", "noassertion"):
        return "the licence is not stated"
    if name in FREE or name in OURS:
        return None
    if CREDITED.fullmatch(name):
        return (
            None if rights.attribution.strip() else f"{rights.license_type} asks for an attribution, and none is given"
        )
    if name == "commercial_licensed":
        return None if rights.purchase_record.strip() else "commercial_licensed needs its purchase_record"
    return f"{rights.license_type!r} is not among the licences that allow reuse in a video"


def merged(all_rights: Sequence[Rights]) -> Rights:
    """The rights of files used together: every licence and credit, redistributable only if all are."""
    if all(rights == all_rights[0] for rights in all_rights):
        return all_rights[0]
    return Rights(
        license_type=_joined((r.license_type for r in all_rights), " AND ", 300),
        attribution=_joined((r.attribution for r in all_rights), "\n", 8_000),
        purchase_record=_joined((r.purchase_record for r in all_rights), "; ", 300),
        provider_or_model=_joined((r.provider_or_model for r in all_rights), "; ", 300),
        retrieval_date=max(r.retrieval_date for r in all_rights),
        redistributable=all(r.redistributable for r in all_rights),
        rights_override=any(r.rights_override for r in all_rights),
        approver_id=_joined((r.approver_id for r in all_rights), "; ", 300),
    )


def credit_lines(all_rights: Iterable[Rights]) -> tuple[str, ...]:
    """The attributions to be shown, each once, in lines of at most 300 characters."""
    lines = (line for rights in all_rights for line in textwrap.wrap(rights.attribution, 300))
    return tuple(dict.fromkeys(lines))[:500]


def _joined(parts: Iterable[str], between: str, limit: int) -> str:
    return between.join(dict.fromkeys(part for part in parts if part))[:limit]
