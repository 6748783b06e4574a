"""A write happens whole or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from resources.durable import link_durably, move_durably, write_durably
from schemas.errors import StorageError


def test_a_write_replaces_the_file_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "Script.json"
    write_durably(target, b"one")
    write_durably(target, b"two")
    assert target.read_bytes() == b"two"
    assert [path.name for path in target.parent.iterdir()] == ["Script.json"]


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path) -> None:
    """Also where no small disk can be mounted: the system call that reports it fails as the kernel would."""
    target = tmp_path / "Script.json"
    write_durably(target, b"old")
    code = (
        "import errno, os, sys\n"
        "from pathlib import Path\n"
        "from unittest import mock\n"
        "import resources.durable as durable\n"
        "from schemas.errors import StorageError\n"
        "def full(descriptor):\n"
        "    raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "with mock.patch.object(os, 'fsync', full):\n"
        "    try:\n"
        "        durable.write_durably(Path(sys.argv[1]), b'new')\n"
        "    except StorageError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True, check=True)
    assert "The disk is full: Script.json was not written." in done.stdout
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["Script.json"]


@pytest.mark.skipif(os.geteuid() != 0, reason="not run: only root may mount a small disk")
def test_a_really_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=False)
    if mounted.returncode != 0:
        pytest.skip("not run: this machine does not allow mounting a small disk")
    try:
        write_durably(disk / "small", b"x" * 1000)
        with pytest.raises(StorageError, match="The disk is full"):
            write_durably(disk / "large", b"x" * 200_000)
        assert [path.name for path in disk.iterdir()] == ["small"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_moving_and_linking_leave_one_file_each(tmp_path: Path) -> None:
    (tmp_path / "made").write_bytes(b"film")
    move_durably(tmp_path / "made", tmp_path / "blobs" / "abc")
    link_durably(tmp_path / "blobs" / "abc", tmp_path / "episode" / "episode.mp4")
    link_durably(tmp_path / "blobs" / "abc", tmp_path / "episode" / "episode.mp4")
    assert not (tmp_path / "made").exists()
    assert (tmp_path / "episode" / "episode.mp4").read_bytes() == b"film"
    assert [path.name for path in (tmp_path / "episode").iterdir()] == ["episode.mp4"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match=r"Script\.json was not written"):
        write_durably(tmp_path / "file" / "Script.json", b"data")
