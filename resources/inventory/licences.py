"""What a model's licence allows: working with it, passing it on, publishing what it makes.

Judged by a list of our own; a licence that is not on it is refused, however well known it is elsewhere.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from schemas.errors import RightsError
from schemas.models import USES, LicenceStatement, LicenceVerdict, Use

_TERMS: tuple[tuple[tuple[str, ...], dict[Use, str]], ...] = (
    (
        ("CC0-1.0", "Unlicense", "0BSD", "MIT-0"),
        {"use": "without conditions", "redistribute": "without conditions", "outputs": "without conditions"},
    ),
    (
        ("MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib"),
        {"use": "without conditions", "redistribute": "with its notice", "outputs": "says nothing of outputs"},
    ),
    (
        ("CC-BY-3.0", "CC-BY-4.0"),
        {"use": "without conditions", "redistribute": "with credit", "outputs": "with credit"},
    ),
    (
        ("CC-BY-SA-3.0", "CC-BY-SA-4.0"),
        {"use": "without conditions", "redistribute": "under the same licence"},
    ),
)
_ALLOWED = {name: terms for names, terms in _TERMS for name in names}
"""What each licence allows, and on what terms; a use that is not named is refused."""
_LONGEST = 300
_REMEDY = "Ask for a licence that is on the list (`narrative models licences --list`), or take another model."


def allow_list() -> dict[str, dict[Use, str]]:
    """The terms of each use, by licence."""
    return {name: dict(terms) for name, terms in sorted(_ALLOWED.items())}


def combined(statements: Iterable[LicenceStatement]) -> str:
    """One expression for all that is stated: every statement has to be kept to."""
    stated = dict.fromkeys(_bracketed(normal(each.expression)) for each in statements)
    return " AND ".join(sorted(stated))[:_LONGEST]


def normal(expression: str) -> str:
    """The expression with the names as SPDX writes them. Raises RightsError for what is none, or names the unknown."""
    from license_expression import ExpressionError

    licensing = _licensing()
    try:
        parsed = licensing.parse(expression.strip())
        unknown = licensing.unknown_license_keys(parsed) if parsed is not None else ["nothing"]
    except (ExpressionError, ValueError, TypeError, RecursionError) as error:
        raise RightsError(f"{expression[:80]!r} is no licence expression.", remedy=_REMEDY) from error
    if unknown:
        named = ", ".join(dict.fromkeys(unknown))[:80]
        raise RightsError(f"The licence {expression[:80]!r} is not known: {named} is no SPDX licence.", remedy=_REMEDY)
    return str(parsed)


def verdicts(expression: str) -> tuple[LicenceVerdict, ...]:
    """What an expression allows, use by use: of ``A AND B`` both have to allow it, of ``A OR B`` one.

    Raises RightsError for an unknown licence.
    """
    parsed = _licensing().parse(normal(expression))
    return tuple(
        LicenceVerdict(use=use, allowed=allowed, reason=why) for use in USES for allowed, why in [_judged(parsed, use)]
    )


def require_use(name: str, found: tuple[LicenceVerdict, ...]) -> None:
    """Raise RightsError where the model ``name`` may not be worked with."""
    for verdict in found:
        if verdict.use == "use" and not verdict.allowed:
            raise RightsError(f"{name} may not be used: {verdict.reason}.", remedy=_REMEDY)


def _judged(parsed: Any, use: Use) -> tuple[bool, str]:
    parts = getattr(parsed, "args", ())
    if not parts:
        return _of_one(str(parsed), use)
    found = [_judged(part, use) for part in parts]
    either = type(parsed).__name__ == "OR"
    decisive = [each for each in found if each[0] is either]
    if either or decisive:
        return (decisive or found)[0]
    return True, "; ".join(dict.fromkeys(why for _, why in found))[:_LONGEST]


def _of_one(name: str, use: Use) -> tuple[bool, str]:
    terms = _ALLOWED.get(name)
    if terms is None:
        return False, f"{name} is not on the list of allowed licences"
    if use not in terms:
        return False, f"{name} leaves open whether it covers what the model makes"
    return True, f"{name}: {terms[use]}"


def _bracketed(expression: str) -> str:
    return f"({expression})" if " OR " in expression else expression


@functools.cache
def _licensing() -> Any:
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()
