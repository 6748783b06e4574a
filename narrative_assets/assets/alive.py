"""Which runs still have a process: each holds a lock of its own for as long as it lives, however it ends."""

from __future__ import annotations

import atexit
from contextlib import suppress
from pathlib import Path

from dagster import DagsterInstance
from filelock import FileLock, Timeout

_held: dict[Path, FileLock] = {}


def lock_of(instance: DagsterInstance, name: str) -> Path:
    """The file of the lock that a run (by its id) or a command (by its token) holds while it lives."""
    return Path(instance.root_directory) / "locks" / f"{name}.lock"


def hold(instance: DagsterInstance, run_id: str) -> None:
    """Hold the lock of a run until this process ends. A disk that allows none leaves the run without one."""
    path = lock_of(instance, run_id)
    if path in _held:
        return
    with suppress(OSError, Timeout):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        lock.acquire()
        _held[path] = lock
        atexit.register(path.unlink, missing_ok=True)


def is_dead(path: Path) -> bool:
    """Whether nobody holds a lock any more; its file is then removed."""
    try:
        with FileLock(path, timeout=0):
            path.unlink(missing_ok=True)
            return True
    except Timeout:
        return False
