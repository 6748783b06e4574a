"""A lock that a process holds for its life, by which others tell it from the dead, whatever number it has."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class SignOfLife:
    """Holds the lock ``path`` until the process ends, however it ends. A forked child does not hold it."""

    def __init__(self, path: Path) -> None:
        while True:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            if _same(self._descriptor, path):
                return
            os.close(self._descriptor)  # it was taken for a dead process' lock and removed before it was held

    def leave_to_parent(self) -> None:
        """In a forked child: let go without unlocking, which would unlock it for the parent too."""
        os.close(self._descriptor)


def is_alive(path: Path) -> bool:
    """Whether the process that made the lock ``path`` still lives; one without a lock does not."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
