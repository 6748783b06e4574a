"""How every asset runs: look for a stored result, else make it; record it; tell who listens.

What a stage computes lives in the engines. Dagster re-executes whatever it is asked to, so the reuse is here.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from dagster import AssetExecutionContext, AssetObservation, DataVersion, Failure, MetadataValue, Output

from narrative_assets.assets.alive import hold
from narrative_assets.assets.pages import pages
from narrative_assets.assets.reasons import reasons_to_remake
from narrative_assets.assets.waiting import decision_links, mark_for_later, mark_stopped, name_run
from resources.clock import moment
from resources.durable import disk_refusals
from resources.metering.configured import metrics
from resources.metrics import STAGE_CACHE_HITS, STAGE_SECONDS
from resources.progress import progress
from resources.registry import Production, stage_key
from resources.studio import Studio
from resources.summaries import AFTER, write_summary
from schemas.base import Artifact
from schemas.canonical import canonical_json, content_hash
from schemas.errors import (
    ApprovalPending,
    ApprovalRejected,
    IntegrityError,
    NarrativeError,
    StorageError,
    StoryOrderPending,
)
from schemas.project import EpisodeEntry, Project
from schemas.run import ModelUse, RunError, StageRun
from schemas.safety import SafetyReport

STORY_STAGES = ("story_arc", "episode_plan", "script", "canon_diff", "canon", "episode")
FILM_STAGES = ("shot_list", "asset_manifest", "render_plan", "render_output", "publish_record")
STAGES = (*STORY_STAGES, *FILM_STAGES)
_OF_JOB = {"write_episode": STORY_STAGES, "film_episode": FILM_STAGES}

Metadata = Mapping[str, Any]
A = TypeVar("A", bound=Artifact)


def stages_of(job: str) -> tuple[str, ...]:
    """What a job makes, in order; any job that is not known makes everything."""
    return _OF_JOB.get(job, STAGES)


@dataclass
class Desk:
    """One stage of one episode at work: the project, the studio, and the figures that the summary wants."""

    context: AssetExecutionContext
    studio: Studio
    project: Project
    entry: EpisodeEntry
    stage: str
    started: str = field(default_factory=moment)
    reports: dict[str, SafetyReport] = field(default_factory=dict)
    """What content safety found in this stage, by the hash of what was judged."""
    model_use: ModelUse | None = None
    """What the stage had of language models in this run."""
    _clock: float = field(default_factory=time.monotonic)
    _units: int = 0
    _cached_units: int = 0
    _hit: bool = False
    _reasons: tuple[str, ...] = ()
    _unchanged: bool = False
    _digest: str = ""

    def story_part(self) -> dict[str, Any]:
        """What of the project a story depends on: all but its policies and its profiles."""
        left_out = {"render_profiles", "cost_policy", "asset_sources", "human_checkpoints", "schema_version"}
        return self.project.model_dump(mode="json", exclude=left_out)

    def keep(self, artifact: Artifact, parents: Mapping[str, str], *, key: str = "") -> None:
        """Store what a stage relied on or made on its way, so that lineage leads through it."""
        key = key or stage_key(artifact.kind, parents, {"content": content_hash(artifact)}, "1")
        self.studio.store.save(
            artifact,
            Production(
                project=self.project.id,
                episode=self.entry.id,
                stage_key=key,
                code_version="1",
                parents=parents,
                licence=self.project.licence,
            ),
        )

    def drafted(self, contract: type[A], parents: Mapping[str, str], code_version: str, compute: Callable[[], A]) -> A:
        """A draft on the way to the stage's artifact: remembered by its inputs, no artifact of its own."""
        store = self.studio.store
        key = stage_key(f"{contract.__name__} draft", parents, {}, code_version)
        found = None if self.studio.settings.force else store.cached("drafts", key)
        if found is not None:
            with suppress(IntegrityError):
                return store.load(found[0], contract)
        draft = compute()
        blob = store.blobs.put(canonical_json(draft), "application/json")
        store.cache("drafts", key, blob.sha256, {})
        return draft

    def units(self, done: int, total: int, cached: bool = False) -> None:
        """Count a unit of work (a line spoken, an asset resolved, a shot rendered)."""
        self._units += 1
        self._cached_units += cached
        progress().units(self.stage, done, total)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Record the stage however it ends. A wait, or a pause before it is tried again, ends it without output."""
        progress().stage_started(self.stage)
        try:
            with disk_refusals(f"{self.stage} of {self.project.id}/{self.entry.id}"):
                yield
        except (ApprovalPending, StoryOrderPending) as pending:
            self._finish("waiting", pending)
            mark_stopped(self.context, pending)
            self.context.log.info(str(pending))
        except NarrativeError as error:
            goes_on = mark_for_later(self.context, error)
            # The disk that refused the work may refuse the record of it too; the first error is the one to tell.
            with suppress(StorageError):
                self._finish("waiting" if goes_on else "failed", error)
            if goes_on:
                self.context.log.error(str(error))
                return
            raise Failure(
                description=str(error),
                metadata={"error": type(error).__name__, "remedy": error.remedy},
                allow_retries=error.transient,
            ) from error

    def produce(
        self,
        contract: type[A],
        *,
        code_version: str,
        parents: Mapping[str, str],
        compute: Callable[[], A],
        describe: Callable[[A], Metadata],
        parameters: Mapping[str, object] | None = None,
        profile: str = "",
        usable: Callable[[A], bool] = lambda _: True,
        accept: Callable[[A, str], None] = lambda _artifact, _digest: None,
    ) -> Output[A]:
        """The stage's artifact: the stored one when inputs, parameters and code are the same, else made now.

        ``usable`` may refuse a stored result (its files are gone); ``accept`` runs on stored and new results
        alike and raises what keeps the episode from going on.
        """
        store = self.studio.store
        key = stage_key(contract.__name__, parents, parameters or {}, code_version)
        artifact = None if self.studio.settings.force else store.find(key, contract)
        self._hit = artifact is not None and usable(artifact)
        if artifact is None or not self._hit:
            before = store.head(self.project.id, self.entry.id, profile, contract.__name__)
            self._reasons = reasons_to_remake(store, before, parents, code_version)
            artifact = compute()
            self._unchanged = content_hash(artifact) == before
        self._digest = store.save(
            artifact,
            Production(
                project=self.project.id,
                episode=self.entry.id,
                stage_key=key,
                code_version=code_version,
                profile=profile,
                parents=parents,
                parameters=parameters or {},
                licence=self.project.licence,
            ),
        )
        try:
            accept(artifact, self._digest)
        except ApprovalPending as pending:
            self.show({**decision_links(pending), **describe(artifact)})
            raise
        shown = describe(artifact)
        self._finish("succeeded", None)
        self.context.set_data_version(self.context.asset_key, DataVersion(self._digest))
        return Output(
            artifact,
            metadata={
                **shown,
                **pages(self.project.id, self.entry.id, but=self.stage),
                "content_hash": self._digest,
                "reused": MetadataValue.bool(self._hit),
                **({"made_again_because": _bullets(self._reasons)} if self._reasons else {}),
                **({"came_out_the_same": MetadataValue.bool(self._unchanged)} if self._reasons else {}),
                "seconds": MetadataValue.float(round(time.monotonic() - self._clock, 3)),
            },
        )

    def require_approval(self, checkpoint: str, digest: str, *, always: bool = False, subject: str = "") -> None:
        """Raise ApprovalPending until a person has approved exactly this content at this checkpoint.

        Raises ApprovalRejected where the newest decision is against it.

        A checkpoint that the project has switched off asks nobody, but where a person ``always`` has to look.
        ``subject`` tells apart what one episode has waiting at one checkpoint.
        """
        if not (always or getattr(self.project.human_checkpoints, checkpoint)):
            return
        decision = self.studio.approvals.newest(checkpoint, digest)
        if decision is not None and decision.decision == "approved":
            return
        what = f"{self.project.id}/{self.entry.id}: {checkpoint.removeprefix('approve_')} {digest[:12]}"
        if decision is not None:
            why = f": {decision.notes}" if decision.notes else ""
            raise ApprovalRejected(
                f"{what} was rejected by {decision.approver}{why}.",
                remedy="Change what it was made from, or approve it after all, and run again.",
            )
        asked = self.studio.approvals.request(checkpoint, digest, self.project.id, self.entry.id, subject)
        raise ApprovalPending(
            f"{what} waits for a decision since {asked.requested_at}.",
            remedy=f"Look at it with `narrative artifacts show {digest[:12]}`, then "
            f"`narrative approve {checkpoint} {digest[:12]} --by NAME`, and run again.",
            checkpoint=checkpoint,
            asked=(digest,),
        )

    def show(self, metadata: Metadata) -> None:
        """Let people see this beside the asset in the UI, though nothing is handed on."""
        self.context.log_event(
            AssetObservation(self.context.asset_key, partition=self.context.partition_key, metadata=metadata)
        )

    def _finish(self, status: Literal["succeeded", "failed", "waiting"], error: NarrativeError | None) -> None:
        """Record the stage, rewrite the run summary and tell who listens."""
        run = StageRun(
            stage=self.stage,
            status=status,
            milliseconds=round((time.monotonic() - self._clock) * 1000),
            cache_hit=self._hit,
            artifact_hash=self._digest or None,
            units=self._units,
            unit_cache_hits=self._cached_units,
            reasons=self._reasons,
            unchanged=self._unchanged,
            model=self.model_use,
            error=error
            and RunError(stage=self.stage, error=type(error).__name__, message=error.message, remedy=error.remedy),
        )
        store, run_id = self.studio.store, self.context.run.run_id
        store.record_stage(run_id, STAGES.index(self.stage), self.started, run)
        after = self.context.run.tags.get(AFTER, "")
        write_summary(store, run_id, self.project.id, self.entry.id, self.studio.settings.profile, status, after=after)
        progress().stage_finished(run)
        metrics().observe(STAGE_SECONDS, run.milliseconds / 1000, stage=self.stage, status=status)
        if self._hit:
            metrics().count(STAGE_CACHE_HITS, stage=self.stage)


def open_desk(context: AssetExecutionContext, studio: Studio) -> Desk:
    """The desk for the partition that Dagster asks for. Raises Failure in plain words for an unknown one."""
    hold(context.instance, context.run.run_id)
    project_id, _, episode_id = context.partition_key.partition("/")
    try:
        project = studio.projects.load(project_id)
    except NarrativeError as error:
        raise Failure(description=str(error), allow_retries=False) from error
    for entry in project.episodes:
        if entry.id == episode_id:
            name_run(context, studio.store.tenant, studio.store.site, project_id, episode_id)
            return Desk(context, studio, project, entry, stage=context.asset_key.path[-1])
    raise Failure(
        description=f"{project_id} has no episode {episode_id!r}. Its episodes: "
        + ", ".join(entry.id for entry in project.episodes)
        + ".",
        allow_retries=False,
    )


def _bullets(lines: Iterable[str]) -> MetadataValue[Any]:
    return MetadataValue.md("\n".join(f"- {line}" for line in lines))


def hashes(**artifacts: Artifact | str) -> dict[str, str]:
    """Content hashes of a stage's inputs by name; a string is taken as a hash."""
    return {name: value if isinstance(value, str) else content_hash(value) for name, value in artifacts.items()}
