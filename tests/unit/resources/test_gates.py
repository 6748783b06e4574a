"""Gates: read from what artifacts record, and let pass by a person only where, how and for what that is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from resources.gates.catalogue import CONTRACTS, GATES, gate_of
from resources.gates.keeper import GateKeeper, Verdict
from resources.gates.overrides import OverrideLog
from resources.registry import ArtifactRecord, ArtifactStore, Production
from resources.studio import Studio
from schemas.base import Artifact
from schemas.canonical import content_hash
from schemas.errors import InputError, OverrideRefused
from schemas.render import QualityFinding, RenderOutput, RenderPlan
from tests.fakes.artifacts import sample
from tests.fakes.timeline import EPISODE_ID, PROJECT_ID

PROFILED = ("RenderPlan", "RenderOutput")


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return opened(tmp_path)


def opened(folder: Path, **changes: Any) -> Studio:
    project = sample("Project").model_copy(update=changes)
    path = folder / "project.json"
    path.write_text(project.model_dump_json(), encoding="utf-8")
    found = Studio.open(folder / "artifacts")
    found.projects.register(path)
    return found


def stands(studio: Studio, artifact: Artifact, parents: dict[str, str] | None = None) -> ArtifactRecord:
    """The record of ``artifact``, which the episode stands on from now on."""
    digest, profile = content_hash(artifact), "preview_local" if artifact.kind in PROFILED else ""
    production = Production(PROJECT_ID, EPISODE_ID, digest, "1", profile, parents or {})
    studio.store.save(artifact, production)
    studio.store.set_head(PROJECT_ID, EPISODE_ID, profile, artifact.kind, digest)
    return studio.store.record(digest)


def measured(**failing: str) -> RenderOutput:
    """A video on which every gate holds but those named, which say why not."""
    output = sample("RenderOutput")
    assert isinstance(output, RenderOutput)
    names = [gate.name for gate in GATES if gate.contract == "RenderOutput"]
    quality = tuple(
        QualityFinding(gate=name, passed=name not in failing, measured="1", limit="0", message=failing.get(name, ""))
        for name in names
    )
    return output.model_copy(update={"quality": quality})


def verdict(studio: Studio, artifact: Artifact, gate: str, day: str = "") -> Verdict:
    return next(each for each in GateKeeper(studio, day).verdicts(artifact) if each.gate.name == gate)


def test_the_list_names_every_gate_once_in_pipeline_order_and_what_mends_it() -> None:
    assert CONTRACTS == ("Script", "CanonDiff", "ShotList", "RenderPlan", "RenderOutput")
    assert len({(gate.contract, gate.name) for gate in GATES}) == len(GATES) > 25
    assert all(gate.asks.endswith(".") and gate.remedy.endswith(".") for gate in GATES)
    assert {gate.name for gate in GATES if gate.firm} == {"content_safety", "continuity", "rights", "frame_count"}
    assert {gate.name for gate in GATES if gate.advises} == {"pacing", "glyphs", "runtime"}


def test_what_was_measured_is_told_and_what_was_never_measured_does_not_hold(studio: Studio) -> None:
    output = measured(black_frames="Black: sc01.sh002.", pacing="Slow.")
    assert verdict(studio, output, "black_frames").state == "failed"
    assert verdict(studio, output, "black_frames").finding.message == "Black: sc01.sh002."
    assert verdict(studio, output, "pacing").state == "advises"
    bare = output.model_copy(update={"quality": ()})
    states = {each.gate.name: (each.state, each.finding.measured) for each in GateKeeper(studio).verdicts(bare)}
    assert states["loudness"] == ("failed", "not run")
    assert states["subtitle_sync"] == ("holds", "nothing to judge: nobody speaks")


def test_a_licence_holds_up_to_its_last_day_and_one_that_is_not_stated_never(studio: Studio) -> None:
    plan = sample("RenderPlan")
    assert isinstance(plan, RenderPlan)

    def licensed(**rights: str) -> RenderPlan:
        voice = plan.assets[0]
        changed = voice.model_copy(update={"rights": voice.rights.model_copy(update=rights)})
        return plan.model_copy(update={"assets": (changed,)})

    ending = licensed(license_type="CC0-1.0", expires="2030-01-01")
    assert verdict(studio, ending, "rights", "2030-01-01").state == "holds"
    late = verdict(studio, ending, "rights", "2030-01-02")
    assert (late.state, late.rows) == (
        "failed",
        ({"need": "line:sc01.l001", "why": "its licence ended on 2030-01-01"},),
    )
    assert verdict(studio, licensed(license_type="unknown"), "rights").state == "failed"


def test_safety_is_read_from_the_report_on_exactly_this_under_the_rating_of_now(tmp_path: Path) -> None:
    studio, script = opened(tmp_path), sample("Script")
    digest = content_hash(script)
    report = sample("SafetyReport").model_copy(update={"subject_hash": digest})
    assert verdict(studio, script, "content_safety").finding.measured == "not run"
    stands(studio, report, {"script": digest})
    assert verdict(studio, script, "content_safety").state == "failed"
    assert "needs the rating R" in verdict(studio, script, "content_safety").finding.message
    grown = opened(tmp_path, rating="R")
    assert verdict(grown, script, "content_safety").finding.measured == "not run"
    lenient = opened(tmp_path, safety_mode="warn_only")
    warned = report.model_copy(update={"mode": "warn_only", "verdict": "warned"})
    stands(lenient, warned, {"script": digest})
    assert verdict(lenient, script, "content_safety").state == "advises"


def test_an_override_lets_exactly_one_content_pass_and_is_taken_back_by_an_entry_of_its_own(studio: Studio) -> None:
    output = measured(black_frames="Black: sc01.sh002.")
    record, keeper = stands(studio, output), GateKeeper(studio)
    entry = keeper.override("black_frames", record, " Ines ", "The lamp goes out.")
    assert (entry.by, entry.content_hash, entry.profile) == ("Ines", record.content_hash, "preview_local")
    passed = verdict(studio, output, "black_frames")
    assert (passed.state, passed.finding.passed) == ("overridden", False)
    assert passed.override == entry
    other = measured(black_frames="Black: sc01.sh001.")
    assert verdict(studio, other, "black_frames").state == "failed"
    keeper.withdraw("black_frames", record, "Ole", "It is too dark.")
    assert verdict(studio, output, "black_frames").state == "failed"
    assert [each.event for each in keeper.log.entries(PROJECT_ID, EPISODE_ID)] == ["overridden", "withdrawn"]
    with pytest.raises(OverrideRefused, match="No override of black_frames stands"):
        keeper.withdraw("black_frames", record, "Ole", "Again.")


def test_an_override_of_what_the_episode_no_longer_stands_on_is_refused_by_both_hashes(studio: Studio) -> None:
    earlier = stands(studio, measured(black_frames="Black: sc01.sh001."))
    now = stands(studio, measured(black_frames="Black: sc01.sh002."))
    with pytest.raises(OverrideRefused) as refused:
        GateKeeper(studio).override("black_frames", earlier, "Ines", "The lamp goes out.")
    assert earlier.content_hash[:12] in refused.value.message
    assert now.content_hash[:12] in refused.value.message
    assert OverrideLog(studio.store).entries(PROJECT_ID) == []


@pytest.mark.parametrize(
    ("gate", "said"),
    [("frame_count", "is never overridden"), ("loudness", "holds"), ("pacing", "only advises and blocks nothing")],
)
def test_what_is_not_to_be_overridden_is_refused_with_the_reason(studio: Studio, gate: str, said: str) -> None:
    record = stands(studio, measured(frame_count="Too short.", pacing="Slow."))
    with pytest.raises(OverrideRefused, match=said):
        GateKeeper(studio).override(gate, record, "Ines", "Let it be.")
    assert OverrideLog(studio.store).entries(PROJECT_ID) == []


@pytest.mark.parametrize(
    ("contract", "gate", "way"),
    [
        ("CanonDiff", "continuity", "narrative canon waive"),
        ("RenderPlan", "rights", "rights_override with approver_id"),
        ("Script", "content_safety", "safety_mode"),
        ("RenderOutput", "frame_count", "rendered again"),
    ],
)
def test_a_firm_gate_says_which_way_there_is_instead(studio: Studio, contract: str, gate: str, way: str) -> None:
    record = stands(studio, sample(contract))
    with pytest.raises(OverrideRefused) as refused:
        GateKeeper(studio).override(gate, record, "Ines", "Let it be.")
    assert way in refused.value.remedy


@pytest.mark.parametrize(("by", "reason"), [("", "Why not."), ("Ines", "  ")])
def test_an_override_needs_a_name_and_a_reason(studio: Studio, by: str, reason: str) -> None:
    record = stands(studio, measured(black_frames="Black."))
    with pytest.raises(OverrideRefused, match="needs a name and a reason"):
        GateKeeper(studio).override("black_frames", record, by, reason)
    assert OverrideLog(studio.store).entries(PROJECT_ID) == []


def test_an_unknown_gate_is_answered_with_those_there_are(studio: Studio) -> None:
    with pytest.raises(InputError, match="No gate 'beauty' judges a ShotList") as refused:
        gate_of("ShotList", "beauty")
    assert "shot_table, visual_continuity, content_safety" in refused.value.remedy


def test_one_tenant_s_override_is_nothing_to_another(studio: Studio) -> None:
    record = stands(studio, measured(black_frames="Black."))
    GateKeeper(studio).override("black_frames", record, "Ines", "The lamp goes out.")
    other = ArtifactStore(studio.store.root, tenant="others", database=str(studio.store.engine.url))
    assert OverrideLog(other).standing(record.content_hash) == {}
    assert OverrideLog(other).entries(PROJECT_ID) == []
