"""What each gate says of an artifact: read from what the artifacts record, judged here only where nothing does.

Every function gives the rulings of all gates of its contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from narrative_assets.canon import blocking
from narrative_assets.film.visual_continuity import look_over
from narrative_assets.media.rights import refusal
from narrative_assets.video.gates import GATES as VIDEO_GATES
from narrative_assets.video.plan_gates import missing_assets, terms_of
from resources.gates.shot_table import shot_table_problems
from resources.studio import Studio
from schemas.canon import CanonDiff
from schemas.canonical import content_hash
from schemas.project import Project
from schemas.render import QualityFinding, RenderOutput, RenderPlan
from schemas.safety import SafetyReport
from schemas.script import Script
from schemas.shots import ShotList

_TOLD = 5
_ROWS = 400
Row = Mapping[str, str]


@dataclass(frozen=True)
class Ruling:
    """A gate's finding. ``advises``: this one blocks nothing; ``rows`` tell each thing that was found."""

    finding: QualityFinding
    advises: bool = False
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Bench:
    """What judges have at hand: the studio, the project as it is now, and the day."""

    studio: Studio
    project: Project
    day: str


def of_script(bench: Bench, script: Script) -> Iterator[Ruling]:
    """What content safety reported of the script."""
    yield _safety(bench, script.episode_id, "script", content_hash(script))


def of_canon_diff(bench: Bench, diff: CanonDiff) -> Iterator[Ruling]:
    """What the canon gate found; in review mode a person may have approved exactly this diff nevertheless."""
    conflicts = blocking(diff)
    approved = ""
    if conflicts and bench.project.continuity_mode != "strict":
        decision = bench.studio.approvals.newest("approve_canon_diff", content_hash(diff))
        approved = decision.approver if decision is not None and decision.decision == "approved" else ""
    told = [f"{each.code}: {each.message}" for each in conflicts]
    yield Ruling(
        _finding(
            "continuity",
            not conflicts,
            f"{len(conflicts)} contradictions in {diff.validation.claims_checked} claims",
            "0 contradictions",
            [f"Approved by {approved}.", *told] if approved else told,
        ),
        advises=bool(approved),
        rows=tuple({"code": each.code, "what": each.message, "change": each.repair} for each in conflicts[:_ROWS]),
    )


def of_shot_list(bench: Bench, shots: ShotList) -> Iterator[Ruling]:
    """The shot table, what the pictures would look like from shot to shot, and what content safety reported."""
    problems = shot_table_problems(shots)
    rows = f"{len(problems)} rules broken in {len(shots.shots)} rows"
    yield Ruling(_finding("shot_table", not problems, rows, "0 rules", problems))
    yield _looked_over(bench, shots)
    yield _safety(bench, shots.episode_id, "shot_list", content_hash(shots))


def of_render_plan(bench: Bench, plan: RenderPlan) -> Iterator[Ruling]:
    """What nothing stands in for, and what no licence allows on this day."""
    yield Ruling(missing_assets(plan))
    terms = list(terms_of(plan))
    refused = [(need_id, why) for need_id, rights in terms if (why := refusal(rights, bench.day)) is not None]
    yield Ruling(
        _finding(
            "rights",
            not refused,
            f"{len(refused)} of {len(terms)} assets without a licence that allows their use",
            "0 assets",
            [f"{need_id}: {why}" for need_id, why in refused],
        ),
        rows=tuple({"need": need_id, "why": why} for need_id, why in refused[:_ROWS]),
    )


def of_render_output(_: Bench, output: RenderOutput) -> Iterator[Ruling]:
    """What was measured when the episode was rendered. What was never measured does not hold."""
    recorded = {finding.gate: finding for finding in output.quality}
    for gate in VIDEO_GATES:
        if gate.of_plan:
            continue
        if gate.name in recorded:
            yield Ruling(recorded[gate.name], advises=gate.advises)
        elif gate.spoken:
            yield Ruling(_finding(gate.name, True, "nothing to judge: nobody speaks", ""))
        else:
            yield Ruling(_not_run(gate.name, "It was not measured when the episode was rendered."))


RULINGS: dict[str, Any] = {
    "Script": of_script,
    "CanonDiff": of_canon_diff,
    "ShotList": of_shot_list,
    "RenderPlan": of_render_plan,
    "RenderOutput": of_render_output,
}
"""The judge of each contract."""


def _looked_over(bench: Bench, shots: ShotList) -> Ruling:
    script = bench.studio.store.load(shots.script_hash, Script)
    found = look_over(shots, bench.project, script)
    errors = [each for each in found if each.severity == "error"]
    told = [f"{each.code}: {each.message} {each.remedy}" for each in errors or found]
    return Ruling(
        _finding(
            "visual_continuity",
            not found,
            f"{len(errors)} errors and {len(found) - len(errors)} rough cuts in {len(shots.shots)} shots",
            "0 errors",
            told,
        ),
        advises=not errors,
        rows=tuple(
            {
                "code": each.code,
                "severity": each.severity,
                "shots": ", ".join(each.shot_ids),
                "what": each.message,
                "change": each.remedy,
            }
            for each in found[:_ROWS]
        ),
    )


def _safety(bench: Bench, episode: str, role: str, digest: str) -> Ruling:
    """The newest report on exactly this content under the project's rating of now."""
    report = _report(bench, episode, role, digest)
    if report is None:
        return Ruling(_not_run("content_safety", "No safety report of exactly this content is stored."))
    told = [f"{each.element_id or each.scene_id or role}: {each.message}" for each in report.findings]
    return Ruling(
        _finding(
            "content_safety",
            report.verdict == "clear" and not report.findings,
            f"{len(report.findings)} findings in {report.texts_checked} texts",
            f"the rating {report.rating}",
            told,
        ),
        advises=report.mode == "warn_only",
        rows=tuple(
            {"where": each.element_id or each.scene_id or role, "what": each.message, "change": each.remedy}
            for each in report.findings[:_ROWS]
        ),
    )


def _report(bench: Bench, episode: str, role: str, digest: str) -> SafetyReport | None:
    project, store = bench.project, bench.studio.store
    made = [
        record
        for record in store.records(project.id, episode)
        if record.kind == "SafetyReport" and record.parents.get(role) == digest
    ]
    for record in sorted(made, key=lambda record: record.created_at, reverse=True):
        report = store.load(record.content_hash, SafetyReport)
        if (report.rating, report.mode) == (project.rating, project.safety_mode):
            return report
    return None


def _not_run(gate: str, why: str) -> QualityFinding:
    return _finding(gate, False, "not run", "", [f"{why} Run the episode again."])


def _finding(gate: str, passed: bool, measured: str, limit: str, told: Sequence[str] = ()) -> QualityFinding:
    """A finding that tells the first of what was found, and how much more there is."""
    message = " ".join(told[:_TOLD]) + (f" And {len(told) - _TOLD} more." if len(told) > _TOLD else "")
    clean = message.replace("\x00", "")[:8_000]
    return QualityFinding(gate=gate, passed=passed, measured=measured[:300], limit=limit[:300], message=clean)
