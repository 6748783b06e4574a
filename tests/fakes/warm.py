"""Processes of the `narrative` command that need not import everything anew: each is a fork of one that has.

A command is still a process of its own, with its own folder, environment, output and exit code. What depends on how
an interpreter starts (locale, time zone, hash seed, which modules are there) is not to be tested with it.
"""

import atexit
import contextlib
import functools
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("narrative_assets", "resources", "sensors", "schemas")
BESIDES = ("alembic.command", "glin_profanity", "pandas", "pandera.pandas", "sqlalchemy.dialects.sqlite")
ELSEWHERE = ("celery", "objects", "__main__", "migrations", "espeak_child", "inference", "memory")
PATIENCE_SECONDS = 300


def command(arguments: list[str], cwd: Path, env: dict[str, str]) -> tuple[int, str, str]:
    """Exit code, output and errors of one command."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        asked = json.dumps({"arguments": arguments, "cwd": str(cwd), "env": env}).encode()
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(_nursery())
            line.settimeout(PATIENCE_SECONDS)
            socket.send_fds(line, [len(asked).to_bytes(4, "big")], [out.fileno(), err.fileno()])
            line.sendall(asked)
            code = int.from_bytes(line.recv(4), "big", signed=True)
        return code, *(_text(stream) for stream in (out, err))


def _text(stream: Any) -> str:
    stream.seek(0)
    return str(stream.read().decode().replace("\r\n", "\n"))


@functools.cache
def _nursery() -> str:
    """The address of a process that has imported everything and forks a copy of itself for each command."""
    folder = tempfile.mkdtemp(prefix="warm-")
    address = str(Path(folder) / "socket")
    keep = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.warm", address], stdin=subprocess.PIPE, cwd=ROOT, env=_plain()
    )
    atexit.register(keep.kill)
    until = time.monotonic() + PATIENCE_SECONDS
    while not Path(address).exists():
        if keep.poll() is not None or time.monotonic() > until:
            raise RuntimeError("The process that commands are forked from did not start.")
        time.sleep(0.02)
    return address


def _plain() -> dict[str, str]:
    hidden = ("NARRATIVE_", "DAGSTER_HOME")
    return {**{k: v for k, v in os.environ.items() if not k.startswith(hidden)}, "PYTHONPATH": str(ROOT)}


def _serve(address: str) -> None:
    _import_all()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    threading.Thread(target=_end_with_whoever_started_it, daemon=True).start()
    with socket.socket(socket.AF_UNIX) as door:
        hidden = f"{address}.new"
        door.bind(hidden)
        door.listen()
        Path(hidden).rename(address)
        while True:
            line, _ = door.accept()
            _answer(line)
            line.close()


def _answer(line: socket.socket) -> None:
    head, streams, _, _ = socket.recv_fds(line, 4, 2)
    asked = b""
    while len(asked) < int.from_bytes(head, "big"):
        asked += line.recv(65_536)
    child = os.fork()
    if child == 0:
        _become(json.loads(asked), streams)
    for stream in streams:
        os.close(stream)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):
        line.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))


def _become(asked: dict[str, Any], streams: list[int]) -> None:
    """Be the command, to its end."""
    os.setsid()
    for stream, place in zip(streams, (1, 2), strict=True):
        os.dup2(stream, place)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    sys.argv = ["narrative", *asked["arguments"]]
    code: Any = 0
    try:
        from narrative_assets.cli import main

        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 1
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _import_all() -> None:
    for name in BESIDES:
        importlib.import_module(name)
    for package in PACKAGES:
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not any(word in found.name for word in ELSEWHERE):
                importlib.import_module(found.name)


def _end_with_whoever_started_it() -> None:
    while os.read(0, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1])
