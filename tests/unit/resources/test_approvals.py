"""Requests and decisions at checkpoints: bound to one content, told apart by episode, patient."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from resources.approvals import Approvals
from resources.registry import ArtifactStore
from resources.tables import ApprovalRequestRow
from schemas.errors import ApprovalMismatch, InputError

CANON, FIRST, SECOND = "approve_canon_diff", "a" * 64, "b" * 64


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path)


@pytest.fixture
def approvals(store: ArtifactStore) -> Approvals:
    found = Approvals(store)
    found.request(CANON, FIRST, "ferry", "s01e01")
    return found


def test_a_decision_holds_for_exactly_one_content(approvals: Approvals) -> None:
    approvals.decide(CANON, FIRST, "rejected", "Ines", "too soon")
    approvals.decide(CANON, FIRST, "approved", " Ines ")
    newest = approvals.newest(CANON, FIRST)
    assert newest is not None
    assert (newest.decision, newest.approver) == ("approved", "Ines")
    assert approvals.newest(CANON, SECOND) is None
    assert approvals.newest("approve_character_packs", FIRST) is None


def test_a_decision_on_what_does_not_wait_is_refused_and_not_recorded(approvals: Approvals) -> None:
    with pytest.raises(ApprovalMismatch, match="no decision was recorded"):
        approvals.decide(CANON, SECOND, "approved", "Ines")
    with pytest.raises(ApprovalMismatch):
        approvals.decide("approve_shotlist_timing_lock", FIRST, "approved", "Ines")
    assert approvals.newest(CANON, SECOND) is None
    assert approvals.newest("approve_shotlist_timing_lock", FIRST) is None


def test_a_decision_on_content_that_was_rewritten_names_what_waits_instead(approvals: Approvals) -> None:
    approvals.request(CANON, SECOND, "ferry", "s01e01")
    with pytest.raises(ApprovalMismatch, match=SECOND[:12]):
        approvals.decide(CANON, FIRST, "approved", "Ines")
    assert approvals.newest(CANON, FIRST) is None


@pytest.mark.parametrize("name", ["", "   "])
def test_a_decision_needs_a_name(approvals: Approvals, name: str) -> None:
    with pytest.raises(InputError):
        approvals.decide(CANON, FIRST, "approved", name)
    assert approvals.newest(CANON, FIRST) is None


def test_what_nobody_decides_on_in_time_is_paused_and_still_waits(store: ArtifactStore, approvals: Approvals) -> None:
    assert [one.state for one in approvals.waiting("ferry", 72)] == ["waiting"]
    with Session(store.engine) as session, session.begin():
        session.execute(update(ApprovalRequestRow).values(requested_at="2020-01-01T00:00:00Z"))
    assert [one.state for one in approvals.waiting("ferry", 72)] == ["paused"]
    approvals.decide(CANON, FIRST, "approved", "Ines")
    assert approvals.waiting("ferry", 72) == []


def test_asking_again_keeps_the_first_time(store: ArtifactStore, approvals: Approvals) -> None:
    with Session(store.engine) as session, session.begin():
        session.execute(update(ApprovalRequestRow).values(requested_at="2020-01-01T00:00:00Z"))
    assert approvals.request(CANON, FIRST, "ferry", "s01e01").requested_at == "2020-01-01T00:00:00Z"
    assert len(approvals.waiting("ferry", 72)) == 1


def test_one_tenant_neither_sees_nor_decides_on_what_waits_at_another(approvals: Approvals, tmp_path: Path) -> None:
    other = Approvals(ArtifactStore(tmp_path, tenant="other"))
    assert other.waiting("ferry", 72) == []
    with pytest.raises(ApprovalMismatch):
        other.decide(CANON, FIRST, "approved", "Ines")
    assert approvals.newest(CANON, FIRST) is None
