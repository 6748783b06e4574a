"""The verdicts of all gates with what people have overridden, and the rules of overriding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from resources.clock import today
from resources.gates.catalogue import CONTRACTS, Gate, gate_of, gates_of
from resources.gates.overrides import OverrideEntry, OverrideLog, entry_now
from resources.gates.rulings import RULINGS, Bench, Row
from resources.registry import ArtifactRecord
from resources.studio import Studio
from schemas.base import Artifact
from schemas.canonical import content_hash
from schemas.errors import OverrideRefused
from schemas.kinds import KINDS, PROFILED
from schemas.render import QualityFinding

State = Literal["holds", "advises", "overridden", "failed"]


@dataclass(frozen=True)
class Verdict:
    """What a gate says of one content, and the override that lets it pass, if one stands."""

    gate: Gate
    content_hash: str
    finding: QualityFinding
    advises: bool
    rows: tuple[Row, ...] = ()
    override: OverrideEntry | None = None

    @property
    def state(self) -> State:
        """Only ``failed`` blocks."""
        if self.finding.passed:
            return "holds"
        if self.override is not None:
            return "overridden"
        return "advises" if self.advises else "failed"


class GateKeeper:
    """The gates of one tenant's artifacts, judged as of today unless a day is named."""

    def __init__(self, studio: Studio, day: str = "") -> None:
        self._studio = studio
        self._day = day or today()
        self.log = OverrideLog(studio.store)

    def verdicts(self, artifact: Artifact) -> tuple[Verdict, ...]:
        """Every gate's verdict on a Script, CanonDiff, ShotList, RenderPlan or RenderOutput, in the list's order."""
        project = self._studio.projects.load(artifact.project_id)  # type: ignore[attr-defined]
        rulings = RULINGS[artifact.kind](Bench(self._studio, project, self._day), artifact)
        ruled = {ruling.finding.gate: ruling for ruling in rulings}
        digest = content_hash(artifact)
        overridden = self.log.standing(digest)
        return tuple(
            Verdict(
                gate,
                digest,
                ruled[gate.name].finding,
                gate.advises or ruled[gate.name].advises,
                ruled[gate.name].rows,
                None if gate.firm else overridden.get(gate.name),
            )
            for gate in gates_of(artifact.kind)
        )

    def of_episode(self, project: str, episode: str, profile: str) -> tuple[Verdict, ...]:
        """The verdicts on all that an episode stands on now, in pipeline order."""
        found: list[Verdict] = []
        for contract in CONTRACTS:
            digest = self._head(project, episode, profile, contract)
            if digest is not None:
                found += self.verdicts(self._studio.store.load(digest, KINDS[contract]))
        return tuple(found)

    def override(self, name: str, record: ArtifactRecord, by: str, reason: str) -> OverrideEntry:
        """Let a failed gate pass on exactly the content of ``record``.

        Raises OverrideRefused, with nothing recorded, for a gate that is firm or does not block, for content that
        the episode no longer stands on, and without a name and a reason; InputError for an unknown gate.
        """
        gate = gate_of(record.kind, name)
        if gate.firm:
            raise OverrideRefused(f"{name} is never overridden; nothing was recorded.", remedy=gate.firm)
        self._require_current(record)
        artifact = self._studio.store.artifact(record)
        verdict = next(each for each in self.verdicts(artifact) if each.gate.name == name)
        if verdict.state != "failed":
            said = {"holds": "holds", "advises": "only advises and blocks nothing"}.get(
                verdict.state, f"is overridden by {verdict.override.by if verdict.override else ''} already"
            )
            raise OverrideRefused(
                f"{name} {said} on {record.content_hash[:12]}; nothing was recorded.", remedy="There is nothing to do."
            )
        return self.log.add(self._entry("overridden", gate, record, by, reason))

    def withdraw(self, name: str, record: ArtifactRecord, by: str, reason: str) -> OverrideEntry:
        """Take an override back, by an entry of its own. Raises OverrideRefused where none stands."""
        gate = gate_of(record.kind, name)
        if name not in self.log.standing(record.content_hash):
            raise OverrideRefused(
                f"No override of {name} stands on {record.content_hash[:12]}; nothing was recorded.",
                remedy="`narrative gates ls PROJECT/EPISODE` lists what is overridden.",
            )
        return self.log.add(self._entry("withdrawn", gate, record, by, reason))

    def _require_current(self, record: ArtifactRecord) -> None:
        current = self._head(record.project, record.episode, record.profile, record.kind)
        if current != record.content_hash:
            stands = f"stands on {current[:12]}" if current else "stands on none"
            raise OverrideRefused(
                f"{record.project}/{record.episode} {stands}, not on the {record.kind} {record.content_hash[:12]}; "
                "nothing was recorded.",
                remedy="An override holds for one content: look at what stands now and decide on that.",
            )

    def _head(self, project: str, episode: str, profile: str, contract: str) -> str | None:
        return self._studio.store.head(project, episode, profile if contract in PROFILED else "", contract)

    def _entry(
        self, event: Literal["overridden", "withdrawn"], gate: Gate, record: ArtifactRecord, by: str, reason: str
    ) -> OverrideEntry:
        return entry_now(
            event,
            project=record.project,
            episode=record.episode,
            profile=record.profile,
            contract=gate.contract,
            gate=gate.name,
            content_hash=record.content_hash,
            by=by,
            reason=reason,
        )
