"""Findings: no password is ever shown, and a check that breaks keeps none of the others back."""

import pytest

from resources.checkup.findings import Check, Finding, Verdict, examine, failed, masked, ok
from schemas.errors import StorageError


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("postgresql+psycopg2://ida:s3cr/t@db:5432/x refused", "postgresql+psycopg2://ida:***@db:5432/x refused"),
        ("redis://:p@ss@broker:6379/0", "redis://:***@broker:6379/0"),
        (
            "postgresql://db/x?user=ida&password=hush&sslmode=require",
            "postgresql://db/x?user=ida&password=***&sslmode=require",
        ),
        ("http://127.0.0.1:3000 and 127.0.0.1:3001", "http://127.0.0.1:3000 and 127.0.0.1:3001"),
        ("s3://bucket/prefix at https://objects:9000", "s3://bucket/prefix at https://objects:9000"),
    ],
)
def test_passwords_in_addresses_are_masked(said: str, shown: str) -> None:
    assert masked(said) == shown
    assert failed(said, said) == Finding(Verdict.FAILED, shown, shown)


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on() -> None:
    def breaks() -> Finding:
        raise RuntimeError("no such thing: redis://:hush@here")

    def refuses() -> Finding:
        raise StorageError("The disk is full.", remedy="Free some space.")

    found = examine([Check("a", breaks), Check("b", refuses), Check("c", lambda: ok("Fine."))])
    assert [each.finding.verdict for each in found] == [Verdict.FAILED, Verdict.FAILED, Verdict.OK]
    assert "redis://:***@here" in found[0].finding.message
    assert found[1].finding == Finding(Verdict.FAILED, "The disk is full.", "Free some space.")
