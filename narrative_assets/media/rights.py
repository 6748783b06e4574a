"""Which licences allow a file into an episode, how long, and how they are credited (plan section 25).

Judging only: the licence itself is read by the library or given by a search, the publish gate stands elsewhere.
"""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from schemas.render import Rights

FREE = ("CC0-1.0", "PDM-1.0", "public_domain", "Unlicense", "0BSD", "WTFPL", "MIT-0")
CREDITED = (
    "CC-BY-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0", "CC-BY",
    "MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "OFL-1.1",
)  # fmt: skip
OURS = ("generated_local", "generated_external", "proprietary_cleared")
BOUGHT = "commercial_licensed"
ALIASES = {
    "CC0-1.0": ("CC0", "CC0 1.0"),
    "PDM-1.0": ("PDM", "CC-PDM-1.0", "CC-PDDC"),
    "public_domain": ("PD", "public-domain", "public domain"),
    **{name: (name.replace("-", " "),) for name in CREDITED if name.startswith("CC-BY")},
}
_UNSTATED = ("", "unknown", "none", "noassertion")
_MOST_LETTERS = 300


def refusal(rights: Rights, today: str = "") -> str | None:
    """Why ``rights`` do not allow the use on the day ``today`` (ISO date; empty asks for no day), or None.

    Allowed are open licences (those that ask for credit only with an attribution or an author to credit),
    commercial ones with a purchase record, cleared and generated files, and what a named person has let in with a
    reason. ``license_type`` may be an SPDX expression: of ``A AND B`` both have to be allowed, of ``A OR B`` one.
    """
    if rights.rights_override:
        return _override_refusal(rights)
    if today and expired(rights, today):
        return f"its licence ended on {rights.expires}"
    if rights.license_type.strip().lower() in _UNSTATED:
        return "the licence is not stated"
    expression = _parsed(rights.license_type)
    if expression is None:
        return f"{rights.license_type!r} is no licence expression that can be understood"
    return _expression_refusal(expression, rights)


def open_refusal(rights: Rights) -> str | None:
    """Why a file that a stranger offers may not be used: only CC0, the public domain and CC BY are taken on trust."""
    name = _known_name(rights.license_type)
    if name is None or not (name in ("CC0-1.0", "PDM-1.0", "public_domain") or name.startswith("CC-BY")):
        stated = rights.license_type.strip() or "no licence"
        return f"{stated} is not CC0, public domain or CC BY"
    return refusal(rights)


def expired(rights: Rights, today: str) -> bool:
    """Whether the licence's last day lies before ``today`` (both ISO dates)."""
    return bool(rights.expires) and rights.expires < today


def credited(rights: Rights) -> Rights:
    """``rights`` with their attribution filled in: title, author, source and licence, where credit is due."""
    if rights.attribution.strip() or not rights.author.strip() or not _asks_for_credit(rights.license_type):
        return rights
    title = f"\u201c{rights.title.strip()}\u201d" if rights.title.strip() else "Untitled work"
    source = f" ({rights.source_url})" if rights.source_url else ""
    licence = ", ".join(part for part in (_spoken_name(rights.license_type), rights.licence_url) if part)
    text = f"{title} by {rights.author.strip()}{source}, licensed under {licence}"
    return rights.model_copy(update={"attribution": text})


def merged(all_rights: Sequence[Rights]) -> Rights:
    """The rights of files used together: every licence and credit, redistributable only if all are.

    The earliest end of a licence is the end of all.
    """
    if all(rights == all_rights[0] for rights in all_rights):
        return all_rights[0]
    return Rights(
        license_type=_joined((_bracketed(r.license_type) for r in all_rights), " AND ", 300),
        attribution=_joined((r.attribution for r in all_rights), "\n", 8_000),
        purchase_record=_joined((r.purchase_record for r in all_rights), "; ", 300),
        provider_or_model=_joined((r.provider_or_model for r in all_rights), "; ", 300),
        retrieval_date=max(r.retrieval_date for r in all_rights),
        expires=min((r.expires for r in all_rights if r.expires), default=""),
        title=_joined((r.title for r in all_rights), "; ", 300),
        author=_joined((r.author for r in all_rights), "; ", 300),
        source_url=_joined((r.source_url for r in all_rights), " ", 300),
        licence_url=_joined((r.licence_url for r in all_rights), " ", 300),
        redistributable=all(r.redistributable for r in all_rights),
        rights_override=any(r.rights_override for r in all_rights),
        approver_id=_joined((r.approver_id for r in all_rights), "; ", 300),
        override_reason=_joined((r.override_reason for r in all_rights), "; ", 300),
    )


