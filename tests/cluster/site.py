"""Dagster over the cluster's servers: code, web, daemon and workers, each a process with a disk of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster.servers import BUCKET, Postgres, Redis, Swift, wait_for_port
from tests.fakes.dagster_site import LOCATION, DagsterSite, free_port
from tests.fakes.terminal import ROOT


@dataclass
class ClusterSite(DagsterSite):
    """The web server's address and questions are those of a site; what runs behind it is not."""

    postgres: Postgres = field(kw_only=True)
    redis: Redis = field(kw_only=True)
    swift: Swift = field(kw_only=True)
    code_port: int = field(default_factory=free_port)
    _parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Offer the projects, then start everything but workers."""
        self.run("offer", "narrative_assets", "episodes", *map(str, self.projects))
        self.part(
            "code", "dagster", "code-server", "start", "-h", "127.0.0.1", "-p", str(self.code_port), "-m", LOCATION
        )
        wait_for_port(self.code_port, 120)
        workspace = str(ROOT / "docker" / "workspace.yaml")
        self.part("web", "dagster_webserver", "-h", "127.0.0.1", "-p", str(self.port), "-w", workspace)
        self.part("daemon", "dagster._daemon", "run", "-w", workspace)
        self.wait(self.loaded, "Dagster to load the code", 180)

    def stop(self) -> None:
        for name in list(self._parts):
            self.end(name, signal.SIGTERM)

    def worker(self, name: str, *queues: str) -> None:
        """Start a worker of these queues."""
        self.part(
            name, "celery", "-A", "resources.celery_app", "worker", "-Q", ",".join(queues), "-c", "1",
            "-n", f"{name}@%h", "--loglevel", "INFO",
        )  # fmt: skip

    def end(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End a part with all its processes."""
        process = self._parts.pop(name)
        if process.poll() is None:
            try:
                os.killpg(process.pid, how)
                process.wait(20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def part(self, name: str, *arguments: str) -> None:
        """Start ``python -m arguments`` as a part of the cluster, its output in a log of its name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._parts[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=self.folder,
                env=self.environment(name),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, name: str, *arguments: str) -> None:
        """Run a command of the cluster to its end."""
        subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.folder,
            env=self.environment(name),
            check=True,
            capture_output=True,
        )

    def environment(self, name: str) -> dict[str, str]:
        """The same settings for every part but for the folder: nothing is shared through the disk."""
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        (home / "dagster.yaml").write_bytes((ROOT / "docker" / "dagster.yaml").read_bytes())
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("NARRATIVE_", "DAGSTER_HOME"))}
        return {
            **clean,
            **self.swift.environment,
            "PYTHONPATH": str(ROOT),
            "DAGSTER_HOME": str(home),
            "DAGSTER_DATABASE": self.postgres.url("dagster"),
            "NARRATIVE_DATABASE": self.postgres.url("narrative"),
            "NARRATIVE_BROKER": self.redis.url,
            "NARRATIVE_LOG_BUCKET": BUCKET,
            "NARRATIVE_CODE_HOST": "127.0.0.1",
            "NARRATIVE_CODE_PORT": str(self.code_port),
            "NARRATIVE_ARTIFACTS": str(self.folder / f"disk-of-{name}"),
        }

    @property
    def log(self) -> Path:
        return self.folder / "daemon.log"


def partitions(project: str, episodes: Sequence[str]) -> list[str]:
    return [f"{project}/{episode}" for episode in episodes]
