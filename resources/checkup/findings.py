"""What a check finds: a verdict, a sentence and a remedy, with no password in any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from schemas.errors import NarrativeError

_CREDENTIALS = re.compile(r"(://[^:/@\s]*:)\S*@")
_NAMED_SECRET = re.compile(r"((?:password|passwd|secret|token)=)[^&\s'\"]+", re.IGNORECASE)
_LONGEST = 600


class Verdict(StrEnum):
    """How a check ended. ``NOT_RUN`` is no pass: the finding says why nothing could be said."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Finding:
    """What a check saw, and what to do about it. Passwords in addresses are masked."""

    verdict: Verdict
    message: str
    remedy: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", masked(self.message))
        object.__setattr__(self, "remedy", masked(self.remedy))


@dataclass(frozen=True)
class Check:
    """One thing to look at, by the name that people read."""

    name: str
    look: Callable[[], Finding]


@dataclass(frozen=True)
class Examined:
    """A check's name with what it found."""

    name: str
    finding: Finding


def ok(message: str) -> Finding:
    """All is as it should be."""
    return Finding(Verdict.OK, message)


def warning(message: str, remedy: str) -> Finding:
    """It works, but not as well or as safely as it should."""
    return Finding(Verdict.WARNING, message, remedy)


def failed(message: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(Verdict.FAILED, message, remedy)


def not_run(why: str, remedy: str = "") -> Finding:
    """Nothing can be said, and why."""
    return Finding(Verdict.NOT_RUN, why, remedy)


def examine(checks: Iterable[Check]) -> list[Examined]:
    """Every check's finding, in order. One that breaks is a finding too and keeps none of the others back."""
    return [Examined(check.name, _look(check)) for check in checks]


def _look(check: Check) -> Finding:
    try:
        return check.look()
    except NarrativeError as error:
        return failed(error.message, error.remedy)
    except Exception as error:
        return failed(f"The check broke: {told(error)}", "Mend what the message names, then check again.")


def told(error: BaseException) -> str:
    """The first lines of what an error says, or its kind where it says nothing."""
    said = " ".join(line.strip() for line in str(error).splitlines() if line.strip())
    return (said or type(error).__name__)[:_LONGEST]


def masked(text: str) -> str:
    """``text`` with the password of every address in it replaced by ``***``."""
    return _NAMED_SECRET.sub(r"\1***", _CREDENTIALS.sub(r"\1***@", text))
