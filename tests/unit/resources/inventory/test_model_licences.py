"""What a model's licence allows, use by use, and that the unknown is refused."""

import pytest

from resources.inventory.licences import combined, normal, require_use, verdicts
from schemas.errors import RightsError
from schemas.models import LicenceStatement


def allowed(expression: str) -> tuple[bool, ...]:
    return tuple(verdict.allowed for verdict in verdicts(expression))


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("MIT", (True, True, True)),
        ("apache-2.0", (True, True, True)),
        ("CC-BY-SA-4.0", (True, True, False)),
        ("CC-BY-NC-4.0", (False, False, False)),
        ("GPL-3.0-only", (False, False, False)),
        ("MIT AND CC-BY-SA-4.0", (True, True, False)),
        ("MIT AND CC-BY-NC-4.0", (False, False, False)),
        ("GPL-3.0-only OR MIT", (True, True, True)),
        ("MIT AND (GPL-3.0-only OR CC-BY-4.0)", (True, True, True)),
        ("GPL-2.0-only WITH Classpath-exception-2.0", (False, False, False)),
    ],
)
def test_each_use_is_judged_by_the_list(expression: str, found: tuple[bool, ...]) -> None:
    assert allowed(expression) == found


@pytest.mark.parametrize(
    "expression", ["unknown", "", "llama3", "openrail++", "LicenseRef-mine", "MIT AND", "MIT AND other", "(" * 500]
)
def test_an_unknown_licence_is_refused(expression: str) -> None:
    with pytest.raises(RightsError):
        verdicts(expression)


def test_a_verdict_names_the_licence_that_decides() -> None:
    use, _, outputs = verdicts("MIT AND CC-BY-SA-4.0")
    assert "MIT" in use.reason and "CC-BY-SA-4.0" in use.reason
    assert outputs.reason.startswith("CC-BY-SA-4.0")


def test_every_statement_has_to_be_kept_to() -> None:
    stated = [
        LicenceStatement(expression=each, stated_in="somewhere") for each in ("MIT", "apache-2.0", "MIT OR ISC", "MIT")
    ]
    assert combined(stated) == "(MIT OR ISC) AND Apache-2.0 AND MIT"
    assert normal("apache-2.0") == "Apache-2.0"


def test_a_model_that_may_not_be_used_is_named() -> None:
    with pytest.raises(RightsError, match=r"tiny may not be used: CC-BY-NC-4\.0"):
        require_use("tiny", verdicts("CC-BY-NC-4.0"))
