"""The Video Engine as a service: a RenderPackage request in, a response out, once for each idempotency key.

Nothing of the story is needed or loaded: inputs are artifacts, inline or stored, and the video engine renders them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from narrative_assets.video.episode import RECIPE_VERSION, RenderHashes, render_episode
from narrative_assets.video.quality import GATES_VERSION
from narrative_assets.video.toolchain import Toolchain
from resources.clips import ClipFolder
from resources.clock import now
from resources.durable import disk_errors
from resources.package_report import error_of, files_of, findings, lineage_of, message_of, public_url, remedy_of
from resources.registry import ArtifactStore, Production, stage_key
from resources.summaries import peak_memory_bytes
from schemas.assets import AssetManifest
from schemas.base import Artifact
from schemas.canonical import canonical_json, content_hash
from schemas.errors import ContractError, InputError, TenantRefused
from schemas.package import CallbackOutcome, PackageError, RenderPackageRequest, RenderPackageResponse
from schemas.reading import MAX_DOCUMENT_BYTES
from schemas.render import RenderOutput, RenderPlan
from schemas.run import RunError, RunSummary, StageRun
from schemas.shots import ShotList

CODE_VERSION = "1"
_MOST_ERRORS = 1_000
_NOT_THE_BODY = {"request_id", "logging_options", "kind", "schema_version"}
A = TypeVar("A", bound=Artifact)
Send = Callable[[str, bytes], CallbackOutcome]
"""Tells a callback address of a response, given as JSON, and says what came of it."""
Trace = Callable[[str, str], None]
"""Hears of the work: level and sentence."""


@dataclass(frozen=True)
class Inputs:
    """What is rendered, with the content hash of each."""

    shot_list: ShotList
    manifest: AssetManifest
    plan: RenderPlan
    hashes: RenderHashes


@dataclass
class _Run:
    """The stages of one request at work."""

    started_at: str = field(default_factory=now)
    clock: float = field(default_factory=time.monotonic)
    stages: list[StageRun] = field(default_factory=list)
    units: int = 0
    cached_units: int = 0
    hit: bool = False
    digest: str | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Record a stage however it ends."""
        start, error = time.monotonic(), None
        self.units = self.cached_units = 0
        self.hit, self.digest = False, None
        try:
            yield
        except Exception as raised:
            error = RunError(
                stage=name, error=type(raised).__name__, message=message_of(raised), remedy=remedy_of(raised)
            )
            raise
        finally:
            run = StageRun(
                stage=name,
                status="failed" if error else "succeeded",
                milliseconds=round((time.monotonic() - start) * 1000),
                cache_hit=self.hit,
                artifact_hash=self.digest,
                units=self.units,
                unit_cache_hits=self.cached_units,
                error=error,
            )
            self.stages.append(run)

    def count(self, _done: int, _total: int, cached: bool) -> None:
        """Count a shot."""
        self.units += 1
        self.cached_units += cached


def _silent(_level: str, _said: str) -> None:
    """Nobody listens."""


