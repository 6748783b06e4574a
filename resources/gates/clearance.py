"""Whether an episode may be published as it stands: every gate, canon, the timing lock and the stored files, anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from resources.gates.keeper import GateKeeper, Verdict
from resources.studio import Studio
from schemas.assets import AssetManifest
from schemas.base import Artifact
from schemas.canon import CanonDiff
from schemas.canonical import content_hash
from schemas.errors import GateRefused
from schemas.project import Project
from schemas.publication import PassedGate
from schemas.render import BlobRef, RenderOutput, RenderPlan
from schemas.script import Script
from schemas.shots import ShotList

_OUTCOMES = {"holds": "held", "advises": "advised", "overridden": "overridden"}
_AGAIN = "Run the episode again."


@dataclass(frozen=True)
class Edition:
    """All that a published episode is made from."""

    script: Script
    canon_diff: CanonDiff
    shot_list: ShotList
    manifest: AssetManifest
    plan: RenderPlan
    output: RenderOutput

    @property
    def judged(self) -> tuple[Artifact, ...]:
        """What gates judge, in pipeline order."""
        return (self.script, self.canon_diff, self.shot_list, self.plan, self.output)

    def hashes(self) -> dict[str, str]:
        """The content hash of each, by the name that the publish record gives it."""
        return {
            "script_hash": content_hash(self.script),
            "canon_diff_hash": content_hash(self.canon_diff),
            "shot_list_hash": content_hash(self.shot_list),
            "asset_manifest_hash": content_hash(self.manifest),
            "render_plan_hash": content_hash(self.plan),
            "render_output_hash": content_hash(self.output),
        }


@dataclass(frozen=True)
class Obstacle:
    """What keeps an episode from being published: what does not hold, what was found, what to do about it."""

    name: str
    message: str
    remedy: str


def cleared(studio: Studio, project: Project, edition: Edition, files: dict[str, BlobRef]) -> tuple[PassedGate, ...]:
    """The gates that let the episode through, in pipeline order.

    Raises GateRefused, naming each that does not and what to do about it.
    """
    keeper = GateKeeper(studio)
    verdicts = [verdict for artifact in edition.judged for verdict in keeper.verdicts(artifact)]
    found = [
        *(_failed(verdict) for verdict in verdicts if verdict.state == "failed"),
        *_of_one_make(edition),
        *_canon(studio, project, edition),
        *_timing(edition),
        *_stored(studio, files),
    ]
    if found:
        _refuse(edition.output, found)
    return tuple(_passed(verdict) for verdict in verdicts)


def _refuse(output: RenderOutput, found: list[Obstacle]) -> None:
    remedies = dict.fromkeys(f"{each.name}: {each.remedy}" for each in found)
    raise GateRefused(
        f"{output.project_id}/{output.episode_id} is not published under {output.profile_id}. "
        + " ".join(f"{each.name}: {each.message}" for each in found)[:7_000],
        remedy=" ".join(remedies)[:7_000],
    )


def told(verdict: Verdict) -> dict[str, str]:
    """A verdict in words for people: measured, limit, found, remedy, the content, and the override that stands."""
    finding, override = verdict.finding, verdict.override
    words = {
        "measured": finding.measured,
        "limit": finding.limit,
        "found": finding.message,
        "remedy": "" if finding.passed else remedy_of(verdict),
        "content_hash": verdict.content_hash,
    }
    if verdict.state == "overridden" and override is not None:
        words |= {"overridden_by": override.by, "overridden_because": override.reason, "overridden_at": override.at}
    return {name: text for name, text in words.items() if text}


def _failed(verdict: Verdict) -> Obstacle:
    gate, finding = verdict.gate, verdict.finding
    return Obstacle(gate.name, finding.message or f"{finding.measured}, not {finding.limit}.", remedy_of(verdict))


def remedy_of(verdict: Verdict) -> str:
    """What mends a gate, and how to let it pass where that is allowed."""
    if verdict.gate.firm or verdict.state != "failed":
        return verdict.gate.remedy
    command = f"narrative gates override {verdict.gate.name} {verdict.content_hash[:12]} --by NAME --reason WHY"
    return f"{verdict.gate.remedy} Or let it pass: `{command}`."


def _passed(verdict: Verdict) -> PassedGate:
    override = verdict.override if verdict.state == "overridden" else None
    return PassedGate(
        judged=verdict.gate.contract,
        gate=verdict.gate.name,
        outcome=_OUTCOMES[verdict.state],
        measured=verdict.finding.measured,
        limit=verdict.finding.limit,
        by=override.by if override else "",
        reason=override.reason if override else "",
    )


def _of_one_make(edition: Edition) -> Iterator[Obstacle]:
    """Each artifact was made from the ones beside it, and not from ones that were there before."""
    own, output, plan = edition.hashes(), edition.output, edition.plan
    made_from = (
        ("canon diff", edition.canon_diff.script_hash, "script", own["script_hash"]),
        ("shot list", edition.shot_list.script_hash, "script", own["script_hash"]),
        ("asset manifest", edition.manifest.shot_list_hash, "shot list", own["shot_list_hash"]),
        ("render plan", plan.shot_list_hash, "shot list", own["shot_list_hash"]),
        ("render plan", plan.asset_manifest_hash, "asset manifest", own["asset_manifest_hash"]),
        ("video", output.shot_list_hash, "shot list", own["shot_list_hash"]),
        ("video", output.asset_manifest_hash, "asset manifest", own["asset_manifest_hash"]),
        ("video", output.render_plan_hash, "render plan", own["render_plan_hash"]),
    )
    for what, found, of, expected in made_from:
        if found != expected:
            yield Obstacle("lineage", f"The {what} was made from another {of} than the episode stands on.", _AGAIN)


def _canon(studio: Studio, project: Project, edition: Edition) -> Iterator[Obstacle]:
    """The diff of this script stands in canon, and canon before it is what it was judged against."""
    diff = edition.canon_diff
    if content_hash(diff) not in studio.canon.standing(project.id).get(diff.episode_id, ()):
        yield Obstacle("canon", f"The canon of {diff.episode_id} is not settled with this script.", _AGAIN)
    elif content_hash(studio.canon.scoped(project, edition.script, diff.episode_id)) != diff.base_canon_hash:
        yield Obstacle("canon", f"Canon before {diff.episode_id} has changed since its script was judged.", _AGAIN)


def _timing(edition: Edition) -> Iterator[Obstacle]:
    lock = edition.shot_list.timing_lock_hash
    for what, found in (("asset manifest", edition.manifest), ("render plan", edition.plan), ("video", edition.output)):
        if found.timing_lock_hash != lock:
            yield Obstacle("timing_lock", f"The {what} was made for another timing than the shot list's lock.", _AGAIN)


def _stored(studio: Studio, files: dict[str, BlobRef]) -> Iterator[Obstacle]:
    for name, ref in files.items():
        if not studio.store.blobs.intact(ref.sha256):
            yield Obstacle("stored_files", f"{name} is missing or has changed on disk.", _AGAIN)
