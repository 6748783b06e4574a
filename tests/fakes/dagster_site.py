"""A machine of its own: `narrative ui` as a person starts it, over folders of its own, and questions to its GraphQL."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.terminal import ROOT

LOCATION = "narrative_assets.definitions"
_REPOSITORY = {"repositoryName": "__repository__", "repositoryLocationName": LOCATION}
_LOOK_SECONDS = 0.5


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class Run:
    """A run as the UI lists it; times are seconds since 1970, 0 for what has not happened."""

    run_id: str
    status: str
    job: str
    tags: dict[str, str]
    created: float
    started: float
    ended: float

    @property
    def episode(self) -> str:
        return self.tags.get("dagster/partition", "")


@dataclass
class DagsterSite:
    """``folder`` holds dagster.yaml, artifacts and Dagster's state; ``projects`` are the files that are offered."""

    folder: Path
    projects: Sequence[Path]
    port: int = field(default_factory=free_port)
    media_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "DagsterSite":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "ui.log"

    def start(self) -> None:
        """Start everything and wait until the code is loaded."""
        for name in ("dagster.yaml", "workspace.yaml"):
            (self.folder / name).write_bytes((ROOT / name).read_bytes())
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("NARRATIVE_", "DAGSTER_HOME"))
        }
        command = [sys.executable, "-m", "narrative_assets", "ui", *map(str, self.projects)]
        command += ["--port", str(self.port), "--media-port", str(self.media_port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**clean, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait(self.loaded, "Dagster to load the code", 120)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill("")
        self._process = None

    def kill(self, part: str) -> list[int]:
        """Kill -9 the processes below the site whose command line has ``part`` in it ("" for all); their ids."""
        found = [pid for pid in self.children() if part in command_line(pid)]
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if not part and self._process is not None:
            self._process.kill()
            self._process.wait()
        return found

    def children(self) -> list[int]:
        """Every process below the site's own, by the kernel's list of parents."""
        parents: dict[int, int] = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
        found = [self._process.pid] if self._process else []
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found[1:]

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a GraphQL answer."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            said: dict[str, Any] = json.load(answer)
        if "errors" in said:
            raise AssertionError(said["errors"])
        return dict(said["data"])

    def runs(self) -> list[Run]:
        """All runs, the newest first."""
        found = self.ask(
            "{runsOrError{... on Runs{results{runId status jobName creationTime startTime endTime tags{key value}}}}}"
        )
        return [
            Run(
                each["runId"],
                each["status"],
                each["jobName"],
                {tag["key"]: tag["value"] for tag in each["tags"]},
                each["creationTime"],
                each["startTime"] or 0.0,
                each["endTime"] or 0.0,
            )
            for each in found["runsOrError"]["results"]
        ]

    def backfill(self, keys: Sequence[str], assets: Sequence[str]) -> str:
        """Start a backfill as the UI does; its id, or the refusal in words as an AssertionError."""
        said = self.ask(
            """mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) {
                 __typename ... on LaunchBackfillSuccess {backfillId} ... on PythonError {message}
                 ... on PartitionKeysNotFoundError {message partitionKeys} } }""",
            p={"partitionNames": list(keys), "assetSelection": [{"path": [asset]} for asset in assets]},
        )["launchPartitionBackfill"]
        assert said["__typename"] == "LaunchBackfillSuccess", said
        return str(said["backfillId"])

    def backfill_status(self, backfill: str) -> str:
        """REQUESTED while it is under way, COMPLETED_SUCCESS, COMPLETED_FAILED …"""
        said = self.ask(
            "query($i: String!) {partitionBackfillOrError(backfillId: $i) {... on PartitionBackfill {status}}}",
            i=backfill,
        )
        return str(said["partitionBackfillOrError"]["status"])

    def launch(self, job: str, config: dict[str, Any], tags: dict[str, str] | None = None) -> str:
        """Start a run of a job from the launchpad; its id."""
        said = self.ask(
            """mutation($e: ExecutionParams!) { launchRun(executionParams: $e) {
                 __typename ... on LaunchRunSuccess {run {runId}} ... on PythonError {message}
                 ... on RunConfigValidationInvalid {errors {message}} } }""",
            e={
                "selector": {**_REPOSITORY, "jobName": job},
                "mode": "default",
                "runConfigData": config,
                "executionMetadata": {"tags": [{"key": k, "value": v} for k, v in (tags or {}).items()]},
            },
        )["launchRun"]
        assert said["__typename"] == "LaunchRunSuccess", said
        return str(said["run"]["runId"])

    def partitions(self) -> list[str]:
        """The episodes that are offered."""
        said = self.ask(
            "query($k: AssetKeyInput!) {assetNodeOrError(assetKey: $k) {... on AssetNode {partitionKeys}}}",
            k={"path": ["script"]},
        )
        return list(said["assetNodeOrError"]["partitionKeys"])

    def wait(self, until: Callable[[], Any], what: str, seconds: float = 240) -> Any:
        """The first true answer of ``until``. Raises AssertionError with the log's end where there is none in time.

        A web server that cannot answer, its database being away, is asked again.
        """
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            with suppress(urllib.error.URLError):
                if found := until():
                    return found
            if self._process is not None and self._process.poll() is not None:
                break
            time.sleep(_LOOK_SECONDS)
        raise AssertionError(f"Waited in vain for {what}.\n{self.log.read_text(errors='replace')[-4_000:]}")

    def wait_for_backfill(self, backfill: str, seconds: float = 600) -> str:
        """How it ended."""
        ended = ("COMPLETED_SUCCESS", "COMPLETED_FAILED", "FAILED", "CANCELED")
        return str(
            self.wait(
                lambda: (status := self.backfill_status(backfill)) in ended and status, f"backfill {backfill}", seconds
            )
        )

    def loaded(self) -> bool:
        try:
            said = self.ask("{repositoriesOrError {... on RepositoryConnection {nodes {name}}}}")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return bool(said["repositoriesOrError"].get("nodes"))


def command_line(pid: int) -> str:
    """The command line of a process, "" where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
