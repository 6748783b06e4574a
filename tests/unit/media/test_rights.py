"""Licences as expressions, their end, their credits, and what a named person may let in."""

from __future__ import annotations

import pytest

from narrative_assets.media.rights import credit_lines, credited, expired, licence_note, merged, open_refusal, refusal
from schemas.render import Rights

ANN = {"title": "The Pier", "author": "Ann Lee", "source_url": "https://example.org/pier"}
BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    "licence",
    ["CC0", "cc0-1.0", "PD", "public domain", "PDM-1.0", "Unlicense", "generated_local", "proprietary_cleared",
     "CC0-1.0 AND generated_local", "GPL-3.0-only OR CC0-1.0", "(CC0-1.0 OR GPL-3.0-only) AND 0BSD"],
)  # fmt: skip
def test_licences_that_ask_for_nothing_may_be_used(licence: str) -> None:
    assert refusal(Rights(license_type=licence)) is None


@pytest.mark.parametrize(
    ("licence", "why"),
    [
        ("", "not stated"),
        ("NOASSERTION", "not stated"),
        ("CC-BY-NC-4.0", "not among"),
        ("CC-BY-SA-4.0", "not among"),
        ("CC-BY-ND-4.0 AND CC0-1.0", "not among"),
        ("GPL-3.0-only OR CC-BY-SA-4.0", "not among"),
        ("CC0-1.0 WITH a-condition-of-mine", "not among"),
        ("(CC0-1.0", "no licence expression"),
        ("CC0-1.0 AND", "no licence expression"),
        ("ask me", "not among"),
        ("(" * 290, "no licence expression"),
        ("CC-BY-4.0", "asks for an attribution"),
        ("CC0-1.0 AND MIT", "asks for an attribution"),
        ("commercial_licensed", "purchase_record"),
    ],
)
def test_what_is_unknown_or_asks_for_what_is_not_there_is_refused(licence: str, why: str) -> None:
    assert why in (refusal(Rights(license_type=licence)) or "allowed")


def test_a_licence_is_refused_from_the_day_after_its_last() -> None:
    bought = Rights(license_type="commercial_licensed", purchase_record="invoice 7", expires="2026-03-31")
    assert refusal(bought, "2026-03-31") is None
    assert refusal(bought, "2026-04-01") == "its licence ended on 2026-03-31"
    assert refusal(bought) is None
    assert (expired(bought, "2026-04-01"), expired(Rights(license_type="CC0-1.0"), "2999-01-01")) == (True, False)


def test_only_open_licences_are_taken_from_strangers() -> None:
    assert open_refusal(Rights(license_type="CC0-1.0")) is None
    assert open_refusal(Rights(license_type="CC-BY-2.0", author="Ann")) is None
    for claimed in ("proprietary_cleared", "commercial_licensed", "generated_local", "MIT", "CC-BY-SA-4.0", ""):
        said = open_refusal(Rights(license_type=claimed, attribution="x", purchase_record="x"))
        assert said is not None
        assert "CC BY" in said


def test_a_credit_names_title_author_source_and_licence() -> None:
    rights = credited(Rights(license_type="CC-BY-4.0", licence_url=BY, **ANN))
    assert rights.attribution == (f"“The Pier” by Ann Lee (https://example.org/pier), licensed under CC BY 4.0, {BY}")
    assert refusal(rights) is None


def test_a_given_credit_is_kept_and_none_is_composed_where_none_is_due() -> None:
    given = Rights(license_type="CC-BY-4.0", attribution="as Ann wants it", author="Ann")
    assert credited(given) == given
    free = Rights(license_type="CC0-1.0", author="Ann")
    assert credited(free).attribution == ""


def test_credits_are_shown_once_each_in_the_order_of_the_alphabet() -> None:
    said = [Rights(license_type="MIT", attribution=text) for text in ("zoe", "Ann", "bob\nAnn", "", "x " * 300)]
    lines = credit_lines(said)
    assert lines[:2] == ("Ann", "bob")
    assert lines[-1] == "zoe"
    assert all(len(line) <= 300 for line in lines)
    assert credit_lines(reversed(said)) == lines


@pytest.mark.parametrize(
    ("fields", "missing"),
    [({}, "approver_id"), ({"approver_id": "ann"}, "override_reason"), ({"override_reason": "mine"}, "approver_id")],
)
def test_an_override_needs_a_name_and_a_reason(fields: dict[str, str], missing: str) -> None:
    said = refusal(Rights(license_type="unknown", rights_override=True, **fields))
    assert said == f"rights_override is set without {missing}"


def test_an_override_is_shown_with_who_and_why() -> None:
    rights = Rights(
        license_type="CC-BY-NC-4.0", rights_override=True, approver_id="ann", override_reason="she took it herself"
    )
    assert refusal(rights) is None
    assert licence_note(rights) == "CC-BY-NC-4.0, let in by ann: she took it herself"


def test_files_used_together_end_with_the_first_of_their_licences_and_stay_an_expression() -> None:
    one = Rights(license_type="MIT OR GPL-3.0-only", attribution="Ann", expires="2027-01-01", redistributable=True)
    two = Rights(license_type="CC0-1.0", expires="2026-01-01", author="Bo")
    both = merged([one, two])
    assert both.license_type == "(MIT OR GPL-3.0-only) AND CC0-1.0"
    assert (both.expires, both.author, both.redistributable) == ("2026-01-01", "Bo", False)
    assert refusal(both) is None
