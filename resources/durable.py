"""Writes that survive a crash: temporary file, fsync, rename, fsync of the folder. Nothing half-written is seen."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from schemas.errors import StorageError

_REFUSALS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE})


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn an OSError into a StorageError that names ``what`` and the remedy."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                f"The disk is full: {what} was not written.",
                remedy="Free some space and run again; finished work is kept and only the rest is done.",
            ) from error
        raise StorageError(
            f"{what} was not written: {error.strerror or error}.",
            remedy="Check that the folder exists, is writable and that the disk is sound, then run again.",
        ) from error


@contextmanager
def disk_refusals(what: str) -> Iterator[None]:
    """Turn an OSError by which a disk refuses whoever writes into a StorageError; any other stays what it is."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        with disk_errors(what):
            raise


def write_durably(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` in one step. Raises StorageError and leaves what was there before."""
    with disk_errors(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        sync_folder(path.parent)


def move_durably(source: Path, path: Path) -> None:
    """Move a finished file on the same disk to ``path`` in one step."""
    with disk_errors(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file:
            os.fsync(file.fileno())
        source.chmod(0o644)
        source.replace(path)
        sync_folder(path.parent)


def link_durably(source: Path, path: Path) -> None:
    """Make ``path`` another name of the file ``source``, or a copy where links cannot be had."""
    with disk_errors(path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.parent / f".writing-{path.name}"
        with suppress(FileNotFoundError):
            temporary.unlink()
        try:
            temporary.hardlink_to(source)
        except OSError:
            temporary.write_bytes(source.read_bytes())
        temporary.replace(path)
        # Renaming onto another name of the same file is a no-op that leaves the temporary one.
        with suppress(FileNotFoundError):
            temporary.unlink()
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