class RenderService:
    """Renders packages of one tenant out of, and into, its artifact store."""

    def __init__(
        self,
        store: ArtifactStore,
        toolchain: Toolchain,
        *,
        workers: int = 2,
        send: Send | None = None,
        trace: Trace = _silent,
    ) -> None:
        self._store = store
        self._toolchain = toolchain
        self._workers = workers
        self._send = send
        self._trace = trace

    def render(self, request: RenderPackageRequest) -> RenderPackageResponse:
        """What became of the request: rendered now, or as it was answered under the same idempotency key before.

        What goes wrong with the work is in the response. Raises TenantRefused for another tenant's request and
        InputError where the idempotency key was used for another one.
        """
        if request.tenant_id != self._store.tenant:
            raise TenantRefused(
                f"The request is of the tenant {request.tenant_id!r}; this service works for {self._store.tenant!r}.",
                remedy="Send it to its own tenant's service.",
            )
        key = content_hash({"kind": RenderPackageResponse.__name__, "idempotency_key": request.idempotency_key})
        body = content_hash(request.model_dump(mode="json", exclude=_NOT_THE_BODY))
        with self._alone(key):
            before = self._answered(key, body)
            if before is not None:
                self._trace("info", "answered before under this idempotency key")
                return before.model_copy(update={"request_id": request.request_id})
            response = self._answer(request)
            if not any(error.recoverable for error in response.errors if response.status == "failed"):
                self._remember(request, response, key, body)
            return response

    # -- once ------------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """Let nobody else work under the key: who asks meanwhile waits, and gets the same answer."""
        folder = self._store.root / self._store.tenant / ".locks"
        with disk_errors("the lock of the request"):
            folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"package-{key[:32]}.lock"):
            yield

    def _answered(self, key: str, body: str) -> RenderPackageResponse | None:
        record = self._store.produced(key)
        if record is None:
            return None
        if record.parameters.get("request") != body:
            raise InputError(
                "The idempotency key was used for another request; nothing was rendered.",
                remedy="Give each request a key of its own, and repeat a request unchanged.",
            )
        response = self._store.find(key, RenderPackageResponse)
        uris = response.artifact_uris.values() if response else ()
        return response if all(self._store.blobs.intact(uri.rpartition(":")[2]) for uri in uris) else None

    def _remember(self, request: RenderPackageRequest, response: RenderPackageResponse, key: str, body: str) -> None:
        summary = response.run_summary
        self._store.save(
            response,
            Production(
                project=summary.project_id if summary else "",
                episode=summary.episode_id if summary else "",
                profile=request.render_profile,
                stage_key=key,
                code_version=CODE_VERSION,
                parents=dict(response.lineage_hashes),
                parameters={"request": body},
            ),
        )

    # -- the work --------------------------------------------------------------------------------------------

    def _answer(self, request: RenderPackageRequest) -> RenderPackageResponse:
        """Do the work. Whatever goes wrong is told in the response."""
        run, inputs, output = _Run(), None, None
        errors: list[PackageError] = []
        try:
            with run.stage("inputs"):
                inputs = self._inputs(request)
            with run.stage("render_output"):
                output = self._output(inputs, run)
        except Exception as error:
            errors.append(error_of(error, run.stages[-1].stage))
        if inputs is not None and output is not None:
            errors += findings(inputs.plan, output)
        blocking = any(not error.recoverable or output is None for error in errors)
        status = "failed" if blocking else "degraded" if errors else "completed"
        self._trace("error" if status == "failed" else "info", f"{status}; {len(errors)} errors")
        summary = self._summary(request, run, inputs, failed=blocking)
        response = RenderPackageResponse(
            request_id=request.request_id,
            status=status,
            artifact_uris=self._uris(request, output, summary),
            lineage_hashes=lineage_of(_hashes(inputs), output, run.digest),
            run_summary=summary,
            errors=tuple(errors[:_MOST_ERRORS]),
        )
        return response.model_copy(update={"callbacks": self._call_back(request, response)})

    def _inputs(self, request: RenderPackageRequest) -> Inputs:
        """The three artifacts of the request, made for one another."""
        asked = request.inputs
        shot_list = self._input(asked.shotlist_ref, ShotList)
        manifest = self._input(asked.asset_manifest_ref, AssetManifest)
        plan = self._input(asked.render_plan_ref, RenderPlan)
        if plan.profile.id != request.render_profile:
            raise InputError(
                f"The request is for the profile {request.render_profile!r}; its plan is for {plan.profile.id!r}.",
                remedy="Send the plan that was resolved for the profile.",
            )
        hashes = RenderHashes(content_hash(shot_list), content_hash(manifest), content_hash(plan))
        for what, found, named in (
            ("asset manifest", manifest.shot_list_hash, hashes.shot_list),
            ("render plan", plan.shot_list_hash, hashes.shot_list),
            ("render plan", plan.asset_manifest_hash, hashes.asset_manifest),
        ):
            if found != named:
                raise InputError(
                    f"The {what} was made for {found[:12]}…, not for the {named[:12]}… of the request.",
                    remedy="Send a shot list, a manifest and a plan that were made from one another.",
                )
        return Inputs(shot_list, manifest, plan, hashes)

    def _input(self, ref: A | str, contract: type[A]) -> A:
        """An input as it is, or the tenant's stored artifact of that address."""
        if not isinstance(ref, str):
            return ref
        digest = ref.rpartition(":")[2]
        path = self._store.blobs.present(digest)
        if path is not None and path.stat().st_size > MAX_DOCUMENT_BYTES:
            raise ContractError(
                f"The {contract.__name__} {digest[:12]}… is larger than a document may be.",
                remedy="Give the address of the artifact itself.",
            )
        return self._store.load(digest, contract)

    def _output(self, inputs: Inputs, run: _Run) -> RenderOutput:
        """The rendered episode: the stored one where the same was rendered before and its files are whole."""
        blobs = self._store.blobs
        parents = vars(inputs.hashes)
        parameters = {"recipe": RECIPE_VERSION, "gates": GATES_VERSION, "encoder": self._toolchain.build}
        key = stage_key(RenderOutput.__name__, parents, parameters, CODE_VERSION)
        output = self._store.find(key, RenderOutput)
        run.hit = output is not None and all(blobs.intact(ref.sha256) for ref in files_of(output).values())
        if output is None or not run.hit:
            self._trace("info", f"rendering {len(inputs.shot_list.shots)} shots")
            with blobs.scratch() as scratch:
                output = render_episode(
                    inputs.shot_list,
                    inputs.manifest,
                    inputs.plan,
                    hashes=inputs.hashes,
                    blobs=blobs,
                    clips=ClipFolder(self._store),
                    toolchain=self._toolchain,
                    scratch=Path(scratch),
                    workers=self._workers,
                    on_shot=run.count,
                )
        run.digest = self._store.save(
            output,
            Production(
                project=output.project_id,
                episode=output.episode_id,
                profile=output.profile_id,
                stage_key=key,
                code_version=CODE_VERSION,
                parents=parents,
                parameters=parameters,
            ),
        )
        return output

    def _uris(
        self, request: RenderPackageRequest, output: RenderOutput | None, summary: RunSummary | None
    ) -> dict[str, str]:
        """Addresses of the outputs that were asked for."""
        found: dict[str, str] = {}
        if output is not None:
            wanted = set(request.desired_outputs)
            files = {name: ref.uri for name, ref in files_of(output).items() if name.partition("-")[0] in wanted}
            found.update(files)
        if summary is not None and "run_summary" in request.desired_outputs:
            found["run_summary"] = self._store.blobs.put(canonical_json(summary), "application/json").uri
        return found

    def _summary(
        self, request: RenderPackageRequest, run: _Run, inputs: Inputs | None, *, failed: bool
    ) -> RunSummary | None:
        """What the run did; None where not even the episode is known."""
        if inputs is None:
            return None
        hits = sum(stage.cache_hit for stage in run.stages)
        return RunSummary(
            run_id=str(request.request_id),
            tenant_id=request.tenant_id,
            project_id=inputs.shot_list.project_id,
            episode_id=inputs.shot_list.episode_id,
            profile_id=request.render_profile,
            started_at=run.started_at,
            status="failed" if failed else "succeeded",
            milliseconds=round((time.monotonic() - run.clock) * 1000),
            stages=tuple(run.stages),
            cache_hits=hits,
            cache_misses=len(run.stages) - hits,
            local_calls=sum(stage.units - stage.unit_cache_hits for stage in run.stages),
            peak_memory_bytes=peak_memory_bytes(),
            errors=tuple(stage.error for stage in run.stages if stage.error is not None),
        )

    def _call_back(self, request: RenderPackageRequest, response: RenderPackageResponse) -> tuple[CallbackOutcome, ...]:
        """Tell the callbacks, where somebody has allowed it; else list them as not told."""
        data = canonical_json(response)
        if self._send is None:
            refused = "no callback is allowed by the configuration of this service"
            return tuple(CallbackOutcome(url=public_url(url), reason=refused) for url in request.callbacks)
        return tuple(self._send(url, data) for url in request.callbacks)


def _hashes(inputs: Inputs | None) -> dict[str, str]:
    if inputs is None:
        return {}
    return {
        "ShotList": inputs.hashes.shot_list,
        "AssetManifest": inputs.hashes.asset_manifest,
        "RenderPlan": inputs.hashes.render_plan,
        "timing_lock": inputs.shot_list.timing_lock_hash,
    }