def credit_lines(all_rights: Iterable[Rights]) -> tuple[str, ...]:
    """The attributions to be shown, each once and in the order of the alphabet, in lines of at most 300 characters."""
    credits = {line.strip() for rights in all_rights for line in rights.attribution.splitlines() if line.strip()}
    ordered = sorted(credits, key=lambda credit: (credit.casefold(), credit))
    return tuple(line for credit in ordered for line in textwrap.wrap(credit, _MOST_LETTERS))[:500]


def licence_note(rights: Rights) -> str:
    """The licence in a few words for people, with who let the file in and why where somebody did."""
    note = rights.license_type or "not stated"
    if rights.expires:
        note += f" until {rights.expires}"
    if rights.rights_override:
        why = rights.override_reason or "no reason given"
        note += f", let in by {rights.approver_id or 'nobody'}: {why}"
    return note


def _override_refusal(rights: Rights) -> str | None:
    if not rights.approver_id.strip():
        return "rights_override is set without approver_id"
    return None if rights.override_reason.strip() else "rights_override is set without override_reason"


def _expression_refusal(expression: Any, rights: Rights) -> str | None:
    """The refusal of a parsed expression: of any part where all have to hold, of all parts where one is enough."""
    parts = getattr(expression, "args", ())
    if not parts:
        return _symbol_refusal(str(expression), rights)
    found = [_expression_refusal(part, rights) for part in parts]
    refused = [each for each in found if each is not None]
    if type(expression).__name__ == "OR" and len(refused) < len(found):
        return None
    return refused[0] if refused else None


def _symbol_refusal(name: str, rights: Rights) -> str | None:
    if name in FREE or name in OURS:
        return None
    if name in CREDITED:
        given = credited(rights).attribution.strip()
        return None if given else f"{name} asks for an attribution, and none is given, nor an author"
    if name == BOUGHT:
        return None if rights.purchase_record.strip() else f"{BOUGHT} needs its purchase_record"
    return f"{name!r} is not among the licences that allow reuse in a video"


def _asks_for_credit(licence: str) -> bool:
    expression = _parsed(licence)
    return expression is not None and any(str(symbol) in CREDITED for symbol in expression.symbols)


def _known_name(licence: str) -> str | None:
    """The licence's own name where it is a single one that we know."""
    expression = _parsed(licence) if licence.strip().lower() not in _UNSTATED else None
    name = str(expression) if expression is not None and not getattr(expression, "args", ()) else ""
    return name if name in (*FREE, *CREDITED) else None


def _parsed(licence: str) -> Any:
    """The expression with our own names for the licences we know, or None where it is none."""
    from license_expression import ExpressionError

    try:
        return _licensing().parse(licence.strip())
    except (ExpressionError, ValueError, RecursionError):
        return None


@functools.cache
def _licensing() -> Any:
    """The licences that we know by name; any other name is a symbol of its own and stays unknown."""
    from license_expression import LicenseSymbol, Licensing

    names = (*FREE, *CREDITED, *OURS, BOUGHT)
    return Licensing([LicenseSymbol(name, aliases=ALIASES.get(name, ())) for name in names])


def _spoken_name(licence: str) -> str:
    """``CC-BY-4.0`` as people write it: ``CC BY 4.0``."""
    return re.sub(r"\bCC-BY(-[0-9.]+)?", lambda found: found[0].replace("-", " "), licence.strip())


def _bracketed(licence: str) -> str:
    return f"({licence})" if " OR " in licence.upper() else licence


def _joined(parts: Iterable[str], between: str, limit: int) -> str:
    return between.join(dict.fromkeys(part for part in parts if part))[:limit]
