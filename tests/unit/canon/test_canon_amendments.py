"""Amendments: folded on top of the diff of their episode's script, in the order they were approved."""

from __future__ import annotations

from narrative_assets.canon import canon_as_of
from schemas.canon import Canon
from schemas.canonical import content_hash
from tests.fakes.canon_diffs import amendment, diff, fact, project

TOLD = diff("s01e01", fact("s01e01", "mara", "state", "wet", 10))
REWRITTEN = diff("s01e01", fact("s01e01", "mara", "state", "dry", 10))
FIRST = amendment("s01e01", fact("s01e01", "mara", "hair", "red", 20))
SECOND = amendment("s01e01", removed_facts=FIRST.added_facts)


def states(canon: Canon) -> set[str]:
    return {fact.object.text for fact in canon.persistent_states if fact.predicate in ("state", "hair")}  # type: ignore[union-attr]


def test_a_rewritten_script_keeps_the_amendments_of_its_episode() -> None:
    assert states(canon_as_of(project(), [TOLD, FIRST, REWRITTEN], "s01e02")) == {"dry", "red"}


def test_amendments_are_folded_in_the_order_given_after_the_script() -> None:
    assert states(canon_as_of(project(), [FIRST, SECOND, TOLD], "s01e02")) == {"wet"}
    assert states(canon_as_of(project(), [SECOND, FIRST, TOLD], "s01e02")) == {"wet", "red"}


def test_an_amendment_holds_from_the_next_episode_on_and_leaves_the_summary() -> None:
    assert states(canon_as_of(project(), [TOLD, FIRST], "s01e01")) == set()
    with_both, told = (canon_as_of(project(), diffs, "s01e02") for diffs in ([TOLD, FIRST], [TOLD]))
    assert with_both.last_summary == told.last_summary == "What happened in s01e01."


def test_an_episode_may_have_amendments_alone() -> None:
    assert states(canon_as_of(project(), [FIRST], "s01e02")) == {"red"}
    assert content_hash(canon_as_of(project(), [FIRST, FIRST], "s01e02")) == content_hash(
        canon_as_of(project(), [FIRST], "s01e02")
    )
